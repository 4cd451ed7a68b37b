"""Deaths, withdrawals and transfers: each with its date, and the records that contradict it."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cesp_analysis.clean.columns import SET_TO_MISSING
from cesp_analysis.clean.evaluate import evaluated
from cesp_analysis.clean.file import Cleaned
from cesp_analysis.clean.problems import ProblemList
from cesp_analysis.clean.visits import Calendar, set_aside
from cesp_analysis.declared.expressions import names_in
from cesp_analysis.declared.files import RawFile
from cesp_analysis.declared.follow_up import BY_KIND, Event
from cesp_analysis.distinct import as_text
from cesp_analysis.schemas import Events

if TYPE_CHECKING:
    from cesp_analysis.clean.spec import CleanSpec

NOT_COUNTED = "counted as not having happened"


def with_events(
    cleaned: dict[str, Cleaned], how: "CleanSpec", since: Calendar
) -> tuple[dict[str, Cleaned], pd.DataFrame]:
    """Every event (Events); records and events dated after a death, and records after a
    withdrawal, are listed, as is a record at another site than the register's that no transfer
    explains."""
    parts, found = dict(cleaned), []
    for name, event in how.events.items():
        parts[event.file], rows = _occurred(parts[event.file], name, event, how, since)
        found.append(rows)
    deaths = [rows for rows in found if (rows["kind"] == "death").any()]
    for event, rows in zip(how.events.values(), found, strict=True):
        if event.kind != "death" and event.date and deaths:
            parts[event.file] = _after_death(parts[event.file], event, how, rows, deaths)
    columns = list(Events.columns())
    empty = pd.DataFrame({name: pd.Series(dtype="str") for name in columns})
    events = pd.concat(found, ignore_index=True)[columns] if found else empty
    for name, file in how.files.items():
        if file.level == "person" and not file.lists_people:
            parts[name] = _elsewhere(parts[name], file, parts, how, events)
        if file.level == "person" and file.date is not None:
            for event_name, event in how.events.items():
                own = events[events["event"] == event_name]
                parts[name] = _afterwards(parts[name], file, event, own)
    return parts, events


def _occurred(
    part: Cleaned, name: str, event: Event, how: "CleanSpec", since: Calendar
) -> tuple[Cleaned, pd.DataFrame]:
    """In whom an event occurred, once each, its earliest date first.

    It did where the condition holds. Where that is not known it is listed, unless the condition is
    false of nobody: a file in which the event alone was written down says by a blank that it did
    not occur. So does one that says of several events by the same answer which it was (a reason),
    unless a date stands beside the blank. Without a condition it did where there is a date, or a
    reason or a place without one. An event without its date is listed; so are a date whose
    condition does not hold, and one before the start, set to missing. Rows in which the REDCap
    forms that the condition asks hold nothing (another event's) say nothing, and are not listed.
    """
    records = part.records
    rows = records[records["time"].isna()] if records["time"].isna().any() else records
    rows = rows.drop_duplicates("line")
    date = rows[event.date].astype("str") if event.date else pd.Series(None, rows.index, "str")
    file, problems = how.files[event.file], ProblemList(how.files[event.file].path, [part.problems])
    column = file.raw_name(file.variables[event.date].column or event.date) if event.date else ""
    unread = _unreadable(rows["line"], part.problems, column)
    if event.where:
        told_of = evaluated(rows, event.where)
        holds = told_of == 1.0
        blank = told_of.isna().to_numpy() & bool((told_of == 0.0).any())
        if _says_which(event, how):
            blank &= date.notna().to_numpy()
        blank &= ~_of_other_forms(rows["line"], event.where, part)
        asked = ", ".join(sorted(file.raw_name(v.column or n) for n, v in file.variables.items()
                                 if n in names_in(event.where)))  # fmt: skip
        lines, units = rows["line"].to_numpy()[blank], rows["unit"][blank]
        problems.add("event_not_known", asked, lines, units, NOT_COUNTED)
        if event.date and _dates_it_alone(event, how):
            dated = (~holds & date.notna()).to_numpy()
            lines, dates = rows["line"].to_numpy()[dated], date[dated]
            problems.add("date_without_event", column, lines, dates, NOT_COUNTED)
    else:
        told = rows[[name for name in (event.reason, event.to) if name]].notna().any(axis=1)
        holds = date.notna() | unread | told
    undated = (holds & date.isna() & ~unread).to_numpy()
    if event.date:
        lines, units = rows["line"].to_numpy()[undated], rows["unit"][undated]
        problems.add("undated_event", column, lines, units, "counted, without a date")
    rows, date = rows[holds], date[holds]
    elapsed = since.elapsed(rows["unit"], date)
    early = (elapsed < 0).to_numpy()
    if early.any():
        lines = rows["line"].to_numpy()[early]
        problems.add("event_before_start", column, lines, date[early], SET_TO_MISSING)
        date, elapsed = date.mask(early), elapsed.mask(early)
    part = replace(part, problems=problems.sorted())
    table = pd.DataFrame(
        {
            "event": name,
            "line": rows["line"],
            "kind": event.kind,
            "unit": rows["unit"].astype("str"),
            "date": date,
            "elapsed": elapsed,
            "reason": rows[event.reason] if event.reason else None,
            "to": rows[event.to] if event.to else None,
        }
    )
    order = table.sort_values("date", kind="stable", na_position="last")
    return part, order.drop_duplicates("unit").sort_index()


def _of_other_forms(lines: "pd.Series[Any]", where: str, part: Cleaned) -> np.ndarray:
    """Rows (n,) in which every form that a condition asks holds nothing."""
    asked = names_in(where)
    if not asked or not asked <= part.unopened.keys():
        return np.zeros(len(lines), dtype=bool)
    closed = frozenset.intersection(*(part.unopened[name] for name in asked))
    return lines.isin(closed).to_numpy(dtype=bool)


def _dates_it_alone(event: Event, how: "CleanSpec") -> bool:
    """Whether a column dates no other event (one date of whatever ended a person's part)."""
    same = [one for one in how.events.values() if (one.file, one.date) == (event.file, event.date)]
    return len(same) == 1


def _says_which(event: Event, how: "CleanSpec") -> bool:
    """Whether the answers that the condition asks tell other events, too."""
    asked = names_in(event.where or "")
    same = [one for one in how.events.values() if one.file == event.file and one.where]
    return sum(names_in(one.where or "") == asked for one in same) > 1


def _after_death(
    part: Cleaned,
    event: Event,
    how: "CleanSpec",
    events: pd.DataFrame,
    deaths: list[pd.DataFrame],
) -> Cleaned:
    """List what is dated after the person's death: nobody withdraws or moves then."""
    died = pd.concat(deaths).sort_values("date").drop_duplicates("unit").set_index("unit")["date"]
    when = events["unit"].map(died.astype("str")).astype("str")
    late = (when.notna() & (events["date"] > when)).to_numpy(dtype=bool)
    file, problems = how.files[event.file], ProblemList(how.files[event.file].path, [part.problems])
    name = str(event.date)
    column = file.raw_name(file.variables[name].column or name)
    lines, dates = events["line"].to_numpy()[late], events["date"][late].astype("str")
    problems.add("event_after_death", column, lines, dates, "counted as it is dated")
    return replace(part, problems=problems.sorted())


def _unreadable(lines: "pd.Series[Any]", problems: pd.DataFrame, column: str) -> "pd.Series[bool]":
    """Rows in which something stands for the date that could not be read as one."""
    own = problems[problems["column"] == column]
    unread = ["not_a_date", "date_order", "date_serial", "impossible_date"]
    found = own.loc[own["kind"].isin(unread), "line"]
    return lines.isin(found)


def _afterwards(part: Cleaned, file: RawFile, event: Event, events: pd.DataFrame) -> Cleaned:
    """Records of a person with a later date than the event's."""
    kind = BY_KIND[event.kind]
    if not kind or events.empty or file.date is None:
        return part
    records = part.records
    when = records["unit"].map(events.set_index("unit")["date"]).astype("str")
    later = (when.notna() & (records["date"] > when)).astype("bool")
    if not later.any():
        return part
    wide = bool(records["line"].duplicated().any()) and file.time is None
    if event.afterwards == "set_aside" and not wide and not file.lists_people:
        return set_aside(part, file, later.map({True: kind, False: ""}))
    once = records[later].drop_duplicates("line")
    problems = ProblemList(file.path, [part.problems])
    lines, dates = once["line"].to_numpy(), once["date"].astype("str")
    problems.add(kind, file.date.column or "", lines, dates, "kept")
    return Cleaned(records, part.ledger, problems.sorted())


def _elsewhere(
    part: Cleaned,
    file: RawFile,
    cleaned: dict[str, Cleaned],
    how: "CleanSpec",
    events: pd.DataFrame,
) -> Cleaned:
    """List records that name another site than the register, unless the person had moved there."""
    if file.site is None or file.site.column is None:
        return part
    register = next(name for name, entry in how.files.items() if entry.lists_people)
    listed = cleaned[register].records[["unit", "site"]].drop_duplicates("unit")
    people = as_text(listed).set_index("unit")["site"]
    records = part.records
    said, own = records["site"].astype("str"), records["unit"].map(people).astype("str")
    explained = pd.Series(False, index=records.index)
    for _, moved in events[events["kind"] == "transfer"].groupby("event", observed=True):
        by_unit = moved.set_index("unit")
        to: pd.Series[Any] = records["unit"].map(by_unit["to"]).astype("str")
        when = records["unit"].map(by_unit["date"]).astype("str")
        explained |= (said == to) & ~(records["date"] < when).astype("bool")
    other = (said.notna() & own.notna() & (said != own) & ~explained).to_numpy(dtype=bool)
    if not other.any():
        return part
    once = records[other].drop_duplicates("line")
    problems = ProblemList(file.path, [part.problems])
    lines, sites = once["line"].to_numpy(), once["site"].astype("str")
    problems.add("other_site", file.site.column, lines, sites, "the register's site counts")
    return Cleaned(records, part.ledger, problems.sorted())
