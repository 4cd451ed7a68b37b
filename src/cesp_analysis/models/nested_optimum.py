"""Where the likelihood of nested random intercepts is greatest: the profiled criterion, its slope.

The variance ratios are descended in their square roots, bounded at zero, then polished by Newton's
steps; an optimum counts only if the slope there is seen to be zero, or to rise from a zero ratio.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.models.nested_sums import Absorbed, Floats, NestedSums, absorbed

_FLAT = 1e-6  # largest slope of the criterion, per unit of log variance, that counts as an optimum
_FEW_ROWS = 500  # up to so many the criterion is descended from several starts
_GRID = (0.01, 0.1, 0.5, 2.0, 10.0)  # ratios of the coarse grid
_ZERO = 1e-9  # a variance below this share of the residual is tried as exactly zero


class NotConverged(Exception):
    """No optimum could be verified: the slope there is not zero."""


class ZeroResidualVariance(Exception):
    """Nothing is left to explain: rows do not vary beyond fixed and random effects."""


@dataclass(frozen=True)
class Profile:
    """The criterion at given ratios, its slope (l,), and what was solved for on the way."""

    value: float
    slope: Floats
    coef: Floats
    inverse: Floats
    rss: float
    parts: Absorbed


def criterion_and_gradient(sums: NestedSums, ratios: Floats, reml: bool) -> tuple[float, Floats]:
    """The profiled criterion and its derivatives (l,) in the variance ratios."""
    profile = profile_at(sums, np.asarray(ratios, dtype=float), reml)
    return profile.value, profile.slope


def profile_at(sums: NestedSums, ratios: Floats, reml: bool) -> Profile:
    parts = absorbed(sums, ratios)
    k = len(parts.matrix) - 1
    information = parts.matrix[:k, :k]
    inverse: Floats = np.linalg.inv(information).astype(float)
    coef = inverse @ parts.matrix[:k, k]
    rss = float(parts.matrix[k, k] - coef @ parts.matrix[:k, k])
    m = sums.n - k if reml else sums.n
    rss = max(rss, np.finfo(float).tiny)
    value = m * (1 + np.log(2 * np.pi * rss / m)) + parts.logdet
    lead = np.append(-coef, 1.0)
    slope = m * np.einsum("i,lij,j->l", lead, parts.d_matrix, lead) / rss + parts.d_logdet
    if reml:
        value += float(np.linalg.slogdet(information)[1])
        slope = slope + np.einsum("ij,lji->l", inverse, parts.d_matrix[:, :k, :k])
    return Profile(float(value), slope, coef, inverse, rss, parts)


def optimum(sums: NestedSums, levels: int, reml: bool) -> Floats:
    """The ratios (l,) at which the criterion is least; exactly 0 on the boundary."""
    if levels == 0:
        return np.zeros(0)
    found = _settled(sums, _start(sums, levels), reml)
    if sums.n <= _FEW_ROWS:
        found = _lower_elsewhere(sums, found, reml)
    ratios, profile = found
    if ratios.max() > 1e10:
        raise ZeroResidualVariance("rows do not vary within the innermost groups")
    slope = np.abs(profile.slope * ratios)
    if slope.max() > _FLAT or _leaving(ratios, profile).any():
        steepest = max(float(slope.max()), float(-profile.slope.min()))
        raise NotConverged(f"the criterion still falls by {steepest:.2g} at the last step")
    return ratios


def _settled(sums: NestedSums, roots: Floats, reml: bool) -> tuple[Floats, Profile]:
    """Where descent from `roots` ends: no ratio at zero from which the criterion falls."""
    for _ in range(10):
        ratios = _with_zeros(sums, _descended(sums, roots, reml) ** 2, reml)
        profile = profile_at(sums, ratios, reml)
        leaving = _leaving(ratios, profile)
        if not leaving.any():
            break
        roots = _off_zero(sums, ratios, leaving, reml)
    return ratios, profile


def _lower_elsewhere(
    sums: NestedSums, found: tuple[Floats, Profile], reml: bool
) -> tuple[Floats, Profile]:
    """The optimum found, or a lower one that lies below the lowest point of a coarse grid.

    With few rows the criterion can have two valleys. If the lowest point is the one that lies
    nearest to the optimum found, there is none that this grid could show.
    """
    grid = [np.array(point) for point in product(_GRID, repeat=len(found[0]))]
    lowest = min(grid, key=lambda point: profile_at(sums, point, reml).value)
    here = np.log(np.clip(found[0], _GRID[0], _GRID[-1]))
    nearest = min(grid, key=lambda point: float(np.abs(np.log(point) - here).sum()))
    if np.array_equal(lowest, nearest):
        return found
    other = _settled(sums, np.sqrt(lowest), reml)
    return other if other[1].value < found[1].value - 1e-8 else found


def _leaving(ratios: Floats, profile: Profile) -> NDArray[np.bool_]:
    """Which ratios at zero the criterion falls from."""
    return np.asarray((ratios == 0) & (profile.slope < -_FLAT))


def _off_zero(sums: NestedSums, ratios: Floats, leaving: NDArray[np.bool_], reml: bool) -> Floats:
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


def _start(sums: NestedSums, levels: int) -> Floats:
    """Rough roots of the ratios: between and within innermost groups as in a one-way layout."""
    between = float(np.sum(sums.size_cross[:, -1, -1] / sums.sizes))
    groups = float(np.sum(sums.size_count))
    within = float(sums.cross[-1, -1]) - between
    if within <= 0 or sums.n <= groups or groups <= 1:
        return np.ones(levels)
    f = (between / groups) / (within / (sums.n - groups))
    ratio = max((f - 1) * groups / sums.n, 0.05)
    return np.asarray(np.sqrt(np.array([ratio, *([0.2 * ratio] * (levels - 1))])), dtype=float)


def _descended(sums: NestedSums, roots: Floats, reml: bool) -> Floats:
    """Descent in the square roots of the ratios (sd ratios), bounded at 0; then Newton's steps."""
    from scipy.optimize import minimize  # type: ignore[import-untyped, unused-ignore]

    def in_roots(theta: Floats) -> tuple[float, Floats]:
        value, slope = criterion_and_gradient(sums, theta**2, reml)
        return value, 2 * theta * slope

    options = {"ftol": 1e-13, "gtol": 1e-8, "maxiter": 200}
    bounds = [(0.0, 1e6)] * len(roots)
    found = minimize(in_roots, roots, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    return _newton(sums, np.asarray(found.x, dtype=float), reml)


def _newton(sums: NestedSums, roots: Floats, reml: bool) -> Floats:
    """A few Newton steps in the logarithms of the ratios that are not near zero."""
    for _ in range(4):
        free = np.flatnonzero(roots**2 > _ZERO)
        slope = _log_slope(sums, roots, free, reml)
        if len(free) == 0 or np.abs(slope).max() < 1e-9:
            break
        step = 1e-4
        columns = [
            _log_slope(sums, _moved(roots, free, i, step), free, reml) for i in range(len(free))
        ]
        back = [
            _log_slope(sums, _moved(roots, free, i, -step), free, reml) for i in range(len(free))
        ]
        hessian = (np.array(columns) - np.array(back)).T / (2 * step)
        if np.linalg.eigvalsh((hessian + hessian.T) / 2)[0] <= 0:
            break
        move = np.clip(-np.linalg.solve(hessian, slope), -1, 1)
        trial = roots.copy()
        trial[free] *= np.exp(move / 2)
        if np.abs(_log_slope(sums, trial, free, reml)).max() >= np.abs(slope).max():
            break
        roots = trial
    return roots


def _moved(roots: Floats, free: NDArray[np.intp], i: int, step: float) -> Floats:
    moved = roots.copy()
    moved[free[i]] *= np.exp(step / 2)
    return moved


def _log_slope(sums: NestedSums, roots: Floats, free: NDArray[np.intp], reml: bool) -> Floats:
    return (criterion_and_gradient(sums, roots**2, reml)[1] * roots**2)[free]


def _with_zeros(sums: NestedSums, ratios: Floats, reml: bool) -> Floats:
    """Set each small ratio to exactly 0 if the criterion is no worse there and rises from it."""
    ratios = ratios.copy()
    for level in np.flatnonzero(ratios < 1e-3):
        trial = ratios.copy()
        trial[level] = 0.0
        at_zero = profile_at(sums, trial, reml)
        rises = ratios[level] < _ZERO or at_zero.slope[level] >= 0
        if rises and at_zero.value <= profile_at(sums, ratios, reml).value + 1e-9:
            ratios = trial
    return ratios


def rss_slope(profile: Profile) -> Floats:
    lead = np.append(-profile.coef, 1.0)
    return np.asarray(np.einsum("i,lij,j->l", lead, profile.parts.d_matrix, lead))
