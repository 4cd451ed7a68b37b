"""Draws on the plane of costs and QALYs, counted by quadrant."""

import numpy as np

from cesp_analysis.economics.quadrants import Quadrants


def counted(draws: np.ndarray) -> Quadrants:
    """Shares of draws (B, 2: difference in cost, in QALYs) in each quadrant."""
    dearer, gain = draws.T > 0
    parts = dearer & gain, ~dearer & gain, ~dearer & ~gain, dearer & ~gain
    return Quadrants(*(float(part.mean()) for part in parts))
