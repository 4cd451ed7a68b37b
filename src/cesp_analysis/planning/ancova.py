"""Two arms adjusted for a baseline, as the analysis will really be run: location means, or people.

How it is computed: those who stay are analysed. A location's mean answers after and before have
variances and a covariance that follow from ICC, CAC and IAC.

location_means: the t of the regression of means after on means before and arm, on locations - 3.
Given the means before, its variance is that of the residual, s² (1 - r²), times (1/K0 + 1/K1) / B,
where the difference of the arms before, over its error, is a t on K - 2: with t = root(K - 2)
tan(a), B = cos²(a), and a has density cos(a)^(K - 3). Power is averaged over a: exact under
normality with equal sizes.

people: a random-intercept model of people's answers with their own baseline as covariate. It has
one slope for people and locations, which tends to b = (I_w b_w + I_b b_b) / (I_w + I_b), slopes and
information within and between locations at the residual variances that b itself leaves (found by
repeating it); unlike `location_means` it can't take off all that the location's mean before tells,
unless that slope is the same. Large-sample variance with the share that estimating b costs; df
locations - 2, as the residual between locations is estimated.

Unequal sizes have cv² = size_cv² + (1 - retention) / (people retention): of future locations, and
of who happens to stay. Means of locations weigh alike: the mean of 1/m is over gamma sizes, each
location asking 2 people at least. People's mixed model weighs locations by what they tell:
1 - cv² l (1 - l) of the information, l the part of people in a mean's residual (van Breukelen,
Candel & Berger 2007, Stat Med 26:2589-603), at least that of weighing people alike.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from cesp_analysis.planning.layouts import Floats, Layout, parallel_baseline
from cesp_analysis.planning.power import power
from cesp_analysis.planning.scenarios import Reasons, Sampling, Scenarios, Structure, faults

Analysed = Literal["location_means", "people"]
NODES = 64  # of Gauss-Legendre over the angle: 1e-9 in power to 2,000 locations
ROUNDS = 200
SIZES = 200  # quantiles of the sizes
_ALIKE = 1e-9  # squared CV of sizes that are alike
_SETTLED = 1e-13


@dataclass(frozen=True)
class Adjusted:
    """Arrays (n,): std_error (root of the mean variance), df, power on t and on the normal (at the
    large-sample variance), slope on the baseline, reason why there is none, else ''."""

    std_error: Floats
    df: Floats
    power: Floats
    power_normal: Floats
    slope: Floats
    reason: Reasons


@dataclass(frozen=True)
class _Means:
    """Of location means (n,): variance, before and after alike, and their covariance; within
    locations, of one person's answers; how many people, and the squared CV of that; sum of 1/K over
    arms times the squared SD."""

    variance: Floats
    covariance: Floats
    within: Floats
    within_covariance: Floats
    people: Floats
    cv2: Floats
    arms: Floats


def adjusted(
    scenarios: Scenarios,
    analysed: Analysed = "location_means",
    share: float = 0.5,
    sampling: Sampling = "cohort",
    structure: Structure = "block_exchangeable",
) -> Adjusted:
    """Power of each scenario.

    `people` needs a cohort. In a cross-section location means hold different people before and
    after, all of whom answer before.
    """
    layout = parallel_baseline(share)
    reason = faults(layout, scenarios, structure, sampling)
    if analysed == "people" and sampling != "cohort":
        reason[reason == ""] = "people have a baseline of their own in a cohort alone"
    reason[(reason == "") & (scenarios.locations <= 4)] = "5 or more locations are needed"
    with np.errstate(all="ignore"):
        found = _OF[analysed](scenarios, layout, sampling)
    blank = [np.where(reason == "", one, np.nan) for one in found]
    error, df, on_t, normal, slope = blank
    return Adjusted(error, df, on_t, normal, slope, reason)


def _moments(s: Scenarios, layout: Layout, sampling: Sampling, inverted: bool) -> _Means:
    """inverted: at the mean of 1/m, not at one over the mean."""
    m = s.people * s.retention
    cv2 = s.size_cv**2 + (1 - s.retention) / m
    each = _inverse_size(m, cv2, 2 * s.retention) if inverted else 1 / m
    rest, iac = 1 - s.icc, s.iac if sampling == "cohort" else np.zeros(len(s))
    arms = np.asarray(s.sd**2 * (1 / layout.share).sum() / s.locations)
    variance, covariance = s.icc + rest * each, s.icc * s.cac + rest * iac * each
    return _Means(variance, covariance, rest, rest * iac, m, cv2, arms)


def _inverse_size(mean: Floats, cv2: Floats, least: Floats) -> Floats:
    """Mean (n,) of one over the size of locations, gamma with this mean and squared CV."""
    place = (np.arange(SIZES) + 0.5) / SIZES
    shape = 1 / np.maximum(cv2, _ALIKE)[:, None]
    sizes = special.gammaincinv(shape, place) / shape * mean[:, None]
    return np.asarray((1 / np.maximum(sizes, least[:, None])).mean(axis=1))


def _of_means(s: Scenarios, layout: Layout, sampling: Sampling) -> tuple[Floats, ...]:
    """Exact with equal sizes: averaged over what chance makes of the arms' difference before."""
    own = _moments(s, layout, sampling, inverted=True)
    slope = own.covariance / own.variance
    plain = own.arms * (own.variance - slope * own.covariance)
    df = s.locations - 3
    points, weights = np.polynomial.legendre.leggauss(NODES)
    cosine = np.cos(np.pi / 4 * (points + 1))
    weight = weights * cosine ** (s.locations[:, None] - 3)
    each = power(np.abs(s.effect / np.sqrt(plain))[:, None] * cosine, df[:, None], s.alpha[:, None])
    error = np.sqrt(plain * (1 + 1 / (s.locations - 4)))
    normal = power(s.effect / np.sqrt(plain), np.inf, s.alpha)
    return error, df, (each * weight).sum(axis=1) / weight.sum(axis=1), normal, slope


