"""At which time the file that lists the people holds answers: its name says it, or a question."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

import pandas as pd

from cesp_analysis.new_study.entry import Entry
from cesp_analysis.new_study.moments import DraftMoment, moment_in, words_as_moments
from cesp_analysis.new_study.questionnaires import Match
from cesp_analysis.new_study.register import tells
from cesp_analysis.new_study.roles import dates_of, roles_of
from cesp_analysis.study.gaps import UNDECIDED

_CHANGED = 0.05  # of the people: a question that fewer answer otherwise later is what they are
_NAMED = 5  # questions that a comment names
_OPEN = DraftMoment(UNDECIDED, "")


def with_time_of_listing(
    entries: Sequence[Entry], matches: Mapping[str, Sequence[Match]]
) -> list[Entry]:
    """The same entries; the one that lists the people says the time of its answers, if it holds an
    instrument or what other files ask again: else a run would pass over them."""
    return [_timed(entry, entries, matches.get(entry.table.name, ())) for entry in entries]


def _timed(entry: Entry, entries: Sequence[Entry], matches: Sequence[Match]) -> Entry:
    """An entry of people who stand there once, in rows that no column of times has chosen."""
    if not entry.lists_people or entry.rows or entry.moments:
        return entry
    others = [other for other in entries if other.level == "person" and other is not entry]
    placed = {column for group in entry.wide.values() for column in group}
    own = [match for match in matches if set(match.columns) <= set(entry.reads) - placed]
    if entry.wide:
        doubt = _of_their_own(entry, [match.instrument for match in own]) if own else entry.doubt
        return replace(entry, doubt=doubt)
    items = [column for match in own for column in match.columns]
    again = [name for name in _asked_again(entry, others) if name not in items]
    if not items and not again:
        return entry
    roles = _date(entry, others)
    if moments := _column_of_one_time(entry):
        roles |= {"time": roles_of(entry.table)["time"]}
    elif said := _named_time(entry, (items, [*roles.values()]), others):
        moments = {"": said}
    elif others:
        named = [*(match.instrument for match in own), *again][:_NAMED]
        entry = replace(entry, doubt=_when(named, others))
        moments = {"": _OPEN}
    else:  # a file alone, of which more is asked
        return entry
    reads = tuple(name for name in entry.reads if name not in roles.values())
    return replace(entry, roles=entry.roles | roles, reads=reads, moments=moments)


def _when(named: Sequence[str], others: Sequence[Entry]) -> str:
    where = ", ".join(other.name for other in others)
    return (
        f"At which time were these answers given ({', '.join(named)})? Write it in place of"
        f" undecided: below; if it is a time of its own beside those of {where}, add it to times:,"
        " as baseline: {label: Baseline, position: 0} before the others. If its answers are not to"
        " be counted, take time and instruments out of this entry. Which?"
    )


def _of_their_own(entry: Entry, named: Sequence[str]) -> str:
    return (
        f"At which time were the answers to {', '.join(named)} given? Other columns here have times"
        f" of their own, so move instruments to a further entry of {entry.table.file.path}, with"
        " level: person, unit and time: {constant: …}. Which?"
    )


def _asked_again(entry: Entry, others: Sequence[Entry]) -> Iterator[str]:
    """Questions that another file of people asks by the same name, and that many answer otherwise
    there: not who they are, and not dates."""
    columns = entry.table.columns
    for name in entry.reads:
        column = columns[name]
        known = column.found.kind in ("number", "whole number", "category")
        if not known or column.personal or tells(column):
            continue
        if any(name in other.reads and _changed(name, entry, other) for other in others):
            yield name


def _changed(name: str, entry: Entry, other: Entry) -> bool:
    here, there = _by_id(name, entry), _by_id(name, other)
    there = there[~there.index.duplicated()]
    both = here.index.intersection(there.index)
    differ = (here[both] != there[both]).sum()
    return bool(len(both)) and bool(differ > _CHANGED * len(both))


def _by_id(name: str, entry: Entry) -> "pd.Series[str]":
    """Id → answer, of those who gave one; each id once in the list of people."""
    columns = entry.table.columns
    assert entry.unit is not None
    ids = columns[entry.unit].found.answers.astype("str")
    answers = columns[name].found.answers.astype("str")
    at = answers.index.intersection(ids.index)
    told = pd.Series(answers[at].to_numpy(), index=ids[at].to_numpy())
    return told[~told.index.duplicated()] if entry.lists_people else told


def _column_of_one_time(entry: Entry) -> dict[str, DraftMoment]:
    """Its word → its moment, if a column of times says one in every row."""
    if (column := roles_of(entry.table).get("time")) is None:
        return {}
    full = len(entry.table.columns[column].found.answers) == entry.table.records
    said = words_as_moments(entry.table, column)
    placed = all(moment.position is not None for moment in said.values())
    return said if full and placed and len(said) == 1 else {}


def _named_time(
    entry: Entry, groups: Sequence[Sequence[str]], others: Sequence[Entry]
) -> DraftMoment | None:
    """The time that a file's name says, or else all columns of a group: the start. A year in a
    file's name is when it was exported, unless those of others are years, too; a final one is its
    last version."""
    years = any(moment.is_year for other in others for moment in other.moments.values())
    for text in (entry.table.name, PurePosixPath(entry.table.file.path).stem):
        said = moment_in(text)
        if said is not None and said.position is not None and (years or not said.is_year):
            return said
    for columns in groups:
        found = {moment_in(name) for name in columns}
        start = found.pop() if len(found) == 1 else None
        if start is not None and start.position == 0:
            return start
    return None


def _date(entry: Entry, others: Sequence[Entry]) -> dict[str, str]:
    """The day of its answers: a date that others are dated by first; no day of enrolment."""
    columns = entry.table.columns
    dates = [name for name in dates_of(entry.table) if not tells(columns[name])]
    known = {other.roles.get("date") for other in others}
    dates.sort(key=lambda name: name not in known)
    return {"date": dates[0]} if dates and dates[0] in entry.reads else {}
