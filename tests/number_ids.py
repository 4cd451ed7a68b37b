"""The report written with numbers that remember which cells of the results they were made of.

`told(results)` writes the report; every number that a table of the results gave stands in the tree
with a mark behind it, by which `Origins.made_of` says its cells. Arithmetic keeps the cells of all
that went into it. Texts of cells, counts of rows and settings of the study have no mark.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from cesp_analysis import contracts
from cesp_analysis.columns import Table
from cesp_analysis.report.blocks import Block
from cesp_analysis.report.results import Results
from cesp_analysis.report.write import SECTIONS, section

FIRST = 0xF0000  # private use: no letter, no digit, nothing that a section looks for
KEEPING = ("__neg__", "__abs__", "__round__", "__floor__")
CALCULATING = tuple(
    f"__{r}{name}__"
    for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow")
    for r in ("", "r")
)
SCALES = (100, 1_000, 1_000_000)
"""A cell's value by one of these, or over it, is the same number in another unit."""


@dataclass(frozen=True, order=True)
class Cell:
    """A cell of a table of the results: its file, the key of its row, its column."""

    table: str
    key: tuple[str, ...]
    column: str


@dataclass(frozen=True)
class Made:
    """What a printed number was made of; `cell`, `value`: the one that it is, if it is one."""

    cells: frozenset[Cell]
    cell: Cell | None = None
    value: float = 0.0


@dataclass
class Origins:
    """What each number that was printed was made of, by its mark."""

    of: list[Made] = field(default_factory=list)

    def mark(self, made: Made) -> str:
        """The mark of a number that was made of this."""
        self.of.append(made)
        return chr(FIRST + len(self.of) - 1)

    def made_of(self, mark: str) -> Made:
        """What the number before this mark was made of."""
        return self.of[ord(mark) - FIRST]


class _Known:
    made: Made
    origins: Origins


def known(value: float, made: Made, origins: Origins) -> Any:
    """A number that remembers what it was made of."""
    number = (KnownInt if isinstance(value, int) else KnownFloat)(value)
    number.made, number.origins = made, origins
    return number


def _calculated(base: type, name: str) -> Callable[..., Any]:
    own = getattr(base, name)

    def call(self: Any, *others: Any) -> Any:
        value = own(self, *others)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return value
        cells = self.made.cells.union(*(o.made.cells for o in others if isinstance(o, _Known)))
        scaled = "mul" in name or name == "__truediv__"
        same = name in KEEPING or (scaled and type(others[0]) is int and others[0] in SCALES)
        return known(value, self.made if same else Made(cells), self.origins)

    return call


def _printed(base: type) -> dict[str, Callable[..., Any]]:
    def text(self: Any, spec: str = "") -> str:
        return base.__format__(base(self), spec) + self.origins.mark(self.made)

    return {"__format__": text, "__str__": text}


def _number(name: str, base: type) -> Any:
    calculated = {name: _calculated(base, name) for name in (*KEEPING, *CALCULATING)}
    return type(name, (_Known, base), calculated | _printed(base))


KnownFloat: Any = _number("KnownFloat", float)
KnownInt: Any = _number("KnownInt", int)


def _reading(origins: Origins) -> Callable[[Path, type[Table]], Iterator[dict[str, Any]]]:
    read = contracts.rows

    def rows(path: Path, contract: type[Table]) -> Iterator[dict[str, Any]]:
        for nth, row in enumerate(read(path, contract)):
            key = tuple(str(row[name]) for name in contract.key) or (str(nth),)
            for name, value in row.items():
                if type(value) in (int, float):
                    cell = Cell(path.stem, key, name)
                    row[name] = known(value, Made(frozenset({cell}), cell, value), origins)
            yield row

    return rows


def told(results: Results) -> tuple[list[Block], Origins]:
    """The blocks of the report of these results, read anew, with marks; what they stand for."""
    origins = Origins()
    with pytest.MonkeyPatch.context() as patch:
        for module in ("tables_read", "results"):
            patch.setattr(f"cesp_analysis.report.{module}.rows", _reading(origins))
        anew = replace(results)
        return [block for name in SECTIONS for block in section(name, anew)], origins
