"""McDonald's omega total of one factor, with a bootstrap interval.

Algorithm: one factor by maximum likelihood of the correlations of complete answers (one_factor.py,
the optimum of R's factanal); omega = (Σλ)² / ((Σλ)² + Σψ) of standardised items (McDonald 1999).
Other programs extract the factor otherwise, or add group factors, and differ in the second decimal.
Interval: BCa of 2,000 draws of people, each fitted again; acceleration from the derivative of omega
by each person's weight, which is exact (the likelihood equations differentiated).
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.measurement.directions import Items
from cesp_analysis.measurement.one_factor import LEAST, OneFactor, equations, one_factor
from cesp_analysis.measurement.quantity import LEVEL, complete
from cesp_analysis.measurement.reliability import too_few, unvaried
from cesp_analysis.measurement.resampling import (
    DRAWS,
    FEWEST,
    bca_limits,
    resampled_means,
    sorted_columns,
    sorted_rows,
)

METHOD = "omega total, one factor by maximum likelihood of standardised items"
SINGULAR = 1e-8
"""Smallest eigenvalue of correlations below which items determine each other."""
LOST = 0.05
"""Share of draws without a fit beyond which there is no interval."""


@dataclass(frozen=True)
class Omega:
    """Omega of n people and the k items that vary.

    loadings: of every item asked, standardised, NaN of a constant one; at_limit: columns whose
    uniqueness stopped at 0.005 (Heywood cases). reason: why there is no value, or no interval.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    k: int
    loadings: np.ndarray
    at_limit: Items
    constant: Items
    method: str = METHOD
    reason: str | None = None


def omega_total(
    items: np.ndarray, seed: int = 1, draws: int = DRAWS, level: float = LEVEL
) -> Omega:
    """Omega of complete answers (n, items), as they are stored: nothing is turned round.

    draws = 0: no interval is asked for.
    """
    items = complete(items, 2)
    n, asked = items.shape
    constant = unvaried(items)
    kept = np.setdiff1d(np.arange(asked), constant)
    kept = kept[sorted_columns(items[:, kept])]
    loadings, k = np.full(asked, np.nan), len(kept)
    if reason := too_few(n, asked, k) or (None if k > 2 else _two_items(k)):
        return Omega(None, None, None, n, k, loadings, (), constant, reason=reason)
    scores = standardised(sorted_rows(items[:, kept]))
    correlation = scores.T @ scores / n
    if np.linalg.eigvalsh(correlation)[0] < SINGULAR:
        reason = "some items follow from others: there is no one-factor fit"
        return Omega(None, None, None, n, k, loadings, (), constant, reason=reason)
    fit = one_factor(correlation[None])
    if not fit.found[0]:
        reason = "the one-factor fit did not converge"
        return Omega(None, None, None, n, k, loadings, (), constant, reason=reason)
    loadings[kept] = fit.loadings[0]
    at_limit = tuple(sorted(int(c) for c in kept[fit.uniqueness[0] <= LEAST]))
    value, low, high = float(fit.omega[0]), None, None
    method, reason = METHOD, "no draws were asked for: no interval"
    if draws and n < FEWEST:
        reason = f"{n} people: no bootstrap interval from fewer than {FEWEST}"
    elif draws:
        made = _drawn(scores, fit.loadings[0], draws, seed)
        method = f"{METHOD}, BCa bootstrap of people, {len(made):,} draws"
        reason = f"in {draws - len(made):,} of {draws:,} draws there was no fit: no interval"
        if draws - len(made) <= LOST * draws:
            low, high = bca_limits(value, made, influence(scores, fit), level)
            reason = None
    return Omega(value, low, high, n, k, loadings, at_limit, constant, method, reason)


def standardised(items: np.ndarray) -> np.ndarray:
    """Columns (n, k) with mean 0 and variance 1, over n."""
    return np.asarray((items - items.mean(axis=0)) / items.std(axis=0))


def _drawn(scores: np.ndarray, start: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """Omega of each draw that has a fit."""
    correlations = drawn_correlations(scores, draws, seed)
    usable = np.isfinite(correlations).all(axis=(1, 2))
    usable[usable] = np.linalg.eigvalsh(correlations[usable])[:, 0] > SINGULAR
    fits = one_factor(correlations[usable], start)
    return np.asarray(fits.omega[fits.found])


def drawn_correlations(scores: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """Correlations (draws, k, k) of standardised scores (n, k) in draws of people; NaN in those in
    which an item does not vary."""
    k = scores.shape[1]
    upper = np.triu_indices(k)
    products = scores[:, upper[0]] * scores[:, upper[1]]
    means = resampled_means(np.column_stack([scores, products]), draws, seed)
    covariance = np.empty((draws, k, k))
    covariance[:, upper[0], upper[1]] = means[:, k:]
    covariance[:, upper[1], upper[0]] = means[:, k:]
    covariance -= means[:, :k, None] * means[:, None, :k]
    variance = np.einsum("rii->ri", covariance)
    sd = np.sqrt(np.where(variance > SINGULAR, variance, np.nan))
    return np.asarray(covariance / (sd[:, :, None] * sd[:, None, :]))


def influence(scores: np.ndarray, fit: OneFactor) -> np.ndarray:
    """The derivative of omega by the weight of each person (n,), times n."""
    n = len(scores)
    correlation = scores.T @ scores / n
    loadings, uniqueness = fit.loadings[0], fit.uniqueness[0]
    scaled, slope = (part[0] for part in equations(correlation[None], fit.loadings, fit.uniqueness))
    moved = scores * (scores @ scaled)[:, None]
    moved -= scores**2 * (correlation @ scaled) / 2 + scores**2 @ (correlation * scaled).T / 2
    common, unique = loadings.sum(), uniqueness.sum()
    freed = np.where(uniqueness > LEAST, -2 * loadings, 0.0)
    ascent = (2 * common * unique - common**2 * freed) / (common**2 + unique) ** 2
    return np.asarray(-moved @ np.linalg.solve(slope.T, ascent))


def _two_items(k: int) -> str:
    return f"{k} items vary: a factor needs at least 3"
