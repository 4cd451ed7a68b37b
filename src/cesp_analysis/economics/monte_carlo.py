"""How far other bootstrap samples would move what is said: of estimates, ends, probabilities.

Samples are drawn independently, so the error of anything that is made of all of them follows from
leaving each out in turn (the jackknife; Efron & Tibshirani 1993, An Introduction to the Bootstrap,
sections 11.5 and 19.3). Degrees of freedom are taken as they are: where what was observed sets
them, samples do not.
"""

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.economics.decision import above_zero
from cesp_analysis.models.student import t_quantile

LEAST = 3
"""Samples, without one of which there is still a variance between them."""


def but_one(values: Floats) -> tuple[Floats, Floats]:
    """Estimates and standard errors (B, ...) of all samples but each, of values (B, M, ...) without
    gaps, those of missing/boot_pooled.py: B of three or more."""
    b, m = values.shape[0] - 1, values.shape[1]
    own = values.mean(axis=1)
    off = own - own.mean(axis=0)
    within = ((values - own[:, None]) ** 2).sum(axis=1)
    estimate = own.mean(axis=0) - off / b
    ssb = m * ((off**2).sum(axis=0) - (b + 1) / b * off**2)
    ssw = within.sum(axis=0) - within
    msb, msw = ssb / (b - 1), ssw / (b * (m - 1))
    between = np.maximum(msb - msw, 0.0) / m
    rest = np.where(msb > msw, msw, (ssb + ssw) / (b * m - 1))
    return estimate, np.sqrt((1 + 1 / b) * between + rest / (b * m))


def jackknife(left: Floats) -> Floats:
    """Standard error (...) of a number that is `left` (B, ...) when each sample is left out."""
    b = len(left)
    return np.asarray(np.sqrt((b - 1) / b * ((left - left.mean(axis=0)) ** 2).sum(axis=0)))


def of_pooled(
    values: Floats, df: float, level: float, exact: bool = False
) -> tuple[float | None, float | None]:
    """Of values (B, M): of the estimate, and of the end of Student's interval that has the larger
    one; None of fewer than three samples. exact: no sample moves the estimate itself."""
    if len(values) < LEAST:
        return (0.0 if exact else None), None
    estimate, error = but_one(values)
    estimate = np.zeros_like(estimate) if exact else estimate
    half = t_quantile(0.5 + level / 2, df) * error
    ends = [float(jackknife(estimate + sign * half)) for sign in (-1, 1)]
    return float(jackknife(estimate)), max(ends)


def of_probability(values: Floats, df: float, exact: Floats | None = None) -> Floats:
    """Of the probabilities (T,) that what values (B, M, T) estimate is above 0; NaN of fewer than
    three samples. exact (T,): estimates that no sample moves."""
    if len(values) < LEAST:
        return np.full(values.shape[2], np.nan)
    estimate, error = but_one(values)
    estimate = estimate if exact is None else np.broadcast_to(exact, estimate.shape)
    return jackknife(above_zero(estimate, error, df))


def of_percentiles(drawn: Floats, level: float) -> float:
    """Monte Carlo error of the end of a percentile interval that has the larger one, of draws (B,):
    half the way between the draws a standard error of their number above and below it (a quantile's
    distribution-free interval; Davison & Hinkley 1997, section 2.5.2)."""
    found = np.sort(drawn[np.isfinite(drawn)])
    ends = []
    for share in ((1 - level) / 2, (1 + level) / 2):
        places = len(found) * share + np.sqrt(len(found) * share * (1 - share)) * np.array([-1, 1])
        low, high = np.interp(places, np.arange(1, len(found) + 1), found)
        ends.append(float(high - low) / 2)
    return max(ends)
