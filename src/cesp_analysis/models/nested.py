"""Linear mixed models with nested random intercepts, by ML or REML.

Criteria as in Bates, Mächler, Bolker & Walker (2015), J Stat Softw 67(1), eqs 33-42. The likelihood
is exact and needs one pass over the rows (nested_sums.py); degrees of freedom: nested_df.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.models.nested_information import (
    Information,
    covariance,
    information_of,
    must_be_known,
)
from cesp_analysis.models.nested_optimum import NotConverged, ZeroResidualVariance, optimum
from cesp_analysis.models.nested_profile import Profile, criterion_and_gradient
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
_TIED = 1e-7  # a column this close (relative) to the others' span is collinear: R's lm tolerance


class CollinearColumns(ValueError):
    """Columns of x that others already say; `columns` are their positions from 0."""

    def __init__(self, columns: Sequence[int]) -> None:
        self.columns = tuple(columns)
        super().__init__(f"columns {', '.join(map(str, columns))} are combinations of others")


@dataclass(frozen=True)
class NestedFit:
    """A fitted model of k columns and l levels, innermost first.

    coef (k,), cov (k, k) in the outcome's unit; variances (l,), exactly 0 where `at_boundary`;
    residual_variances: one, or one a class; criterion: lme4's REML criterion or deviance,
    -2 log_likelihood; to_basis (k, k): contrast in x's columns → in the orthonormal basis, whose
    information is `information`.
    """

    coef: Floats
    cov: Floats
    variances: tuple[float, ...]
    residual_variances: tuple[float, ...]
    criterion: float
    log_likelihood: float
    method: Method
    n_obs: int
    n_groups: tuple[int, ...]
    at_boundary: tuple[bool, ...]
    to_basis: Floats
    information: Information

    @property
    def residual_variance(self) -> float:
        """Of the first class, if there are several."""
        return self.residual_variances[0]


@dataclass(frozen=True)
class NestedFits:
    """r fitted models of one design; fields as in `NestedFit`, with a leading axis of replicates.

    failed: of each replicate without an optimum, which is NaN, why.
    """

    coef: Floats
    cov: Floats
    variances: Floats
    residual_variances: Floats
    criterion: Floats
    n_obs: NDArray[np.intp]
    at_boundary: NDArray[np.bool_]
    method: Method
    to_basis: Floats
    information: Information
    failed: dict[int, Exception] = field(default_factory=dict)


def fit_nested(
    y: Floats,
    x: Floats,
    groups: Sequence[NDArray[np.integer]],
    method: Method = "REML",
    classes: NDArray[np.integer] | None = None,
    weight: Floats | None = None,
) -> NestedFit:
    """Fit y (n,) on x (n, k) with a random intercept for each of `groups` (n,), innermost first.

    A code below 0: the row has no effect of that level. classes (n,): 0.. for rows that share a
    residual variance; weight (n,): a row's residual variance is divided by it.

    Raises ValueError (missing values), NotNested, CollinearColumns, NotIdentified,
    ZeroResidualVariance, NotConverged.
    """
    y = np.asarray(y, dtype=float)
    x, gram = usable(x, weight, y)
    given = x
    x, to_basis, root = orthonormal(x, gram)
    start = to_basis.T @ (x.T @ y)
    rest = y - x @ (to_basis @ start)
    size = float(np.sqrt(rest @ rest / len(y)))
    if size <= 1e-12 * float(np.sqrt(y @ y / len(y)) + np.finfo(float).tiny):
        raise ZeroResidualVariance("the outcome is a combination of the columns of x")
    rest /= size
    gram = gram if x is given else np.eye(x.shape[1])
    sums = mapped(nested_sums([*x.T, rest], groups, classes, weight, gram), to_basis)
    ratios, profile = optimum(sums, method == "REML")
    fits = finished(sums, ratios, profile, method, np.array(size), start, root)
    own, free = fits.information, fits.information.variances > 0
    must_be_known(covariance(own.observed, own.variances, free))
    return NestedFit(
        coef=fits.coef,
        cov=fits.cov,
        variances=tuple(map(float, fits.variances)),
        residual_variances=tuple(map(float, fits.residual_variances)),
        criterion=float(fits.criterion),
        log_likelihood=float(-fits.criterion / 2),
        method=method,
        n_obs=int(sums.n[0]),
        n_groups=sums.n_groups,
        at_boundary=tuple(map(bool, fits.at_boundary)),
        to_basis=fits.to_basis,
        information=own,
    )


def usable(x: Floats, weight: Floats | None, y: Floats) -> tuple[Floats, Floats]:
    """The columns x (n, k), each lying together, and x'x; ValueError where there is no fit."""
    x = np.asarray(x, dtype=float)
    if weight is not None and not (np.isfinite(weight).all() and (weight > 0).all()):
        raise ValueError("weights must be above 0; leave out records without one")
    if x.shape[0] <= x.shape[1]:
        raise ValueError(f"{x.shape[0]} rows cannot tell {x.shape[1]} columns apart")
    x = np.asfortranarray(x)  # columns lie together: they are summed
    gram = x.T @ x
    if not (np.isfinite(gram).all() and np.isfinite(np.vdot(y, y))):
        raise ValueError("y and x must be finite; leave out incomplete rows")
    return x, gram


def orthonormal(x: Floats, gram: Floats) -> tuple[Floats, Floats, Floats]:
    """(x, to_basis, root) with x @ to_basis orthonormal and root its inverse, both (k, k).

    Where the columns are well conditioned to_basis comes from the Cholesky root of x'x and no
    row is touched again; else x is replaced by Householder's orthonormal columns. CollinearColumns
    where x has less rank.
    """
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


def finished(
    sums: NestedSums,
    ratios: Floats,
    profile: Profile,
    method: Method,
    size: Floats,
    start: Floats,
    root: Floats,
) -> NestedFits:
    """What is reported at the ratios (…, v), in the outcome's unit and x's columns.

    size (…,) and start (…, k): what the outcome was divided by, and what was taken off it, in the
    orthonormal basis whose inverse is root (k, k).
    """
    reml, levels = method == "REML", len(sums.n_groups)
    residual = profile.rss / profile.m * size**2
    to_basis: Floats = np.linalg.inv(root).T.astype(float)
    criterion = profile.value + profile.m * 2 * np.log(size)
    if reml:
        criterion = criterion + 2 * float(np.linalg.slogdet(root)[1])
    cov = to_basis.T @ profile.inverse @ to_basis * residual[..., None, None]
    classes = np.concatenate([np.ones((*residual.shape, 1)), ratios[..., levels:]], axis=-1)
    return NestedFits(
        coef=(start + size[..., None] * profile.coef) @ to_basis,
        cov=(cov + np.swapaxes(cov, -1, -2)) / 2,
        variances=ratios[..., :levels] * residual[..., None],
        residual_variances=classes * residual[..., None],
        criterion=criterion,
        n_obs=sums.n,
        at_boundary=ratios[..., :levels] == 0,
        method=method,
        to_basis=to_basis,
        information=information_of(profile, ratios, reml),
    )


__all__ = [
    "CollinearColumns",
    "NestedFit",
    "NotConverged",
    "NotIdentified",
    "NotNested",
    "ZeroResidualVariance",
    "criterion_and_gradient",
    "fit_nested",
]
