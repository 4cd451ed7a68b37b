"""XLSX: one sheet; column names in one row or several."""

import datetime
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cesp_analysis.declared.file_forms import Written
from cesp_analysis.errors import CespError, few, no_such
from cesp_analysis.intake.cut import above, note_cut
from cesp_analysis.intake.header import checked, named
from cesp_analysis.intake.hidden import hidden_in
from cesp_analysis.intake.pointed import has_point, note_pointed
from cesp_analysis.intake.recognised import beginning_of, looks_like
from cesp_analysis.intake.workbook import check_sheet, check_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_calamine import CalamineWorkbook

Merged = tuple[tuple[int, int], tuple[int, int]]
"""A merged cell's first and last row and column, from 0."""
Across = tuple[int, int, int]
"""The row of a cell that is merged over columns, the first and the last of these, from 0."""


def read_xlsx(path: Path, file: Written) -> pd.DataFrame:
    """One sheet as text; dates as YYYY-MM-DD; `line` is the sheet's row. `attrs["merged_across"]`:
    of cells of records merged over columns the row, and names of the columns, the first first."""
    check_workbook(path, file)
    rows, across, pointed = _rows(path, file)
    width = max((i + 1 for row in rows for i, cell in enumerate(row) if cell), default=0)
    top = file.header.skip + file.header.rows
    found = named(rows[file.header.skip : top], file, width)
    records = rows[top : file.last_line]
    while records and not any(records[-1]):
        records.pop()
    frame = _table(records, width)
    nameless = [i for i, name in enumerate(found.names) if name in ("", f"column_{i + 1}")]
    kept = [i for i in range(width) if i not in nameless or bool((frame[i] != "").any())]
    checked([found.names[i] for i in kept], file)
    frame, lines = frame[kept], np.arange(top + 1, len(rows) + 1)
    below = _table(rows[top + len(records) :], width)[kept]
    over = above(rows[: file.header.skip], rows[file.header.skip : top], file)
    note_cut(frame, over, below, lines[len(records) :])
    cut = dict(frame.attrs)
    frame = frame.set_axis([found.names[i] for i in kept], axis=1)
    frame.insert(0, "line", lines[: len(frame)])
    frame.attrs = cut | {"column_labels": found.labels}
    if over := [
        (row + 1, [found.names[i] for i in kept if left <= i <= right])
        for row, left, right in across
        if row < top + len(records)
    ]:
        frame.attrs["merged_across"] = over
    if pointed:
        note_pointed(frame, {found.names[i]: pointed[i] for i in kept if i in pointed})
    hidden = set(hidden_in(path, file.sheet).rows)
    if own := [int(line) for line in frame["line"] if line in hidden]:
        frame.attrs["hidden_rows"] = own
    return frame


def _table(rows: list[list[str]], width: int) -> pd.DataFrame:
    """Rows as text, columns by position."""
    table = [(row + [""] * width)[:width] for row in rows]
    return pd.DataFrame(table, columns=range(width), dtype=str)


def sheets_of(path: Path) -> dict[str, bool]:
    """A workbook's sheets: name → whether it is hidden; raises CespError if it is none."""
    from python_calamine import SheetVisibleEnum

    file, seen = Written(path=str(path)), SheetVisibleEnum.Visible
    check_workbook(path, file)
    with _told(path, file) as workbook:
        return {sheet.name: sheet.visible != seen for sheet in workbook.sheets_metadata}


def grid_of(path: Path, file: Written) -> tuple[list[list[str]], list[Merged]]:
    """All cells of the sheet as text, and its merged cells: (first row, column), (last …)."""
    grid, merged = _cells_of(path, file)
    return [[_as_text(cell) for cell in row] for row in grid], merged


def _cells_of(path: Path, file: Written) -> tuple[list[list[Any]], list[Merged]]:
    """All cells of the sheet as they are, and its merged cells."""
    with _told(path, file) as workbook:
        sheet = file.sheet or workbook.sheet_names[0]
        if sheet not in workbook.sheet_names:
            known = workbook.sheet_names
            raise CespError(f"{file.path}: {no_such('sheet', sheet, known, 'it has')}")
        errors = check_sheet(path, file, sheet)
        content = workbook.get_sheet_by_name(sheet)
        grid = content.to_python(skip_empty_area=False)
    for (row, column), text in errors.items():
        grid[row][column] = text
    return grid, list(content.merged_cell_ranges or ())


