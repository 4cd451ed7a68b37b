"""Quantities that carry their derivatives in a model's variances: exact, without differences.

A jet is a value with its first and, where asked for, second derivatives (Griewank & Walther, 2008,
Evaluating Derivatives, ch. 13: truncated Taylor arithmetic of order one or two). All stand in one
array, so that what is linear is one operation.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Index = int | slice | None
_EVERY = slice(None)


@dataclass(frozen=True)
class Jet:
    """all (1 + v, …) or (1 + v + v², …): the value, its derivatives in v variances, their own."""

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
    """The v variances themselves (v,), to be differentiated once or twice."""
    v = len(values)
    parts = np.zeros((1 + v + v * v * (order > 1), v))
    parts[0], parts[1 : 1 + v] = values, np.eye(v)
    return Jet(parts, v)


def constant(value: Floats, like: Jet) -> Jet:
    """A value that no variance moves."""
    value = np.asarray(value, dtype=float)
    parts = np.zeros((len(like.all), *value.shape))
    parts[0] = value
    return Jet(parts, like.v)


def linear(jet: Jet, of: Callable[[Floats], Floats]) -> Jet:
    """A linear function of a jet, applied to value and derivatives."""
    return Jet(np.stack([of(part) for part in jet.all]), jet.v)


def contracted(jet: Jet, fixed: Floats, axes: int) -> Jet:
    """Sum over the last `axes` axes of a jet and the first ones of a fixed array."""
    kept, left = jet.all.shape[: jet.all.ndim - axes], fixed.shape[axes:]
    size = 1
    for count in fixed.shape[:axes]:
        size *= count
    parts = jet.all.reshape(-1, size) @ fixed.reshape(size, -1)
    return Jet(parts.reshape(*kept, *left), jet.v)


def shaped(jet: Jet, *index: Index) -> Jet:
    """A jet indexed (or given new axes) as its value would be by `index`."""
    return Jet(jet.all[_EVERY, *index], jet.v)


def joined(a: Jet, b: Jet) -> Jet:
    """The elements of a, then those of b, both (n,)."""
    return Jet(np.concatenate([a.all, b.all], axis=-1), a.v)


def plus(a: Jet, b: Jet) -> Jet:
    """a + b."""
    return Jet(a.all + b.all, a.v)


def raised_by(jet: Jet, by: float) -> Jet:
    """A jet plus a fixed number."""
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
    """The sum of weight × a a' over the n rows of a (n, p), weight (n,): (p, p).

    moves (v,): which variances a depends on at all. Written out, for this is most of the work.
    """
    v, p = a.v, a.all.shape[-1]
    w, rows = weight.all, a.all
    parts = np.empty((len(rows), p, p))
    held = w[0, :, None] * rows[0]
    parts[0] = held.T @ rows[0]
    pushed = [(w[1 + i, :, None] * rows[0]) for i in range(v)]
    for i in range(v):
        parts[1 + i] = pushed[i].T @ rows[0]
        if moves[i]:
            parts[1 + i] += _both_ways(held.T @ rows[1 + i])
    if not a.twice:
        return Jet(parts, v)
    for i in range(v):
        for j in range(i, v):
            at = 1 + v + i * v + j
            parts[at] = (w[at, :, None] * rows[0]).T @ rows[0]
            if moves[j]:
                parts[at] += _both_ways(pushed[i].T @ rows[1 + j])
            if moves[i]:
                parts[at] += _both_ways(pushed[j].T @ rows[1 + i])
            if moves[i] and moves[j]:
                parts[at] += _both_ways((w[0, :, None] * rows[1 + i]).T @ rows[1 + j])
                parts[at] += _both_ways(held.T @ rows[at])
            parts[1 + v + j * v + i] = parts[at]
    return Jet(parts, v)


def _both_ways(matrix: Floats) -> Floats:
    return np.asarray(matrix + matrix.T, dtype=float)


def _through(jet: Jet, value: Floats, slope: Floats, curve: Floats) -> Jet:
    """A function of a jet, from the function's value, slope and curvature at the jet's value."""
    parts, v = slope * jet.all, jet.v
    parts[0] = value
    if jet.twice:
        mixed = curve * (jet.first[:, None] * jet.first[None])
        parts[1 + v :] += mixed.reshape(v * v, *mixed.shape[2:])
    return Jet(parts, v)
