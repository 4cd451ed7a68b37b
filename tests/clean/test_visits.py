"""Visits of hand-made records: how long since the start, in which window, which of several."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.clean.file import Cleaned
from cesp_analysis.clean.order import dates_in_order
from cesp_analysis.clean.spec import CleanSpec
from cesp_analysis.clean.visits import Calendar, calendar, in_windows, set_aside
from cesp_analysis.declared.files import RawFile
from cleaned_parts import entry, listed, part, records, spec, values

BY_WINDOW: dict[str, Any] = {
    "unit": "id", "time": {"by": "window"}, "date": {"column": "day"}, "variables": {"s": {}},
}  # fmt: skip
SAYS_IT: dict[str, Any] = BY_WINDOW | {"time": {"column": "when"}}
WINDOWS: dict[str, Any] = {
    "windows": {"before": (0, 10), "after": (20, 40)}, "positions": {"before": 0, "after": 30},
    "time_days": 1.0, "first_time": "before",
}  # fmt: skip
SINCE = Calendar(pd.Series({"a": "2024-01-01", "b": "2024-01-01"}, dtype="str"), 1.0)


def day(n: int) -> str:
    """n days after the start."""
    return str((pd.Timestamp("2024-01-01") + pd.Timedelta(days=n)).date())


def visits(
    name: str, units: list[str], days: list[int | None], s: Any = 1.0, **how: Any
) -> Cleaned:
    dates = [None if n is None else day(n) for n in days]
    return part(records(units, date=dates, **how).assign(s=s), name)


def placed(
    parts: dict[str, Cleaned], files: dict[str, RawFile], since: Calendar = SINCE, **how: Any
) -> tuple[dict[str, Cleaned], pd.DataFrame]:
    return in_windows(parts, spec(files, **WINDOWS | how), since)


def kept(found: dict[str, Cleaned]) -> dict[str, list[int]]:
    return {name: one.records["line"].tolist() for name, one in found.items()}


# ------------------------------------------------------------------ since when


def test_time_is_counted_from_the_first_date_at_the_first_time_of_people_alone() -> None:
    """Not from respondents' dates, wide rows, files without times, or later times."""
    held = records(["a", "a", "b", "b", "c"], time=["before", "before", "before", "after", "after"],
                   date=[None, "2024-01-03", "2024-01-04", "2024-01-01", "2024-01-01"])  # fmt: skip
    other = records(["a", "b", "c"], time="before", date="2023-01-01")
    wide = {"variables": {"s": {"columns": {"before": "s0"}}}}
    files = {
        "r": entry(**SAYS_IT | {"level": "respondent"}), "w": entry(**SAYS_IT | wide),
        "d": entry(**SAYS_IT | {"date": None}), "t": entry(**SAYS_IT | {"time": None}),
        "v": entry(**SAYS_IT),
    }  # fmt: skip
    parts = {name: part(held if name == "v" else other, name) for name in files}
    found = calendar(parts, spec(files, **WINDOWS))
    assert (found.starts.to_dict(), found.days) == ({"a": "2024-01-03", "b": "2024-01-04"}, 1.0)
    without = {name: file for name, file in files.items() if name != "v"}
    assert calendar(parts, spec(without, **WINDOWS)).starts.empty


def test_or_from_a_date_of_the_register() -> None:
    people = entry(unit="id", lists_people=True, variables={"began": {"type": "date"}})
    began = pd.Series(["2024-01-05", None, "2024-01-06"], dtype="str")
    parts = {"v": visits("v", ["a", "b"], [0, 0]), "p": part(records(["a", "b", "a"]), "p")}
    parts["p"] = part(parts["p"].records.assign(began=began), "p")
    how = spec({"v": entry(**BY_WINDOW), "p": people}, **WINDOWS, visits={"since": "began"})
    assert calendar(parts, how).starts.to_dict() == {"a": "2024-01-05"}


