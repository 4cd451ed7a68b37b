"""Weighted sums in every replicate, each replicate's weights calibrated anew.

A respondent's weight in a replicate is the design weight times the factor of its sampling unit
times the factor of its cell, so that sums need units × cells, never replicates × respondents.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cesp_analysis.declared.surveys import Trim
from cesp_analysis.survey.cells import Cells, Target
from cesp_analysis.survey.groups import Group
from cesp_analysis.survey.linear_calibration import calibrated
from cesp_analysis.survey.raking import raked
from cesp_analysis.survey.weighted import BEYOND, Method, weighted

AT_ONCE = 2**22
"""Replicates × cells (or units) that are held at once: 32 MB."""


@dataclass(frozen=True)
class Sums:
    """sums (r, k): weighted sums of k columns; lost: replicates in which a category has nobody;
    missed: replicates whose weights miss a margin by more than 1%."""

    sums: np.ndarray
    lost: int
    missed: int


def sums_of(
    group: Group, psu: np.ndarray, factor: np.ndarray, values: np.ndarray, method: Method,
    trim: Trim | None,
) -> Sums:  # fmt: skip
    """Of one site and wave: psu (n,), factor (r, p), values (n, k) of its respondents."""
    cells = Cells.made(group.targets)
    each = max(1, AT_ONCE // max(factor.shape[1], cells.count))
    one = _trimmed if trim is not None else _calibrated
    parts = [
        one(group, cells, psu, factor[at : at + each], values, method, trim)
        for at in range(0, len(factor), each)
    ]
    return Sums(
        np.vstack([part.sums for part in parts]),
        sum(part.lost for part in parts),
        sum(part.missed for part in parts),
    )


def _calibrated(
    group: Group, cells: Cells, psu: np.ndarray, factor: np.ndarray, values: np.ndarray,
    method: Method, trim: Trim | None,
) -> Sums:  # fmt: skip
    from scipy.sparse import csr_array

    def by_unit(column: np.ndarray) -> np.ndarray:
        shape = (factor.shape[1], cells.count)
        return np.asarray(factor @ csr_array((column, (psu, cells.of)), shape=shape))

    base = by_unit(group.base)
    engine = calibrated if method == "calibrate" else raked
    found = engine(cells, base, group.population)
    columns = [(by_unit(group.base * column) * found.factor).sum(axis=1) for column in values.T]
    empty = np.zeros(len(factor), dtype=bool)
    for target in cells.targets:
        empty |= (target.groups.sums(base) == 0).any(axis=1)
    return Sums(np.column_stack(columns), int(empty.sum()), int((found.miss > BEYOND).sum()))


def _trimmed(
    group: Group, cells: Cells, psu: np.ndarray, factor: np.ndarray, values: np.ndarray,
    method: Method, trim: Trim | None,
) -> Sums:  # fmt: skip
    """Limits hold weight by weight: one replicate at a time."""
    rows, lost, missed = [], 0, 0
    for own in factor:
        base = group.base * own[psu]
        there = base > 0
        targets, all_there = _among(group.targets, there)
        lost += not all_there
        part = Group(group.place, group.rows[there], base[there], targets, (), group.population, ())
        found = weighted(part, method, trim)
        missed += found.miss > BEYOND
        rows.append(found.weights @ values[there])
    return Sums(np.array(rows), lost, missed)


def _among(targets: Sequence[Target], there: np.ndarray) -> tuple[tuple[Target, ...], bool]:
    """The targets of some respondents; whether each category still has one."""
    found, whole = [], True
    for target in targets:
        kept, codes = np.unique(target.codes[there], return_inverse=True)
        last = len(target.people) - 1
        unknown = target.unknown and bool(kept[-1] == last)
        found.append(Target(codes, target.people[kept], unknown))
        whole &= len(kept) == last + 1
    return tuple(found), whole
