"""Correlations of what lies behind ordered answers, all pairs of items at once.

Two steps (Olsson 1979, Psychometrika 44:443-60): thresholds from each item's own answers, then each
correlation by maximum likelihood given them, as R's polycor has it: no cell is corrected. Its
standard error is from the expected information about the correlation alone.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.measurement.bivariate_normal import density, distribution
from cesp_analysis.measurement.directions import Items
from cesp_analysis.measurement.quantity import complete

MOST = 0.999
"""Largest correlation that is looked for: cells off the diagonal may be empty."""
CLOSE, ROUNDS = 1e-10, 60
TINY = 1e-12
"""Least probability of a cell."""


@dataclass(frozen=True)
class Polychoric:
    """correlation (k, k), NaN of constant items; std_error (k, k), 0 on the diagonal, NaN at a
    limit; at_limit: pairs of columns that stopped at ±0.999; sparse: smallest expected answers of
    a cell of any pair; positive: whether the matrix is positive definite (items that vary)."""

    correlation: np.ndarray
    std_error: np.ndarray
    at_limit: tuple[tuple[int, int], ...]
    constant: Items
    sparse: float
    positive: bool


@dataclass(frozen=True)
class Pairs:
    """Tables (p, a, b) of pairs of items, thresholds (p, a + 1) and (p, b + 1) with infinite ends;
    categories that an item lacks have no width."""

    tables: np.ndarray
    one: np.ndarray
    two: np.ndarray


def polychoric(items: np.ndarray) -> Polychoric:
    """Of complete answers (n, k) in few ordered categories, as they are stored."""
    items = complete(items, 2)
    k = items.shape[1]
    constant = tuple(int(c) for c in np.flatnonzero(np.ptp(items, axis=0) == 0))
    kept = np.setdiff1d(np.arange(k), constant)
    correlation, error = np.full((2, k, k), np.nan)
    correlation[kept, kept], error[kept, kept] = 1.0, 0.0
    if len(kept) < 2:
        return Polychoric(correlation, error, (), constant, np.nan, False)
    pairs, (first, second) = pairs_of(items[:, kept])
    rho, se = fitted(pairs)
    for matrix, values in ((correlation, rho), (error, se)):
        matrix[kept[first], kept[second]] = matrix[kept[second], kept[first]] = values
    ends = np.flatnonzero(np.isnan(se))
    at_limit = tuple((int(kept[first[e]]), int(kept[second[e]])) for e in ends)
    smallest = float(np.linalg.eigvalsh(correlation[np.ix_(kept, kept)])[0])
    return Polychoric(correlation, error, at_limit, constant, _sparse(pairs), smallest > 0)


def coded(items: np.ndarray) -> tuple[np.ndarray, int]:
    """Categories 0, 1, … of each item (n, k), and the most of any."""
    codes = [np.unique(item, return_inverse=True)[1] for item in items.T]
    return np.column_stack(codes), max(int(own.max()) for own in codes) + 1


def thresholds(codes: np.ndarray, categories: int) -> np.ndarray:
    """Normal quantiles of the cumulative shares (k, categories + 1)."""
    from scipy.special import ndtri  # type: ignore[import-untyped, unused-ignore]

    n = len(codes)
    shares = np.array([np.bincount(item, minlength=categories) for item in codes.T]).cumsum(axis=1)
    start = np.zeros((len(shares), 1))
    return np.asarray(ndtri(np.hstack([start, shares / n])))


def pairs_of(items: np.ndarray) -> tuple[Pairs, tuple[np.ndarray, np.ndarray]]:
    """All pairs of items (n, k) that vary, and their columns."""
    codes, c = coded(items)
    k = codes.shape[1]
    cuts = thresholds(codes, c)
    hot = (codes[:, :, None] == np.arange(c)).reshape(len(codes), k * c).astype(float)
    tables = (hot.T @ hot).reshape(k, c, k, c).transpose(0, 2, 1, 3)
    first, second = np.triu_indices(k, 1)
    return Pairs(tables[first, second], cuts[first], cuts[second]), (first, second)


def fitted(pairs: Pairs) -> tuple[np.ndarray, np.ndarray]:
    """Correlation and standard error of each pair (p,); the error NaN where it stopped at a limit.

    Fisher's scoring, kept between the last two points between which the score changes its sign.
    """
    p = len(pairs.tables)
    rho, low, high = np.zeros(p), np.full(p, -MOST), np.full(p, MOST)
    information = np.ones(p)
    left = np.arange(p)
    for _ in range(ROUNDS):
        at = rho[left]
        score, information[left] = scores(pairs, left, at)
        low[left] = np.where(score > 0, at, low[left])
        high[left] = np.where(score > 0, high[left], at)
        new = at + score / np.maximum(information[left], TINY)
        inside = (new > low[left]) & (new < high[left])
        middle = (low[left] + high[left]) / 2
        rho[left] = np.where(inside, new, middle)
        left = left[np.abs(rho[left] - at) > CLOSE]
        if not len(left):
            break
    ends = MOST - np.abs(rho) < 100 * CLOSE
    error = np.where(ends, np.nan, 1 / np.sqrt(np.maximum(information, TINY)))
    return np.where(ends, np.sign(rho) * MOST, rho), error


def scores(pairs: Pairs, which: np.ndarray, rho: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The slope of the log-likelihood in rho (w,), and the expected information, of some pairs."""
    one, two, tables = pairs.one[which], pairs.two[which], pairs.tables[which]
    grid = one[:, :, None], two[:, None, :], rho[:, None, None]
    share = np.maximum(_cells(distribution(*grid)), TINY)
    slope = _cells(density(*grid))
    n = tables.sum(axis=(1, 2))
    return (tables * slope / share).sum(axis=(1, 2)), n * (slope**2 / share).sum(axis=(1, 2))


def _cells(corners: np.ndarray) -> np.ndarray:
    """What lies between neighbouring corners: (p, a + 1, b + 1) → (p, a, b)."""
    return np.diff(np.diff(corners, axis=1), axis=2)


def _sparse(pairs: Pairs) -> float:
    """The smallest expected count, were the items independent, of a cell of any pair."""
    n = pairs.tables[0].sum()
    rows, columns = pairs.tables.sum(axis=2), pairs.tables.sum(axis=1)
    expected = rows[:, :, None] * columns[:, None, :] / n
    return float(expected[expected > 0].min())
