"""Linear mixed models with nested random intercepts, by ML or REML.

Criteria as in Bates, Mächler, Bolker & Walker (2015), J Stat Softw 67(1), eqs 33-42. The likelihood
is exact and needs one pass over the rows (nested_sums.py); degrees of freedom: nested_df.py.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.models.nested_columns import CollinearColumns, bordered, orthonormal, usable
from cesp_analysis.models.nested_information import (
    Information,
    information_of,
    must_be_known,
)
from cesp_analysis.models.nested_optimum import NotConverged, ZeroResidualVariance, optimum
from cesp_analysis.models.nested_profile import Profile, Sums, criterion_and_gradient
from cesp_analysis.models.nested_sums import NestedSums, NotIdentified, NotNested, nested_sums
from cesp_analysis.models.over_time_sums import TimeSums

Method = Literal["REML", "ML"]


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
    memory: dict[str, Floats] = field(init=False, repr=False, compare=False, default_factory=dict)
    """What all contrasts share, see `adjusted_cov`."""

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
    ready = prepared(
        y, x, weight, lambda columns, cross: nested_sums(columns, groups, classes, weight, cross)
    )
    return one_fit(ready, *optimum(ready.sums, method == "REML"), method)


S = TypeVar("S", NestedSums, TimeSums)


@dataclass(frozen=True)
class Prepared(Generic[S]):
    """Sums on orthonormal columns of an outcome of size 1, and what leads back.

    size: what the outcome was divided by, once start (k,) times those columns was taken off it;
    root (k, k): turns coefficients of x's columns into those of the orthonormal ones.
    """

    sums: S
    size: Floats
    start: Floats
    root: Floats


def prepared(
    y: Floats, x: Floats, weight: Floats | None, summing: Callable[[list[Floats], Floats], S]
) -> Prepared[S]:
    """The sums that `summing` makes of columns [x y] and their products, as `Prepared` has them."""
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
    sums = summing([*x.T, rest], bordered(gram, x, rest)).mapped(to_basis)
    return Prepared(sums, np.array(size), start, root)


def one_fit(
    ready: Prepared[Any],
    ratios: Floats,
    profile: Profile,
    method: Method,
    spread: Callable[[Information], Floats] | None = None,
) -> NestedFit:
    """The fit at an optimum; NotConverged where the criterion is level in a variance.

    spread: covariance of the variances by observed information, where an edge is not just zero.
    """
    fits = finished(ready.sums, ratios, profile, method, ready.size, ready.start, ready.root)
    own = fits.information
    if spread is not None:
        own = replace(own, observed_spread=spread(own))
    must_be_known(own.by_observed)
    return NestedFit(
        coef=fits.coef,
        cov=fits.cov,
        variances=tuple(map(float, fits.variances)),
        residual_variances=tuple(map(float, fits.residual_variances)),
        criterion=float(fits.criterion),
        log_likelihood=float(-fits.criterion / 2),
        method=method,
        n_obs=int(ready.sums.n[0]),
        n_groups=ready.sums.n_groups,
        at_boundary=tuple(map(bool, fits.at_boundary)),
        to_basis=fits.to_basis,
        information=own,
    )


def finished(
    sums: Sums,
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
    reml, levels = method == "REML", sums.shape[0]
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
