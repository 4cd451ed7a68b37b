"""SPSS .sav and Stata .dta: codes as text, value labels and missing codes kept beside them."""

import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.errors import CespError
from cesp_analysis.intake.header import checked
from cesp_analysis.study.files import Written

_PROGRAM = {"sav": "SPSS", "dta": "Stata"}


def read_statistical(path: Path, file: Written) -> pd.DataFrame:
    """An SPSS or Stata file as text; `line` is the record's number + 1, as if a header stood above.

    Missing values with a reason (SPSS's user-missing codes, Stata's .a to .z, here 'a' to 'z') are
    kept as they are and declared in `attrs["user_missing"]`; missing ones without are blank.
    """
    frame, meta = _read(path, file)
    checked([str(name) for name in frame.columns], file)
    text = pd.DataFrame({str(name): _as_text(frame[name]) for name in frame.columns}, dtype=str)
    text.insert(0, "line", np.arange(2, len(text) + 2))
    text.attrs["column_labels"] = {
        name: label for name, label in meta.column_names_to_labels.items() if label
    }
    text.attrs["labels"] = {
        column: {_code(code): str(label) for code, label in labels.items()}
        for column, labels in meta.variable_value_labels.items()
    }
    text.attrs["user_missing"] = {
        column: [_range(part) for part in ranges] for column, ranges in meta.missing_ranges.items()
    } | {column: [[tag, tag] for tag in tags] for column, tags in meta.missing_user_values.items()}
    return text


def _read(path: Path, file: Written) -> tuple[pd.DataFrame, Any]:
    import pyreadstat

    kind = file.kind_of_file()
    read = pyreadstat.read_sav if kind == "sav" else pyreadstat.read_dta
    try:
        return read(str(path), user_missing=True)
    except (pyreadstat.ReadstatError, UnicodeDecodeError) as error:
        program = _PROGRAM[kind]
        raise CespError(
            f"{file.path}: cannot be read as {program} ({error}); save it again in {program}"
        ) from None


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
