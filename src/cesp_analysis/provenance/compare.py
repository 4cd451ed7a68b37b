"""`cesp compare A B`: which numbers of two results differ, and by how much."""

import csv as csv_format
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import astuple, fields
from itertools import takewhile
from pathlib import Path

from cesp_analysis.errors import CespError, few, one_line
from cesp_analysis.formulas import guarded, unguarded
from cesp_analysis.numbers import counted
from cesp_analysis.provenance.differences import Difference, size
from cesp_analysis.provenance.two_results import Both, both
from cesp_analysis.whole_files import write_text

_SHOWN = 5
"""Differences of a table and kind that the terminal shows; a file lists all."""
_WIDE, _BEFORE = 60, 15
"""Letters of a text that are shown, and how many of them stand before the first that differs."""


def compare(a: Path, b: Path, /, tolerance: float = 0.0, csv: Path | None = None) -> int:
    """Compare two folders of results, or two tables: numbers, text, rows, columns, files.

    `tolerance`: by what part of itself (or of its standard error) a number may differ; 0: not at
    all. `csv`: where all differences are written. Ends with 0 if nothing differs, else with 1.
    """
    if not 0 <= tolerance < 1:
        raise CespError(f"--tolerance {tolerance}: must be at least 0 and below 1, such as 1e-9")
    found = both(a, b, tolerance)
    if csv is not None:
        write_text(as_csv(found.found), csv)
    print("\n".join(map(one_line, said(found, a, b))))
    return int(bool(found.found))


def said(found: Both, a: Path, b: Path) -> Iterator[str]:
    """A summary, then what differs, a table after the other: numbers by size, the largest first."""
    yield f"A: {a}"
    yield f"B: {b}"
    yield from _summary(found)
    for kind, title in _TITLES.items():
        tables: dict[str, list[Difference]] = {}
        for one in sorted((one for one in found.found if one.kind == kind), key=_order):
            tables.setdefault(one.file, []).append(one)
        if tables:
            yield ""
            yield title
        for file, own in tables.items():
            yield from _of_table(file, own)


def _of_table(file: str, own: list[Difference]) -> Iterator[str]:
    """A table's first differences, and how many more there are."""
    if own[0].kind == "file":
        yield f"  {_line(own[0])}"
        return
    yield f"  {file}: {len(own):,}"
    yield from (f"    {_line(one)}" for one in own[:_SHOWN])
    if more := len(own[_SHOWN:]):
        yield f"    and {more:,} more (--csv FILE lists all)"


_TITLES = {
    "number": "Numbers, by size (in standard errors where there is one, then relative), A → B",
    "text": "Text, A → B",
    "row": "Rows in one alone",
    "column": "Columns in one alone",
    "file": "Files in one alone",
}


def _summary(found: Both) -> Iterator[str]:
    many = Counter(one.kind for one in found.found)
    if not found.found:
        yield f"Nothing differs: {found.numbers:,} numbers in {counted(found.tables, 'table')}."
    else:
        numbers = [one for one in found.found if one.kind == "number"]
        rows = len({(one.file, one.row) for one in numbers})
        where = len({one.file for one in numbers})
        yield (
            f"Numbers that differ: {len(numbers):,} of {found.numbers:,}, in {counted(rows, 'row')}"
            f" of {where:,} of {counted(found.tables, 'table')} that both have. Text that differs:"
            f" {counted(many['text'], 'cell')}."
        )
        for kind in ("row", "column", "file"):
            only = Counter(one.only for one in found.found if one.kind == kind)
            if only:
                yield f"{kind.capitalize()}s in A alone: {only['A']:,}; in B alone: {only['B']:,}."
    if found.other:
        yield (
            f"Pages, pictures and records with other bytes, which are not compared further:"
            f" {len(found.other):,} ({few(found.other)})"
        )


def _order(one: Difference) -> tuple[int, tuple[int, float], str, str, str]:
    return ([*_TITLES].index(one.kind), size(one), one.file, one.row, one.column)


def _line(one: Difference) -> str:
    place = " ".join(filter(None, (one.row, one.column))) or one.file
    if one.only:
        return f"{place}: in {one.only} alone"
    if one.difference is None:
        a, b = _windows(one.a, one.b)
    else:
        a, b = _digits(one.a, one.b)
    return f"{place}: {a or '(blank)'} → {b or '(blank)'}{_by(one)}"


def _digits(a: str, b: str) -> tuple[str, str]:
    """Two numbers, short where that tells them apart."""
    short = f"{float(a):.6g}", f"{float(b):.6g}"
    return short if short[0] != short[1] else (a, b)


def _windows(a: str, b: str) -> tuple[str, str]:
    """Of two texts the part where they begin to differ."""
    if max(len(a), len(b)) <= _WIDE:
        return a, b
    first = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))
    start = max(0, first - _BEFORE)

    def part(text: str) -> str:
        end = start + _WIDE
        before, after = "…" if start else "", "…" if len(text) > end else ""
        return f"{before}{text[start:end]}{after}"

    return part(a), part(b)


def _by(one: Difference) -> str:
    """By how much: absolute, relative, in standard errors."""
    if one.difference is None:
        return ""
    parts = [f"{one.difference:+.3g}"]
    parts += [] if one.relative is None else [f"{100 * one.relative:+.3g}%"]
    parts += [] if one.errors is None else [f"{one.errors:+.3g} standard errors"]
    return f" ({', '.join(parts)})"


def as_csv(found: tuple[Difference, ...]) -> str:
    """All differences as a CSV, in the order of the terminal."""
    text = io.StringIO()
    writer = csv_format.writer(text, lineterminator="\n")
    writer.writerow([field.name for field in fields(Difference)])
    for one in sorted(found, key=_order):
        writer.writerow(["" if cell is None else _guarded(cell) for cell in astuple(one)])
    return text.getvalue()


def _guarded(cell: str | float) -> str:
    """A cell that no spreadsheet program runs; numbers whole."""
    return guarded(unguarded(cell)) if isinstance(cell, str) else repr(cell)
