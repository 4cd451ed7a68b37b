"""Power of a two-sided test, exact on Student's t, and the difference it detects.

How it is computed: an effect over its standard error is a noncentral t on df, so power is
1 - F(c) + F(-c) with c the critical value; on the normal, for comparison, df is infinite. The
detectable difference is the standard error times the noncentrality at which power is what is asked.
"""

import numpy as np
from numpy.typing import ArrayLike

from cesp_analysis.planning.layouts import Floats

_MANY = 1e7  # degrees of freedom from which on t is the normal, to 1e-7 in power


def power(noncentrality: ArrayLike, df: ArrayLike, alpha: ArrayLike) -> Floats:
    """Power of the two-sided test, by element; NaN where df is not above 0 or NaN."""
    from scipy.special import ndtr, ndtri, stdtrit  # type: ignore[import-untyped, unused-ignore]

    shift, df, alpha = _together(noncentrality, df, alpha)
    shift = np.abs(shift)
    at = -ndtri(alpha / 2)
    few = (df > 0) & (df < _MANY)
    own = np.where(few, df, 1.0)
    c = stdtrit(own, 1 - alpha / 2)
    on_t = np.clip(1 - _below(c, own, shift) + _below(-c, own, shift), 0, 1)
    on_t = np.where(np.isnan(shift), np.nan, on_t)
    normal = ndtr(shift - at) + ndtr(-shift - at)
    return np.where(few, on_t, np.where(df >= _MANY, normal, np.nan))


def noncentrality_for(target: ArrayLike, df: ArrayLike, alpha: ArrayLike) -> Floats:
    """The noncentrality at which the test has the target power, by element.

    NaN where the target is not above alpha and below 1, or df not above 0: power is never below
    alpha.
    """
    from scipy.optimize.elementwise import find_root  # type: ignore[import-untyped, unused-ignore]

    target, df, alpha = _together(target, df, alpha)
    known = (target > alpha) & (target < 1) & (df > 0)
    aim, own, level = (
        np.where(known, one, safe) for one, safe in ((target, 0.5), (df, 10.0), (alpha, 0.05))
    )
    found = find_root(
        lambda shift, aim, own, level: power(shift, own, level) - aim,
        (np.zeros(aim.shape), _above(aim, own, level)),
        args=(aim, own, level),
    )
    return np.where(known & found.success, found.x, np.nan)


def _below(t: Floats, df: Floats, shift: Floats) -> Floats:
    """The noncentral t's distribution function.

    SciPy gives NaN where it is below 1e-100 (t above 0) or too small for its series (t below 0:
    at most 2e-14 in 400,000 triples tried), so NaN counts as 0.
    """
    from scipy.special import nctdtr

    return np.asarray(np.nan_to_num(nctdtr(df, shift, t), nan=0.0))


def _above(target: Floats, df: Floats, alpha: Floats) -> Floats:
    """A noncentrality at which power is above the target."""
    high = np.full(target.shape, 8.0)
    while (short := power(high, df, alpha) < target).any():
        high = np.where(short, 2 * high, high)
    return high


def _together(*values: ArrayLike) -> list[Floats]:
    """Arrays of one shape."""
    arrays = (np.asarray(one, dtype=np.float64) for one in values)
    return [np.asarray(one) for one in np.broadcast_arrays(*arrays)]
