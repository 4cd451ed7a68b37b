"""Dirt of real exports, planted on purpose, and a list of where each piece lies."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from cesp_analysis.simulate.spec import Dirt, Kind, Simulation
from cesp_analysis.simulate.tables import Cell, Row, Table
from cesp_analysis.simulate.writers import text_of
from cesp_analysis.streams import stream

HANDLING: dict[Kind, str] = {
    "duplicate_row": "keep the first of the equal rows; set this copy aside",
    "conflicting_duplicate": "report both rows; use neither until a correction says which holds",
    "impossible_date": "keep the row; the date is missing; report",
    "date_before_baseline": "keep the answers; the date is missing; report",
    "date_before_start": "keep the row; the step that counts it says so; its moment does not count",
    "second_date_format": "read by the second format declared for the file; otherwise report",
    "out_of_range_code": "keep the row; the value is missing; report",
    "undeclared_missing_code": "keep the row; the value is missing; report as out of range",
    "declared_missing_code": "keep the row; the value is missing; nothing to report",
    "untidy_site": "read as the declared site, whatever the case and padding; report",
    "undeclared_site": "set the row aside; report",
    "misnamed_column": "read by the column mapping of this file",
    "unknown_id": "set the row aside; report",
    "blank_id": "set the row aside; report",
    "text_in_number": "keep the row; the value is missing; report",
}


@dataclass(frozen=True)
class Planted:
    """One piece of dirt and the row it is in (None: the header)."""

    row: Row | None
    file: str
    column: str
    id: str
    kind: Kind
    raw_value: str


def _typed(value: str | int, old: Cell, file: str) -> Cell:
    """The value as the file can hold it: in SPSS files a date must be one."""
    if file.endswith(".sav") and isinstance(old, date):
        return date.fromisoformat(str(value))
    return None if value == "" else value


def _fits(dirt: Dirt, value: Cell) -> Callable[[Row], bool]:
    """Which rows may get the dirt: those with a value there that the dirt changes."""

    def fits(row: Row) -> bool:
        old = row[dirt.column]
        if dirt.kind == "untidy_site":
            return str(old).casefold() == str(value).strip().casefold()
        if dirt.kind == "undeclared_site":
            return row.get("person_id") is None
        return old is not None and old != value and not (isinstance(old, int) and old < 0)

    return fits


def _choose(
    rng: np.random.Generator, rows: Table, taken: set[int], fits: Callable[[Row], bool]
) -> int:
    """Index of a row, not dirty yet, that fits."""
    free = [i for i, row in enumerate(rows) if id(row) not in taken and fits(row)]
    return free[int(rng.integers(len(free)))]


def _cell(dirt: Dirt, value: Cell, row: Row) -> Cell:
    """The dirty cell that replaces the clean one."""
    old = row[dirt.column]
    if isinstance(old, date) and dirt.pattern:
        return old.strftime(dirt.pattern)
    if isinstance(old, date) and dirt.shift_days:
        return old + timedelta(days=dirt.shift_days)
    return _typed(value, old, dirt.file) if isinstance(value, str | int) else value


def _plant(
    dirt: Dirt, value: Cell, table: Table, taken: set[int], rng: np.random.Generator
) -> Planted:
    """Plant one piece: change a cell, or add a copy of a row somewhere below it."""
    first = next(iter(table[0]))
    at = _choose(rng, table, taken, _fits(dirt, value))
    row, clean = table[at], text_of(table[at][first])
    if dirt.kind in ("duplicate_row", "conflicting_duplicate", "unknown_id"):
        taken.add(id(row))
        row = dict(row)
        table.insert(int(rng.integers(at + 1, len(table) + 1)), row)
    if dirt.kind != "duplicate_row":
        row[dirt.column] = _cell(dirt, value, row)
    taken.add(id(row))
    name = clean if dirt.kind == "blank_id" else text_of(row[first])
    whole = dirt.kind == "duplicate_row"
    return Planted(
        row,
        dirt.file,
        "" if whole else dirt.column,
        name,
        dirt.kind,
        "" if whole else text_of(row[dirt.column]),
    )


def _rename(dirt: Dirt, table: Table) -> Planted:
    """Give a column of the file another name."""
    new = str(dirt.values[0])
    for i, row in enumerate(table):
        cells = {new if name == dirt.column else name: cell for name, cell in row.items()}
        table[i].clear()
        table[i].update(cells)
    return Planted(None, dirt.file, new, "", dirt.kind, new)


def plant(spec: Simulation, files: dict[str, Table]) -> list[Planted]:
    """Plant all dirt of the spec into the files (in place), at most one piece a row."""
    planted: list[Planted] = []
    for file, table in files.items():
        rng, taken = stream(spec.seed, "dirt", file), set[int]()
        here = [dirt for dirt in spec.dirt if dirt.file == file]
        for dirt in (dirt for dirt in here if dirt.kind != "misnamed_column"):
            values = dirt.values or (None,) * dirt.rows
            planted += [_plant(dirt, value, table, taken, rng) for value in values]
        planted += [_rename(dirt, table) for dirt in here if dirt.kind == "misnamed_column"]
    return planted


def planted_table(planted: list[Planted], files: dict[str, Table]) -> Table:
    """The list of all dirt, a line each; `line` counts the header (in .sav as if it had one)."""
    lines = {id(row): n for table in files.values() for n, row in enumerate(table, start=2)}
    rows: Table = [
        {
            "file": piece.file,
            "line": 1 if piece.row is None else lines[id(piece.row)],
            "column": piece.column,
            "id": piece.id,
            "kind": piece.kind,
            "raw_value": piece.raw_value,
            "handling": HANDLING[piece.kind],
        }
        for piece in planted
    ]
    rows.sort(key=lambda row: (str(row["file"]), int(str(row["line"]))))
    return rows
