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


NO_RATIO = "No ratio is given: negative ratios have no order."
KINDS = {
    "per_qaly_gained": "Each QALY gained costs {ratio} ({ends} by Fieller's method).",
    "per_qaly_lost": "Each QALY given up saves {ratio} ({ends} by Fieller's method): here a larger"
    " number speaks for the intervention, and it is worth while at thresholds below it.",
    "dominates": "The intervention costs less{cost} and gains QALYs{qalys}: it dominates, at these"
    f" estimates. {NO_RATIO}",
    "dominated": "The intervention costs more{cost} and loses QALYs{qalys}: it is dominated, at"
    f" these estimates. {NO_RATIO}",
    "straddles": "QALYs may be lost as well as gained{qalys}: one ratio would stand for opposites,"
    " so no cost per QALY and no interval for it is given. Read the net benefit.",
}
"""What is said of each kind of ratio (ratio.Ratio); cost, qalys: differences, in brackets, where
they are told."""
BELOW = {
    "per_qaly_gained": " Its lower end is below £0: the intervention may also gain QALYs and save"
    " money.",
    "per_qaly_lost": " Its lower end is below £0: the intervention may also lose QALYs and cost"
    " more.",
}


def of_kind(
    kind: str, ratio: str = "", ends: str = "", below: bool = False, cost: str = "", qalys: str = ""
) -> str:
    """The sentence of a kind, numbers as they are printed; below: whether the lower end is below
    £0."""
    said = KINDS[kind].format(ratio=ratio, ends=ends, cost=cost, qalys=qalys)
    return f"{said}{BELOW[kind] if below else ''}"


def ratio_sentences(
    kind: str,
    point: tuple[float, float],
    value: float | None,
    ends: tuple[float | None, float | None],
    shares: Quadrants,
    level: float,
) -> tuple[str, ...]:
    """What is said of a ratio, or in its place; `kind` and numbers: see ratio.Ratio."""
    quadrants = in_quadrants(shares)
    if kind == "straddles":
        gained = f"gained with probability {percent(shares.gain(), 1)}"
        by = f" (difference {fixed(point[QALY], QALY_DECIMALS)}; {gained})"
        return of_kind(kind, qalys=by), quadrants
    if kind in ("dominates", "dominated"):
        cost = f" ({pounds(abs(point[COST]))} a person)"
        by = f" ({fixed(abs(point[QALY]), QALY_DECIMALS)})"
        return of_kind(kind, cost=cost, qalys=by), quadrants
    low, high = ends
    if value is None or low is None or high is None:
        raise ValueError(f"a ratio of kind {kind} has a value and an interval")
    between = " to ".join(pounds(end, PER_QALY_DECIMALS) for end in (low, high))
    ratio, told = pounds(value, PER_QALY_DECIMALS), f"{percent(level, 1)} interval {between}"
    return of_kind(kind, ratio, told, low < 0), quadrants


def in_quadrants(shares: Quadrants) -> str:
    """The shares of the four quadrants, in words."""
    ne, se, sw, nw = (percent(share, 1) for share in (shares.ne, shares.se, shares.sw, shares.nw))
    return (
        f"Of the joint distribution of cost and QALYs, {ne} gains QALYs at a higher cost, {se}"
        f" gains QALYs at a lower cost, {sw} loses QALYs at a lower cost, {nw} loses QALYs at a"
        " higher cost."
    )
