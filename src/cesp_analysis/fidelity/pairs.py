"""Which ratings of a person are of one occasion, so that their raters can be compared."""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.study.delivery import Fidelity


@dataclass(frozen=True)
class Pairs:
    """Rows (n,) of the ratings' table that stand for each other: one by `first`, one by `second`.

    of: sources, or raters (of one source); interchangeable: it does not matter who is first.
    """

    of: str
    first: str
    second: str
    one: np.ndarray
    two: np.ndarray
    interchangeable: bool = False


def matched(
    units: np.ndarray, days: np.ndarray, one: np.ndarray, two: np.ndarray, within: int
) -> tuple[np.ndarray, np.ndarray]:
    """Rows of `one` and of `two` of the same unit, nearest first, each in one pair at most.

    Two rows are at most `within` days apart. Of equally near ones those first in the table.
    """
    here = pd.DataFrame({"unit": units[one], "one": one, "day": days[one]})
    there = pd.DataFrame({"unit": units[two], "two": two, "other": days[two]})
    every = here.merge(there, "inner", "unit")
    every["gap"] = (every["day"] - every["other"]).abs()
    every = every[every["gap"] <= within].sort_values(["gap", "one", "two"], kind="stable")
    used: set[tuple[str, int]] = set()
    kept: list[tuple[int, int]] = []
    for a, b in zip(every["one"].tolist(), every["two"].tolist(), strict=True):
        if ("one", a) not in used and ("two", b) not in used:
            used |= {("one", a), ("two", b)}
            kept.append((a, b))
    kept.sort()
    found = np.array(kept, dtype=np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def pairs_of(table: pd.DataFrame, how: Fidelity) -> list[Pairs]:
    """Every source with every other, and the raters of a source among themselves."""
    units, days = table["unit"].to_numpy(dtype=object), table["day"].to_numpy(dtype=float)
    source = table["source"].to_numpy(dtype=object)
    found = []
    for a, b in combinations(how.sources, 2):
        rows = matched(
            units, days, np.flatnonzero(source == a), np.flatnonzero(source == b), how.paired_within
        )
        found.append(Pairs("sources", a, b, *rows))
    for name in how.sources:
        found += _of_raters(table, units, days, name, how)
    return found


def _of_raters(
    table: pd.DataFrame, units: np.ndarray, days: np.ndarray, source: str, how: Fidelity
) -> list[Pairs]:
    """All raters of a source together, then each two of them, if there are more than two."""
    own = table.loc[table["source"] == source, "rater"].dropna()
    raters = sorted(map(str, own.unique()))
    if len(raters) < 2:
        return [Pairs("raters", source, source, _none(), _none(), True)]
    each: list[Pairs] = []
    for a, b in combinations(raters, 2):
        one, two = (own.index[own == rater].to_numpy() for rater in (a, b))
        each.append(Pairs("raters", a, b, *matched(units, days, one, two, how.paired_within)))
    one, two = (np.concatenate([getattr(p, name) for p in each]) for name in ("one", "two"))
    order: Any = np.lexsort((two, one))
    pooled = Pairs("raters", source, source, one[order], two[order], True)
    return [pooled, *(pair for pair in each if len(pair.one))] if len(raters) > 2 else [pooled]


def _none() -> np.ndarray:
    return np.array([], dtype=np.int64)
