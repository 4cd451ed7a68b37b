"""Kappa of two coders and of several, and plain agreement, as functions of sums over units.

Sources: Cohen (1960), Educ Psychol Meas 20:37-46, and (1968), Psychol Bull 70:213-20 (weights);
Fleiss (1971), Psychol Bull 76:378-82 (several coders); Light (1971), Psychol Bull 76:365-77 (mean
of the pairs' kappas).
"""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from cesp_analysis.interviews.alpha import counts
from cesp_analysis.interviews.tallies import Statistic


def pair_tables(ratings: np.ndarray, categories: int) -> np.ndarray:
    """Of each unit the cell of each pair of coders: (n, pairs × categories²), 0 where one of the
    two has none."""
    return np.hstack([_table(ratings[:, [a, b]], categories) for a, b in _pairs(ratings.shape[1])])


def _pairs(coders: int) -> Iterator[tuple[int, int]]:
    return combinations(range(coders), 2)


def _table(two: np.ndarray, categories: int) -> np.ndarray:
    """The cell of each unit, (n, categories²)."""
    made = np.zeros((len(two), categories**2))
    both = np.flatnonzero(~np.isnan(two).any(axis=1))
    first, second = two[both].astype(np.int64).T
    made[both, first * categories + second] = 1.0
    return made


def mean_kappa(agree: np.ndarray) -> Statistic:
    """The mean of Cohen's kappas of all pairs of coders, of their tables' totals.

    agree (k, k): weights of agreement. NaN: a pair has no unit, or one category alone.
    """

    def kappa(totals: np.ndarray) -> np.ndarray:
        k = len(agree)
        tables = totals.reshape(len(totals), -1, k, k)
        n = tables.sum(axis=(2, 3))
        shares = tables / np.where(n > 0, n, np.nan)[:, :, None, None]
        apart = 1 - agree
        observed = (shares * apart).sum(axis=(2, 3))
        chance = np.einsum("dpi,ij,dpj->dp", shares.sum(axis=3), apart, shares.sum(axis=2))
        each = 1 - observed / np.where(chance > 1e-12, chance, np.nan)
        return np.asarray(each.mean(axis=1))

    return kappa


def fleiss_sums(ratings: np.ndarray, categories: int) -> np.ndarray:
    """Of each unit the share of its pairs of coders that agree, its shares of categories, and 1:
    (n, 1 + categories + 1); units with the same number of codings, at least 2."""
    used = counts(ratings, categories)
    m = used.sum(axis=1)
    alike = (used * (used - 1)).sum(axis=1) / (m * (m - 1))
    return np.column_stack([alike, used / m[:, None], np.ones(len(used))])


def fleiss(totals: np.ndarray) -> np.ndarray:
    """Fleiss' kappa of totals (d, 1 + k + 1); NaN: one category alone."""
    shares = totals[:, :-1] / totals[:, -1:]
    chance = (shares[:, 1:] ** 2).sum(axis=1)
    left = np.where(chance < 1 - 1e-12, 1 - chance, np.nan)
    return np.asarray((shares[:, 0] - chance) / left)


def alike_sums(ratings: np.ndarray, categories: int) -> np.ndarray:
    """Of each unit the share of its pairs of coders that agree, and 1; 0, 0 if it has no pair."""
    used = counts(ratings, categories)
    m = used.sum(axis=1)
    pairs = np.where(m > 1, m * (m - 1), np.nan)
    share = np.nan_to_num((used * (used - 1)).sum(axis=1) / pairs)
    return np.column_stack([share, np.where(m > 1, 1.0, 0.0)])


def alike(totals: np.ndarray) -> np.ndarray:
    """The mean share of totals (d, 2)."""
    return np.asarray(totals[:, 0] / totals[:, 1])
