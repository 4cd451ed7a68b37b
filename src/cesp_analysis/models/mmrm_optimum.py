"""Where the likelihood of repeated measures is greatest: criterion, slope, information, Newton.

-2 log-likelihood of y ~ N(Xb, V), V by person from one covariance matrix of the times; b is solved
for (generalised least squares). REML: Patterson & Thompson (1971). Slope and curvature are exact:
Lindstrom & Bates (1988), Kenward & Roger (1997) for the expected information.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.models.mmrm_covariance import Covariance, Structure, covariance_at, start
from cesp_analysis.models.mmrm_sums import PatternSums

_MOST = 100  # iterations; seen: 4 to 12
_FLAT = 1e-10  # Newton decrement (squared distance to the top in standard errors) before last step
_ROUNDING = 1e-12  # relative error of the criterion, a sum of some thousand terms
_NOTHING = 1e-12  # smallest variance of a time, of an outcome scaled to 1, that is not rounding
_SINGULAR = 1e-7  # smallest eigenvalue of a correlation matrix that is not singular
_LEVEL = 1e-9  # smallest eigenvalue of an information matrix (as correlations) that tells anything


class NotConverged(Exception):
    """No maximum of the likelihood was found."""


class NotIdentified(Exception):
    """The rows do not hold the covariance: its maximum is singular, or level in a parameter.

    `time`: the position of a time at which nothing varies beyond the model; None otherwise.
    """

    def __init__(self, said: str, time: int | None = None) -> None:
        self.time = time
        super().__init__(said)


@dataclass(frozen=True)
class Point:
    """The criterion at given covariance parameters (r,), and what was solved for on the way.

    weights (g, t, t): inverse covariance of each pattern; coef (k,); inverse (k, k): of X'V⁻¹X.
    """

    parameters: Floats
    covariance: Covariance
    value: float
    weights: Floats
    coef: Floats
    inverse: Floats


@dataclass(frozen=True)
class Curvature:
    """Derivatives of the criterion (-2 log-likelihood) in the r covariance parameters.

    slope (r,); observed, expected (r, r); weighted (g, r, t, t): V⁻¹ V_i V⁻¹ of each pattern;
    spread (r, k, k): X'V⁻¹ V_i V⁻¹X, the slope of X'V⁻¹X with its sign turned; pull (r, k):
    X'V⁻¹ V_i V⁻¹ of the residuals, so that the coefficients' slope is -(X'V⁻¹X)⁻¹ pull_i.
    """

    slope: Floats
    observed: Floats
    expected: Floats
    weighted: Floats
    spread: Floats
    pull: Floats


@dataclass(frozen=True)
class Optimum:
    """The highest point of the likelihood; decrement: what the next step would still gain."""

    point: Point
    curvature: Curvature
    iterations: int
    decrement: float


def point_at(sums: PatternSums, structure: Structure, parameters: Floats, reml: bool) -> Point:
    """The criterion at these parameters; LinAlgError where their matrix is not positive."""
    times, k = sums.seen.shape[1], sums.columns - 1
    covariance = covariance_at(structure, parameters, times)
    np.linalg.cholesky(covariance.matrix)
    by_pattern = np.where(sums.both > 0, covariance.matrix, np.eye(times))
    roots = np.linalg.cholesky(by_pattern)
    logs = 2 * np.log(np.diagonal(roots, axis1=1, axis2=2)).sum(axis=1)
    weights = np.linalg.inv(by_pattern) * sums.both
    cross = sums.weighted(weights)
    root = np.linalg.cholesky(cross[:k, :k])
    inverse_root = np.linalg.inv(root)
    inverse = inverse_root.T @ inverse_root
    coef = inverse @ cross[:k, k]
    rest = float(cross[k, k] - coef @ cross[:k, k])
    value = float(sums.people @ logs) + rest + (sums.n - k * reml) * np.log(2 * np.pi)
    if reml:
        value += 2 * float(np.log(np.diag(root)).sum())
    return Point(parameters, covariance, float(value), weights, coef, inverse)


def curvature_at(sums: PatternSums, point: Point, reml: bool) -> Curvature:
    """Slope and curvature of the criterion at a point."""
    first, second = point.covariance.first, point.covariance.second
    r, k = len(first), len(point.coef)
    w, inverse = point.weights, point.inverse
    half = w[:, None] @ first
    weighted = half @ w[:, None]
    cross = sums.weighted(np.swapaxes(weighted, 0, 1))
    spread = cross[:, :k, :k]
    lead = np.append(-point.coef, 1.0)
    pull = cross[:, :k, :] @ lead
    errors = sums.by_pattern(np.outer(lead, lead))
    padded = np.zeros((k + 1, k + 1))
    padded[:k, :k] = inverse
    fitted = sums.by_pattern(padded)
    left = sums.people[:, None, None] * w - w @ (errors + fitted * reml) @ w
    total = left.sum(axis=0)

    def traces(other: Floats) -> Floats:
        """Sum over patterns of tr(V⁻¹ V_i other_j), symmetric."""
        flat = np.swapaxes(half, 0, 1).reshape(r, -1) @ other.transpose(1, 0, 3, 2).reshape(r, -1).T
        return np.asarray((flat + flat.T) / 2)

    own = traces(half * sums.people[:, None, None, None])
    observed = -own + 2 * traces(weighted @ errors[:, None]) - 2 * pull @ inverse @ pull.T
    expected = own
    if reml:
        shift = (inverse @ spread).reshape(r, -1)
        turned = np.swapaxes(inverse @ spread, 1, 2).reshape(r, -1)
        product, curved = shift @ turned.T, traces(weighted @ fitted[:, None])
        observed = observed + 2 * curved - product
        expected = own - 2 * curved + product
    if second is not None:
        observed = observed + np.tensordot(second, total, 2)
    slope = np.tensordot(first, total, 2)
    return Curvature(slope, observed, expected, weighted, spread, pull)


def optimum(sums: PatternSums, structure: Structure, moments: Floats, reml: bool) -> Optimum:
    """Newton's steps (Fisher's where the curvature is not positive) from a matrix of moments."""
    point = _first_point(sums, structure, moments, reml)
    for iteration in range(_MOST):
        curvature = curvature_at(sums, point, reml)
        step = _step(curvature)
        decrement = float(-curvature.slope @ step)
        if decrement < _FLAT:
            return _finished(sums, structure, point, step, iteration, reml)
        point = _lower(sums, structure, point, step, decrement, reml)
        _refuse_singular(point.covariance.matrix)
    raise NotConverged(f"the criterion still falls by {decrement:.2g} after {_MOST} steps")


def _first_point(sums: PatternSums, structure: Structure, moments: Floats, reml: bool) -> Point:
    """The structure nearest to the moments, drawn to its diagonal until it is well inside."""
    _refuse_singular(np.diag(np.diag(moments)))
    for share in (0.9, 0.6, 0.3, 0.0):
        near = share * moments + (1 - share) * np.diag(np.diag(moments))
        parameters = start(structure, near)
        try:
            point = point_at(sums, structure, parameters, reml)
        except np.linalg.LinAlgError:
            continue
        if _smallest(point.covariance.matrix) > 0.01 or share == 0.0:
            return point
    raise NotConverged("the variances of the times do not make a covariance matrix")


def _step(curvature: Curvature) -> Floats:
    """Newton's step, or Fisher's where the observed curvature is not positive."""
    if not _positive(curvature.expected):
        raise NotIdentified("the likelihood is level in a parameter of the covariance")
    use = curvature.observed if _positive(curvature.observed) else curvature.expected
    return np.asarray(-np.linalg.solve(use, curvature.slope), dtype=float)


def _positive(information: Floats) -> bool:
    return bool((np.diag(information) > 0).all()) and _smallest(information) > _LEVEL


def _refuse_singular(covariance: Floats) -> None:
    variances = np.diag(covariance)
    if variances.min() < _NOTHING:
        raise NotIdentified("nothing varies at a time", int(variances.argmin()))
    if _smallest(covariance) < _SINGULAR:
        raise NotIdentified("the likelihood grows as the covariance becomes singular")


def _lower(
    sums: PatternSums,
    structure: Structure,
    point: Point,
    step: Floats,
    decrement: float,
    reml: bool,
) -> Point:
    """The first point along the step, halved as often as needed, that is lower."""
    slack = _ROUNDING * (1 + abs(point.value))
    for halving in range(40):
        part = 0.5**halving
        try:
            trial = point_at(sums, structure, point.parameters + part * step, reml)
        except np.linalg.LinAlgError:
            continue
        if trial.value <= point.value - 1e-4 * part * decrement + slack:
            return trial
    raise NotConverged(f"no step lowers the criterion, though its slope promises {decrement:.2g}")


def _finished(
    sums: PatternSums,
    structure: Structure,
    point: Point,
    step: Floats,
    iteration: int,
    reml: bool,
) -> Optimum:
    """The last whole step, and the proof that it ends at a minimum of the criterion."""
    point = point_at(sums, structure, point.parameters + step, reml)
    curvature = curvature_at(sums, point, reml)
    if not _positive(curvature.observed):
        raise NotConverged("the point found is no maximum of the likelihood")
    last = np.linalg.solve(curvature.observed, curvature.slope)
    return Optimum(point, curvature, iteration + 1, float(curvature.slope @ last))


def _smallest(matrix: Floats) -> float:
    """Smallest eigenvalue of a matrix scaled to a diagonal of 1: a covariance, to correlations."""
    size = np.sqrt(np.diag(matrix))
    return float(np.linalg.eigvalsh(matrix / np.outer(size, size))[0])
