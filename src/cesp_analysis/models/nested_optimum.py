"""Where the likelihood of a single model with nested random intercepts is greatest.

The variance ratios are descended in their square roots, bounded at zero, then polished by Newton's
steps; an optimum counts only if the slope there is seen to be zero, or to rise from a zero ratio.
"""

from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.models.nested_profile import (
    Profile,
    Sums,
    criterion_and_gradient,
    curvature,
    profile_at,
    profiles_at,
)
from cesp_analysis.models.nested_sums import NestedSums
from cesp_analysis.models.over_time_sums import TimeSums

LEVEL = 1e-9  # slope at which Newton's steps end
FLAT = 1e-6  # largest slope of the criterion, per unit of log variance, that counts as an optimum
_MANY_POINTS = 125  # with more of them the grid has two values of each ratio
FEW_ROWS = 500  # up to so many the criterion is descended from several starts
GRID = (0.01, 0.1, 0.5, 2.0, 10.0)  # ratios of the coarse grid
GRID_OF_CLASSES = (0.25, 1.0, 4.0)  # ratios of residual variances on it
APART = 16.0  # logarithm of a ratio of residual variances beyond which one is taken to be zero
ZERO = 1e-9  # a variance below this share of the residual is tried as exactly zero


class NotConverged(Exception):
    """No optimum could be verified: the slope there is not zero."""


class ZeroResidualVariance(Exception):
    """Nothing is left to explain: rows do not vary beyond fixed and random effects."""


def optimum(sums: Sums, reml: bool, smaller: Sums | None = None) -> tuple[Floats, Profile]:
    """The ratios (v,) at which the criterion is least, and the profile there, of order two.

    A level's ratio is exactly 0 on the boundary. smaller: sums whose criterion is the same but for
    a constant, in which the ratios are sought.
    """
    levels, classes = sums.shape
    if levels + classes == 1:
        return np.zeros(0), profile_at(sums, np.zeros(0), reml, order=2)
    sought = sums if smaller is None else smaller
    found = _settled(sought, starts(sums)[0], reml)
    if sums.n[0] <= FEW_ROWS:
        found = _lower_elsewhere(sought, found, reml)
    ratios, profile = found
    if smaller is not None:
        profile = profile_at(sums, ratios, reml, order=2)
    if levels and ratios[:levels].max() > 1e10:
        raise ZeroResidualVariance("rows do not vary within the innermost groups")
    if (np.abs(np.log(ratios[levels:])) > APART).any():
        raise ZeroResidualVariance("rows of one class of residual variance do not vary")
    slope = np.abs(profile.slope * ratios)
    if slope.max() > FLAT or _leaving(ratios, profile).any():
        steepest = max(float(slope.max()), float(-profile.slope.min()))
        raise NotConverged(f"the criterion still falls by {steepest:.2g} at the last step")
    return ratios, profile


def _settled(sums: Sums, roots: Floats, reml: bool) -> tuple[Floats, Profile]:
    """Where descent from `roots` ends: no ratio at zero from which the criterion falls."""
    for _ in range(10):
        roots, profile = _descended(sums, roots, reml)
        ratios = _with_zeros(sums, roots**2, reml)
        if not np.array_equal(ratios, roots**2):
            roots, profile, _ = _newton(sums, np.sqrt(ratios), reml)
            ratios = roots**2
        leaving = _leaving(ratios, profile)
        if not leaving.any():
            break
        roots = _off_zero(sums, ratios, leaving, reml)
    return ratios, profile


def _lower_elsewhere(
    sums: Sums, found: tuple[Floats, Profile], reml: bool
) -> tuple[Floats, Profile]:
    """The optimum found, or a lower one that lies below the lowest point of a coarse grid.

    With few rows the criterion can have two valleys. If the lowest point is the one that lies
    nearest to the optimum found, there is none that this grid could show.
    """
    levels, classes = sums.shape
    grid = grid_of(levels, classes)
    values = profiles_at(sums, np.array(grid), reml, order=0).value
    lowest = grid[int(np.argmin(values))]
    here = np.log(np.clip(found[0], GRID[0], GRID[-1]))
    nearest = min(grid, key=lambda point: float(np.abs(np.log(point) - here).sum()))
    if np.array_equal(lowest, nearest):
        return found
    other = _settled(sums, np.sqrt(lowest), reml)
    return other if other[1].value < found[1].value - 1e-8 else found


def grid_of(levels: int, classes: int) -> list[Floats]:
    """Points (v,) of a coarse grid of the ratios."""
    axes: list[tuple[float, ...]] = [GRID] * levels + [GRID_OF_CLASSES] * (classes - 1)
    if prod(map(len, axes)) > _MANY_POINTS:
        axes = [axis[1::2] if len(axis) > 3 else axis[::2] for axis in axes]
    return [np.array(point) for point in product(*axes)]


