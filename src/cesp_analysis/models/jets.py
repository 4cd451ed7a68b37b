"""Quantities that carry their derivatives in a model's variances: exact, without differences.

A jet is a value with its first and, where asked for, second derivatives (Griewank & Walther, 2008,
Evaluating Derivatives, ch. 13: truncated Taylor arithmetic of order one or two). All stand in one
array, so that what is linear is one operation. Each value has a leading axis of replicates (one, if
a single model is fitted): sets of outcomes whose variances differ are gone through at once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from types import EllipsisType

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats

Index = int | slice | None | EllipsisType | NDArray[np.intp]
_EVERY = slice(None)


@dataclass(frozen=True)
class Jet:
    """all (1 + v, r, …) or (1 + v + v², r, …): value, derivatives in v variances, their own.

    r replicates, or 1 for what is the same in all of them.
    """

    all: Floats
    v: int

    @property
    def value(self) -> Floats:
        """(…)."""
        return np.asarray(self.all[0])

    @property
    def first(self) -> Floats:
        """(v, …)."""
        return self.all[1 : 1 + self.v]

    @property
    def second(self) -> Floats:
        """(v, v, …); ValueError if only first derivatives were asked for."""
        if self.v and not self.twice:
            raise ValueError("second derivatives were not asked for")
        return self.all[1 + self.v :].reshape(self.v, self.v, *self.all.shape[1:])

    @property
    def twice(self) -> bool:
        """Whether it has second derivatives."""
        return len(self.all) > 1 + self.v


def variables(values: Floats, order: int) -> Jet:
    """The v variances themselves (r, v), to be differentiated once, twice or (order 0) not."""
    r, v = values.shape
    if order == 0:
        return Jet(values[None], 0)
    parts = np.zeros((1 + v + v * v * (order > 1), r, v))
    parts[0], parts[1 : 1 + v] = values, np.eye(v)[:, None]
    return Jet(parts, v)


def constant(value: Floats, like: Jet) -> Jet:
    """A value (r, …) that no variance moves."""
    value = np.asarray(value, dtype=float)
    parts = np.zeros((len(like.all), *value.shape))
    parts[0] = value
    return Jet(parts, like.v)


def linear(jet: Jet, of: Callable[[Floats], Floats]) -> Jet:
    """A linear function of a jet, applied to value and derivatives."""
    return Jet(np.stack([of(part) for part in jet.all]), jet.v)


def contracted(jet: Jet, fixed: Floats, axes: int) -> Jet:
    """Sum over the last `axes` axes of a jet and the first of a fixed array, after replicates.

    fixed (r, …), or (1, …) where it is the same in all replicates.
    """
    kept, left = jet.all.shape[: jet.all.ndim - axes], fixed.shape[1 + axes :]
    size = prod(fixed.shape[1 : 1 + axes])
    if len(fixed) == 1:
        parts = jet.all.reshape(-1, size) @ fixed.reshape(size, -1)
        return Jet(parts.reshape(*kept, *left), jet.v)
    each = np.swapaxes(jet.all, 0, 1).reshape(kept[1], kept[0] * prod(kept[2:]), size)
    found = each @ fixed.reshape(len(fixed), size, prod(left))
    found = found.reshape(len(found), kept[0], *kept[2:], *left)
    return Jet(np.swapaxes(found, 0, 1), jet.v)


def shaped(jet: Jet, *index: Index) -> Jet:
    """A jet indexed (or given new axes) as one replicate's value would be by `index`."""
    return Jet(jet.all[_EVERY, _EVERY, *index], jet.v)


def joined(a: Jet, b: Jet) -> Jet:
    """The elements of a, then those of b, both (r, n)."""
    return Jet(np.concatenate([a.all, b.all], axis=-1), a.v)


def plus(a: Jet, b: Jet) -> Jet:
    """a + b."""
    return Jet(a.all + b.all, a.v)


def raised_by(jet: Jet, by: Floats | float) -> Jet:
    """A jet plus a fixed number or array."""
    parts = jet.all.copy()
    parts[0] += by
    return Jet(parts, jet.v)


def times(a: Jet, b: Jet) -> Jet:
    """a × b, of equal number of axes."""
    v = a.v
    parts = a.all * b.all[0]
    parts[1 : 1 + v] += a.all[0] * b.first
    if a.twice:
        mixed = a.first[:, None] * b.first[None]
        mixed = mixed + np.swapaxes(mixed, 0, 1) + a.all[0] * b.second
        parts[1 + v :] += mixed.reshape(v * v, *mixed.shape[2:])
    return Jet(parts, v)


def scaled(jet: Jet, by: Floats | float) -> Jet:
    """A jet times a fixed number or array."""
    return Jet(jet.all * by, jet.v)


