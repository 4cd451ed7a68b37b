"""Visits and their windows, deaths, withdrawals, transfers: what counts, what is listed."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cesp_analysis import contracts
from cesp_analysis.describe import specs as describe_specs
from cesp_analysis.describe.record_tables import EventCounts, Linking, VisitCounts
from cesp_analysis.schemas import Events, Visits
from cesp_analysis.study.read import read_study
from cesp_analysis.study.together import seen_together
from small_study import Ran, Study, inside

START = date(2024, 1, 1)


def day(n: float) -> str:
    """The date n days after the start."""
    return str(START + timedelta(days=round(n)))


def study(folder: Path, visits: str = "", **people: str) -> Study:
    """Four people recruited on the first day; one file of visits without times.

    `people`: id → the rest of its row (withdrew,why,died,died_on,moved,moved_to).
    """
    one = Study(folder)
    rows = [
        f"P{i:02},{'North' if i % 2 else 'South'},{START},{people.get(f'P{i:02}', ',,no,,,')}\n"
        for i in range(1, 5)
    ]
    header = "id,site,start,withdrew,why,died,died_on,moved,moved_to\n"
    one.files = {
        "people.csv": header + "".join(rows),
        "visits.csv": "id,date,score\n" + visits,
    }
    one.config["time_unit"] = "days"
    one.config["times"] = {
        "before": {"label": "Before", "position": 0, "window": [-10, 20]},
        "after": {"label": "After", "position": 100, "window": [80, 140]},
    }
    dated = {"type": "date", "format": "%Y-%m-%d"}
    one.config["files"] = {
        "people": {
            "path": "data/raw/people.csv",
            "level": "person",
            "lists_people": True,
            "unit": "id",
            "one_row_per": "unit",
            "site": {"column": "site"},
            "variables": {
                "start": dated,
                "withdrew": dated,
                "why": {"type": "category", "values": ["moved", "ill"]},
                "died": {"type": "category", "values": ["yes", "no"]},
                "died_on": dated,
                "moved": dated,
                "moved_to": {"type": "category", "values": ["north", "south", "elsewhere"]},
            },
        },
        "visits": {
            "path": "data/raw/visits.csv",
            "level": "person",
            "unit": "id",
            "time": {"by": "window"},
            "date": {"column": "date", "format": "%Y-%m-%d"},
            "variables": {"score": {"range": [0, 40]}},
        },
    }
    one.config["visits"] = {"since": "start"}
    one.config["events"] = {
        "withdrew": {
            "label": "Withdrew",
            "kind": "withdrawal",
            "file": "people",
            "date": "withdrew",
            "reason": "why",
        },
        "died": {
            "label": "Died",
            "kind": "death",
            "file": "people",
            "where": "died == 'yes'",
            "date": "died_on",
        },
        "moved": {
            "label": "Moved",
            "kind": "transfer",
            "file": "people",
            "date": "moved",
            "to": "moved_to",
        },
    }
    del one.config["covariates"], one.config["outcomes"]["lonely"]
    return one


def everybody(**extra: float) -> str:
    """A visit of each person at 0 and 100 days, and further ones: P01=130 → a visit on day 130."""
    rows = [f"P{i:02},{day(n)},{n / 10 + i}\n" for i in range(1, 5) for n in (0, 100)]
    return "".join(rows + [f"{unit},{day(n)},{n / 10}\n" for unit, n in extra.items()])


def visits_of(ran: Ran) -> pd.DataFrame:
    """The list of visits."""
    return contracts.read(ran.folder / "data/processed/visits.parquet", Visits)


def events_of(ran: Ran) -> pd.DataFrame:
    """The list of events."""
    return contracts.read(ran.folder / "data/processed/events.parquet", Events)


def kinds(ran: Ran) -> dict[str, list[int]]:
    """Kind of data problem → the lines it is on."""
    table = ran.problems()
    return {str(kind): list(rows["line"]) for kind, rows in table.groupby("kind")}


def test_a_visit_belongs_to_the_time_whose_window_holds_it(tmp_path: Path) -> None:
    """Both ends of a window belong to it; what lies in none is set aside and listed."""
    rows = "".join(
        f"P01,{day(n)},{i}\n" for i, n in enumerate((-11, -10, 20, 21, 79, 80, 140, 141))
    )
    ran = study(tmp_path, rows).run("panel")
    assert ran.status == 0, ran.shown
    seen = visits_of(ran)
    assert list(seen["elapsed"]) == [-11, -10, 20, 21, 79, 80, 140, 141]
    assert [str(t) for t in seen["time"].astype("str").fillna("none")] == [
        "none", "before", "before", "none", "none", "after", "after", "none",
    ]  # fmt: skip
    assert kinds(ran)["outside_windows"] == [2, 5, 6, 9]
    # -10 and 20 are both 'before': -10 is nearer to 0; 80 and 140 'after': 80 is nearer to 100
    assert kinds(ran)["other_visit"] == [4, 8]
    kept = ran.records("visits")
    assert list(kept["line"]) == [3, 7]
    assert list(kept["time"]) == ["before", "after"]
    ledger = ran.ledger()
    own = ledger[ledger["file"] == "visits"].set_index("line")
    assert dict(own["reason"].dropna().astype(str)) == {
        2: "outside_windows", 5: "outside_windows", 6: "outside_windows", 9: "outside_windows",
        4: "other_visit", 8: "other_visit",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "kept"), [("nearest", "2024-04-05"), ("first", "2024-03-26"), ("last", "2024-05-10")]
)
def test_which_of_several_visits_counts_is_declared(tmp_path: Path, rule: str, kept: str) -> None:
    """Days 85, 95, 105, 130 lie in the window of day 100: of 95 and 105, as near, the first."""
    rows = "".join(f"P01,{day(n)},{n / 10}\n" for n in (130, 105, 95, 85))
    one = study(tmp_path, rows)
    one.config["visits"]["several"] = rule
    ran = one.run("panel")
    assert ran.status == 0, ran.shown
    assert list(ran.records("visits")["date"]) == [kept]
    panel = ran.panel()
    value = panel.loc[(panel["unit"] == "P01") & (panel["time"] == "after"), "value"].item()
    assert value == (date.fromisoformat(kept) - START).days / 10


def test_a_visit_without_an_answer_counts_only_if_there_is_no_other(tmp_path: Path) -> None:
    """Day 100 is the nearest, and says nothing; of P02 it is the only one."""
    rows = f"P01,{day(100)},\nP01,{day(130)},13\nP02,{day(100)},\n"
    ran = study(tmp_path, rows).run("panel")
    assert ran.status == 0, ran.shown
    assert kinds(ran)["other_visit"] == [2]
    assert list(ran.records("visits")["line"]) == [3, 4]


def in_two_files(one: Study, first: str, second: str, measure: str = "score") -> Study:
    """The visits in one file a time of asking; the second calls its answer `measure`."""
    one.files |= {"visits.csv": f"id,date,score\n{first}", "later.csv": f"id,date,score\n{second}"}
    variables = {measure: {"column": "score", "range": [0, 40]}}
    visits = one.config["files"]["visits"]
    one.config["files"]["later"] = visits | {
        "path": "data/raw/later.csv", "variables": variables,
    }  # fmt: skip
    return one


@pytest.mark.parametrize(
    ("rule", "kept"),
    [("nearest", ("later", 95)), ("first", ("visits", 85)), ("last", ("later", 130))],
)
def test_visits_of_one_window_in_several_files_are_one_choice(
    tmp_path: Path, rule: str, kept: tuple[str, int]
) -> None:
    """An analyst's files are one a time of asking; people come early and late all the same."""
    first = "".join(f"P01,{day(n)},{n / 10}\n" for n in (0, 85, 120))
    later = "".join(f"P01,{day(n)},{n / 10}\n" for n in (95, 130)) + f"P02,{day(100)},4\n"
    one = in_two_files(study(tmp_path), first, later)
    one.config["visits"]["several"] = rule
    ran = one.run("panel")
    assert ran.status == 0, ran.shown
    values = ran.panel().set_index(["unit", "time"])["value"]
    assert values["P01", "after"] == kept[1] / 10
    assert (values["P01", "before"], values["P02", "after"]) == (0, 4)
    seen = visits_of(ran).query("unit == 'P01' and time == 'after'")
    assert list(seen.loc[seen["status"] == "kept", "file"]) == [kept[0]]
    assert len(seen) == 4 and (ran.problems()["kind"] == "other_visit").sum() == 3
    assert ran.ledger()["reason"].value_counts().to_dict() == {"other_visit": 3}