def _leaving(ratios: Floats, profile: Profile) -> NDArray[np.bool_]:
    """Which ratios at zero the criterion falls from."""
    return np.asarray((ratios == 0) & (profile.slope < -FLAT))


def _off_zero(sums: Sums, ratios: Floats, leaving: NDArray[np.bool_], reml: bool) -> Floats:
    """Roots at which the criterion is lower than with the `leaving` ratios at zero.

    Zero is a stationary point of the roots whatever the slope in the ratio; descent from a fixed
    start falls back to it, from a lower value it cannot.
    """
    at_zero, trial = profile_at(sums, ratios, reml).value, ratios
    for size in 0.09 * 0.25 ** np.arange(16):
        trial = np.where(leaving, size, ratios)
        if profile_at(sums, trial, reml).value < at_zero:
            break
    return np.sqrt(trial)


def starts(sums: Sums) -> Floats:
    """Rough roots (r, v) of the ratios: between and within innermost groups, as in one way."""
    if not isinstance(sums, NestedSums | TimeSums):
        return sums.starts()
    (levels, classes), r = sums.shape, len(sums.n)
    alike = np.ones((r, classes - 1))
    if levels == 0:
        return alike
    groups = float(sum(map(len, sums.effects[:1])))
    within = sums.cross[..., -1, -1].sum(1) - sums.between
    known = (within > 0) & (sums.n > groups) & (groups > 1)
    safe = np.where(known, within, 1.0) / np.maximum(sums.n - groups, 1)
    f = (sums.between / groups) / safe
    ratio = np.where(known, np.maximum((f - 1) * groups / sums.n, 0.05), 1.0)
    inner = np.where(known, 0.2 * ratio, 1.0)
    start = np.column_stack([ratio, *([inner] * (levels - 1)), *alike.T])
    return np.asarray(np.sqrt(start), dtype=float)


def _descended(sums: Sums, roots: Floats, reml: bool) -> tuple[Floats, Profile]:
    """Newton's steps; where they do not end in a valley, descent in the roots of the ratios (sd
    ratios), bounded at 0, and Newton's steps from there. With the profile of order two there."""
    found, profile, flat = _newton(sums, roots, reml)
    if flat:
        return found, profile
    from scipy.optimize import minimize  # type: ignore[import-untyped, unused-ignore]

    def in_roots(theta: Floats) -> tuple[float, Floats]:
        value, slope = criterion_and_gradient(sums, theta**2, reml)
        return value, 2 * theta * slope

    levels = sums.shape[0]
    options = {"ftol": 1e-13, "gtol": 1e-8, "maxiter": 200}
    bounds = [(0.0, 1e6)] * levels + [(1e-4, 1e4)] * (len(roots) - levels)
    end = minimize(in_roots, roots, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    found, profile, _ = _newton(sums, np.asarray(end.x, dtype=float), reml)
    return found, profile


def _newton(sums: Sums, roots: Floats, reml: bool) -> tuple[Floats, Profile, bool]:
    """Newton's steps in the logarithms of the ratios that are not near zero, each to less slope.

    Whether they end in a valley: level in every ratio, none of them near zero.
    """
    profile, ends = profile_at(sums, roots**2, reml, order=2), False
    for _ in range(8):
        ratios = roots**2
        free = np.flatnonzero(ratios > ZERO)
        slope = (profile.slope * ratios)[free]
        if len(free) == 0 or np.abs(slope).max() < LEVEL:
            ends = len(free) == len(ratios)
            break
        hessian = curvature(profile, reml) * np.outer(ratios, ratios)
        hessian = hessian[np.ix_(free, free)] + np.diag(slope)
        if np.linalg.eigvalsh(hessian)[0] <= 0:
            break
        trial = roots.copy()
        trial[free] *= np.exp(np.clip(-np.linalg.solve(hessian, slope), -1, 1) / 2)
        moved = profile_at(sums, trial**2, reml, order=2)
        if np.abs((moved.slope * trial**2)[free]).max() >= np.abs(slope).max():
            break
        roots, profile = trial, moved
    return roots, profile, ends and bool((roots**2)[: sums.shape[0]].min(initial=1) > 1e-3)


def _with_zeros(sums: Sums, ratios: Floats, reml: bool) -> Floats:
    """Set each small ratio to exactly 0 if the criterion is no worse there and rises from it."""
    ratios = ratios.copy()
    for level in np.flatnonzero(ratios[: sums.shape[0]] < 1e-3):
        trial = ratios.copy()
        trial[level] = 0.0
        at_zero = profile_at(sums, trial, reml)
        rises = ratios[level] < ZERO or at_zero.slope[level] >= 0
        if rises and at_zero.value <= profile_at(sums, ratios, reml).value + 1e-9:
            ratios = trial
    return ratios