def inverse(jet: Jet) -> Jet:
    """1 / jet."""
    value = 1 / jet.all[0]
    return _through(jet, value, -value * value, 2 * value**3 if jet.twice else value)


def logarithm(jet: Jet) -> Jet:
    """log jet."""
    slope = 1 / jet.all[0]
    return _through(jet, np.log(jet.all[0]), slope, -slope * slope)


def weighted_cross(weight: Jet, a: Jet, moves: Sequence[bool]) -> Jet:
    """The sum of weight × a a' over the n rows of a (r, n, p), weight (r, n): (r, p, p).

    moves (v,): which variances a depends on at all. Written out, for this is most of the work.
    """
    v, p = a.v, a.all.shape[-1]
    w, rows = weight.all[..., None], a.all
    parts = np.empty((len(rows), max(w.shape[1], rows.shape[1]), p, p))
    held = _turned(w[0] * rows[0])
    parts[0] = held @ rows[0]
    pushed = [_turned(w[1 + i] * rows[0]) for i in range(v)]
    for i in range(v):
        parts[1 + i] = pushed[i] @ rows[0]
        if moves[i]:
            parts[1 + i] += _both_ways(held @ rows[1 + i])
    if not a.twice:
        return Jet(parts, v)
    for i in range(v):
        for j in range(i, v):
            at = 1 + v + i * v + j
            parts[at] = _turned(w[at] * rows[0]) @ rows[0]
            if moves[j]:
                parts[at] += _both_ways(pushed[i] @ rows[1 + j])
            if moves[i]:
                parts[at] += _both_ways(pushed[j] @ rows[1 + i])
            if moves[i] and moves[j]:
                parts[at] += _both_ways(_turned(w[0] * rows[1 + i]) @ rows[1 + j])
                parts[at] += _both_ways(held @ rows[at])
            parts[1 + v + j * v + i] = parts[at]
    return Jet(parts, v)


def product(a: Jet, b: Jet, of: Callable[[Floats, Floats], Floats]) -> Jet:
    """A function of two jets that is linear in each, such as a product of matrices."""
    v = a.v
    parts = [of(a.all[0], b.all[0])]
    parts += [of(a.all[1 + i], b.all[0]) + of(a.all[0], b.all[1 + i]) for i in range(v)]
    if a.twice:
        at = {
            (i, j): of(a.all[1 + v + i * v + j], b.all[0])
            + of(a.all[1 + i], b.all[1 + j])
            + of(a.all[1 + j], b.all[1 + i])
            + of(a.all[0], b.all[1 + v + i * v + j])
            for i in range(v)
            for j in range(i, v)
        }
        parts += [at[min(i, j), max(i, j)] for i in range(v) for j in range(v)]
    return Jet(np.stack(parts), v)


def inverted(jet: Jet) -> Jet:
    """The inverses of matrices (…, q, q)."""
    inverse, v = np.linalg.inv(jet.all[0]), jet.v
    parts = np.empty(jet.all.shape)
    parts[0] = inverse
    turned = inverse @ jet.first
    parts[1 : 1 + v] = -turned @ inverse
    if jet.twice:
        pairs = turned[:, None] @ turned[None]
        own = pairs + np.swapaxes(pairs, 0, 1) - inverse @ jet.second
        parts[1 + v :] = (own @ inverse).reshape(v * v, *inverse.shape)
    return Jet(parts, v)


def log_determinant(jet: Jet) -> Jet:
    """The logarithms (…) of the determinants of matrices (…, q, q), which must be positive."""
    inverse, v = np.linalg.inv(jet.all[0]), jet.v
    parts = np.empty(jet.all.shape[:-2])
    parts[0] = np.linalg.slogdet(jet.all[0])[1]
    turned = inverse @ jet.first
    parts[1 : 1 + v] = np.trace(turned, axis1=-2, axis2=-1)
    if jet.twice:
        both = np.einsum("v...ij,w...ji->vw...", turned, turned)
        own = np.einsum("...ij,vw...ji->vw...", inverse, jet.second)
        parts[1 + v :] = (own - both).reshape(v * v, *parts.shape[1:])
    return Jet(parts, v)


def _turned(matrix: Floats) -> Floats:
    return np.swapaxes(matrix, -1, -2)


def _both_ways(matrix: Floats) -> Floats:
    return np.asarray(matrix + _turned(matrix), dtype=float)


def _through(jet: Jet, value: Floats, slope: Floats, curve: Floats) -> Jet:
    """A function of a jet, from the function's value, slope and curvature at the jet's value."""
    parts, v = slope * jet.all, jet.v
    parts[0] = value
    if jet.twice:
        mixed = curve * (jet.first[:, None] * jet.first[None])
        parts[1 + v :] += mixed.reshape(v * v, *mixed.shape[2:])
    return Jet(parts, v)
