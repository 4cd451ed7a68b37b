"""The step `compare`: published numbers beside ours."""

import csv
import math
from pathlib import Path
from typing import Any

from cesp_analysis import contracts
from cesp_analysis.errors import CespError
from cesp_analysis.schemas import PublishedNumbers

_NEEDED = ("quantity", "published", "tolerance", "tolerance_is", "source", "reason")


def compare(expected: Path, diagnostics: list[Path], out: Path) -> None:
    """Look up every published quantity in the models' diagnostics; say whether they agree.

    `expected`: CSV with the columns quantity (model/outcome/path), published, tolerance,
    tolerance_is (relative | absolute), source, reason.
    """
    import pandas as pd

    ours: dict[str, float] = {}
    for path in diagnostics:
        ours |= dict(_flat(contracts.read_json(path)))
    rows = [_compared(row, ours) for row in read_published(expected)]
    table = pd.DataFrame(rows, columns=list(PublishedNumbers.columns()))
    contracts.write(table, out, PublishedNumbers)


def read_published(path: Path) -> list[dict[str, str]]:
    """The rows of a file of published numbers; raises CespError for every fault in it."""
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


def _flat(data: Any, path: str = "") -> list[tuple[str, float]]:
    """Every number of nested diagnostics by its path."""
    if isinstance(data, dict):
        return [
            pair
            for key, value in data.items()
            for pair in _flat(value, f"{path}/{key}" if path else str(key))
        ]
    return [(path, float(data))] if isinstance(data, int | float) else []
