"""Resampling people, many draws at once, and the interval that corrects for bias and skewness.

Source: Efron (1987), JASA 82:171-85 (BCa); DiCiccio & Efron (1996), Stat Sci 11:189-228, eqs 2.3,
2.8 and 6.6.
"""

import numpy as np

from cesp_analysis.measurement.quantity import LEVEL, normal_quantile

DRAWS = 2_000
BLOCK = 4_000_000
"""Most cells (people × draws) of one block of counts: 32 MB."""


def counts(n: int, draws: int, seed: int) -> np.ndarray:
    """How often each of n people is in each draw of n with replacement: (draws, n)."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, n, (draws, n), dtype=np.int64)
    drawn += np.arange(draws)[:, None] * n
    return np.bincount(drawn.ravel(), minlength=draws * n).reshape(draws, n).astype(float)


def resampled_means(of: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """The means of columns (n, p) in each draw (draws, p), in blocks that fit in memory.

    Rows that differ only in their order give other draws: sort them first (`sorted_rows`).
    """
    n = len(of)
    step = max(1, BLOCK // n)
    blocks = range(0, draws, step)
    seeds = np.random.SeedSequence(seed).generate_state(len(blocks))
    means = [
        counts(n, min(step, draws - start), int(own)) @ of / n
        for start, own in zip(blocks, seeds, strict=True)
    ]
    return np.concatenate(means)


def sorted_rows(of: np.ndarray) -> np.ndarray:
    """The rows (n, p) by their values, so that draws do not depend on the order of people."""
    return of[np.lexsort(of.T[::-1])]


def bca_limits(
    estimate: float, draws: np.ndarray, influence: np.ndarray, level: float = LEVEL
) -> tuple[float, float]:
    """Both limits of an estimate from its draws (r,) and each person's influence on it (n,)."""
    from scipy.special import ndtr, ndtri  # type: ignore[import-untyped, unused-ignore]

    r = len(draws)
    below = (np.sum(draws < estimate) + np.sum(draws == estimate) / 2) / r
    bias = float(ndtri(np.clip(below, 0.5 / r, 1 - 0.5 / r)))
    spread = float(np.sum(influence**2))
    skewness = float(np.sum(influence**3)) / (6 * spread**1.5) if spread > 0 else 0.0
    z = bias + np.array([-1.0, 1.0]) * normal_quantile(0.5 + level / 2)
    low, high = np.quantile(draws, ndtr(bias + z / (1 - skewness * z)))
    return float(low), float(high)
