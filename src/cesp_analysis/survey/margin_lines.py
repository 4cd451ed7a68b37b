"""The lines of a file of margins, each held to what the study declares."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cesp_analysis.csv_lines import Wrong, csv_lines, named_twice, number, ragged
from cesp_analysis.declared.base import Frozen
from cesp_analysis.errors import CespError, no_such
from cesp_analysis.numbers import listed

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
    rows = csv_lines(path, "population the last")
    header = rows[0][1]
    if faults := [f"{path}: line 1: {fault}" for fault in _header(header, declared)]:
        raise CespError(faults)
    found, wrong = [], Wrong(path)
    for n, cells in rows[1:]:
        if not any(cells):
            continue
        if fault := ragged(cells, header):
            wrong.add(n, fault)
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


def _header(header: list[str], declared: Declared) -> Iterator[str]:
    """What is wrong with the names of the columns."""
    yield from named_twice(header)
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
    value = number(cell)
    return value if value is not None and value >= 0 else None


def _line(at: str, row: dict[str, str]) -> Line:
    return Line(at, row.get("site"), row.get("wave"), *_covariates_and_cell(row),
                 float(row["population"]))  # fmt: skip
