"""Rows that settings of a file cut off: header.skip and header.rows above, last_line below.

They are no records, says config.yaml. What holds something is noted all the same, so that the
ledger has every row, and what looks like a record is told.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.declared.file_forms import Written
from cesp_analysis.intake.ending import TOTAL

_SAMPLE = 200
_MOSTLY = 0.9

Rows = Sequence[tuple[int, Sequence[str]]]
"""Rows with their lines."""


def above(skipped: Sequence[Sequence[str]], header: Sequence[Sequence[str]], file: Written) -> Rows:
    """The rows above the records that do not name their columns, with their lines."""
    how = file.header
    first = 0 if how.columns or how.syntax else 1
    rest = header[first:] if how.names == "first" else []
    below = how.skip + first + 1
    return [*enumerate(skipped, start=1), *enumerate(rest, start=below)]


def note_cut(frame: pd.DataFrame, over: Rows, below: pd.DataFrame, lines: np.ndarray) -> None:
    """Note in `attrs["cut"]` the lines of rows that were cut off: `above` those alone that look
    like records, `below` all that hold something, `alike` those of them that look like records.

    frame, below: columns by position; lines (m,): those of `below`.
    """
    if not over and below.empty:  # most often
        return
    sample = frame.iloc[:_SAMPLE].astype("str").fillna("")
    usual = float((sample != "").sum(axis=1).median()) if len(sample) else 0.0
    early = [line for line, row in over if _like_records(row, sample, usual)]
    cells = below.astype("str").fillna("")
    n = (cells != "").sum(axis=1).to_numpy()
    alike = np.zeros(len(below), dtype=bool)
    if usual >= 2 and len(cells.columns):
        first = cells.iloc[:, 0].str.strip()
        total = first.str.fullmatch(TOTAL.pattern, flags=TOTAL.flags).to_numpy(dtype=bool)
        alike = (n >= usual / 2) & (first != "").to_numpy() & ~total
    if early or n.any():
        frame.attrs["cut"] = {
            "above": early,
            "below": [int(line) for line in lines[n > 0]],
            "alike": [int(line) for line in lines[alike]],
        }


def _like_records(row: Sequence[str], records: pd.DataFrame, usual: float) -> bool:
    """Whether a row holds numbers where the records do, in as many columns."""
    filled = sum(bool(cell.strip()) for cell in row)
    places = [place for place in _numeric(records) if place < len(row)]
    numbers = pd.to_numeric(pd.Series([row[place] for place in places], dtype="str"), "coerce")
    return filled >= usual / 2 and int(numbers.notna().sum()) >= max(2, len(places) / 2)


def _numeric(records: pd.DataFrame) -> Iterator[int]:
    """The places of columns that hold numbers."""
    for column in records:
        cells: pd.Series[Any] = records[column].str.strip()
        said = cells[cells != ""]
        if len(said) > 2 and pd.to_numeric(said, errors="coerce").notna().mean() >= _MOSTLY:
            yield int(str(column))
