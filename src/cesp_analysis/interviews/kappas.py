"""Kappa of two coders and of several, and plain agreement, as functions of sums over units.

Sources: Fleiss (1971), Psychol Bull 76:378-82 (several coders); Cohen's: measurement/two_raters.py.
"""

from math import isqrt

import numpy as np

from cesp_analysis.interviews.alpha import counts
from cesp_analysis.measurement.two_raters import disagreement


def pair_table(two: np.ndarray, categories: int) -> np.ndarray:
    """Of each unit its cell in the table of two coders: (n, categories²), 0 where one of them has
    none."""
    made = np.zeros((len(two), categories**2))
    both = np.flatnonzero(~np.isnan(two).any(axis=1))
    first, second = two[both].astype(np.int64).T
    made[both, first * categories + second] = 1.0
    return made


def kappa(totals: np.ndarray) -> np.ndarray:
    """Cohen's kappa of tables of two coders, (draws, k²); NaN: no unit, or one category alone."""
    k = isqrt(totals.shape[1])
    tables = totals.reshape(len(totals), k, k)
    n = tables.sum(axis=(1, 2))
    shares = tables / np.where(n > 0, n, np.nan)[:, None, None]
    apart, chance = disagreement(shares, 1 - np.eye(k))
    return np.asarray(1 - apart / np.where(chance > 1e-12, chance, np.nan))


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
    """Of each unit its pairs of coders that agree, and all its pairs."""
    used = counts(ratings, categories)
    m = used.sum(axis=1)
    return np.column_stack([(used * (used - 1)).sum(axis=1) / 2, m * (m - 1) / 2])


def alike(totals: np.ndarray) -> np.ndarray:
    """The share of all pairs that agree, of totals (d, 2)."""
    return np.asarray(totals[:, 0] / totals[:, 1])
