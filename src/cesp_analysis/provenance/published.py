"""The step `published`: published numbers beside ours.

A quantity is a path. A model's begins with its name: model/outcome/coefficient/arm, as in its
diagnostics.json. Others name a table, a row of it and a column: means/outcome/group/time/mean.
"""

import csv
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cesp_analysis import contracts
from cesp_analysis.columns import Table
from cesp_analysis.describe.record_tables import Answered
from cesp_analysis.describe.tables import Baseline
from cesp_analysis.economics.tables import Economics
from cesp_analysis.errors import CespError
from cesp_analysis.given import hold
from cesp_analysis.models.tables import Means, PublishedNumbers
from cesp_analysis.schemas import Estimates
from cesp_analysis.whole_files import read_json

_NEEDED = ("quantity", "published", "tolerance", "tolerance_is", "source", "reason")
TABLES: dict[str, tuple[type[Table], tuple[str, ...]]] = {
    "means": (Means, ("outcome", "group", "time")),
    "changes": (Means, ("outcome", "group", "time")),
    "baseline": (Baseline, ("variable", "category", "group")),
    "answered": (Answered, ("score", "time")),
    "estimates": (Estimates, ("estimate_id",)),
    "economics": (
        Economics,
        ("scenario", "missing_data", "approach", "model", "quantity", "threshold"),
    ),
}
"""Tables in which a published quantity may stand → the columns that name a row of them."""


def published(
    expected: Path,
    out: Path,
    diagnostics: list[Path] | None = None,
    tables: list[Path] | None = None,
    checksums: str = "",
) -> None:
    """Look up every published quantity in models' diagnostics and in tables; do they agree?

    `expected`: CSV with the columns quantity, published, tolerance, tolerance_is (relative |
    absolute), source, reason. `tables`: CSV files of TABLES, known by their names;
    `checksums`: of `expected`, see given.py.
    """
    import pandas as pd

    hold(checksums)

    ours: dict[str, float] = {}
    for path in diagnostics or ():
        ours |= dict(_flat(read_json(path)))
    for path in tables or ():
        ours |= dict(cells_of(path))
    rows = [_compared(row, ours) for row in read_published(expected)]
    table = pd.DataFrame(rows, columns=list(PublishedNumbers.columns()))
    contracts.write(table, out, PublishedNumbers)


def read_published(path: Path) -> list[dict[str, str]]:
    """The rows of a file of published numbers; raises CespError for every fault in it."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            lacking = [name for name in _NEEDED if name not in (reader.fieldnames or ())]
            rows = list(reader)
    except UnicodeDecodeError:
        raise CespError(f"{path}: is not UTF-8; save it as CSV in UTF-8") from None
    if lacking:
        raise CespError(f"{path}: line 1: lacks the columns {', '.join(lacking)}")
    problems = [
        f"{path}: line {n}: {fault}" for n, row in enumerate(rows, 2) if (fault := _fault(row))
    ]
    names = [row["quantity"] for row in rows]
    problems += [
        f"{path}: line {names.index(name) + 2}: '{name}' stands {names.count(name)} times; keep one"
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    if problems:
        raise CespError(problems)
    return rows


def _fault(row: dict[str, str]) -> str | None:
    """What is wrong with a row, in words."""
    if None in row or None in row.values():
        return "has more or fewer fields than the header; a cell with a comma must stand in quotes"
    try:
        known = math.isfinite(float(row["published"])) and float(row["tolerance"]) >= 0
    except ValueError:
        known = False
    if known and row["tolerance_is"] in ("relative", "absolute"):
        return None
    return (
        "published and tolerance must be numbers (tolerance not below 0), tolerance_is relative or"
        " absolute"
    )


def _compared(row: dict[str, str], ours: dict[str, float]) -> dict[str, Any]:
    published, tolerance = float(row["published"]), float(row["tolerance"])
    value = ours.get(row["quantity"], math.nan)
    allowed = tolerance * abs(published) if row["tolerance_is"] == "relative" else tolerance
    agrees = abs(value - published) <= allowed
    return row | {
        "published": published,
        "tolerance": tolerance,
        "ours": value,
        "agrees": "yes" if agrees else "no",
    }


def cells_of(path: Path) -> Iterator[tuple[str, float]]:
    """Every number of a table by its path: table/row/column."""
    contract, keys = TABLES[path.stem]
    for row in contracts.rows(path, contract):
        if row.get("weighted") == "yes":  # a description beside the one that papers print
            continue
        for column, value in row.items():
            if isinstance(value, int | float):
                names = [_name(row[key]) for key in keys]
                yield "/".join((path.stem, *names, column)), float(value)


def _name(cell: str | float | None) -> str:
    """A cell of a key as part of a path: 20000, not 20000.0; an empty one is an empty part."""
    return cell or "" if isinstance(cell, str | None) else f"{cell:.15g}"


def _flat(data: Any, path: str = "") -> list[tuple[str, float]]:
    """Every number of nested diagnostics by its path."""
    if isinstance(data, dict):
        return [
            pair
            for key, value in data.items()
            for pair in _flat(value, f"{path}/{key}" if path else str(key))
        ]
    return [(path, float(data))] if isinstance(data, int | float) else []
