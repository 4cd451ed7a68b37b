"""One entry of `files:`, as a draft has it."""

from dataclasses import dataclass, field

from cesp_analysis.new_study.links import Link
from cesp_analysis.new_study.moments import DraftMoment
from cesp_analysis.new_study.tables import Table
from cesp_analysis.study.gaps import UNDECIDED


@dataclass(frozen=True)
class Entry:
    """One entry of `files:`. reads: which columns become variables; moments: raw word → moment,
    or '' → that of the whole file; wide: questions with a column a time; link: the column of
    the register's ids; carried: that column, filled in one row of a record → the record's id;
    assumed: nothing says its wave; doubt: a question on its time, which is undecided or drafted;
    asked: whether it is another that lists the people."""

    name: str
    table: Table
    level: str
    roles: dict[str, str]
    unit: str | None = None
    lists_people: bool = False
    one_row_per: str = "unit_and_time"
    rows: dict[str, list[str]] = field(default_factory=dict)
    forms: tuple[str, ...] = ()
    moments: dict[str, DraftMoment] = field(default_factory=dict)
    reads: tuple[str, ...] = ()
    long_format: tuple[str, str] | None = None
    wide: dict[str, dict[str, DraftMoment]] = field(default_factory=dict)
    link: Link | None = None
    carried: dict[str, str] = field(default_factory=dict)
    assumed: bool = False
    doubt: str = ""
    asked: tuple[str, ...] = ()
    undecided: bool = False

    @property
    def timed(self) -> bool:
        """Whether it says when its rows were collected."""
        return bool(self.moments)

    def all_moments(self) -> list[DraftMoment]:
        """Those of its rows, and those of its columns; none that is undecided."""
        return [
            *(moment for moment in self.moments.values() if moment.name != UNDECIDED),
            *(m for group in self.wide.values() for m in group.values()),
        ]