def test_a_study_that_does_not_count_by_the_calendar_has_no_moment() -> None:
    since = Calendar(SINCE.starts, None)
    units = pd.Series(["a", "b"], index=[4, 9], dtype="str")
    moments = since.elapsed(units, pd.Series([day(1), day(2)], index=[4, 9]))
    assert moments.isna().all() and moments.index.tolist() == [4, 9]
    parts, files = {"v": visits("v", ["a"], [1])}, {"v": entry(**BY_WINDOW)}
    found, seen = placed(parts, files, since, time_days=None)
    assert kept(found) == {"v": []} and seen["place"].tolist() == ["undated"]


# ------------------------------------------------------------------ a wrong first date


def in_order(days: dict[str, list[int | None]], **how: Any) -> tuple[list[Any], list[Any]]:
    """Dates of people's visits at 'before', 'after' and 'late' once they are in order, and what is
    listed; everybody began on day 0 by the register."""
    units = [unit for unit, own in days.items() for _ in own]
    times = [time for own in days.values() for time, _ in zip(WINDOWS_3, own, strict=False)]
    said = [n for own in days.values() for n in own]
    people = entry(unit="id", lists_people=True, variables={"began": {"type": "date"}})
    parts = {"v": visits("v", units, said, time=times), "p": part(records(list(days)), "p")}
    parts["p"] = part(parts["p"].records.assign(began=day(0)), "p")
    asked = WINDOWS | {"windows": WINDOWS_3, "visits": {"since": "began"}} | how
    found = dates_in_order(parts, spec({"v": entry(**SAYS_IT), "p": people}, **asked))
    assert found["p"] is parts["p"]
    return values(found["v"].records["date"]), [row[:4] for row in listed(found["v"].problems)]


WINDOWS_3 = {"before": (0, 10), "after": (20, 40), "late": (60, 80)}


def test_a_first_date_after_later_ones_that_lie_in_their_windows_is_the_wrong_one() -> None:
    dates, told = in_order({"a": [10220, 30, 70], "b": [5, 30, 70]})
    assert dates == [None, day(30), day(70), day(5), day(30), day(70)]
    assert told == [(2, "day", "first_date_late", day(10220))]


@pytest.mark.parametrize(
    ("days", "wrong"),
    [
        ([5, 2, 70], [1]),  # a first date in its window is right
        ([15, 2, 70], [1]),  # of two later dates one lies before it, and outside its window
        ([50, 30, 70], [1]),  # half of the later dates are not most of them
        ([100, 30, 50], [1, 2]),  # one later date lies in no window either
        ([100, None, 70], [0]),
        ([100, 30, None], [0]),
        ([None, 30, 70], []),
    ],
)
def test_which_date_of_two_is_wrong(days: list[int | None], wrong: list[int]) -> None:
    dates, told = in_order({"a": days})
    assert dates == [None if n is None or at in wrong else day(n) for at, n in enumerate(days)]
    kind = "first_date_late" if wrong == [0] else "date_before_baseline"
    assert told == [(at + 2, "day", kind, day(days[at] or 0)) for at in wrong]


def test_a_first_date_in_its_window_is_right_where_windows_overlap() -> None:
    """A later one before it lies in its own window, too: the first could be the wrong one."""
    dates, told = in_order({"a": [35, 30, None]}, windows=WINDOWS_3 | {"before": (0, 40)})
    assert dates == [day(35), None, None]
    assert told == [(3, "day", "date_before_baseline", day(30))]


def test_nothing_says_so_without_a_start_or_windows() -> None:
    lost = [(line, "day", "date_before_baseline", day(n)) for line, n in ((3, 30), (4, 70))]
    for how in ({"visits": {}}, {"windows": {}}, {"time_days": None}):
        assert in_order({"a": [100, 30, 70]}, **how)[1] == lost