@contextmanager
def _told(path: Path, file: Written) -> "Iterator[CalamineWorkbook]":
    """A workbook that is open; what its reader says becomes a CespError."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, ZipError

    try:
        workbook = CalamineWorkbook.from_path(str(path))
        if not workbook.sheet_names:
            raise CespError(f"{file.path}: is no workbook: it has no sheets; save it again as XLSX")
        yield workbook
    except PasswordError:
        raise CespError(f"{file.path}: is protected by a password; save it without one") from None
    except (CalamineError, ZipError, zipfile.BadZipFile) as error:
        what = looks_like(beginning_of(path))
        if what is not None and "ZIP" not in what:
            raise CespError(
                f"{file.path}: is no XLSX file, but looks like {what}; save it as XLSX"
            ) from None
        raise CespError(
            f"{file.path}: cannot be read as XLSX ({error}); open it in Excel and save it again"
        ) from None


def _rows(path: Path, file: Written) -> tuple[list[list[str]], list[Across], dict[int, list[int]]]:
    """All cells of the sheet as text, merged header cells carried; records' cells over columns;
    place of a column → its lines with text where a point may be mistaken for the decimal mark."""
    grid, merged = _cells_of(path, file)
    rows = [[_as_text(cell) for cell in row] for row in grid]
    if not any(cell for row in rows for cell in row):
        sheet = file.sheet or next(iter(sheets_of(path)))
        raise CespError(f"{file.path}: sheet '{sheet}' is empty; export it again")
    _carry_merged(rows, merged, file)
    top = file.header.skip + file.header.rows
    across = [(row, left, right) for (row, left), (_, right) in merged if row >= top]
    over = sorted(one for one in across if one[2] > one[1] and rows[one[0]][one[1]])
    pointed: dict[int, list[int]] = {}
    for line, row in enumerate(grid[top:] if file.comma_beside_numbers() else (), top + 1):
        for place in (place for place, cell in enumerate(row) if has_point(cell)):
            pointed.setdefault(place, []).append(line)
    return rows, over, pointed


def _carry_merged(rows: list[list[str]], merged: list[Merged], file: Written) -> None:
    """Write a merged header cell's text into every column that it spans.

    A cell merged over several records would count for the first of them alone: CespError.
    """
    top = range(file.header.skip, file.header.skip + file.header.rows)
    records = range(top.stop, len(rows[: file.last_line]))
    over = [
        (left, first, last)
        for (first, left), (last, _) in merged
        if first in records and last in records and last > first and rows[first][left]
    ]
    if over:
        raise CespError(_merged_over(sorted(over), file))
    for (first, left), (last, right) in merged:
        for row in range(first, last + 1):
            if row in top and row < len(rows):
                span = range(left, min(right + 1, len(rows[row])))
                for column in span:
                    rows[row][column] = rows[first][left]


def _merged_over(cells: list[tuple[int, int, int]], file: Written) -> "Iterator[str]":
    """One line for each column with cells that are merged over several records."""
    for column in dict.fromkeys(left for left, _, _ in cells):
        places = [f"{first + 1} to {last + 1}" for left, first, last in cells if left == column]
        one = "one merged cell, whose value would count for the first row alone; unmerge it"
        many = f"{len(places):,} merged cells, each of which would count for its first row alone"
        yield (
            f"{file.path}: rows {few(places)}: column {column + 1}:"
            f" {one if len(places) == 1 else f'{many}; unmerge them'} and write the value into each"
            " row"
        )


def _as_text(cell: Any) -> str:
    """A cell as text: whole numbers without a point, dates in ISO form."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    if isinstance(cell, datetime.datetime):
        midnight = cell.time() == datetime.time()
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ")
    return cell.isoformat() if isinstance(cell, datetime.date | datetime.time) else str(cell)
