"""Linear mixed models with nested random intercepts, by ML or REML.

Criteria as in Bates, Mächler, Bolker & Walker (2015), J Stat Softw 67(1), eqs 33-42; Satterthwaite
df as in Kuznetsova, Brockhoff & Christensen (2017), J Stat Softw 82(13): observed information of
the variances. The likelihood is exact and needs one pass over the rows (nested_sums.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.models.nested_sums import (
    Absorbed,
    Floats,
    NestedSums,
    NotIdentified,
    absorbed,
    nested_sums,
)

Method = Literal["REML", "ML"]
_TIED = 1e-7  # a column this close (relative) to the others' span is collinear: R's lm tolerance
_FLAT = 1e-6  # largest slope of the criterion, per unit of log variance, that counts as an optimum
_ZERO = 1e-9  # a variance below this share of the residual is tried as exactly zero


class NotConverged(Exception):
    """No optimum could be verified: the slope there is not zero."""


class ZeroResidualVariance(Exception):
    """Nothing is left to explain: rows do not vary beyond fixed and random effects."""


class CollinearColumns(ValueError):
    """Columns of x that others already say; `columns` are their positions from 0."""

    def __init__(self, columns: Sequence[int]) -> None:
        self.columns = tuple(columns)
        super().__init__(f"columns {', '.join(map(str, columns))} are combinations of others")


@dataclass(frozen=True)
class NestedFit:
    """A fitted model; lengths: k columns, l levels (innermost first), v variances that are not 0.

    coef (k,), cov (k, k) in the outcome's unit; variances (l,), exactly 0 where `at_boundary`;
    criterion: lme4's REML criterion or deviance, -2 log_likelihood; to_basis (k, k): contrast in
    x's columns → in the orthonormal basis; inverse (k, k), slopes (v, k, k): inverse information of
    the basis and its derivatives; spread (v + 1, v + 1): covariance of the variances that are not
    zero, the residual's last.
    """

    coef: Floats
    cov: Floats
    variances: tuple[float, ...]
    residual_variance: float
    criterion: float
    log_likelihood: float
    method: Method
    n_obs: int
    n_groups: tuple[int, ...]
    at_boundary: tuple[bool, ...]
    to_basis: Floats
    inverse: Floats
    slopes: Floats
    spread: Floats


@dataclass(frozen=True)
class _Profile:
    """The criterion at given ratios, its slope (l,), and what was solved for on the way."""

    value: float
    slope: Floats
    coef: Floats
    inverse: Floats
    rss: float
    parts: Absorbed


def fit_nested(
    y: Floats, x: Floats, groups: Sequence[NDArray[np.integer]], method: Method = "REML"
) -> NestedFit:
    """Fit y (n,) on x (n, k) with a random intercept for each of `groups` (n,), innermost first.

    Raises ValueError (missing values, no nesting), CollinearColumns, NotIdentified,
    ZeroResidualVariance, NotConverged.
    """
    y, x = np.asarray(y, dtype=float), np.asarray(x, dtype=float)
    if not (np.isfinite(y).all() and np.isfinite(x).all()):
        raise ValueError("y and x must be finite; leave out incomplete rows")
    if x.shape[0] <= x.shape[1]:
        raise ValueError(f"{x.shape[0]} rows cannot tell {x.shape[1]} columns apart")
    basis, root = _orthonormal(x)
    start = basis.T @ y
    rest = y - basis @ start
    size = float(np.sqrt(np.mean(rest**2)))
    if size <= 1e-12 * float(np.sqrt(np.mean(y**2)) + np.finfo(float).tiny):
        raise ZeroResidualVariance("the outcome is a combination of the columns of x")
    sums = nested_sums(np.column_stack([basis, rest / size]), groups)
    ratios = _optimum(sums, len(groups), method == "REML")
    return _finished(sums, ratios, method, size, start, root)


def satterthwaite_df(fit: NestedFit, contrast: Floats) -> float:
    """Degrees of freedom of contrast'coef, for a contrast (k,) in x's columns.

    A variance at zero is taken as known to be zero (as lmerTest does): see `at_boundary`.
    """
    lead = fit.to_basis @ np.asarray(contrast, dtype=float)
    side = fit.inverse @ lead
    known = float(lead @ side)
    slopes = np.array([-(side @ slope @ side) for slope in fit.slopes])
    ratios = [
        v / fit.residual_variance
        for v, z in zip(fit.variances, fit.at_boundary, strict=True)
        if not z
    ]
    gradient = np.append(slopes, known - float(np.dot(ratios, slopes)))
    variance = fit.residual_variance * known
    return float(2 * variance**2 / (gradient @ fit.spread @ gradient))


def criterion_and_gradient(sums: NestedSums, ratios: Floats, reml: bool) -> tuple[float, Floats]:
    """The profiled criterion and its derivatives (l,) in the variance ratios."""
    profile = _profile(sums, np.asarray(ratios, dtype=float), reml)
    return profile.value, profile.slope


def _profile(sums: NestedSums, ratios: Floats, reml: bool) -> _Profile:
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
    return _Profile(float(value), slope, coef, inverse, rss, parts)


def _orthonormal(x: Floats) -> tuple[Floats, Floats]:
    """x = basis @ root with basis (n, k) orthonormal; CollinearColumns where it has less rank.

    Two Cholesky steps (Yamamoto et al. 2015) where x is well conditioned, else Householder's QR.
    """
    scale = np.sqrt(np.sum(x**2, axis=0))
    if (scale == 0).any():
        raise CollinearColumns([int(i) for i in np.flatnonzero(scale == 0)])
    scaled = x / scale
    gram = scaled.T @ scaled
    if np.linalg.eigvalsh(gram)[0] > 1e-6:
        first = np.linalg.cholesky(gram).T
        basis = scaled @ np.linalg.inv(first)
        second = np.linalg.cholesky(basis.T @ basis).T
        return basis @ np.linalg.inv(second), second @ first * scale
    basis, root = np.linalg.qr(scaled)
    tied = np.flatnonzero(np.abs(np.diag(root)) < _TIED)
    if len(tied):
        raise CollinearColumns([int(i) for i in tied])
    return basis, root * scale


def _optimum(sums: NestedSums, levels: int, reml: bool) -> Floats:
    """The ratios (l,) at which the criterion is least; exactly 0 on the boundary."""
    if levels == 0:
        return np.zeros(0)
    roots = np.ones(levels)
    for _ in range(10):
        ratios = _with_zeros(sums, _descended(sums, roots, reml) ** 2, reml)
        profile = _profile(sums, ratios, reml)
        leaving = (ratios == 0) & (profile.slope < 0)
        if not leaving.any():
            break
        roots = np.where(leaving, 0.3, np.sqrt(ratios))
    if ratios.max() > 1e10:
        raise ZeroResidualVariance("rows do not vary within the innermost groups")
    slope = np.abs(profile.slope * ratios)
    if leaving.any() or slope.max() > _FLAT:
        raise NotConverged(f"the criterion still falls by {slope.max():.2g} at the last step")
    return ratios


def _descended(sums: NestedSums, roots: Floats, reml: bool) -> Floats:
    """Descent in the square roots of the ratios (sd ratios), bounded at 0; then Newton's steps."""
    from scipy.optimize import minimize  # type: ignore[import-untyped, unused-ignore]

    def in_roots(theta: Floats) -> tuple[float, Floats]:
        value, slope = criterion_and_gradient(sums, theta**2, reml)
        return value, 2 * theta * slope

    options = {"ftol": 1e-15, "gtol": 1e-8, "maxiter": 200}
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
        at_zero = _profile(sums, trial, reml)
        rises = ratios[level] < _ZERO or at_zero.slope[level] >= 0
        if rises and at_zero.value <= _profile(sums, ratios, reml).value + 1e-9:
            ratios = trial
    return ratios


