"""`cesp describe FILE…`: what stands in a raw file, column by column, before anything is declared.

How a CSV is written is found out here, for a person to declare; a run never guesses.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.declared.file_forms import Header, Written
from cesp_analysis.distinct import as_text
from cesp_analysis.errors import CespError, one_line
from cesp_analysis.intake.layout import drafted, hidden_cells, layout_of
from cesp_analysis.intake.profile import Profile, profile_of
from cesp_analysis.intake.read import read_raw
from cesp_analysis.intake.seems import Layout, numbered_as
from cesp_analysis.intake.sheets import hidden_sheets
from cesp_analysis.readable import fault_of
from cesp_analysis.schemas import Described
from cesp_analysis.study.file_rules import is_encoding

_WIDTH = 34  # characters of a column of the printed table


def describe(
    files: list[Path],
    /,
    encoding: str = "",
    separator: str = "",
    sheet: str = "",
    skip: str = "",
    header_rows: str = "",
    out: str = "",
) -> None:
    """Print what each column of raw files holds; with --out FILE.csv write it too.

    Where names stand is found, unless --skip or --header-rows says it.
    """
    rows: list[Profile] = []
    faults: list[str] = []
    _usable(files, encoding, separator, skip, header_rows, out)
    for path in dict.fromkeys(files):
        if fault := fault_of(path):
            faults.append(f"{path}: {fault}; name a raw file")
            continue
        try:
            layout = _layout(path, encoding, separator, sheet, skip, header_rows)
            found = list(_marked(profiles(path, layout.how), layout))
            heading = list(_heading(path, layout, found))
        except CespError as error:
            faults += error.problems
            continue
        # line by line: what a cell holds must not steer the terminal
        print("\n".join(map(one_line, [*heading, *_printed(found), ""])))
        rows += found
    if faults:
        raise CespError(
            [*faults, *([f"{out}: not written, as not all could be read"] if out else [])]
        )
    if out:
        table = pd.DataFrame([vars(row) for row in rows], columns=list(Described.columns()))
        contracts.write(table, Path(out), Described)


def _usable(
    files: list[Path], encoding: str, separator: str, skip: str, header_rows: str, out: str
) -> None:
    """Every fault of the options at once."""
    faults = []
    if not is_encoding(encoding or "utf-8"):
        faults.append(f"--encoding: there is no encoding '{encoding}'; try utf-8 or cp1252")
    if len(separator) > 1:
        faults.append(f"--separator: '{separator}' is more than one character")
    faults += [
        f"--{name}: must be a whole number, not below zero, not '{value}'"
        for name, value in (("skip", skip), ("header-rows", header_rows))
        if value and not (value.isascii() and value.isdigit())
    ]
    if out and Path(out).suffix != ".csv":
        faults.append(f"--out: is written as CSV; '{out}' must end in .csv")
    if out and Path(out).resolve() in [path.resolve() for path in files]:
        faults.append(f"--out: '{out}' is one of the raw files; name another file")
    if faults:
        raise CespError(faults)


def _layout(
    path: Path, encoding: str, separator: str, sheet: str, skip: str, header_rows: str
) -> Layout:
    """As it was said, or as it seems to be; names that repeat or lack are numbered either way."""
    plain = drafted(path, encoding, separator)
    if plain.kind_of_file() not in ("csv", "xlsx") or path.stat().st_size == 0:
        return Layout(plain.model_copy(update={"sheet": sheet or None}))
    if not skip and not header_rows:
        found = layout_of(path, encoding, separator)
        if sheet:
            found = [one for one in found if one.how.sheet in (None, sheet)]
        if found and (not sheet or found[0].how.sheet or sheet in hidden_sheets(path)):
            first = found[0]
            update: dict[str, object] = {"header": _lenient(first.how.header)}
            update |= {"sheet": first.how.sheet or sheet or None}
            return replace(first, how=first.how.model_copy(update=update))
    header = plain.header.model_copy(update={"skip": int(skip or 0), "rows": int(header_rows or 1)})
    how = plain.model_copy(update={"sheet": sheet or None, "header": header})
    if how.kind_of_file() != "xlsx":
        return Layout(how)
    sheets = hidden_sheets(path)
    shown = sheet or next(iter(sheets))
    return Layout(how, hidden=hidden_cells(path, how), hidden_sheet=sheets.get(shown, False))


def _lenient(header: Header) -> Header:
    return header.model_copy(update={"repeated": "number", "nameless": "number"})


def profiles(path: Path, how: Written) -> Iterator[Profile]:
    """One profile a column, in the file's order."""
    frame = as_text(read_raw(path, how))
    for column in frame.columns[1:]:
        yield profile_of(frame, str(column), str(path))


