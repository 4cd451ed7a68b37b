"""Krippendorff's alpha: agreement of any number of coders, codings missing or not.

Sources: Krippendorff (2011), Computing Krippendorff's alpha-reliability, Univ. of Pennsylvania
(coincidences, difference functions, the example with missing codings); Krippendorff (2004), Content
Analysis, 2nd ed., ch. 11. Values to test against there.
"""

from typing import Literal

import numpy as np

from cesp_analysis.interviews.tallies import Statistic

Metric = Literal["nominal", "ordinal", "interval"]


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


def alpha_of(values: np.ndarray, metric: Metric) -> Statistic:
    """Alpha as a function of total coincidences; values (k,): the categories', in rising order.

    1 − (n − 1) Σ o δ² / Σ n_c n_k δ², o the coincidences, n_c their margins, n the codings that can
    be paired; ordinal δ is made of the margins of each draw. NaN: one category alone.
    """

    def alpha(totals: np.ndarray) -> np.ndarray:
        k = len(values)
        seen = totals.reshape(len(totals), k, k)
        margins = seen.sum(axis=2)
        apart = _apart(values, metric, margins)
        observed = (seen * apart).sum(axis=(1, 2))
        by_chance = np.einsum("di,dij,dj->d", margins, apart, margins)
        n = margins.sum(axis=1)
        least = 1e-12 * n**2 * apart.max(axis=(1, 2))
        ratio = observed / np.where(by_chance > least, by_chance, np.nan)
        return np.asarray(1 - (n - 1) * ratio)

    return alpha


def _apart(values: np.ndarray, metric: Metric, margins: np.ndarray) -> np.ndarray:
    """Squared differences of categories, (1 or draws, k, k)."""
    if metric == "nominal":
        return (1 - np.eye(len(values)))[None]
    if metric == "interval":
        return np.asarray(np.subtract.outer(values, values)[None] ** 2)
    middle = margins.cumsum(axis=1) - margins / 2
    return np.asarray((middle[:, :, None] - middle[:, None, :]) ** 2)
