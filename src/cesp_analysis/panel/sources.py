"""Where a variable's or score's values are: by unit and time, or one a unit.

Units and times are categories that all tables share, so that they are found by their codes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cesp_analysis.errors import CespError
from cesp_analysis.study.outcomes import Measured


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
        codes, units = pd.factorize(pd.concat([table["unit"] for table in tables]))
        ends = np.cumsum([len(table) for table in tables])
        known = pd.CategoricalDtype(units)
        shared = [
            table.assign(
                unit=pd.Categorical.from_codes(own, dtype=known),
                time=table["time"].cat.set_categories(list(times)),
            )
            for table, own in zip(tables, np.split(codes, ends[:-1]), strict=True)
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
        twice = found.duplicated(["unit", "time"], keep=False)
        if twice.any():
            first = found[twice].iloc[0]
            names = [*self.records, "scores"]
            files = sorted(names[place] for place in found.loc[twice, "file"].unique())
            raise CespError(
                f"config.yaml: '{source}' of unit '{first['unit']}' at {first['time']} stands more"
                f" than once (files: {', '.join(files)}); call it differently in one of the files,"
                " or, if they tell of one answer, correct one of them (data/raw/CORRECTIONS.yaml)"
            )
        return found[["unit", "time", "value"]]
