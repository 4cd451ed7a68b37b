"""Draws on the plane of costs and QALYs, counted by quadrant; ratios within a set."""

import numpy as np

from cesp_analysis.economics.quadrants import Quadrants
from cesp_analysis.economics.ratio import FiellerSet


def counted(draws: np.ndarray) -> Quadrants:
    """Shares of draws (B, 2: difference in cost, in QALYs) in each quadrant."""
    dearer, gain = draws.T > 0
    parts = dearer & gain, ~dearer & gain, ~dearer & ~gain, dearer & ~gain
    return Quadrants(*(float(part.mean()) for part in parts))


def holds(own: FiellerSet, ratio: float) -> bool:
    """Whether a ratio belongs to a set."""
    if own.kind == "outside":
        return ratio <= own.low or ratio >= own.high
    return own.low <= ratio <= own.high
