"""Textbook formulas that answer without a matrix: planning's variances are held to them."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cesp_analysis.arrays import Floats


def _all(*values: ArrayLike) -> list[NDArray[Any]]:
    return [np.asarray(one, dtype=np.float64) for one in values]


def relative_precision(people: ArrayLike, icc: ArrayLike, size_cv: ArrayLike) -> Floats:
    """Precision with unequal sizes over that with equal ones, locations weighed by a mixed model.

    1 - cv² L (1 - L), L = m icc / (1 + (m - 1) icc). Source: van Breukelen, Candel & Berger 2007,
    Stat Med 26:2589-603.
    """
    people, icc, cv = _all(people, icc, size_cv)
    share = people * icc / (1 + (people - 1) * icc)
    return np.asarray(1 - cv**2 * share * (1 - share))


def correlation_of_means(
    people: ArrayLike, icc: ArrayLike, cac: ArrayLike, iac: ArrayLike
) -> Floats:
    """r of a location's means before and after: (m icc cac + (1 - icc) iac) / (1 + (m - 1) icc).

    Source: Teerenstra, Eldridge, Graff, de Hoop & Borm 2012, Stat Med 31:2169-78. The variance of
    the effect is 1 - r² times that without a baseline if it is adjusted for, 2 (1 - r) as a change.
    """
    people, icc, cac, iac = _all(people, icc, cac, iac)
    return np.asarray((people * icc * cac + (1 - icc) * iac) / (1 + (people - 1) * icc))


def fewest_locations(individual: ArrayLike, icc: ArrayLike) -> Floats:
    """Locations in an arm at or below which no number of people is enough: n icc.

    individual: people an arm that a trial of individuals would need. Source: Hemming, Girling,
    Sitch, Marsh & Lilford 2011, BMC Med Res Methodol 11:102.
    """
    individual, icc = _all(individual, icc)
    return np.asarray(individual * icc)


def people_of_fixed_locations(individual: ArrayLike, icc: ArrayLike, arm: ArrayLike) -> Floats:
    """People of each of so many locations in an arm: n (1 - icc) / (k - n icc); inf if too few.

    Source: Hemming and colleagues 2011.
    """
    individual, icc, arm = _all(individual, icc, arm)
    left = arm - individual * icc
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(left > 0, individual * (1 - icc) / left, np.inf)


def hussey_hughes(treated: Floats, between: ArrayLike, within: ArrayLike) -> Floats:
    """Variance of a stepped wedge's effect with a location effect that is the same in all periods.

    treated (locations, periods); between: variance of locations; within: of a location's mean in
    one period, given the location (s²/m). Source: Hussey & Hughes 2007, Contemp Clin Trials
    28:182-91, eq. 8.
    """
    t2, s2 = _all(between, within)
    i, t = treated.shape
    u, w = treated.sum(), (treated.sum(axis=0) ** 2).sum()
    v = (treated.sum(axis=1) ** 2).sum()
    below = (i * u - w) * s2 + (u**2 + i * t * u - t * w - i * v) * t2
    return np.asarray(i * s2 * (s2 + t * t2) / below)
