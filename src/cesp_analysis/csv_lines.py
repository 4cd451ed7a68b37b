"""CSV files that studies bring beside their data: lines, header, numbers."""

import csv
import re
from collections.abc import Collection, Iterator
from difflib import SequenceMatcher, get_close_matches
from itertools import permutations
from math import isfinite
from pathlib import Path

from cesp_analysis.errors import CespError, few, no_such, no_such_begins

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


IN_FILE = "in the file"
HEADER_AGAIN = "names the columns again, as line 1; remove it"
Rows = list[tuple[int, dict[str, str]]]
"""Each row's line, and columns → cells."""


def _columns(
    header: list[str], needed: Collection[str], others: Collection[str] | None
) -> Iterator[str]:
    """A line for each column that there is not, with the one that nobody reads where it is probably
    that, and for each other one that nobody reads (others None: any may stand there)."""
    lacks = [name for name in needed if name not in header]
    if others is None:
        yield from (no_such("column", name, header, IN_FILE) for name in lacks)
        return
    known = [*needed, *others]
    unread = [name for name in dict.fromkeys(header) if name not in known]
    meant = _meant(lacks, [name for name in unread if name])
    for name in lacks:
        if name in meant:
            yield (
                f"{no_such_begins('column', name)}, and nobody reads '{meant[name]}': if it is"
                f" that, call it {name} ({IN_FILE}: {few(sorted(header))})"
            )
        else:
            yield no_such("column", name, header, IN_FILE, free=())
    free = [name for name in known if name not in header]
    for name in unread:
        if name not in meant.values():
            told = no_such("column", name, known, free=free)
            yield f"{told}; what nobody reads belongs into note"


_ALIKE = 0.5  # as in errors.no_such
_SEVERAL = 5
"""Columns of which all ways to pair them are looked at."""


def _meant(lacks: list[str], unread: list[str]) -> dict[str, str]:
    """Lacking column → the unread one that it probably is: alike in the pairing that is most alike
    in sum (price_year is year, not price, where cost is price), or the only one left of the only
    one left. Of many, the lacking ones in turn choose what is most like them."""

    def alike(pair: tuple[str, str]) -> float:
        return SequenceMatcher(None, *pair).ratio()

    if len(lacks) == len(unread) <= _SEVERAL:
        ways = [list(zip(lacks, way, strict=True)) for way in permutations(unread)]
        best = max(ways, key=lambda way: sum(map(alike, way)))
        close = dict(pair for pair in best if alike(pair) >= _ALIKE)
        others = [pair for pair in best if pair[0] not in close]
        return close | dict(others if len(others) == 1 else [])
    found: dict[str, str] = {}
    for name in lacks:
        left = [one for one in unread if one not in found.values()]
        if near := get_close_matches(name, left, n=1, cutoff=_ALIKE):
            found[name] = near[0]
    return found


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
    faults += [f"{path}: line 1: {fault}" for fault in _columns(header, needed, others)]
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
