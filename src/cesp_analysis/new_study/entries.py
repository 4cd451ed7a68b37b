"""Which table has people, which respondents; and what entries of `files:` each becomes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from cesp_analysis.intake.redcap import REPEAT
from cesp_analysis.new_study.alike import compared
from cesp_analysis.new_study.dates import filled_in, with_fullest_date
from cesp_analysis.new_study.entry import Entry
from cesp_analysis.new_study.event_names import event_of_file
from cesp_analysis.new_study.links import Register, link_of
from cesp_analysis.new_study.listing import listing_doubt, listing_words
from cesp_analysis.new_study.listing_time import with_time_of_listing
from cesp_analysis.new_study.moments import EVENT, DraftMoment, moment_in, words_as_moments
from cesp_analysis.new_study.platforms import PARENT
from cesp_analysis.new_study.questionnaires import Match
from cesp_analysis.new_study.redcap import answers_of, of_people_elsewhere, of_project
from cesp_analysis.new_study.register import (
    PLATFORMS,
    SURVEY,
    register_doubts,
    register_of,
    repeats,
)
from cesp_analysis.new_study.roles import ids_of, long_format_of, roles_of, unique, wide_groups
from cesp_analysis.new_study.tables import Table


def entries_of(tables: Sequence[Table], matches: Mapping[str, Sequence[Match]]) -> list[Entry]:
    """The entries, in the order of the tables; of the table that lists the people, that first.

    `matches`: table → the instruments in it."""
    register = register_of(tables)
    result: list[Entry] = []
    for table in tables:
        if register is not None and table is register[0]:
            asked = tuple(register_doubts(tables))
            own = list(_of_people(table, register[1]))
            result += [replace(one, asked=asked) if one.lists_people else one for one in own]
        else:
            result += _other(table, register)
    dated = [with_fullest_date(entry) for entry in result]
    placed = [_heard(_at_known_sites(entry, dated), dated) for entry in dated]
    read = [replace(entry, reads=_read_by(entry)) for entry in placed]
    return compared(_named_apart(with_time_of_listing(read, matches)))


def _named_apart(entries: Sequence[Entry]) -> list[Entry]:
    """No two entries of one name, no wave called like a time."""
    seen: dict[str, int] = {}
    times = {m.name for e in entries if e.level == "person" for m in e.moments.values()}
    result = []
    for entry in entries:
        seen[entry.name] = seen.get(entry.name, 0) + 1
        number = seen[entry.name]
        name = entry.name if number == 1 else f"{entry.name[:36]}_{number}"
        moments = entry.moments
        if entry.level == "respondent":
            moments = {
                word: replace(moment, name=f"survey_{moment.name}"[:40])
                if moment.name in times
                else moment
                for word, moment in moments.items()
            }
        result.append(replace(entry, name=name, moments=moments))
    return result


def _at_known_sites(entry: Entry, entries: Sequence[Entry]) -> Entry:
    """The same entry; of rows that are nobody's, without a site that no people or respondents have,
    if there are any."""
    if not any(other.level != "other" for other in entries):
        return entry
    if entry.level != "other" or "site" not in entry.roles:
        return entry
    known: set[str] = set()
    for other in entries:
        if other.level != "other" and "site" in other.roles:
            known |= set(other.table.columns[other.roles["site"]].found.answers)
    if known & set(entry.table.columns[entry.roles["site"]].found.answers):
        return entry
    return replace(entry, roles={r: c for r, c in entry.roles.items() if r != "site"})


def _heard(entry: Entry, entries: Sequence[Entry]) -> Entry:
    """The same entry; of people's answers without a weight, and without a neighbourhood or a link
    worker where their register has none: a study asks the register for these."""
    if entry.level != "person" or entry.lists_people:
        return entry
    known = {role for other in entries if other.lists_people for role in other.roles}
    unheard = {"weight"} | ({"neighbourhood", "link_worker"} - known)
    return replace(entry, roles={r: c for r, c in entry.roles.items() if r not in unheard})


def _of_people(table: Table, unit: str) -> Iterator[Entry]:
    """The people, each once; if they stand there once a time, their answers as another entry."""
    roles = roles_of(table)
    once = {"level": "person", "unit": unit, "lists_people": True, "one_row_per": "unit"}
    if table.platform == "redcap" and {EVENT, REPEAT} & set(table.columns):
        yield from of_project(table, unit, roles)
        return
    time = roles.get("time")
    if unique(table.columns[unit]) or time is None:
        own = {role: column for role, column in roles.items() if role not in ("time", "date")}
        wide = wide_groups(table)
        yield Entry(table.name, table, roles=own, wide=wide, **once)  # type: ignore[arg-type]
        return
    first = listing_words(table, unit, time, roles)
    people = {role: column for role, column in roles.items() if role not in ("time", "date")}
    yield Entry("people", table, roles=people, rows={time: first},
                doubt=listing_doubt(table, unit, time, first), **once)  # type: ignore[arg-type]  # fmt: skip
    yield answers_of(table, unit, roles, {})


def _other(table: Table, register: Register | None) -> Iterator[Entry]:
    """A table besides the register: people's answers, a survey, or something else."""
    roles = roles_of(table)
    ids = ids_of(table)
    long = long_format_of(table)
    if PARENT in table.columns:  # rows of a repeated group
        yield Entry(table.name, table, "other", {}, ids[0] if ids else None, one_row_per="any")
        return
    survey = table.platform in PLATFORMS or "weight" in roles or SURVEY.search(table.name)
    link = link_of(table, register)
    if link and table.platform == "redcap" and (found := list(of_people_elsewhere(table, link))):
        yield from found
        return
    if link and link.unsure and survey:  # respondents are numbered from 1, too
        link = None
    if link and link.in_every_row:
        column = link.column
        moments = _moments(table, roles)
        any_number = not long and (repeats(table, column, roles) or _of_events(table, moments))
        kept = {role: c for role, c in roles.items() if role not in ("site", "arm")}
        per = "any" if any_number else "unit_and_time"
        yield Entry(table.name, table, "person", kept, column, False, per, moments=moments,
                     long_format=long, link=link)  # fmt: skip
        return
    ids = [name for name in ids if link is None or name != link.column]
    unit = ids[0] if ids else None
    if survey and (unit is None or unique(table.columns[unit]) or long):
        said = _moments(table, roles)
        moments = said or {"": DraftMoment("wave1", "Wave 1", 1.0)}
        yield Entry(table.name, table, "respondent", roles, unit, moments=moments,
                     long_format=long, link=link, assumed=not said)  # fmt: skip
        return
    per = "unit" if unit and unique(table.columns[unit]) else "any"
    own = {role: c for role, c in roles.items() if role in ("site", "date")}
    yield Entry(table.name, table, "other", own, unit, False, per, long_format=long, link=link)


