"""Multiple imputation by chained equations: all imputations advance together, as array axes.

Each column with gaps is drawn from its model given all others, in turn, `iterations` times; in each
group apart (arm or site), so that nothing is assumed to be alike in them. Where gaps nest (who
misses one column misses the next), each column is drawn once, given those before it.
Sources: van Buuren & Groothuis-Oudshoorn (2011), J Stat Softw 45(3); van Buuren (2018), ch. 4.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.chains import Chains
from cesp_analysis.missing.draws import rounds
from cesp_analysis.missing.grouped import Clusters, Groups, joined, less, renumbered, unseen
from cesp_analysis.missing.imputed import Cells, Imputations, Note, Trace, side_by_side
from cesp_analysis.missing.leaving_out import NOBODY
from cesp_analysis.missing.matched_parts import gap_parts
from cesp_analysis.missing.plan import Plan, planned
from cesp_analysis.missing.recipe import Recipe, checked

AT_ONCE = 2e7
"""Cells that a batch of chains holds by default: 160 MB."""
ONE_SET = "one imputed set says nothing of how uncertain imputed answers are: ask for more"
NOTHING = "nothing is missing: every set is the table itself"


def impute(
    values: Floats,
    recipe: Recipe,
    m: int,
    seed: int,
    groups: Groups | None = None,
    clusters: Codes | None = None,
    batch: int | None = None,
    first: int = 0,
    given: Imputations | None = None,
) -> Imputations:
    """m imputed sets of a table (n, p) with gaps as NaN; its columns as the recipe declares them.

    clusters (n,): neighbourhood or link worker of `two_level` columns, -1 for none. Set number i
    has random numbers of its own from (seed, group, first + i): how many are made, and how many at
    once (batch), changes nothing in it, so that more can be added. given: as many sets of some of
    these columns, the same people's, which stay as they are: the others are drawn given set i of
    them, so that what else is imputed moves no digit of theirs. Raises ValueError for a recipe or
    sets that do not fit the table, infinite values and m < 1.
    """
    table = np.array(values, dtype=float)
    everybody = Groups(np.zeros(len(table), dtype=int), ("",))
    told = everybody if groups is None else groups
    check_call(table, recipe, m, told, clusters)
    _check_given(given, table, recipe, m)
    todo = recipe if given is None else recipe.without(given.recipe.columns)
    before = () if given is None else given.cells
    own = told if told.apart else everybody
    found = []
    for code, label in enumerate(own.labels):
        rows = np.flatnonzero(own.codes == code)
        part = None if clusters is None else renumbered(clusters[rows])
        run = _Run(m, first, batch, np.random.SeedSequence(seed, spawn_key=(code,)), before)
        found.append(_group(table[rows], rows, todo.of(rows), label, part, run))
    without = {} if told.apart else unseen(table, todo, told)
    cells = joined(todo, [one.cells for one in found])
    return Imputations(
        recipe=recipe,
        observed=table,
        cells=(*before, *(less(one, without.get(one.column)) for one in cells)),
        traces=(
            *(() if given is None else given.traces),
            *(trace for one in found for trace in one.traces),
        ),
        warnings=(
            *(() if given is None else given.warnings),
            *(note for one in found for note in one.warnings),
            *_general(table, todo, m),
        ),
        refused=(
            *(() if given is None else given.refused),
            *(note for one in found for note in one.refused),
            *nobody_of(without),
        ),
        monotone=tuple(one.label for one in found if one.plan.monotone),
        targets={one.label: one.plan.targets for one in found},
        m=m,
        seed=seed,
        first=first,
    )


def check_call(
    table: Floats, recipe: Recipe, m: int, groups: Groups, clusters: Codes | None
) -> None:
    """Mistakes of the caller."""
    checked(recipe, table.shape[1])
    if np.isinf(table).any() or m < 1:
        raise ValueError("values must be finite or NaN, and m at least 1")
    if len(groups.codes) != len(table) or (clusters is not None and len(clusters) != len(table)):
        raise ValueError("groups and clusters need one code a row of the table")
    if not np.isin(groups.codes, np.arange(len(groups.labels))).all():
        raise ValueError("a row's group is none of the groups that have a label")


def _check_given(given: Imputations | None, table: Floats, recipe: Recipe, m: int) -> None:
    """Sets of some columns that are not of this table, or not as many."""
    if given is None:
        return
    names = [one.name for one in recipe.columns]
    own = [one.name for one in given.recipe.columns]
    if given.m != m or not {*own} <= {*names}:
        raise ValueError("the sets that are given are not as many, or of columns not declared")
    places = [names.index(name) for name in own]
    if not np.array_equal(table[:, places], given.observed, equal_nan=True):
        raise ValueError("the sets that are given are of another table")


def _general(table: Floats, recipe: Recipe, m: int) -> list[Note]:
    """What is said once, of no column."""
    said = [ONE_SET] if m == 1 else []
    if not np.isnan(table[:, [one.method is not None for one in recipe.columns]]).any():
        said.append(NOTHING)
    return [Note("", "", text) for text in said]


@dataclass(frozen=True)
class _Run:
    m: int
    first: int
    batch: int | None
    seeds: np.random.SeedSequence
    before: tuple[Cells, ...]

    def stream(self, number: int) -> np.random.Generator:
        """The stream of one imputation: the same, however many there are."""
        key = (*self.seeds.spawn_key, self.first + number)
        return np.random.default_rng(np.random.SeedSequence(self.seeds.entropy, spawn_key=key))


@dataclass(frozen=True)
class _Found:
    label: str
    cells: tuple[Cells, ...]
    traces: tuple[Trace, ...]
    warnings: tuple[Note, ...]
    refused: tuple[Note, ...]
    plan: Plan


def _group(
    table: Floats, rows: Codes, recipe: Recipe, label: str, clusters: Codes | None, run: _Run
) -> _Found:
    before = tuple(_of_rows(one, rows) for one in run.before)
    names = [one.name for one in recipe.columns]
    completed = frozenset(
        one.column
        for one in before
        if len(one.rows) == np.isnan(table[:, names.index(one.column)]).sum()
    )
    plan = planned(table, recipe, clusters, completed)
    size = len(table) * (len(recipe.names) - len(recipe.exclusive) + 1)
    at_once = run.batch or max(1, int(AT_ONCE // max(size, 1)))
    made = []
    for start in range(0, run.m if plan.targets else 0, at_once):
        numbers = range(start, min(start + at_once, run.m))
        streams = tuple(run.stream(number) for number in numbers)
        here = [replace(one, values=one.values[list(numbers)]) for one in before]
        chains = Chains(plan, recipe, streams, Clusters.of(clusters), completed=here)
        made.append(_advanced(chains, plan, recipe))
    names = [one.column.name for one in plan.targets]
    cells, traces = [], []
    for name, one in zip(names, plan.targets, strict=True):
        own = [batch[name] for batch in made]
        last = side_by_side([of.cells for of in own], axis=0)
        cells.append(replace(last, rows=rows[one.gaps]))
        moments = zip(*[of.moments for of in own], strict=True)
        means, sds = (np.concatenate(of, axis=1) for of in moments)
        if one.drawn:
            traces.append(Trace(name, label, means, sds))
    return _Found(
        label=label,
        cells=tuple(cells),
        traces=tuple(traces),
        warnings=warned(plan, label),
        refused=tuple(Note(name, label, text) for name, text in plan.refused),
        plan=plan,
    )


def _of_rows(cells: Cells, rows: Codes) -> Cells:
    """The cells of some rows, in order, numbered among them."""
    here = np.isin(cells.rows, rows)
    own = cells.some(np.flatnonzero(here))
    return replace(own, rows=np.searchsorted(rows, own.rows), parts=None)


def warned(plan: Plan, label: str) -> tuple[Note, ...]:
    """What is said of the columns of one group."""
    return (
        *(Note(name, label, text, weighty=True) for name, text in plan.weighty),
        *(Note(name, label, text) for name, text in plan.warnings),
    )


def nobody_of(without: Mapping[str, tuple[Codes, Sequence[str]]]) -> Iterator[Note]:
    """That nobody of a group answered a column: column → rows and labels of such groups."""
    for name, (_, labels) in without.items():
        yield from (Note(name, label, NOBODY) for label in labels)


@dataclass(frozen=True)
class _Drawn:
    """Last draws, rows as numbered in the plan; means and SDs (iterations, b) of all."""

    cells: Cells
    moments: tuple[Floats, Floats]


def _advanced(chains: Chains, plan: Plan, recipe: Recipe) -> dict[str, _Drawn]:
    """Column → what was drawn."""
    last: dict[str, Cells] = {}
    means: dict[str, list[Floats]] = {one.column.name: [] for one in plan.targets}
    sds: dict[str, list[Floats]] = {one.column.name: [] for one in plan.targets}
    for one, raw in rounds(chains, plan.rounds(recipe)):
        name = one.column.name
        last[name] = Cells(name, one.gaps, raw, gap_parts(chains, one))
        means[name].append(raw.mean(axis=1))
        sds[name].append(raw.std(axis=1))
    return {
        name: _Drawn(cells, (np.stack(means[name]), np.stack(sds[name])))
        for name, cells in last.items()
    }


__all__ = ["NOTHING", "ONE_SET", "Groups", "Recipe", "impute"]