def test_files_without_an_outcome_in_common_do_not_compete(tmp_path: Path) -> None:
    """Each questionnaire has its own visits, also where one is nearer."""
    first, later = f"P01,{day(85)},8.5\n", f"P01,{day(95)},9.5\n"
    one = in_two_files(study(tmp_path), first, later, "gait")
    gait = one.config["outcomes"]["score"] | {"label": "Gait", "variable": "gait"}
    one.config["outcomes"]["gait"] = gait
    ran = one.run("panel")
    assert ran.status == 0, ran.shown
    values = ran.panel().query("unit == 'P01' and time == 'after'").set_index("outcome")["value"]
    assert (values["score"], values["gait"]) == (8.5, 9.5)


def test_one_day_in_two_files_is_one_visit(tmp_path: Path) -> None:
    """What only one of them asks is kept; two answers to one question stop the run."""
    first, later = f"P01,{day(100)},\nP02,{day(100)},5\n", f"P01,{day(100)},9.5\n"
    ran = in_two_files(study(tmp_path / "one"), first, later).run("panel")
    assert ran.status == 0, ran.shown
    values = ran.panel().set_index(["unit", "time"])["value"]
    assert values["P01", "after"] == 9.5 and "other_visit" not in kinds(ran)
    two = in_two_files(study(tmp_path / "two"), first, later + f"P02,{day(100)},7\n").run("panel")
    assert two.status == 1 and "'score' of unit 'P02' at after stands more than once" in two.shown