def _of_events(table: Table, moments: dict[str, DraftMoment]) -> bool:
    """Whether a file tells who died, withdrew or moved, which belongs to no time."""
    return event_of_file(table.name) is not None and not moments


def _moments(table: Table, roles: dict[str, str]) -> dict[str, DraftMoment]:
    if "time" in roles:
        return words_as_moments(table, roles["time"])
    found = moment_in(table.name) or moment_in(PurePosixPath(table.file.path).stem)
    return {"": found} if found else {}


def _read_by(entry: Entry) -> tuple[str, ...]:
    """The columns of an entry that have no role yet: of a register that is read twice, none."""
    columns = list(entry.table.columns.values())
    used = {*entry.roles.values(), entry.unit, *entry.rows, *(entry.long_format or ())}
    used |= {*entry.carried, *entry.carried.values(), *([entry.link.column] if entry.link else [])}
    if entry.forms:
        own = [column for column in columns if column.form in entry.forms]
        return tuple(column.name for column in own if column.name not in used)
    if entry.lists_people and entry.rows and "time" in roles_of(entry.table):
        return ()
    if REPEAT in entry.rows and not entry.table.fields:  # no dictionary says whose columns they are
        columns = [column for column in columns if filled_in(entry, column.name)]
    repeating = set()
    if REPEAT in entry.table.columns and entry.level != "other":  # then other entries read them
        repeating = set(entry.table.columns[REPEAT].found.answers.unique())
    return tuple(c.name for c in columns if c.name not in used and c.form not in repeating)
