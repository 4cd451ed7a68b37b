"""What the likelihood of a nested model says of its own variances, exactly: the information.

In the variances' own scale: levels first, then classes of residual variance, whose first comes
last; all over the first class's residual variance. The covariance of the outcome is linear in them,
so all that Satterthwaite and Kenward & Roger need are first and second derivatives of X'V⁻¹X and
log|V|; those in the first residual variance follow from the degree of each (Euler's theorem).
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.models.jets import Jet
from cesp_analysis.models.nested_optimum import NotConverged, Profile
from cesp_analysis.models.nested_sums import Floats

_LEVEL = 1e-6  # smallest curvature that counts; rounding leaves 1e-9 where there is none


@dataclass(frozen=True)
class Information:
    """Of v variances (in units of the first residual variance) and k columns.

    variances (v,); inverse (k, k) of X'V⁻¹X, slopes (v, k, k) and curves (v, v, k, k): derivatives
    of X'V⁻¹X; observed and expected (v, v): second derivatives of the criterion, and their mean.
    """

    variances: Floats
    inverse: Floats
    slopes: Floats
    curves: Floats
    observed: Floats
    expected: Floats


def information_of(profile: Profile, n: int, ratios: Floats, reml: bool) -> Information:
    """The information at ratios (v - 1,), from the profile of order two there of n rows."""
    k, m = len(profile.coef), n - len(profile.coef) * reml
    matrix, logdet = profile.parts.matrix, profile.parts.logdet
    first, second = _with_the_first_class(matrix, ratios, -matrix.value, -1)
    _, log_second = _with_the_first_class(logdet, ratios, np.array(float(n)), 0)
    slopes, curves = first[:, :k, :k], second[:, :, :k, :k]
    turned = profile.inverse @ slopes
    own = np.einsum("ij,vwji->vw", profile.inverse, curves)
    both = np.einsum("vij,wji->vw", turned, turned)
    determinants = log_second + (own - both) * reml
    return Information(
        variances=np.append(ratios, 1.0),
        inverse=profile.inverse,
        slopes=slopes,
        curves=curves,
        observed=determinants + _of_what_is_left(profile, first, second) * m / profile.rss,
        expected=-log_second - (own - both) * reml,
    )


def covariance(information: Floats, variances: Floats) -> Floats:
    """Twice the inverse of second derivatives (v, v) of -2 log likelihood: the variances' own."""
    size = variances + 1  # curvature per unit of this is of order 1 or more where it counts
    if len(variances) and np.linalg.eigvalsh(information * np.outer(size, size))[0] < _LEVEL:
        raise NotConverged("it is level in a variance: x takes up all that tells it from others")
    inverse = np.linalg.inv(information * np.outer(size, size))
    return np.asarray(2 * inverse * np.outer(size, size), dtype=float)


def _of_what_is_left(profile: Profile, first: Floats, second: Floats) -> Floats:
    """Second derivatives of the residual sum of squares, coefficients solved for."""
    k = len(profile.coef)
    lead = np.append(-profile.coef, 1.0)
    pulled = (first @ lead)[:, :k]
    return np.asarray(second @ lead @ lead - 2 * pulled @ profile.inverse @ pulled.T, dtype=float)


def _with_the_first_class(
    jet: Jet, ratios: Floats, own: Floats, degree: int
) -> tuple[Floats, Floats]:
    """Derivatives of a homogeneous function, with those in the first class's variance (at 1) last.

    own: the degree times the value; for log|V|, which is of degree 0 but for n log, n.
    """
    last = own - np.tensordot(ratios, jet.first, 1)
    across = (degree - 1) * jet.first - np.tensordot(ratios, jet.second, 1)
    corner = (degree - 1) * last - np.tensordot(ratios, across, 1)
    first = np.concatenate([jet.first, last[None]])
    upper = np.concatenate([jet.second, across[:, None]], axis=1)
    lower = np.concatenate([across, corner[None]])[None]
    return first, np.concatenate([upper, lower])
