"""What unequal sizes of locations leave of what they tell, under the law that trials draw.

How it is computed: sizes g, over their mean, are gamma with mean 1 and the CV, and no location asks
fewer than 2 people. A mixed model gives a location the weight g / ((1 - l) g + l) over that of one
of the mean size, l the part of people in its variance there. Means over sizes are by Gauss-Legendre
over the gamma's quantiles, which are interpolated between CVs; to the second order in the CV the
mean weight is 1 - CV² l (1 - l) (van Breukelen, Candel & Berger 2007, Stat Med 26:2589-603), which
holds up to a CV of about 1.
"""

from functools import lru_cache

import numpy as np

from cesp_analysis.arrays import Floats

NODES = 48  # of Gauss-Legendre: 4e-4 of the mean weight at a CV of 2, 6e-5 at .8
MOST_CV = 3.0
"""Where CVs end: of sizes below 2; loss by chance adds to them where few people are asked."""
_STEPS = 300  # between CVs: 1e-5 of the mean weight
LEAST = 2.0
"""People whom a location asks at least, as trials are drawn."""


def weights(
    of_people: Floats, cv: Floats, people: Floats, least: float = LEAST
) -> tuple[Floats, Floats]:
    """Means (n, t) of a location's weights over those at the mean size, and covariances (n, t, t).

    of_people (n, t): parts of people in its variances there; cv (n,): of sizes; people (n,): asked
    on average.
    """
    size, chance = _sizes(cv, people, least)[:, None, :], _nodes()[1]
    part = of_people[..., None]
    weight = size / ((1 - part) * size + part)
    mean = np.asarray(weight @ chance)
    off = weight - mean[..., None]
    return mean, np.asarray((off * chance) @ off.swapaxes(1, 2))


def weight(
    of_people: Floats, cv: Floats, people: Floats, least: float = LEAST
) -> tuple[Floats, Floats]:
    """Mean (n,) of a location's weight over that at the mean size, and its squared CV, where all
    has one part (n,) of people. least: people asked in any."""
    mean, covariance = weights(of_people[:, None], cv, people, least)
    return mean[:, 0], np.asarray(covariance[:, 0, 0] / mean[:, 0] ** 2)


def with_loss(size_cv: Floats, people: Floats, retention: Floats) -> Floats:
    """CV (n,) of how many answer, each of the people (n,) asked by chance."""
    return np.asarray(np.sqrt(size_cv**2 + (1 - retention) / (people * retention)))


def _sizes(cv: Floats, people: Floats, least: float) -> Floats:
    """Sizes over their mean at the nodes (n, NODES)."""
    at = np.minimum(np.nan_to_num(cv), MOST_CV) * (_STEPS / MOST_CV)
    low = np.minimum(at.astype(np.int64), _STEPS - 1)
    share = (at - low)[:, None]
    known = _quantiles()
    found = (1 - share) * known[low] + share * known[low + 1]
    return np.asarray(np.maximum(found, np.minimum(least / people, 1.0)[:, None]))


@lru_cache(maxsize=1)
def _nodes() -> tuple[Floats, Floats]:
    place, chance = np.polynomial.legendre.leggauss(NODES)
    return (place + 1) / 2, chance / 2


@lru_cache(maxsize=1)
def _quantiles() -> Floats:
    """Of gamma laws of mean 1 at the nodes, by CV (_STEPS + 1, NODES); each has mean 1 there."""
    from scipy import special

    place, chance = _nodes()
    squared = np.linspace(0, MOST_CV, _STEPS + 1)[1:, None] ** 2
    found = np.ones((_STEPS + 1, NODES))
    found[1:] = special.gammaincinv(1 / squared, place) * squared
    return np.asarray(found / (found @ chance)[:, None])
