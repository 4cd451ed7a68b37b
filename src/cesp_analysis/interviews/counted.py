"""What has which code: excerpts or interviews × themes or codes.

An excerpt has a theme once, however many codes and coders say so. A blank is no theme.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

By = Literal["theme", "code"]
"""What is counted."""
Within = Literal["excerpt", "interview"]


@dataclass(frozen=True)
class Held:
    """Which of n units have which of k names: pairs (unit, name), each once, sorted.

    names (k,), units (n,): in the order of their words; unit, name (m,): places in these.
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    unit: np.ndarray
    name: np.ndarray

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
    return as_words(table[column])


def as_words(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """A column as text, blank where it is missing."""
    if column.dtype == "str":
        return column.fillna("")
    own = column.astype("object")
    return own.where(own.notna(), "").astype(str)


def held(table: pd.DataFrame, by: By, within: Within = "excerpt") -> Held:
    """Of the long table (Excerpts): which excerpts, or interviews, have which names."""
    name, unit = words(table, by), words(table, within)
    pairs = pd.DataFrame({"unit": unit, "name": name}).drop_duplicates()
    units = np.sort(pairs["unit"].unique()).tolist()
    named = pairs[pairs["name"] != ""].sort_values(["unit", "name"])
    names = np.sort(named["name"].unique()).tolist()
    return Held(
        tuple(names),
        tuple(units),
        pd.Index(units).get_indexer(named["unit"]),
        pd.Index(names).get_indexer(named["name"]),
    )
