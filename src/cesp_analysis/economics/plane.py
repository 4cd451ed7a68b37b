"""Where draws of (difference in cost, difference in QALY) lie on the cost-effectiveness plane.

There is no interval for their ratio: draws in different quadrants give ratios that have no order
(Briggs, Wonderling & Mooney 1997, Health Econ 6:327-40; O'Brien & Briggs 2002, Stat Methods Med
Res 11:455-68).
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.models.cluster_sums import Floats
from cesp_analysis.models.refusals import NotEstimable


@dataclass(frozen=True)
class Quadrants:
    """Shares of draws: north_east costs more and gains, south_east costs no more and gains
    (dominant), south_west costs no more and does not gain, north_west costs more and does not gain
    (dominated); draws, failed: how many, how many of them without an answer (of which shares are
    not)."""

    north_east: float
    south_east: float
    south_west: float
    north_west: float
    draws: int
    failed: int


def quadrants(drawn: Floats) -> Quadrants:
    """Shares of draws (B, 2), cost first, NaN where there is no answer."""
    cost, qaly = _answered(drawn)
    more, gains = cost > 0, qaly > 0
    return Quadrants(
        north_east=float(np.mean(more & gains)),
        south_east=float(np.mean(~more & gains)),
        south_west=float(np.mean(~more & ~gains)),
        north_west=float(np.mean(more & ~gains)),
        draws=len(drawn),
        failed=len(drawn) - len(cost),
    )


def acceptability(drawn: Floats, thresholds: Floats) -> Floats:
    """The share of draws (B, 2) with a positive net benefit at each threshold (t,): the curve of
    Fenwick, Claxton & Sculpher (2001), Health Econ 10:779-87."""
    cost, qaly = _answered(drawn)
    return np.array([float(np.mean(one * qaly > cost)) for one in thresholds])


def _answered(drawn: Floats) -> tuple[Floats, Floats]:
    found = drawn[np.isfinite(drawn).all(axis=1)]
    if not len(found):
        raise NotEstimable("no bootstrap draw has an estimate")
    return found[:, 0], found[:, 1]
