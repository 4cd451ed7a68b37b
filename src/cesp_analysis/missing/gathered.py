"""Values of each chain at places of its own."""

from typing import TypeVar

import numpy as np
import numpy.typing as npt

from cesp_analysis.arrays import Codes

Number = TypeVar("Number", np.float64, np.int64)


def gathered(values: npt.NDArray[Number], places: Codes) -> npt.NDArray[Number]:
    """Values (b, n) at places (..., b, k), each chain's from its own row: (..., b, k).

    What np.take_along_axis says, a few times faster.
    """
    starts = np.arange(len(values))[:, None] * values.shape[1]
    return np.asarray(np.take(values.reshape(-1), places + starts))
