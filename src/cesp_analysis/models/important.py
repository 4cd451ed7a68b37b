"""What an interval says of the minimally important difference, in words."""

from typing import Literal

Direction = Literal["higher_is_better", "lower_is_better", "neither"]


def reading(low: float, high: float, mid: float, direction: Direction, arm: str) -> str:
    """How the interval (low, high) of a difference lies to 0 and to ± mid; one unit for all.

    The difference is `arm` (the intervention's label) less the other. Limits that touch mid count
    as having reached it, limits at 0 as including no difference.
    """
    up, down = _sides(direction)
    side = f"{up if low + high > 0 else down} with {arm}"
    if low <= -mid and high >= mid:
        return "The interval includes zero and important differences either way."
    near, far = (low, high) if low + high > 0 else (-high, -low)  # seen from the side it leans to
    if near >= mid:
        return f"The whole interval lies at or beyond the minimally important difference ({side})."
    if near > 0 and far >= mid:
        return (
            f"The interval excludes zero ({side}) and includes differences below and beyond the"
            " minimally important one."
        )
    if near > 0:
        return (
            f"The interval excludes zero ({side}) and lies wholly below the minimally important"
            " difference."
        )
    if far >= mid:
        return (
            f"The interval includes zero and important differences ({side}); important ones the"
            " other way are excluded."
        )
    return "The interval includes zero; important differences either way are excluded."


def _sides(direction: Direction) -> tuple[str, str]:
    """What a positive and a negative difference are."""
    if direction == "neither":
        return "higher", "lower"
    return ("better", "worse") if direction == "higher_is_better" else ("worse", "better")
