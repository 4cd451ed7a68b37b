"""How alike two groups are before and after weighting, and how much is left of them.

Standardised mean differences are divided by the groups' pooled standard deviation before weighting,
so that only means move between before and after (Austin 2009, Stat Med 28:3083-107). Effective
sample sizes: Kish (1965), (sum w)^2 / sum w^2.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from cesp_analysis.arrays import Floats


@dataclass(frozen=True)
class Group:
    """Records under a name, such as 'intervention': rows (n,) true for its records."""

    name: str
    rows: np.ndarray


@dataclass(frozen=True)
class GroupWeights:
    """n records, how many equally weighted ones they are worth, the largest share of one."""

    n: int
    effective: float
    largest_share: float


@dataclass(frozen=True)
class CovariateBalance:
    """One covariate in two groups; ratios of variances (one over other) are None for 0/1.

    n: the groups' records; count: of these, whose 0/1 covariate is 1, None for numbers.
    """

    mean_one_before: float
    mean_other_before: float
    difference_before: float
    ratio_before: float | None
    mean_one_after: float
    mean_other_after: float
    difference_after: float
    ratio_after: float | None
    n_one: int
    n_other: int
    count_one: int | None
    count_other: int | None


def weights_of(groups: list[Group], weight: Floats) -> dict[str, GroupWeights]:
    """Group → its number of records, effective sample size and largest share."""
    found = {}
    for group in groups:
        own = weight[group.rows] / weight[group.rows].sum()
        found[group.name] = GroupWeights(len(own), 1 / float(own @ own), float(own.max()))
    return found


def balance_of(
    one: Group, other: Group, x: Floats, names: tuple[str, ...], before: Floats, after: Floats
) -> dict[str, CovariateBalance]:
    """Covariate → its balance, under weights (n,) before (sampling) and after."""
    found = {}
    for name, value in zip(names, x.T, strict=True):
        binary = bool(np.isin(value, (0, 1)).all())
        moments = [
            (*_moments(value[one.rows], w[one.rows]), *_moments(value[other.rows], w[other.rows]))
            for w in (before, after)
        ]
        pooled = np.sqrt((moments[0][1] + moments[0][3]) / 2)
        parts: list[float | None] = []
        for mean_one, spread_one, mean_other, spread_other in moments:
            ratio = None if binary or spread_other == 0 else spread_one / spread_other
            parts += [mean_one, mean_other, (mean_one - mean_other) / pooled, ratio]
        here = [value[own.rows] for own in (one, other)]
        counts = [int(held.sum()) if binary else None for held in here]
        found[name] = CovariateBalance(*parts, *map(len, here), *counts)  # type: ignore[arg-type]
    return found


def _moments(value: Floats, weight: Floats) -> tuple[float, float]:
    """Weighted mean and variance; with equal weights the variance of n - 1."""
    share = weight / weight.sum()
    mean = float(share @ value)
    return mean, float(share @ (value - mean) ** 2) / (1 - float(share @ share))


def known(found: Any) -> dict[str, float]:
    """A record of numbers as diagnostics hold it: without those that do not exist."""
    return {key: value for key, value in asdict(found).items() if value is not None}


def differing(balance: dict[str, CovariateBalance], beyond: float) -> Iterator[tuple[str, float]]:
    """Covariates whose standardised difference after weighting is larger than `beyond`."""
    for name, one in balance.items():
        if abs(one.difference_after) > beyond:
            yield name, one.difference_after
