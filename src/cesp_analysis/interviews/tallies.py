"""A coefficient that is a function of sums over units, with its interval from resampled units.

Each kind of agreement here adds up something of each unit (which cells its codings fall into) and
is worked out from the totals alone; so a draw of units, or leaving one out, is a weighted sum, and
all draws are one product of matrices.

Sources: Zapf et al. (2016), BMC Med Res Methodol 16:93 (alpha and Fleiss' kappa from units drawn
with replacement); Efron (1987), JASA 82:171-85 (BCa), which holds the truth more often than
percentiles where a category is rare.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from cesp_analysis.measurement.quantity import LEVEL, Quantity
from cesp_analysis.measurement.resampling import bca_limits, counts
from cesp_analysis.numbers import counted

DRAWS, SEED = 2_000, 20_260_115
FEWEST = {"excerpts": 20, "interviews": 10}
"""Units below which draws say too little of others: there is then no interval. Of 10 to 15
interviews 95% limits hold the truth in .90 to .93 of studies (docs/validation.md)."""
UNDEFINED = 0.05
"""If more draws than this share have no value, those that have one are a choice of them."""
PERFECT = "perfect agreement: no error to make an interval of"
ALIKE = "every draw has this value, as where a coder never gave it: no error to make an interval of"
BLOCK = 2_000_000
"""Numbers that are held at once."""

Drawn = Literal["excerpts", "interviews"]
Statistic = Callable[[np.ndarray], np.ndarray]
"""Totals (draws, p) → the coefficient in each (draws,), NaN where it is 0 / 0."""


@dataclass(frozen=True)
class Tallies:
    """What units add up. sums (u, p): of each different unit; times (u,): how many such units
    there are; drawn: what a unit is."""

    sums: np.ndarray
    times: np.ndarray
    drawn: Drawn = "excerpts"

    @property
    def n(self) -> int:
        """How many units there are."""
        return int(self.times.sum())

    @property
    def total(self) -> np.ndarray:
        """The sums of all units, (1, p)."""
        return np.asarray(self.times @ self.sums)[None, :]


def tallied(sums: np.ndarray, groups: np.ndarray | None, drawn: Drawn = "excerpts") -> Tallies:
    """Of excerpts' sums (n, p); groups (n,): interviews, of which each is then a unit, all of them
    different."""
    if groups is not None:
        whose = np.unique(groups, return_inverse=True)[1]
        whole = np.zeros((int(whose.max()) + 1 if len(whose) else 0, sums.shape[1]))
        np.add.at(whole, whose, sums)
        order = np.lexsort(np.round(whole, 9).T[::-1])  # thirds add up to other last digits
        return Tallies(whole[order], np.ones(len(whole), dtype=np.int64), drawn)
    different, times = np.unique(sums, axis=0, return_counts=True)
    return Tallies(different, times, drawn)


def resampled(
    of: Tallies, statistic: Statistic, draws: int = DRAWS, seed: int = SEED
) -> np.ndarray:
    """The coefficient in each draw of as many units with replacement: (draws,)."""
    if (of.times == 1).all() and of.n * draws <= BLOCK:
        return statistic(_evenly(of.n, draws, seed) @ of.sums)
    rng = np.random.default_rng(seed)
    step = max(1, BLOCK // max(of.sums.size, 1))
    made = [
        statistic(rng.multinomial(of.n, of.times / of.n, min(step, draws - start)) @ of.sums)
        for start in range(0, draws, step)
    ]
    return np.concatenate(made)


@lru_cache(maxsize=4)
def _evenly(units: int, draws: int, seed: int) -> np.ndarray:
    """How often each of different units is in each draw: the same for all coefficients of them."""
    return counts(units, draws, np.random.default_rng(seed))


def influence(of: Tallies, statistic: Statistic) -> np.ndarray:
    """How much one unit of each different kind moves the coefficient (u,): by leaving it out."""
    left = statistic(of.total - of.sums)
    return np.asarray(of.times @ left / of.n - left)


def by_draws(
    of: Tallies,
    statistic: Statistic,
    name: str,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = SEED,
) -> Quantity:
    """The coefficient (which must not be 0 / 0) with the limits of its draws (BCa)."""
    value = float(statistic(of.total)[0])
    if reason := _no_interval(of, value):
        return Quantity(value, method=name, reason=reason)
    made = resampled(of, statistic, draws, seed)
    there, moved = made[np.isfinite(made)], influence(of, statistic)
    if len(there) < (1 - UNDEFINED) * draws or not np.isfinite(moved).all():
        rare = f"too few {of.drawn} differ: many of their draws have one category alone"
        return Quantity(value, method=name, reason=rare)
    if np.ptp(there) <= 1e-12:
        return Quantity(value, method=name, reason=ALIKE)
    low, high = bca_limits(value, there, np.repeat(moved, of.times), level)
    return Quantity(value, low, high, f"{name}; BCa of {draws:,} draws of {of.drawn}")


def _no_interval(of: Tallies, value: float) -> str | None:
    """Why there is no interval, if there is none."""
    if value >= 1 - 1e-12:
        return PERFECT
    if of.n < (fewest := FEWEST[of.drawn]):
        return f"{counted(of.n, of.drawn[:-1])}: an interval needs at least {fewest}"
    if len(of.times) == 1:
        return f"all {of.drawn} were coded alike: no error to make an interval of"
    return None
