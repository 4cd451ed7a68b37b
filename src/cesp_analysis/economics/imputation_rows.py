"""economics_imputation.csv: of each column of an evaluation that was imputed, how, and how well."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Bools, Codes
from cesp_analysis.columns import Row
from cesp_analysis.economics.cases import Case
from cesp_analysis.economics.frame import Frame, is_cost
from cesp_analysis.economics.imputed_by import MATCHED, imputed_by, shared_by
from cesp_analysis.economics.imputed_spans import beyond, possible
from cesp_analysis.economics.words import columns_in_words
from cesp_analysis.missing.equations import groups_of
from cesp_analysis.missing.imputed import Cells, Imputations, Note, Trace
from cesp_analysis.missing.settling import Drift, drifts
from cesp_analysis.missing.target import Target


@dataclass(frozen=True)
class _Group:
    """Whose equations are apart: its rows of the table, column → its equation (none of columns
    whose gaps stay)."""

    label: str
    rows: Codes
    targets: dict[str, Target]


def imputation_rows(cases: Sequence[Case], filled: Mapping[int, Imputations]) -> Iterator[Row]:
    """Rows of EconomicsImputation; filled: by the frame's id, of the tables that were completed,
    each once, under the first of the cases that has it."""
    seen = set[int]()
    for case in cases:
        if (own := id(case.frame)) in filled and own not in seen:
            seen.add(own)
            yield from _of_case(case, filled[own])


def _of_case(case: Case, made: Imputations) -> Iterator[Row]:
    """Of each arm's (or site's) columns with gaps; of a case beside another's tables, of the
    columns that are its own alone."""
    frame = case.frame
    before = [] if case.given is None else [c.name for c in case.given.equations.columns]
    moved = drifts(made.traces)
    for group in _groups(case, made):
        for at, column in enumerate(frame.equations.columns):
            gaps = np.isnan(frame.table[group.rows, at]) & ~_gone(frame, at, group.rows)
            if column.name in before or not gaps.any():
                continue
            yield {
                "scenario": case.scenario,
                "perspective": case.perspective,
                "value_set": case.value_set,
                "group": group.label,
                **_of_column(frame, made, group, at, moved),
                **shared_by(case, column.name, group.targets),
            }


def _groups(case: Case, made: Imputations) -> Iterator[_Group]:
    """As the engine drew them."""
    equations = case.frame.equations
    groups = groups_of(equations.people, equations.asked)
    for code, label in enumerate(groups.labels):
        targets = {one.column.name: one for one in made.targets[label]}
        yield _Group(label, np.flatnonzero(groups.codes == code), targets)


def _of_column(
    frame: Frame,
    made: Imputations,
    group: _Group,
    at: int,
    moved: dict[tuple[str, str], Drift],
) -> Row:
    equations, column = frame.equations, frame.equations.columns[at].name
    about, values = equations.about[column], frame.table[group.rows, at]
    gone = _gone(frame, at, group.rows)
    known, missing = np.isfinite(values), np.isnan(values) & ~gone
    target = group.targets.get(column)
    trace = next((t for t in made.traces if (t.column, t.group) == (column, group.label)), None)
    return {
        "variable": about.variable,
        "time": about.time or None,
        "n_people": len(values),
        "n_known": int(known.sum()),
        "n_not_there": int(gone.sum()),
        "n_missing": int(missing.sum()),
        **_in_part(frame, column, group.rows[missing]),
        "share_missing": missing.sum() / (~gone).sum() if (~gone).any() else None,
        "sets": made.m,
        **imputed_by(frame, target, made.recipe),
        **_chains(trace, moved.get((column, group.label))),
        "observed_low": values[known].min() if known.any() else None,
        "observed_high": values[known].max() if known.any() else None,
        **_filled(frame, made, about.variable, column, group.rows[missing], target),
        **_said(frame, made, column, group.label, moved.get((column, group.label))),
    }


def _in_part(frame: Frame, column: str, rows: Codes) -> dict[str, int | None]:
    """Of how many of these people, whose cost is missing, some is known, and all else is as they
    gave it of other rows; None of what is no cost."""
    if not is_cost(frame.equations.about[column].variable):
        return {"n_in_part": None, "n_own": None}
    parts = frame.equations.in_parts.get(column)
    if parts is None:
        return {"n_in_part": 0, "n_own": 0}
    return {"n_in_part": int(parts.partly[rows].sum()), "n_own": int(parts.own[rows].sum())}


def _gone(frame: Frame, at: int, rows: Codes) -> Bools:
    """Of whom (r,) there is nothing to impute, after an event."""
    equations = frame.equations
    about = equations.about[equations.columns[at].name]
    if not about.time or about.variable not in equations.after:
        return np.zeros(len(rows), dtype=bool)
    time = equations.people.times.index(about.time)
    return np.asarray(equations.after[about.variable].gone[rows, time])


def _chains(trace: Trace | None, moved: Drift | None) -> Row:
    """Whether they agree and have settled; nothing where one pass filled the gaps."""
    return {
        "r_hat": None if trace is None else trace.r_hat,
        "drift": None if moved is None else moved.in_errors,
        "drift_limit": None if moved is None else moved.limit,
        "settled": None if moved is None else "no" if [*moved.sentences()] else "yes",
    }


def _filled(
    frame: Frame,
    made: Imputations,
    variable: str,
    column: str,
    rows: Codes,
    target: Target | None,
) -> Row:
    """Of the imputed values of people (rows of the table) in all sets: how many, between what, and
    how many cannot be; matched ones are ones that others had, or made of their services, in a
    column that is held to its range."""
    none = Cells(column, rows[:0], np.empty((made.m, 0)))
    cells = next((one for one in made.cells if one.column == column), none)
    here = np.isin(cells.rows, rows)
    values = cells.values[:, here]
    low, high = possible(frame, variable)
    wrong = beyond(values, (low, high))
    impossible: int | None = int(wrong.sum())
    if low is None and high is None and not (target and target.column.method == MATCHED):
        impossible = None
    return {
        "n_imputed": int(here.sum()),
        "n_values": values.size,
        "imputed_low": values.min() if values.size else None,
        "imputed_high": values.max() if values.size else None,
        "n_impossible": impossible if values.size else None,
    }


def _said(
    frame: Frame, made: Imputations, column: str, group: str, moved: Drift | None
) -> dict[str, str | None]:
    """Why gaps stay, and what must be known."""
    notes = [*frame.equations.notes, *made.warnings]
    said = [*([] if moved is None else moved.sentences()), *_of(notes, column, group)]
    names = [one.name for one in frame.equations.columns]

    def joined(texts: Sequence[str]) -> str | None:
        return " | ".join(dict.fromkeys(columns_in_words(t, names) for t in texts)) or None

    return {"reason": joined(_of(made.refused, column, group)), "warnings": joined(said)}


def _of(notes: Sequence[Note], column: str, group: str) -> list[str]:
    return [one.text for one in notes if one.column == column and one.group in ("", group)]
