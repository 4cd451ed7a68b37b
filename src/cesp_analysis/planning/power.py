"""Power of a two-sided test, exact on Student's t, and the difference it detects.

How it is computed: an effect over its standard error is a noncentral t on df, so power is
1 - F(c) + F(-c) with c the critical value; on the normal, for comparison, df is infinite. The
detectable difference is the standard error times the noncentrality at which power is what is asked.

Where a variance between locations that is estimated below 0 counts as 0, the error's square V U,
U chi-squared on df over df, is never taken as less than `least` of V: with g(u) the chance that a
normal with the effect's shift lies beyond t root(u), power is less by the integral over u from 0 to
`least` of (g(u) - g(least)) times U's density.
"""

import numpy as np
from numpy.typing import ArrayLike

from cesp_analysis.arrays import Floats

NODES = 16  # of Gauss-Legendre below the least error: 1e-9 in power
_MANY = 1e7  # degrees of freedom from which on t is the normal, to 1e-7 in power


def power(
    noncentrality: ArrayLike,
    df: ArrayLike,
    alpha: ArrayLike,
    least: ArrayLike = 0.0,
    se_ratio: ArrayLike = 1.0,
) -> Floats:
    """Power of the two-sided test, by element; NaN where df is not above 0 or NaN.

    least: of the squared error, below which it is never estimated; a share of the true one.
    se_ratio: the error that the test reckons with (its mean), over the true one.
    """
    from scipy.special import ndtr, ndtri, stdtrit  # type: ignore[import-untyped, unused-ignore]

    shift, df, alpha, least, ratio = _together(noncentrality, df, alpha, least, se_ratio)
    shift = np.abs(shift)
    at = -ndtri(alpha / 2) * ratio
    few = (df > 0) & (df < _MANY)
    own = np.where(few, df, 1.0)
    c = stdtrit(own, 1 - alpha / 2) * ratio
    on_t = np.clip(1 - _below(c, own, shift) + _below(-c, own, shift), 0, 1)
    on_t = np.where(np.isnan(shift), np.nan, on_t)
    if least.any():
        on_t = np.clip(on_t - _never_so_small(shift, own, c, least), 0, 1)
    normal = ndtr(shift - at) + ndtr(-shift - at)
    return np.where(few, on_t, np.where(df >= _MANY, normal, np.nan))


def _never_so_small(shift: Floats, df: Floats, c: Floats, least: Floats) -> Floats:
    """What power loses where the squared error is never estimated below `least` of the true one."""
    from scipy.special import gammaln, ndtr

    at, weight = np.polynomial.legendre.leggauss(NODES)
    shift, df, c, end = (one[..., None] for one in (shift, df, c, np.sqrt(least)))
    root = end * (at + 1) / 2  # of u: the density of u is not bounded at 0 on 1 df
    half = df / 2
    with np.errstate(divide="ignore"):
        log = half * np.log(half) - gammaln(half) + (df - 1) * np.log(root) - half * root**2
    beyond, fewer = (ndtr(shift - c * one) + ndtr(-shift - c * one) for one in (root, end))
    return np.asarray(((beyond - fewer) * np.exp(log) * weight).sum(axis=-1) * end[..., 0])


def noncentrality_for(
    target: ArrayLike,
    df: ArrayLike,
    alpha: ArrayLike,
    least: ArrayLike = 0.0,
    se_ratio: ArrayLike = 1.0,
) -> Floats:
    """The noncentrality at which the test has the target power, by element.

    NaN where the target is not above that of no effect (alpha, if errors are told truly) and below
    1, or df not above 0: power is never below it.
    """
    from scipy.optimize.elementwise import find_root  # type: ignore[import-untyped, unused-ignore]

    target, df, alpha, least, ratio = _together(target, df, alpha, least, se_ratio)
    nothing = np.where(ratio == 1, alpha, power(0.0, df, alpha, least, ratio))
    known = (target > nothing) & (target < 1) & (df > 0)
    safe = ((target, 0.5), (df, 10.0), (alpha, 0.05), (least, 0.0), (ratio, 1.0))
    aim, *rest = (np.where(known, one, other) for one, other in safe)
    found = find_root(
        lambda shift, aim, *rest: power(shift, *rest) - aim,
        (np.zeros(aim.shape), _above(aim, *rest)),
        args=(aim, *rest),
    )
    return np.where(known & found.success, found.x, np.nan)


def _below(t: Floats, df: Floats, shift: Floats) -> Floats:
    """The noncentral t's distribution function.

    SciPy gives NaN where it is below 1e-100 (t above 0) or too small for its series (t below 0:
    at most 2e-14 in 400,000 triples tried), so NaN counts as 0.
    """
    from scipy.special import nctdtr

    return np.asarray(np.nan_to_num(nctdtr(df, shift, t), nan=0.0))


def _above(target: Floats, df: Floats, alpha: Floats, least: Floats, ratio: Floats) -> Floats:
    """A noncentrality at which power is above the target."""
    high = np.full(target.shape, 8.0)
    while (short := power(high, df, alpha, least, ratio) < target).any():
        high = np.where(short, 2 * high, high)
    return high


def _together(*values: ArrayLike) -> list[Floats]:
    """Arrays of one shape."""
    arrays = (np.asarray(one, dtype=np.float64) for one in values)
    return [np.asarray(one) for one in np.broadcast_arrays(*arrays)]
