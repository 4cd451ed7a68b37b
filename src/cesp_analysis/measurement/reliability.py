"""How alike the items of a scale answer: Cronbach's alpha; McDonald's omega is in omega.py.

Sources: Cronbach (1951), Psychometrika 16:297-334; Feldt (1965), Psychometrika 30:357-70, and
Feldt, Woodruff & Salih (1987), Appl Psychol Meas 11:93-103, for the interval.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.measurement.directions import Directions, Items, directions
from cesp_analysis.measurement.quantity import LEVEL, complete, f_quantile

METHOD = "Cronbach's alpha, Feldt interval"
ONE_ITEM = "a scale of one item has no internal consistency"


@dataclass(frozen=True)
class Alpha:
    """Cronbach's alpha of n people and the k items that vary.

    It may be negative: exactly where `average_covariance` of two items is. constant: columns in
    which everybody gave the same answer; they are left out, which changes no score's variance.
    reason: why there is no value, or no interval.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    k: int
    average_covariance: float | None
    directions: Directions | None
    constant: Items
    method: str = METHOD
    reason: str | None = None

    @property
    def against(self) -> Items:
        """Columns that run against the rest, from 0."""
        return self.directions.against if self.directions else ()

    def sentence(self, names: list[str]) -> str | None:
        """What is odd about the items of these names; None if nothing is."""
        parts = []
        if self.constant:
            own = sorted(names[column] for column in self.constant)
            parts.append(f"everybody gave the same answer to {', '.join(own)}: left out")
        if self.average_covariance is not None and self.average_covariance < 0:
            parts.append("average covariance is negative")
        if self.directions and (words := self.directions.words(names)):
            parts.append(words)
        return "; ".join(parts) or None


def alpha(items: np.ndarray, level: float = LEVEL) -> Alpha:
    """Cronbach's alpha of complete answers (n, k), as they are stored: nothing is turned round."""
    items = complete(items, 2)
    n, asked = items.shape
    constant = unvaried(items)
    items = items[:, [column for column in range(asked) if column not in constant]]
    k = items.shape[1]
    if reason := too_few(n, asked, k):
        return Alpha(None, None, None, n, k, None, None, constant, reason=reason)
    covariance = np.cov(items, rowvar=False)
    total, own = float(covariance.sum()), float(np.trace(covariance))
    average = (total - own) / (k * (k - 1))
    found = _of_all(directions(items), asked, constant)
    if total <= own * np.finfo(float).eps * n:
        reason = "the sum of the items is the same for everybody: alpha is not defined"
        return Alpha(None, None, None, n, k, average, found, constant, reason=reason)
    value = k / (k - 1) * (1 - own / total)
    if 1 - value < np.finfo(float).eps * n * k:
        reason = "the items agree perfectly: no error to make an interval of"
        return Alpha(1.0, None, None, n, k, average, found, constant, reason=reason)
    return Alpha(value, *feldt(value, n, k, level), n, k, average, found, constant)


def feldt(value: float, n: int, k: int, level: float = LEVEL) -> tuple[float, float]:
    """The interval of alpha: 1 - (1 - alpha) F, F on n - 1 and (n - 1)(k - 1) df."""
    tail = (1 - level) / 2
    df, df_error = n - 1, (n - 1) * (k - 1)
    low = 1 - (1 - value) * f_quantile(1 - tail, df, df_error)
    return low, 1 - (1 - value) * f_quantile(tail, df, df_error)


def unvaried(items: np.ndarray) -> Items:
    """Columns of (n, k) in which all answers are the same."""
    return tuple(int(column) for column in np.flatnonzero(np.ptp(items, axis=0) == 0))


def too_few(n: int, asked: int, vary: int) -> str | None:
    """Why so many people and items have no reliability; None if they may."""
    if asked < 2:
        return ONE_ITEM
    if n < 3:
        return f"{n} people answered all items: at least 3 are needed"
    if vary < 2:
        return f"{vary} of {asked} items vary: at least 2 are needed"
    return None


def _of_all(found: Directions, asked: int, constant: Items) -> Directions:
    """Directions of the items that vary, by their columns among all."""
    kept = [column for column in range(asked) if column not in constant]
    correlation = np.full(asked, np.nan)
    correlation[kept] = found.rest_correlation

    def moved(columns: Items) -> Items:
        return tuple(kept[column] for column in columns)

    halves = (moved(found.halves[0]), moved(found.halves[1])) if found.halves else None
    return Directions(moved(found.against), halves, correlation)
