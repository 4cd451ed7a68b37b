"""A unit at a time as one whole number, by which values are found without comparing words."""

from typing import Any

import numpy as np
import pandas as pd


def place_of(rows: pd.DataFrame) -> np.ndarray:
    """unit and time (categories that the tables share) as a number; both must be there."""
    unit, time = rows["unit"].cat, rows["time"].cat
    place: np.ndarray = unit.codes.to_numpy(np.int64) * len(time.categories)
    return place + time.codes.to_numpy()


def found_at(values: "pd.Series[Any]", places: np.ndarray, wanted: np.ndarray) -> Any:
    """The value that stands at each wanted place; missing where none does. `places`: of values."""
    row = np.full(max(places.max(initial=-1), wanted.max(initial=-1)) + 1, -1)
    row[places] = np.arange(len(places))
    return values.array.take(row[wanted], allow_fill=True)
