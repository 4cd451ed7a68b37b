"""Events a month: in each month that the study took people in, or of people's follow-up."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from math import fsum
from typing import Any, NamedTuple

import pandas as pd

from cesp_analysis.columns import Row
from cesp_analysis.declared.feasibility import Open, Period, Rate
from cesp_analysis.feasibility.counted import Counted
from cesp_analysis.feasibility.elements import Element, elements, groups_of, parted
from cesp_analysis.feasibility.follow_up import Followed
from cesp_analysis.feasibility.months import length
from cesp_analysis.feasibility.not_known import bounds_of_events, without_rate
from cesp_analysis.feasibility.read_once import Tables
from cesp_analysis.intervals import garwood
from cesp_analysis.numbers import counted as in_words

METHOD = "Garwood (exact Poisson)"


class Event(NamedTuple):
    """Something that happened to somebody; day: YYYY-MM-DD, blank: not known."""

    where: Element
    unit: str
    day: str


def span(period: Period, group: str) -> tuple[str, str]:
    """First and last day on which a site took people in; over all sites the widest span."""
    if group:
        own = period.sites.get(group, Open())
        return own.opened or period.opened, own.closed or period.closed
    firsts = [own.opened for own in period.sites.values() if own.opened]
    lasts = [own.closed for own in period.sites.values() if own.closed]
    return min([period.opened, *firsts]), max([period.closed, *lasts])


def when(rate: Rate, rows: pd.DataFrame) -> "pd.Series[Any]":
    """The day of each row's event as YYYY-MM-DD; blank where it is not known."""
    name = rate.date if rate.date is not None else "date"
    if name not in rows:  # whose record it is that may count is not known either
        return pd.Series("", index=rows.index, dtype="object")
    column = rows[name]
    return column.astype("object").where(column.notna(), "")


def a_month(about: Row, rate: Rate, events: Counted, words: str, tables: Tables) -> Iterator[Row]:
    """Events in each month of the period, over all, by site and link worker."""
    how = tables.how
    assert how.period is not None
    for of, group in groups_of(tables, elements(events.rows), rate.arm):
        own = events.of(of, group)
        first, last = span(how.period, group if of == how.of else "")
        days = when(rate, own)
        inside = (days >= first) & (days <= last)
        unsure = when(rate, events.of(of, group, "unknown"))
        may_count = int(((unsure == "") | ((unsure >= first) & (unsure <= last))).sum())
        said = _unsure(may_count)
        if undated := int((days == "").sum()):
            said.append(f"{in_words(undated, 'event')} without a date not counted")
        outside = len(own) - undated - int(inside.sum())
        if outside:
            said.append(f"{in_words(outside, 'event')} before or after these months not counted")
        if of == "link_worker":
            said.append("over all these months, whenever the link worker began")
        yield (
            about
            | {"of": of, "group": group or None, "numerator_is": words}
            | _row(
                int(inside.sum()),
                length(date.fromisoformat(first), date.fromisoformat(last)),
                f"months from {first} to {last}",
                "per_month",
                how.ci_level,
                said,
                (0, undated + may_count),
                outside + len(events.of(of, group, "denied")),
            )
        )


def a_person_month(
    about: Row, rate: Rate, events: Counted, words: str, tables: Tables
) -> Iterator[Row]:
    """Events in each month of people's follow-up: from their start to the last time, or to their
    death or withdrawal if that came before."""
    how, people = tables.how, tables.followed
    happened = parted(_events(rate, events.rows), _place)
    unsure = parted(_events(rate, events.unknown), _place)
    followed = parted(
        [(person, tables.element(unit)) for unit, person in people.items()], lambda one: one[1]
    )
    for of, group in groups_of(tables, elements(events.rows), rate.arm):
        own = happened.of(of, group)
        who = [
            person
            for person, where in followed.of(of, group)
            if rate.arm in (None, how.arms.get(where.group))
        ]
        counting, said = _counting(own, people)
        # of nobody's follow-up: neither in the exposure nor, whatever is not known, an event
        may_not = sum(people[event.unit].holds(event.day) is None for event in counting)
        may_count = sum(
            event.unit in people
            and people[event.unit].start is not None
            and people[event.unit].holds(event.day) is not False
            for event in unsure.of(of, group)
        )
        said += _unsure(may_count)
        if n := sum(person.start is None for person in who):
            said.append(f"{in_words(n, 'person', 'people')} without a start not in the exposure")
        if n := sum(person.undated and person.start is not None for person in who):
            said.append(
                f"{in_words(n, 'person', 'people')} died or withdrew on no known day: in the"
                " exposure to the last time, which is too long"
            )
        yield (
            about
            | {"of": of, "group": group or None, "numerator_is": words}
            | _row(
                len(counting),
                fsum(person.months for person in who),
                "months from people's start to the last time, death or withdrawal",
                "per_person_month",
                how.ci_level,
                said,
                (may_not, may_count),
                len(own) - len(counting) + len(events.of(of, group, "denied")),
            )
        )


def _events(rate: Rate, rows: pd.DataFrame) -> list[Event]:
    days, units = when(rate, rows).tolist(), rows["unit"].tolist()
    return [
        Event(one, unit, day) for one, unit, day in zip(elements(rows), units, days, strict=True)
    ]


def _place(event: Event) -> Element:
    return event.where


def _unsure(n: int) -> list[str]:
    """What must be said of events that would count if their condition held, which is not known."""
    return [f"of {in_words(n, 'event')} it is not known; not counted"] if n else []


def _counting(own: Sequence[Event], people: dict[str, Followed]) -> tuple[list[Event], list[str]]:
    """The events of people's follow-up, and what must be said of them and of the others.

    Who is not in the exposure has no events either.
    """
    counting, undated, outside, nobodys, said = list[Event](), 0, 0, 0, list[str]()
    for event in own:
        person = people.get(event.unit)
        if person is None or person.start is None:
            nobodys += 1
            continue
        holds = person.holds(event.day)
        outside += holds is False
        undated += holds is None
        if holds is not False:
            counting.append(event)
    if outside:
        said.append(f"{in_words(outside, 'event')} outside the person's follow-up not counted")
    if nobodys:
        said.append(f"{in_words(nobodys, 'event')} of people without a start not counted")
    if undated:
        said.append(f"{in_words(undated, 'event')} without a date counted")
    most = max(Counter(event.unit for event in counting).values(), default=0)
    if most > 1:
        said.append(
            f"one person has up to {most} events: people differ more than a Poisson process has it,"
            " and the interval is too narrow"
        )
    return counting, said


def _row(
    events: int,
    months: float,
    what: str,
    kind: str,
    level: float,
    said: list[str],
    open_ones: tuple[int, int],
    denied: int,
) -> Row:
    """open_ones: how many of the events may be none, and how many more there may be; denied: how
    many are known to be none. No event, where of none it is known, is no rate of 0."""
    row: Row = {
        "kind": kind,
        "numerator": events,
        "exposure": months,
        "exposure_is": what,
        "ci_level": level,
        "status": "estimated",
        "warnings": " | ".join(said) or None,
    }
    if not months > 0:
        return row | {"status": "not_estimable", "reason": "no rate: there is no month in it"}
    if open_ones[1] and not events and not denied:
        return without_rate(row)
    low, high = garwood(events, months, level)
    bounds = bounds_of_events(events - open_ones[0], events + open_ones[1], months)
    row |= bounds.row() if bounds else {}
    return row | {"value": events / months, "ci_low": low, "ci_high": high, "method": METHOD}
