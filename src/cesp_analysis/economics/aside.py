"""Rows of raw files that count otherwise than they stand, or not at all, and how that is said."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.economics.use_tables import CostExceptions
from cesp_analysis.errors import on_lines
from cesp_analysis.numbers import counted, listed
from cesp_analysis.usual_codes import CODES

CORRECT = "correct it (data/raw/CORRECTIONS.yaml)"
FROM_NOTHING = f"{CORRECT}, or give the variable a range from 0 on"
"""What to do with values below 0."""

Fate = tuple[np.ndarray, str]
"""Whether each row (r,) is one of those, and what becomes of them."""


@dataclass(frozen=True)
class Aside:
    """Rows at path, by line, and what becomes of them; without lines: what holds of the file.

    noun: what a row is; service: beside whose costs it is said, '' beside the first's.
    """

    path: str
    why: str
    lines: Codes
    noun: str = "row"
    service: str = ""

    @property
    def said(self) -> str:
        """The sentence of costs.csv."""
        n = len(self.lines)
        return f"{self.path}: {f'{counted(n, self.noun)} ' if n else ''}{self.why}"


def asides(
    path: str, lines: "pd.Series[int]", fates: Iterable[Fate], noun: str = "row",
    service: str = "",
) -> Iterator[Aside]:  # fmt: skip
    """One for each fate that a row has."""
    numbers = np.asarray(lines, dtype=np.intp)
    for which, why in fates:
        if which.any():
            yield Aside(path, why, numbers[which], noun, service)


def said_of(found: Iterable[Aside], first: str) -> dict[str, list[str]]:
    """Service → what is said beside its costs, each once; first: the first service."""
    said: dict[str, list[str]] = {}
    for one in found:
        own = said.setdefault(one.service or first, [])
        own += [one.said] if one.said not in own else []
    return said


def listed_rows(found: Iterable[Aside]) -> pd.DataFrame:
    """CostExceptions: a row for each line and what becomes of it."""
    rows = [
        {"file": one.path, "line": line, "what": one.why}
        for one in found
        for line in one.lines.tolist()
    ]
    table = pd.DataFrame(rows, columns=list(CostExceptions.columns()))
    return table.drop_duplicates().sort_values(["file", "line", "what"], ignore_index=True)


def negative(table: pd.DataFrame, variable: str, path: str) -> Iterator[str]:
    """A line if there is less than nothing of a variable; table: line and the variable."""
    bad = table[table[variable].astype("float64") < 0]
    if len(bad):
        remedy = remedy_of_negative(bad[variable].to_numpy(dtype=float))
        yield f"{on_lines(path, bad['line'])}: {variable} is negative; {remedy}"


def remedy_of_negative(values: Floats) -> str:
    """What to do with negative values; usual codes of no answer among them are named as such."""
    each = [one for one in dict.fromkeys(f"{value:g}" for value in values) if one in CODES]
    if not each:
        return FROM_NOTHING
    verb = "means" if len(each) == 1 else "mean"
    told = f"if {listed(each)} {verb} no answer, missing: [{', '.join(each)}] of the variable"
    return f"{told}; or {FROM_NOTHING}"
