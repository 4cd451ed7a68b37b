"""The file of locations that there are, with their sizes: read, and held to what a trial needs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arms import CODED
from cesp_analysis.csv_lines import Rows, Wrong, told_rows
from cesp_analysis.errors import CespError

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
    wrong = Wrong(path)
    rows, apart = told_rows(path, wrong, COLUMNS)
    _look(rows, wrong)
    faults = [*wrong.told(), *_few(path, rows, len(apart))]
    if most is not None and len(rows) > most:
        faults.append(
            f"{path}: {len(rows)} locations are more than there are (planning.locations_at_most:"
            f" {most})"
        )
    if faults:
        raise CespError(faults)
    arm = np.array([CODED.index(row["arm"]) for _, row in rows], dtype=np.int64)
    return Sizes(arm, np.array([float(row["people"]) for _, row in rows]))


def _look(rows: Rows, wrong: Wrong) -> None:
    """Put what is wrong with rows among what is `wrong`."""
    seen: dict[str, int] = {}
    for line, row in rows:
        name, arm, people = (row[column] for column in COLUMNS)
        if not name:
            wrong.add(line, "location: is blank; give each a name of its own")
        elif name in seen:
            wrong.add(line, f"'{name}' stands on line {seen[name]} too; keep one")
        seen.setdefault(name, line)
        if arm not in CODED:
            wrong.add(line, f"arm: must be intervention or control, not '{arm}'")
        if not _SIZE.fullmatch(people):
            wrong.add(line, f"people: must be a number, 1 or more, not '{people}'")


def _few(path: Path, rows: Rows, apart: int) -> Iterator[str]:
    """A line for each arm of which there are too few, also if the lines that are `apart`, whose
    cells stand nobody knows where, were all of it."""
    for arm in CODED:
        n = sum(row["arm"] == arm for _, row in rows)
        if n + apart < 2:
            yield f"{path}: arm {arm} has {n}; 2 locations are needed at least"
