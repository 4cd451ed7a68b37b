"""How alike coders coded: plain agreement, kappa of two and of several, Krippendorff's alpha.

All take ratings (n, c) of n excerpts by c coders: codes 0 to k − 1, NaN where a coder has none.
`groups` (n,): interviews; intervals are then of interviews drawn whole, since excerpts of one are
alike, not of excerpts. Sources: those of kappas.py, alpha.py and tallies.py.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.interviews.alpha import alpha, coincidences
from cesp_analysis.interviews.kappas import (
    alike,
    alike_sums,
    fleiss,
    fleiss_sums,
    kappa,
    pair_table,
)
from cesp_analysis.interviews.tallies import DRAWS, SEED, Statistic, by_draws, tallied
from cesp_analysis.measurement.quantity import LEVEL, Quantity, without

NO_UNITS = "no excerpt was coded by two of them"
NOT_ALL = "no excerpt was coded by all of them"
ONE_CODER = "one coder: agreement needs two"
ONE_CATEGORY = "all codings are of one category, the same: agreement beyond chance is 0 / 0"


@dataclass(frozen=True)
class Draws:
    """How intervals are made."""

    level: float = LEVEL
    draws: int = DRAWS
    seed: int = SEED


USUAL = Draws()


@dataclass(frozen=True)
class Agreement:
    """A coefficient. value: with the interval of drawn units (BCa); units: excerpts that count;
    left_out: those that do not, since too few of the coders coded them."""

    value: Quantity
    units: int
    left_out: int


def percent(
    ratings: np.ndarray, categories: int, groups: np.ndarray | None = None, how: Draws = USUAL
) -> Agreement:
    """The share of pairs of codings of an excerpt that agree, of all pairs: one that three coders
    coded has three."""
    sums = alike_sums(ratings, categories)
    there = sums[:, 1] > 0
    if reason := _without(ratings, there):
        return _none(reason, there)
    return _agreement(sums, there, groups, alike, "share of all pairs of codings that agree", how)


def cohen(
    ratings: np.ndarray, categories: int, groups: np.ndarray | None = None, how: Draws = USUAL
) -> Agreement:
    """Cohen's kappa of two coders, of excerpts that both coded: ratings (n, 2)."""
    if ratings.shape[1] != 2:
        raise ValueError(f"Cohen's kappa is of two coders, not {ratings.shape[1]}")
    there = ~np.isnan(ratings).any(axis=1)
    if reason := _without(ratings, there):
        return _none(reason, there)
    sums = pair_table(ratings, categories)
    if not np.isfinite(kappa(sums.sum(axis=0)[None])[0]):
        return _none(ONE_CATEGORY, there)
    return _agreement(sums, there, groups, kappa, "Cohen's kappa", how)


def several(
    ratings: np.ndarray, categories: int, groups: np.ndarray | None = None, how: Draws = USUAL
) -> Agreement:
    """Fleiss' kappa of two coders or more, of excerpts that all of them coded."""
    there = ~np.isnan(ratings).any(axis=1)
    if reason := _without(ratings, there, NOT_ALL):
        return _none(reason, there)
    if len(np.unique(ratings[there])) == 1:
        return _none(ONE_CATEGORY, there)
    sums = np.zeros((len(ratings), categories + 2))
    sums[there] = fleiss_sums(ratings[there], categories)
    return _agreement(sums, there, groups, fleiss, "Fleiss' kappa", how)


def krippendorff(
    ratings: np.ndarray, categories: int, groups: np.ndarray | None = None, how: Draws = USUAL
) -> Agreement:
    """Krippendorff's alpha (nominal) of excerpts of two codings or more."""
    there = (~np.isnan(ratings)).sum(axis=1) > 1
    if reason := _without(ratings, there):
        return _none(reason, there)
    coded = ratings[there]
    if len(np.unique(coded[~np.isnan(coded)])) == 1:
        return _none(ONE_CATEGORY, there)
    sums = coincidences(ratings, categories)
    return _agreement(sums, there, groups, alpha, "Krippendorff's alpha, nominal", how)


def _agreement(
    sums: np.ndarray,
    there: np.ndarray,
    groups: np.ndarray | None,
    statistic: Statistic,
    name: str,
    how: Draws,
) -> Agreement:
    """Of the units that are there."""
    own = None if groups is None else groups[there]
    units = tallied(sums[there], own, "excerpts" if groups is None else "interviews")
    value = by_draws(units, statistic, name, how.level, how.draws, how.seed)
    return Agreement(value, int(there.sum()), int((~there).sum()))


def _without(ratings: np.ndarray, there: np.ndarray, none: str = NO_UNITS) -> str | None:
    """Why there is no value, before any is worked out."""
    if ratings.shape[1] < 2:
        return ONE_CODER
    return None if there.any() else none


def _none(reason: str, there: np.ndarray) -> Agreement:
    return Agreement(without(reason), int(there.sum()), int((~there).sum()))
