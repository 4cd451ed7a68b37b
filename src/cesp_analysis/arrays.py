"""Arrays by what they hold, as annotations call them. A module of another meaning has another
name."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Codes = NDArray[np.intp]
"""Whole numbers that stand for something: places, clusters, categories; -1 is often nobody's."""
Bools = NDArray[np.bool_]
