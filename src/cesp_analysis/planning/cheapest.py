"""The cheapest trial that reaches power and assurance, of those that were looked at."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.planning.front import front


@dataclass(frozen=True)
class Candidates:
    """Trials (n,): locations, cost, power at the medians, assurance; NaN: no answer."""

    locations: Floats
    cost: Floats
    power: Floats
    assurance: Floats


def cheapest(found: Candidates, power: float, assurance: float) -> int | None:
    """Row of the one that costs least, of those that reach both targets; None: none does. Of equal
    ones that of the highest assurance, then of the fewest locations.

    Targets are compared with the estimates; their Monte Carlo error stands beside them.
    """
    able = np.flatnonzero((found.power >= power) & (found.assurance >= assurance))
    if not len(able):
        return None
    keys = (found.locations[able], -found.assurance[able], found.cost[able])
    return int(able[np.lexsort(keys)[0]])


def on_front(found: Candidates) -> NDArray[np.int64]:
    """Rows of the candidates that none beats in cost and assurance at once, cheapest first."""
    return front(found.cost, found.assurance)