def _finished(
    sums: NestedSums, ratios: Floats, method: Method, size: float, start: Floats, root: Floats
) -> NestedFit:
    reml = method == "REML"
    profile = _profile(sums, ratios, reml)
    k, m = len(profile.coef), sums.n - len(profile.coef) * reml
    residual = profile.rss / m
    free = np.flatnonzero(ratios > 0)
    to_basis: Floats = np.linalg.inv(root).T.astype(float)
    criterion = profile.value + m * 2 * np.log(size)
    if reml:
        criterion += 2 * float(np.linalg.slogdet(root)[1])
    coef = to_basis.T @ (start + size * profile.coef)
    cov = to_basis.T @ profile.inverse @ to_basis * residual * size**2
    return NestedFit(
        coef=coef,
        cov=(cov + cov.T) / 2,
        variances=tuple(float(r * residual * size**2) for r in ratios),
        residual_variance=residual * size**2,
        criterion=float(criterion),
        log_likelihood=float(-criterion / 2),
        method=method,
        n_obs=sums.n,
        n_groups=sums.n_groups,
        at_boundary=tuple(bool(r == 0) for r in ratios),
        to_basis=to_basis,
        inverse=profile.inverse,
        slopes=profile.parts.d_matrix[free][:, :k, :k],
        spread=_spread(sums, ratios, free, residual, reml) * size**4,
    )


def _spread(
    sums: NestedSums, ratios: Floats, free: NDArray[np.intp], residual: float, reml: bool
) -> Floats:
    """Covariance of the variances that are not 0 and the residual: twice the inverse Hessian of
    the criterion in them, by central differences of its exact slope."""
    variances = np.append(ratios[free] * residual, residual)

    def slope(values: Floats) -> Floats:
        full = np.zeros(len(ratios))
        full[free] = values[:-1] / values[-1]
        profile = _profile(sums, full, reml)
        m = sums.n - len(profile.coef) * reml
        at = (profile.slope - (m / profile.rss - 1 / values[-1]) * _rss_slope(profile))[free]
        last = m - profile.rss / values[-1] - float(full[free] @ at)
        return np.asarray(np.append(at, last) / values[-1], dtype=float)

    hessian = np.empty((len(variances), len(variances)))
    for i, value in enumerate(variances):
        step = np.zeros(len(variances))
        step[i] = 1e-4 * value
        near = slope(variances + step) - slope(variances - step)
        far = slope(variances + 2 * step) - slope(variances - 2 * step)
        hessian[i] = (8 * near - far) / (12 * step[i])
    return np.asarray(2 * np.linalg.inv((hessian + hessian.T) / 2), dtype=float)


def _rss_slope(profile: _Profile) -> Floats:
    lead = np.append(-profile.coef, 1.0)
    return np.asarray(np.einsum("i,lij,j->l", lead, profile.parts.d_matrix, lead))


__all__ = [
    "CollinearColumns",
    "NestedFit",
    "NotConverged",
    "NotIdentified",
    "ZeroResidualVariance",
    "criterion_and_gradient",
    "fit_nested",
    "satterthwaite_df",
]
