"""Where the records of a CSV file end."""

import numpy as np
import pandas as pd

from cesp_analysis.declared.file_forms import Written
from cesp_analysis.errors import CespError

_TAIL = 1000  # records looked at together for the last that is not blank


def said(cells: pd.DataFrame) -> np.ndarray:
    """Whether a record holds a value in any of these columns, (n,)."""
    found: np.ndarray = (cells.notna() & (cells != "")).any(axis=1).to_numpy(dtype=bool)
    return found


def last_record(frame: pd.DataFrame, lines: np.ndarray, file: Written) -> int:
    """How many rows there are up to the last record: below the last line stand notes, and after it
    wholly blank lines."""
    n = len(frame)
    if file.last_line is not None:
        n = int(np.searchsorted(lines[:n], file.last_line, side="right"))
    for start in range((n - 1) // _TAIL * _TAIL, -1, -_TAIL):
        filled = said(frame.iloc[start : min(start + _TAIL, n)])
        if filled.any():
            return start + int(np.flatnonzero(filled)[-1]) + 1
    return 0


def check_end(ended: bool, frame: pd.DataFrame, lines: np.ndarray, file: Written) -> None:
    """A last record with too few fields and no end of line: the file was cut off."""
    cut = not ended and bool(frame.iloc[-1:].isna().any(axis=None))
    if cut and file.last_line is None:
        raise CespError(
            f"{file.path}: line {lines[len(frame) - 1]}: the last record has fewer fields"
            " than the header and no end of line: the file was cut off; export it again"
        )
