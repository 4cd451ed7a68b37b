"""Proportions and rates as a difference with a standard deviation, for which formulas are.

How it is computed: a person's answer has a variance that follows from its mean, one in each arm;
the SD that stands for both is the one with which a difference of two means has the right variance
for these shares of locations (with halves: the mean of the two variances). On a log scale the same
by the delta method, at each arm's mean. The ICC is that of the outcome's own scale, or follows from
the coefficient of variation of locations' true means.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning.layouts import Floats


@dataclass(frozen=True)
class Moments:
    """effect, sd (total, of a person) and icc, arrays of one shape, for `Scenarios`. On a log scale
    the effect is a logarithm of a ratio."""

    effect: Floats
    sd: Floats
    icc: Floats


def proportions(
    control: ArrayLike,
    intervention: ArrayLike,
    icc: ArrayLike,
    share: float = 0.5,
    one_sd: bool = False,
) -> Moments:
    """A difference of proportions; p (1 - p) is a person's variance.

    share: of locations that are treated. one_sd: p (1 - p) at the mean of the two instead, the
    usual choice for stepped wedges (Hussey & Hughes 2007). Raises NotEstimable.
    """
    p0, p1 = _proportions(control, intervention)
    middle = (p0 + p1) / 2
    both = _shared(p0 * (1 - p0), p1 * (1 - p1), share)
    variance = middle * (1 - middle) if one_sd else both
    return _moments(p1 - p0, variance, icc)


def log_odds(
    control: ArrayLike, intervention: ArrayLike, icc: ArrayLike, share: float = 0.5
) -> Moments:
    """A log odds ratio (of means over locations); variance 1 / (p (1 - p)). Raises NotEstimable."""
    p0, p1 = _proportions(control, intervention)
    effect = np.log(p1 / (1 - p1)) - np.log(p0 / (1 - p0))
    return _moments(effect, _shared(1 / (p0 * (1 - p0)), 1 / (p1 * (1 - p1)), share), icc)


def rates(
    control: ArrayLike,
    intervention: ArrayLike,
    location_cv: ArrayLike,
    time: ArrayLike = 1.0,
    dispersion: ArrayLike = 1.0,
    people_cv: ArrayLike = 0.0,
    share: float = 0.5,
    log: bool = False,
) -> Moments:
    """A difference of rates (events a person and unit of time), or the logarithm of their ratio.

    time: of each person; dispersion: variance of a person's count over its mean, given his rate;
    people_cv and location_cv: of true rates between people of a location (a gamma law), and between
    locations. A location's variance is (cv rate)², a person's rate * dispersion / time +
    (people_cv rate)²: with people alike, of Hayes & Bennett 1999, Int J Epidemiol 28:319-26. Raises
    NotEstimable.
    """
    r0, r1, time, dispersion = _all(control, intervention, time, dispersion)
    between, within = _all(location_cv, people_cv)
    if not ((r0 > 0).all() and (r1 > 0).all() and (time > 0).all() and (dispersion > 0).all()):
        raise NotEstimable("rates, time and dispersion must be above 0")
    if not ((between >= 0).all() and (within >= 0).all()):
        raise NotEstimable("coefficients of variation must not be below 0")
    size0, size1 = (np.ones_like(one) if log else one**2 for one in (r0, r1))
    of_location = between**2 * _shared(size0, size1, share)
    person0, person1 = (dispersion / (time * rate) + within**2 for rate in (r0, r1))
    of_person = _shared(size0 * person0, size1 * person1, share)
    total = of_location + of_person
    return _moments(np.log(r1 / r0) if log else r1 - r0, total, of_location / total)


def icc_of_proportions(proportion: ArrayLike, location_cv: ArrayLike) -> Floats:
    """The ICC of a proportion from the CV of locations' true proportions: cv² p / (1 - p).

    Source: Hayes & Moulton 2017, Cluster Randomised Trials, 2nd ed., section 2.3.
    """
    p, cv = _all(proportion, location_cv)
    return np.asarray(cv**2 * p / (1 - p))


def _shared(control: Any, intervention: Any, share: float) -> Floats:
    """One variance for both arms: v0/K0 + v1/K1 = v (1/K0 + 1/K1)."""
    if not 0 < share < 1:
        raise NotEstimable("the share of treated locations must lie between 0 and 1")
    return np.asarray(control * share + intervention * (1 - share))


def _proportions(control: ArrayLike, intervention: ArrayLike) -> tuple[Floats, Floats]:
    p0, p1 = _all(control, intervention)
    if not ((p0 > 0).all() and (p0 < 1).all() and (p1 > 0).all() and (p1 < 1).all()):
        raise NotEstimable("proportions must lie between 0 and 1")
    return p0, p1


def _moments(effect: Any, variance: Any, icc: ArrayLike) -> Moments:
    own = np.broadcast_arrays(effect, np.sqrt(variance), np.asarray(icc, dtype=np.float64))
    return Moments(*(np.asarray(one, dtype=np.float64) for one in own))


def _all(*values: ArrayLike) -> list[NDArray[Any]]:
    return [np.asarray(one, dtype=np.float64) for one in values]
