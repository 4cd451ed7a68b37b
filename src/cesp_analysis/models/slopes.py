"""Where the likelihood is greatest if each person has a level and a slope that are correlated.

The three ratios are those of a covariance matrix, which must not be negative in any direction: they
are sought by its Cholesky root (l0, l1, l2), the other ratios by their roots. On the edge, where
the correlation is -1 or 1, l2 is exactly 0; where nothing varies all three are.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.models.nested import NestedFit
from cesp_analysis.models.nested_information import Information, covariance
from cesp_analysis.models.nested_optimum import (
    FLAT,
    NotConverged,
    ZeroResidualVariance,
    optimum,
)
from cesp_analysis.models.nested_profile import Profile, curvature, profile_at
from cesp_analysis.models.over_time_sums import TimeSums

_STEPS = 80
_LEVEL = 1e-9  # slope in the roots at which Newton's steps end
_SHORTEST = 1e-7  # a step this short that does not lower the criterion ends them too
_SMALL = 0.05  # a root below this is tried as exactly zero
_CORRELATIONS = (0.0, 0.9, -0.9)  # where descent starts


@dataclass(frozen=True)
class Edge:
    """Where an optimum lies, and which ways the variances may move from it.

    ways (v + 1, f): derivatives of the ratios, and of the first residual variance, in f free
    parameters; bend (f, f): what the curvature of these ways adds to the criterion's.
    """

    where: Literal["inside", "correlation", "zero"]
    ways: Floats
    bend: Floats


def correlated_optimum(sums: TimeSums, reml: bool) -> tuple[Floats, Profile, Edge]:
    """Ratios (v,) (level, covariance, slope, others), the profile of order two there, its edge."""
    first = _uncorrelated(sums, reml)
    found = [_descended(sums, _start(first, rho), reml) for rho in _CORRELATIONS]
    roots, profile = min(found, key=lambda one: float(one[1].value))
    for zeros in ([2], [0, 1, 2]):
        if np.abs(roots[zeros]).max() < _SMALL:
            trial = roots.copy()
            trial[zeros] = 0.0
            trial, at_zero = _descended(sums, trial, reml)
            if at_zero.value <= profile.value + 1e-9:
                roots, profile = trial, at_zero
    ratios, others = _ratios(roots), sums.shape[0]
    if ratios[:others].max() > 1e10:
        raise ZeroResidualVariance("rows do not vary within the innermost groups")
    _verified(roots, ratios, profile)
    return ratios, profile, _edge(roots, profile)


def _uncorrelated(sums: TimeSums, reml: bool) -> Floats:
    """Roots (v - 1,) of the optimum without correlation; of 1 where there is none."""
    parts = (sums.parts[0][[0, 2]], *sums.parts[1:])
    without = replace(sums, parts=parts, n_groups=sums.n_groups[1:])
    try:
        return np.sqrt(optimum(without, reml)[0])
    except (NotConverged, ZeroResidualVariance):
        return np.ones(sum(without.shape) - 1)


def _start(roots: Floats, correlation: float) -> Floats:
    level, slope = np.maximum(roots[:2], 0.1)
    across = np.sqrt(1 - correlation**2)
    return np.array([level, correlation * slope, across * slope, *roots[2:]])


def _ratios(roots: Floats) -> Floats:
    l0, l1, l2 = roots[:3]
    return np.array([l0**2, l0 * l1, l1**2 + l2**2, *roots[3:] ** 2])


def _ways(roots: Floats) -> Floats:
    """Derivatives (v, v) of the ratios in the roots."""
    ways = np.diag(2 * roots)
    ways[1, :2] = roots[1], roots[0]
    ways[2, 1:3] = 2 * roots[1:3]
    ways[1, 2] = 0.0
    return ways


def _bend(roots: Floats, slope: Floats) -> Floats:
    """The slope times the second derivatives (v, v) of the ratios in the roots."""
    bend = np.diag(2 * slope)
    bend[1, 1] = 2 * slope[2]
    bend[0, 1] = bend[1, 0] = slope[1]
    return bend


def _descended(sums: TimeSums, roots: Floats, reml: bool) -> tuple[Floats, Profile]:
    """Newton's steps along the curvature's own directions, signs made positive, shortened."""
    profile = profile_at(sums, _ratios(roots), reml, order=2)
    length = 1.0
    for _ in range(_STEPS):
        ways = _ways(roots)
        slope = profile.slope @ ways
        steep = float(np.abs(slope).max())
        if steep < _LEVEL or length < _SHORTEST:
            break
        hessian = ways.T @ curvature(profile, reml) @ ways + _bend(roots, profile.slope)
        values, turned = np.linalg.eigh(hessian)
        values = np.maximum(np.abs(values), 1e-10 * np.abs(values).max())
        step = -turned @ ((turned.T @ slope) / values)
        most = np.maximum(np.abs(roots), 0.5)
        most[sums.shape[0] :] = roots[sums.shape[0] :] / 2  # residual variances stay above zero
        trial = roots + length * np.clip(step, -most, most)
        moved = profile_at(sums, _ratios(trial), reml, order=2)
        lower = moved.value < profile.value
        level = moved.value <= profile.value + 1e-9 * abs(profile.value)
        if lower or (level and np.abs(moved.slope @ _ways(trial)).max() < steep):
            roots, profile, length = trial, moved, min(1.0, 4 * length)
        else:
            length /= 4
    roots = roots * np.where(roots[0] < 0, np.array([-1, -1] + [1] * (len(roots) - 2)), 1)
    return np.where(np.arange(len(roots)) < 2, roots, np.abs(roots)), profile


def _verified(roots: Floats, ratios: Floats, profile: Profile) -> None:
    """NotConverged unless the criterion is level in the roots and rises from the edge."""
    steepest = float(np.abs(profile.slope @ _ways(roots) * np.minimum(np.abs(roots), 1)).max())
    s = profile.slope
    own = np.linalg.eigvalsh([[s[0], s[1] / 2], [s[1] / 2, s[2]]])[0]
    falling = min(float(own), float(s[3:][ratios[3:] == 0].min(initial=0)))
    if steepest > FLAT or falling < -FLAT:
        raise NotConverged(f"the criterion still falls by {max(steepest, -falling):.2g}")


def _edge(roots: Floats, profile: Profile) -> Edge:
    """Where the optimum lies; roots of other effects that are zero are not free."""
    where: Literal["inside", "correlation", "zero"] = "inside"
    if roots[2] == 0:
        where = "correlation" if roots[:2].any() else "zero"
    v, free = len(roots), roots != 0
    free[:2] = where != "zero"
    ways, bend = _ways(roots), _bend(roots, profile.slope)
    if where == "inside":
        ways, bend = np.eye(v), np.zeros((v, v))
    both = np.zeros((v + 1, int(free.sum()) + 1))
    both[:v, :-1], both[v, -1] = ways[:, free], 1.0
    held = np.zeros((both.shape[1], both.shape[1]))
    held[:-1, :-1] = bend[np.ix_(free, free)]
    return Edge(where, both, held)


def known_spread(own: Information, edge: Edge) -> Floats:
    """Covariance (v + 1, v + 1) of the variances by observed information, along the free ways.

    What is on the edge is taken as known, as a variance at zero is by Satterthwaite's rule.
    """
    information = edge.ways.T @ own.observed @ edge.ways + edge.bend
    inner = covariance(information, np.abs(edge.ways).T @ np.abs(own.variances))
    return np.asarray(edge.ways @ inner @ edge.ways.T, dtype=float)


def unscaled(fit: NestedFit, scale: Floats, edge: Edge) -> NestedFit:
    """The fit with level, covariance and slope in the basis of the analyst.

    scale (2, 2): turns effects in the standard basis into those.
    """
    level, both, slope = fit.variances[:3]
    matrix = scale @ np.array([[level, both], [both, slope]]) @ scale.T
    own = (float(matrix[0, 0]), float(matrix[0, 1]), float(matrix[1, 1]))
    zero = edge.where == "zero"
    held = (zero, edge.where != "inside", zero)
    return replace(
        fit,
        variances=(*own, *fit.variances[3:]),
        at_boundary=(*held, *fit.at_boundary[3:]),
    )
