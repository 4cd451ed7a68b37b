"""Resampling people, many draws at once, and the interval that corrects for bias and skewness.

Sources: Efron (1987), JASA 82:171-85 (BCa); DiCiccio & Efron (1996), Stat Sci 11:189-228, eqs 2.3,
2.8 and 6.6.
"""

import numpy as np

from cesp_analysis.measurement.quantity import LEVEL, normal_quantile

DRAWS = 2_000
MANY, POOLED = 1_000, 500
"""More than MANY people are put at random into POOLED groups, which are drawn whole: groups are as
independent as people, and 500 of them give an SE to 1/√(2 × 500) of itself."""
FEWEST = 10
"""People below which draws say too little of others: there is then no interval."""
BLOCK = 100_000
"""Cells (units × draws) that are counted at once: they stay in a processor's own memory."""


def resampled_means(of: np.ndarray, draws: int, seed: int) -> np.ndarray:
    """The means of columns (n, p) in each draw of n people with replacement: (draws, p).

    Rows that differ only in their order give other draws: sort them first (`sorted_rows`).
    """
    rng = np.random.default_rng(seed)
    sums, size = _units(of, rng)
    units = len(size)
    step = max(1, BLOCK // units)
    both = np.column_stack([sums, size])
    made = np.empty((draws, both.shape[1]))
    for start in range(0, draws, step):
        stop = min(start + step, draws)
        made[start:stop] = counts(units, stop - start, rng) @ both
    return made[:, :-1] / made[:, -1:]


def counts(units: int, draws: int, rng: np.random.Generator) -> np.ndarray:
    """How often each unit is in each draw of as many, with replacement: (draws, units)."""
    drawn = rng.integers(0, units, (draws, units))
    drawn += np.arange(draws)[:, None] * units
    return np.bincount(drawn.ravel(), minlength=draws * units).reshape(draws, units).astype(float)


def _units(of: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """What is drawn: sums (u, p) and numbers of people (u,)."""
    n = len(of)
    if n <= MANY:
        return of, np.ones(n)
    starts = np.linspace(0, n, POOLED, endpoint=False).astype(int)
    size = np.diff(np.append(starts, n)).astype(float)
    return np.add.reduceat(of[rng.permutation(n)], starts), size


def sorted_rows(of: np.ndarray) -> np.ndarray:
    """The rows (n, p) by their values, so that draws do not depend on the order of people."""
    return of[np.lexsort(of.T[::-1])]


def sorted_columns(items: np.ndarray) -> np.ndarray:
    """The order of columns (n, k) by what they hold, whatever the order of rows and columns."""
    total = np.sort(items, axis=1).sum(axis=1)
    with_total = items * total[:, None], items**2 * total[:, None]
    keys = [np.sort(part, axis=0).sum(axis=0) for part in (items, items**2, *with_total)]
    return np.lexsort(keys)


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
