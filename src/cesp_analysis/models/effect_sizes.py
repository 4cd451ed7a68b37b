"""Differences in units of a standard deviation, with intervals that know the SD is estimated.

Sources: Hedges (1981), J Educ Stat 6:107-28, for the exact correction J; Steiger & Fouladi (1997)
for limits from the noncentral t; Morris (2008), Organ Res Methods 11:364-86, for changes in units
of the pooled baseline SD; Donner & Zou (2012), Stat Methods Med Res 21:347-59, for MOVER.
"""

from dataclasses import dataclass
from math import exp, inf, isfinite, sqrt

import numpy as np


@dataclass(frozen=True)
class Spread:
    """A pooled within-arm SD, in the outcome's unit, on df degrees of freedom, from n people."""

    sd: float
    df: int
    n: int


@dataclass(frozen=True)
class Effect:
    """A difference in SDs, corrected for small samples, and its interval."""

    size: float
    low: float
    high: float


def pooled(one: np.ndarray, two: np.ndarray) -> Spread | None:
    """The pooled SD of two groups' values; None if a group has fewer than two or nothing varies."""
    if min(len(one), len(two)) < 2:
        return None
    df = len(one) + len(two) - 2
    squares = float(np.sum((one - one.mean()) ** 2) + np.sum((two - two.mean()) ** 2))
    return Spread(sqrt(squares / df), df, df + 2) if squares > 0 else None


def correction(df: float) -> float:
    """Hedges's exact J: J × difference / SD has no bias where values are normal; 0 at df 1."""
    from scipy.special import gammaln  # type: ignore[import-untyped, unused-ignore]

    if df <= 1:
        return 0.0
    return exp(float(gammaln(df / 2) - gammaln((df - 1) / 2))) / sqrt(df / 2)


def hedges_g(one: np.ndarray, two: np.ndarray, level: float) -> Effect | None:
    """Hedges's g of the means of two independent groups: J × (mean one - mean two) / pooled SD.

    Limits: those of the noncentral t, times J, as R's effectsize has them. None as in `pooled`.
    """
    spread = pooled(one, two)
    if spread is None:
        return None
    scale = sqrt(1 / len(one) + 1 / len(two))
    t = float(one.mean() - two.mean()) / (spread.sd * scale)
    j = correction(spread.df)
    low, high = noncentral_limits(t, spread.df, level)
    return Effect(j * t * scale, j * scale * low, j * scale * high)


def noncentral_limits(t: float, df: float, level: float) -> tuple[float, float]:
    """The noncentralities at which a t as large, or as small, has probability (1 - level) / 2.

    Right to 1e-6 of t or better (checked against its distribution function and R).
    """
    from scipy.special import nctdtrinc  # type: ignore[import-untyped, unused-ignore]

    tail = (1 - level) / 2
    low, high = float(nctdtrinc(df, 1 - tail, t)), float(nctdtrinc(df, tail, t))
    if not (isfinite(low) and isfinite(high) and low < t < high):
        raise ValueError(f"no noncentral t on {df} df has limits at {t}")
    return low, high


def scaled(estimate: float, low: float, high: float, spread: Spread, level: float) -> Effect:
    """An estimate with its interval, in units of an SD that was estimated beside it.

    J × estimate / SD. Interval: MOVER for a ratio, from the estimate's own interval and the SD's
    (chi-squared), which are independent where values are normal. It excludes 0 where the given
    interval does, whatever that one allows for (clusters, unequal variances, missing answers).
    """
    sd_low, sd_high = sd_limits(spread, level)
    return Effect(
        correction(spread.df) * estimate / spread.sd,
        _lower(estimate, low, spread.sd, sd_low, sd_high),
        -_lower(-estimate, -high, spread.sd, sd_low, sd_high),
    )


def sd_limits(spread: Spread, level: float) -> tuple[float, float]:
    """The chi-squared interval of the SD of normal values."""
    from scipy.special import chdtri  # type: ignore[import-untyped, unused-ignore]

    tail = (1 - level) / 2
    squares = spread.df * spread.sd**2
    large, small = float(chdtri(spread.df, tail)), float(chdtri(spread.df, 1 - tail))
    return sqrt(squares / large), sqrt(squares / small) if small > 0 else inf


def _lower(estimate: float, low: float, sd: float, sd_low: float, sd_high: float) -> float:
    """Donner & Zou's lower limit of estimate / sd: where estimate - limit × sd has lower limit 0.

    With a positive limit the SD may be larger than it seems, with a negative one smaller.
    """
    if low == 0:
        return 0.0
    far = (sd_high if low > 0 else sd_low) - sd
    left = estimate**2 - (estimate - low) ** 2
    root = sqrt((estimate * sd) ** 2 - (sd**2 - far**2) * left)
    if low > 0:
        return left / (estimate * sd + root)
    return (estimate * sd - root) / (sd**2 - far**2)