def test_which_files_compete(tmp_path: Path) -> None:
    """Directly, through a form, through a score, or through a third file."""
    one = in_two_files(study(tmp_path), "", "", "gait")
    files, outcome = one.config["files"], one.config["outcomes"]["score"]
    one.config["forms"] = {"walk": {"variables": {"gait": {}, "pace": {}}}}
    for name, ucla in (("third", False), ("fourth", True), ("fifth", True)):
        one.files[f"{name}.csv"] = "id,date\n"
        part = {key: value for key, value in files["later"].items() if key != "variables"}
        asked = {"instruments": {"ucla3": "u_{item}"}} if ucla else {"form": "walk"}
        files[name] = part | asked | {"path": f"data/raw/{name}.csv"}
    one.config["outcomes"] |= {
        "gait": outcome | {"label": "Gait", "variable": "gait"},
        "lonely": {**outcome, "label": "Lonely", "score": "ucla3.total", "variable": None,
                   "direction": "lower_is_better"},
    }  # fmt: skip
    one.write()
    with inside(tmp_path):
        assert seen_together(read_study()) == [["fourth", "fifth"], ["later", "third"]]
    files["third"]["variables"] = {"score": {}}
    one.write()
    with inside(tmp_path):
        assert seen_together(read_study())[1] == ["visits", "later", "third"]


def test_a_visit_without_a_date_or_a_start_is_in_no_window(tmp_path: Path) -> None:
    one = study(tmp_path, everybody() + "P01,,3\n")
    one.files["people.csv"] = str(one.files["people.csv"]).replace(
        f"P02,South,{START}", "P02,South,"
    )
    ran = one.run("panel")
    assert ran.status == 0, ran.shown
    assert kinds(ran)["undated_visit"] == [4, 5, 10]
    assert set(visits_of(ran).query("place == 'undated'")["line"]) == {4, 5, 10}


