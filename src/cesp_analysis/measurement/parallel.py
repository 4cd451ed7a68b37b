"""How many dimensions the items of a scale have: Horn's parallel analysis.

Source: Horn (1965), Psychometrika 30:179-85; the 95th percentile in place of his mean, which
retains too many (Glorfeld 1995, Educ Psychol Meas 55:377-93). Eigenvalues of the whole correlation
matrix beside those of items that keep their own answers, permuted, and so go with no other.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from cesp_analysis.measurement.directions import Items
from cesp_analysis.measurement.polychoric import coded, polychoric, thresholds
from cesp_analysis.measurement.quantity import complete
from cesp_analysis.measurement.reliability import too_few, unvaried
from cesp_analysis.measurement.resampling import sorted_columns

DRAWS, PERCENTILE = 500, 0.95
MANY = 1_000
"""Beyond so many people the correlations of permuted items are drawn from their normal limit,
independent of each other; Pearson's variance is 1 / (n - 1). The percentiles are within 0.015."""

Correlations = Literal["Pearson", "polychoric"]


@dataclass(frozen=True)
class Parallel:
    """eigenvalues (k,) of the k items that vary, largest first; reference (k,): the 95th
    percentiles of items that go with no other; dimensions: how many of the first are larger.
    reason: why there are none."""

    dimensions: int | None
    eigenvalues: np.ndarray
    reference: np.ndarray
    n: int
    k: int
    constant: Items
    correlations: Correlations
    reason: str | None = None

    @property
    def method(self) -> str:
        """In words."""
        return f"parallel analysis, {self.correlations} correlations, 95th percentile"


def parallel_analysis(
    items: np.ndarray, ordinal: bool = False, seed: int = 1, draws: int = DRAWS
) -> Parallel:
    """Of complete answers (n, items). ordinal: polychoric correlations, of few ordered answers."""
    items = complete(items, 2)
    n, asked = items.shape
    constant = unvaried(items)
    items = items[:, np.setdiff1d(np.arange(asked), constant)]
    k = items.shape[1]
    kind: Correlations = "polychoric" if ordinal else "Pearson"
    if reason := too_few(n, asked, k):
        none = np.zeros(0)
        return Parallel(None, none, none, n, k, constant, kind, reason)
    items = items[:, sorted_columns(items)]
    found = polychoric(items).correlation if ordinal else np.corrcoef(items, rowvar=False)
    eigenvalues = np.linalg.eigvalsh(found)[::-1]
    rng = np.random.default_rng(seed)
    made = np.linalg.eigvalsh(unrelated(np.sort(items, axis=0), ordinal, draws, rng))[:, ::-1]
    reference = np.quantile(made, PERCENTILE, axis=0)
    smaller = np.flatnonzero(eigenvalues <= reference)
    dimensions = int(smaller[0]) if len(smaller) else k
    return Parallel(dimensions, eigenvalues, reference, n, k, constant, kind)


def unrelated(items: np.ndarray, ordinal: bool, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Correlations (draws, k, k) of items (n, k) that keep their answers and go with no other."""
    n, k = items.shape
    if ordinal:
        one, two = normal_scores(items)
    else:
        one = (items - items.mean(axis=0)) / items.std(axis=0)
    first, second = np.triu_indices(k, 1)
    if n > MANY:
        variance = (one**2).mean(axis=0)  # of Pearson's scores 1
        sd = 1 / np.sqrt((n - 1) * variance[first] * variance[second])
        pairs = rng.normal(size=(draws, len(first))) * sd
    elif ordinal:
        pairs = np.array([_near_zero(one, two, rng)[first, second] for _ in range(draws)])
    else:
        pairs = np.array([_products(one, rng)[first, second] / n for _ in range(draws)])
    made = np.tile(np.eye(k), (draws, 1, 1))
    made[:, first, second] = made[:, second, first] = np.clip(pairs, -1, 1)
    return made


def normal_scores(items: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means of z and of z² - 1 behind each answer (n, k), given the item's thresholds."""
    codes, categories = coded(items)
    cuts = thresholds(codes, categories)
    flat = np.where(np.isfinite(cuts), cuts, 0.0)
    height = np.where(np.isfinite(cuts), np.exp(-(flat**2) / 2) / np.sqrt(2 * np.pi), 0.0)
    share = np.array([np.bincount(item, minlength=categories) for item in codes.T]) / len(codes)
    share = np.where(share > 0, share, 1.0)
    which = np.arange(codes.shape[1]), codes
    one = -np.diff(height, axis=1) / share
    two = -np.diff(flat * height, axis=1) / share
    return one[which], two[which]


def _near_zero(one: np.ndarray, two: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Polychoric correlations (k, k) of items permuted: one step of Newton's from 0.

    Of unrelated items it is within 1 / n of the maximum of the likelihood: p(a, b) / p(a) p(b) is
    1 + ρ u v + ρ² u₂ v₂ / 2 + ….
    """
    order = rng.permuted(np.tile(np.arange(len(one))[:, None], (1, one.shape[1])), axis=0)
    u, u2 = (np.take_along_axis(part, order, axis=0) for part in (one, two))
    curve = (u**2).T @ u**2 - u2.T @ u2
    score = u.T @ u
    return np.asarray(score / np.maximum(curve, np.abs(score)))


def _products(one: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Sums of products (k, k) of columns (n, k), each permuted."""
    permuted = rng.permuted(one, axis=0)
    return np.asarray(permuted.T @ permuted)
