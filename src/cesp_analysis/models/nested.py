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

from cesp_analysis.models.nested_optimum import (
    NotConverged,
    ZeroResidualVariance,
    criterion_and_gradient,
    optimum,
    profile_at,
    rss_slope,
)
from cesp_analysis.models.nested_sums import (
    Floats,
    NestedSums,
    NotIdentified,
    NotNested,
    mapped,
    nested_sums,
)

Method = Literal["REML", "ML"]
_WELL_CONDITIONED = 1e-4  # smallest eigenvalue of the columns' correlations: loses 4 of 16 digits
_LEVEL = 1e-6  # smallest curvature that counts; rounding leaves 1e-9 where there is none
_TIED = 1e-7  # a column this close (relative) to the others' span is collinear: R's lm tolerance


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


def fit_nested(
    y: Floats, x: Floats, groups: Sequence[NDArray[np.integer]], method: Method = "REML"
) -> NestedFit:
    """Fit y (n,) on x (n, k) with a random intercept for each of `groups` (n,), innermost first.

    Raises ValueError (missing values), NotNested, CollinearColumns, NotIdentified,
    ZeroResidualVariance, NotConverged.
    """
    y, x = np.asarray(y, dtype=float), np.asarray(x, dtype=float)
    if not (np.isfinite(y).all() and np.isfinite(x).all()):
        raise ValueError("y and x must be finite; leave out incomplete rows")
    if x.shape[0] <= x.shape[1]:
        raise ValueError(f"{x.shape[0]} rows cannot tell {x.shape[1]} columns apart")
    x, to_basis, root = _orthonormal(x)
    start = to_basis.T @ (x.T @ y)
    rest = y - x @ (to_basis @ start)
    size = float(np.sqrt(np.mean(rest**2)))
    if size <= 1e-12 * float(np.sqrt(np.mean(y**2)) + np.finfo(float).tiny):
        raise ZeroResidualVariance("the outcome is a combination of the columns of x")
    z = np.empty((len(y), x.shape[1] + 1), order="F")  # columns lie together: they are summed
    z[:, :-1], z[:, -1] = x, rest / size
    sums = mapped(nested_sums(z, groups), to_basis)
    ratios = optimum(sums, len(groups), method == "REML")
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


def _orthonormal(x: Floats) -> tuple[Floats, Floats, Floats]:
    """(x, to_basis, root) with x @ to_basis orthonormal and root its inverse, both (k, k).

    Where the columns are well conditioned to_basis comes from the Cholesky root of x'x and no
    row is touched again; else x is replaced by Householder's orthonormal columns. CollinearColumns
    where x has less rank.
    """
    gram = x.T @ x
    scale = np.sqrt(np.diag(gram))
    if (scale == 0).any():
        raise CollinearColumns([int(i) for i in np.flatnonzero(scale == 0)])
    alike = gram / np.outer(scale, scale)
    if np.linalg.eigvalsh(alike)[0] > _WELL_CONDITIONED:
        root = np.linalg.cholesky(alike).T * scale
        return x, np.asarray(np.linalg.inv(root), dtype=float), root
    basis, root = np.linalg.qr(x / scale)
    tied = np.flatnonzero(np.abs(np.diag(root)) < _TIED)
    if len(tied):
        raise CollinearColumns([int(i) for i in tied])
    return basis, np.eye(x.shape[1]), root * scale


def _finished(
    sums: NestedSums, ratios: Floats, method: Method, size: float, start: Floats, root: Floats
) -> NestedFit:
    reml = method == "REML"
    profile = profile_at(sums, ratios, reml)
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
        profile = profile_at(sums, full, reml)
        m = sums.n - len(profile.coef) * reml
        at = (profile.slope - (m / profile.rss - 1 / values[-1]) * rss_slope(profile))[free]
        last = m - profile.rss / values[-1] - float(full[free] @ at)
        return np.asarray(np.append(at, last) / values[-1], dtype=float)

    hessian = np.empty((len(variances), len(variances)))
    for i, value in enumerate(variances):
        step = np.zeros(len(variances))
        step[i] = 1e-4 * value
        near = slope(variances + step) - slope(variances - step)
        far = slope(variances + 2 * step) - slope(variances - 2 * step)
        hessian[i] = (8 * near - far) / (12 * step[i])
    hessian = (hessian + hessian.T) / 2
    size = variances + residual  # curvature per unit of this is of order 1 or more where it counts
    if np.linalg.eigvalsh(hessian * np.outer(size, size))[0] < _LEVEL:
        raise NotConverged("it is level in a variance: x takes up all that tells it from others")
    return np.asarray(2 * np.linalg.inv(hessian), dtype=float)


__all__ = [
    "CollinearColumns",
    "NestedFit",
    "NotConverged",
    "NotIdentified",
    "NotNested",
    "ZeroResidualVariance",
    "criterion_and_gradient",
    "fit_nested",
    "satterthwaite_df",
]