def test_a_file_that_says_its_times_keeps_early_and_late_visits_unless_told(tmp_path: Path) -> None:
    def timed(outside: str) -> Ran:
        one = study(tmp_path / outside)
        rows = [f"P{i:02},{day(n)},after,{i}\n" for i, n in enumerate((70, 80, 140, 150), start=1)]
        one.files["visits.csv"] = "id,date,time,score\n" + "".join(rows)
        one.config["files"]["visits"]["time"] = {"column": "time"}
        one.config["visits"]["outside"] = outside
        return one.run("panel")

    kept, aside = timed("keep"), timed("set_aside")
    for ran in (kept, aside):
        assert ran.status == 0, ran.shown
        assert list(visits_of(ran)["place"]) == ["early", "within", "within", "late"]
    assert list(kept.records("visits")["line"]) == [2, 3, 4, 5]
    assert "outside_windows" not in kinds(kept)
    assert list(aside.records("visits")["line"]) == [3, 4]
    assert kinds(aside)["outside_windows"] == [2, 5]


def test_without_a_date_of_the_register_time_runs_from_the_first_record(tmp_path: Path) -> None:
    one = Study(tmp_path)
    one.config["times"]["after"]["window"] = [0.5, 7]
    ran = one.run("panel")
    assert ran.status == 0, ran.shown
    seen = visits_of(ran)
    dates = pd.to_datetime(seen["date"])
    first = dates[seen["file"] == "before"].set_axis(seen.loc[seen["file"] == "before", "unit"])
    days = (dates - seen["unit"].map(first)).dt.days
    assert list(seen["elapsed"]) == pytest.approx(list(days / (365.25 / 12)))
    assert set(seen.loc[seen["file"] == "before", "place"]) == {"no window"}


def test_events_have_dates_reasons_and_places(tmp_path: Path) -> None:
    one = study(
        tmp_path,
        everybody(),
        P01=f"{day(50)},ill,no,,,",
        P02=f",,yes,{day(60)},,",
        P03=f",,yes,,{day(30)},south",
    )
    ran = one.run("panel")
    assert ran.status == 0, ran.shown
    events = events_of(ran).set_index(["event", "unit"])
    assert len(events) == 4
    assert events.loc[("withdrew", "P01"), ["elapsed", "reason"]].tolist() == [50.0, "ill"]
    assert events.loc[("died", "P02"), "date"] == day(60)
    assert pd.isna(events.loc[("died", "P03"), "date"])  # who died is known, not when
    assert events.loc[("moved", "P03"), ["date", "to"]].tolist() == [day(30), "south"]
    # day 100 of P01 and P02 comes after: listed, kept; an undated death contradicts nothing
    found = kinds(ran)
    assert found["after_withdrawal"] == [3]
    assert found["after_death"] == [5]
    assert len(ran.records("visits")) == 8


def test_records_after_an_event_are_set_aside_if_told(tmp_path: Path) -> None:
    one = study(tmp_path, everybody(), P01=f"{day(50)},ill,no,,,", P02=f",,yes,{day(99)},,")
    one.config["events"]["withdrew"]["afterwards"] = "set_aside"
    one.config["events"]["died"]["afterwards"] = "set_aside"
    ran = one.run("panel")
    assert ran.status == 0, ran.shown
    assert list(ran.records("visits")["line"]) == [2, 4, 6, 7, 8, 9]
    ledger = ran.ledger().set_index(["file", "line"])
    assert ledger.loc[("visits", 3), "reason"] == "after_withdrawal"
    assert ledger.loc[("visits", 5), "reason"] == "after_death"


def test_the_day_of_an_event_itself_is_not_after_it(tmp_path: Path) -> None:
    ran = study(tmp_path, everybody(), P01=f"{day(100)},ill,no,,,").run("panel")
    assert "after_withdrawal" not in kinds(ran)


