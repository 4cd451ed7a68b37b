"""`cesp describe FILE…`: what stands in a raw file, column by column, before anything is declared.

How a CSV is written is found out here, for a person to declare; a run never guesses.
"""

import codecs
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.errors import CespError, one_line
from cesp_analysis.intake.layout import drafted
from cesp_analysis.intake.profile import Profile, profile_of
from cesp_analysis.intake.read import read_raw
from cesp_analysis.readable import fault_of
from cesp_analysis.schemas import Described
from cesp_analysis.study.files import Written


def describe(
    files: list[Path],
    /,
    encoding: str = "",
    separator: str = "",
    sheet: str = "",
    skip: int = 0,
    header_rows: int = 1,
    out: str = "",
) -> None:
    """Print what each column of raw files holds; with --out FILE.csv write it too."""
    rows: list[Profile] = []
    _usable(encoding, separator, skip, header_rows)
    for path in files:
        if fault := fault_of(path):
            raise CespError(f"{path}: {fault}; name a raw file")
        how = drafted(path, encoding, separator)
        header = how.header.model_copy(update={"skip": skip, "rows": header_rows})
        how = how.model_copy(update={"sheet": sheet or None, "header": header})
        found = list(profiles(path, how))
        # line by line: what a cell holds must not steer the terminal
        print("\n".join(map(one_line, [*_heading(path, how, found), *_printed(found), ""])))
        rows += found
    if out:
        table = pd.DataFrame([vars(row) for row in rows], columns=list(Described.columns()))
        contracts.write(table, Path(out), Described)


def _usable(encoding: str, separator: str, skip: int, header_rows: int) -> None:
    """Every fault of the options at once."""
    faults = []
    try:
        codecs.lookup(encoding or "utf-8")
    except LookupError:
        faults.append(f"--encoding: there is no encoding '{encoding}'; try utf-8 or cp1252")
    if len(separator) > 1:
        faults.append(f"--separator: '{separator}' is more than one character")
    faults += [
        f"--{name}: must not be below zero, not {value}"
        for name, value in (("skip", skip), ("header-rows", header_rows))
        if value < 0
    ]
    if faults:
        raise CespError(faults)


def profiles(path: Path, how: Written) -> Iterator[Profile]:
    """One profile a column, in the file's order."""
    frame = read_raw(path, how)
    for column in frame.columns[1:]:
        yield profile_of(frame, str(column), path.name)


def _heading(path: Path, how: Written, found: list[Profile]) -> Iterator[str]:
    records = found[0].records if found else 0
    yield f"{path}: {records:,} records, {len(found)} columns"
    if how.kind_of_file() == "csv":
        shown = {"\t": "tab"}.get(how.separator, how.separator)
        yield f'  declare: encoding: {how.encoding}, separator: "{shown}"'
    if how.kind_of_file() == "xlsx":
        yield from _of_workbook(path, how)


def _of_workbook(path: Path, how: Written) -> Iterator[str]:
    """Its sheets: only one is read at a time."""
    from python_calamine import CalamineWorkbook

    sheets = CalamineWorkbook.from_path(str(path)).sheets_metadata
    names = [
        sheet.name + ("" if "Visible" in str(sheet.visible) else " (hidden)") for sheet in sheets
    ]
    yield f"  sheets: {', '.join(names)}; shown: {how.sheet or sheets[0].name}"


def _printed(found: list[Profile]) -> Iterator[str]:
    """The profiles as an aligned table, remarks beneath their column."""
    titles = ["column", "type", "missing", "distinct", "values"]
    lines = [
        titles,
        *([p.column, p.type, str(p.missing), str(p.distinct), p.values] for p in found),
    ]
    widths = [min(max(len(line[i]) for line in lines), 34) for i in range(4)]
    for at, line in enumerate(lines):
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=False)]
        yield "  " + "  ".join([*cells, line[4]]).rstrip()
        if at and found[at - 1].label:
            yield f"      “{found[at - 1].label[:110]}”"
        if at and found[at - 1].remark:
            yield f"      ! {found[at - 1].remark}"
