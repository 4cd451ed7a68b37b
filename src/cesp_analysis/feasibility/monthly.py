"""Events a month: in each month that the study took people in, or of people's follow-up."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd

from cesp_analysis.feasibility.counts import Counted, Tables
from cesp_analysis.feasibility.intervals import garwood
from cesp_analysis.feasibility.months import length
from cesp_analysis.numbers import counted as in_words
from cesp_analysis.study.feasibility import Open, Period, Rate
from cesp_analysis.study.follow_up import DAYS_IN

Row = dict[str, Any]
DAYS_A_MONTH = DAYS_IN["months"]
METHOD = "Garwood (exact Poisson)"


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
    column = rows[rate.date] if rate.date is not None else rows["date"]
    return column.astype("object").where(column.notna(), "")


def a_month(about: Row, rate: Rate, events: Counted, words: str, tables: Tables) -> Iterator[Row]:
    """Events in each month of the period, over all, by site and link worker."""
    how = tables.how
    assert how.period is not None
    for of, group in _groups(tables, events, rate.arm):
        column = {"all": "", "link_worker": "worker"}.get(of, "group")
        own = events.of(column, group)
        first, last = span(how.period, group if column == "group" else "")
        days = when(rate, own)
        inside = (days >= first) & (days <= last)
        said = []
        if undated := int((days == "").sum()):
            said.append(f"{in_words(undated, 'event')} without a date not counted")
        if outside := len(own) - undated - int(inside.sum()):
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
            )
        )


def a_person_month(
    about: Row, rate: Rate, events: Counted, words: str, tables: Tables
) -> Iterator[Row]:
    """Events in each month of people's follow-up: from their start to the last time, or to their
    death or withdrawal if that came before."""
    how = tables.how
    people = _followed(tables)
    for of, group in _groups(tables, events, rate.arm):
        column = {"all": "", "link_worker": "worker"}.get(of, "group")
        who = people[people[column] == group] if column else people
        if rate.arm is not None:
            who = who[who["group"].map(how.arms) == rate.arm]
        own = events.of(column, group)
        days = pd.to_datetime(when(rate, own).replace("", None))
        start = pd.to_datetime(own["unit"].map(who["start"]))
        passed = (days - start).dt.days / DAYS_A_MONTH
        months = own["unit"].map(who["months"])
        late = (passed < 0) | (passed > months)
        inside, said = ~late, []
        if n := int(late.sum()):
            said.append(f"{in_words(n, 'event')} outside the person's follow-up not counted")
        if n := int((passed.isna() & inside).sum()):
            said.append(f"{in_words(n, 'event')} without a date, or of nobody's start, counted")
        if n := int(who["months"].isna().sum()):
            said.append(f"{in_words(n, 'person', 'people')} without a start not in the exposure")
        counts = own.loc[inside, "unit"].value_counts()
        if len(counts) and int(counts.max()) > 1:
            said.append(
                f"one person has up to {int(counts.max())} events: people differ more than a"
                " Poisson process has it, and the interval is too narrow"
            )
        yield (
            about
            | {"of": of, "group": group or None, "numerator_is": words}
            | _row(
                int(inside.sum()),
                float(who["months"].sum()),
                "months from people's start to the last time, death or withdrawal",
                "per_person_month",
                how.ci_level,
                said,
            )
        )


def _followed(tables: Tables) -> pd.DataFrame:
    """unit → group, worker, start, months of follow-up."""
    how = tables.how
    people = tables.people.copy()
    register = tables.records(how.register_of_people).drop_duplicates("unit")
    since = register.set_index(register["unit"].astype("object"))[how.since]
    people["start"] = pd.to_datetime(since.astype("object")).reindex(people.index)
    ends = tables.events
    own = ends[ends["event"].isin(how.ends) & ends["elapsed"].notna()]
    gone = own.groupby(own["unit"].astype("object"))["elapsed"].min()
    factor = how.days_a_unit / DAYS_A_MONTH
    left = (gone * factor).reindex(people.index)
    months = left.where(left < how.last, how.last)
    return people.assign(months=months.clip(lower=0).where(people["start"].notna()))


def _groups(tables: Tables, events: Counted, arm: str | None) -> Iterator[tuple[str, str]]:
    how = tables.how
    yield "all", ""
    for group in how.groups:
        if arm is None or how.arms.get(group) == arm:
            yield how.of, group
    if bool((events.rows["worker"] != "").any()):
        own = {name for name in events.rows["worker"] if name}
        for name in dict.fromkeys([*tables.workers(), *sorted(own)]):
            yield "link_worker", name


def _row(events: int, months: float, what: str, kind: str, level: float, said: list[str]) -> Row:
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
    low, high = garwood(events, months, level)
    return row | {"value": events / months, "ci_low": low, "ci_high": high, "method": METHOD}