def test_first_dates_that_are_wrong_of_most_people_stop_a_run_all_the_same() -> None:
    _, told = in_order({unit: [100, 30, 70] for unit in "abc"})
    assert told[0] == (0, "day", "times_swapped", "6 of 6 later dates")
    assert [row[2] for row in told[1:]] == ["first_date_late"] * 3


# ------------------------------------------------------------------ in which window


def test_both_ends_of_a_window_are_in_it() -> None:
    days = [-1, 0, 10, 11, 19, 20, 40, 41, None]
    parts = {"v": visits("v", ["a"] * 9, days)}
    how = {"outside": "set_aside"}  # of files that say their times: it changes nothing here
    found, seen = placed(parts, {"v": entry(**BY_WINDOW)}, visits=how)
    before, after = ["before"] * 2, ["after"] * 2
    assert values(seen["time"]) == [None, *before, None, None, *after, None, None]
    places = ["outside", "within", "within", "outside", "outside", "within", "within", "outside"]
    assert seen["place"].tolist() == [*places, "undated"]
    reasons = [row[2] for row in listed(found["v"].problems)]
    assert reasons == [
        "outside_windows", "other_visit", "outside_windows", "outside_windows", "other_visit",
        "outside_windows", "undated_visit",
    ]  # fmt: skip
    assert values(found["v"].records["time"]) == ["before", "after"]


def told_times(**how: Any) -> tuple[Cleaned, list[str]]:
    """Visits of a file that says its times, and where each lies."""
    times = ["before", "before", "after", "after", "after", "later", "after"]
    held = visits("v", ["a"] * 7, [0, 11, 19, 20, 41, 20, None], time=times)
    found, seen = placed({"v": held}, {"v": entry(**SAYS_IT)}, **how)
    assert values(seen["time"]) == times
    return found["v"], seen["place"].tolist()


def test_a_file_that_says_its_times_keeps_them_wherever_they_lie() -> None:
    found, places = told_times()
    assert places == ["within", "late", "early", "within", "late", "no window", "undated"]
    assert len(found.records) == 7 and found.problems.empty


def test_it_loses_what_lies_outside_if_config_says_so() -> None:
    found, _ = told_times(visits={"outside": "set_aside"})
    assert found.records["line"].tolist() == [2, 5, 7, 8]
    assert listed(found.problems) == [
        (line, "day", "outside_windows", day(n), "set aside")
        for line, n in ((3, 11), (4, 19), (6, 41))
    ]
    assert found.records["time"].tolist() == ["before", "after", "later", "after"]


def test_a_date_lost_because_it_was_too_early_is_outside_too_and_another_fault_is_not() -> None:
    held = visits("v", ["a", "a"], [None, None], time="after")
    faults = pd.DataFrame({
        "file": "f.csv", "line": [2, 3], "column": "day", "value": "x", "action": "set to missing",
        "kind": ["date_before_baseline", "not_a_date"],
    })  # fmt: skip
    parts = {"v": Cleaned(held.records, held.ledger, faults)}
    found, _ = placed(parts, {"v": entry(**SAYS_IT)}, visits={"outside": "set_aside"})
    assert kept(found) == {"v": [3]}
    assert values(found["v"].ledger["reason"]) == ["outside_windows", None]
    assert [row[3] for row in listed(found["v"].problems) if row[2] == "outside_windows"] == [""]


def test_files_that_hold_no_visits_are_as_they_were() -> None:
    parts = {"v": visits("v", ["a"], [5]), "p": visits("p", ["a"], [500])}
    files = {"v": entry(**BY_WINDOW), "p": entry(**BY_WINDOW | {"level": "respondent"})}
    found, seen = placed(parts, files)
    assert found["p"] is parts["p"] and seen["file"].tolist() == ["v"]


def test_visits_of_all_files_stand_below_each_other() -> None:
    parts = {"v": visits("v", ["a", "a"], [5, 500]), "x": visits("x", ["b"], [25])}
    _, seen = placed(parts, {name: entry(**BY_WINDOW) for name in parts})
    assert seen.index.tolist() == [0, 1, 2] and seen["file"].tolist() == ["v", "v", "x"]
    assert values(seen["elapsed"]) == [5, 500, 25]


