"""How a raw file seems to be written, for a person to declare: a run never guesses.

Encoding, separator, where the column names stand, sheets, notes below the records.
"""

import csv
import io
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cesp_analysis.declared.file_forms import Header, Written
from cesp_analysis.declared.files import FORMATS
from cesp_analysis.intake.ending import end_of_records, filled, usually_filled
from cesp_analysis.intake.hidden import hidden_in, told
from cesp_analysis.intake.seems import Layout

SEPARATORS = (",", ";", "\t", "|")
csv.field_size_limit(sys.maxsize)  # free text may be longer than the csv module expects
_SAMPLE = 50  # records by which a separator is judged
_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?")


def drafted(path: Path, encoding: str = "", separator: str = "") -> Written:
    """A file's encoding and separator, names in its first line; what is given is taken as it is."""
    lenient = Header(repeated="number", nameless="number")
    if path.suffix.lower() not in (".csv", ".txt", ".tsv"):
        return Written(path=str(path), header=lenient)
    content = path.read_bytes()
    encoding = encoding or encoding_of(content)
    separator = separator or separator_of(content.decode(encoding, errors="replace"))
    return Written(
        path=str(path), format="csv", encoding=encoding, separator=separator, header=lenient
    )


def layout_of(path: Path, encoding: str = "", separator: str = "") -> list[Layout]:
    """How a file is written: one entry, or of a workbook one a sheet that holds a table."""
    how = drafted(path, encoding, separator)
    kind = how.kind_of_file()
    if kind == "csv":
        return [_of_csv(path, how)]
    if kind == "xlsx":
        return _of_workbook(path)
    return [Layout(Written(path=str(path), format=_said(kind, path)))]


