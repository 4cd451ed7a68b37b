"""Raking: base weights times a factor of each margin's category, until all margins are met.

Iterative proportional fitting (Deming & Stephan 1940, Ann Math Stat 11:427-444). Of one margin it
is post-stratification, done after one sweep. Many replicates at once: rows of `base`.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.survey.cells import Cells

SWEEPS = 1_000
CLOSE = 1e-10
"""Relative miss of a category at which raking stops."""


@dataclass(frozen=True)
class Factors:
    """factor (r, cells): weights are base weights times it; sweeps or steps it took; miss (r,):
    largest relative miss of a category."""

    factor: np.ndarray
    steps: int
    miss: np.ndarray


def raked(cells: Cells, base: np.ndarray, population: float) -> Factors:
    """Rake base weights (r, cells) to a population.

    It has converged where `miss` is small; margins that no weights of these respondents meet
    together leave a miss after SWEEPS.
    """
    totals = [target.totals(base, population) for target in cells.targets]
    weights, sweeps = base.copy(), 0
    for sweeps in range(1, SWEEPS + 1):  # noqa: B007
        worst = 0.0
        for target, wanted in zip(cells.targets, totals, strict=True):
            sums = target.groups.sums(weights)
            ratio = np.divide(wanted, sums, out=np.ones_like(sums), where=sums > 0)
            worst = max(worst, float(np.abs(ratio - 1).max()))
            weights *= ratio[:, target.codes]
        if worst <= CLOSE or len(totals) == 1:
            break
    factor = np.divide(weights, base, out=np.ones_like(base), where=base > 0)
    return Factors(factor, sweeps, cells.miss(base, weights, population))
