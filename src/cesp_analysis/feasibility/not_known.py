"""How far a number may lie from what is said of it, since something of it is not known.

Bounds, not intervals: everything that is not known counts once in the one direction and once in
the other (Manski 2003, Partial Identification of Probability Distributions, chapter 1).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Any

from cesp_analysis.feasibility.counted import Counted
from cesp_analysis.feasibility.fillings import Both, together

NOTHING = "no rate: nothing of it is known"
OTHERWISE = (
    "{n} counted otherwise than all rows of theirs say (as who has rows in both arms, and the event"
    " in the other): the bounds hold both"
)
COUNTS = ("kind", "numerator", "denominator", "exposure", "exposure_is", "ci_level", "warnings")


@dataclass(frozen=True)
class Bounds:
    """low, high: the least and the largest that what is not known allows; unknown: of how many
    elements (people, rows, events) it is not known whether they count; said: what else must be."""

    unknown: int
    low: float
    high: float
    said: tuple[str, ...] = ()

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
    may_not = events & above.every["doubtful"], people & below.every["doubtful"]
    if above.space != below.space:
        return _apart(
            (len(events - may_not[0]), len(events | may_count[0])),
            (len(people - may_not[1]), len(people | may_count[1])),
        )
    ways, otherwise = _ways(above, below, people, may_count[1])
    low, high = _total(map(_least, ways)), _total(map(_most, ways))
    if not (unknown := sum(len(own) > 1 for own in ways)):
        return None
    said = (OTHERWISE.format(n=len(otherwise)),) if otherwise else ()
    return Bounds(unknown, _part(*low, 0.0), _part(*high, 1.0), said)


def _ways(
    above: Counted, below: Counted, people: set[str], may: set[str]
) -> tuple[list[set[Both]], list[str]]:
    """Of each element of the denominator, or who may be: what (counts, has the event) can be; and
    the elements of which the counts and the rows say things that cannot both be, as of a person
    with rows in both arms, whose event is counted in the other: then either can be.

    In the least favourable and the most favourable way alike, the rows' blanks are filled in once
    for both counts where both are of the same rows.
    """
    doubtful, happened = below.every["doubtful"], above.every["rows"]
    unsure = above.every["unknown"], above.every["doubtful"]
    own = {
        key: (
            (0, 1) if key in may or key in doubtful else (1,),
            (0, 1) if any(key in part for part in unsure) else (1,) if key in happened else (0,),
        )
        for key in sorted(people | may)
    }
    unknown = [key for key, both in own.items() if max(map(len, both)) > 1]
    joint: dict[str, set[Both]] = {}
    if unknown and above.source is not None and below.source is not None:
        joint = together(below.source, above.source, unknown)
    found, otherwise = [], []
    for key, both in own.items():
        possible = set(product(*both))
        if key in joint and possible.isdisjoint(joint[key]):
            otherwise.append(key)
            possible |= joint[key]
        elif key in joint:
            possible &= joint[key]
        found.append({(n, n * event) for n, event in possible})
    return found, otherwise


def _least(ways: set[Both]) -> Both:
    """Which of the ways makes a share smallest: to count without the event, else not to."""
    return next(way for way in ((1, 0), (0, 0), (1, 1)) if way in ways)


def _most(ways: set[Both]) -> Both:
    return next(way for way in ((1, 1), (0, 0), (1, 0)) if way in ways)


def _total(ways: Iterable[Both]) -> Both:
    """Events, and of how many."""
    own = list(ways)
    return sum(event for _, event in own), sum(n for n, _ in own)


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
    return set(found.keys(of, group, part))


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