def encoding_of(content: bytes) -> str:
    """The first of UTF-8, UTF-16, Windows cp1252, Latin-1 that fits."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    start = content[:200]
    if len(start) > 1 and start.count(0) > len(start) * 0.4:  # Latin letters without the mark
        return "utf-16-le" if start[1] == 0 else "utf-16-be"
    for encoding in ("utf-8", "cp1252"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return "latin-1"


def separator_of(text: str) -> str:
    """The separator that cuts most of the first records into equally many fields."""

    def agreement(separator: str) -> tuple[float, int]:
        reader = csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=separator)
        widths = [len(record) for record, _ in zip(reader, range(_SAMPLE), strict=False) if record]
        usual = max(set(widths), key=widths.count, default=1)
        return (widths.count(usual) / len(widths) if usual > 1 else 0.0, usual)

    return max(SEPARATORS, key=agreement)


def _said(kind: str, path: Path) -> "str | None":
    """The format, where the ending does not say it as config reads it."""
    return None if path.suffix == f".{kind}" or kind not in FORMATS else kind


def _of_csv(path: Path, how: Written) -> Layout:
    content = path.read_bytes().decode(how.encoding, errors="replace").removeprefix("\ufeff")
    text = content.replace("\x00", "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=how.separator)
    rows, starts, end = [], [], 0
    for row in reader:
        rows.append(row)
        starts.append(end + 1)
        end = reader.line_num
    header = _named(rows, _skipped(rows), _rows_of_names(rows, _skipped(rows)))
    at = header.skip  # in lines, where a quoted cell above may span several
    last, totals = end_of_records(rows, header, starts)
    found = Written(
        path=how.path,
        format=_said("csv", path),
        encoding=how.encoding,
        separator=how.separator,
        header=header.model_copy(update={"skip": starts[at] - 1 if at < len(starts) else 0}),
        last_line=last,
        nul_bytes="stop" if text == content else "drop",
    )
    below = _below(rows, starts, last, totals)
    return Layout(found, totals, below=below, repeated=_repeated(rows, header))


def _of_workbook(path: Path) -> list[Layout]:
    """Its sheets that hold a table: two columns and a record at least."""
    from cesp_analysis.intake.xlsx_file import grid_of, sheets_of

    found = []
    sheets, empty = sheets_of(path), list[str]()
    for sheet, hidden in sheets.items():
        how = Written(path=str(path), format=_said("xlsx", path), sheet=sheet)
        rows, merged = grid_of(path, how)
        if sum(len(set(filled(row))) > 1 for row in rows) < 2:
            empty += [sheet] if any(map(filled, rows)) else []
            continue
        spans = {row for (row, left), (_, right) in merged if right > left > 0}
        skip = _skipped(rows)
        while skip - 1 in spans:  # names over groups of columns
            skip -= 1
        top = [row for row in spans if skip <= row < skip + 4]
        names = max(top) - skip + 2 if top else _rows_of_names(rows, skip)
        header = _named(rows, skip, names)
        if top:
            header = header.model_copy(update={"names": "joined", "nameless": "number"})
        lines = range(1, len(rows) + 1)
        last, totals = end_of_records(rows, header, lines)
        only = how.model_copy(update={"header": header, "last_line": last})
        only = only if len(sheets) > 1 else only.model_copy(update={"sheet": None})
        found.append(
            Layout(
                only,
                totals,
                told(hidden_in(path, sheet), rows),
                _below(rows, lines, last, totals),
                {} if top else _repeated(rows, header),
                hidden,
            )
        )
    if found and empty:
        found[0] = replace(found[0], without_table=tuple(empty))
    return found


def _below(
    rows: Sequence[Sequence[str]], lines: Sequence[int], last: int | None, totals: Sequence[int]
) -> tuple[int, ...]:
    """Lines after the last record that hold something and are no totals."""
    if last is None:
        return ()
    found = [line for line, row in zip(lines, rows, strict=True) if line > last and filled(row)]
    return tuple(line for line in found if line not in totals)


def _repeated(rows: Sequence[Sequence[str]], header: Header) -> dict[str, tuple[int, ...]]:
    """Names that stand over several columns, with their places from 1."""
    found: dict[str, list[int]] = {}
    for place, cell in enumerate(rows[header.skip] if header.rows and rows else (), start=1):
        found.setdefault(cell.strip(), []).append(place)
    return {name: tuple(places) for name, places in found.items() if name and len(places) > 1}


def hidden_cells(path: Path, how: Written) -> str:
    """Which rows and columns of a sheet are hidden, with their verb; '' if none."""
    from cesp_analysis.intake.xlsx_file import grid_of

    rows, _ = grid_of(path, how)
    return told(hidden_in(path, how.sheet), rows)


def _skipped(rows: Sequence[Sequence[str]]) -> int:
    """Rows above the column names: titles, which fill few cells."""
    enough = min(2.0, usual) if (usual := usually_filled(rows)) < 3 else max(2.0, usual / 2)
    return next((at for at, row in enumerate(rows) if len(filled(row)) >= enough), 0)


def _rows_of_names(rows: Sequence[Sequence[str]], skip: int) -> int:
    """Header rows: Qualtrics' three or two, none if the first row holds numbers, else one."""
    top = [*rows[skip : skip + 3], [], [], []]
    if any("ImportId" in cell for cell in top[2]):
        return 3
    if top[0] and top[1] and top[0][0] == "V1" and top[1][0].lower() == "responseid":
        return 2
    cells = [cell.strip() for cell in top[0] if cell.strip()]
    numbers = sum(bool(_NUMBER.fullmatch(cell)) for cell in cells)
    return 0 if numbers * 2 > len(cells) else 1


def _named(rows: Sequence[Sequence[str]], skip: int, names: int) -> Header:
    """The header, with numbers for names that are absent or stand twice."""
    records = rows[skip + names :]
    width = max((len(row) for row in rows), default=0)
    if names == 0:
        return Header(skip=skip, rows=0, columns=[f"column_{i + 1}" for i in range(width)])
    first = [cell.strip() for cell in rows[skip]] if rows else []
    given = [name for name in first if name]
    holding = {place for row in records for place in filled(row)}
    nameless = any(place >= len(first) or not first[place] for place in holding)
    return Header(
        skip=skip,
        rows=names,
        repeated="number" if len(set(given)) < len(given) else "stop",
        nameless="number" if nameless else "stop",
    )
