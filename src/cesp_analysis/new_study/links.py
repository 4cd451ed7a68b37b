"""Which column of a table holds ids of the people whom the register lists."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from cesp_analysis.declared.ids import LOOSE
from cesp_analysis.intake.finding_days import Answers
from cesp_analysis.new_study.roles import is_named_as_id
from cesp_analysis.new_study.tables import Column, Table

_MOSTLY = 0.5  # of a column's different answers that must be ids of the register
_KINDS = ("text", "category", "whole number")

Register = tuple[Table, str]
"""The table that lists the people, and the column of their ids."""


@dataclass(frozen=True)
class Link:
    """A column of a table that holds the register's ids.

    known: the share of its different answers that are in the register; filled: of the rows;
    loosely: how many are there only if leading zeros and capitals do not count; unsure: ids are
    small numbers under another name, which may be other people's.
    """

    column: str
    known: float
    filled: float
    loosely: int
    unsure: bool

    @property
    def in_every_row(self) -> bool:
        """Whether nearly every row belongs to somebody."""
        return self.filled >= 0.95


def link_of(table: Table, register: Register | None) -> Link | None:
    """The column that most likely says who of the register a row belongs to; None if none does."""
    if register is None:
        return None
    unit = register[0].columns[register[1]]
    best = max(_links(table, unit), key=lambda found: found[0], default=None)
    return best[1] if best else None


def _links(table: Table, unit: Column) -> Iterator[tuple[tuple[bool, float, float], Link]]:
    listed = set(unit.found.answers)
    plain = _plainly(unit.found.answers)
    numbers = all(word.isdigit() and len(word) < 5 for word in listed)
    for column in table.columns.values():
        same = column.slug == unit.slug
        if column.found.kind not in _KINDS or not table.records:
            continue
        if numbers and not same and not is_named_as_id(column):
            continue  # ages and scores lie among small numbers, too
        asked = set(column.found.answers)
        exactly = len(asked & listed)
        loosely = sum(LOOSE.plain(word) in plain for word in asked - listed)
        known = (exactly + loosely) / len(asked)
        if known >= _MOSTLY:
            link = Link(column.name, known, len(column.found.answers) / table.records, loosely,
                        numbers and not same)  # fmt: skip
            yield (same, round(known, 2), link.filled), link


def _plainly(answers: Answers) -> set[str]:
    """The register's ids, so written; without those that would then be one."""
    counts = Counter(LOOSE.plain(word) for word in set(answers))
    return {word for word, number in counts.items() if number == 1}
