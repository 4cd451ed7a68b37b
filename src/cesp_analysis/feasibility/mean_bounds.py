"""The least and the largest that a mean can be, since some of its values are not known."""

from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.feasibility.not_known import Bounds
from cesp_analysis.feasibility.spans import Ends

NO_RANGE = "how far the mean may lie from this cannot be told: the values have no declared range"


def bounds_of_mean(rows: pd.DataFrame, ends: Ends | None, each_unit: bool) -> Bounds | str | None:
    """The bounds of a mean of rows, or of units' means (`each_unit`).

    rows: unit, value (NaN: not known) and counts (1.0, or NaN: not known whether it does); ends:
    (n,) between which values an unknown one lies. None: everything is known; a sentence: why there
    are no bounds.
    """
    may_not, unknown = rows["counts"].isna(), rows["value"].isna()
    if not bool((may_not | unknown).any()):
        return None
    if ends is None and bool(unknown.any()):
        return NO_RANGE
    value = rows["value"].to_numpy(dtype=float)
    low, high = (value, value) if ends is None else ends
    low, high = np.where(np.isnan(value), low, value), np.where(np.isnan(value), high, value)
    unit = rows["unit"] if each_unit else pd.Series(range(len(rows)), index=rows.index)
    own = pd.DataFrame({"unit": unit.to_numpy(), "open": may_not.to_numpy()})
    least = _least(own.assign(value=low))
    most = -_least(own.assign(value=-high))
    return Bounds(int((may_not | unknown).sum()), least, most)


def _least(rows: pd.DataFrame) -> float:
    """The least mean of units' means; rows that may not count (open) are taken where they lower
    it."""
    sure, perhaps = list[float](), list[float]()
    for _, own in rows.groupby("unit", sort=False):
        values = own.loc[~own["open"], "value"].tolist()
        others = sorted(own.loc[own["open"], "value"].tolist())
        (sure if values else perhaps).append(_lowered(values or others[:1], others))
    return _lowered(sure or [min(perhaps)], sorted(perhaps))


def _lowered(sure: list[float], perhaps: list[Any]) -> float:
    """The least mean of numbers, of which those of `perhaps`, from the least, need not count."""
    total, n = sum(sure), len(sure)
    for value in perhaps:
        if value >= total / n:
            break
        total, n = total + value, n + 1
    return float(total / n)
