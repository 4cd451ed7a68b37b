"""The standardised difference of two samples with its interval; no test.

Numbers: (m1 - m0) / s, s^2 = (v1 + v0) / 2; its variance is d^2 (v1^2 / (n1 - 1) + v0^2 / (n0 - 1))
/ (8 s^4) + (v1 / (n1 - 1) + v0 / (n0 - 1)) / s^2 (Bonett 2008, Psychological Methods 13:99-109,
equation 10: variances need not be equal, values are taken as normal). Shares: v = p (1 - p), the
variance by the delta method. Normal quantiles in both.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.describe.standardised_difference import NO_SPREAD, NOBODY, ONE_VALUE, of_numbers

ONE_SIDED = "all or none of one side: no interval"
OF_SIDES = {
    NOBODY: "a side has nobody with a value",
    ONE_VALUE: "a side has one value: no spread is known",
    NO_SPREAD: "no spread in either side",
}
"""Reasons that speak of arms, of those with and without an answer."""
ALONE = "one value on a side: no interval"


@dataclass(frozen=True)
class Apart:
    """A standardised difference and its interval; NaN with a reason where there is none."""

    value: float
    low: float
    high: float
    reason: str = ""


def apart(one: Floats, other: Floats, share: bool, ci_level: float) -> Apart:
    """One sample (n1,) less the other (n0,); share: both are of 0 and 1."""
    found = of_numbers(one, other, np.ones(len(one)), np.ones(len(other)))
    if np.isnan(found.value):
        return Apart(np.nan, np.nan, np.nan, OF_SIDES[found.reason])
    error, reason = (error_of_shares if share else error_of_numbers)(found.value, one, other)
    half = NormalDist().inv_cdf((1 + ci_level) / 2) * error
    return Apart(found.value, found.value - half, found.value + half, reason)


def error_of_numbers(value: float, one: Floats, other: Floats) -> tuple[float, str]:
    """The standard error of a difference of `value`, NaN with the reason."""
    if min(len(one), len(other)) < 2:
        return np.nan, ALONE
    spread = np.array([one.var(ddof=1), other.var(ddof=1)])
    spare = np.array([len(one) - 1, len(other) - 1])
    pooled = float(spread.mean())
    of_spread = value**2 * float((spread**2 / spare).sum()) / (8 * pooled**2)
    return float(np.sqrt(of_spread + float((spread / spare).sum()) / pooled)), ""


def error_of_shares(value: float, one: Floats, other: Floats) -> tuple[float, str]:
    """The standard error of a difference of `value`, NaN with the reason."""
    share = np.array([one.mean(), other.mean()])
    spread = share * (1 - share)
    if (spread == 0).any():
        return np.nan, ONE_SIDED
    pooled = float(spread.mean())
    slope = np.array([1, -1]) / np.sqrt(pooled) - value * (1 - 2 * share) / (4 * pooled)
    sizes = np.array([len(one), len(other)])
    return float(np.sqrt((slope**2 * spread / sizes).sum())), ""
