"""CSV in the declared encoding and separator."""

import codecs
import csv
import io
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from cesp_analysis.errors import CespError
from cesp_analysis.intake.read import check_header
from cesp_analysis.study.files import Written

csv.field_size_limit(sys.maxsize)  # free text may be longer than the csv module expects


def read_csv(path: Path, file: Written) -> pd.DataFrame:
    """A CSV file as text with the line on which each record begins."""
    content = _decoded(path.read_bytes(), file)
    lines, fields = _lines_and_fields(content, file)
    header = _header(content, file)
    _check_width(lines, fields, len(header), file)
    try:
        frame = pd.read_csv(
            io.StringIO(content, newline=""),
            sep=file.separator,
            header=0,
            names=header,
            index_col=False,
            dtype=str,
            na_filter=False,
            skip_blank_lines=False,
            engine="c",
            low_memory=False,
        )
    except pd.errors.ParserError as error:
        raise CespError(f"{file.path}: {_in_words(str(error))}") from None
    frame = _without_blank_end(frame)
    frame.insert(0, "line", lines[1 : len(frame) + 1])
    frame = _with_absent_cells(frame, fields[1 : len(frame) + 1], len(header))
    _check_end(content, frame, file)
    return frame


def _decoded(content: bytes, file: Written) -> str:
    if content[:4] == b"PK\x03\x04" or content[:4] == b"$FL2":
        raise CespError(
            f"{file.path}: is no CSV file (it looks like XLSX or SPSS); write its format in"
            " config.yaml, or export it as CSV"
        )
    try:
        utf_8 = codecs.lookup(file.encoding).name == "utf-8"
        text = content.decode("utf-8-sig" if utf_8 else file.encoding)
    except LookupError:
        raise CespError(
            f"{file.path}: Python knows no encoding '{file.encoding}'; write e.g. utf-8 or cp1252"
        ) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        byte = error.object[
            error.start
        ]  # of the object: without the mark that UTF-8 may begin with
        raise CespError(
            f"{file.path}: line {line}: byte 0x{byte:02x} is not {file.encoding};"
            " declare the right encoding in config.yaml (Excel on Windows often writes cp1252)"
        ) from None
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise CespError(
            f"{file.path}: line {line}: holds a NUL byte, so it is binary or UTF-16; export it as"
            " CSV or declare its encoding"
        )
    return text


def _header(content: str, file: Written) -> list[str]:
    """The column names; raises CespError if the first line does not hold them."""
    first = next(csv.reader(io.StringIO(content, newline=""), delimiter=file.separator), [])
    header = [name.strip() for name in first]
    if not any(header):
        raise CespError(f"{file.path}: line 1: holds no column names; export it again")
    check_header(header, file.path)
    return header


def _check_width(lines: np.ndarray, fields: np.ndarray, width: int, file: Written) -> None:
    """No record may have more fields than the header: its cells would belong to no column."""
    wide = np.flatnonzero(fields > width)
    if wide.size:
        others = f" ({wide.size} such records)" if wide.size > 1 else ""
        raise CespError(
            f"{file.path}: line {lines[wide[0]]}: has {fields[wide[0]]} fields, the header"
            f" {width}{others}; a cell that holds '{file.separator}' must stand in quotes"
        )


def _in_words(message: str) -> str:
    if "EOF inside string" in message:
        return "a quotation mark is opened and never closed; the file may be cut off: export again"
    return f"cannot be read as CSV ({message.strip()}); export it again"


def _without_blank_end(frame: pd.DataFrame) -> pd.DataFrame:
    """Drop wholly blank lines after the last record: they are no records."""
    filled = (frame.fillna("") != "").any(axis=1).to_numpy()
    last = int(np.flatnonzero(filled)[-1]) + 1 if filled.any() else 0
    return frame.iloc[:last].copy()


def _lines_and_fields(content: str, file: Written) -> tuple[np.ndarray, np.ndarray]:
    """Of each record, the header among them: the line on which it begins, and its fields."""
    if '"' not in content:
        plain = content.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        counts = [line.count(file.separator) + 1 if line else 0 for line in plain]
        return np.arange(1, len(counts) + 1), np.asarray(counts)
    reader = csv.reader(io.StringIO(content, newline=""), delimiter=file.separator)
    starts, counts, end = [], [], 0
    for record in reader:
        starts.append(end + 1)
        counts.append(len(record))
        end = reader.line_num
    return np.asarray(starts), np.asarray(counts)


def _with_absent_cells(frame: pd.DataFrame, fields: np.ndarray, width: int) -> pd.DataFrame:
    """Cells that a short record does not have are absent (NaN), not blank."""
    for row in np.flatnonzero(fields < width).tolist():
        frame.iloc[row, int(fields[row]) + 1 :] = np.nan
    return frame


def _check_end(content: str, frame: pd.DataFrame, file: Written) -> None:
    """A last record with too few fields and no end of line: the file was cut off."""
    cut = not content.endswith(("\n", "\r")) and bool(frame.iloc[-1:].isna().any(axis=None))
    if cut:
        raise CespError(
            f"{file.path}: line {int(frame['line'].iloc[-1])}: the last record has fewer fields"
            " than the header and no end of line: the file was cut off; export it again"
        )
