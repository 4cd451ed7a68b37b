"""How the interval of a candidate's difference lies to none and to the important difference."""

from collections.abc import Sequence
from typing import Literal

from cesp_analysis.columns import Row
from cesp_analysis.measurement.asked import MeasureSpec
from cesp_analysis.measurement.candidate import Candidate

MidClass = Literal[
    "excludes MID",
    "compatible with none and MID",
    "excludes none, compatible with MID",
    "above MID",
]
NO_MID = "no minimally important difference is declared"


def mid_class(low: float, high: float, mid: float, direction: str) -> MidClass:
    """How the interval (low, high) of a difference lies, seen from the side that is better.

    excludes MID: all of it is less of an improvement than the MID; above MID: all of it is as much
    or more; between, by whether it holds no difference. Limits that touch the MID have reached it.
    Where neither direction is better, the side that the interval leans to counts.
    """
    turned = direction == "lower_is_better" or (direction == "neither" and low + high < 0)
    near, far = (-high, -low) if turned else (low, high)
    if far < mid:
        return "excludes MID"
    if near >= mid:
        return "above MID"
    if near > 0:
        return "excludes none, compatible with MID"
    return "compatible with none and MID"


def important(own: Candidate, how: MeasureSpec, estimates: Sequence[Row]) -> Row:
    """The columns of Measurability from mid to mid_reason."""
    mid = own.outcome.mid
    row = speaking(own, how, estimates)
    made: Row = {
        "mid_known": int(mid is not None),
        "mid": mid.value if mid else None,
        "mid_source": mid.source if mid else None,
    }
    if row is None:
        reason = "no model gives a difference in the outcome's unit at a time"
        return made | {"mid_reason": reason if mid else NO_MID}
    kept = ("estimate_id", "estimate", "ci_low", "ci_high", "ci_low_shock", "ci_high_shock")
    made |= {name: row[name] for name in kept}
    if mid is None:
        return made | {"mid_reason": NO_MID}
    if row["ci_low"] is None or row["ci_high"] is None:
        return made | {"mid_reason": "the estimate has no interval"}
    direction = own.outcome.direction
    made["mid_class"] = mid_class(row["ci_low"], row["ci_high"], mid.value, direction)
    low, high = row["ci_low_shock"], row["ci_high_shock"]
    if low is not None and high is not None:
        made["mid_class_shock"] = mid_class(low, high, mid.value, direction)
    return made


def speaking(own: Candidate, how: MeasureSpec, estimates: Sequence[Row]) -> Row | None:
    """The estimate that speaks for the outcome: of its foremost model, at the last time it has."""
    places = {time: at for at, time in enumerate(own.moments)}
    for model in how.models.get(own.name, ()):
        usable = [
            row
            for row in estimates
            if row["model"] == model
            and row["outcome"] == own.name
            and row["status"] == "estimated"
            and row["unit"] == own.outcome.unit
            and row["time"] in places
        ]
        if usable:
            return max(usable, key=lambda row: places[row["time"]])
    return None