def test_an_event_before_the_start_is_listed_and_undated(tmp_path: Path) -> None:
    ran = study(tmp_path, everybody(), P01=f"{day(-3)},ill,no,,,").run("panel")
    assert ran.status == 0, ran.shown
    assert kinds(ran)["event_before_start"] == [2]
    assert events_of(ran)["date"].isna().all()
    assert "after_withdrawal" not in kinds(ran)


def test_a_withdrawal_or_transfer_after_the_death_is_listed(tmp_path: Path) -> None:
    """One of the two dates is wrong; on the day itself nothing contradicts."""
    ran = study(
        tmp_path,
        everybody(),
        P01=f"{day(60)},ill,yes,{day(50)},,",
        P02=f"{day(50)},ill,yes,{day(50)},,",
        P03=f",,yes,{day(30)},{day(31)},south",
        P04=f"{day(40)},ill,yes,,,",
    ).run("panel")
    assert ran.status == 0, ran.shown
    found = ran.problems().query("kind == 'event_after_death'")
    assert found[["line", "column", "value"]].to_numpy().tolist() == [
        [2, "withdrew", day(60)], [4, "moved", day(31)],
    ]  # fmt: skip
    assert len(events_of(ran)) == 8  # they are counted nevertheless


def test_another_site_than_the_registers_is_listed_unless_a_transfer_explains_it(
    tmp_path: Path,
) -> None:
    rows = [
        ("P01", 0, "North"), ("P01", 100, "South"),  # moved on day 50: explained
        ("P02", 0, "South"), ("P02", 100, "North"),  # never moved
        ("P03", 0, "South"), ("P03", 100, "South"),  # moved on day 50: day 0 is too early
    ]  # fmt: skip
    one = study(tmp_path, P01=f",,no,,{day(50)},south", P03=f",,no,,{day(50)},south")
    one.files["visits.csv"] = "id,date,score,place\n" + "".join(
        f"{unit},{day(n)},5,{place}\n" for unit, n, place in rows
    )
    one.config["files"]["visits"]["site"] = {"column": "place"}
    ran = one.run("panel")
    assert ran.status == 0, ran.shown
    assert kinds(ran)["other_site"] == [5, 6]
    panel = ran.panel()
    assert set(panel.loc[panel["unit"] == "P01", "site"]) == {"north"}  # where recruited


def test_events_explain_in_the_flow_why_people_have_no_answer(tmp_path: Path) -> None:
    rows = "".join(
        f"P{i:02},{day(n)},{i}\n" for i in range(1, 5) for n in (0, 100) if n == 0 or i == 4
    )
    ran = study(
        tmp_path, rows, P01=f"{day(50)},ill,no,,,", P02=",,yes,,,", P03=f"{day(300)},,no,,,"
    ).run("panel")
    assert ran.status == 0, ran.shown
    flow = ran.flow()
    lost = flow[(flow["step"] == "after") & (flow["status"] == "not reached")]
    assert {(r.group, r.reason): r.n for r in lost.itertuples()} == {
        ("north", "Withdrew: ill"): 1,
        ("south", "Died"): 1,
        ("north", "no answer that counts"): 1,  # withdrew on day 300, after the window
    }
    reached = flow[(flow["step"] == "after") & (flow["status"] == "reached")].set_index("group")[
        "n"
    ]
    before = flow[(flow["step"] == "before") & (flow["status"] == "reached")].set_index("group")[
        "n"
    ]
    for group in ("north", "south"):
        gone = lost.loc[lost["group"] == group, "n"].sum()
        assert reached[group] == before[group] - gone


