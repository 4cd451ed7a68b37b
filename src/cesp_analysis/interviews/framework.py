"""Framework matrices: a row for each interview, a column for each theme, excerpts in the cells.

Not tried on a real export: no matrix of NVivo or another program was found under an open licence.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from cesp_analysis.csv_lines import Wrong
from cesp_analysis.declared.coded_files import LEVELS, CodedFile
from cesp_analysis.errors import CespError, few
from cesp_analysis.interviews.coded_table import (
    cleared_in,
    lacking,
    named_twice,
    table_of,
    unknown_marks,
)
from cesp_analysis.interviews.names import path_of
from cesp_analysis.interviews.project import Code
from cesp_analysis.interviews.rows import FileRows, Note, Row, Who, noted

_LETTER = re.compile(r"^[A-Z]{1,3}\s*:\s+")
_NUMBER = re.compile(r"^[0-9]{1,5}\s*:\s+")


def read_framework(path: Path, name: str, file: CodedFile) -> FileRows:
    """A matrix; `name`: its entry, of which ids are made. A blank cell is no excerpt, a row
    without any is an interview all the same. Raises CespError with all that is wrong."""
    table, notes = table_of(path, file.written())
    there = [str(column) for column in table.columns]
    named = {f"columns.{what}": column for what, column in file.columns.named().items()}
    named |= {f"ignored.{i + 1}": column for i, column in enumerate(file.ignored)}
    if file.cleared and file.cleared.column:
        named["cleared.column"] = file.cleared.column
    if faults := list(lacking(file.path, named, there)):
        raise CespError(faults)
    themes = {c: _theme(c, file) for c in there if c not in {*named.values(), "line"}}
    if not themes:
        raise CespError(f"{file.path}: has no column but those that are named; none is a theme")
    merged = list(_merged(table.attrs.get("merged_across", ()), themes, file))
    if merged:
        raise CespError(merged)
    if twice := named_twice(list(themes.values())):
        raise CespError(f"{file.path}: several columns are the theme {twice}; name them apart")
    rows: list[Row] = []
    met: dict[Who, str] = {}
    wrong, blank = Wrong(Path(file.path)), []
    records: list[dict[str, str]] = [
        {str(name): str(cell) for name, cell in record.items()}
        for record in table.to_dict("records")
    ]
    for record, cleared in zip(records, cleared_in(table, file), strict=True):
        line, who = int(record["line"]), _who(record, file)
        found = list(_cells(record, themes, who, cleared, (name, file)))
        if not who.interview and (found or any(record[column] for column in named.values())):
            wrong.add(line, "says of nobody whose row it is; fill the cell in")
        elif not who.interview:
            blank.append(f"line {line}")
        else:
            met.setdefault(who, f"line {line}")
            rows += found
    if told := wrong.told():
        raise CespError(told)
    notes += [*noted(file.path, "blank_rows", blank, "rows are blank"), *unknown_marks(table, file)]
    notes += _without(table.columns[(table == "").all()].tolist(), themes, file)
    codes = tuple(Code("", tuple(path.split(LEVELS)), "", True) for path in themes.values())
    return FileRows(file, tuple(rows), met, codes, tuple(notes))


def _merged(
    cells: "Iterable[tuple[int, list[str]]]", themes: dict[str, str], file: CodedFile
) -> Iterator[str]:
    """A line for each cell that is merged over themes: it would count for the first alone."""
    for line, columns in cells:
        if len(over := [column for column in columns if column in themes]) > 1:
            yield (
                f"{file.path}: line {line}: one cell is merged over the themes {few(over)}, and"
                " would count for the first alone; unmerge it and write its words into each"
            )


def _theme(column: str, file: CodedFile) -> str:
    """A column's theme, its levels with ' / ' between."""
    return path_of([_LETTER.sub("", column) if file.numbered else column], file.hierarchy)


def _who(record: dict[str, str], file: CodedFile) -> Who:
    named = file.columns.named()
    cells = {what: str(record[named[what]]) if what in named else "" for what in Who._fields}
    if file.numbered:
        cells["interview"] = _NUMBER.sub("", cells["interview"])
    return Who(**cells)


def _cells(
    record: dict[str, str],
    themes: dict[str, str],
    who: Who,
    cleared: bool,
    of: tuple[str, CodedFile],
) -> Iterator[Row]:
    """The excerpts of a row; several in a cell where `between` parts them."""
    (name, file), line = of, record["line"]
    named = file.columns.named()
    said = {
        w: str(record[named[w]]) if w in named else "" for w in ("coder", "construct", "valence")
    }
    for at, (column, theme) in enumerate(themes.items(), start=1):
        parts = record[column].split(file.between) if file.between else [record[column]]
        texts = [part.strip() for part in parts if part.strip()]
        for i, text in enumerate(texts, start=1):
            own = f"{file.prefix or f'{name}:'}{line}.{at}{f'.{i}' if len(texts) > 1 else ''}"
            yield Row(
                f"line {line}",
                own,
                who,
                said["coder"] or file.coder,
                theme,
                "",
                "",
                said["construct"],
                said["valence"],
                None,
                None,
                text,
                cleared,
            )


def _without(columns: list[str], themes: dict[str, str], file: CodedFile) -> list[Note]:
    """A note of themes of which no cell says anything."""
    empty = [themes[column] for column in columns if column in themes]
    return noted(file.path, "empty_themes", empty, "columns of themes are blank throughout")
