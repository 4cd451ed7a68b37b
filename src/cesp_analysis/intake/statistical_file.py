"""SPSS .sav and Stata .dta: codes as text, value labels and missing codes kept beside them."""

import datetime
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.declared.file_forms import Written
from cesp_analysis.errors import CespError
from cesp_analysis.intake.apart import apart
from cesp_analysis.intake.header import checked
from cesp_analysis.intake.pointed import has_point, note_pointed
from cesp_analysis.intake.recognised import beginning_of, end_of, looks_like
from cesp_analysis.intake.unpacked import check_blocks, check_long_texts, check_records

_DATES = re.compile(r"DATE|TIME|YR|YMDHMS|^%-?t")
"""Formats that SPSS and Stata show dates and times in."""
Reads = Callable[..., tuple[pd.DataFrame, Any]]
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
    if file.comma_beside_numbers():
        pointed = {
            str(name): [line for line, cell in enumerate(frame[name], start=2) if has_point(cell)]
            for name in frame.columns
        }
        note_pointed(text, pointed)
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
    """Table and what the file says of it; a file that breaks its reader is told as damaged."""
    import pyreadstat  # noqa: F401  once, not by each process that reads

    _check_beginning_and_end(path, file)
    check_blocks(path, file)
    program = _PROGRAM[file.kind_of_file()]
    return apart(
        lambda: _as_it_is(path, file),
        lambda why: (
            f"{file.path}: is damaged: reading it as {program} broke off ({why}); copy it"
            f" again, or save it again in {program}"
        ),
    )


def _as_it_is(path: Path, file: Written) -> tuple[pd.DataFrame, Any]:
    _, meta = _told(path, file, metadataonly=True)
    check_records(path, file, meta.number_rows)
    if file.kind_of_file() == "dta":
        check_long_texts(path, file, meta)
    try:
        return _told(path, file, user_missing=True)
    except OverflowError:
        raw, meta = _told(path, file, user_missing=True, disable_datetime_conversion=True)
        raise CespError(
            f"{file.path}: {_farthest_date(raw, meta)} is no date of any calendar; correct it in"
            f" {_PROGRAM[file.kind_of_file()]} and save the file again"
        ) from None


def _told(path: Path, file: Written, **how: bool) -> tuple[pd.DataFrame, Any]:
    """What the reader gives; what it says of a damaged file becomes a CespError.

    Its own code falls over names and numbers that are none (TypeError, ValueError, LookupError).
    """
    import pyreadstat
    from pyreadstat import PyreadstatError, ReadstatError

    kind, program = file.kind_of_file(), _PROGRAM[file.kind_of_file()]
    read: Reads = pyreadstat.read_sav if kind == "sav" else pyreadstat.read_dta
    try:
        return read(str(path), **how)
    except MemoryError as error:
        raise CespError(
            f"{file.path}: takes more memory than there is ({error}); if it should not, it is"
            f" damaged: save it again in {program}"
        ) from None
    except (ReadstatError, PyreadstatError, TypeError, ValueError, LookupError) as error:
        raise CespError(
            f"{file.path}: cannot be read as {program} ({error}); save it again in {program}"
        ) from None


def _check_beginning_and_end(path: Path, file: Written) -> None:
    """Another program's file, or one that lacks its end: the reader does not miss it."""
    program, start = _PROGRAM[file.kind_of_file()], beginning_of(path)
    what = looks_like(start)
    if what not in (None, program):
        raise CespError(
            f"{file.path}: is no {program} file, but looks like {what}; write its format in"
            f" config.yaml, or save it in {program}"
        )
    if what == "Stata" and not end_of(path).rstrip().endswith(b"</stata_dta>"):
        raise CespError(f"{file.path}: has no end: the file was cut off; copy it again")


def _farthest_date(raw: pd.DataFrame, meta: Any) -> str:
    """Record, column and value of the date or time that lies farthest off."""
    kinds = meta.original_variable_types
    dates = [name for name in raw.columns if _DATES.search(kinds[str(name)])]
    sizes = raw[dates].select_dtypes("number").abs()
    column = str(sizes.max().idxmax())
    row = int(sizes[column].to_numpy().argmax())
    return f"record {row + 1}: {column}: {raw[column].iloc[row]:.10g}"


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
