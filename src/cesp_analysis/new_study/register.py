"""Which table lists the people."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from cesp_analysis.new_study.links import Register, link_of
from cesp_analysis.new_study.moments import moment_in, words_as_moments
from cesp_analysis.new_study.roles import ids_of, roles_of, unique
from cesp_analysis.new_study.tables import Column, Table, plain

_PEOPLE = re.compile(r"people|person|participant|register|recruit|demograph|enrol|patient|client")
SURVEY = re.compile(r"survey|respon|wave|resident|household|questionnaire")
_TOLD = {
    "consent": re.compile(r"(^|_)(consent\w*|einwilligung\w*)(_|$)"),
    "age": re.compile(r"(^|_)(age|age_\w+|alter|dob|(date|year)_of_birth|birth_?\w*|geburts\w+)$"),
    "sex": re.compile(r"(^|_)(sex|gender|geschlecht)$"),
    "enrolment": re.compile(r"(^|_)(recruit\w*|enrol\w*|randomi[sz]\w*|referral_date|registered)"),
}
"""What stands where people are listed: in names of columns or in their labels."""
_MORE = 0.05  # of the people listed: as many others in a file are no slips
PLATFORMS = ("qualtrics", "limesurvey", "kobo", "jisc")


@dataclass(frozen=True)
class Listing:
    """A table that could list the people. told: what it holds of them; ids: how many; covers: of
    how many other tables it knows nearly all ids."""

    table: Table
    unit: str
    told: tuple[str, ...]
    ids: int
    covers: int
    named: bool
    repeated: bool

    @property
    def register(self) -> Register:
        """As others are linked to it."""
        return self.table, self.unit

    def rank(self, most: int) -> tuple[int, int, bool, bool]:
        """What says that it lists the people, `most` being the most ids of any table."""
        placed = len({"site", "arm"} & set(self.told))
        points = 2 * (len(self.told) + self.covers + (self.ids == most)) + placed + 3 * self.named
        return points, placed, self.named, not self.repeated


def register_of(tables: Sequence[Table]) -> Register | None:
    """The table that lists the people, and the column of their ids; None if it cannot be told."""
    found = _ranked(tables)
    return found[0].register if found else None


def register_doubts(tables: Sequence[Table]) -> Iterator[str]:
    """Whether another table lists the people, and where their sites stand if not there."""
    if not (found := _ranked(tables)):
        return
    first, *others = found
    listed = set(first.table.columns[first.unit].found.answers)
    for other in others:
        if other.table is first.table:
            continue
        beyond = len(set(other.table.columns[other.unit].found.answers) - listed)
        if len(other.told) < 2 and beyond <= _MORE * len(listed) and not other.named:
            continue
        more = f", {beyond:,} of them not here" if beyond else ""
        yield (
            f"{first.table.name} is taken for the list of people ({_said(first)});"
            f" {other.table.name} might be, too ({_said(other)}{more}). lists_people: true belongs"
            " to the one that lists each person of the study. Which?"
        )
    if not {"site", "arm"} & set(roles_of(first.table)):
        yield from _elsewhere(first, tables)


def _elsewhere(first: Listing, tables: Sequence[Table]) -> Iterator[str]:
    """Sites or arms of the people that another table has."""
    for other in tables:
        link = link_of(other, first.register) if other is not first.table else None
        own = roles_of(other)
        if place := own.get("site", own.get("arm")) if link else None:
            what = "site" if "site" in own else "arm"
            yield (
                f"The {what} of each person stands in {other.name} ({place}), not here; a run reads"
                " it from the file that lists the people. Add the column to this one (a copy of the"
                f" file, named in SOURCES.yaml), or let {other.name} list the people. Which?"
            )


def _said(one: Listing) -> str:
    """What a table holds of people, in words."""
    return ", ".join([*one.told, "1 id" if one.ids == 1 else f"{one.ids:,} ids"])


def _ranked(tables: Sequence[Table]) -> list[Listing]:
    """The tables that could list the people, the likeliest first."""
    ranked: list[Listing] = []
    for table in tables:
        for unit in ids_of(table):
            roles = roles_of(table)
            if table.platform in PLATFORMS or "weight" in roles:
                continue
            repeated = not unique(table.columns[unit])
            by_time = "time" in roles or table.platform == "redcap"
            if repeated and not by_time:
                continue
            if table.platform != "redcap" and repeats(table, unit, roles):
                continue
            covers = sum(_knows(table, unit, other) for other in tables if other is not table)
            named = bool(_PEOPLE.search(table.name))
            alone = sum(bool(ids_of(t)) for t in tables) == 1 and not SURVEY.search(table.name)
            if covers or named or table.platform == "redcap" or alone:
                ids = int(table.columns[unit].found.answers.nunique())
                told = tuple(_told(table, roles))
                ranked.append(Listing(table, unit, told, ids, covers, named, repeated))
    first = [one.register for one in ranked if not _later(one.table)]
    ranked = [one for one in ranked if not _of_others(one.table, one.unit, first)]
    most = max((one.ids for one in ranked), default=0)
    return sorted(ranked, key=lambda one: one.rank(most), reverse=True)


def _told(table: Table, roles: Mapping[str, str]) -> Iterator[str]:
    """What a table holds that a list of people holds."""
    yield from (role for role in ("site", "arm") if role in roles)
    said = {what for column in table.columns.values() for what in tells(column)}
    yield from (what for what in _TOLD if what in said)
    if "time" in roles and any(
        moment.position == 0 for moment in words_as_moments(table, roles["time"]).values()
    ):
        yield "first event"


def tells(column: Column) -> list[str]:
    """What of a list of people a column holds, by its name or its label: consent, age, sex or
    enrolment."""
    texts = (column.slug, plain(column.label.split(" | ")[0]))
    return [what for what, told in _TOLD.items() if any(told.search(text) for text in texts)]


def _of_others(table: Table, unit: str, first: Sequence[Register]) -> bool:
    """Whether a table of follow-up holds nobody whom one of `first` does not list."""
    ids = set(table.columns[unit].found.answers)
    return _later(table) and any(
        ids <= set(other.columns[own].found.answers) for other, own in first
    )


def _later(table: Table) -> bool:
    """Whether its column of times, or else its name, says that all rows came after the start."""
    roles = roles_of(table)
    if "time" in roles:
        said = list(words_as_moments(table, roles["time"]).values())
    else:
        named = moment_in(table.name) or moment_in(PurePosixPath(table.file.path).stem)
        said = [named] if named else []
    return bool(said) and all(m.position != 0 and not m.is_year for m in said)


def _knows(table: Table, unit: str, other: Table) -> bool:
    """Whether a table lists nearly all ids that another has in one of its columns."""
    link = link_of(other, (table, unit))
    if link is None or link.unsure:
        return False
    return link.in_every_row and link.known >= 0.9


def repeats(table: Table, unit: str, roles: dict[str, str]) -> bool:
    """Whether many rows share unit and time."""
    return rows_again(table, unit, roles.get("time")) > 0.1 * table.records


def rows_again(table: Table, unit: str, time: str | None) -> int:
    """How many rows repeat the unit and time of another."""
    import pandas as pd

    columns = [unit, *([time] if time else [])]
    keys = pd.DataFrame({name: table.columns[name].found.answers for name in columns})
    return int(keys.dropna().duplicated().sum())


def copied_rows(table: Table) -> int:
    """How many rows are another one's copy, in all columns."""
    import pandas as pd

    cells = pd.DataFrame({name: column.found.answers for name, column in table.columns.items()})
    return int((cells.duplicated() & cells.notna().any(axis=1)).sum())
