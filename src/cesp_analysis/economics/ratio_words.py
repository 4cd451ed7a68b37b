"""Sentences on the cost of a QALY: one number only where it can mean one thing alone."""

from cesp_analysis.economics.quadrants import COST, QALY, Quadrants
from cesp_analysis.numbers import fixed, percent

PER_QALY_DECIMALS = 0
QALY_DECIMALS = 3


def pounds(value: float, decimals: int = 0) -> str:
    """'£1,234', '−£1,234'."""
    text = fixed(abs(value), decimals)
    below = value < 0 and any(digit in text for digit in "123456789")
    return f"−£{text}" if below else f"£{text}"


def ratio_sentences(
    kind: str,
    point: tuple[float, float],
    value: float | None,
    ends: tuple[float | None, float | None],
    shares: Quadrants,
    level: float,
) -> tuple[str, ...]:
    """What is said of a ratio, or in its place; `kind` and numbers: see ratio.Ratio."""
    if kind == "straddles":
        return (_straddling(point, shares), in_quadrants(shares))
    if kind == "dominates":
        return (
            f"The intervention costs less ({pounds(-point[COST])} a person) and gains QALYs"
            f" ({fixed(point[QALY], QALY_DECIMALS)}): it dominates, at these estimates. No ratio is"
            " given: negative ratios have no order.",
            in_quadrants(shares),
        )
    if kind == "dominated":
        return (
            f"The intervention costs more ({pounds(point[COST])} a person) and loses QALYs"
            f" ({fixed(-point[QALY], QALY_DECIMALS)}): it is dominated, at these estimates. No"
            " ratio is given: negative ratios have no order.",
            in_quadrants(shares),
        )
    if value is None or ends[0] is None or ends[1] is None:
        raise ValueError(f"a ratio of kind {kind} has a value and an interval")
    return (_ratio(kind, value, (ends[0], ends[1]), level), in_quadrants(shares))


def _straddling(point: tuple[float, float], shares: Quadrants) -> str:
    return (
        f"QALYs may be lost as well as gained (difference {fixed(point[QALY], QALY_DECIMALS)};"
        f" gained with probability {percent(shares.gain(), 1)}): one ratio would stand for"
        " opposites, so no cost per QALY and no interval for it is given. Read the net benefit."
    )


def _ratio(kind: str, value: float, ends: tuple[float, float], level: float) -> str:
    low, high = (pounds(end, PER_QALY_DECIMALS) for end in ends)
    of = f"{percent(level, 1)} interval by Fieller's method {low} to {high}"
    number = pounds(value, PER_QALY_DECIMALS)
    if kind == "per_qaly_gained":
        text = f"Each QALY gained costs {number} ({of})."
        beyond = " Its lower end is below £0: the intervention may also gain QALYs and save money."
    else:
        text = (
            f"Each QALY given up saves {number} ({of}): here a larger number speaks for the"
            " intervention, and it is worth while at thresholds below it."
        )
        beyond = " Its lower end is below £0: the intervention may also lose QALYs and cost more."
    return text + (beyond if ends[0] < 0 else "")


def in_quadrants(shares: Quadrants) -> str:
    """The shares of the four quadrants, in words."""
    ne, se, sw, nw = (percent(share, 1) for share in (shares.ne, shares.se, shares.sw, shares.nw))
    return (
        f"Of the joint distribution of cost and QALYs, {ne} gains QALYs at a higher cost, {se}"
        f" gains QALYs at a lower cost, {sw} loses QALYs at a lower cost, {nw} loses QALYs at a"
        " higher cost."
    )
