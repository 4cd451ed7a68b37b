"""Themes × interviews: which theme and subtheme comes up in which interview, and where first.

A row a theme or subtheme and interview, none left out: a grid of many interviews is wider than a
page, and rows can be filtered, counted and turned into a grid by any program, with its noughts.
"""

from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.interviews.counted import words
from cesp_analysis.interviews.coverage import in_order, places

KEYS = ["theme", "subtheme"]


def by_interview(table: pd.DataFrame, held: pd.DataFrame) -> pd.DataFrame:
    """ThemeByInterview, of the long table (Excerpts) and all interviews (InterviewRows). Raises
    ValueError as `coverage` does.

    Themes stand as they first came up, those of one interview by their names; under each its
    subthemes, so too. An excerpt counts once, however many coders and codes say so.
    """
    order = in_order(held)
    named = _named(table, order)
    names = _as_they_came_up(named)
    counts = _counts(named, names, len(order))
    first = (counts > 0).argmax(axis=1)
    who = held.set_index("interview").loc[order.index]
    k, n = counts.shape
    across = {name: np.tile(who[name].to_numpy(dtype=object), k) for name in ("site", "role")}
    made = pd.DataFrame(
        {name: np.repeat(names[name].to_numpy(dtype=object), n) for name in KEYS}
        | {"interview": np.tile(order.index.to_numpy(dtype=object), k)}
        | {"order": np.tile(order.to_numpy(), k), **across, "excerpts": counts.ravel()}
        | {"first": np.where(np.arange(n) == first[:, None], "yes", "no").ravel()}
    )
    parts: list[Any] = [name or None for name in made["subtheme"]]
    return made.assign(subtheme=parts)


def _named(table: pd.DataFrame, order: "pd.Series[int]") -> pd.DataFrame:
    """Each excerpt under its theme (subtheme ''), and under its subtheme, once; at: its place."""
    own = pd.DataFrame({name: words(table, name) for name in (*KEYS, "interview", "excerpt")})
    own = own[own["theme"] != ""]
    whole = own.assign(subtheme="")
    every = pd.concat([whole, own[own["subtheme"] != ""]]).drop_duplicates()
    return every.assign(at=places(every["interview"], order))


def _as_they_came_up(named: pd.DataFrame) -> pd.DataFrame:
    """Each theme and subtheme: themes by their first interview, under each its subthemes."""
    each = named.groupby(KEYS, as_index=False)["at"].min()
    themes = each[each["subtheme"] == ""].set_index("theme")["at"]
    each = each.assign(of_theme=each["theme"].map(themes), part=each["subtheme"] != "")
    by = ["of_theme", "theme", "part", "at", "subtheme"]
    return pd.DataFrame(each.sort_values(by, ignore_index=True)[KEYS])


def _counts(named: pd.DataFrame, names: pd.DataFrame, interviews: int) -> "np.ndarray[Any, Any]":
    """Excerpts of each name in each interview, (k, n)."""
    made = np.zeros((len(names), interviews), dtype=np.int64)
    place = pd.MultiIndex.from_frame(names).get_indexer(pd.MultiIndex.from_frame(named[KEYS]))
    np.add.at(made, (place, named["at"].to_numpy()), 1)
    return made
