"""Whether numbers differ by more than rounding: said by the numbers, not by a spread that was
computed from them, which of numbers that are all 0.1 is no exact 0."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

ROUNDING = 1e-12
"""Of the largest number: scores and weighted means are rounded at 1e-16 a step, and no measure
tells people apart so finely."""


def all_alike(values: NDArray[Any]) -> bool:
    """Whether all numbers (n,) are the same but for rounding; so are none, and one."""
    if len(values) < 2:
        return True
    return bool(np.ptp(values) <= ROUNDING * np.abs(values).max())
