"""What differs between two tables: numbers with how much, text, rows, columns. Pure."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from cesp_analysis.provenance.row_keys import Row, by_key, contract_of, is_number, key_of, number

STD_ERROR = "std_error"
IN_ERRORS = (
    "estimate", "mean", "ci_low", "ci_high", "ci_low_joint", "ci_high_joint", "ci_low_shock",
    "ci_high_shock",
)  # fmt: skip
"""Columns in the unit of their row's standard error."""
Kind = Literal["number", "text", "row", "column", "file"]


@dataclass(frozen=True)
class Difference:
    """One thing that differs. `a`, `b`: what stands there, '' for nothing; where A or B alone has a
    row, a column or a file, `only` says which.

    Of two numbers: difference B − A, relative to |A| (None where A is 0), and in standard errors of
    A's row (None where it has none, or the column is in another unit).
    """

    kind: Kind
    file: str
    row: str = ""
    column: str = ""
    a: str = ""
    b: str = ""
    difference: float | None = None
    relative: float | None = None
    errors: float | None = None
    only: Literal["", "A", "B"] = ""


@dataclass(frozen=True)
class Compared:
    """A table that both have: how many cells of numbers were compared, and what differs."""

    numbers: int
    found: tuple[Difference, ...]


@dataclass(frozen=True)
class Cells:
    """A table as text: its columns in order, and its rows."""

    header: tuple[str, ...]
    rows: list[Row]


def compared(file: str, a: Cells, b: Cells, tolerance: float) -> Compared:
    """Compare two tables row by row, each row with the one of its key.

    Two numbers are the same if they differ by at most `tolerance` times the largest of |A|, |B| and
    their standard error; 0 asks for the same number. So too numbers by which rows are known.
    """
    common = [name for name in a.header if name in b.header]
    contract = contract_of(a.header) or contract_of(b.header)
    key = key_of(contract, common, a.rows, b.rows)
    digits = max(1, -math.ceil(math.log10(tolerance))) if tolerance else 0
    ours, theirs = by_key(a.rows, key, digits), by_key(b.rows, key, digits)
    found = [*_only(file, "column", a.header, b.header)]
    found += _only(file, "row", [*map(_name, ours)], [*map(_name, theirs)])
    numbers = 0
    for name in ours.keys() & theirs.keys() if common else ():
        one, other = ours[name], theirs[name]
        for column in common:
            if column in key:
                continue
            declared = is_number(contract, column)
            pair = number(one[column]), number(other[column])
            if declared is not False and None not in pair:
                numbers += 1
            if one[column] != other[column]:
                found += _of_cells(file, _name(name), column, one, other, declared, tolerance)
    return Compared(numbers, tuple(found))


def _only(file: str, kind: Kind, a: Sequence[str], b: Sequence[str]) -> Iterator[Difference]:
    """What stands in one of them alone."""
    sides: tuple[tuple[Literal["A", "B"], Sequence[str], set[str]], ...]
    sides = (("A", a, set(b)), ("B", b, set(a)))
    for only, here, there in sides:
        for name in here:
            if name not in there:
                row, column = (name, "") if kind == "row" else ("", name)
                yield Difference(kind, file, row, column, only=only)


def _of_cells(
    file: str,
    row: str,
    column: str,
    one: Row,
    other: Row,
    declared: bool | None,
    tolerance: float,
) -> Iterator[Difference]:
    """Two cells that are not the same text."""
    a, b = number(one[column]), number(other[column])
    if declared is False or a is None or b is None:
        beside_blank = declared is None and "" in (one[column], other[column]) and a != b
        kind: Kind = "number" if declared or beside_blank else "text"
        yield Difference(kind, file, row, column, one[column], other[column])
        return
    error = number(one.get(STD_ERROR, "")) if column in IN_ERRORS else None
    known = error if error is not None and math.isfinite(error) and error > 0 else None
    if same(a, b, known, tolerance):
        return
    by = b - a
    relative = by / abs(a) if a else None
    errors = by / known if known is not None else None
    yield Difference("number", file, row, column, one[column], other[column], by, relative, errors)


def same(a: float, b: float, error: float | None, tolerance: float) -> bool:
    """Whether two numbers count as the same."""
    if a == b or (math.isnan(a) and math.isnan(b)):
        return True
    return abs(b - a) <= tolerance * max(abs(a), abs(b), error or 0.0)


def size(one: Difference) -> tuple[int, float]:
    """By what differences are sorted, the largest first: those in standard errors, then relative
    ones; first of these what has no relative size (of 0, of a blank)."""
    if one.errors is not None:
        return (0, -abs(one.errors))
    return (1, -abs(one.relative) if one.relative is not None else -math.inf)


def _name(key: tuple[str, ...]) -> str:
    return " / ".join(part for part in key if part) or "(all)"
