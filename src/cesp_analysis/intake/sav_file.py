"""SPSS .sav: codes as text, value labels and user-missing codes kept beside them."""

import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.errors import CespError
from cesp_analysis.intake.read import check_header
from cesp_analysis.study.files import Written


def read_sav(path: Path, file: Written) -> pd.DataFrame:
    """An SPSS file as text; `line` is the record's number + 1, as if a header stood above."""
    import pyreadstat

    try:
        frame, meta = pyreadstat.read_sav(str(path), user_missing=True)
    except (pyreadstat.ReadstatError, UnicodeDecodeError) as error:
        raise CespError(
            f"{file.path}: cannot be read as SPSS ({error}); save it again in SPSS"
        ) from None
    check_header([str(name) for name in frame.columns], file.path)
    text = pd.DataFrame({str(name): _as_text(frame[name]) for name in frame.columns}, dtype=str)
    text.insert(0, "line", np.arange(2, len(text) + 2))
    text.attrs["labels"] = {
        column: {_code(code): str(label) for code, label in labels.items()}
        for column, labels in meta.variable_value_labels.items()
    }
    text.attrs["user_missing"] = {
        column: [_range(part) for part in ranges] for column, ranges in meta.missing_ranges.items()
    }
    return text


def _range(part: Any) -> list[str]:
    """One declared user-missing code or range as [lowest, highest]."""
    if isinstance(part, dict):
        return [_code(part["lo"]), _code(part["hi"])]
    return [_code(part), _code(part)]


def _as_text(values: "pd.Series[Any]") -> list[str]:
    return ["" if value is None or value != value else _code(value) for value in values]


def _code(value: Any) -> str:
    if isinstance(value, float | np.floating):
        return str(int(value)) if float(value).is_integer() else repr(float(value))
    if isinstance(value, datetime.datetime):  # pandas' Timestamp is one
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    return str(value)
