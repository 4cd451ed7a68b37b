"""What was counted: rows with a key, their site (or arm) and link worker, and what is left out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from cesp_analysis.feasibility.fillings import Source

PEOPLE = "people"
"""The space of people, and of records of nobody in the register that the flow knows."""
PARTS = ("rows", "unknown", "outside", "undated", "doubtful", "denied")


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
        if of == "all" or table.empty:
            return table
        column = "worker" if of == "link_worker" else "group"
        return table.iloc[self._places[part][column].get(name, [])]

    def keys(self, of: str, name: str, part: str = "rows") -> list[str]:
        """The keys of these rows, one a row."""
        if of == "all":
            return self._listed[part]
        keys, column = self._listed[part], "worker" if of == "link_worker" else "group"
        return [keys[at] for at in self._places[part][column].get(name, [])]

    @cached_property
    def every(self) -> dict[str, frozenset[str]]:
        """Part → all of its keys."""
        return {part: frozenset(keys) for part, keys in self._listed.items()}

    @cached_property
    def _listed(self) -> dict[str, list[str]]:
        """Part → its keys, one a row."""
        return {part: getattr(self, part)["key"].tolist() for part in PARTS}

    @cached_property
    def _places(self) -> dict[str, dict[str, dict[str, list[int]]]]:
        """Part → column → site (or arm) or link worker → its rows: asked for every one of them."""
        found: dict[str, dict[str, dict[str, list[int]]]] = {}
        for part in PARTS:
            own = found[part] = {"group": {}, "worker": {}}
            for column, places in own.items():
                for at, name in enumerate(getattr(self, part)[column].tolist()):
                    places.setdefault(name, []).append(at)
        return found

    def in_arm(self, arms: Mapping[str, str], arm: str) -> "Counted":
        """Those of one arm; arms: group → arm."""
        parts = {
            name: table[table["group"].map(arms).fillna("") == arm]
            for name in PARTS
            for table in [getattr(self, name)]
        }
        return replace(self, **parts)
