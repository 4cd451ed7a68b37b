"""A table of the results as an attribute: read when a section asks for it, once."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from cesp_analysis.columns import Row, Table
from cesp_analysis.contracts import rows
from cesp_analysis.declared.wording import Wording


def always(words: Wording) -> bool:
    """Of every study."""
    return True


def priced(words: Wording) -> bool:
    """Of a study whose costs are made of services."""
    return words.economics is not None and words.economics.priced


def simulated(words: Wording) -> bool:
    """Of a study that simulates trials of a design."""
    return words.planning is not None and bool(words.planning.simulated)


def valued(words: Wording) -> bool:
    """Of a study that says what a trial's evidence is worth."""
    return words.planning is not None and words.planning.valued


def interviewed(what: str) -> Callable[[Wording], bool]:
    """Whether a study with interviews says this of them (InterviewWords)."""
    return lambda words: words.interviews is not None and bool(getattr(words.interviews, what))


def feasible(table: str) -> Callable[[Wording], bool]:
    """Whether a study has this table of its feasibility."""
    return lambda words: table in words.feasibility


class HoldsTables(Protocol):
    """What has such attributes: the study's words, and where a table is."""

    @property
    def words(self) -> Wording:
        """The study's words."""

    def place_of(self, table: str) -> Path:
        """The file of a table."""


class Read:
    """The rows of a table, in the results as `file` (the attribute's name if blank); none if the
    study has no such table (`of`)."""

    def __init__(
        self, contract: type[Table], of: Callable[[Wording], object] = always, file: str = ""
    ) -> None:
        self.contract, self.of, self.file = contract, of, file

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self.file = self.file or name

    def __get__(self, results: HoldsTables, owner: type) -> list[Row]:
        known = bool(self.of(results.words))
        made = list(rows(results.place_of(self.file), self.contract)) if known else []
        vars(results)[self.name] = made  # an attribute of its own comes before this
        return made


def of_every_study(results: type) -> list[str]:
    """The tables that the report of every study is written from."""
    found = [one for one in vars(results).values() if isinstance(one, Read)]
    return [one.file for one in found if one.of is always]
