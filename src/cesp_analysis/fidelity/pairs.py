"""Which ratings of a person are of one occasion, so that their raters can be compared.

Nothing here depends on the order of rows: ratings are put in order by whose and when they are, by
their rater's code and by what they say.
"""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.declared.delivery import Rated
from cesp_analysis.fidelity.scores import OVERALL, in_order, overall


@dataclass(frozen=True)
class Scored:
    """What was rated, n rows: whose, a column `value` and a column `category` for each component.

    units, source (n,); rater (n,) or None where a row is all raters of an occasion; day (n,), NaN:
    undated. values, chosen: component → score (n,), NaN: not rated; of one rating they are the
    same, of an occasion `values` are the means of its ratings and `chosen` is one of them.
    """

    units: np.ndarray
    source: np.ndarray
    day: np.ndarray
    rater: "pd.Series[Any]"
    values: pd.DataFrame
    chosen: pd.DataFrame


@dataclass(frozen=True)
class Pairs:
    """Rows (n,) of `table` that stand for each other: one by `first`, one by `second`.

    of: sources, or raters (of one source); interchangeable: it does not matter who is first.
    """

    of: str
    first: str
    second: str
    table: Scored
    one: np.ndarray
    two: np.ndarray
    interchangeable: bool = False


def ratings_of(table: pd.DataFrame, how: Rated) -> Scored:
    """Each rating (of `in_order`)."""
    scores = table[list(how.components)].assign(**{OVERALL: overall(table, how)})
    return _scored(table, scores, scores)


def occasions_of(table: pd.DataFrame, how: Rated) -> Scored:
    """All ratings of a person by one source on one day together (of `in_order`).

    `values` are their means. `chosen` are those of the rater whose code comes first, of those who
    rated the component; without codes, of the lowest rating.
    """
    parts = list(how.components)
    dated = table[table["day"].notna()]
    each = dated[parts].assign(**{OVERALL: overall(dated, how)})
    keys = [dated[name].astype("object") for name in ("unit", "source", "day")]
    grouped = each.groupby(keys, sort=True)
    means = grouped[parts].mean()
    rows = means.index.to_frame(index=False).assign(rater=None)
    values = means.assign(**{OVERALL: overall(means, how)}).reset_index(drop=True)
    return _scored(rows, values, grouped.first().reset_index(drop=True))


def _scored(rows: pd.DataFrame, values: pd.DataFrame, chosen: pd.DataFrame) -> Scored:
    return Scored(
        rows["unit"].to_numpy(dtype=object),
        rows["source"].to_numpy(dtype=object),
        rows["day"].to_numpy(dtype=float),
        rows["rater"],
        values,
        chosen,
    )


def matched(
    units: np.ndarray, days: np.ndarray, one: np.ndarray, two: np.ndarray, within: int
) -> tuple[np.ndarray, np.ndarray]:
    """Rows of `one` and of `two` of the same unit, nearest first, each in one pair at most.

    Two rows are at most `within` days apart. Of equally near ones those that come first in the
    table, which is in an order of its own (`in_order`): the earlier ones.
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


def pairs_of(table: pd.DataFrame, how: Rated) -> list[Pairs]:
    """Every source with every other, by occasions; the raters of a source, by ratings."""
    table = in_order(table, how)
    occasions, ratings = occasions_of(table, how), ratings_of(table, how)
    found = []
    for a, b in combinations(how.sources, 2):
        one, two = (np.flatnonzero(occasions.source == name) for name in (a, b))
        rows = matched(occasions.units, occasions.day, one, two, how.paired_within)
        found.append(Pairs("sources", a, b, occasions, *rows))
    for name in how.sources:
        found += _of_raters(ratings, name, how)
    return found


def _of_raters(table: Scored, source: str, how: Rated) -> list[Pairs]:
    """All raters of a source together, then each two of them, if there are more than two."""
    own = table.rater[table.source == source].dropna()
    raters = sorted(map(str, own.unique()))
    if len(raters) < 2:
        return [Pairs("raters", source, source, table, _none(), _none(), True)]
    each: list[Pairs] = []
    places: Any = own.groupby(own.astype("str").to_numpy()).groups
    for a, b in _who_met(own, table.units):
        one, two = (places[rater].to_numpy() for rater in (a, b))
        rows = matched(table.units, table.day, one, two, how.paired_within)
        each.append(Pairs("raters", a, b, table, *rows))
    if not each:
        return [Pairs("raters", source, source, table, _none(), _none(), True)]
    one, two = (np.concatenate([getattr(p, name) for p in each]) for name in ("one", "two"))
    order: Any = np.lexsort((two, one))
    pooled = Pairs("raters", source, source, table, one[order], two[order], True)
    return [pooled, *(pair for pair in each if len(pair.one))] if len(raters) > 2 else [pooled]


def _who_met(own: "pd.Series[Any]", units: np.ndarray) -> list[tuple[str, str]]:
    """Each two raters who have rated somebody both, in order: of hundreds few have."""
    rated = pd.DataFrame({"unit": units[own.index], "rater": own.astype("str").to_numpy()})
    rated = rated.drop_duplicates().sort_values(["unit", "rater"])
    several = rated[rated["unit"].duplicated(keep=False)].groupby("unit", sort=False)["rater"]
    return sorted({pair for _, names in several for pair in combinations(names, 2)})


def _none() -> np.ndarray:
    return np.array([], dtype=np.int64)