def _of_people(s: Scenarios, layout: Layout, sampling: Sampling) -> tuple[Floats, ...]:
    """Large samples: the slope that weighs people and locations, and what it leaves."""
    own = _moments(s, layout, sampling, inverted=False)
    slope = own.within_covariance / own.within
    between_slope = own.covariance / own.variance
    for _ in range(ROUNDS):
        before = slope
        within = (s.locations * (own.people - 1)) / (1 - 2 * slope * s.iac + slope**2)
        between = (s.locations - 2) * own.variance / _left(own, slope)
        slope = (within * s.iac + between * between_slope) / (within + between)
        if np.nanmax(np.abs(slope - before), initial=0.0) < _SETTLED:
            break
    plain = own.arms * _left(own, slope) / _kept(own, slope, s.iac)
    error = np.sqrt(plain + own.arms * own.variance / (within + between))
    df = s.locations - 2
    at_normal = power(s.effect / np.sqrt(plain), np.inf, s.alpha)
    return error, df, power(s.effect / error, df, s.alpha), at_normal, slope


def _left(own: _Means, slope: Floats) -> Floats:
    """Variance of a location's mean after, less slope times its mean before."""
    return np.asarray(own.variance * (1 + slope**2) - 2 * slope * own.covariance)


def _kept(own: _Means, slope: Floats, iac: Floats) -> Floats:
    """Share (n,) of the information that unequal sizes leave."""
    of_people = own.within * (1 + slope**2 - 2 * slope * iac) / own.people / _left(own, slope)
    weighed = 1 - own.cv2 * of_people * (1 - of_people)
    return np.asarray(np.maximum(weighed, 1 / (1 + own.cv2 * (1 - of_people))))


_OF = {"location_means": _of_means, "people": _of_people}
