"""How a table's file is written: Parquet for the next step, CSV for people."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from cesp_analysis.formulas import FORMULA, guarded

if TYPE_CHECKING:
    import pandas as pd


_ODD = rf"^{FORMULA}|\r"
"""What a cell is guarded or quoted for."""
_DICTIONARY = 2**25
"""Bytes: the ids of a million people are one dictionary still, which is read as it was written."""


def to_parquet(frame: "pd.DataFrame", path: Path) -> None:
    """Without smallest and largest values, for which nobody asks and which take as long as all
    the rest; whole numbers as differences: lines are all different, a dictionary of them is none.
    """
    whole = [str(name) for name in frame.columns if frame[name].dtype == "int64"]
    frame.to_parquet(
        path,
        index=False,
        compression="zstd",
        write_statistics=False,
        dictionary_pagesize_limit=_DICTIONARY,
        use_dictionary=[str(name) for name in frame.columns if name not in whole],
        column_encoding=dict.fromkeys(whole, "DELTA_BINARY_PACKED"),
    )


def to_csv(frame: "pd.DataFrame", path: Path) -> None:
    """Text that a spreadsheet program would run is guarded; a lone \\r in a cell needs quotes,
    which are written only for what ends a line here."""
    quoting: Literal[0, 2] = csv.QUOTE_MINIMAL
    for name in frame.select_dtypes(include=["object", "string", "category"]).columns:
        cells = frame[name]
        if cells.dtype == "category" and not _odd(cells.cat.categories.to_series()).any():
            continue
        cells = cells.astype("str")
        if (odd := _odd(cells)).any():
            if cells[odd].str.contains("\r", regex=False).any():
                quoting = csv.QUOTE_NONNUMERIC
            cells[odd] = cells[odd].map(guarded).to_numpy()
            frame[name] = cells
    frame.to_csv(path, index=False, lineterminator="\n", quoting=quoting)


def _odd(cells: "pd.Series[Any]") -> "pd.Series[bool]":
    """Which cells, as text, may need a guard or quotes: sought by Arrow, not cell by cell."""
    return cells.astype("str").str.contains(_ODD, regex=True, na=False)
