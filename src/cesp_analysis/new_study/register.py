"""Which table lists the people."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from cesp_analysis.new_study.links import Register, link_of
from cesp_analysis.new_study.moments import moment_in, words_as_moments
from cesp_analysis.new_study.roles import ids_of, roles_of, unique
from cesp_analysis.new_study.tables import Table

_PEOPLE = re.compile(r"people|person|participant|register|recruit|demograph|enrol|patient|client")
SURVEY = re.compile(r"survey|respon|wave|resident|household|questionnaire")
PLATFORMS = ("qualtrics", "limesurvey", "kobo", "jisc")


def register_of(tables: Sequence[Table]) -> Register | None:
    """The table that lists the people, and the column of their ids; None if it cannot be told."""
    ranked = []
    for table in tables:
        for unit in ids_of(table):
            if table.platform in PLATFORMS or "weight" in roles_of(table):
                continue
            repeated = not unique(table.columns[unit])
            by_time = "time" in roles_of(table) or table.platform == "redcap"
            if repeated and not by_time:
                continue
            if table.platform != "redcap" and repeats(table, unit, roles_of(table)):
                continue
            covers = sum(_knows(table, unit, other) for other in tables if other is not table)
            named = bool(_PEOPLE.search(table.name))
            placed = bool({"site", "arm"} & set(roles_of(table)))
            alone = sum(bool(ids_of(t)) for t in tables) == 1 and not SURVEY.search(table.name)
            if covers or named or table.platform == "redcap" or alone:
                ranked.append(((covers, placed, named, not repeated), table, unit))
    first = [(table, unit) for _, table, unit in ranked if not _later(table)]
    ranked = [found for found in ranked if not _of_others(found[1], found[2], first)]
    best = max(ranked, key=lambda found: found[0], default=None)
    return (best[1], best[2]) if best else None


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
