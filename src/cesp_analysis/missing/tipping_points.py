"""The smallest shift of what is missing at which an interval says something else."""

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.missing.tipping import Plane
from cesp_analysis.missing.tipping_words import RAYS, Along, TippingPoint

STEPS = 201
"""Points on either side of 0 between which a change is looked for, and then halved down to it."""
HALVINGS = 50


def tipping_point(plane: Plane, value: float, along: Along, most: float) -> TippingPoint:
    """Along one way, up to `most` either way."""
    inside = bool(_holds(plane, value, along, np.zeros(1))[0])
    found = [
        _change(plane, value, along, side * np.linspace(0, most, STEPS), inside)
        for side in (1.0, -1.0)
    ]
    there = [one for one in found if one is not None]
    return TippingPoint(value, along, inside, min(there, key=abs) if there else None, most)


def _holds(plane: Plane, value: float, along: Along, at: Floats) -> Floats:
    a, b = RAYS[along]
    limits = plane(a * at, b * at)
    return np.asarray((limits.low <= value) & (value <= limits.high))


def _change(plane: Plane, value: float, along: Along, at: Floats, inside: bool) -> float | None:
    """The first shift, from 0 on, where the interval holds the value and did not, or not and did;
    None: nowhere."""
    other = np.flatnonzero(_holds(plane, value, along, at) != inside)
    if not len(other):
        return None
    before, after = at[other[0] - 1], at[other[0]]
    for _ in range(HALVINGS):
        middle = (before + after) / 2
        if bool(_holds(plane, value, along, np.array([middle]))[0]) == inside:
            before = middle
        else:
            after = middle
    return float(after)
