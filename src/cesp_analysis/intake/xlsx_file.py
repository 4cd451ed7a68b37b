"""XLSX: one sheet, its first row the column names."""

import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.errors import CespError, no_such
from cesp_analysis.intake.read import check_header
from cesp_analysis.study.files import Written


def read_xlsx(path: Path, file: Written) -> pd.DataFrame:
    """One sheet as text; dates as YYYY-MM-DD; `line` is the sheet's row."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        workbook = CalamineWorkbook.from_path(str(path))
        sheet = file.sheet or workbook.sheet_names[0]
        if sheet not in workbook.sheet_names:
            raise CespError(f"{file.path}: {no_such('sheet', sheet, workbook.sheet_names)}")
        grid = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise CespError(
            f"{file.path}: cannot be read as XLSX ({error}); open it in Excel and save it again"
        ) from None
    if not any(cell != "" for row in grid for cell in row):
        raise CespError(f"{file.path}: sheet '{sheet}' is empty; export it again")
    rows = [[_as_text(cell) for cell in row] for row in grid]
    width = max((i + 1 for row in rows for i, cell in enumerate(row) if cell), default=0)
    header = [name.strip() for name in rows[0][:width]]
    check_header(header, file.path)
    while rows and not any(rows[-1]):
        rows.pop()
    frame = pd.DataFrame([row[:width] for row in rows[1:]], columns=header, dtype=str)
    frame.insert(0, "line", np.arange(2, len(frame) + 2))
    return frame


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
