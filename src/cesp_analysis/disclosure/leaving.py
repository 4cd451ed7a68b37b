"""What of each table may leave the team, and how. A table or a column that is not named stays.

The roles of a column, each a number's whole treatment:

- shown: as it is: names and settings of the study file, designs, clusters, numbers from outside.
- counts: how many people or respondents, exactly, or withheld; with whom it counts, so that other
  cells of any table that count the same, a part or the whole are known to be so.
- sizes: how many a statistic rests on: rounded, withheld if few.
- shares: part of a whole, column → (part, whole): withheld with their part or its complement.
- means: raw means, SDs, quartiles and intervals of a sample, column → the size they rest on.
- estimates: what a model or a formula made of many: so few decimals that the width of its interval
  leaves open of how many it is, without one two digits. It is withheld with the size that all of a
  row rest on (`rests_on`), or its own (`rests`, column → size), and where a group has few.
- sums: amounts added up over people, or means that tell their sum: withheld where one makes up too
  much of them, or few. Two digits, or as many as an interval bears.
- coarse: numbers that more digits would make a share of people: as estimates, and never in their
  outcome's unit.
- chances: probabilities that were computed from counts: two decimals.
- texts: the program's own sentences, in which numbers of people are treated as elsewhere.
- blank: left empty: single people's values, and what counts could be worked out from.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from cesp_analysis.columns import Row, Table
from cesp_analysis.declared.disclosure import Disclosure

Conditions = dict[str, str]
"""Whom a cell counts: {'site': '{group}', 'answer {outcome} {time}': 'not known'}, filled in from
its row; a condition without a value is none. A cell with one condition less counts the whole."""


def as_they_are(rows: list[Row], how: Disclosure) -> list[Row]:
    """The rows of a table that needs nothing before it leaves."""
    return rows


@dataclass(frozen=True)
class Leaving:
    """How one table leaves; the names of columns are split at blanks."""

    contract: type[Table]
    shown: str = ""
    counts: dict[str, Conditions] = field(default_factory=dict)
    sizes: str = ""
    sized: dict[str, Conditions] = field(default_factory=dict)
    along: dict[str, str] = field(default_factory=dict)
    """A number of what people said → that of the people, with which it is withheld if they are few;
    its role is another."""
    shares: dict[str, tuple[str, str]] = field(default_factory=dict)
    means: dict[str, str] = field(default_factory=dict)
    sums: dict[str, str] = field(default_factory=dict)
    estimates: str = ""
    rests_on: str = ""
    rests: dict[str, str] = field(default_factory=dict)
    coarse: str = ""
    chances: str = ""
    texts: str = ""
    blank: str = ""
    graded: bool = False
    """Whether its means are of many values (utilities, QALYs), whatever their SD is: no share of
    zeros and ones is read off them."""
    shifted: bool = False
    """Whether rows may be of shifted answers: how far they move tells the share that is shifted."""
    together: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)
    """A column that describes all rows that agree in others → these, and the columns with any
    number of which it is withheld."""
    sized_where: tuple[str, str] | None = None
    """A column and what it says in rows whose sizes count people; those of others are sums."""
    prepared: Callable[[list[Row], Disclosure], list[Row]] = as_they_are
    named: dict[str, str] = field(default_factory=lambda: {"estimate_id": "{}"})
    """A column with the id of an estimate → how the row calls its numbers, '{}' for the names that
    estimates.csv has: 'survey_{}'. Those that none names are of all estimates of the row."""

    def estimate_of(self, column: str) -> tuple[str, str]:
        """The column with the id of the estimate that a number is of ('': of all), and the number's
        name in estimates.csv."""
        for own, called in self.named.items():
            before, _, after = called.partition("{}")
            if column.startswith(before) and column.endswith(after):
                return own, column.removeprefix(before).removesuffix(after)
        return "", column

    def side(self, row: Row, own: str) -> Row:
        """The row as the estimate whose id stands in `own` has it: numbers by their names in
        estimates.csv."""
        if self.named.get(own, "{}") == "{}":
            return row if own in ("", "estimate_id") else row | {"estimate_id": row[own]}
        told = {name: self.estimate_of(name) for name in row}
        numbers = {called: row[name] for name, (of, called) in told.items() if of == own}
        return row | numbers | {"estimate_id": row[own]}

    def counts_people(self, row: Row) -> bool:
        """Whether the sizes of a row count people, and are no sums over those of other rows."""
        return self.sized_where is None or row[self.sized_where[0]] == self.sized_where[1]

    @cached_property
    def roles(self) -> dict[str, str]:
        """Column → its role; the whole contract, each once (a test asks for that)."""
        told = dict.fromkeys(self.counts, "counts")
        told |= dict.fromkeys(self.shares, "shares")
        told |= dict.fromkeys(self.means, "means") | dict.fromkeys(self.sums, "sums")
        for role in ("shown", "sizes", "estimates", "coarse", "chances", "texts", "blank"):
            told |= dict.fromkeys(getattr(self, role).split(), role)
        return told

    @cached_property
    def whole(self) -> frozenset[str]:
        """The columns of whole numbers."""
        kinds = {name: column.kind for name, column in self.contract.columns().items()}
        return frozenset(name for name, kind in kinds.items() if kind in ("count", "whole"))
