"""The panel's people, a row each: answers by time, covariates, where they belong."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.arrays import Codes, Floats

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class People:
    """n people in the panel's order. units: their ids; once: a row of the panel for each (their
    site, arm, covariates); answers: outcome → (n, t), NaN where there is none; times: names (t,).
    """

    units: "pd.Index[Any]"
    once: "pd.DataFrame"
    answers: dict[str, Floats]
    times: tuple[str, ...]

    @property
    def n(self) -> int:
        """How many people."""
        return len(self.units)

    def words(self, column: str) -> "np.ndarray[Any, Any]":
        """A column of the panel as text (n,), '' where it is blank."""
        values = self.once[column]
        return values.astype("str").where(values.notna(), "").to_numpy(dtype=str)

    def codes(self, level: str) -> Codes:
        """Neighbourhood or link worker as whole numbers (n,), -1 for nobody's; a neighbourhood is
        part of a site: the same name in two sites means two of them."""
        own = self.words(level)
        site = self.words("site") if level == "neighbourhood" else np.full(self.n, "")
        pairs = np.array([f"{a}\0{b}" for a, b in zip(site, own, strict=True)])
        found = np.unique(pairs, return_inverse=True)[1]
        return np.where(own == "", -1, found)


def people_of(panel: "pd.DataFrame", times: tuple[str, ...], outcomes: list[str]) -> People:
    """The people of the panel, with these outcomes."""
    import pandas as pd

    own = panel[panel["level"] == "person"]
    once = own.drop_duplicates("unit").reset_index(drop=True)
    units = pd.Index(once["unit"].astype("str"))
    place = {name: at for at, name in enumerate(times)}
    answers = {}
    for name in outcomes:
        rows = own[own["outcome"] == name]
        found = np.full((len(units), len(times)), np.nan)
        row = units.get_indexer(pd.Index(rows["unit"].astype("str")))
        at = rows["time"].astype("str").map(place).to_numpy(dtype=int)
        found[row, at] = rows["value"].to_numpy(dtype=float)
        answers[name] = found
    return People(units, once, answers, times)
