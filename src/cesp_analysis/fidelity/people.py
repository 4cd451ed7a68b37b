"""People of the intervention arm, and when each of them began."""

from pathlib import Path
from typing import Any

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.declared.base import Frozen
from cesp_analysis.schemas import Records

ARM = "intervention"


class Starts(Frozen):
    """Where a person's start is: a date variable of the register, else the date of answers at the
    first time; days: of the study's unit of time, None where it has no length."""

    register_file: str | None = None
    since: str | None = None
    first_files: tuple[str, ...] = ()
    first_time: str | None = None
    days: float | None = None


def people_of(panel: pd.DataFrame) -> pd.DataFrame:
    """unit, site, arm, link_worker of everybody in the panel of people, each once, as text."""
    own = panel.loc[panel["level"] == "person", ["unit", "site", "arm", "link_worker"]]
    return own.drop_duplicates("unit").astype("object").reset_index(drop=True)


def starts_of(how: Starts, records: Path) -> "pd.Series[Any]":
    """Unit → the day on which it began; those of whom it is not known are not there."""
    if how.register_file is not None and how.since is not None:
        table = _read(records, how.register_file, [how.since])
        pairs = table[["unit", how.since]].set_axis(["unit", "date"], axis=1)
    else:
        parts = [_read(records, name, []) for name in how.first_files]
        dated = [part.loc[part["time"] == how.first_time, ["unit", "date"]] for part in parts]
        pairs = pd.concat(dated) if dated else pd.DataFrame({"unit": [], "date": []})
    pairs = pairs.astype("object").dropna().drop_duplicates("unit")
    return days_of(pairs.set_index("unit")["date"])


def _read(records: Path, name: str, beyond: list[str]) -> pd.DataFrame:
    return contracts.read(records / f"{name}.parquet", Records, beyond=beyond)


def days_of(dates: "pd.Series[Any]") -> "pd.Series[Any]":
    """Days since a fixed day, NaN where there is no date."""
    written = dates.astype("object").where(dates.notna(), None)
    days = pd.to_datetime(written, format="%Y-%m-%d") - pd.Timestamp(2000, 1, 1)
    return days.dt.days.astype("float64")
