"""How far two groups differ in what was measured, in standard deviations: no test, no p-value.

Continuous: (m1 - m0) / sqrt((s1^2 + s0^2) / 2). Shares: (p1 - p0) / sqrt((p1 (1 - p1) +
p0 (1 - p0)) / 2). Categories: the Mahalanobis distance sqrt((T - C)' S^-1 (T - C)) of the shares of
all categories but one, S the mean of the two multinomial covariances; it has no sign, and does not
depend on which category is left out. With two categories it is the size of the share's.

Source: D Yang, JE Dalton, A unified approach to measuring the effect size between two groups using
SAS, SAS Global Forum 2012, paper 335, equations 1 to 4; PC Austin, Stat Med 2009;28:3083-3107.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.alike import all_alike
from cesp_analysis.arrays import Floats

NOBODY = "an arm has nobody with a value"
ONE_VALUE = "an arm has one value: no spread is known"
NO_SPREAD = "no spread in either arm"
APART = "no category is in both arms"


@dataclass(frozen=True)
class Difference:
    """The standardised difference, NaN with a reason where there is none."""

    value: float
    reason: str = ""


def of_means(one: Floats, other: Floats, spread: tuple[float, float]) -> Difference:
    """Of two means (in arrays of one): `spread`: the variances, in the outcome's unit squared."""
    apart = float(one[0] - other[0])
    pooled = float(np.sqrt((spread[0] + spread[1]) / 2))
    if np.isnan(apart):
        return Difference(np.nan, NOBODY)
    if np.isnan(pooled):  # a variance needs two values
        return Difference(np.nan, ONE_VALUE)
    if pooled == 0:
        return Difference(np.nan, NO_SPREAD)
    return Difference(apart / pooled)


def of_numbers(one: Floats, other: Floats, weight_one: Floats, weight_other: Floats) -> Difference:
    """Of two samples of numbers, (n,) each with its weights; 0 and 1 alone are shares."""
    means = [np.array([mean(one, weight_one)]), np.array([mean(other, weight_other)])]
    if np.isin(np.concatenate([one, other]), (0.0, 1.0)).all():
        shares = [float(m[0]) for m in means]
        return of_means(means[0], means[1], (_binomial(shares[0]), _binomial(shares[1])))
    spread = (variance(one, weight_one), variance(other, weight_other))
    return of_means(means[0], means[1], spread)


def _binomial(share: float) -> float:
    return share * (1 - share)


def of_categories(one: Floats, other: Floats) -> Difference:
    """Of two sets of shares, (k,) each, which add up to 1 in each group."""
    if np.isnan(one).any() or np.isnan(other).any():
        return Difference(np.nan, NOBODY)
    some = (one > 0) | (other > 0)
    one, other = one[some], other[some]
    if len(one) == 1:
        return Difference(np.nan, NO_SPREAD)
    if not ((one > 0) & (other > 0)).any():
        return Difference(np.nan, APART)
    apart = (one - other)[1:]
    spread = (_multinomial(one) + _multinomial(other))[1:, 1:] / 2
    return Difference(float(np.sqrt(apart @ np.linalg.solve(spread, apart))))


def _multinomial(shares: Floats) -> Floats:
    return np.asarray(np.diag(shares) - np.outer(shares, shares))


def mean(values: Floats, weights: Floats) -> float:
    """The weighted mean; NaN of nobody."""
    total = float(weights.sum())
    return float(weights @ values) / total if total > 0 else np.nan


def variance(values: Floats, weights: Floats) -> float:
    """n / (n - 1) of the weighted mean square from the weighted mean, as R's survey::svyvar; with
    equal weights the sample variance; 0 where all that weigh are alike. NaN of fewer than two."""
    n = len(values)
    if n < 2:
        return np.nan
    if all_alike(values[weights > 0]):
        return 0.0
    square = (values - mean(values, weights)) ** 2
    return n / (n - 1) * mean(square, weights)


def quantile(values: Floats, weights: Floats, share: float) -> float:
    """The smallest value up to which at least `share` of the weight lies (R's survey::svyquantile,
    rule hf1 or math); NaN of nobody."""
    if not len(values):
        return np.nan
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    # a share that the weights meet but for rounding is met: 1e-12 is far below any weight's part
    at = int(np.searchsorted(total, share * total[-1] * (1 - 1e-12)))
    return float(values[order][min(at, len(values) - 1)])
