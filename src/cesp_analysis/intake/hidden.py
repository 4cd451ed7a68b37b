"""Rows and columns that a sheet hides. They are read like the others, and told of."""

import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cesp_analysis.intake.sheet_xml import bytes_of, part_of

_HIDDEN = r"""[^>]*?\bhidden\s*=\s*["'](?:1|true)["']"""
_ROWS = re.compile(rf"<(?:\w+:)?row(?={_HIDDEN})[^>]*?\br\s*=\s*[\"'](\d+)[\"']".encode())
_COLUMNS = re.compile(rf"<(?:\w+:)?col(?={_HIDDEN})\s[^>]*>".encode())


@dataclass(frozen=True)
class Hidden:
    """Rows and columns, both from 1, in order."""

    rows: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()


def hidden_in(path: Path, sheet: str | None) -> Hidden:
    """What a sheet of a workbook hides; None: its first sheet."""
    rows: set[int] = set()
    columns: set[int] = set()
    with zipfile.ZipFile(path) as archive:
        part = part_of(archive, sheet)
        for chunk in bytes_of(archive, part) if part else ():
            if b"hidden" not in chunk:
                continue
            rows |= {int(row) for row in _ROWS.findall(chunk)}
            for tag in _COLUMNS.findall(chunk):
                said = dict(re.findall(rb"""\b(min|max)\s*=\s*["'](\d+)["']""", tag))
                columns |= set(range(int(said[b"min"]), int(said[b"max"]) + 1))
    return Hidden(tuple(sorted(rows)), tuple(sorted(columns)))


def told(hidden: Hidden, rows: Sequence[Sequence[str]]) -> str:
    """Which rows and columns of the table a sheet hides, with their verb; '' if none."""
    width = max((len(row) for row in rows), default=0)
    above = [row for row in hidden.rows if row <= len(rows)]
    beside = [column for column in hidden.columns if column <= width]
    named = []
    if above:
        named.append(f"row{'s' if len(above) > 1 else ''} {ranges(above)}")
    if beside:
        named.append(f"column{'s' if len(beside) > 1 else ''} {ranges(beside, _letters)}")
    verb = "is" if len(above) + len(beside) == 1 else "are"
    return f"{' and '.join(named)} {verb}" if named else ""


def _letters(column: int) -> str:
    """3 is 'C', 27 is 'AA'."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def ranges(numbers: Sequence[int], shown: Callable[[int], str] = str) -> str:
    """1, 2, 3, 7 as '1 to 3, 7'."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(
        shown(part[0]) if len(part) == 1 else f"{shown(part[0])} to {shown(part[-1])}"
        for part in parts
    )
