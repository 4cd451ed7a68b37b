"""Where the likelihoods of many replicates of a mixed model are greatest, all at once.

Newton's steps in the roots of the variance ratios (zero is then a stationary point, which steps
near it reach), along the curvature's own directions with their signs made positive, shortened until
the criterion falls. What is not seen to be an optimum is found again one at a time
(nested_optimum.py), by whose rules this is: the same zeros, and the lower of two valleys.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.models.nested_optimum import (
    APART,
    FEW_ROWS,
    FLAT,
    GRID,
    LEVEL,
    ZERO,
    NotConverged,
    ZeroResidualVariance,
    grid_of,
    optimum,
    starts,
)
from cesp_analysis.models.nested_profile import OwnSums, curvature, profiles_at
from cesp_analysis.models.nested_sums import NestedSums

Many = NestedSums | OwnSums
Places = NDArray[np.intp]
_STEPS = 60
_SHORTEST = 1e-6  # a step this short that does not lower the criterion ends the descent


@dataclass
class _Points:
    """Where each replicate stands: roots (r, v), value (r,), slope and curvature in the roots."""

    roots: Floats
    value: Floats
    slope: Floats
    bend: Floats
    steep: Floats

    def moved(self, at: Places, to: "_Points", taken: NDArray[np.bool_]) -> None:
        """Put the points `taken` of `to` at these places."""
        for name in ("roots", "value", "slope", "bend", "steep"):
            getattr(self, name)[at[taken]] = getattr(to, name)[taken]


def optima(sums: Many, reml: bool) -> tuple[Floats, dict[int, Exception]]:
    """Ratios (r, v) at the optimum of each replicate, and why some have none (NaN)."""
    if sum(sums.shape) == 1:
        return np.zeros((len(sums.n), 0)), {}
    ratios, value, right = _settled(sums, starts(sums), reml)
    few = np.flatnonzero(sums.n <= FEW_ROWS)
    if len(few):
        _lower_elsewhere(sums, few, (ratios, value, right), reml)
    failed: dict[int, Exception] = {}
    for at in np.flatnonzero(~right):
        try:
            ratios[at] = optimum(sums.some(np.array([at])), reml)[0]
        except (NotConverged, ZeroResidualVariance, np.linalg.LinAlgError) as error:
            ratios[at], failed[int(at)] = np.nan, error
    return ratios, failed


def _settled(sums: Many, roots: Floats, reml: bool) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Ratios where descent from `roots` (r, v) ends, the criterion there, if it is an optimum."""
    ratios = _with_zeros(sums, _descended(sums, roots, reml) ** 2, reml)
    ratios = _descended(sums, np.sqrt(ratios), reml) ** 2
    profile, levels = profiles_at(sums, ratios, reml), sums.shape[0]
    leaving = (ratios == 0) & (profile.slope < -FLAT)
    right = (np.abs(profile.slope * ratios) <= FLAT).all(1) & ~leaving.any(1)
    right &= (ratios[:, :levels] <= 1e10).all(1)
    with np.errstate(divide="ignore"):
        right &= (np.abs(np.log(ratios[:, levels:])) <= APART).all(1)
    return ratios, profile.value, right


def _descended(sums: Many, roots: Floats, reml: bool) -> Floats:
    """Roots (r, v) at which Newton's steps end."""
    levels = sums.shape[0]
    points = _points(sums, roots, reml)
    length = np.ones(len(roots))
    held, part = np.arange(len(roots)), sums
    for _ in range(_STEPS):
        known = np.isfinite(points.bend[held]).all((1, 2))
        moving = (points.steep[held] > LEVEL) & (length[held] > _SHORTEST) & known
        if not moving.any():
            break
        if moving.sum() < 0.7 * len(held) or not known.all():
            held = held[moving]
            part = sums.some(held)
        trial = _step(points, held, length[held], levels)
        found = _points(part, trial, reml)
        lower = found.value < points.value[held]
        level = found.value <= points.value[held] + 1e-9 * np.abs(points.value[held])
        taken = lower | (level & (found.steep < points.steep[held]))
        points.moved(held, found, taken)
        length[held] = np.where(taken, np.minimum(1.0, 4 * length[held]), length[held] / 4)
    return points.roots


def _points(sums: Many, roots: Floats, reml: bool) -> _Points:
    profile = profiles_at(sums, roots**2, reml, order=2)
    slope = profile.slope
    bend = 4 * curvature(profile, reml) * roots[:, :, None] * roots[:, None, :]
    bend = bend + 2 * slope[:, :, None] * np.eye(roots.shape[1])
    steep = np.abs(slope * roots**2).max(1)
    return _Points(roots.copy(), profile.value, 2 * slope * roots, bend, steep)


def _step(points: _Points, at: Places, length: Floats, levels: int) -> Floats:
    """Roots one step on, no longer than the root or one half, each class's root within a half."""
    bends, ways = np.linalg.eigh(points.bend[at])
    bends = np.maximum(np.abs(bends), 1e-10 * np.abs(bends).max(1, keepdims=True) + 1e-300)
    along = np.einsum("rij,ri->rj", ways, points.slope[at]) / bends
    step = -np.einsum("rij,rj->ri", ways, along)
    roots = points.roots[at]
    most = np.maximum(roots, 0.5)
    most[:, levels:] = roots[:, levels:] / 2
    moved = roots + length[:, None] * np.clip(step, -most, most)
    return np.asarray(np.abs(moved), dtype=float)


def _with_zeros(sums: Many, ratios: Floats, reml: bool) -> Floats:
    """Each small ratio exactly 0 if the criterion is no worse there and rises from it."""
    ratios = ratios.copy()
    for level in range(sums.shape[0]):
        at = np.flatnonzero((ratios[:, level] < 1e-3) & (ratios[:, level] > 0))
        if not len(at):
            continue
        part, trial = sums.some(at), ratios[at]
        here = profiles_at(part, trial, reml, order=0).value
        small = trial[:, level] < ZERO
        trial[:, level] = 0.0
        zero = profiles_at(part, trial, reml)
        zeros = (small | (zero.slope[:, level] >= 0)) & (zero.value <= here + 1e-9)
        ratios[at[zeros], level] = 0.0
    return ratios


def _lower_elsewhere(
    sums: Many, few: Places, found: tuple[Floats, Floats, NDArray[np.bool_]], reml: bool
) -> None:
    """Put a lower optimum in the place of one found, where a coarse grid shows one."""
    ratios, value, right = found
    grid = np.array(grid_of(*sums.shape))
    part = sums.some(few)
    points = [np.tile(point, (len(few), 1)) for point in grid]
    values = [profiles_at(part, point, reml, order=0).value for point in points]
    lowest = np.argmin(values, axis=0)
    here = np.log(np.clip(ratios[few], GRID[0], GRID[-1]))
    nearest = np.argmin(np.abs(np.log(grid)[:, None] - here).sum(-1), axis=0)
    other = few[lowest != nearest]
    if not len(other):
        return
    start = np.sqrt(grid[lowest[lowest != nearest]])
    again, below, ends = _settled(sums.some(other), start, reml)
    better = ends & ((below < value[other] - 1e-8) | ~right[other])
    ratios[other[better]], value[other[better]] = again[better], below[better]
    right[other[better]] = True
