"""The evaluation's table completed by the study's one engine of multiple imputation."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.economics.data import Data, data_of
from cesp_analysis.economics.frame import COST, QALYS, UTILITY, Frame, is_cost
from cesp_analysis.economics.words import columns_in_words
from cesp_analysis.missing.chained import impute
from cesp_analysis.missing.equations import groups_of
from cesp_analysis.missing.imputed import Cells, Imputations, Note
from cesp_analysis.missing.settling import drifts
from cesp_analysis.streams import seed_of


@dataclass(frozen=True)
class Departing:
    """By what imputed utilities and costs of later times are multiplied, by arm: (control,
    intervention)."""

    utility: tuple[float, float] = (1.0, 1.0)
    cost: tuple[float, float] = (1.0, 1.0)


def imputations_of(
    frame: Frame, m: int, seed: int, name: str, given: Imputations | None = None
) -> Imputations:
    """m completed tables of everybody, apart in each arm (or site); given: those of some columns,
    which stay as they are."""
    equations = frame.equations
    more = () if given is None else ("further",)
    return impute(
        frame.table,
        equations.recipe,
        m,
        seed_of(seed, "economics", name, *more),
        groups_of(equations.people, equations.asked),
        given=given,
    )


def with_shared(
    made: Imputations | None, frame: Frame, shared: Collection[str]
) -> Imputations | None:
    """Sets of costs with columns of the frame beside them that are parts of these costs: what the
    same donors gave of them. None of None."""
    if made is None:
        return None
    recipe = frame.equations.recipe
    costs, cells = {one.column: one for one in made.cells}, list(made.cells)
    columns, observed = list(made.recipe.columns), [made.observed]
    for at, column in enumerate(recipe.columns):
        about = frame.equations.about[column.name]
        if about.variable not in shared:
            continue
        columns.append(column)
        observed.append(frame.table[:, [at]])
        whole = costs.get(f"{COST}@{about.time}")
        if whole is not None and whole.parts is not None:
            here = np.flatnonzero(np.isnan(frame.table[whole.rows, at]))
            services = frame.equations.in_parts[column.name].names
            of = [one in services for one in frame.equations.in_parts[whole.column].names]
            values = whole.parts[:, here][:, :, of].sum(axis=2)
            cells.append(Cells(column.name, whole.rows[here], values))
    return replace(
        made,
        recipe=replace(made.recipe, columns=tuple(columns)),
        observed=np.hstack(observed),
        cells=tuple(cells),
    )


def refusal(refused: Iterable[Note], frame: Frame, shared: Collection[str] = ()) -> str:
    """Why a frame's people cannot be completed, in words: the first column without which there are
    no costs, no QALYs or nothing to adjust for; '' where all of those can."""
    needed = needed_of(frame, shared)
    note = next((one for one in refused if one.column in needed), None)
    if note is None:
        return ""
    where = f" ({note.group})" if note.group else ""
    whole = f"{note.column}{where}: {note.text}"
    return columns_in_words(whole, [one.name for one in frame.equations.columns])


def said_of(made: Imputations, frame: Frame, shared: Collection[str] = ()) -> tuple[str, ...]:
    """What every estimate that needs a column must say of its imputation: what is weighty, and
    whether its chains have settled."""
    needed = needed_of(frame, shared)
    notes = [(one.column, one.group, one.text) for one in made.warnings if one.weighty]
    for (column, group), moved in drifts(made.traces).items():
        notes += [(column, group, text) for text in moved.sentences()]
    names = [one.name for one in frame.equations.columns]
    said = (f"{column} ({group}): {text}" for column, group, text in notes if column in needed)
    return tuple(columns_in_words(one, names) for one in dict.fromkeys(said))


def needed_of(frame: Frame, shared: Collection[str] = ()) -> frozenset[str]:
    """The table's columns of which costs, QALYs and what they are adjusted for are made; of
    variables that are a shared part of all costs these."""
    counts = ((frame.cost != 0) | (frame.qaly != 0)).any(axis=0)
    at = {*np.flatnonzero(counts).tolist(), frame.utility_at}
    at |= {*frame.costs_before, *frame.equal_before}
    recipe = frame.equations.recipe
    parts = (recipe.parts(name) for name in frame.covariates)
    names = {recipe.columns[j].name for j in at}
    whole = {
        f"{COST}@{about.time}"
        for about in map(frame.equations.about.__getitem__, names)
        if about.variable in shared
    }
    return frozenset(names | whole).union(*parts)


def observed_of(frame: Frame) -> Floats:
    """The table (n, P) as it is, with the columns that are made of others: NaN where a part is."""
    columns, names = list(frame.table.T), [one.name for one in frame.equations.columns]
    for one in frame.equations.passive:
        inputs = np.stack([columns[names.index(name)] for name in one.inputs], axis=-1)
        columns.append(np.where(np.isfinite(inputs).all(axis=-1), one.of(inputs), np.nan))
        names.append(one.name)
    return np.column_stack(columns)


def sets_of(
    frame: Frame,
    made: Imputations,
    departing: Departing | None = None,
    rises: Floats | None = None,
) -> list[Data]:
    """The data of each imputed set; with a departure its imputed cells are multiplied, by rises
    (m, n, p) its costs moved."""
    found = []
    for number in range(made.m):
        table = made.completed(number)
        if departing is not None:
            table = departed(table, frame, np.arange(len(table)), departing)
        found.append(data_of(frame, table, shift=None if rises is None else rises[number]))
    return found


def departed(table: Floats, frame: Frame, people: Codes, departing: Departing) -> Floats:
    """Completed tables (…, n, P) whose imputed utilities, QALYs and costs are multiplied by arm
    (Leurent et al. 2018, PharmacoEconomics 36:889-901): of costs known in part the rest. people
    (…, n): who their rows are. Those of the first time stay: who lacks an answer there was not lost
    to follow-up, and a worse start would make what comes after it a gain."""
    changed, start = table.copy(), frame.equations.people.times[0]
    for at, column in enumerate(frame.equations.columns):
        about = frame.equations.about[column.name]
        variable = about.variable
        if about.time != start and (variable in (UTILITY, QALYS) or is_cost(variable)):
            by = departing.cost if is_cost(variable) else departing.utility
            gaps, parts = np.isnan(frame.table[:, at]), frame.equations.in_parts.get(column.name)
            factor = np.where(gaps, np.where(frame.treated, by[1], by[0]), 1.0)
            least = np.zeros(len(gaps)) if parts is None else parts.least
            changed[..., at] *= factor[people]
            changed[..., at] += ((1 - factor) * least)[people]
    return changed


def known_of(frame: Frame, rows: np.ndarray | None = None) -> int:
    """Of how many people (of `rows` (n,)) costs and QALYs are known without imputing."""
    needed = (frame.cost != 0) | (frame.qaly != 0)
    known = ~(np.isnan(frame.table) & needed).any(axis=1)
    return int(known.sum() if rows is None else known[rows].sum())
