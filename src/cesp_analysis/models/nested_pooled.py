"""Groups of a mixed model that are alike, pooled: the criterion costs patterns, not groups.

Innermost groups are alike if they have the same effect and information; groups of the level above,
where it is the outermost, if they hold as many innermost groups of each pattern.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.nested_codes import patterns_of
from cesp_analysis.models.nested_totals import gathered

_FEW_GROUPS = 1000  # with fewer of them looking for patterns costs what it saves


@dataclass(frozen=True)
class Pooled:
    """Innermost groups by pattern: the same effect and information in each of c classes.

    information (s, c), effect (s,): of each of s patterns; groups (r, s): how many it has; cross
    (r, s, c, c, p, p): sums of a a' over its groups, a being a group's column sums by class;
    a (r, s, c, q, p), count (s, q): column sums and number of groups by group of the next level (q
    of them).
    """

    information: Floats
    effect: Floats
    groups: Floats
    cross: Floats
    a: Floats
    count: Floats


@dataclass(frozen=True)
class Outermost:
    """Groups of the outermost level by pattern: how many innermost groups of each of s patterns.

    count (s, t), effect (t,): of each of t patterns; groups (t,): how many it has; cross
    (t, sc, sc, p, p): sums over its groups of the products of their column sums by pattern of the
    innermost groups and class.
    """

    count: Floats
    effect: Floats
    groups: Floats
    cross: Floats


def in_order(which: Codes) -> Codes:
    """The order in which codes that are small whole numbers rise, equal ones as they stood."""
    small = which.astype(np.min_scalar_type(int(which.max(initial=0))))
    return np.argsort(small, kind="stable")  # numpy sorts 16 bits by counting


def place_of(order: Codes) -> Codes:
    """Where each stands in an order."""
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return place


def pooled_groups(
    a: Floats, which: Codes, patterns: Floats, parent: Codes, outer: int, drawn: Floats | None
) -> Pooled:
    """Pool innermost groups: a (r, c, g, p) their column sums, which (g,) their patterns.

    parent (g,): the group of the next level, of which there are `outer`; drawn (r, g): how often
    each counts, or None.
    """
    replicates, classes, held, p = a.shape
    cells, s = which * outer + parent, len(patterns)
    inside, where = np.unique(cells, return_inverse=True) if replicates > 1 else (None, cells)
    by_cell = np.zeros((replicates, classes, s * outer, p))
    for at in range(classes):
        if inside is None:
            by_cell[:, at] = gathered(a[:, at], cells, s * outer)
        else:
            by_cell[:, at, inside] = gathered(a[:, at], where, len(inside))
    members = _members(which, s)
    groups = np.ones((1, held)) if drawn is None else drawn
    return Pooled(
        information=patterns[:, :-1],
        effect=patterns[:, -1],
        groups=np.stack([groups[:, of].sum(1) for of in members], axis=1),
        cross=np.stack([_products(a, drawn, of) for of in members], axis=1),
        a=np.ascontiguousarray(
            np.moveaxis(by_cell.reshape(replicates, classes, s, outer, p), 2, 1)
        ),
        count=np.bincount(cells, minlength=s * outer).astype(float).reshape(s, outer),
    )


def _members(which: Codes, patterns: int) -> list[NDArray[np.bool_]] | list[slice]:
    """The groups of each pattern; slices, which need no copy, where they stand together."""
    if (which[1:] < which[:-1]).any():
        return [which == at for at in range(patterns)]
    ends = np.searchsorted(which, np.arange(patterns + 1))
    return [slice(*map(int, ends[at : at + 2])) for at in range(patterns)]


def _products(a: Floats, drawn: Floats | None, of: NDArray[np.bool_] | slice) -> Floats:
    """Sums (r, c, c, p, p) of products of the column sums of some innermost groups."""
    replicates, classes, _, p = a.shape
    rows = np.moveaxis(a, -1, 2)[..., of].reshape(replicates, classes * p, -1)
    other = rows if drawn is None else rows * drawn[:, None, of]
    products = (rows @ np.swapaxes(other, 1, 2)).reshape(-1, classes, p, classes, p)
    return np.swapaxes(products, 2, 3)


def pooled_outermost(pooled: Pooled, effect: Floats) -> Outermost | None:
    """The groups of the outermost level (effect (q,)) by pattern; None where that saves nothing."""
    replicates, s, classes, outer, p = pooled.a.shape
    if replicates > 1 or outer < _FEW_GROUPS:
        return None
    which, patterns = patterns_of(np.vstack([pooled.count, effect]).T)
    parts = s * classes
    if len(patterns) * parts**2 > outer:
        return None
    order = in_order(which)
    rows = np.empty((outer, parts, p))
    for at, part in enumerate(pooled.a.reshape(parts, outer, p)):
        rows[:, at] = part[order]
    rows = rows.reshape(outer, parts * p)
    ends = np.searchsorted(which[order], np.arange(len(patterns) + 1))
    cross = np.empty((len(patterns), parts * p, parts * p))
    for own, (first, end) in zip(cross, pairwise(ends.tolist()), strict=True):
        np.dot(rows[first:end].T, rows[first:end], out=own)
    return Outermost(
        count=patterns[:, :-1].T,
        effect=patterns[:, -1],
        groups=np.diff(ends).astype(float),
        cross=np.swapaxes(cross.reshape(-1, parts, p, parts, p), 2, 3).copy(),
    )
