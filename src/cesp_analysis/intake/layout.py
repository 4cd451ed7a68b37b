"""How a raw file seems to be written, for a person to declare: a run never guesses.

Encoding, separator, where the column names stand, sheets, notes below the records.
"""

import csv
import io
import re
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from cesp_analysis.intake.workbook import _chunks, _part
from cesp_analysis.study.files import FORMATS, Header, Written

SEPARATORS = (",", ";", "\t", "|")
csv.field_size_limit(sys.maxsize)  # free text may be longer than the csv module expects
_SAMPLE = 50  # records by which a separator is judged
_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?")
_TOTAL = re.compile(
    r"((grand|sub|overall|column)[ -]?)?(totals?|sums?|summe|gesamt\w*|insgesamt|all|mean|average"
    r"|mittelwert)\s*[:.]?", re.I
)  # fmt: skip
"""What the first cell of a row of totals says."""
_HIDDEN = r"""[^>]*?\bhidden\s*=\s*["'](?:1|true)["']"""
_ROWS = re.compile(rf"<(?:\w+:)?row(?={_HIDDEN})[^>]*?\br\s*=\s*[\"'](\d+)[\"']".encode())
_COLUMNS = re.compile(rf"<(?:\w+:)?col(?={_HIDDEN})\s[^>]*>".encode())


@dataclass(frozen=True)
class Layout:
    """How a file or sheet seems to be written, and what a person should look at there.

    totals: lines of rows that look like totals; those after `last_line` are not read.
    """

    how: Written
    totals: tuple[int, ...] = ()
    hidden: str = ""

    def doubts(self) -> Iterator[str]:
        """Rows of totals, and what the sheet hides."""
        if self.totals:
            lines = f"Line {self.totals[0]} looks like totals"
            if len(self.totals) > 1:
                lines = f"Lines {_ranges(self.totals)} look like totals"
            last = self.how.last_line
            left = f"last_line: {last}" if last is not None else f"last_line: {self.totals[0] - 1}"
            done = "" if last is not None else "write "
            yield (
                f"{lines}, not like records: {done}{left} leaves them out (or left_out: {{COLUMN:"
                " [Total]}, if records may be added below). Right?"
            )
        if self.hidden:
            yield f"In the sheet {self.hidden} hidden; they are read. Are they meant?"


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
    last, totals = _end(rows, header, starts)
    found = Written(
        path=how.path,
        format=_said("csv", path),
        encoding=how.encoding,
        separator=how.separator,
        header=header.model_copy(update={"skip": starts[at] - 1 if at < len(starts) else 0}),
        last_line=last,
        nul_bytes="stop" if text == content else "drop",
    )
    return Layout(found, totals)


def _of_workbook(path: Path) -> list[Layout]:
    """Its sheets that hold a table: two columns and a record at least."""
    from cesp_analysis.intake.xlsx_file import grid_of, sheets_of

    found = []
    sheets = sheets_of(path)
    for sheet in sheets:
        how = Written(path=str(path), format=_said("xlsx", path), sheet=sheet)
        rows, merged = grid_of(path, how)
        if sum(len(set(_filled(row))) > 1 for row in rows) < 2:
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
        last, totals = _end(rows, header, range(1, len(rows) + 1))
        only = how.model_copy(update={"header": header, "last_line": last})
        only = only if len(sheets) > 1 else only.model_copy(update={"sheet": None})
        found.append(Layout(only, totals, _hidden(path, sheet, rows)))
    return found


def _filled(row: Sequence[str]) -> list[int]:
    return [place for place, cell in enumerate(row) if cell.strip()]


def _usual(rows: Sequence[Sequence[str]]) -> float:
    """How many cells of a row are usually filled."""
    return median([len(_filled(row)) for row in rows if _filled(row)] or [0])


def _skipped(rows: Sequence[Sequence[str]]) -> int:
    """Rows above the column names: titles, which fill few cells."""
    enough = min(2.0, usual) if (usual := _usual(rows)) < 3 else max(2.0, usual / 2)
    return next((at for at, row in enumerate(rows) if len(_filled(row)) >= enough), 0)


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
    holding = {place for row in records for place in _filled(row)}
    nameless = any(place >= len(first) or not first[place] for place in holding)
    return Header(
        skip=skip,
        rows=names,
        repeated="number" if len(set(given)) < len(given) else "stop",
        nameless="number" if nameless else "stop",
    )


