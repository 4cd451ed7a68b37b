"""Replicates of a sample: what each makes of the design weights of each sampling unit.

The jackknife JKn leaves out one unit at a time: the others of its stratum count n / (n - 1) times
(Rust & Rao 1996, Stat Methods Med Res 5:283-310). The bootstrap draws n - 1 of a stratum's n units
with replacement (Rao & Wu 1988, J Am Stat Assoc 83:231-241, with m = n - 1). A stratum with one
unit is as it is in every replicate: it counts as drawn for certain.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Replicates:
    """factor (r, p): of each sampling unit; scale (r,): a variance is the sum of scale times the
    squares of the replicates' distances from the estimate itself."""

    factor: np.ndarray
    scale: np.ndarray

    def variance(self, of: np.ndarray, estimate: np.ndarray) -> np.ndarray:
        """Of replicates (r, k) of estimates (k,), (k,)."""
        return np.asarray(self.scale @ (of - estimate) ** 2)


def jackknife(stratum_of: np.ndarray) -> Replicates:
    """One replicate for each unit (p,) of a stratum that has another."""
    units = np.bincount(stratum_of)
    out = np.flatnonzero(units[stratum_of] > 1)
    n = units[stratum_of[out]].astype(float)
    same = stratum_of[out][:, None] == stratum_of
    factor = np.where(same, (n / (n - 1))[:, None], 1.0)
    factor[np.arange(len(out)), out] = 0.0
    return Replicates(factor, (n - 1) / n)


def bootstrap(stratum_of: np.ndarray, draws: int, rng: np.random.Generator) -> Replicates:
    """So many draws of n - 1 of each stratum's n units (p,)."""
    factor = np.ones((draws, len(stratum_of)))
    for stratum in range(int(stratum_of.max()) + 1):
        own = np.flatnonzero(stratum_of == stratum)
        n = len(own)
        if n > 1:
            drawn = rng.multinomial(n - 1, np.full(n, 1 / n), size=draws)
            factor[:, own] = drawn * (n / (n - 1))
    return Replicates(factor, np.full(draws, 1 / (draws - 1)))
