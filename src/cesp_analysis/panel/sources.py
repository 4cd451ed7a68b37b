"""Where a variable's or score's values are: by unit and time, or one a unit.

Units and times are categories that all tables share, so that they are found by their codes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.declared.outcomes import Measured
from cesp_analysis.distinct import names_rows_twice, stacked
from cesp_analysis.errors import REPEATING, VERSIONS, CespError, at_line


@dataclass(frozen=True)
class Sources:
    """Cleaned files and scores; `levels` says whose each file is."""

    levels: dict[str, str]
    records: dict[str, pd.DataFrame]
    scores: pd.DataFrame

    @classmethod
    def of(
        cls,
        levels: dict[str, str],
        records: dict[str, pd.DataFrame],
        scores: pd.DataFrame,
        times: Sequence[str],
    ) -> "Sources":
        """The same tables with units and times as shared categories, times in their order."""
        tables = [*records.values(), scores]
        units = stacked([table[["unit"]] for table in tables])["unit"].array
        ends = np.cumsum([0, *map(len, tables)])
        shared = [
            table.assign(unit=units[start:end], time=table["time"].cat.set_categories(list(times)))
            for table, start, end in zip(tables, ends[:-1], ends[1:], strict=True)
        ]
        return cls(levels, dict(zip(records, shared[:-1], strict=True)), shared[-1])

    def values(self, entry: Measured) -> pd.DataFrame:
        """unit, time, value of an outcome or covariate wherever it has a time."""
        found = self._all(entry)
        return self._once(found[found["time"].notna()], entry.source)

    def constants(self, entry: Measured, measured: str) -> pd.DataFrame:
        """unit, value of a covariate of people: as it is for the person, else as measured then."""
        found = self._all(entry)
        found = found[found["value"].notna()]
        plain = found[found["time"].isna()]
        if len(plain) == 0:
            plain = found[found["time"] == measured]
        return self._once(plain.assign(time=measured), entry.source)[["unit", "value"]]

    def _all(self, entry: Measured) -> pd.DataFrame:
        """unit, time, value, and the place of its file among the files, the scores the last."""
        parts = self._scored(entry) if entry.score else self._recorded(entry)
        empty = self.scores.loc[[], ["unit", "time", "value"]].assign(file=-1)
        return pd.concat([part for part in parts if len(part)] or [empty], ignore_index=True)

    def _scored(self, entry: Measured) -> list[pd.DataFrame]:
        wanted = (self.scores["score"] == entry.score) & (self.scores["level"] == entry.level)
        found = self.scores.loc[wanted, ["unit", "time", "value"]]
        return [found.assign(file=len(self.records))]

    def _recorded(self, entry: Measured) -> list[pd.DataFrame]:
        return [
            table[["unit", "time", entry.source]]
            .set_axis(["unit", "time", "value"], axis=1)
            .assign(file=place)
            for place, (name, table) in enumerate(self.records.items())
            if self.levels[name] == entry.level and entry.source in table.columns
        ]

    def _once(self, found: pd.DataFrame, source: str) -> pd.DataFrame:
        """Each unit and time at most once; a blank gives way to a value."""
        found = found[found["value"].notna()]
        if names_rows_twice(found, ["unit", "time"]):
            twice = found.duplicated(["unit", "time"], keep=False)
            first = found[twice].iloc[0]
            names = [*self.records, "scores"]
            files = sorted(names[place] for place in found.loc[twice, "file"].unique())
            told = f"'{source}' of unit '{first['unit']}' at {first['time']} stands more than once"
            raise CespError(_remedied(told, files, [self._where(file, first) for file in files]))
        return found[["unit", "time", "value"]]

    def _where(self, file: str, first: "pd.Series[Any]") -> str:
        """A file and the line at which it has an answer of that unit and time."""
        table = self.records.get(file, self.scores)
        then = (table["time"] == first["time"]) | table["time"].isna()
        own = table[(table["unit"] == first["unit"]) & then]
        return at_line(file, [int(line) for line in own["line"]] if "line" in own else [])


def _remedied(told: str, files: list[str], where: list[str]) -> str:
    """What to do where an answer stands more than once: in one file or in several (`where`)."""
    if len(files) > 1:
        return (
            f"config.yaml: {told} (files: {', '.join(where)}); {VERSIONS}; if not, call it"
            " differently in one of the files, or, if they tell of one answer, correct one of them"
            " (data/raw/CORRECTIONS.yaml)"
        )
    return f"config.yaml: files.{files[0]}: {told}: {REPEATING}"