def _last(rows: Sequence[Sequence[str]], starts: Sequence[int]) -> int | None:
    """The line of the last record, if nothing but notes in one cell stands below it.

    One word may be an id whose record is blank otherwise; a number may be a total.
    """
    usual = _usual(rows)
    if usual < 3:
        return None
    last = max((at for at, row in enumerate(rows) if len(_filled(row)) >= usual / 2), default=0)
    below = [(at, _filled(row)) for at, row in enumerate(rows) if at > last and _filled(row)]
    notes = {at: rows[at][places[0]].strip() for at, places in below}
    if not notes or max(len(places) for _, places in below) > 1:
        return None
    for at, note in notes.items():
        if len(note.split()) > 1:
            return starts[last]
        last = at
    return None


def _end(
    rows: Sequence[Sequence[str]], header: Header, starts: Sequence[int]
) -> tuple[int | None, tuple[int, ...]]:
    """The line of the last record, if notes or totals stand below it; the lines of totals."""
    last = _last(rows, starts)
    top = header.skip + header.rows
    end = len(rows) if last is None else list(starts).index(last) + 1
    while end > top and not _filled(rows[end - 1]):
        end -= 1
    first, sure = end, end
    while first - 1 > top + 1 and (kind := _total(rows[first - 1], rows[top : first - 1])):
        first -= 1
        sure = first if kind == "sure" else sure
    if sure < end:
        last = starts[sure - 1]
    return last, tuple(starts[at] for at in range(first, end))


def _total(row: Sequence[str], above: Sequence[Sequence[str]]) -> str:
    """'sure' if a row says that it holds totals or adds up what stands above it; 'perhaps' if it
    has numbers and alone no id; '' if it looks like a record."""
    places = _filled(row)
    numbers = [place for place in places if _NUMBER.fullmatch(row[place].strip())]
    others = [other for other in above if _filled(other)]
    if not numbers or len(others) < 2:
        return ""
    first = row[places[0]].strip()
    often = sum(len(other) > places[0] and other[places[0]].strip() == first for other in others)
    if _TOTAL.fullmatch(first) and not often:
        return "sure"
    if row[0].strip() or sum(bool(other and other[0].strip()) for other in others) < len(others):
        return ""
    return "sure" if any(_adds_up(row, others, place) for place in numbers) else "perhaps"


def _adds_up(row: Sequence[str], above: Sequence[Sequence[str]], place: int) -> bool:
    cells = [other[place].strip() for other in above if len(other) > place]
    values = [float(c.replace(",", ".")) for c in cells if _NUMBER.fullmatch(c)]
    total = float(row[place].strip().replace(",", "."))
    return len(values) > 1 and abs(sum(values) - total) < 1e-6 * max(1.0, abs(total))


def _hidden(path: Path, sheet: str, rows: Sequence[Sequence[str]]) -> str:
    """Which rows and columns of the table a sheet hides, with their verb; '' if none."""
    hidden_rows: set[int] = set()
    columns: set[int] = set()
    with zipfile.ZipFile(path) as archive:
        part = _part(archive, sheet)
        if part is None:
            return ""
        for chunk in _chunks(archive, part):
            hidden_rows |= {int(row) for row in _ROWS.findall(chunk)}
            for tag in _COLUMNS.findall(chunk):
                said = dict(re.findall(rb"""\b(min|max)\s*=\s*["'](\d+)["']""", tag))
                columns |= set(range(int(said[b"min"]), int(said[b"max"]) + 1))
    width = max((len(row) for row in rows), default=0)
    above = sorted(row for row in hidden_rows if row <= len(rows))
    beside = sorted(column for column in columns if column <= width)
    named = []
    if above:
        named.append(f"row{'s' if len(above) > 1 else ''} {_ranges(above)}")
    if beside:
        named.append(f"column{'s' if len(beside) > 1 else ''} {_ranges(beside, _letters)}")
    verb = "is" if len(above) + len(beside) == 1 else "are"
    return f"{' and '.join(named)} {verb}" if named else ""


def _letters(column: int) -> str:
    """3 is 'C', 27 is 'AA'."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _ranges(numbers: Sequence[int], shown: Callable[[int], str] = str) -> str:
    """1, 2, 3, 7 as '1 to 3, 7'."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(
        shown(part[0]) if len(part) == 1 else f"{shown(part[0])} to {shown(part[-1])}"
        for part in parts
    )
