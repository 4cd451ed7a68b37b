"""Deaths, withdrawals and moves, as columns of files of people tell them by name or label."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cesp_analysis.new_study.commented import flow
from cesp_analysis.new_study.endings import Ending, ending_of, words_of
from cesp_analysis.new_study.entry import Entry
from cesp_analysis.new_study.event_names import KINDS, event_of_file, events_told
from cesp_analysis.new_study.tables import slug
from cesp_analysis.study.gaps import UNDECIDED

_YES = ("yes", "y", "true", "ja", "1")
_REASON = re.compile(r"(^|_)(reasons?|why|cause|grund)(_|$)")
_TO = re.compile(r"(^|_)(to|new_site|site)(_|$)")

_NO_PLACE = (
    "No variable says to which site somebody moved, as a transfer needs (to:). A move away from all"
    " sites is none: write kind: withdrawal without to:, or leave the line out. Which?"
)


def events_in(found: Sequence[tuple[Entry, Mapping[str, Mapping[str, Any]]]]) -> list[str]:
    """A question, and below it an `events:` section to take in; nothing if no date tells one.

    `found`: the entries of people, each with its variables; the register stands first."""
    lines: dict[str, str] = {}
    names: dict[str, None] = {}
    untold: list[str] = []
    for entry, variables in found:
        ending = ending_of(entry, variables)
        before = len(lines)
        for event, (kind, _) in KINDS.items():
            own = dict(_telling(event, entry, variables))
            if (dated := _dated(event, own, ending)) is None:
                continue
            name = event if event not in lines else f"{event}_{entry.name}"[:40]
            said = {"label": event.capitalize(), "kind": kind, "file": entry.name}
            lines[name] = f"  {name}: {flow(said | dict(_rest(entry, own, kind)) | dated)}"
            names[entry.name] = None
        if ending is not None and len(lines) > before:
            untold += filter(None, [ending.asked(entry.name)])
    if not lines:
        return []
    asked = (
        f"Dates in {' and '.join(names)} seem to tell who died, withdrew or moved. The lines below"
        " say so to a run; take the comment signs off those that are right. Are they?"
    )
    lacking = [_NO_PLACE] if any(f"to: {UNDECIDED}" in line for line in lines.values()) else []
    return [*untold, *lacking, asked, "events:", *lines.values()]


def _dated(
    event: str, own: Mapping[str, Mapping[str, Any]], ending: Ending | None
) -> dict[str, str] | None:
    """When an event occurred, and in whom where one date is of several; None if nothing says it.

    `own`: the variables that tell it; a date of its own counts before one of whatever ended it.
    """
    dates = [name for name, declared in own.items() if declared.get("type") == "date"]
    if ending is None:
        return {"date": dates[0]} if dates else None
    if alone := [name for name in dates if name != ending.date]:
        return {"date": alone[0]}
    if event not in ending.told:
        return None
    date = {} if ending.date is None else {"date": ending.date}
    return {"where": ending.where(event)} | date


def _telling(
    event: str, entry: Entry, variables: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The variables that tell an event, by name or label; all of a file that tells of no other."""
    file = event_of_file(entry.table.name)
    for name, declared in variables.items():
        if "columns" in declared:  # one question at several times
            continue
        told = events_told(name, str(declared.get("label", "")))
        if event in told or (file == event and not told):
            yield name, declared


def _rest(
    entry: Entry, own: Mapping[str, Mapping[str, Any]], kind: str
) -> Iterator[tuple[str, str]]:
    """In whom it occurred, why, and where to: variables beside the date."""
    for name, declared in own.items():
        words = [*entry.table.columns[declared.get("column", name)].found.words()]
        if isinstance(declared.get("values"), Mapping):  # codes, as the study calls them
            words = words_of(declared)
        yes = [word for word in words if word.casefold() in _YES]
        if declared.get("type") == "date" or _REASON.search(slug(name)):
            continue
        if yes and len(words) <= 3:
            number = declared.get("type") is None
            yield "where", f"{name} == {yes[0]}" if number else f'{name} == "{yes[0]}"'
    categories = [name for name, declared in own.items() if declared.get("type") == "category"]
    yield from (("reason", name) for name in categories[:9] if _REASON.search(slug(name)))
    if kind == "transfer":
        places = [name for name in categories if _TO.search(slug(name))]
        yield from (("to", name) for name in places or [UNDECIDED])
