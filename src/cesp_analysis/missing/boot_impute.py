"""Bootstrap samples of the people, each imputed m times: the bootstrap first, then imputation.

Valid where imputing first and then resampling is not: with imputation models that are wrong or not
congenial with the analysis (Bartlett & Hughes 2020, Stat Methods Med Res 29:3533-46). A person
drawn twice is two rows, with imputations of their own. The engine is that of chained.py: a sample
is a chain whose rows are its own. What is estimated is pooled by boot_pooled.py.
"""

from collections.abc import Iterator

import numpy as np

from cesp_analysis.arrays import Bools, Codes, Floats
from cesp_analysis.missing.chained import check_call, nobody_of, warned
from cesp_analysis.missing.grouped import Clusters, Groups, renumbered, unseen
from cesp_analysis.missing.imputed import Note
from cesp_analysis.missing.plan import Plan, planned
from cesp_analysis.missing.recipe import Recipe
from cesp_analysis.missing.resampled import Failed, Part, Resampled
from cesp_analysis.missing.sampled import Samples


def impute_resampled(
    values: Floats,
    recipe: Recipe,
    rows: Codes,
    m: int = 2,
    seed: int = 1,
    groups: Groups | None = None,
    clusters: Codes | None = None,
    plans: dict[int, Plan] | None = None,
) -> Resampled:
    """Samples of a table's people, each to be imputed m times; columns as the recipe declares them.

    values (N, p): gaps as NaN; rows (B, n): who is in each sample, as often as drawn, in any order;
    groups that are imputed apart have as many in each. clusters: of the table's people (N,), or
    codes of their own (B, n) where clusters are drawn, so that one drawn twice is two. The plan is
    made once, of the table; plans: by group, of earlier calls with this table and recipe and
    without clusters, to which those that are lacking are added. Random numbers hang on seed, group,
    number of the sample and of the imputation. Raises ValueError for rows, groups or a recipe that
    do not fit the table.
    """
    table, rows = np.array(values, dtype=float), np.asarray(rows)
    everybody = Groups(np.zeros(len(table), dtype=int), ("",))
    given = everybody if groups is None else groups
    of_people = clusters is not None and clusters.ndim == 1
    check_call(table, recipe, m, given, clusters if of_people else None)
    _check_rows(rows, len(table), clusters)
    own = given if given.apart else everybody
    in_rows = clusters[rows] if clusters is not None and of_people else clusters
    made = {} if plans is None or clusters is not None else plans
    parts = tuple(
        _part(table, recipe, rows, own, code, in_rows, made) for code in range(len(own.labels))
    )
    without = {} if given.apart else unseen(table, recipe, given)
    blank = np.zeros(table.shape, dtype=bool)
    for name, (people, _) in without.items():
        blank[people, recipe.names.index(name)] = True
    failed = [one for part in parts for one in _failed(part)]
    if not given.apart:
        failed += _unseen(table, recipe, rows, given, blank)
    return Resampled(
        values=table, recipe=recipe, rows=rows, m=m, seed=seed, parts=parts, blank=blank,
        failed=_first(failed),
        warnings=tuple(note for one in parts for note in warned(one.samples.plan, one.label)),
        refused=(
            *(Note(name, part.label, text)
              for part in parts for name, text in part.samples.plan.refused),
            *nobody_of(without),
        ),
    )  # fmt: skip


def _check_rows(rows: Codes, people: int, clusters: Codes | None) -> None:
    """Mistakes of the caller."""
    if rows.ndim != 2 or not rows.size or rows.dtype.kind not in "iu":
        raise ValueError("rows of samples are whole numbers (samples, people)")
    if rows.min() < 0 or rows.max() >= people:
        raise ValueError(f"rows of samples are 0 to {people - 1}, the table's")
    if clusters is not None and clusters.ndim == 2 and clusters.shape != rows.shape:
        raise ValueError("clusters of samples need a code for each of their rows")


def _part(
    table: Floats,
    recipe: Recipe,
    rows: Codes,
    groups: Groups,
    code: int,
    clusters: Codes | None,
    plans: dict[int, Plan],
) -> Part:
    """One group's samples. clusters: codes (B, n) of the samples' rows; plans: so far."""
    label, own = groups.labels[code], np.flatnonzero(groups.codes == code)
    here = groups.codes[rows] == code
    size = here.sum(axis=1)
    if (size != size[0]).any():
        raise ValueError(f"samples differ in how many people '{label}' has: draw within it")
    places = np.argsort(~here, axis=1, kind="stable")[:, : size[0]]
    at = np.zeros(len(table), dtype=int)
    at[own] = np.arange(len(own))
    people = at[np.take_along_axis(rows, places, axis=1)]
    of_people = in_samples = None
    if clusters is not None:
        codes = renumbered(np.take_along_axis(clusters, places, axis=1))
        in_samples = Clusters.of(np.column_stack([codes, np.full(len(codes), -1)]))
        of_people = codes.reshape(-1)
    if code not in plans:
        plans[code] = planned(table[own], recipe.of(own), of_people)
    return Part(code, label, places, Samples.of(plans[code], people), in_samples)


def _failed(part: Part) -> Iterator[Failed]:
    for which, reason in part.samples.failures():
        yield from (Failed(int(b), part.label, reason) for b in np.flatnonzero(which))


def _first(failed: list[Failed]) -> tuple[Failed, ...]:
    """One reason a sample, in order."""
    found = {one.number: one for one in reversed(failed)}
    return tuple(found[number] for number in sorted(found))


def _unseen(
    table: Floats, recipe: Recipe, rows: Codes, groups: Groups, blank: Bools
) -> Iterator[Failed]:
    """Samples in which nobody of a group that is imputed with others answered a column."""
    for j, column in enumerate(recipe.columns):
        for code, label in enumerate(groups.labels):
            here = (groups.codes[rows] == code) & ~blank[rows, j]
            seen = (here & np.isfinite(table[:, j])[rows]).any(axis=1)
            lost = np.flatnonzero(here.any(axis=1) & ~seen & (column.method is not None))
            yield from (Failed(int(b), label, f"nobody answered {column.name}") for b in lost)
