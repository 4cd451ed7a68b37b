"""Who or what a rate counts: rows with a key, their site (or arm) and link worker."""

from typing import Any

import pandas as pd


def as_words(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """A column as words, blank where it says nothing."""
    return column.astype("object").where(column.notna(), "").astype("object")