# ------------------------------------------------------------------ which of several counts


def test_which_visit_counts_is_as_config_says() -> None:
    """Days 26 and 34 are as near to 30: the first of the two; b's own visit stands in no way."""
    parts = {"v": visits("v", ["a", "a", "a", "a", "b"], [20, 26, 34, 40, 39])}
    for rule, line in (("nearest", 3), ("first", 2), ("last", 5)):
        found, _ = placed(parts, {"v": entry(**BY_WINDOW)}, visits={"several": rule})
        assert kept(found) == {"v": [line, 6]}, rule


def test_a_visit_without_an_answer_counts_if_there_is_no_other() -> None:
    s = [np.nan, 1.0, np.nan, np.nan]
    parts = {"v": visits("v", ["a", "a", "a", "b"], [20, 30, 40, 30], s)}
    for rule in ("nearest", "first", "last"):
        found, _ = placed(parts, {"v": entry(**BY_WINDOW)}, visits={"several": rule})
        assert kept(found) == {"v": [3, 5]}, rule


@pytest.mark.parametrize("unit", [7.0, 365.25 / 12, 365.25])
def test_two_visits_as_near_in_days_are_as_near_in_every_unit(unit: float) -> None:
    """16 units and 3 days, less 3 days: the first counts, though written last."""
    middle = round(16 * unit)
    exact = middle / unit
    parts = {"v": visits("v", ["a", "a"], [middle + 3, middle - 3])}
    found, _ = placed(
        parts, {"v": entry(**BY_WINDOW)}, Calendar(SINCE.starts, unit), time_days=unit,
        windows={"after": (exact - 1, exact + 1)}, positions={"after": exact},
    )  # fmt: skip
    assert kept(found) == {"v": [3]}


def of_two_files(s: Any = 1.0, **how: Any) -> dict[str, list[int]]:
    """Two files of the same visits, one with a day more; the register is no part of it."""
    parts = {
        "v": visits("v", ["a", "a", "b"], [22, 29, 30], s),
        "x": visits("x", ["a", "a", "b"], [29, 31, 20]),
        "alone": visits("alone", ["a", "a"], [35, 30]),
    }
    files = {name: entry(**BY_WINDOW, path=f"{name}.csv") for name in parts}
    return kept(placed(parts, files, **how)[0])


def test_files_by_themselves_choose_a_visit_each() -> None:
    assert of_two_files() == {"v": [3, 4], "x": [2, 4], "alone": [3]}


def test_files_together_keep_one_day_whichever_of_them_tells_of_it() -> None:
    """Of a day 29 (both files; 31 is as near, and later), of b day 30 (the first file)."""
    together = {"together": [("v", "x")]}
    assert of_two_files(**together) == {"v": [3, 4], "x": [2], "alone": [3]}
    # an answer in either file is one of the day's
    assert of_two_files(np.nan, **together) == {"v": [3], "x": [2, 4], "alone": [3]}


# ------------------------------------------------------------------ what is set aside


def test_records_without_a_reason_are_left_as_they_are() -> None:
    held = visits("v", ["a", "b"], [1, None])
    nothing = pd.Series(["", ""], dtype="str")
    assert set_aside(held, entry(**BY_WINDOW), nothing) is held
    found = set_aside(held, entry(unit="id"), pd.Series(["", "after_death"], dtype="str"))
    assert listed(found.problems) == [(3, "", "after_death", "", "set aside")]
    assert found.records.index.tolist() == [0] and "index" not in found.records
    assert found.ledger["status"].tolist() == ["kept", "set aside"]


def test_a_study_of_no_file_has_no_calendar() -> None:
    assert calendar({}, CleanSpec(files={}, arms={}, times=("before",))).starts.empty
