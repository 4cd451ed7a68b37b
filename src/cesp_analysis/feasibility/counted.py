"""What was counted: rows with a key, their site (or arm) and link worker, and what is left out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from cesp_analysis.feasibility.fillings import Source

PEOPLE = "people"
"""The space of people, and of records of nobody in the register that the flow knows."""


def none() -> pd.DataFrame:
    """Nobody."""
    return pd.DataFrame({name: [] for name in ("key", "unit", "group", "worker")}, dtype="object")


@dataclass(frozen=True)
class Counted:
    """What was counted.

    rows: key, unit, group, worker and, of rows of a file, its variables; one row an element.
    space: of what the keys are; counts in one space can be held against each other.
    unknown: elements (key, unit, group, worker) of which the condition is not known.
    outside: rows left out, since their day lies outside the person's follow-up; undated: rows
    that count although it is not known whether it does; doubtful: elements (key) that count by
    such rows alone; denied: elements or rows that are known not to count.
    """

    rows: pd.DataFrame
    space: str
    unknown: pd.DataFrame = field(default_factory=none)
    outside: pd.DataFrame = field(default_factory=none)
    undated: pd.DataFrame = field(default_factory=none)
    doubtful: pd.DataFrame = field(default_factory=none)
    denied: pd.DataFrame = field(default_factory=none)
    source: Source | None = None

    def of(self, of: str, name: str, part: str = "rows") -> pd.DataFrame:
        """The rows (or another part) of a site (or arm) or link worker; all of them where `of` is
        all."""
        table: pd.DataFrame = getattr(self, part)
        column = "worker" if of == "link_worker" else "group"
        return table if of == "all" else table[table[column] == name]

    def in_arm(self, arms: Mapping[str, str], arm: str) -> "Counted":
        """Those of one arm; arms: group → arm."""
        parts = {
            name: table[table["group"].map(arms).fillna("") == arm]
            for name in ("rows", "unknown", "outside", "undated", "doubtful", "denied")
            for table in [getattr(self, name)]
        }
        return replace(self, **parts)
