"""Quantities that carry their derivatives in a model's variances: exact, without differences.

A jet is a value with its first and, where asked for, second derivatives (Griewank & Walther, 2008,
Evaluating Derivatives, ch. 13: truncated Taylor arithmetic of order one or two).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Index = int | slice | None


@dataclass(frozen=True)
class Jet:
    """value (…), first (v, …) and second (v, v, …) derivatives in v variances; second or None."""

    value: Floats
    first: Floats
    second: Floats | None


def variables(values: Floats, order: int) -> Jet:
    """The v variances themselves (v,), to be differentiated once or twice."""
    v = len(values)
    return Jet(
        np.asarray(values, dtype=float), np.eye(v), np.zeros((v, v, v)) if order > 1 else None
    )


def constant(value: Floats, like: Jet) -> Jet:
    """A value that no variance moves."""
    value, v = np.asarray(value, dtype=float), len(like.first)
    second = None if like.second is None else np.zeros((v, v, *value.shape))
    return Jet(value, np.zeros((v, *value.shape)), second)


def linear(jet: Jet, of: Callable[[Floats], Floats], trailing: int) -> Jet:
    """A linear function of the `trailing` axes of a jet, applied to value and derivatives."""
    value = np.asarray(of(jet.value), dtype=float)

    def every(values: Floats) -> Floats:
        ahead = values.shape[: values.ndim - trailing]
        flat = values.reshape(-1, *values.shape[len(ahead) :])
        return np.stack([of(one) for one in flat]).reshape(*ahead, *value.shape)

    return Jet(value, every(jet.first), None if jet.second is None else every(jet.second))


def contracted(jet: Jet, fixed: Floats, axes: int) -> Jet:
    """Sum over the last `axes` axes of a jet and the first ones of a fixed array."""
    second = None if jet.second is None else np.tensordot(jet.second, fixed, axes)
    return Jet(
        np.asarray(np.tensordot(jet.value, fixed, axes)),
        np.tensordot(jet.first, fixed, axes),
        second,
    )


def shaped(jet: Jet, *index: Index) -> Jet:
    """A jet indexed (or given new axes) as its value would be by `index`."""
    every = slice(None)
    second = None if jet.second is None else jet.second[every, every, *index]
    return Jet(np.asarray(jet.value[index]), jet.first[every, *index], second)


def plus(a: Jet, b: Jet) -> Jet:
    """a + b."""
    second = None if a.second is None or b.second is None else a.second + b.second
    return Jet(a.value + b.value, a.first + b.first, second)


def times(a: Jet, b: Jet) -> Jet:
    """a × b, of equal number of axes."""
    second = None
    if a.second is not None and b.second is not None:
        mixed = a.first[:, None] * b.first[None]
        second = a.second * b.value + mixed + np.swapaxes(mixed, 0, 1) + a.value * b.second
    return Jet(a.value * b.value, a.first * b.value + a.value * b.first, second)


def scaled(jet: Jet, by: Floats | float) -> Jet:
    """A jet times a fixed number or array."""
    return Jet(jet.value * by, jet.first * by, None if jet.second is None else jet.second * by)


def inverse(jet: Jet) -> Jet:
    """1 / jet."""
    value = 1 / jet.value
    return _through(jet, value, -(value**2), 2 * value**3)


def logarithm(jet: Jet) -> Jet:
    """log jet."""
    return _through(jet, np.log(jet.value), 1 / jet.value, -1 / jet.value**2)


def crossed(a: Jet, b: Jet) -> Jet:
    """a'b of two jets of shape (n, p): (p, p)."""
    second = None
    if a.second is not None and b.second is not None:
        mixed = np.matmul(_turned(a.first)[:, None], b.first[None])
        second = np.matmul(_turned(a.second), b.value) + np.matmul(a.value.T, b.second)
        second = second + mixed + np.swapaxes(mixed, 0, 1)
    first = np.matmul(_turned(a.first), b.value) + np.matmul(a.value.T, b.first)
    return Jet(a.value.T @ b.value, first, second)


def _turned(values: Floats) -> Floats:
    return np.swapaxes(values, -1, -2)


def _through(jet: Jet, value: Floats, slope: Floats, curve: Floats) -> Jet:
    second = None
    if jet.second is not None:
        second = curve * (jet.first[:, None] * jet.first[None]) + slope * jet.second
    return Jet(value, slope * jet.first, second)