def test_visits_and_events_are_counted_by_site(tmp_path: Path) -> None:
    one = study(
        tmp_path,
        everybody(P01=130, P03=60),
        P01=f"{day(50)},ill,no,,,",
        P03=f"{day(110)},ill,no,,,",
        P04=f",,no,,{day(30)},elsewhere",
    )
    ran = one.run("panel")
    assert ran.status == 0, ran.shown
    with inside(tmp_path):
        spec = describe_specs.follow_up(read_study())
    counts = ran.describe(
        "follow_up",
        VisitCounts,
        spec=spec,
        visits="data/processed/visits.parquet",
        events="data/processed/events.parquet",
        panel="data/processed/panel.parquet",
        **{"event-counts": "results/tables/events.csv"},
    )
    by = counts.assign(time=counts["time"].fillna("")).set_index(["time", "group"])
    # north: P01 with days 0, 100, 130 and P03 with 0, 60, 100; 130 gives way to 100, 60 is outside
    assert by.loc[("after", "north"), ["visits", "kept", "last"]].tolist() == [3, 2, 100.0]
    assert by.loc[("", "north"), ["visits", "outside", "kept"]].tolist() == [1, 1, 0]
    assert by.loc[("before", "south"), ["visits", "kept", "first"]].tolist() == [2, 2, 0.0]
    events = contracts.read(tmp_path / "results/tables/events.csv", EventCounts)
    found = {
        (r.event, r.group, r.after, r.reason if isinstance(r.reason, str) else None, r.n)
        for r in events.itertuples()
    }
    assert found == {
        ("withdrew", "north", "before", "ill", 1),
        ("withdrew", "north", "after", "ill", 1),
        ("moved", "south", "before", None, 1),
    }


@pytest.mark.parametrize("rule", ["nearest", "last"])
def test_a_visit_after_an_event_displaces_none_before_it(tmp_path: Path, rule: str) -> None:
    """Day 110 is nearer to 100 than 85, and later, but came after the death."""
    one = study(tmp_path, f"P01,{day(85)},1\nP01,{day(110)},2\n", P01=f",,yes,{day(90)},,")
    one.config["events"]["died"]["afterwards"] = "set_aside"
    one.config["visits"]["several"] = rule
    ran = one.run("panel")
    assert ran.status == 0, ran.shown
    ledger = ran.ledger()
    own = ledger[ledger["file"] == "visits"].set_index("line")
    assert own["status"].tolist() == ["kept", "set aside"]
    assert own.loc[3, "reason"] == "after_death"
    seen = visits_of(ran)
    assert list(seen["line"]) == list(ran.records("visits")["line"]) == [2]
    assert set(seen["status"]) == {"kept"}


def test_of_two_visits_as_near_the_first_counts_whatever_the_unit(tmp_path: Path) -> None:
    """16 months are 487 days: 484 and 490 are as near, though not in floating point months."""
    for name, unit, position, days in (
        ("a", "months", 16, (484, 490)), ("b", "months", 8, (242, 245)), ("c", "weeks", 1, (6, 8)),
        ("d", "weeks", 8, (55, 57)), ("e", "years", 4, (1454, 1468)), ("f", "days", 100, (93, 107)),
    ):  # fmt: skip
        one = study(tmp_path / name, f"P01,{day(days[1])},1\nP01,{day(days[0])},2\n")
        one.config["time_unit"] = unit
        one.config["study"]["period"] = ["2020-01-01", "2030-12-31"]
        one.config["times"]["before"]["window"] = [0, 0.5]
        one.config["times"]["after"] |= {
            "position": position,
            "window": [position * 0.8, position * 1.2],
        }
        ran = one.run("panel")
        assert ran.status == 0, ran.shown
        assert list(ran.records("visits")["line"]) == [3], name


def test_undated_visits_are_no_duplicates_of_one_another(tmp_path: Path) -> None:
    one = study(tmp_path, f"P01,,1\nP01,n.k.,2\nP01,{day(100)},3\nP01,{day(100)},4\n")
    one.config["files"]["visits"]["duplicates"] = "keep_neither"
    found = kinds(one.run("panel"))
    assert found["undated_visit"] == [2, 3]
    assert found["conflicting_duplicate"] == [4, 5]


