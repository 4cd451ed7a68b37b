"""Where a variable's or score's values are: by unit and time, or one a unit."""

from dataclasses import dataclass

import pandas as pd

from cesp_analysis.errors import CespError
from cesp_analysis.study.outcomes import Measured


@dataclass(frozen=True)
class Sources:
    """Cleaned files and scores; `levels` says whose each file is."""

    levels: dict[str, str]
    records: dict[str, pd.DataFrame]
    scores: pd.DataFrame

    def values(self, entry: Measured) -> pd.DataFrame:
        """unit, time, value of an outcome or covariate wherever it has a time."""
        found = self._all(entry)
        return _once(found[found["time"].notna()], entry.source)

    def constants(self, entry: Measured, measured: str) -> pd.DataFrame:
        """unit, value of a covariate of people: as it is for the person, else as measured then."""
        found = self._all(entry)
        found = found[found["value"].notna()]
        plain = found[found["time"].isna()]
        if len(plain) == 0:
            plain = found[found["time"] == measured]
        return _once(plain.assign(time=measured), entry.source)[["unit", "value"]]

    def _all(self, entry: Measured) -> pd.DataFrame:
        parts = self._scored(entry) if entry.score else self._recorded(entry)
        empty = pd.DataFrame({name: pd.Series(dtype="str") for name in ("unit", "time", "file")})
        parts = [part for part in parts if len(part)] or [empty.assign(value=float("nan"))]
        return pd.concat(parts, ignore_index=True).astype({"time": "str", "unit": "str"})

    def _scored(self, entry: Measured) -> list[pd.DataFrame]:
        wanted = (self.scores["score"] == entry.score) & (self.scores["level"] == entry.level)
        return [self.scores.loc[wanted, ["unit", "time", "value"]].assign(file="scores")]

    def _recorded(self, entry: Measured) -> list[pd.DataFrame]:
        return [
            table[["unit", "time", entry.source]]
            .set_axis(["unit", "time", "value"], axis=1)
            .assign(file=name)
            for name, table in self.records.items()
            if self.levels[name] == entry.level and entry.source in table.columns
        ]


def _once(found: pd.DataFrame, source: str) -> pd.DataFrame:
    """Each unit and time at most once; a blank gives way to a value."""
    found = found[found["value"].notna()]
    twice = found.duplicated(["unit", "time"], keep=False)
    if twice.any():
        first = found[twice].iloc[0]
        files = sorted(found.loc[twice, "file"].unique())
        raise CespError(
            f"config.yaml: '{source}' of unit '{first['unit']}' at {first['time']} stands more than"
            f" once (files: {', '.join(files)}); call it differently in one of the files"
        )
    return found[["unit", "time", "value"]]
