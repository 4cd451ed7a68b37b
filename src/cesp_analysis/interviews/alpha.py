"""Krippendorff's alpha: agreement of any number of coders, codings missing or not.

Sources: Krippendorff (2011), Computing Krippendorff's alpha-reliability, Univ. of Pennsylvania
(coincidences, difference functions, the example with missing codings); Krippendorff (2004), Content
Analysis, 2nd ed., ch. 11. Values to test against there.
"""

from math import isqrt

import numpy as np


def coincidences(ratings: np.ndarray, categories: int) -> np.ndarray:
    """What each unit adds to the matrix of coincidences: (n, categories²).

    ratings (n, c): codes 0 to categories − 1, NaN where a coder has none. A unit of m codings adds
    its m (m − 1) ordered pairs of different coders, each over m − 1; of a single coding nothing.
    """
    used = counts(ratings, categories)
    m = used.sum(axis=1)
    pairs = used[:, :, None] * used[:, None, :]
    every = np.arange(categories)
    pairs[:, every, every] -= used
    made: np.ndarray = pairs / np.maximum(m - 1, 1)[:, None, None]
    return made.reshape(len(ratings), categories**2)


def counts(ratings: np.ndarray, categories: int) -> np.ndarray:
    """How many coders gave each unit each category: (n, categories)."""
    unit, coder = np.nonzero(~np.isnan(ratings))
    made = np.zeros((len(ratings), categories))
    np.add.at(made, (unit, ratings[unit, coder].astype(np.int64)), 1.0)
    return made


def alpha(totals: np.ndarray) -> np.ndarray:
    """Alpha of total coincidences (draws, k²); NaN: one category alone.

    1 − (n − 1) D / C: D coincidences of different categories, C = n² − Σ n_c² of their margins n_c,
    n the codings that can be paired.
    """
    k = isqrt(totals.shape[1])
    seen = totals.reshape(len(totals), k, k)
    margins = seen.sum(axis=2)
    n = margins.sum(axis=1)
    observed = n - np.einsum("dcc->d", seen)
    by_chance = n**2 - (margins**2).sum(axis=1)
    ratio = observed / np.where(by_chance > 1e-12 * n**2, by_chance, np.nan)
    return np.asarray(1 - (n - 1) * ratio)