def test_an_event_whose_date_cannot_be_read_is_an_event_without_a_date(tmp_path: Path) -> None:
    one = study(tmp_path, everybody(), P01="31/02/2024,ill,no,,,", P02=",ill,no,,,", P03=",,no,,,")
    ran = one.run("panel")
    assert ran.status == 0, ran.shown
    events = events_of(ran)
    assert list(events["unit"]) == ["P01", "P02"] and events["date"].isna().all()
    assert list(events["reason"]) == ["ill", "ill"]
    found = kinds(ran)
    assert found["not_a_date"] == [2] and found["undated_event"] == [3]


def test_a_condition_of_an_event_holds_though_a_part_is_not_known(tmp_path: Path) -> None:
    one = study(tmp_path, everybody(), P01=",,yes,,,", P02=",ill,,,,", P03=",,no,,,")
    one.config["events"]["died"]["where"] = "died == 'yes' or why == 'ill'"
    assert list(events_of(one.run("panel")).query("event == 'died'")["unit"]) == ["P01", "P02"]


def test_a_later_record_dated_before_the_first_is_outside_too(tmp_path: Path) -> None:
    one = study(tmp_path)
    one.files["visits.csv"] = (
        f"id,date,time,score\nP01,{day(5)},before,1\nP01,{day(2)},after,2\nP02,,after,3\n"
    )
    one.config["files"]["visits"]["time"] = {"column": "time"}
    one.config["visits"]["outside"] = "set_aside"
    ran = one.run("panel")
    assert kinds(ran)["date_before_baseline"] == [3] and kinds(ran)["outside_windows"] == [3]
    assert list(ran.records("visits")["line"]) == [2, 4]  # without a date it counts as said


def test_who_answers_later_did_not_leave_and_the_first_event_counts(tmp_path: Path) -> None:
    rows = f"P01,{day(100)},1\nP02,{day(0)},1\nP04,{day(0)},1\n"
    ran = study(
        tmp_path,
        rows,
        P01=",,yes,,,",
        P02=f"{day(60)},ill,yes,{day(50)},,",
        P04=f"{day(40)},,yes,{day(50)},,",
    ).run("panel")
    flow = ran.flow()
    lost = flow[flow["status"] == "not reached"]
    found = {(r.step, r.group, r.reason): r.n for r in lost.itertuples()}
    assert found[("before", "north", "no answer that counts")] == 2  # P01 answers later; P03 never
    assert found[("after", "south", "Died")] == 1  # P02: died before withdrawing
    assert found[("after", "south", "Withdrew")] == 1  # P04: withdrew before dying


def test_linking_counts_records_of_nobody_and_people_without_a_record(tmp_path: Path) -> None:
    one = study(
        tmp_path,
        f"P01,{day(0)},1\nP01,{day(100)},1\nP09,{day(0)},1\nP09,{day(1)},1\nP02,{day(50)},1\n,,1\n",
    )
    one.files["log.csv"] = "no,who\n1,P01\n2,P02\n3,\n4,P77\n5,P01\n"
    one.config["files"]["log"] = {
        "path": "data/raw/log.csv",
        "level": "other",
        "unit": "no",
        "one_row_per": "unit",
        "variables": {"person": {"type": "id", "column": "who"}},
    }
    ran = one.run("panel")
    assert ran.status == 0, ran.shown
    assert kinds(ran)["unlinked_id"] == [5]
    with inside(tmp_path):
        spec = describe_specs.linking(read_study())
    table = ran.describe(
        "linking",
        Linking,
        spec=spec,
        records="data/processed/records",
        ledger="data/processed/ledger.parquet",
    ).set_index("file")
    counts = ["linked", "people", "without", "unlinked", "unlinked_ids", "blank"]
    assert table.loc["visits", counts].tolist() == [3, 2, 2, 2, 1, 1]
    assert table.loc["visits", "kept"] == 2  # P02's visit has no window
    assert table.loc["log", counts].tolist() == [3, 2, 2, 1, 1, 1]
    for name, rows in (("visits", 6), ("log", 5)):
        assert table.loc[name, ["linked", "unlinked", "blank"]].sum() == rows


