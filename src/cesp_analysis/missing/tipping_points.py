"""The smallest shift of what is missing at which an interval says something else."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from cesp_analysis.missing.tipping import Plane
from cesp_analysis.models.cluster_sums import Floats

Along = Literal["intervention", "control", "both", "opposite"]
RAYS: dict[Along, tuple[float, float]] = {
    "intervention": (1.0, 0.0),
    "control": (0.0, 1.0),
    "both": (1.0, 1.0),
    "opposite": (1.0, -1.0),
}
"""Way through the plane of shifts → its direction (intervention, control)."""
STEPS = 201
"""Points on either side of 0 between which a change is looked for, and then halved down to it."""
HALVINGS = 50


@dataclass(frozen=True)
class TippingPoint:
    """Where an interval begins, or ceases, to hold a value.

    value: no difference, or a minimally important one; along: which shifts; inside: whether the
    interval holds the value where nothing is shifted; shift: the smallest size (with its sign) at
    which that changes, None: none up to `searched`, either way.
    """

    value: float
    along: Along
    inside: bool
    shift: float | None
    searched: float

    @property
    def shifts(self) -> tuple[float, float] | None:
        """The same at the intervention and at the control."""
        if self.shift is None:
            return None
        a, b = RAYS[self.along]
        return self.shift * a, self.shift * b


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
