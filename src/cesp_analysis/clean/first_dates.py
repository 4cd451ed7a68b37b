"""The day of each person's first record, and first days that are themselves the wrong ones."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cesp_analysis.clean.columns import SET_TO_MISSING
from cesp_analysis.clean.file import Cleaned
from cesp_analysis.clean.problems import ProblemList
from cesp_analysis.clean.visits import bound, calendar
from cesp_analysis.distinct import as_text, each

if TYPE_CHECKING:
    from cesp_analysis.clean.spec import CleanSpec


def first_dates(records: list[pd.DataFrame], first_time: str | None) -> "pd.Series[str]":
    """Person → the date (YYYY-MM-DD) of the first of the records at the first time that has one."""
    dated = [table.loc[table["time"] == first_time, ["unit", "date"]] for table in records]
    table = pd.concat(dated) if dated else pd.DataFrame({"unit": [], "date": []}, dtype="str")
    once = as_text(table.dropna().drop_duplicates("unit"))
    return once.set_index("unit")["date"].astype("str")


def wrong_first_dates(
    cleaned: dict[str, Cleaned], how: "CleanSpec", first: "pd.Series[str]"
) -> set[str]:
    """People whose first date (of `first`) is itself the wrong one: it lies after more than half of
    their later dates, and these lie in their windows since the day that `visits: since:` names, it
    does not. `cleaned`: the files of people with dates, and the register.

    Without that day nothing says which of two dates is wrong: nobody."""
    if how.visits.since is None or first.empty:
        return set()
    since = calendar(cleaned, how)
    parts = [as_text(part.records[["unit", "time", "date"]]) for part in cleaned.values()]
    dated = pd.concat(parts, ignore_index=True).dropna()
    dated["first"] = dated["unit"].map(first)
    elapsed = since.elapsed(dated["unit"], dated["date"])
    low, high = (bound(dated["time"], how, at) for at in (0, 1))
    dated["within"] = (elapsed >= low) & (elapsed <= high)
    at_first = dated["time"] == how.first_time
    right = dated.loc[at_first & (dated["date"] == dated["first"]) & dated["within"], "unit"]
    later = dated[~at_first & dated["first"].notna()]
    later = later.assign(early=later["date"] < later["first"])
    later["astray"] = later["early"] & ~later["within"]
    told = later.groupby("unit").agg({"early": "mean", "astray": "any"})
    wrong = told.index[(told["early"] > 0.5) & ~told["astray"]]
    return set(wrong) - set(right)


def without_first_dates(
    part: Cleaned, how: "CleanSpec", name: str, first: "pd.Series[str]", wrong: set[str]
) -> Cleaned:
    """The file with wrong first dates set to missing and listed."""
    records, file = part.records, how.files[name]
    began = each(records["unit"], lambda ids: ids.map(first).astype("str"))
    mask = (
        records["unit"].isin(wrong)
        & (records["time"] == how.first_time)
        & (records["date"] == began)
    ).to_numpy(dtype=bool)
    if not mask.any() or file.date is None:
        return part
    problems = ProblemList(file.path, [part.problems])
    lines, dates = records["line"].to_numpy()[mask], records.loc[mask, "date"]
    problems.add("first_date_late", str(file.date.column), lines, dates, SET_TO_MISSING)
    gone = np.isin(records["line"].to_numpy(), lines)  # a wide record's rows share its date
    return replace(
        part,
        records=records.assign(date=records["date"].mask(gone)),
        problems=problems.sorted(),
    )
