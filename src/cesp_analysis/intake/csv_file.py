"""CSV in the declared encoding and separator."""

import codecs
import csv
import io
import re
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.errors import CespError
from cesp_analysis.intake.even_csv import even_records
from cesp_analysis.intake.header import checked, named
from cesp_analysis.intake.recognised import looks_like, unicode_of
from cesp_analysis.study.files import Written

_LINE_END = re.compile(r"\r\n|\n|\r")
_TAIL = 1000  # records looked at together for the last that is not blank
csv.field_size_limit(sys.maxsize)  # free text may be longer than the csv module expects


def read_csv(path: Path, file: Written) -> pd.DataFrame:
    """A CSV file as text with the line on which each record begins."""
    content = _decoded(path.read_bytes(), file)
    ended = content.endswith(("\n", "\r"))
    header, body, above = _parted(content, file)
    del content  # as large as the file
    columns = len(header[0]) if header else 0
    even = even_records(body, columns, file.separator)
    lines, fields = _lines_and_fields(body, file) if even is None else _of_even(even)
    lines = lines + above
    width = max(columns, _widest(fields))
    found = named(header, file, width)
    frame = _records(body, width, file, lines[-1:]) if even is None else even
    frame = _without_end(frame, lines, file)
    _check_width(frame, lines, fields, columns if header else width, file)
    nameless = [i for i, name in enumerate(found.names) if name in ("", f"column_{i + 1}")]
    kept = [i for i in range(width) if i not in nameless or _filled(frame[i])]
    checked([found.names[i] for i in kept], file)
    frame = _with_absent_cells(frame[kept], fields[: len(frame)])
    _check_end(ended, frame, lines, file)
    frame.columns = [found.names[i] for i in kept]
    frame.insert(0, "line", lines[: len(frame)])
    frame.attrs["column_labels"] = found.labels
    return frame


def _parted(content: str, file: Written) -> tuple[list[list[str]], str, int]:
    """Header rows as fields; the text below them; how many lines stand above that text."""
    above = _line_starts(content, file.header.skip)
    head = content[above:]
    reader = csv.reader(_lines_of(head), delimiter=file.separator, strict=True)
    try:
        rows = list(islice(reader, file.header.rows))
    except csv.Error as error:
        line = file.header.skip + 1
        raise CespError(f"{file.path}: line {line}: {_in_words(str(error))}") from None
    if file.header.rows and not any(cell.strip() for row in rows for cell in row):
        line = file.header.skip + 1
        raise CespError(f"{file.path}: line {line}: holds no column names; export it again")
    _check_separator(rows, head, file)
    body = head[_line_starts(head, reader.line_num) :] if file.header.rows else head
    return rows, body, file.header.skip + (reader.line_num if file.header.rows else 0)


def _check_separator(rows: list[list[str]], head: str, file: Written) -> None:
    """A header of one column that holds another separator, as often as the record below it."""
    first, second = _first_two(head)
    line = file.header.skip + 1
    for other in ";,\t|":
        split = other in first and first.count(other) == second.count(other)
        if rows and len(rows[0]) == 1 and split and other == file.separator:
            raise CespError(
                f"{file.path}: line {line}: the whole line stands in quotation"
                " marks, so it is one cell; export the file again"
            )
        if rows and len(rows[0]) == 1 and split:
            shown = "\\t" if other == "\t" else other
            raise CespError(
                f"{file.path}: line {line}: '{file.separator}' separates nothing there; if the"
                f' columns stand between "{shown}", write separator: "{shown}"'
            )


def _first_two(text: str) -> tuple[str, str]:
    """The first two lines, and nothing of the rest, which is as long as the file."""
    one = text.find("\n") + 1 or len(text)
    two = text.find("\n", one) + 1 or len(text)
    return text[:one], text[one:two]


def _line_starts(content: str, lines: int) -> int:
    """The place at which the text after so many lines begins."""
    ends = [0, *(found.end() for found in islice(_LINE_END.finditer(content), lines))]
    return ends[lines] if lines < len(ends) else len(content)


def _lines_of(content: str) -> Iterator[str]:
    """The lines one after the other, each with its end."""
    start = 0
    for found in _LINE_END.finditer(content):
        yield content[start : found.end()]
        start = found.end()
    if start < len(content):
        yield content[start:]


def _records(body: str, width: int, file: Written, last: np.ndarray) -> pd.DataFrame:
    """The records as text, columns by position; `last`: the line on which the last one begins."""
    mark = "\ufeff" if body.startswith("\ufeff") else ""  # pandas takes the first one off
    try:
        return pd.read_csv(
            io.StringIO(mark + body, newline=""),
            sep=file.separator,
            header=None,
            names=range(width),
            index_col=False,
            dtype=str,
            na_filter=False,
            skip_blank_lines=False,
            engine="c",
            low_memory=False,
        )
    except pd.errors.EmptyDataError:
        return pd.DataFrame({i: pd.Series(dtype="str") for i in range(width)})
    except pd.errors.ParserError as error:
        place = f"line {last[0]}: " if "EOF inside string" in str(error) else ""
        raise CespError(f"{file.path}: {place}{_in_words(str(error))}") from None