FAULTS: list[tuple[dict[str, Any], str]] = [
    (
        {"time_unit": "sprints"},
        "time_unit: windows are counted by the calendar: write days, weeks,",
    ),
    (
        {"times.before.window": [5, 20]},
        "times.before.window: does not hold the time's own position",
    ),
    ({"times.before.window": [20, -10]}, "times.before.window: the earlier moment stands first"),
    ({"times.after.window": [20, 140]}, "times.after.window: begins at 20, before the window of"),
    ({"times.after.window": None}, "files.visits.time.by: after has no window"),
    ({"visits.since": None}, "files.visits.time.by: say from which date of the register"),
    ({"visits.since": "began"}, "visits.since: no date variable is called 'began'"),
    ({"visits.since": "why"}, "visits.since: no date variable is called 'why'"),
    ({"files.visits.date": None}, "files.visits.date: time: {by: window} needs the column"),
    (
        {"files.visits.time": {"by": "window", "constant": "before"}},
        "files.visits.time: write either",
    ),
    ({"events.died.where": None, "events.died.date": None}, "events.died.date: name the variable"),
    ({"events.died.date": "why"}, "events.died.date: no date variable is called 'why'"),
    ({"events.died.where": "died == 'maybe'"}, "events.died.where: "),
    ({"events.died.to": "moved_to"}, "events.died.to: belongs to a transfer"),
    ({"events.moved.to": None}, "events.moved.to: belongs to a transfer, which needs it"),
    ({"time_unit": "sprints", "visits": {}}, "time_unit: dates of events are counted by the"),
    ({"events.moved.to": "why"}, "events.moved.to: none of the codes of 'why' is a site"),
    ({"events.moved.to": "start"}, "events.moved.to: no category is called 'start'"),
    ({"events.moved.afterwards": "set_aside"}, "events.moved.afterwards: who moves is analysed"),
    (
        {"events.withdrew.reason": "reason"},
        "events.withdrew.reason: no category is called 'reason'",
    ),
    ({"events.withdrew.file": "persons"}, "events.withdrew.file: no file is called 'persons'"),
    ({"events.withdrew.kind": "left"}, "events.withdrew.kind: "),
]


@pytest.mark.parametrize(("changes", "line"), FAULTS, ids=[line[:50] for _, line in FAULTS])
def test_what_does_not_fit_is_one_line(tmp_path: Path, changes: dict[str, Any], line: str) -> None:
    one = study(tmp_path, everybody())
    assert one.lines() == []
    for place, value in changes.items():
        *above, last = place.split(".")
        node = one.config
        for key in above:
            node = node[key]
        if value is None:
            del node[last]
        else:
            node[last] = value
    assert [said for said in one.lines() if f"config.yaml: {line}" in said], one.lines()


def test_a_mistyped_first_date_costs_no_other_its_date(tmp_path: Path) -> None:
    """The year 2052 for 2024: the register's start says that the later dates are the right ones."""
    one = study(tmp_path)
    one.config["times"]["later"] = {"label": "Later", "position": 200, "window": [180, 240]}
    del one.config["study"]["period"]
    wrong = f"2052{day(5)[4:]}"
    one.files["visits.csv"] = (
        f"id,date,time,score\nP01,{wrong},before,1\nP01,{day(100)},after,2\nP01,{day(200)},later,3\n"
    )
    one.config["files"]["visits"]["time"] = {"column": "time"}
    one.config["visits"]["outside"] = "set_aside"
    ran = one.run("panel")
    (told,) = ran.problems().to_dict("records")
    assert (told["kind"], told["line"], told["value"]) == ("first_date_late", 2, wrong)
    kept = ran.records("visits")
    assert kept["date"].fillna("").tolist() == ["", day(100), day(200)]
    assert kept["score"].tolist() == [1, 2, 3]
