"""What would go wrong, unseen or past all memory, when a workbook is read: looked for before."""

import re
import zipfile
from collections import Counter
from pathlib import Path

from cesp_analysis.declared.file_forms import Written
from cesp_analysis.errors import CespError
from cesp_analysis.intake.sheet_xml import bytes_of, part_of
from cesp_analysis.intake.unpacked import LARGEST, Damaged, check_size, unpacking

_CELLS = 10**8  # cells from the first to the last of a sheet, blank ones among them: 2 GB in memory
_ROW = re.compile(rb'<(?:\w+:)?row [^>]*?\br="([0-9]+)"')
_WIDE = re.compile(rb' r="([A-Z]{2,3})[0-9]')
_FORMULA = re.compile(
    rb'<(?:\w+:)?c (?![^>]*\bt="str")[^>]*?\br="([A-Z]+[0-9]+)"[^>]*>'
    rb"<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"
)
"""A formula whose value was not saved; a text that is blank (t="str") is a value."""
_ERROR = re.compile(
    rb'<(?:\w+:)?c (?=[^>]*\bt="e")[^>]*?\br="([A-Z]+)([0-9]+)"[^>]*>'
    rb"(?:<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>))?<(?:\w+:)?v>([^<]*)<"
)
_ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA"}
_SHARED = re.compile(
    rb"""<(?:\w+:)?c\s[^>]*?\bt\s*=\s*["']s["'][^>]*>\s*<(?:\w+:)?v\s*>\s*([0-9]+)\s*<"""
)
"""A cell whose text stands in the list of shared strings, by its place there."""
_STRINGS = "xl/sharedStrings.xml"


Errors = dict[tuple[int, int], str]
"""Row and column, both from 0 → the error that stands there: '#REF!'."""


def check_workbook(path: Path, file: Written) -> None:
    """Raises CespError if a workbook unpacks to far more than it is, or was damaged."""
    try:
        with unpacking(), zipfile.ZipFile(path) as archive:
            size = sum(part.file_size for part in archive.infolist())
            check_size(path, file, size)
            _check_names(archive.namelist(), file)
            damaged = archive.testzip()
    except Damaged as error:
        if isinstance(error.__cause__, zipfile.BadZipFile):
            return  # the reader says what is wrong
        damaged = str(error)
    if damaged is not None:
        raise CespError(f"{file.path}: is damaged ({damaged}); copy or export it again")


def _check_names(names: list[str], file: Written) -> None:
    """What is checked here must be what the reader reads."""
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise CespError(
            f"{file.path}: holds '{twice[0]}' twice, and programs differ in which of them they"
            " read; open it in Excel and save it again"
        )


def check_sheet(path: Path, file: Written, sheet: str) -> Errors:
    """The errors that stand in a sheet's cells, as the reader takes them for blank.

    Raises CespError if cells lie too far apart, as it makes room for every one up to the last, if
    they repeat a long text too often, as each gets a copy of it, or if formulas have no values, as
    it takes them for blank too.
    """
    with zipfile.ZipFile(path) as archive:
        part = part_of(archive, sheet)
        if part is None:
            return {}  # the reader says what is wrong
        _check_text(archive, part, file, sheet)
        last_row, last_column, formulas, errors = 1, 1, set[bytes](), Errors()
        for chunk in bytes_of(archive, part):
            rows = max((int(row) for row in _ROW.findall(chunk)), default=1)
            columns = max((_number(name) for name in set(_WIDE.findall(chunk))), default=26)
            last_row, last_column = max(last_row, rows), max(last_column, columns)
            if b"<f" in chunk or b":f" in chunk:
                formulas |= set(_FORMULA.findall(chunk))
            if b't="e"' in chunk:
                for column, row, text in _ERROR.findall(chunk):
                    errors[int(row) - 1, _number(column) - 1] = text.decode()
    if last_row * last_column > _CELLS:
        raise CespError(
            f"{file.path}: sheet '{sheet}': reaches to row {last_row:,} and column {last_column:,};"
            " a stray cell stands far below or beside the table: delete what lies beyond it, or"
            " export the sheet as CSV"
        )
    if formulas:
        first = min(formulas, key=lambda cell: (int(re.sub(rb"\D", b"", cell)), cell)).decode()
        raise CespError(
            f"{file.path}: sheet '{sheet}': cell {first} holds a formula without its value"
            f" ({len(formulas)} such cells); open the workbook in Excel and save it again"
        )
    if unknown := sorted(set(errors.values()) - _ERRORS):
        raise CespError(
            f"{file.path}: sheet '{sheet}': a cell holds the error {unknown[0]}, which cannot be"
            " read; mend its formula, or make the cell blank"
        )
    return errors


def _check_text(archive: zipfile.ZipFile, part: str, file: Written, sheet: str) -> None:
    """Few bytes can name one long text a million times; they are counted if they could do harm."""
    lengths = [len(text) for text in _shared_strings(archive)]
    values = sum(chunk.count(b"v>") for chunk in bytes_of(archive, part)) if lengths else 0
    if max(lengths, default=0) * values <= LARGEST:
        return
    places = (int(at) for chunk in bytes_of(archive, part) for at in _SHARED.findall(chunk))
    size = sum(lengths[at] for at in places if at < len(lengths))
    if size > LARGEST:
        raise CespError(
            f"{file.path}: sheet '{sheet}': repeats long texts in so many cells that they hold"
            f" {size / 2**20:,.0f} MB, which no survey does; save it again, or export it as CSV"
        )


def _shared_strings(archive: zipfile.ZipFile) -> list[bytes]:
    names = [name for name in archive.namelist() if name.lower() == _STRINGS.lower()]
    return re.split(rb"</(?:\w+:)?si>", archive.read(names[0])) if names else []


def _number(name: bytes) -> int:
    """'A' is 1, 'AA' is 27."""
    found = 0
    for letter in name:
        found = found * 26 + letter - 64
    return found
