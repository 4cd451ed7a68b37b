"""Leaks planted in copies of what leaves the team: each puts back one thing that had been withheld,
or adds what was never to leave."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

from cesp_analysis.withheld import WITHHELD

Plant = Callable[[Path, Path], None]
"""Edits the copy of results/public (first) by what the team's own results (second) hold."""


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _rewritten(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [*rows[0]], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def put_back(table: str, columns: str, **where: str) -> Plant:
    """The numbers of the team's own table in the released row, and their marks gone."""

    def plant(public: Path, results: Path) -> None:
        path, kept = public / f"tables/{table}.csv", _rows(results / f"tables/{table}.csv")
        rows = _rows(path)
        own = [row for row in kept if all(row[name] == value for name, value in where.items())]
        there = [row for row in rows if all(row[name] == value for name, value in where.items())]
        assert len(own) == len(there) == 1, (table, where, len(own), len(there))
        put = {name: own[0][name] for name in columns.split()}
        assert any(put.values()) and any(there[0][name] != text for name, text in put.items())
        told = [part for part in there[0][WITHHELD].split(" | ") if part]
        marks = [part for part in told if part.split(" ")[0] not in put]
        there[0] |= put | {WITHHELD: " | ".join(marks)}
        _rewritten(path, rows)

    return plant


def says(table: str, column: str, text: str) -> Plant:
    """A sentence with a small number."""

    def plant(public: Path, results: Path) -> None:
        path = public / f"tables/{table}.csv"
        rows = _rows(path)
        rows[0][column] = text
        _rewritten(path, rows)

    return plant


def copied(name: str) -> Plant:
    """A table that stays inside."""

    def plant(public: Path, results: Path) -> None:
        shutil.copy(results / name, public / name)

    return plant


def in_figure(figure: str, column: str, value: str) -> Plant:
    """A small number in the data behind a figure."""

    def plant(public: Path, results: Path) -> None:
        path = public / f"figures/{figure}.csv"
        rows = _rows(path)
        rows[0][column] = value
        _rewritten(path, rows)

    return plant


def column_more(table: str, column: str, value: str) -> Plant:
    """A column that the table does not have."""

    def plant(public: Path, results: Path) -> None:
        path = public / f"tables/{table}.csv"
        rows = [{column: value} | row for row in _rows(path)]
        _rewritten(path, rows)

    return plant
