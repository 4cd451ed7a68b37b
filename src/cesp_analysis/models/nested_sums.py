"""Sums by which the likelihood of nested random intercepts is exact at the cost of one pass.

The columns z = [X y] of n rows are summed within each innermost group; the criterion then costs
groups-of-the-next-level × distinct group sizes × columns, whatever n is. With d a group's
information and a its summed columns, a level with variance ratio λ takes λ/(1+λd) aa' from Z'Z,
adds log(1+λd) to the log-determinant and passes a/(1+λd), d/(1+λd) on to the level above
(Woodbury's identity, level by level). Derivatives in the ratios are carried along.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


class NotIdentified(Exception):
    """A level's groups hold one group (or row) of the level below each; `level` is its index."""

    def __init__(self, level: int) -> None:
        self.level = level
        super().__init__(f"each group of level {level} holds just one unit of the level below it")


class NotNested(ValueError):
    """`count` groups of `level` (its index) belong to more than one group of the level above."""

    def __init__(self, level: int, count: int) -> None:
        self.level, self.count = level, count
        super().__init__(f"{count} groups of level {level} stand in several of level {level + 1}")


@dataclass(frozen=True)
class NestedSums:
    """What the criterion needs of n rows and p columns z = [X y].

    cross (p, p): Z'Z; sizes (s,): the distinct innermost group sizes; size_count (s,): groups of
    each; size_cross (s, p, p): sum of aa' over groups of each size; a (s, q, p), count (s, q):
    column sums and number of innermost groups by size and by group of the next level (q of them);
    parents: for each level above that, the group (0..) that each group below it belongs to.
    """

    n: int
    cross: Floats
    sizes: Floats
    size_count: Floats
    size_cross: Floats
    a: Floats
    count: Floats
    parents: tuple[Codes, ...]
    n_groups: tuple[int, ...]


def nested_sums(z: Floats, groups: Sequence[NDArray[np.integer]]) -> NestedSums:
    """Sum z (n, p) by nested groups, innermost first; NotNested where a level does not."""
    n, p = z.shape
    cross = z.T @ z
    if not groups:
        none = np.zeros(0)
        return NestedSums(
            n, cross, none, none, np.zeros((0, p, p)), np.zeros((0, 0, p)), none, (), ()
        )
    codes, chain, counts = _chain(groups)
    sums = summed(z, codes, counts[0])
    sizes_of = np.bincount(codes, minlength=counts[0]).astype(float)
    _identified(sizes_of, chain, counts)
    sizes, which = np.unique(sizes_of, return_inverse=True)
    size_cross = np.stack([sums[which == s].T @ sums[which == s] for s in range(len(sizes))])
    parent = chain[0] if chain else np.zeros(counts[0], dtype=np.intp)
    outer = counts[1] if chain else 1
    cells = parent * len(sizes) + which
    return NestedSums(
        n=n,
        cross=cross,
        sizes=sizes,
        size_count=np.bincount(which).astype(float),
        size_cross=size_cross,
        a=_by_size(summed(sums, cells, outer * len(sizes)), outer),
        count=_by_size(np.bincount(cells, minlength=outer * len(sizes)).astype(float), outer),
        parents=tuple(chain[1:]),
        n_groups=counts,
    )


def mapped(sums: NestedSums, to_basis: Floats) -> NestedSums:
    """The sums of [X @ to_basis, y] from those of [X, y]: sums are linear in the columns."""
    k = len(to_basis)
    change = np.eye(k + 1)
    change[:k, :k] = to_basis
    return replace(
        sums,
        cross=change.T @ sums.cross @ change,
        size_cross=change.T @ sums.size_cross @ change,
        a=sums.a @ change,
    )


def _by_size(cells: Floats, outer: int) -> Floats:
    """Values by (outer, size) as contiguous values by size, then outer."""
    shaped = cells.reshape(outer, -1, *cells.shape[1:])
    return np.ascontiguousarray(np.swapaxes(shaped, 0, 1))


def summed(values: Floats, codes: Codes, groups: int) -> Floats:
    """Column sums (groups, p) of values (n, p) by codes (n,)."""
    columns = [np.bincount(codes, weights=column, minlength=groups) for column in values.T]
    return np.stack(columns, axis=1) if columns else np.zeros((groups, 0))


def _chain(
    groups: Sequence[NDArray[np.integer]],
) -> tuple[Codes, list[Codes], tuple[int, ...]]:
    """Codes 0.. of the innermost level by row, then each group's parent, level by level."""
    codes, count = _dense(groups[0])
    below, chain, counts = codes, list[Codes](), [count]
    for level, outer in enumerate(groups[1:], start=1):
        dense, outer_count = _dense(outer)
        parent = np.zeros(counts[-1], dtype=np.intp)
        parent[below] = dense
        if not np.array_equal(parent[below], dense):
            raise NotNested(level - 1, len(np.unique(below[parent[below] != dense])))
        chain.append(parent)
        counts.append(outer_count)
        below = dense
    return codes, chain, tuple(counts)


