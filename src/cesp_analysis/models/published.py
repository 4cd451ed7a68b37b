"""The step `compare`: published numbers beside ours.

A quantity is a path. A model's begins with its name: model/outcome/coefficient/arm, as in its
diagnostics.json. Others name a table, a row of it and a column: means/outcome/group/time/mean.
"""

import csv
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cesp_analysis import contracts
from cesp_analysis.contracts import Table
from cesp_analysis.errors import CespError
from cesp_analysis.schemas import Answered, Baseline, Estimates, Means, PublishedNumbers

_NEEDED = ("quantity", "published", "tolerance", "tolerance_is", "source", "reason")
TABLES: dict[str, tuple[type[Table], tuple[str, ...]]] = {
    "means": (Means, ("outcome", "group", "time")),
    "changes": (Means, ("outcome", "group", "time")),
    "baseline": (Baseline, ("variable", "category", "group")),
    "answered": (Answered, ("score", "time")),
    "estimates": (Estimates, ("estimate_id",)),
}
"""Tables in which a published quantity may stand → the columns that name a row of them."""


def compare(
    expected: Path,
    out: Path,
    diagnostics: list[Path] | None = None,
    tables: list[Path] | None = None,
) -> None:
    """Look up every published quantity in models' diagnostics and in tables; do they agree?

    `expected`: CSV with the columns quantity, published, tolerance, tolerance_is (relative |
    absolute), source, reason. `tables`: CSV files of TABLES, known by their names.
    """
    import pandas as pd

    ours: dict[str, float] = {}
    for path in diagnostics or ():
        ours |= dict(_flat(contracts.read_json(path)))
    for path in tables or ():
        ours |= dict(_cells(path))
    rows = [_compared(row, ours) for row in _expected(expected)]
    table = pd.DataFrame(rows, columns=list(PublishedNumbers.columns()))
    contracts.write(table, out, PublishedNumbers)


def _expected(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        lacking = [name for name in _NEEDED if name not in (reader.fieldnames or ())]
        if lacking:
            raise CespError(f"{path}: line 1: lacks the columns {', '.join(lacking)}")
        rows = list(reader)
    problems = [
        f"{path}: line {line}: published and tolerance must be numbers, tolerance_is relative or"
        " absolute"
        for line, row in enumerate(rows, start=2)
        if not _readable(row)
    ]
    if problems:
        raise CespError(problems)
    return rows


def _readable(row: dict[str, str]) -> bool:
    try:
        float(row["published"]), float(row["tolerance"])
    except (TypeError, ValueError):
        return False
    return row["tolerance_is"] in ("relative", "absolute")


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


def _cells(path: Path) -> Iterator[tuple[str, float]]:
    """Every number of a table by its path: table/row/column."""
    contract, keys = TABLES[path.stem]
    for row in contracts.rows(path, contract):
        for column, value in row.items():
            if isinstance(value, int | float):
                yield "/".join((path.stem, *(row[key] for key in keys), column)), float(value)


def _flat(data: Any, path: str = "") -> list[tuple[str, float]]:
    """Every number of nested diagnostics by its path."""
    if isinstance(data, dict):
        return [
            pair
            for key, value in data.items()
            for pair in _flat(value, f"{path}/{key}" if path else str(key))
        ]
    return [(path, float(data))] if isinstance(data, int | float) else []
