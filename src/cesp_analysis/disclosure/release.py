"""The step `release`: the tables that may leave the team, each number as it may be told."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from pydantic import Field

from cesp_analysis import contracts
from cesp_analysis.columns import Row
from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.disclosure import Disclosure
from cesp_analysis.disclosure import rests_on_few as few
from cesp_analysis.disclosure.attack import leaks
from cesp_analysis.disclosure.contract import ReleasedTable
from cesp_analysis.disclosure.dominance import Contributions, of_contacts, of_costs
from cesp_analysis.disclosure.first_times import with_first_times
from cesp_analysis.disclosure.leaving import Leaving
from cesp_analysis.disclosure.left_in import SETTINGS
from cesp_analysis.disclosure.protect import protect
from cesp_analysis.disclosure.quantities import (
    Cell,
    Equation,
    Key,
    Tables,
    all_equations,
    cells_of,
)
from cesp_analysis.disclosure.table_rows import Release
from cesp_analysis.disclosure.tables import PREDICTED, TABLES
from cesp_analysis.errors import CespError
from cesp_analysis.fidelity.tables import DoseTable
from cesp_analysis.formulas import guarded
from cesp_analysis.whole_files import replaced, write_json
from cesp_analysis.withheld import FEW, WITHHELD


class ReleaseSpec(Frozen):
    """What may be told (config's `disclosure`), and which tables stay."""

    disclosure: Disclosure = Disclosure()
    decimals: dict[str, tuple[str, int]] = Field(
        default={}, description="Outcome → its unit, and its decimals in tables."
    )
    stay: tuple[str, ...] = Field(default=(), description="Tables of the study that stay.")


def release(
    spec: str,
    results: Path,
    out: Path,
    account: Path | None = None,
    tables: list[Path] | None = None,
    means: list[Path] | None = None,
    dose: Path | None = None,
    only: list[Path] | None = None,
) -> None:
    """Write the tables that may leave the team to `out`, a folder like results.

    `tables`, `means`: those of the study and of its models. `dose`: each person's contacts, to see
    whether one makes up most of a sum. `account`: what was done with each table. `only`: of the
    tables those that are written, where the others are released already.

    Raises CespError if, with all that is released, a small number could still be worked out.
    """
    told = ReleaseSpec.model_validate_json(spec)
    how = told.disclosure
    found = dict(_read(tables or [], means or [], results))
    rows_before = {name: len(rows) for name, (_, rows) in found.items()}
    found = _prepared(found, how)
    decided = _decided(found, told, dose)
    records: list[Row] = [
        {"table": name, "column": "", "done": "stays", **dict.fromkeys(_SUMS, 0)}
        for name in told.stay
    ]
    for name, (leaving, rows) in found.items():
        made = decided(name).rows(rows)
        if only is None or results / f"{name}.csv" in only:
            _write(leaving, made, out / f"{name}.csv", how)
        records += _accounted(name, leaving, made, rows_before[name] - len(rows))
    if account is not None:
        _write_account(records, account)
    if only is None:
        write_json(how.model_dump(mode="json"), out / SETTINGS)
    if worked_out := list(leaks(out, how, only=found)):
        raise CespError(f"{out}: {line}" for line in worked_out)


def _decided(found: Tables, told: ReleaseSpec, dose: Path | None) -> Callable[[str], Release]:
    """Name of a table → how it is released, with what is withheld over all of them."""
    how = told.disclosure
    apart = _apart([cell for name, own in found.items() for cell in cells_of(name, *own)], found)
    cells = [cell for name, own in found.items() for cell in cells_of(name, *own, apart)]
    counts, sizes = _numbers(cells, found)
    whole = {**sizes, **counts}
    withheld = protect(counts, sizes, list(_holding(all_equations(found, whole), whole)), how)
    rare = few.rare(found, how)
    hidden, of_few, widths = (
        few.hidden(found, how),
        few.of_few(found, how),
        few.widths(found),
    )
    decimals = {(name, unit): places for name, (unit, places) in told.decimals.items()}
    sums: dict[str, Contributions] = {"tables/costs": of_costs}
    if dose:
        sums["tables/contacts"] = of_contacts(list(contracts.rows(dose, DoseTable)))

    def release_of(name: str) -> Release:
        leaving = found[name][0]
        return Release(
            name, leaving, how, withheld, apart, rare, hidden, of_few, widths, decimals,
            sums.get(name),
        )  # fmt: skip

    return release_of


_NONE: tuple[None, list[Row]] = (None, [])
_SUMS = ("cells", "few", "along", "rows_left")


def _read(
    tables: Iterable[Path], means: Iterable[Path], results: Path
) -> Iterator[tuple[str, tuple[Leaving, list[Row]]]]:
    for path in tables:
        leaving = TABLES[path.stem]
        yield f"tables/{path.stem}", (leaving, list(contracts.rows(path, leaving.contract)))
    for path in means:
        name = path.relative_to(results).with_suffix("").as_posix()
        yield name, (PREDICTED, list(contracts.rows(path, PREDICTED.contract)))


def _prepared(found: Tables, how: Disclosure) -> Tables:
    """Each table's rows that leave, put together where they must be."""
    made = {}
    for name, (leaving, rows) in found.items():
        made[name] = (leaving, leaving.prepared(rows, how))
    return with_first_times(made)


def _apart(cells: Iterable[Cell], found: Tables) -> frozenset[tuple[str, str]]:
    """Columns, (table, column), that count otherwise than an earlier one of the same people: by
    weights, or after leaving some out."""
    known: dict[Key, int] = {}
    differ = set()
    for cell in cells:
        value = int(found[cell.table][1][cell.row][cell.column])
        if known.setdefault(cell.key, value) != value:
            differ.add((cell.table, cell.column))
    return frozenset(differ)


def _numbers(cells: Iterable[Cell], found: Tables) -> tuple[dict[Key, int], dict[Key, int]]:
    """What each key counts: exactly released ones, and sizes."""
    counts: dict[Key, int] = {}
    sizes: dict[Key, int] = {}
    for cell in cells:
        own = counts if cell.exact else sizes
        own[cell.key] = int(found[cell.table][1][cell.row][cell.column])
    return counts, sizes


def _holding(equations: Iterable[Equation], whole: Mapping[Key, int]) -> Iterator[Equation]:
    """Equations that are true of the numbers: parts that share people add up to more."""
    for equation in equations:
        if all(key in whole for key in equation.left()):
            left = sum(whole[key] for key in equation.left())
            known = sum(whole.get(part, 0) for part in equation.parts)
            rest = any(part not in whole for part in equation.parts)
            if known == left or (rest and known < left):
                yield equation


def _write(
    leaving: Leaving, made: list[tuple[dict[str, str], dict[str, str]]], path: Path, how: Disclosure
) -> None:
    """The released table: its columns in their order, and which cells are withheld."""
    columns = list(leaving.contract.columns())
    with (
        replaced(path) as part,
        part.open("w", encoding="utf-8", newline="") as stream,
    ):
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([*columns, WITHHELD])
        for cells, why in made:
            told = [
                f"{name} {FEW} {how.threshold}" if why[name] == FEW else f"{name} {why[name]}"
                for name in columns
                if name in why
            ]
            writer.writerow([*(guarded(cells[name]) for name in columns), " | ".join(told)])


def _accounted(
    name: str,
    leaving: Leaving,
    made: list[tuple[dict[str, str], dict[str, str]]],
    left: int,
) -> Iterator[Row]:
    for column, done in leaving.roles.items():
        why = [reasons.get(column, "") for _, reasons in made]
        shown = sum(bool(cells[column]) for cells, _ in made)
        few = why.count(FEW)
        along = sum(map(bool, why)) - few  # of one left blank: all
        yield {
            "table": name,
            "column": column,
            "done": done,
            "cells": shown + few + along,
            "few": few,
            "along": along,
            "rows_left": left,
        }


def _write_account(records: list[Row], path: Path) -> None:
    import pandas as pd

    frame = pd.DataFrame(records, columns=list(ReleasedTable.columns()))
    contracts.write(frame, path, ReleasedTable)
