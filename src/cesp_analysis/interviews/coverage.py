"""What each interview adds: themes × interviews in their order, and how many there are so far."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.interviews.counted import By, words


@dataclass(frozen=True)
class Coverage:
    """k names in n interviews, these in the order in which they were held.

    names (k,): in the order in which they first came up; interviews (n,); counts (k, n): excerpts
    with the name; first (k,): place of the interview where it first came up, from 0; new (n,):
    names that come up for the first time; so_far (n,): their running sum; any_order (n,): names
    that so many interviews of these have on average, over all orders in which they could have been
    held. tied: interviews that share their place with another, and
    stand in the order of their names.
    """

    by: By
    names: tuple[str, ...]
    interviews: tuple[str, ...]
    counts: np.ndarray
    first: np.ndarray
    new: np.ndarray
    so_far: np.ndarray
    any_order: np.ndarray
    tied: tuple[str, ...]


def coverage(
    table: pd.DataFrame, by: By = "theme", interviews: pd.DataFrame | None = None
) -> Coverage:
    """Of the long table (Excerpts); interviews: all that were held (columns interview, order),
    coded or not; without it those that have a coding.

    Raises ValueError if an interview has two places, or the table has one that was not held.
    """
    order = in_order(table if interviews is None else interviews)
    held = order.index.tolist()
    name = words(table, by)
    rows = pd.DataFrame(
        {
            "name": name,
            "at": places(words(table, "interview"), order),
            "excerpt": words(table, "excerpt"),
        }
    )[name != ""].drop_duplicates()
    first = rows.groupby("name")["at"].min().sort_index().sort_values(kind="stable")
    counts = np.zeros((len(first), len(held)), dtype=np.int64)
    np.add.at(counts, (first.index.get_indexer(pd.Index(rows["name"])), rows["at"].to_numpy()), 1)
    new = np.bincount(first.to_numpy(dtype=np.int64), minlength=len(held))
    return Coverage(
        by,
        tuple(first.index.tolist()),
        tuple(held),
        counts,
        first.to_numpy(dtype=np.int64),
        new,
        new.cumsum(),
        any_order((counts > 0).sum(axis=1), len(held)),
        tuple(order.index[order.duplicated(keep=False)].tolist()),
    )


def places(interviews: "pd.Series[Any]", order: "pd.Series[int]") -> np.ndarray:
    """Where each stands in the order, from 0. Raises ValueError if one was not held."""
    at = order.index.get_indexer(pd.Index(interviews))
    if (at < 0).any():
        strange = sorted(set(interviews[at < 0]))
        raise ValueError(f"interviews that were not held: {strange[:5]}")
    return np.asarray(at)


def in_order(table: pd.DataFrame) -> "pd.Series[int]":
    """Interview → its place, in order; those of one place by their names."""
    own = pd.DataFrame({"interview": words(table, "interview"), "order": table["order"].to_numpy()})
    own = own.drop_duplicates().sort_values(["order", "interview"])
    if own["order"].isna().any():
        raise ValueError("interviews have no place in the order")
    if (twice := own["interview"].duplicated()).any():
        raise ValueError(f"an interview has two places: {own['interview'][twice].iloc[0]}")
    return pd.Series(own["order"].to_numpy(dtype=np.int64), index=own["interview"].to_numpy())


def any_order(in_interviews: np.ndarray, n: int) -> np.ndarray:
    """Names that 1 to n of n interviews have on average, if each (k,) is in so many of them: (n,).

    Σ 1 − C(n − f, i) / C(n, i), the sample-based rarefaction of Chiarucci et al. (2008), Community
    Ecol 9:121-3; C in logarithms, since it overflows.
    """
    from scipy.special import gammaln  # type: ignore[import-untyped, unused-ignore]

    drawn = np.arange(1, n + 1)[:, None]
    without = n - np.asarray(in_interviews, dtype=float)[None, :]
    left = np.maximum(without - drawn, 0)
    log_missed = gammaln(without + 1) - gammaln(left + 1) + gammaln(n - drawn + 1) - gammaln(n + 1)
    missed = np.where(without >= drawn, np.exp(log_missed), 0.0)
    return np.asarray((1 - missed).sum(axis=1))
