"""What has which code: excerpts or interviews × themes, subthemes, codes or constructs.

An excerpt has a theme once, however many codes and coders say so. Blank labels are counted by who
asks, never a theme of their own.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

By = Literal["theme", "subtheme", "code", "construct"]
"""What is counted; subthemes are those of their theme: 'theme / subtheme'."""
Within = Literal["excerpt", "interview"]


@dataclass(frozen=True)
class Held:
    """Which of n units have which of k names: pairs (unit, name), each once, sorted.

    names (k,), units (n,): in the order of their words; unit, name (m,): places in these.
    unnamed: units that have a row and no name.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    unit: np.ndarray
    name: np.ndarray
    unnamed: int

    def matrix(self) -> Any:
        """1 where a unit has a name: (n, k), sparse."""
        from scipy.sparse import csr_array

        ones = np.ones(len(self.unit), dtype=np.int64)
        return csr_array((ones, (self.unit, self.name)), shape=(len(self.units), len(self.names)))


def analysed(table: pd.DataFrame) -> pd.DataFrame:
    """Excerpts without codings that were made for agreement alone."""
    return table[table["counted"] == "yes"].reset_index(drop=True)


def words(table: pd.DataFrame, column: str) -> "pd.Series[Any]":
    """A column as text, blank where it is missing."""
    own = table[column].astype("object")
    return own.where(own.notna(), "").astype(str)


def labels(table: pd.DataFrame, by: By) -> "pd.Series[Any]":
    """Of each row what it is counted under; '' where it is under none."""
    own = words(table, by)
    return own if by != "subtheme" else (words(table, "theme") + " / " + own).where(own != "", "")


def held(table: pd.DataFrame, by: By, within: Within = "excerpt") -> Held:
    """Of the long table (Excerpts): which excerpts, or interviews, have which names."""
    name, unit = labels(table, by), words(table, within)
    pairs = pd.DataFrame({"unit": unit, "name": name}).drop_duplicates()
    units = np.sort(pairs["unit"].unique()).tolist()
    named = pairs[pairs["name"] != ""].sort_values(["unit", "name"])
    names = np.sort(named["name"].unique()).tolist()
    return Held(
        tuple(names),
        tuple(units),
        pd.Index(units).get_indexer(named["unit"]),
        pd.Index(names).get_indexer(named["name"]),
        len(units) - named["unit"].nunique(),
    )
