"""How far a number may lie from what is said of it, since something of it is not known.

Bounds, not intervals: everything that is not known counts once in the one direction and once in
the other (Manski 2003, Partial Identification of Probability Distributions, chapter 1).
"""

from dataclasses import dataclass
from typing import Any

from cesp_analysis.feasibility.counted import Counted

NOTHING = "no rate: nothing of it is known"
COUNTS = ("kind", "numerator", "denominator", "exposure", "exposure_is", "ci_level", "warnings")


@dataclass(frozen=True)
class Bounds:
    """low, high: the least and the largest that what is not known allows; unknown: of how many
    elements (people, rows, events) it is not known whether they count."""

    unknown: int
    low: float
    high: float

    @property
    def nothing(self) -> bool:
        """Whether nothing is known of a share: it may be none or all."""
        return (self.low, self.high) == (0.0, 1.0)

    def row(self) -> dict[str, Any]:
        """As columns of rates.csv."""
        return {"not_known": self.unknown, "least": self.low, "most": self.high}


def bounds_of_share(
    above: Counted, below: Counted, of: str, group: str, keys: tuple[set[str], set[str]]
) -> Bounds | None:
    """The bounds of a share of a site (or arm), link worker, or all; None: everything is known.

    keys: of the events, and of those of whom they are a part, as counted.
    """
    events, people = keys
    may_count = _keys(above, of, group, "unknown"), _keys(below, of, group, "unknown")
    may_not = events & _all(above, "doubtful"), people & _all(below, "doubtful")
    if above.space != below.space:
        return _apart(
            (len(events - may_not[0]), len(events | may_count[0])),
            (len(people - may_not[1]), len(people | may_count[1])),
        )
    sure, maybe = people - may_not[1], may_not[1] | may_count[1]
    happened = events - may_not[0]
    might = may_not[0] | _all(above, "unknown")
    open_events = sure & (might - happened)
    if not maybe and not open_events:
        return None
    known = len(sure & happened)
    for_events, against = maybe & (happened | might), maybe - happened
    return Bounds(
        len(maybe) + len(open_events),
        _part(known, len(sure) + len(against), 0.0),
        _part(known + len(open_events) + len(for_events), len(sure) + len(for_events), 1.0),
    )


def _apart(events: tuple[int, int], people: tuple[int, int]) -> Bounds | None:
    """Of counts that cannot be held against each other one by one: (least, most) of each."""
    unknown = events[1] - events[0] + people[1] - people[0]
    if not unknown:
        return None
    most = _part(events[1], people[0], 1.0)
    return Bounds(unknown, _part(events[0], people[1], 0.0), min(1.0, most))


def _part(events: int, n: int, of_nobody: float) -> float:
    return events / n if n else of_nobody


def _keys(found: Counted, of: str, group: str, part: str) -> set[str]:
    return set(found.of(of, group, part)["key"])


def _all(found: Counted, part: str) -> set[str]:
    return _keys(found, "all", "", part)


def bounds_of_events(least: int, most: int, exposure: float) -> Bounds | None:
    """The bounds of events a month; None: everything is known."""
    if least == most or not exposure > 0:
        return None
    return Bounds(most - least, least / exposure, most / exposure)


def without_rate(row: dict[str, Any]) -> dict[str, Any]:
    """A row of rates.csv of which nothing is known: none of all would be said of what nobody wrote
    down. What was counted stays."""
    kept = {name: row[name] for name in COUNTS if name in row}
    return kept | {"status": "not_estimable", "reason": NOTHING}