def _dense(codes: NDArray[np.integer]) -> tuple[Codes, int]:
    """Codes as 0..count-1; without sorting where they are small whole numbers already."""
    low, high = int(codes.min()), int(codes.max())
    if low >= 0 and high < 4 * len(codes):
        used = np.zeros(high + 1, dtype=bool)
        used[codes] = True
        renumbered = np.cumsum(used) - 1
        return renumbered[codes].astype(np.intp), int(used.sum())
    names, dense = np.unique(codes, return_inverse=True)
    return dense.astype(np.intp), len(names)


def _identified(sizes: Floats, chain: list[Codes], counts: tuple[int, ...]) -> None:
    if sizes.max() <= 1:
        raise NotIdentified(0)
    for level in range(1, len(counts)):
        if counts[level] == counts[level - 1]:
            raise NotIdentified(level)


@dataclass(frozen=True)
class Absorbed:
    """Z'W⁻¹Z (p, p) and log|W|, with derivatives in each ratio: (levels, p, p) and (levels,)."""

    matrix: Floats
    logdet: float
    d_matrix: Floats
    d_logdet: Floats


def absorbed(sums: NestedSums, ratios: Floats) -> Absorbed:
    """Take the random intercepts with variance ratios (levels,) out of Z'Z."""
    levels, p = len(ratios), sums.cross.shape[0]
    matrix, logdet = sums.cross.copy(), 0.0
    d_matrix, d_logdet = np.zeros((levels, p, p)), np.zeros(levels)
    if levels == 0:
        return Absorbed(matrix, logdet, d_matrix, d_logdet)
    shrink = 1 / (1 + sums.sizes * ratios[0])
    matrix -= np.tensordot(ratios[0] * shrink, sums.size_cross, 1)
    d_matrix[0] -= np.tensordot(shrink**2, sums.size_cross, 1)
    logdet -= float(sums.size_count @ np.log(shrink))
    d_logdet[0] += float(sums.size_count @ (sums.sizes * shrink))
    if levels == 1:
        return Absorbed(matrix, logdet, d_matrix, d_logdet)
    a, d, da, dd = _innermost(sums, shrink, levels)
    for level in range(1, levels):
        if level > 1:
            a, d, da, dd = _raised(a, d, da, dd, sums.parents[level - 2], level)
        shrink = 1 / (1 + ratios[level] * d)
        weight = ratios[level] * shrink
        matrix -= (a * weight[:, None]).T @ a
        logdet -= float(np.sum(np.log(shrink)))
        for other in range(level + 1):
            own = float(other == level)
            d_weight = own * shrink**2 - weight**2 * dd[other]
            half = (a * (0.5 * d_weight)[:, None] + da[other] * weight[:, None]).T @ a
            d_matrix[other] -= half + half.T
            d_logdet[other] += float(np.sum((own * d + ratios[level] * dd[other]) * shrink))
        if level + 1 < levels:
            a, d, da, dd = _passed_on(a, d, da, dd, shrink, ratios[level], level)
    return Absorbed(matrix, logdet, d_matrix, d_logdet)


Carried = tuple[Floats, Floats, Floats, Floats]


def _innermost(sums: NestedSums, shrink: Floats, levels: int) -> Carried:
    """What the innermost level leaves to the next: sums over sizes of a/(1+nλ) and n/(1+nλ)."""
    a, slope = np.tensordot(shrink, sums.a, 1), -sums.sizes * shrink**2
    da, dd = np.zeros((levels, *a.shape)), np.zeros((levels, len(a)))
    da[0], dd[0] = np.tensordot(slope, sums.a, 1), (slope * sums.sizes) @ sums.count
    return a, (sums.sizes * shrink) @ sums.count, da, dd


def _raised(a: Floats, d: Floats, da: Floats, dd: Floats, parent: Codes, level: int) -> Carried:
    """Sums of what is carried over each parent."""
    groups = int(parent.max()) + 1
    up_a = summed(a, parent, groups)
    up_d: Floats = np.bincount(parent, weights=d, minlength=groups).astype(float)
    up_da, up_dd = np.zeros((len(da), *up_a.shape)), np.zeros((len(dd), groups))
    for other in range(level):
        up_da[other] = summed(da[other], parent, groups)
        up_dd[other] = np.bincount(parent, weights=dd[other], minlength=groups)
    return up_a, up_d, up_da, up_dd


def _passed_on(
    a: Floats, d: Floats, da: Floats, dd: Floats, shrink: Floats, ratio: float, level: int
) -> Carried:
    """What a level leaves to the level above: a/(1+λd), d/(1+λd) and their derivatives."""
    new_da, new_dd = np.zeros_like(da), np.zeros_like(dd)
    for other in range(level + 1):
        own = float(other == level)
        change = (own * d + ratio * dd[other]) * shrink
        new_da[other] = (da[other] - a * change[:, None]) * shrink[:, None]
        new_dd[other] = (dd[other] - d * change) * shrink
    return a * shrink[:, None], d * shrink, new_da, new_dd
