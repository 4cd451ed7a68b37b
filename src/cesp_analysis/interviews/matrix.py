"""Who speaks of what: themes × roles × sites, in excerpts and in interviews."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.interviews.counted import By, words


@dataclass(frozen=True)
class ThemeMatrix:
    """k names × r roles × s sites.

    names (k,), roles (r,), sites (s,): in the order of their words, '' (not known) last, if there
    is one. excerpts, interviews (k, r, s): that have the name; interviewed (r, s): interviews in
    which any of these could have come up. An interview with several roles or sites counts in each.
    """

    by: By
    names: tuple[str, ...]
    roles: tuple[str, ...]
    sites: tuple[str, ...]
    excerpts: np.ndarray
    interviews: np.ndarray
    interviewed: np.ndarray

    def rows(self) -> Iterator[dict[str, Any]]:
        """A row for each cell whose role and site have an interview."""
        for r, s in zip(*np.nonzero(self.interviewed), strict=True):
            for k, name in enumerate(self.names):
                yield {
                    self.by: name,
                    "role": self.roles[r],
                    "site": self.sites[s],
                    "excerpts": int(self.excerpts[k, r, s]),
                    "interviews": int(self.interviews[k, r, s]),
                    "interviewed": int(self.interviewed[r, s]),
                }


def theme_matrix(
    table: pd.DataFrame, by: By = "theme", interviews: pd.DataFrame | None = None
) -> ThemeMatrix:
    """Of the long table (Excerpts); interviews: all that were held (columns interview, role,
    site), coded or not, beside those that have a coding."""
    who = _who(table)
    everybody = who if interviews is None else pd.concat([who, _who(interviews)])
    roles, sites = (_levels(everybody[part]) for part in ("role", "site"))
    name = words(table, by)
    rows = who.assign(name=name, excerpt=words(table, "excerpt"))[name != ""]
    names = tuple(np.sort(rows["name"].unique()).tolist())
    axes = {"name": names, "role": roles, "site": sites}
    return ThemeMatrix(
        by,
        names,
        roles,
        sites,
        _counts(rows, axes, "excerpt"),
        _counts(rows, axes, "interview"),
        _counts(everybody, {"role": roles, "site": sites}, "interview"),
    )


def _who(table: pd.DataFrame) -> pd.DataFrame:
    """Of each row whose it is."""
    return pd.DataFrame({part: words(table, part) for part in ("interview", "role", "site")})


def _levels(column: "pd.Series[Any]") -> tuple[str, ...]:
    return tuple(sorted(column.unique().tolist(), key=lambda word: (word == "", word)))


def _counts(rows: pd.DataFrame, axes: dict[str, tuple[str, ...]], of: str) -> np.ndarray:
    """How many different ones are in each cell."""
    each = rows[[*axes, of]].drop_duplicates()
    made = np.zeros(tuple(len(levels) for levels in axes.values()), dtype=np.int64)
    places = tuple(
        pd.Index(levels).get_indexer(pd.Index(each[axis])) for axis, levels in axes.items()
    )
    np.add.at(made, places, 1)
    return made
