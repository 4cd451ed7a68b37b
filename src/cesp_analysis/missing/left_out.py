"""A group's normal profile without each of its units: the jackknife's refits, all at once.

The likelihood is `likeliest`'s, REML with one mean a time and an unstructured covariance. Leaving a
unit out takes its sums away; Newton's steps from the whole group's profile then lead to the same
maximum as fitting anew (checked at 1e-8), for all units side by side. With W the inverse covariance
of each pattern of times answered (0 elsewhere), A the sum of W over people, m = A^-1 sum W y:

    criterion   sum log|V| + sum (y - m)'W(y - m) + log|A|
    slope       sum W - W (y - m)(y - m)'W - W A^-1 W, by element of the covariance

and the curvature is the derivative of that, m's own movement included.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.normal_profiles import likeliest
from cesp_analysis.missing.reference_based import Profile

_FLAT = 1e-10
"""Newton decrement before the last step; the step squares it: 1e-10 standard errors are left."""
_MOST = 12
"""Steps; seen: 2 to 4. A unit that needs more is fitted anew."""
_TOGETHER = 2_000_000
"""Numbers in one array of the curvature: 16 MB."""


@dataclass(frozen=True)
class _Sums:
    """By unit left out and pattern: people (L, g), sums (L, g, t), products (L, g, t, t)."""

    people: Floats
    total: Floats
    cross: Floats
    both: Floats

    def some(self, units: Codes) -> "_Sums":
        return _Sums(self.people[units], self.total[units], self.cross[units], self.both)


def left_out(y: Floats, units: Codes, whole: Profile) -> Profile:
    """Profiles of answers y (n, t) without each unit (codes 0..u-1): mean (u, t), cov (u, t, t).

    whole: the profile of all of them. Raises as fit_mmrm does where a unit cannot be spared.
    """
    scale = np.sqrt(np.diag(whole.cov))
    z = (y - whole.mean) / scale
    sums = _sums(z, units)
    count, t = len(sums.people), y.shape[1]
    mean, cov = np.empty((count, t)), np.empty((count, t, t))
    start = whole.cov / np.outer(scale, scale)
    block = max(1, _TOGETHER // t**4)
    for first in range(0, count, block):
        rows = np.arange(first, min(first + block, count))
        mean[rows], cov[rows] = _steps(sums.some(rows), start)
    mean, cov = mean * scale + whole.mean, cov * np.outer(scale, scale)
    for unit in np.flatnonzero(~np.isfinite(mean).all(axis=1)):
        anew = likeliest(y[units != unit])
        mean[unit], cov[unit] = anew.mean, anew.cov
    return Profile(mean, cov)


def _sums(z: Floats, units: Codes) -> _Sums:
    """What is left of each sum when a unit's part is taken away."""
    seen = np.isfinite(z)
    patterns, which = np.unique(seen, axis=0, return_inverse=True)
    shape = (int(units.max()) + 1, len(patterns))
    cell = units * len(patterns) + which.ravel()
    zero = np.where(seen, z, 0.0)
    t = z.shape[1]

    def without(values: Floats) -> Floats:
        own = np.zeros((shape[0] * shape[1], *values.shape[1:]))
        np.add.at(own, cell, values)
        own = own.reshape(*shape, *values.shape[1:])
        return np.asarray(own.sum(axis=0) - own)

    cross = without((zero[:, :, None] * zero[:, None, :]).reshape(len(z), -1))
    both = (patterns[:, :, None] & patterns[:, None, :]).astype(float)
    return _Sums(without(np.ones(len(z))), without(zero), cross.reshape(*shape, t, t), both)


def _steps(sums: _Sums, start: Floats) -> tuple[Floats, Floats]:
    """Means and covariances at the maximum; NaN where Newton's way does not lead there."""
    count, t = len(sums.people), len(start)
    cov = np.broadcast_to(start, (count, t, t)).copy()
    mean = np.full((count, t), np.nan)
    held = np.einsum("lg,gtt->lt", sums.people, sums.both)
    open_ = np.flatnonzero((held > 0).all(axis=1))
    for _ in range(_MOST):
        _, slope, curvature = _at(sums.some(open_), cov[open_])
        upper = np.linalg.eigvalsh(curvature)[:, 0] > 0
        open_, slope, curvature = open_[upper], slope[upper], curvature[upper]
        step = np.linalg.solve(curvature, slope[..., None])[..., 0]
        cov[open_] -= (step @ _elements(t).T).reshape(-1, t, t)
        positive = np.linalg.eigvalsh(cov[open_])[:, 0] > 0
        done = positive & (np.sum(slope * step, axis=1) < _FLAT)
        mean[open_[done]] = _at(sums.some(open_[done]), cov[open_[done]])[0]
        open_ = open_[positive & ~done]
        if not len(open_):
            break
    return mean, cov


def _elements(t: int) -> Floats:
    """(t², r): which cells of a symmetric matrix each of its r different elements stands in."""
    pairs = [(a, b) for a in range(t) for b in range(a, t)]
    cells = np.zeros((t, t, len(pairs)))
    for number, (a, b) in enumerate(pairs):
        cells[a, b, number] = cells[b, a, number] = 1.0
    return cells.reshape(t * t, -1)


def _at(sums: _Sums, cov: Floats) -> tuple[Floats, Floats, Floats]:
    """Means (L, t), slope (L, r) and curvature (L, r, r) of the criterion at cov (L, t, t)."""
    t = cov.shape[-1]
    elements = _elements(t)
    w = np.linalg.inv(np.where(sums.both > 0, cov[:, None], np.eye(t))) * sums.both
    n = sums.people[..., None, None]
    inverse = np.linalg.inv((n * w).sum(axis=1))
    mean = (inverse @ (w @ sums.total[..., None]).sum(axis=1))[..., 0]
    off = sums.total - sums.people[..., None] * mean[:, None]
    apart = _outer(sums.total, mean[:, None]) + _outer(mean[:, None], off)
    spread = w @ (sums.cross - apart) @ w
    ahead = n * (w @ inverse[:, None] @ w)
    slope = (n * w - spread - ahead).sum(axis=1).reshape(-1, t * t) @ elements
    plain = _kron(n * w, w)
    curvature = _kron(w, 2 * spread + 2 * ahead) - plain
    moved = _summed(w, (w @ off[..., None])[..., 0]).reshape(len(w), t, t * t)
    curvature -= 2 * np.swapaxes(moved, 1, 2) @ inverse @ moved
    curvature -= np.swapaxes(plain, 1, 2) @ _kron(inverse[:, None], inverse[:, None]) @ plain
    half = elements.T @ curvature @ elements
    return mean, slope, (half + np.swapaxes(half, 1, 2)) / 2


def _outer(a: Floats, b: Floats) -> Floats:
    return a[..., :, None] * b[..., None, :]


def _kron(a: Floats, b: Floats) -> Floats:
    """Sum over patterns of Kronecker products (L, t², t²) of a and b (L, g, t, t)."""
    count, t = len(a), a.shape[-1]
    product = _summed(a, b).reshape(count, t, t, t, t)
    return np.swapaxes(product, 2, 3).reshape(count, t * t, t * t)


def _summed(a: Floats, b: Floats) -> Floats:
    """Sum over patterns of outer products (L, p, q) of a (L, g, ...) and b (L, g, ...)."""
    one, other = (own.reshape(*own.shape[:2], int(np.prod(own.shape[2:]))) for own in (a, b))
    return np.asarray(np.swapaxes(one, 1, 2) @ other)
