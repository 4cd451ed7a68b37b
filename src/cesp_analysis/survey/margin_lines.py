"""The lines of a file of margins, each held to what the study declares."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

from cesp_analysis.errors import CespError, no_such
from cesp_analysis.numbers import listed
from cesp_analysis.study.base import Frozen

NAMED = ("variable", "category")
OWN = ("site", "wave", "population")
Cell = tuple[str, ...]


class Declared(Frozen):
    """What margins may speak of: sites, waves, respondents' covariates → their categories (none:
    config declares none); one: they are to be one margin (post-stratification)."""

    sites: tuple[str, ...]
    waves: tuple[str, ...]
    covariates: dict[str, tuple[str, ...]]
    one: bool = False


@dataclass(frozen=True)
class Line:
    """One line of a file: None stands for every site or wave."""

    at: str
    site: str | None
    wave: str | None
    covariates: tuple[str, ...]
    cell: Cell
    people: float


def lines_of(path: Path, declared: Declared) -> list[Line]:
    """The lines of one file; CespError for every fault in it."""
    rows = _rows(path)
    header = rows[0]
    if len(header) == 1:
        raise CespError(
            f"{path}: line 1: is one column, '{header[0]}'; separate the columns by commas"
        )
    if faults := [f"{path}: line 1: {fault}" for fault in _header(header, declared)]:
        raise CespError(faults)
    found, wrong = [], _Wrong(path)
    for n, cells in enumerate(rows[1:], 2):
        if not any(cells):
            continue
        if len(cells) != len(header):
            wrong.add(n, f"has {len(cells)} fields, the header {len(header)}; a cell with a comma"
                      " must stand in quotes")  # fmt: skip
            continue
        row = dict(zip(header, cells, strict=True))
        own = list(_faults_of(row, declared))
        for fault in own:
            wrong.add(n, fault)
        if not own:
            found.append(_line(f"{path}: line {n}", row))
    if faults := wrong.told():
        raise CespError(faults)
    if not found:
        raise CespError(f"{path}: holds no population; write a line for each category")
    return found


def _rows(path: Path) -> list[list[str]]:
    """The cells of a file, spaces around them taken off."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = [[cell.strip() for cell in row] for row in csv.reader(stream, strict=True)]
    except UnicodeDecodeError:
        raise CespError(f"{path}: is not UTF-8; save it as CSV in UTF-8") from None
    except csv.Error as error:
        raise CespError(f"{path}: is no CSV ({error}); save it again as CSV") from None
    if not rows:
        raise CespError(f"{path}: is empty; its first line names the columns, population the last")
    return rows


def _header(header: list[str], declared: Declared) -> Iterator[str]:
    """What is wrong with the names of the columns."""
    for name in dict.fromkeys(name for name in header if header.count(name) > 1):
        yield f"'{name}' names {header.count(name)} columns; keep one"
    if "population" not in header:
        yield f"has no column population (it has: {', '.join(header)})"
    if "site" not in header and len(declared.sites) > 1:
        yield f"has no column site, but the study has {listed(declared.sites)}; say whose it is"
    further = [name for name in header if name not in OWN]
    if set(NAMED) & set(further):
        if lacking := [name for name in NAMED if name not in further]:
            yield f"has no column {lacking[0]} beside {listed(further)}"
        for name in (name for name in further if name not in NAMED):
            yield f"'{name}' stands beside variable and category; a file has one form; remove it"
        return
    if not further:
        yield "names no covariate; write a column for each, or the columns variable and category"
    for name in dict.fromkeys(further):
        if name not in declared.covariates:
            yield no_such("covariate of respondents", name, list(declared.covariates))


def _faults_of(row: dict[str, str], declared: Declared) -> Iterator[str]:
    """What is wrong with a line, apart from where it stands."""
    for column, named in (("site", declared.sites), ("wave", declared.waves)):
        if column in row and row[column] not in named:
            yield f"{column}: {_no_such(column, row[column], named)}"
    covariates, cell = _covariates_and_cell(row)
    for name, word in zip(covariates, cell, strict=True):
        categories = declared.covariates.get(name)
        if categories is None:
            known = list(declared.covariates)
            yield f"variable: {no_such('covariate of respondents', name, known)}"
        elif not word or (categories and word not in categories):
            yield f"{name}: {_no_such('category', word, categories)}"
    if _people(row["population"]) is None:
        yield (
            f"population: must be a number of people, 0 or more, not '{row['population']}';"
            " write digits alone, with a point for decimals"
        )


def _no_such(noun: str, word: str, known: Sequence[str]) -> str:
    return no_such(noun, word, known) if word else f"is blank; write one of {', '.join(known)}"


def _covariates_and_cell(row: dict[str, str]) -> tuple[tuple[str, ...], Cell]:
    if "variable" in row:
        return (row["variable"],), (row["category"],)
    names = tuple(name for name in row if name not in OWN)
    return names, tuple(row[name] for name in names)


def _people(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if isfinite(value) and value >= 0 and "_" not in cell else None


def _line(at: str, row: dict[str, str]) -> Line:
    return Line(at, row.get("site"), row.get("wave"), *_covariates_and_cell(row),
                 float(row["population"]))  # fmt: skip


class _Wrong:
    """Faults of lines, each told once with the lines that have it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: dict[str, list[int]] = {}

    def add(self, line: int, fault: str) -> None:
        """A line has a fault."""
        self.lines.setdefault(fault, []).append(line)

    def told(self) -> list[str]:
        """A sentence for each fault."""
        return [
            f"{self.path}: line {own[0]}: {fault}"
            + (f" ({len(own)} such lines, the last {own[-1]})" if len(own) > 1 else "")
            for fault, own in self.lines.items()
        ]
