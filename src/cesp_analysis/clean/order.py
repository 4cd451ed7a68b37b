"""What several records of a person say together: dates in order, one site for each person."""

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cesp_analysis.clean.columns import ENOUGH, SET_TO_MISSING
from cesp_analysis.clean.file import Cleaned
from cesp_analysis.clean.first_dates import first_dates, without_first_dates, wrong_first_dates
from cesp_analysis.clean.problems import ProblemList
from cesp_analysis.declared.files import RawFile
from cesp_analysis.distinct import as_text, each

if TYPE_CHECKING:
    from cesp_analysis.clean.spec import CleanSpec


def dates_in_order(cleaned: dict[str, Cleaned], how: "CleanSpec") -> dict[str, Cleaned]:
    """Set dates of later times that lie before the person's first date to missing, or the first
    one where that is the wrong one; list them."""
    people = [name for name, file in how.files.items() if file.level == "person" and file.date]
    said = first_dates([cleaned[name].records for name in people], how.first_time)
    known = {n: p for n, p in cleaned.items() if n in people or how.files[n].lists_people}
    wrong = wrong_first_dates(known, how, said)
    parts = {
        name: without_first_dates(part, how, name, said, wrong)
        if wrong and name in people
        else part
        for name, part in cleaned.items()
    }
    first = first_dates([parts[name].records for name in people], how.first_time) if wrong else said
    return {
        name: _checked(part, how, name, first, said) if name in people else part
        for name, part in parts.items()
    }


def _checked(
    part: Cleaned, how: "CleanSpec", name: str, first: "pd.Series[str]", said: "pd.Series[str]"
) -> Cleaned:
    """The file without later dates before the person's first; most of them before what the files
    `said` was the first, right or wrong, are told of as times that seem swapped."""
    records, file = part.records, how.files[name]
    later = records["time"].notna() & (records["time"] != how.first_time)
    early = later & (records["date"] < _of_people(records, first))
    began = _of_people(records, said)
    mask, before = early.to_numpy(dtype=bool), (later & (records["date"] < began)).to_numpy(bool)
    if not before.any() or file.date is None:
        return part
    problems = ProblemList(file.path, [part.problems])
    lines, dates = records["line"].to_numpy()[mask], records.loc[mask, "date"]
    problems.add("date_before_baseline", str(file.date.column), lines, dates, SET_TO_MISSING)
    dated, bad = int((later & records["date"].notna() & began.notna()).sum()), int(before.sum())
    if dated >= ENOUGH and 2 * bad > dated:
        told = pd.Series([f"{bad} of {dated} later dates"], dtype="str")
        problems.add("times_swapped", str(file.date.column), np.array([0]), told, "the run stops")
    kept = records.assign(date=records["date"].where(~early))
    return replace(part, records=kept, problems=problems.sorted())


def _of_people(records: pd.DataFrame, dates: "pd.Series[str]") -> "pd.Series[str]":
    return each(records["unit"], lambda ids: ids.map(dates).astype("str"))


def waves_in_order(cleaned: dict[str, Cleaned], how: "CleanSpec") -> dict[str, Cleaned]:
    """List files of respondents of a later wave that were answered before an earlier one: most of
    their dates lie before most of that wave's."""
    dated = {
        name: cleaned[name].records[["time", "date"]].dropna().astype("str")
        for name, file in how.files.items()
        if file.level == "respondent" and file.date
    }
    if not dated:
        return cleaned
    table = pd.concat(dated.values())
    middle = pd.to_datetime(table["date"]).groupby(table["time"]).median()
    waves = [wave for wave in how.times if wave in middle.index]
    early = [
        (wave, before)
        for before, wave in pairwise(waves)
        if (table["time"] == wave).sum() >= ENOUGH and middle[wave] < middle[before]
    ]
    found = dict(cleaned)
    for wave, before in early:
        for name, own in dated.items():
            if (own["time"] == wave).any():
                found[name] = _swapped(found[name], how.files[name], middle, wave, before)
    return found


def _swapped(
    part: Cleaned, file: RawFile, middle: "pd.Series[Any]", wave: str, before: str
) -> Cleaned:
    """The file with the problem that its wave came before the one before."""
    assert file.date is not None
    day = {one: f"{middle[one]:%Y-%m-%d}" for one in (wave, before)}
    told = f"half of {wave} by {day[wave]}, of {before} by {day[before]}"
    problems = ProblemList(file.path, [part.problems])
    column, line = str(file.date.column), np.array([0])
    problems.add("times_swapped", column, line, pd.Series([told], dtype="str"), "the run stops")
    return replace(part, problems=problems.sorted())


def register_agrees(cleaned: dict[str, Cleaned], how: "CleanSpec") -> dict[str, Cleaned]:
    """List the register's records that put a person elsewhere than the first does, which counts."""
    return {
        name: _agreeing(part, how.files[name]) if how.files[name].lists_people else part
        for name, part in cleaned.items()
    }


def _agreeing(part: Cleaned, file: RawFile) -> Cleaned:
    records = part.records.drop_duplicates("line")
    problems = ProblemList(file.path, [part.problems])
    unit, units = pd.factorize(records["unit"])
    first = np.searchsorted(np.maximum.accumulate(unit), np.arange(len(units)))[unit]
    for place in ("site", "arm", "neighbourhood", "link_worker", "weight"):
        source = getattr(file, place)
        if source is None or source.column is None:
            continue
        said, _ = pd.factorize(records[place])  # -1: no word of it
        other = said != said[first]
        lines, units = records["line"].to_numpy()[other], records.loc[other, "unit"]
        problems.add("register_contradicts", source.column, lines, units, "the first record counts")
    return replace(part, problems=problems.sorted())


def neighbourhoods_agree(cleaned: dict[str, Cleaned], how: "CleanSpec") -> dict[str, Cleaned]:
    """List people's records that name another neighbourhood than the register, which counts."""
    lists = [cleaned[n].records[["unit", "neighbourhood"]] for n, f in how.files.items()
             if f.lists_people]  # fmt: skip
    if not lists:
        return cleaned
    known = as_text(pd.concat(lists).drop_duplicates("unit").dropna())
    of = known.set_index("unit")["neighbourhood"].astype("str")
    return {
        name: part if file.lists_people or file.level != "person" else _as_listed(part, file, of)
        for name, file in how.files.items()
        for part in [cleaned[name]]
    }


def _as_listed(part: Cleaned, file: RawFile, of: "pd.Series[str]") -> Cleaned:
    source = file.neighbourhood
    if source is None or source.column is None:
        return part
    records = part.records.drop_duplicates("line")
    own = records["neighbourhood"].astype("str")
    registered = each(records["unit"], lambda ids: ids.map(of).astype("str")).astype("str")
    both = records["neighbourhood"].notna() & registered.notna()
    other = (both & (own != registered)).to_numpy(dtype=bool)
    if not other.any():
        return part
    problems = ProblemList(file.path, [part.problems])
    lines, named = records["line"].to_numpy()[other], own[other]
    counts = "the register's neighbourhood counts"
    problems.add("other_neighbourhood", source.column, lines, named, counts)
    return replace(part, problems=problems.sorted())