def _decoded(content: bytes, file: Written) -> str:
    if what := looks_like(content):
        raise CespError(
            f"{file.path}: is no CSV file, but looks like {what}; export it as CSV, or write its"
            " format (xlsx, sav, dta) in config.yaml"
        )
    try:
        utf_8 = codecs.lookup(file.encoding).name == "utf-8"
        text = content.decode("utf-8-sig" if utf_8 else file.encoding)
        if not utf_8:
            text.encode()  # UTF-7 and escapes can hold half a character, no other file can
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
            f" {_encoding_meant(content)}"
        ) from None
    except UnicodeError as error:
        raise CespError(
            f"{file.path}: is not {file.encoding} ({error}); {_encoding_meant(content)}"
        ) from None
    if "\x00" in text and file.nul_bytes == "drop":
        return text.replace("\x00", "")
    if "\x00" in text:
        line = text[: text.index("\x00")].count("\n") + 1
        raise CespError(
            f"{file.path}: line {line}: holds a NUL byte, so it is binary or UTF-16; export it as"
            " CSV, declare its encoding, or write nul_bytes: drop"
        )
    return text


def _encoding_meant(content: bytes) -> str:
    if name := unicode_of(content):
        return f"it begins with the mark of {name}: write encoding: {name}"
    return "declare the right encoding in config.yaml (Excel on Windows often writes cp1252)"


def _widest(fields: np.ndarray) -> int:
    return int(fields.max()) if fields.size else 0


def _filled(cells: "pd.Series[Any]") -> bool:
    return bool((cells.fillna("").str.strip() != "").any())


def _check_width(
    frame: pd.DataFrame, lines: np.ndarray, fields: np.ndarray, header: int, file: Written
) -> None:
    """No record may have a value beyond the header: it would belong to no column."""
    beyond = (frame.iloc[:, header:].fillna("") != "").any(axis=1).to_numpy()
    wide = np.flatnonzero(beyond)
    if wide.size:
        others = f" ({wide.size} such records)" if wide.size > 1 else ""
        remedy = f"a cell that holds '{file.separator}' must stand in quotes"
        if wide.size > 1 and wide.size == np.count_nonzero(fields[: len(frame)]):
            remedy = (
                "name every column, or, if the names stand further down, write header: {skip: …}"
            )
        raise CespError(
            f"{file.path}: line {lines[wide[0]]}: has {fields[wide[0]]} fields, the header"
            f" {header}{others}; {remedy}"
        )


def _in_words(message: str) -> str:
    if "EOF inside string" in message or "unexpected end of data" in message:
        return "a quotation mark is opened and never closed; the file may be cut off: export again"
    return f"cannot be read as CSV ({message.strip()}); export it again"


def _without_end(frame: pd.DataFrame, lines: np.ndarray, file: Written) -> pd.DataFrame:
    """Without the notes below the last line, and wholly blank lines after the last record."""
    if file.last_line is not None:
        frame = frame[lines[: len(frame)] <= file.last_line]
    for start in range((len(frame) - 1) // _TAIL * _TAIL, -1, -_TAIL):
        filled = (frame.iloc[start : start + _TAIL].fillna("") != "").any(axis=1).to_numpy()
        if filled.any():
            return frame.iloc[: start + int(np.flatnonzero(filled)[-1]) + 1]
    return frame.iloc[:0]


def _of_even(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Of each record, a line each: its line below the header, and its fields."""
    return np.arange(1, len(frame) + 1), np.full(len(frame), frame.shape[1])


def _lines_and_fields(content: str, file: Written) -> tuple[np.ndarray, np.ndarray]:
    """Of each record, the header among them: the line on which it begins, and its fields."""
    if '"' not in content:
        plain = content.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        counts = [line.count(file.separator) + 1 if line else 0 for line in plain]
        return np.arange(1, len(counts) + 1), np.asarray(counts)
    reader = csv.reader(_lines_of(content), delimiter=file.separator)
    starts, counts, end = [], [], 0
    for record in reader:
        starts.append(end + 1)
        counts.append(len(record))
        end = reader.line_num
    return np.asarray(starts), np.asarray(counts)


def _with_absent_cells(frame: pd.DataFrame, fields: np.ndarray) -> pd.DataFrame:
    """Cells that a short record does not have are absent (NaN), not blank."""
    for place in frame.columns:
        absent = fields <= int(place)
        if absent.any():
            frame[place] = frame[place].mask(absent)
    return frame


def _check_end(ended: bool, frame: pd.DataFrame, lines: np.ndarray, file: Written) -> None:
    """A last record with too few fields and no end of line: the file was cut off."""
    cut = not ended and bool(frame.iloc[-1:].isna().any(axis=None))
    if cut and file.last_line is None:
        raise CespError(
            f"{file.path}: line {lines[len(frame) - 1]}: the last record has fewer fields"
            " than the header and no end of line: the file was cut off; export it again"
        )
