"""The file of locations that there are, with their sizes: read, and held to what a trial needs."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.errors import CespError

ARMS = ("control", "intervention")
COLUMNS = ("location", "arm", "people")
_SIZE = re.compile("0*[1-9][0-9]{0,8}")
"""Up to a thousand million people."""


@dataclass(frozen=True)
class Sizes:
    """Of locations (k,): 0 or 1 for the arm, people in a period."""

    arm: NDArray[np.int64]
    people: NDArray[np.float64]


def read_sizes(path: Path, most: int | None = None) -> Sizes:
    """The locations of a CSV (location, arm, people); CespError with a line for each fault.

    most: locations that there are (planning.locations_at_most).
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            lacking = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            rows = list(reader)
    except UnicodeDecodeError:
        raise CespError(f"{path}: is not UTF-8; save it as CSV in UTF-8") from None
    except csv.Error as error:
        raise CespError(f"{path}: is no CSV ({error}); save it again as CSV") from None
    if lacking:
        raise CespError(f"{path}: line 1: lacks the columns {', '.join(lacking)}")
    faults = list(_faults(path, rows))
    if most is not None and len(rows) > most:
        faults.append(
            f"{path}: {len(rows)} locations are more than there are (planning.locations_at_most:"
            f" {most})"
        )
    if faults:
        raise CespError(faults)
    arm = np.array([ARMS.index(row["arm"].strip()) for row in rows], dtype=np.int64)
    return Sizes(arm, np.array([float(row["people"]) for row in rows]))


def _faults(path: Path, rows: list[dict[str, str]]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for line, row in enumerate(rows, 2):
        if None in row or None in row.values():
            yield f"{path}: line {line}: has more or fewer fields than the header"
            continue
        name, arm, people = (row[column].strip() for column in COLUMNS)
        if name in seen:
            yield f"{path}: line {line}: '{name}' stands on line {seen[name]} too; keep one"
        seen.setdefault(name, line)
        if arm not in ARMS:
            yield f"{path}: line {line}: arm: must be intervention or control, not '{arm}'"
        if not _SIZE.fullmatch(people):
            yield f"{path}: line {line}: people: must be a number, 1 or more, not '{people}'"
    for arm in ARMS:
        n = sum((row.get("arm") or "").strip() == arm for row in rows)
        if n < 2:
            yield f"{path}: arm {arm} has {n}; 2 locations are needed at least"
