"""CSV files that studies bring beside their data: lines, header, numbers."""

import csv
import re
from collections.abc import Collection, Iterator
from math import isfinite
from pathlib import Path

from cesp_analysis.errors import CespError, no_such

Lines = list[tuple[int, list[str]]]
"""Each line's number in the file, and its cells."""
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


def csv_lines(path: Path, header: str) -> Lines:
    """The lines of a file, spaces around cells taken off; `header`: what the first must name.

    CespError where it is not UTF-8, no CSV, or empty."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except UnicodeDecodeError:
        raise CespError(f"{path}: is not UTF-8; save it as CSV in UTF-8") from None
    except csv.Error as error:
        raise CespError(f"{path}: is no CSV ({error}); save it again as CSV") from None
    if nul := [line for line, cells in rows if any("\x00" in cell for cell in cells)]:
        raise CespError(f"{path}: line {nul[0]}: holds a NUL byte; save it again as CSV in UTF-8")
    if not any(any(cells) for _, cells in rows):
        raise CespError(f"{path}: is empty; its first line names the columns, {header}")
    if len(rows[0][1]) == 1:
        raise CespError(
            f"{path}: line 1: is one column, '{rows[0][1][0]}'; separate the columns by commas"
        )
    return rows


def named_twice(header: list[str]) -> Iterator[str]:
    """One line for each name that several columns have."""
    for name in dict.fromkeys(name for name in header if header.count(name) > 1):
        yield f"'{name}' names {header.count(name)} columns; keep one"


def ragged(cells: list[str], header: list[str]) -> str | None:
    """What is wrong with the number of a line's cells."""
    if len(cells) == len(header):
        return None
    return (
        f"has {len(cells)} fields, the header {len(header)}; a cell with a comma must stand in"
        " quotes"
    )


def number(cell: str) -> float | None:
    """The number that a cell writes with the digits 0 to 9 and a point; None if it is none."""
    value = float(cell) if _NUMBER.fullmatch(cell) else float("nan")
    return value if isfinite(value) else None


class Wrong:
    """Faults of lines, each told once with the lines that have it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: dict[str, list[int]] = {}

    def add(self, line: int, fault: str) -> None:
        """A line has a fault."""
        self.lines.setdefault(fault, []).append(line)

    def told(self) -> list[str]:
        """A sentence for each fault."""
        return [
            f"{self.path}: line {own[0]}: {fault}"
            + (f" ({len(own)} such lines, the last {own[-1]})" if len(own) > 1 else "")
            for fault, own in self.lines.items()
        ]


HEADER_AGAIN = "names the columns again, as line 1; remove it"
Rows = list[tuple[int, dict[str, str]]]
"""Each row's line, and columns → cells."""


def told_rows(
    path: Path,
    wrong: Wrong,
    needed: Collection[str],
    described: str = "",
    others: Collection[str] | None = None,
) -> tuple[Rows, Rows]:
    """The rows of a CSV that have as many cells as the header, and the others as far as they go,
    which are put among what is `wrong`: whoever looks into the first tells all in one. Rows without
    a word are passed over.

    needed: columns that it must have; described: these in words, for an empty file; others: those
    that it may have besides, None: any, of which nothing is read. CespError where columns are
    wrong."""
    (_, header), *lines = csv_lines(path, described or ", ".join(needed))
    faults = [f"{path}: line 1: {fault}" for fault in named_twice(header)]
    faults += [
        f"{path}: line 1: {no_such('column', name, header, 'in the file')}"
        for name in needed
        if name not in header
    ]
    known = [*needed, *(others or ())]
    faults += [
        f"{path}: line 1: {no_such('column', name, known)}; what nobody reads belongs into note"
        for name in dict.fromkeys(header)
        if others is not None and name not in known
    ]
    whole, apart = Rows(), Rows()
    for n, cells in lines:
        if not any(cells):
            continue
        fault = HEADER_AGAIN if cells == header else ragged(cells, header)
        if fault:
            wrong.add(n, fault)
        (apart if fault else whole).append((n, dict(zip(header, cells, strict=False))))
    if faults:
        raise CespError([*faults, *wrong.told()])
    return whole, apart
