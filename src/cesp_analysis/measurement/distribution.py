"""How a candidate's values lie: by site and time, missing, extremes; the first time in detail."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from cesp_analysis.alike import all_alike
from cesp_analysis.columns import Row
from cesp_analysis.measurement.candidate import Candidate

MOST_BINS = 20
"""Of a histogram whose values are not whole steps."""
MOST_STEPS = 40
"""A whole step is a bin where there are no more of them."""
NEAR = 1e-9
"""Values this near to an end of the scale are that end: scores of tables have two decimals."""


def cell_rows(own: Candidate) -> list[Row]:
    """Rows of Cells: each site and time at which it was to be measured."""
    rows = []
    for time in own.moments:
        for group in own.groups:
            here = (own.time == time) & (own.group == group)
            if here.any():
                rows.append(_cell(own, own.values[here], group, time))
    return rows


def _cell(own: Candidate, values: np.ndarray, group: str, time: str) -> Row:
    known = values[np.isfinite(values)]
    n = len(known)
    return {
        "outcome": own.name,
        "site": group,
        "time": time,
        "expected": len(values),
        "n": n,
        "missing": 1 - n / len(values),
        "mean": float(known.mean()) if n else None,
        "sd": float(known.std(ddof=1)) if n > 1 else None,
        "floor": share_at(known, own.lowest),
        "ceiling": share_at(known, own.highest),
    }


def share_at(known: np.ndarray, end: float | None) -> float | None:
    """The share of values at an end of the scale."""
    if end is None or len(known) == 0:
        return None
    return float((np.abs(known - end) <= NEAR).mean())


def described(own: Candidate, cells: list[Row], extreme: float) -> Row:
    """The columns of Measurability from n to distribution_reason."""
    known = at_first(own)
    n = len(known)
    ends: Row = {"lowest": own.lowest, "highest": own.highest}
    if n == 0:
        return ends | {"n": 0, "distribution_reason": "nobody has a value"}
    floor, ceiling = share_at(known, own.lowest), share_at(known, own.highest)
    flags = [
        name
        for name, share in (("floor", floor), ("ceiling", ceiling))
        if share is not None and share > extreme
    ]
    q1, median, q3 = (float(q) for q in np.quantile(known, [0.25, 0.5, 0.75]))
    same = all_alike(known)
    sd = (0.0 if same else float(known.std(ddof=1))) if n > 1 else None
    none = "one value alone" if n == 1 else "all values are the same" if same else None
    return ends | {
        "n": n,
        "mean": float(known.mean()),
        "sd": sd,
        "skew": skewness(known),
        "minimum": float(known.min()),
        "q1": q1,
        "median": median,
        "q3": q3,
        "maximum": float(known.max()),
        "floor": floor,
        "ceiling": ceiling,
        "extreme_flag": " and ".join(flags) or None,
        **_no_room(own, floor, ceiling, cells),
        "distribution_reason": none,
    }


def at_first(own: Candidate) -> np.ndarray:
    """The values of the first time, all sites together."""
    values = own.values[own.time == own.first] if own.first else np.zeros(0)
    return values[np.isfinite(values)]


def skewness(known: np.ndarray) -> float | None:
    """G1, the skewness corrected for small samples; None where nothing varies or n < 3."""
    n = len(known)
    if n < 3 or all_alike(known):
        return None
    centred = known - known.mean()
    g1 = float((centred**3).mean() / (centred**2).mean() ** 1.5)
    return g1 * float(np.sqrt(n * (n - 1))) / (n - 2)


def _no_room(own: Candidate, floor: float | None, ceiling: float | None, cells: list[Row]) -> Row:
    """How many stand where they cannot improve any more."""
    if own.outcome.direction == "neither":
        return {}
    end = "ceiling" if own.outcome.direction == "higher_is_better" else "floor"
    share = ceiling if end == "ceiling" else floor
    known = [row for row in cells if row[end] is not None]
    if share is None or not known:
        return {"no_room": share}
    worst = max(known, key=lambda row: row[end])
    where = _where(worst, worst[end])
    return {"no_room": share, "no_room_worst": worst[end], "no_room_where": where}


def _where(row: Row, share: float, *item: str) -> str | None:
    """The place of the largest share; None where it is nobody's."""
    return " ".join([*item, row["site"], row["time"]]) if share > 0 else None


