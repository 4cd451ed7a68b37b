"""What stands in released files and may not: found by looking, before anything is added up."""

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cesp_analysis import contracts
from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure.cleared import cleared
from cesp_analysis.disclosure.contract import ReleasedTable
from cesp_analysis.disclosure.digits import CLUSTERS, SINGLE, ends_of
from cesp_analysis.disclosure.figures import LEAVE
from cesp_analysis.disclosure.leaving import Leaving
from cesp_analysis.disclosure.protect import needed
from cesp_analysis.disclosure.unsaid import unsaid
from cesp_analysis.figures.kinds import kind_of
from cesp_analysis.readable import fault_of
from cesp_analysis.whole_files import BrokenContract
from cesp_analysis.withheld import WITHHELD

ACCOUNT, SETTINGS = "released.csv", "disclosure.json"
PEOPLE = frozenset(
    ("n", "invited", "lost_n", "received_n", "of_them_n", "back_n", "people", "rated")
)
"""Columns of figures' data that count people."""
PSEUDONYM = re.compile(r"[a-z2-7]{16}")
"""A pseudonym, as intake makes them."""
BEYOND = "has more cells than there are columns"


def lacking(folder: Path) -> Iterator[str]:
    """A line for each table that was released and is not there."""
    try:
        account = list(contracts.rows(folder / ACCOUNT, ReleasedTable))
    except (BrokenContract, UnicodeDecodeError):
        yield f"{ACCOUNT}: is not what the step release wrote"
        return
    for name in dict.fromkeys(row["table"] for row in account if row["done"] != "stays"):
        if fault := fault_of(folder / f"{name}.csv"):
            yield f"{name}.csv: {fault}, but {ACCOUNT} says that it was released"


def is_text(path: Path) -> bool:
    """Whether a file is UTF-8 throughout."""
    try:
        path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return False
    return True


def of_figure(path: Path, name: str, how: Disclosure) -> Iterator[str]:
    """What a figure's data tell beyond the tables: figures that do not leave, small numbers."""
    if kind_of(path.stem)[0] not in LEAVE:
        yield f"{name}.csv: is of no figure that may leave; remove it"
        return
    with path.open(encoding="utf-8", newline="") as stream:
        for line, row in enumerate(csv.DictReader(stream), 2):
            if None in row:
                yield f"{name}.csv, line {line}: {BEYOND}"
            for column, cell in _texts(row):
                if column in PEOPLE and _small(cell, how):
                    yield f"{name}.csv, line {line}, {column}: tells a number of people: {cell}"
                if PSEUDONYM.fullmatch(cell):
                    yield f"{name}.csv, line {line}, {column}: holds a pseudonym"


def _texts(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The cells of a row: not those that it lacks, nor those beyond its columns."""
    yield from ((column, cell) for column, cell in row.items() if isinstance(cell, str))


def _small(cell: str, how: Disclosure) -> bool:
    return cell.isdigit() and how.small(int(cell))


def faults(path: Path, name: str, leaving: Leaving, how: Disclosure) -> Iterator[str]:
    """What stands in a table and may not: more columns, numbers in sentences, pseudonyms."""
    columns = leaving.contract.columns()
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        if more := [n for n in reader.fieldnames or () if n not in columns and n != WITHHELD]:
            yield f"{name}.csv: has columns that may not leave: {', '.join(more)}"
        if lost := [n for n in (*columns, WITHHELD) if n not in (reader.fieldnames or ())]:
            yield f"{name}.csv: lacks columns of a released table: {', '.join(lost)}"
        for line, row in enumerate(reader, 2):
            if None in row:
                yield f"{name}.csv, line {line}: {BEYOND}"
            for column in leaving.texts.split():
                text = row.get(column) or ""
                if cleared(text, how) != text:
                    yield f"{name}.csv, line {line}, {column}: tells a number of people: '{text}'"
            for column in leaving.shown.split():
                text = row.get(column) or ""
                if unsaid(text) != text:
                    yield (
                        f"{name}.csv, line {line}, {column}: tells a number that is rounded or"
                        f" withheld: '{text}'"
                    )
            if any(row.get(column) for column in leaving.blank.split()):
                yield f"{name}.csv, line {line}: holds what is to be left empty"
            for column in _exact(leaving, row, how):
                yield f"{name}.csv, line {line}, {column}: is not rounded, and tells how many"
            for column in _narrow(leaving, row, how):
                yield f"{name}.csv, line {line}, {column}: its width tells of how many it is"
            for column in _telling(leaving, row):
                yield f"{name}.csv, line {line}, {column}: tells what is withheld beside it"
            for column, cell in _texts(row):
                if PSEUDONYM.fullmatch(cell):
                    yield f"{name}.csv, line {line}, {column}: holds a pseudonym"


def _exact(leaving: Leaving, row: dict[str, str], how: Disclosure) -> Iterator[str]:
    """Columns that say how many people a row rests on, and are not rounded."""
    names = leaving.sizes.split()
    if row.get("cluster_level") in SINGLE:
        names = [*names, *(name for name in CLUSTERS if name in row)]
    for name in names:
        cell = row.get(name) or ""
        if cell and float(cell) % how.sizes_to:
            yield name


def _telling(leaving: Leaving, row: dict[str, str]) -> Iterator[str]:
    """Columns from which a withheld number follows: intervals of a share and probabilities by it,
    sums of few."""
    marks = {part.split(" ")[0] for part in (row.get(WITHHELD) or "").split(" | ") if part}
    hidden = {pair for name, pair in leaving.shares.items() if name in marks}
    names = [name for name, pair in leaving.shares.items() if pair in hidden]
    names += [name for name, size in leaving.sums.items() if size in marks]
    yield from (name for name in names if row.get(name))
    if hidden:
        yield from (name for name in leaving.chances.split() if row.get(name))


def _narrow(leaving: Leaving, row: dict[str, str], how: Disclosure) -> Iterator[str]:
    """Intervals printed to more decimals than leave open of how many they are: of fewer than half
    the values that there should be."""
    roles = leaving.roles
    for column in (name for name in roles if roles[name] in ("estimates", "coarse")):
        low, high = ends_of(column, row)
        if column != low or not row.get(low) or not row.get(high):
            continue
        n = row.get(leaving.rests.get(low, leaving.rests_on) or "") or ""
        half = (float(row[high]) - float(row[low])) / 2
        if not n or half <= 0:
            continue
        unit = min(filter(None, (_unit(row[end]) for end in (low, high))))
        if float(n) * unit / half < needed(how) / 2:
            yield low


def _unit(text: str) -> float:
    """The place of the last digit that a number says: 0.1 of 3.4, 10 of 120; 0 of nothing."""
    whole, point, decimals = text.lstrip("-").partition(".")
    zeros = len(whole) - len(whole.rstrip("0"))
    return 10.0 ** -len(decimals) if point else 10.0**zeros * (whole != "0")
