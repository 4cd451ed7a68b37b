"""Which designs are worth a look: those that no other beats in cost and assurance at once."""

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats


def front(cost: Floats, assurance: Floats) -> NDArray[np.int64]:
    """Positions, cheapest first, of the designs (n,) on the Pareto front of cost and assurance.

    A design is left out if another costs no more and has no less assurance, and is better in one of
    the two; of equal ones all stay. NaN (no answer) is on no front.
    """
    cost, assurance = np.asarray(cost, dtype=float), np.asarray(assurance, dtype=float)
    known = np.flatnonzero(np.isfinite(cost) & np.isfinite(assurance))
    order: NDArray[np.int64] = known[np.lexsort((-assurance[known], cost[known]))]
    if not len(order):
        return order
    first = np.flatnonzero(np.diff(cost[order], prepend=-np.inf))  # where a new cost begins
    best = assurance[order][first]  # at each cost
    cheaper = np.concatenate([[-np.inf], np.maximum.accumulate(best)[:-1]])
    group = np.cumsum(np.diff(cost[order], prepend=-np.inf) > 0) - 1
    kept = (assurance[order] == best[group]) & (best > cheaper)[group]
    found: NDArray[np.int64] = order[kept]
    return found
