"""How a table is declared: its columns, what each holds, its key."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

Kind = Literal["text", "category", "number", "whole", "count"]
Row = dict[str, Any]
"""A row of a table: column → value."""


@dataclass(frozen=True)
class Column:
    """One column: what it holds (`about`), its kind, whether it may be blank."""

    kind: Kind
    about: str
    blank: bool = False
    allowed: tuple[str, ...] = ()


def text(about: str, blank: bool = False) -> Column:
    """A column of text."""
    return Column("text", about, blank)


def category(about: str, blank: bool = False, allowed: tuple[str, ...] = ()) -> Column:
    """A column of text with few different values."""
    return Column("category", about, blank, allowed)


def number(about: str, blank: bool = True) -> Column:
    """A column of numbers (float64); blank means missing unless said otherwise."""
    return Column("number", about, blank)


def whole(about: str) -> Column:
    """A column of whole numbers that may be blank (float64 in memory, no point in a CSV)."""
    return Column("whole", about, blank=True)


def count(about: str) -> Column:
    """A column of whole numbers (int64), never blank."""
    return Column("count", about)


class Table:
    """A contract: class attributes are its columns, in order.

    `key`: columns that together name a row once. `open`: more columns may follow (numbers or
    categories), which the study declares.
    """

    key: ClassVar[tuple[str, ...]] = ()
    open: ClassVar[bool] = False

    @classmethod
    def columns(cls) -> dict[str, Column]:
        """Name → column, in order."""
        return {name: value for name, value in vars(cls).items() if isinstance(value, Column)}