def missing_of(own: Candidate, cells: list[Row], items: list[Row]) -> Row:
    """The columns of Measurability from expected to item_missing_where."""
    expected = sum(row["expected"] for row in cells)
    lacking = expected - sum(row["n"] for row in cells)
    told = [
        f"{row['site']} {row['time']} {row['expected'] - row['n']}/{row['expected']}"
        for row in cells
    ]
    made: Row = {
        "expected": expected,
        "missing_n": lacking,
        "missing": lacking / expected if expected else None,
        "missing_cells": " | ".join(told) or None,
    }
    if cells:
        worst = max(cells, key=lambda row: row["missing"])
        latest = [row for row in cells if row["time"] == cells[-1]["time"]]
        due = sum(row["expected"] for row in latest)
        made |= {
            "missing_last": 1 - sum(row["n"] for row in latest) / due,
            "missing_worst": worst["missing"],
            "missing_where": _where(worst, worst["missing"]),
        }
    by_site = [row for row in items if row["site"] and row["records"]]
    if by_site:
        asked = sum(row["records"] for row in by_site)
        blank = asked - sum(row["n"] for row in by_site)
        worst = max(by_site, key=lambda row: row["missing"])
        made |= {
            "item_answers": asked,
            "item_missing_n": blank,
            "item_missing": blank / asked,
            "item_missing_worst": worst["missing"],
            "item_missing_where": _where(worst, worst["missing"], worst["item"]),
        }
    return made


def bin_rows(own: Candidate, extreme: float) -> Iterator[Row]:
    """Rows of Distributions: a bin at each end of the scale, and those between."""
    known = at_first(own)
    if len(known) == 0:
        return
    common = {"level": own.outcome.level, "outcome": own.name, "time": own.first}
    for low, high, end in _bins(own, known):
        if low == high:
            n = int((np.abs(known - low) <= NEAR).sum())
        else:
            n = int(_between(own, known, low, high).sum())
        share = n / len(known)
        flag = "yes" if end and share > extreme else "no"
        yield common | {
            "low": low, "high": high, "n": n, "share": share, "extreme": end, "flag": flag
        }  # fmt: skip


def _bins(own: Candidate, known: np.ndarray) -> list[tuple[float, float, str | None]]:
    """From, to, and which end of the scale a bin is."""
    ends = [(own.lowest, "floor"), (own.highest, "ceiling")]
    at = [(float(end), float(end), name) for end, name in ends if end is not None]
    low = own.lowest if own.lowest is not None else float(known.min())
    high = own.highest if own.highest is not None else float(known.max())
    if high - low <= NEAR:
        return [*at] or [(low, high, None)]
    inner: list[tuple[float, float, str | None]]
    if np.all(known % 1 == 0) and high - low <= MOST_STEPS:
        steps = [
            value
            for value in np.arange(np.ceil(low), high + NEAR)
            if value not in (own.lowest, own.highest)
        ]
        inner = [(float(step), float(step), None) for step in steps]
    else:
        count = min(MOST_BINS, max(5, round(len(known) ** 0.5)))
        edges = np.linspace(low, high, count + 1)
        inner = [(float(a), float(b), None) for a, b in pairwise(edges)]
    return sorted([*at, *inner], key=lambda one: (one[0], one[1]))


def _between(own: Candidate, known: np.ndarray, low: float, high: float) -> np.ndarray:
    """Which values lie in a bin: the last one holds its end; values at the scale's ends have bins
    of their own."""
    inside = (known >= low) & (known < high)
    if own.highest is None and high >= known.max():
        inside |= known == high
    for end in (own.lowest, own.highest):
        if end is not None:
            inside &= np.abs(known - end) > NEAR
    return inside