def _marked(found: Iterator[Profile], layout: Layout) -> Iterator[Profile]:
    """The profiles, those of columns that share their name with a remark."""
    names = {
        own: (name, places)
        for name, places in layout.repeated.items()
        for own in numbered_as(name, len(places))
    }
    for profile in found:
        if profile.column not in names:
            yield profile
            continue
        name, places = names[profile.column]
        said = f"'{name}' names columns {' and '.join(map(str, places))}"
        yield replace(profile, remark="; ".join(filter(None, [said, profile.remark])))


def _heading(path: Path, layout: Layout, found: list[Profile]) -> Iterator[str]:
    how = layout.how
    records = found[0].records if found else 0
    yield f"{path}: {records:,} records, {len(found)} columns"
    if how.kind_of_file() == "csv":
        shown = {"\t": "tab"}.get(how.separator, how.separator)
        yield f'  declare: encoding: {how.encoding}, separator: "{shown}"'
    if how.kind_of_file() == "xlsx":
        sheets = hidden_sheets(path)
        names = [name + (" (hidden)" if hidden else "") for name, hidden in sheets.items()]
        shown = how.sheet or next(iter(sheets))
        yield f"  sheets: {', '.join(names)}; shown: {shown}"
    yield from _assumed(how)
    yield from (f"  {doubt}" for doubt in layout.doubts())


def _assumed(how: Written) -> Iterator[str]:
    """Where the names and the last record were taken to stand, if not first and last."""
    header = how.header
    said = header.model_dump(exclude_defaults=True, include={"skip", "rows", "names"})
    if said:
        first, last = header.skip + 1, header.skip + header.rows
        where = f"names in line {first}" if first == last else f"names in lines {first} to {last}"
        where = "no line of names" if header.rows == 0 else where
        if header.names == "joined":
            where += ", joined"
        elif header.rows > 1:
            where += ", of which the first names the columns"
        listed = ", ".join(f"{key}: {value}" for key, value in said.items())
        yield f"  assumed: {where}; declare: header: {{{listed}}}"
    if how.last_line is not None:
        last = how.last_line
        yield f"  assumed: no records below line {last}; declare: last_line: {last}"
    if how.nul_bytes == "drop":
        yield "  assumed: NUL bytes mean nothing; declare: nul_bytes: drop, if it is undamaged"


def _printed(found: list[Profile]) -> Iterator[str]:
    """The profiles as an aligned table, remarks beneath their column."""
    titles = ["column", "type", "missing", "distinct", "values"]
    lines = [
        titles,
        *([p.column, p.type, str(p.missing), str(p.distinct), p.values] for p in found),
    ]
    widths = [min(max(len(line[i]) for line in lines), _WIDTH) for i in range(4)]
    for at, line in enumerate(lines):
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=False)]
        yield "  " + "  ".join([*cells, line[4]]).rstrip()
        if at and found[at - 1].label:
            yield f"      “{found[at - 1].label[:110]}”"
        if at and found[at - 1].remark:
            yield f"      ! {found[at - 1].remark}"
