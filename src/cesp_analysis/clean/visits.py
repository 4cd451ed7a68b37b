"""When people were seen: time since their start, the window it lies in, which visit counts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cesp_analysis.clean.answered import answered
from cesp_analysis.clean.columns import KEPT
from cesp_analysis.clean.file import Cleaned
from cesp_analysis.clean.problems import ProblemList
from cesp_analysis.declared.files import RawFile
from cesp_analysis.declared.follow_up import BY_KIND
from cesp_analysis.distinct import as_text, each, repeated
from cesp_analysis.schemas import Visits

if TYPE_CHECKING:
    from cesp_analysis.clean.spec import CleanSpec


@dataclass(frozen=True)
class Calendar:
    """The day (YYYY-MM-DD) from which each person's time is counted; days of its unit, None
    outside the calendar."""

    starts: "pd.Series[Any]"
    days: float | None

    def elapsed(self, units: "pd.Series[Any]", dates: "pd.Series[Any]") -> "pd.Series[Any]":
        """Time from each person's start to a date, in the study's unit; NaN if not known."""
        if self.days is None:
            return pd.Series(np.nan, index=units.index)
        starts = _day_numbers(self.starts)
        began = each(units, lambda ids: ids.astype("object").map(starts).astype("float64"))
        return (each(dates, _day_numbers) - began) / self.days


def _day_numbers(dates: "pd.Series[Any]") -> "pd.Series[Any]":
    """Days since a fixed day, NaN where there is no date."""
    days = pd.to_datetime(dates.astype("str"), format="%Y-%m-%d") - pd.Timestamp(2000, 1, 1)
    return days.dt.days.astype("float64")


def calendar(cleaned: dict[str, Cleaned], how: "CleanSpec") -> Calendar:
    """Starts are a date of the register, or dates of the records at the first time."""
    if how.visits.since is not None:
        register = next(name for name, file in how.files.items() if file.lists_people)
        dated = [cleaned[register].records[["unit", how.visits.since]].set_axis(_PAIR, axis=1)]
    else:
        tables = [cleaned[name].records for name, file in how.files.items() if _is_visited(file)]
        dated = [t.loc[t["time"] == how.first_time, ["unit", "date"]] for t in tables]
    table = pd.concat(dated) if dated else pd.DataFrame({name: [] for name in _PAIR}, dtype="str")
    starts = as_text(table.dropna().drop_duplicates("unit")).set_index("unit")["date"]
    starts = starts.astype("str")
    return Calendar(starts, how.time_days)


PLACES = ["early", "within", "late", "outside", "undated", "no window"]
"""Where a visit may lie: in its time's window or not, in no time's window, at no known moment."""
_PAIR = ["unit", "date"]
_UNPLACED = ("undated_visit", "outside_windows")


def in_windows(
    cleaned: dict[str, Cleaned], how: "CleanSpec", since: Calendar
) -> tuple[dict[str, Cleaned], pd.DataFrame]:
    """Records with the time that their windows say, others set aside; and every visit (Visits).

    A file that says its times itself loses only what lies outside the windows, and only if config
    says `outside: set_aside`.
    """
    parts, seen = dict(cleaned), dict[str, pd.DataFrame]()
    reasons: dict[str, pd.Series[Any]] = {}
    for name, file in how.files.items():
        if not _is_visited(file):
            continue
        seen[name] = _visits(cleaned[name].records, name, file, how, since)
        found = cleaned[name].problems
        early = found.loc[found["kind"] == "date_before_baseline", "line"]
        reasons[name] = _unplaced(seen[name], file, how, early)
    for names in _competing(seen, how):
        left = {name: seen[name][reasons[name] == ""] for name in names}
        full = [
            answered(part.records.loc[left[name].index], how.files[name], part.boxes)
            for name, part in ((name, cleaned[name]) for name in names)
        ]
        for name, others in _others(left, np.concatenate(full), how).items():
            reasons[name] = reasons[name].mask(reasons[name].index.isin(others), "other_visit")
    for name, visits in seen.items():
        file, aside = how.files[name], reasons[name]
        parts[name] = set_aside(_timed(cleaned[name], visits, file), file, aside)
        status = (aside == "").map({True: "kept", False: "set aside"})
        seen[name] = visits.assign(status=status)
    columns = list(Visits.columns())
    empty = pd.DataFrame({name: pd.Series(dtype="str") for name in columns})
    return parts, pd.concat(seen.values(), ignore_index=True)[columns] if seen else empty


def set_aside(part: Cleaned, file: RawFile, reasons: "pd.Series[Any]") -> Cleaned:
    """Without the records that have a reason (by the records' index; '': kept), which are listed.

    A record with several times (a wide file) must not come here: the ledger has one line for it.
    """
    out = reasons[reasons != ""]
    if out.empty:
        return part
    gone = part.records.loc[out.index]
    problems = ProblemList(file.path, [_no_longer_kept(part.problems, gone["line"])])
    column = (file.date.column if file.date else None) or ""
    for kind in dict.fromkeys(out):
        rows = gone[(out == kind).to_numpy()]
        said = rows["date"].astype("str").fillna("")
        problems.add(str(kind), column, rows["line"].to_numpy(), said, "set aside")
    why = pd.Series(out.to_numpy(), index=gone["line"].to_numpy())
    ledger = part.ledger
    new = ledger["line"].map(why)
    return Cleaned(
        part.records.drop(index=out.index).reset_index(drop=True),
        ledger.assign(
            status=ledger["status"].mask(new.notna(), "set aside"),
            reason=ledger["reason"].mask(new.notna(), new),
        ),
        problems.sorted(),
    )


def _no_longer_kept(problems: pd.DataFrame, gone: "pd.Series[Any]") -> pd.DataFrame:
    """The list in which records after an event that were kept, but now go for another reason, have
    that one fate; gone: their lines."""
    late = problems["kind"].isin([kind for kind in BY_KIND.values() if kind])
    late &= problems["line"].isin(gone) & (problems["action"] == KEPT)
    return (
        problems.assign(action=problems["action"].mask(late, "set aside"))
        if late.any()
        else problems
    )


def _is_visited(file: RawFile) -> bool:
    """Whether each of a file's records is somebody's visit at some time."""
    wide = any(variable.columns for variable in file.variables.values())
    return file.level == "person" and None not in (file.date, file.time) and not wide


def _visits(
    records: pd.DataFrame, name: str, file: RawFile, how: "CleanSpec", since: Calendar
) -> pd.DataFrame:
    """One row a record: its time, and where in that time's window it lies."""
    elapsed = since.elapsed(records["unit"], records["date"])
    by_window = file.time is not None and file.time.by == "window"
    time = _window_of(elapsed, how) if by_window else records["time"]
    low, high = (bound(time, how, at) for at in (0, 1))
    undecided = "outside" if by_window else "no window"
    codes = np.select(
        [elapsed.isna(), elapsed < low, elapsed > high, low.notna()],
        [PLACES.index(place) for place in ("undated", "early", "late", "within")],
        PLACES.index(undecided),
    )
    place = pd.Categorical.from_codes(codes, categories=pd.Index(PLACES, dtype="str"))
    return pd.DataFrame(
        {
            "file": repeated(name, len(records)),
            "line": records["line"],
            "unit": records["unit"],
            "time": time,
            "date": records["date"],
            "elapsed": elapsed,
            "place": place,
        }
    )


def bound(time: "pd.Series[Any]", how: "CleanSpec", at: int) -> "pd.Series[Any]":
    """The first (0) or last (1) moment of each record's window; NaN where there is none."""
    bounds = {name: window[at] for name, window in how.windows.items()}
    return each(time, lambda names: names.astype("object").map(bounds).astype("float64"))


def _window_of(elapsed: "pd.Series[Any]", how: "CleanSpec") -> "pd.Series[Any]":
    time = pd.Series(None, index=elapsed.index, dtype="str")
    for name, (low, high) in how.windows.items():
        time = time.mask((elapsed >= low) & (elapsed <= high), name)
    return time


def _unplaced(
    visits: pd.DataFrame, file: RawFile, how: "CleanSpec", before_baseline: "pd.Series[Any]"
) -> "pd.Series[Any]":
    """Why a visit is in no window, or not in its own; '' for the others. `before_baseline`: lines
    whose date was set to missing because it lies before the person's first: too early for any
    later window."""
    reason = pd.Series("", index=visits.index, dtype="str")
    place = visits["place"]
    if _says_its_times(file):
        if how.visits.outside == "set_aside":
            lost = visits["line"].isin(before_baseline)
            reason = reason.mask(place.isin(["early", "late"]) | lost, "outside_windows")
        return reason
    reason = reason.mask(place == "undated", "undated_visit")
    return reason.mask(place == "outside", "outside_windows")


def _says_its_times(file: RawFile) -> bool:
    return file.time is None or file.time.by is None


def _competing(visited: Iterable[str], how: "CleanSpec") -> Iterator[tuple[str, ...]]:
    """Files, by themselves or several together, of whose visits one a person and window counts."""
    by_window = [name for name in visited if not _says_its_times(how.files[name])]
    grouped = [name for names in how.together for name in names]
    yield from how.together
    yield from ((name,) for name in by_window if name not in grouped)


def _others(
    visits: dict[str, pd.DataFrame], full: np.ndarray, how: "CleanSpec"
) -> "dict[str, pd.Index[Any]]":
    """File → the records of another visit than the one that counts; `full` (n,): those with an
    answer.

    A visit is a person's day, whichever of the files tell of it. One without an answer counts if
    there is no other.
    """
    parts = [as_text(part) for part in visits.values()]
    left = parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)
    distance = (left["elapsed"] - left["time"].map(how.positions).astype("float64")).abs()
    days = (distance * (how.time_days or 1.0)).round(6)  # as near in days is as near in months
    rank = {"nearest": days, "first": left["elapsed"], "last": -left["elapsed"]}
    days_of = [left["unit"], left["time"].astype("str"), left["date"]]
    empty = ~pd.Series(full, index=left.index).groupby(days_of, dropna=False).transform("any")
    order = left.assign(empty=empty, rank=rank[how.visits.several])
    order = order.sort_values(["empty", "rank", "elapsed"])
    chosen = order.drop_duplicates(["unit", "time"]).set_index(["unit", "time"])["date"]
    wanted = left.join(chosen.rename("chosen"), on=["unit", "time"])["chosen"]
    ends = np.cumsum([len(part) for part in parts])
    other = np.split((wanted != left["date"]).to_numpy(), ends[:-1])
    return {name: part.index[own] for (name, part), own in zip(visits.items(), other, strict=True)}


def _timed(part: Cleaned, visits: pd.DataFrame, file: RawFile) -> Cleaned:
    """The records with the time of their window, where the file does not say one itself."""
    if _says_its_times(file):
        return part
    return replace(part, records=part.records.assign(time=visits["time"].astype("str")))
