"""CSV in the declared encoding and separator."""

import codecs
import csv
import io
import re
import sys
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.declared.file_forms import Written
from cesp_analysis.distinct import coded
from cesp_analysis.errors import CespError
from cesp_analysis.intake.csv_end import check_end, last_record, said
from cesp_analysis.intake.cut import above, note_cut
from cesp_analysis.intake.decoding import decoded, is_utf_8
from cesp_analysis.intake.ended_early import check_ended_early
from cesp_analysis.intake.even_csv import even_records
from cesp_analysis.intake.header import checked, named
from cesp_analysis.intake.recognised import looks_like
from cesp_analysis.intake.such import such
from cesp_analysis.intake.swallowed import check_swallowed
from cesp_analysis.intake.text_lines import line_starts, lines_of

csv.field_size_limit(sys.maxsize)  # free text may be longer than the csv module expects


@dataclass(frozen=True)
class _Text:
    """A file's text. skipped, header: the rows above its names, and of names, as fields; records:
    what stands below, columns by position, None where it is still to be read; lines, fields (n,):
    of each record the line on which it begins, and its fields; ended: by an end of line."""

    skipped: list[list[str]]
    header: list[list[str]]
    records: pd.DataFrame | None
    lines: np.ndarray
    fields: np.ndarray
    ended: bool
    body: str = ""


def read_csv(path: Path, file: Written) -> pd.DataFrame:
    """A CSV file as text (categories) with the line on which each record begins."""
    content = path.read_bytes()
    text = _at_once(content, file) or _to_walk(decoded(content, file), file)
    del content  # as large as the file
    lines, fields = text.lines, text.fields
    columns = len(text.header[0]) if text.header else 0
    width = max(columns, _widest(fields))
    frame = text.records
    frame = _records(text.body, width, file, lines[-1:]) if frame is None else frame
    end = last_record(frame, lines, file)
    frame, below, lines_below = frame.iloc[:end], frame.iloc[end:], lines[end : len(frame)]
    _check_width(frame, lines, fields, columns if text.header else width, file)
    found = named(text.header, file, width)
    nameless = [i for i, name in enumerate(found.names) if name in ("", f"column_{i + 1}")]
    kept = [i for i in range(width) if i not in nameless or _filled(frame[i])]
    checked([found.names[i] for i in kept], file)
    frame = _with_absent_cells(frame[kept], fields[: len(frame)])
    note_cut(frame, above(text.skipped, text.header, file), below[kept], lines_below)
    cut = dict(frame.attrs)
    check_end(text.ended, frame, lines, file)
    frame.columns = [found.names[i] for i in kept]
    frame.insert(0, "line", lines[: len(frame)])
    frame = coded(frame)
    frame.attrs = cut | {"column_labels": found.labels}
    return frame


def _at_once(content: bytes, file: Written) -> _Text | None:
    """The file where it is even, None where it is not, or where there is something to say of it."""
    if looks_like(content):
        return None
    plain = b"\x00" not in content and is_utf_8(file.encoding)
    text = content.removeprefix(codecs.BOM_UTF8) if plain else decoded(content, file).encode()
    ends = islice(re.finditer(rb"\r\n|\n|\r", text), file.header.skip + file.header.rows + 2)
    end = max((found.end() for found in ends), default=len(text))
    try:
        header, _, above = _parted(text[:end].decode(), file)
    except (UnicodeDecodeError, CespError):
        return None
    columns = len(header[0]) if header else 0
    frame = even_records(text, above, columns, file.separator)
    if frame is None:
        return None
    n, width = frame.shape
    lines = np.arange(above + 1, above + n + 1)
    skipped = _skipped(text[:end].decode(), file)
    return _Text(skipped, header, frame, lines, np.full(n, width), text.endswith((b"\n", b"\r")))


def _to_walk(content: str, file: Written) -> _Text:
    """The file with its records still to be read."""
    header, body, above = _parted(content, file)
    lines, fields = _lines_and_fields(body, file)
    named = line_starts(content, file.header.skip)
    starts = [file.header.skip + 1, *(lines + above)] if header else lines + above
    columns = len(header[0]) if header else 0
    check_swallowed(content[named:], np.asarray(starts), fields, columns, file)
    if columns:
        check_ended_early(body, above, (lines, fields), columns, file)
    skipped = _skipped(content, file)
    return _Text(skipped, header, None, lines + above, fields, content.endswith(("\n", "\r")), body)


def _parted(content: str, file: Written) -> tuple[list[list[str]], str, int]:
    """Header rows as fields; the text below them; how many lines stand above that text."""
    above = line_starts(content, file.header.skip)
    head = content[above:]
    reader = csv.reader(lines_of(head), delimiter=file.separator, strict=True)
    try:
        rows = list(islice(reader, file.header.rows))
    except csv.Error as error:
        line, first = file.header.skip + 1, _first_two(head)[0]
        if file.separator not in first:  # quoted names, with another separator between them
            _check_separator([[first]], head, file)
        raise CespError(f"{file.path}: line {line}: {_in_words(str(error))}") from None
    if file.header.rows and not any(cell.strip() for row in rows for cell in row):
        line = file.header.skip + 1
        raise CespError(f"{file.path}: line {line}: holds no column names; export it again")
    _check_separator(rows, head, file)
    body = head[line_starts(head, reader.line_num) :] if file.header.rows else head
    return rows, body, file.header.skip + (reader.line_num if file.header.rows else 0)


def _skipped(content: str, file: Written) -> list[list[str]]:
    """The lines above the names, as fields."""
    lines = islice(lines_of(content), file.header.skip)
    return [next(csv.reader([line], delimiter=file.separator), []) for line in lines]


def _check_separator(rows: list[list[str]], head: str, file: Written) -> None:
    """A header of one column that holds another separator, as often as the record below it."""
    first, second = _first_two(head)
    line = file.header.skip + 1
    for other in ";,\t|":
        alike = first.count(other) == second.count(other)
        apart = _outside(first, other)
        split = other in first and (alike or (apart and apart == _outside(second, other)))
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


def _outside(line: str, mark: str) -> int:
    """How often a mark stands outside quotation marks."""
    return re.sub('"[^"]*"', "", line).count(mark)


def _first_two(text: str) -> tuple[str, str]:
    """The first two lines, and nothing of the rest, which is as long as the file."""
    one = text.find("\n") + 1 or len(text)
    two = text.find("\n", one) + 1 or len(text)
    return text[:one], text[one:two]


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


def _widest(fields: np.ndarray) -> int:
    return int(fields.max()) if fields.size else 0


def _filled(cells: "pd.Series[Any]") -> bool:
    return bool((cells.drop_duplicates().astype("str").str.strip().fillna("") != "").any())


def _check_width(
    frame: pd.DataFrame, lines: np.ndarray, fields: np.ndarray, header: int, file: Written
) -> None:
    """No record may have a value beyond the header: it would belong to no column."""
    wide = np.flatnonzero(said(frame.iloc[:, header:]))
    if wide.size:
        others = such(lines[wide].tolist())
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


def _lines_and_fields(content: str, file: Written) -> tuple[np.ndarray, np.ndarray]:
    """Of each record, the header among them: the line on which it begins, and its fields."""
    if '"' not in content:
        plain = content.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        counts = [line.count(file.separator) + 1 if line else 0 for line in plain]
        return np.arange(1, len(counts) + 1), np.asarray(counts)
    reader = csv.reader(lines_of(content), delimiter=file.separator)
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
