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
location asking 2 people at least. People's mixed model weighs locations by what they tell, of which
unequal sizes leave a mean weight (`unequal`), l the part of people in a mean's residual; the sum of
the weights of a trial varies, which costs 2 w / locations of the variance, w their squared CV.

With few locations (`cautious`) as Kenward and Roger's test has it: a variance between locations
that is estimated below 0 counts as 0, so that a mean's residual is never taken as less than l of
itself (`power`); with unequal sizes df are (locations - 2) / (1 + w), and weights that are
estimated cost 2 w / (locations - 2) of the variance: both of second order, from the derivative of a
location's weight in the variance between locations (Kenward & Roger 1997, Biometrics 53:983-97).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from cesp_analysis.arrays import Floats
from cesp_analysis.planning.layouts import Layout, parallel_baseline
from cesp_analysis.planning.power import power
from cesp_analysis.planning.scenarios import Reasons, Sampling, Scenarios, Structure, faults
from cesp_analysis.planning.unequal import weight, with_loss

Analysed = Literal["location_means", "people"]
NODES = 64  # of Gauss-Legendre over the angle: 1e-9 in power to 2,000 locations
ROUNDS = 200
SIZES = 200  # quantiles of the sizes
_ALIKE = 1e-9  # squared CV of sizes that are alike
_SETTLED = 1e-13


@dataclass(frozen=True)
class Adjusted:
    """Arrays (n,): std_error (root of the mean variance), df, power on t and on the normal (at the
    large-sample variance), slope on the baseline, least: share of the error's square below which it
    is not estimated, reason why there is none, else ''."""

    std_error: Floats
    df: Floats
    power: Floats
    power_normal: Floats
    slope: Floats
    least: Floats
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
    cautious: bool = True,
) -> Adjusted:
    """Power of each scenario.

    `people` needs a cohort; cautious: tested as by Kenward and Roger, else by t on locations - 2.
    In a cross-section location means hold different people before and after, all of whom answer
    before.
    """
    layout = parallel_baseline(share)
    reason = faults(layout, scenarios, structure, sampling)
    if analysed == "people" and sampling != "cohort":
        reason[reason == ""] = "people have a baseline of their own in a cohort alone"
    if analysed == "location_means":
        reason[(reason == "") & (scenarios.locations <= 4)] = "5 or more locations are needed"
    with np.errstate(all="ignore"):
        if analysed == "people":
            found = _of_people(scenarios, layout, sampling, cautious)
        else:
            found = _of_means(scenarios, layout, sampling)
    blank = [np.where(reason == "", one, np.nan) for one in found]
    error, df, on_t, normal, slope, least = blank
    return Adjusted(error, df, on_t, normal, slope, least, reason)


def _moments(s: Scenarios, layout: Layout, sampling: Sampling, inverted: bool) -> _Means:
    """inverted: at the mean of 1/m, not at one over the mean."""
    m, cv2 = answering(s)
    each = inverse_size(m, cv2, 2 * s.retention) if inverted else 1 / m
    rest, iac = 1 - s.icc, s.iac if sampling == "cohort" else np.zeros(len(s))
    arms = np.asarray(s.sd**2 * (1 / layout.share).sum() / s.locations)
    variance, covariance = s.icc + rest * each, s.icc * s.cac + rest * iac * each
    return _Means(variance, covariance, rest, rest * iac, m, cv2, arms)


def answering(s: Scenarios) -> tuple[Floats, Floats]:
    """People (n,) of a location who answer, and the squared CV of that."""
    m = s.people * s.retention
    return m, with_loss(s.size_cv, s.people, s.retention) ** 2


def inverse_size(mean: Floats, cv2: Floats, least: Floats) -> Floats:
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
    on_t = (each * weight).sum(axis=1) / weight.sum(axis=1)
    return error, df, on_t, normal, slope, np.zeros(len(s))


def _of_people(
    s: Scenarios, layout: Layout, sampling: Sampling, cautious: bool
) -> tuple[Floats, ...]:
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
    share = _of_people_alone(own, slope, s.iac)
    kept, uneven = weight(share, np.sqrt(own.cv2), s.people)
    plain = own.arms * _left(own, slope) / kept
    at_normal = power(s.effect / np.sqrt(plain), np.inf, s.alpha)
    df, least = s.locations - 2, share if cautious else np.zeros(len(s))
    error = np.sqrt(plain + own.arms * own.variance / (within + between))
    error = error * np.sqrt((1 + 2 * uneven / df) * (1 + 2 * uneven / s.locations))
    df = df / (1 + uneven)
    return error, df, power(s.effect / error, df, s.alpha, least), at_normal, slope, least


def _left(own: _Means, slope: Floats) -> Floats:
    """Variance of a location's mean after, less slope times its mean before."""
    return np.asarray(own.variance * (1 + slope**2) - 2 * slope * own.covariance)


def _of_people_alone(own: _Means, slope: Floats, iac: Floats) -> Floats:
    """Share (n,) of a mean's residual variance that is of its people, not of the location."""
    of_people = own.within * (1 + slope**2 - 2 * slope * iac) / own.people
    return np.asarray(np.minimum(of_people / _left(own, slope), 1.0))
