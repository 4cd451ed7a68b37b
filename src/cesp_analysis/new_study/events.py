"""Deaths, withdrawals and moves, as the names of a register's columns tell them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from cesp_analysis.new_study.commented import flow
from cesp_analysis.new_study.entry import Entry
from cesp_analysis.new_study.tables import slug

_KINDS = {
    "died": ("death", r"(^|_)(died|deaths?|deceased|dod|dead|verstorben|gestorben|tod\w*)(_|$)"),
    "withdrew": (
        "withdrawal",
        r"withdr|drop_?(ped_?)?out|(^|_)(left|leaving|exit|abbruch\w*)(_|$)",
    ),
    "moved": ("transfer", r"(^|_)move[ds]?(_|$)|transfer|relocat|umzug"),
}
_YES = ("yes", "y", "true", "ja", "1")
_REASON = re.compile(r"(^|_)(reasons?|why|cause|grund)(_|$)")
_TO = re.compile(r"(^|_)(to|new_site|site)(_|$)")


def events_in(entry: Entry, variables: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """A question, and below it an `events:` section to take in; nothing if no date tells one."""
    lines = []
    for name, (kind, pattern) in _KINDS.items():
        own = {v: d for v, d in variables.items() if re.search(pattern, slug(v))}
        dates = [v for v, d in own.items() if d.get("type") == "date"]
        if dates:
            said = {"label": name.capitalize(), "kind": kind, "file": entry.name}
            said |= dict(_rest(entry, own, kind)) | {"date": dates[0]}
            lines.append(f"  {name}: {flow(said)}")
    if not lines:
        return []
    asked = (
        f"Dates in {entry.name} seem to tell who died, withdrew or moved. The lines below say so to"
        " a run; take the comment signs off those that are right. Are they?"
    )
    return [asked, "events:", *lines]


def tells_event(name: str) -> bool:
    """Whether a column's name tells a death, a withdrawal or a move."""
    return any(re.search(pattern, slug(name)) for _, pattern in _KINDS.values())


def _rest(
    entry: Entry, own: Mapping[str, Mapping[str, Any]], kind: str
) -> Iterator[tuple[str, str]]:
    """In whom it occurred, why, and where to: variables beside the date."""
    for name, declared in own.items():
        found = entry.table.columns[declared.get("column", name)].found
        yes = [word for word in found.words() if word.casefold() in _YES]
        if declared.get("type") == "date" or _REASON.search(slug(name)):
            continue
        if yes and len(found.words()) <= 3:
            number = declared.get("type") is None
            yield "where", f"{name} == {yes[0]}" if number else f'{name} == "{yes[0]}"'
    categories = [name for name, declared in own.items() if declared.get("type") == "category"]
    yield from (("reason", name) for name in categories[:9] if _REASON.search(slug(name)))
    if kind == "transfer":
        yield from (("to", name) for name in categories if _TO.search(slug(name)))
