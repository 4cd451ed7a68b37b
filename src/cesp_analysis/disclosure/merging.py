"""Rows of a table put together before it leaves: reasons in people's words, single events."""

from collections.abc import Iterable
from functools import partial

from cesp_analysis.disclosure.leaving import Row
from cesp_analysis.study.wording import NO_ANSWER, NOT_KNOWN

OTHER_REASONS = "other reasons"
_OWN = ("", NO_ANSWER, NOT_KNOWN, OTHER_REASONS)
"""Reasons in the program's words."""


def only(**wanted: Iterable[str]) -> "partial[list[Row]]":
    """Rows whose columns hold one of the wanted values."""
    return partial(_only, {name: frozenset(values) for name, values in wanted.items()})


def _only(wanted: dict[str, frozenset[str]], rows: list[Row]) -> list[Row]:
    return [row for row in rows if all(row[name] in own for name, own in wanted.items())]


def summed(rows: list[Row], by: tuple[str, ...], numbers: tuple[str, ...]) -> list[Row]:
    """Rows that agree in `by`, as one: the first, with the sums of `numbers`."""
    found: dict[tuple[str, ...], Row] = {}
    for row in rows:
        key = tuple(row[name] for name in by)
        if key in found:
            own = found[key]
            found[key] = own | {name: own[name] + row[name] for name in numbers}
        else:
            found[key] = row
    return list(found.values())


def flow_rows(rows: list[Row], threshold: int, cleared: tuple[str, ...]) -> list[Row]:
    """The flow with reasons in people's own words only where they are cleared and many gave them;
    the others of a step and group are one row."""
    told = [
        row
        if row["status"] != "not reached"
        or row["part"] == "survey"
        or row["reason"] in _OWN
        or (row["reason"] in cleared and row["n"] >= threshold)
        else row | {"reason": OTHER_REASONS}
        for row in rows
    ]
    return summed(told, ("step", "group", "status", "reason"), ("n",))


def event_rows(rows: list[Row]) -> list[Row]:
    """Events by group alone: when, why and whither tell who somebody is."""
    bare = [row | {"after": "", "reason": "", "to": ""} for row in rows]
    return summed(bare, ("event", "group"), ("n",))


def rate_rows(rows: list[Row]) -> list[Row]:
    """Rates over all and by site; not of link workers, nor how completely items are filled in."""
    return [
        row for row in rows if row["of"] in ("all", "site", "arm") and row["rate"] != "completeness"
    ]


def outcome_rows(rows: list[Row]) -> list[Row]:
    """Missing values of outcomes; of single questions they stay inside."""
    return [row for row in rows if row["outcome"] and not row["item"]]
