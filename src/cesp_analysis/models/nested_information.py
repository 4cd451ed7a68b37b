"""What the likelihood of a nested model says of its own variances, exactly: the information.

In the variances' own scale: levels first, then classes of residual variance, whose first comes
last; all over the first class's residual variance. The covariance of the outcome is linear in them,
so all that Satterthwaite and Kenward & Roger need are first and second derivatives of X'V⁻¹X and
log|V|; those in the first residual variance follow from the degree of each (Euler's theorem).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.models.jets import Jet
from cesp_analysis.models.nested_optimum import NotConverged
from cesp_analysis.models.nested_profile import Profile, behind, times

Free = NDArray[np.bool_]

_LEVEL = 1e-6  # smallest curvature that counts; rounding leaves 1e-9 where there is none


@dataclass(frozen=True)
class Information:
    """Of v variances (in units of the first residual variance) and k columns.

    variances (v,); inverse (k, k) of X'V⁻¹X, slopes (v, k, k) and curves (v, v, k, k): derivatives
    of X'V⁻¹X; observed and expected (v, v): second derivatives of the criterion, and their mean.
    Of several fits each has a leading axis of replicates. observed_spread (v, v): covariance of the
    variances by observed information, where it is not that of those above zero.
    """

    variances: Floats
    inverse: Floats
    slopes: Floats
    curves: Floats
    observed: Floats
    expected: Floats
    observed_spread: Floats | None = None

    @cached_property
    def by_expected(self) -> Floats:
        """Covariance (v, v) of the variances by expected information: all are estimated."""
        return covariance(self.expected, self.variances)

    @cached_property
    def by_observed(self) -> Floats:
        """Covariance (v, v) of the variances by observed information: one at zero is known."""
        if self.observed_spread is not None:
            return self.observed_spread
        return covariance(self.observed, self.variances, self.variances > 0)


def information_of(profile: Profile, ratios: Floats, reml: bool) -> Information:
    """The information at ratios (…, v - 1), from the profile of order two there."""
    k = profile.coef.shape[-1]
    n = profile.m + k * reml
    matrix, logdet = profile.parts.matrix, profile.parts.logdet
    first, second = _with_the_first_class(matrix, ratios, -matrix.value, -1)
    _, log_second = _with_the_first_class(logdet, ratios, n, 0)
    slopes, curves = first[..., :k, :k], second[..., :k, :k]
    turned = profile.inverse @ slopes
    own = np.einsum("...ij,vw...ji->...vw", profile.inverse, curves)
    both = np.einsum("v...ij,w...ji->...vw", turned, turned)
    logs = behind(log_second, 2)
    scale = (profile.m / profile.rss)[..., None, None]
    return Information(
        variances=np.concatenate([ratios, np.ones((*ratios.shape[:-1], 1))], axis=-1),
        inverse=profile.inverse,
        slopes=behind(slopes, 1, 2),
        curves=behind(curves, 2, 2),
        observed=logs + (own - both) * reml + _of_what_is_left(profile, first, second) * scale,
        expected=-logs - (own - both) * reml,
    )


def covariance(information: Floats, variances: Floats, free: Free | None = None) -> Floats:
    """Twice the inverse of second derivatives (…, v, v) of -2 log likelihood: the variances' own.

    free (…, v): those that are estimated; by default all. Of the others it is 0. NaN where the
    criterion is level in a variance.
    """
    size = np.abs(variances) + 1  # curvature per unit of this is of order 1 where it counts
    scale = size[..., :, None] * size[..., None, :]
    own = information * scale
    if free is not None:
        both = free[..., :, None] & free[..., None, :]
        own = np.where(both, own, np.eye(own.shape[-1]))
        scale = np.where(both, scale, 0.0)
    if not own.size:
        return np.asarray(own, dtype=float)
    unknown = np.isnan(own).any((-2, -1))[..., None, None]
    own = np.where(unknown, np.eye(own.shape[-1]), own)
    unknown |= (np.linalg.eigvalsh(own)[..., 0] < _LEVEL)[..., None, None]
    own = np.where(unknown, np.eye(own.shape[-1]), own)
    return np.where(unknown, np.nan, 2 * np.linalg.inv(own) * scale)


def must_be_known(spread: Floats) -> Floats:
    """The variances' covariance of a single model; NotConverged where it is not known."""
    if np.isnan(spread).any():
        raise NotConverged("it is level in a variance: x takes up all that tells it from others")
    return spread


def _of_what_is_left(profile: Profile, first: Floats, second: Floats) -> Floats:
    """Second derivatives of the residual sum of squares, coefficients solved for."""
    k = profile.coef.shape[-1]
    lead = np.concatenate([-profile.coef, np.ones((*profile.coef.shape[:-1], 1))], axis=-1)
    pulled = behind(times(first, lead), 1, 1)[..., :k]
    bent = behind((times(second, lead) * lead).sum(-1), 2)
    solved = pulled @ profile.inverse @ np.swapaxes(pulled, -1, -2)
    return np.asarray(bent - 2 * solved, dtype=float)


def _with_the_first_class(
    jet: Jet, ratios: Floats, own: Floats, degree: int
) -> tuple[Floats, Floats]:
    """Derivatives of a homogeneous function, with those in the first class's variance (at 1) last.

    own: the degree times the value; for log|V|, which is of degree 0 but for n log, n.
    """
    by = ratios.T
    by = by.reshape(*by.shape, *([1] * (own.ndim - by.ndim + 1)))
    last = own - (by * jet.first).sum(0)
    across = (degree - 1) * jet.first - (by[:, None] * jet.second).sum(0)
    corner = (degree - 1) * last - (by * across).sum(0)
    first = np.concatenate([jet.first, last[None]])
    upper = np.concatenate([jet.second, across[:, None]], axis=1)
    lower = np.concatenate([across, corner[None]])[None]
    return first, np.concatenate([upper, lower])
