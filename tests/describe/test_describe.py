"""Counts and means of a tiny study, worked out by hand."""

import json
from math import sqrt
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from scipy.stats import ttest_rel

from cesp_analysis import contracts
from cesp_analysis.declared.wording import Wording
from cesp_analysis.describe.account import account
from cesp_analysis.describe.changes import observed_changes
from cesp_analysis.describe.dictionary_spec import dictionary_spec
from cesp_analysis.describe.means import mean_values
from cesp_analysis.describe.record_tables import Account, Answered, Dictionary
from cesp_analysis.describe.specs import asked_moments
from cesp_analysis.describe.tables import Baseline
from cesp_analysis.figures.kinds import KINDS
from cesp_analysis.models.tables import Means
from cesp_analysis.pipeline import opened
from cesp_analysis.report.wording_spec import wording_spec
from cesp_analysis.schemas import Ledger
from cesp_analysis.study import specs
from cesp_analysis.study.read import read_study
from small_study import PEOPLE as TWELVE
from small_study import Ran, Study, answers, inside

CLEANED = {"records": "data/processed/records", "events": "data/processed/events.parquet"}
PANEL = "data/processed/panel.parquet"
ANSWERS = answers(1)

PEOPLE = (
    "id,site,age,sex\nA,North,30,f\nB,North,40,m\nC,North,50,\nD,South,20,f\nE,South,,f\nF,,1,f\n"
)
BEFORE = "id,date,score,u_1,u_2,u_3\nA,2024-01-01,1,1,1,1\nB,2024-01-01,2,1,2,\nC,2024-01-01,6,3,3,3\nD,2024-01-01,4,2,2,2\nE,2024-01-01,,,,\n"  # noqa: E501
AFTER = (
    "id,date,score,u_1,u_2,u_3\nA,2024-02-01,5,1,1,1\nD,2024-02-01,7,2,2,2\nD,2024-02-01,7,2,2,2\n"
)
ASKED = "no,site,ok,why\n1,North,yes,\n2,North,no,too ill\n3,North,no,\n4,South,yes,\n5,East,no,x\n"


def table(frame: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """Rows as tuples; blank cells as ''."""
    return [tuple(row) for row in frame[list(columns)].astype("object").fillna("").to_numpy()]


@pytest.fixture
def ran(study: Study) -> Ran:
    """Five people (a sixth at no site), two times, and five who were asked."""
    files = study.config["files"]
    del files["people"]["neighbourhood"]
    files["people"]["variables"]["age"]["label"] = "Age in years"
    files["before"]["derived"] = {"high": {"expression": "score > 3", "label": "High"}}
    files["asked"] = {
        "path": "data/raw/asked.csv", "level": "other", "unit": "no", "one_row_per": "unit",
        "site": {"column": "site"},
        "variables": {
            "ok": {"type": "category", "values": {"yes": "yes", "no": "no"}},
            "why": {"type": "category", "values": ["too ill", "x"]},
        },
    }  # fmt: skip
    study.config["covariates"]["sex"] = {"label": "Sex", "variable": "sex"}
    study.config["flow"] = {
        "asked": {"label": "Asked", "file": "asked"},
        "ok": {"label": "Agreed", "file": "asked", "where": "ok == 'yes'", "reason": "why"},
        "listed": {"label": "Listed", "file": "people"},
        "seen": {"label": "Seen", "file": "before", "where": "score > 1"},
    }
    study.files |= {
        "people.csv": PEOPLE, "before.csv": BEFORE, "after.csv": AFTER, "asked.csv": ASKED,
    }  # fmt: skip
    done = study.run(until="panel")
    assert (done.status, done.shown) == (0, "")
    return done


def test_flow(ran: Ran) -> None:
    found = ran.flow()
    assert table(found, "step", "label", "group", "status", "reason", "n") == [
        ("asked", "Asked", "north", "reached", "", 3),
        ("asked", "Asked", "south", "reached", "", 1),
        ("ok", "Agreed", "north", "reached", "", 1),
        ("ok", "Agreed", "north", "not reached", "no reason given", 1),
        ("ok", "Agreed", "north", "not reached", "too ill", 1),
        ("ok", "Agreed", "south", "reached", "", 1),
        # asked does not say who of the people its rows are: the steps of people begin here
        ("listed", "Listed", "north", "reached", "", 3),
        ("listed", "Listed", "south", "reached", "", 2),
        # the file of the next says no site: it is that of the person
        ("seen", "Seen", "north", "reached", "", 2),
        ("seen", "Seen", "north", "not reached", "no reason given", 1),
        ("seen", "Seen", "south", "reached", "", 1),
        ("seen", "Seen", "south", "not reached", "not known", 1),
        ("before", "Before", "north", "reached", "", 3),
        ("before", "Before", "north", "entered", "a stop before the step before: Seen", 1),
        ("before", "Before", "south", "reached", "", 1),
        ("after", "After", "north", "reached", "", 1),
        ("after", "After", "north", "not reached", "no answer that counts", 2),
        ("after", "After", "south", "reached", "", 1),
    ]
    after = found.drop_duplicates("step").set_index("step")["after"].fillna("")
    assert list(after) == ["", "asked", "", "listed", "seen", "before"]


def test_who_is_in_no_group_yet_is_counted_apart(study: Study) -> None:
    """Before allocation nobody has an arm: the steps before are counted, not dropped."""
    del study.config["sites"]
    people = study.config["files"]["people"]
    del people["site"], people["neighbourhood"]
    people["arm"] = {"column": "site", "values": {"North": "intervention", "South": "control"}}
    study.files["asked.csv"] = "no,ok\n" + "".join(f"{n},{'yn'[n % 5 == 0]}\n" for n in range(20))
    study.config["files"]["asked"] = {
        "path": "data/raw/asked.csv", "level": "other", "unit": "no", "one_row_per": "unit",
        "variables": {"ok": {"type": "category", "values": {"y": "yes", "n": "no"}}},
    }  # fmt: skip
    study.config["flow"] = {
        "asked": {"label": "Asked", "file": "asked"},
        "ok": {"label": "Agreed", "file": "asked", "where": "ok == 'yes'", "reason": "ok"},
    }
    ran = study.run(until="panel")
    assert (ran.status, ran.shown) == (0, "")
    found = ran.flow()
    assert table(found, "step", "group", "status", "reason", "n")[:5] == [
        ("asked", "", "reached", "", 20),
        ("ok", "", "reached", "", 16),
        ("ok", "", "not reached", "no", 4),
        ("before", "intervention", "reached", "", 6),
        ("before", "control", "reached", "", 6),
    ]
    words = Wording.model_validate_json(wording_spec(read_study(ran.folder)))
    _, _, alt, _ = KINDS["flow"].draw(found, words, "person")
    assert "Before allocation: Asked 20" in alt and "New: Before 6" in alt


def test_missing(ran: Ran) -> None:
    found = ran.missing()["missing"]
    whole = found[found["outcome"].notna()]
    assert table(whole, "outcome", "group", "time", "n_expected", "n_missing") == [
        ("score", "north", "before", 3, 0),
        ("score", "north", "after", 3, 2),
        ("score", "south", "before", 2, 1),
        ("score", "south", "after", 2, 1),
        ("lonely", "north", "before", 3, 1),
        ("lonely", "north", "after", 3, 2),
        ("lonely", "south", "before", 2, 1),
        ("lonely", "south", "after", 2, 1),
    ]
    # B left item 3 blank before, E's questionnaire came back blank
    of_items = found[found["outcome"].isna() & (found["item"].isna() | (found["item"] == "3"))]
    told = ("item", "group", "time", "n_expected", "n_returned", "n_missing")
    assert table(of_items, *told) == [
        ("", "north", "before", 3, 3, 0),
        ("", "north", "after", 3, 1, 2),
        ("", "south", "before", 2, 2, 1),
        ("", "south", "after", 2, 1, 1),
        ("3", "north", "before", 3, 3, 1),
        ("3", "north", "after", 3, 1, 2),
        ("3", "south", "before", 2, 2, 1),
        ("3", "south", "after", 2, 1, 1),
    ]


def test_means_have_a_t_interval(ran: Ran) -> None:
    found = ran.describe("means", Means, panel=PANEL, **{"ci-level": "0.9"})
    rows = {(row["outcome"], row["group"], row["time"]): row for row in found.to_dict("records")}
    row = rows["score", "north", "before"]
    # 1, 2, 6: mean 3, variance 7; t on 2 df has the closed form q = 2p-1, t = q sqrt(2 / (1 - q^2))
    half = 0.9 * sqrt(2 / (1 - 0.9**2)) * sqrt(7 / 3)
    expected = {
        "mean": 3.0, "sd": sqrt(7), "n": 3, "df": 2.0, "std_error": sqrt(7 / 3),
        "ci_low": 3 - half, "ci_high": 3 + half,
    }  # fmt: skip
    found_here = {name: row[name] for name in expected}
    assert found_here == pytest.approx(expected, rel=1e-12)  # a handful of roundings
    alone = rows["score", "north", "after"]
    assert (alone["mean"], alone["n"]) == (5.0, 1)
    assert all(pd.isna(alone[name]) for name in ("sd", "df", "std_error", "ci_low", "ci_high"))
    assert set(found["arm"]) == {"intervention", "control"} and found["model"].isna().all()


def test_changes_are_those_of_the_paired_t_test(study: Study) -> None:
    """Everybody answers twice; who misses a time is in no change."""
    study.config["outcomes"]["lonely"]["times"] = ["after"]  # nothing to change from
    ran = study.run(until="panel")
    panel = ran.panel()
    panel = panel[panel["outcome"] == "score"].astype({"unit": str, "site": str, "time": str})
    wide = panel.pivot(index=["site", "unit"], columns="time", values="value").reset_index()
    found = ran.describe("changes", Means, panel=PANEL, **{"ci-level": "0.9"})
    assert table(found, "outcome", "group", "time", "n") == [
        ("score", "north", "after", 6), ("score", "south", "after", 6)
    ]  # fmt: skip
    for row in found.to_dict("records"):
        own = wide[wide["site"] == row["group"]]
        paired = ttest_rel(own["after"], own["before"])
        low, high = paired.confidence_interval(0.9)
        assert row["mean"] / row["std_error"] == pytest.approx(paired.statistic, rel=1e-12)
        assert (row["ci_low"], row["ci_high"]) == pytest.approx((low, high), rel=1e-12)
    without = "".join(line for line in ANSWERS.splitlines(True) if not line.startswith("P04"))
    study.files["after.csv"] = without
    fewer = study.run(until="panel").describe("changes", Means, panel=PANEL, **{"ci-level": "0.9"})
    assert list(fewer["n"]) == [6, 5]


def test_values_that_are_all_the_same_have_no_interval() -> None:
    """An SD of 0 is no certainty: 79 people without care do not prove that nobody gets any."""
    keys = {"level": "person", "outcome": "care", "time": "6m"}
    rows = [keys | {"group": g, "arm": g, "value": v} for g, v in [("a", 0.1)] * 7 + [("b", 0.1)]]
    rows += [keys | {"group": "c", "arm": "c", "value": v} for v in (0.0, 1.0)]
    found = mean_values(pd.DataFrame(rows), 0.95, "").set_index("group")
    assert found["ci_low"].isna().to_list() == found["ci_high"].isna().to_list()
    assert found["ci_low"].isna().to_dict() == {"a": True, "b": True, "c": False}


def test_a_survey_has_no_changes_of_people() -> None:
    panel = pd.DataFrame({"level": ["respondent"], "site": [None], "arm": ["control"]})
    assert observed_changes(panel, 0.95).empty


def test_baseline(ran: Ran) -> None:
    found = ran.describe("baseline", Baseline, panel=PANEL)
    rows = table(found, "variable", "category", "group", "n", "n_missing", "mean", "sd", "count")
    assert [(*row[:5], *(x if x == "" else round(x, 12) for x in row[5:])) for row in rows] == [
        ("age", "", "north", 3, 0, 40.0, 10.0, ""),
        ("age", "", "south", 1, 1, 20.0, "", ""),
        ("sex", "f", "north", 2, 1, "", "", 1.0),
        ("sex", "m", "north", 2, 1, "", "", 1.0),
        ("sex", "f", "south", 2, 0, "", "", 2.0),
        ("sex", "m", "south", 2, 0, "", "", 0.0),
        ("score", "", "north", 3, 0, 3.0, round(sqrt(7), 12), ""),
        ("score", "", "south", 1, 1, 4.0, "", ""),
        ("lonely", "", "north", 2, 1, 6.0, round(sqrt(18), 12), ""),
        ("lonely", "", "south", 1, 1, 6.0, "", ""),
    ]


def test_answered(ran: Ran) -> None:
    found = ran.describe("answered", Answered, scores="data/processed/scores.parquet")
    rows = table(found, "score", "time", "records", "scored", "prorated", "partly", "mean")
    assert sorted(rows) == [
        ("ucla3.total", "after", 2, 2, 0, 0, 4.5),
        ("ucla3.total", "before", 5, 3, 0, 1, 6.0),
    ]


def test_account(ran: Ran) -> None:
    spec = specs.paths(read_study(ran.folder))
    found = ran.describe("account", Account, paths=spec, ledger="data/processed/ledger.parquet")
    assert (found["raw"] == found["records"]).all()
    assert table(found, "file", "path", "status", "reason", "records") == [
        ("people", "data/raw/people.csv", "kept", "", 5),
        ("people", "data/raw/people.csv", "set aside", "undeclared_site", 1),
        ("before", "data/raw/before.csv", "kept", "", 5),
        ("after", "data/raw/after.csv", "kept", "", 2),
        ("after", "data/raw/after.csv", "set aside", "exact_duplicate", 1),
        ("asked", "data/raw/asked.csv", "kept", "", 4),
        ("asked", "data/raw/asked.csv", "set aside", "undeclared_site", 1),
    ]


def test_a_record_that_several_entries_read_counts_once(tmp_path: Path) -> None:
    """Line 2: kept twice. 3: read by the second. 4, 5: set aside there. 6: read by none."""
    rows = [
        ("a", 2, "kept", None), ("a", 3, "set aside", "other_rows"),
        ("a", 4, "set aside", "other_rows"), ("a", 5, "set aside", "blank_record"),
        ("a", 6, "set aside", "unclaimed_record"),
        ("b", 2, "kept", None), ("b", 3, "kept", None),
        ("b", 4, "set aside", "exact_duplicate"), ("b", 5, "set aside", "blank_record"),
        ("b", 6, "set aside", "other_form"),
        ("c", 2, "kept", None),
    ]  # fmt: skip
    ledger = pd.DataFrame(rows, columns=["file", "line", "status", "reason"]).assign(unit="P")
    contracts.write(ledger, tmp_path / "ledger.parquet", Ledger)
    paths = json.dumps({"a": ["w.xlsx", "A"], "b": ["w.xlsx", "A"], "c": ["w.xlsx", "C"]})
    account(paths, tmp_path / "ledger.parquet", tmp_path / "account.csv")
    found = contracts.read(tmp_path / "account.csv", Account)
    assert table(found, "file", "status", "reason", "records", "raw") == [
        ("a", "kept", "", 1, 1),
        ("a", "other entry", "other_rows", 2, 0),
        ("a", "set aside", "blank_record", 1, 1),
        ("a", "set aside", "unclaimed_record", 1, 1),
        ("b", "kept", "", 2, 1),
        ("b", "other entry", "blank_record", 1, 0),
        ("b", "other entry", "other_form", 1, 0),
        ("b", "set aside", "exact_duplicate", 1, 1),
        ("c", "kept", "", 1, 1),
    ]


def test_a_blank_site_is_listed_as_a_problem(ran: Ran) -> None:
    found = ran.problems()
    rows = found[found["kind"] == "undeclared_site"]
    assert table(rows, "file", "line", "column", "value") == [
        ("data/raw/people.csv", 7, "site", ""),
        ("data/raw/asked.csv", 6, "site", "East"),
    ]


def test_dictionary(ran: Ran) -> None:
    spec = dictionary_spec(read_study(ran.folder))
    found = ran.describe("dictionary", Dictionary, spec=spec, raw="data/processed/intake")
    rows = table(found, "file", "raw_column", "variable", "meaning", "values", "used_as")
    assert [row[1:] for row in rows if row[0] == "people"] == [
        ("id", "unit", "whose record it is", "", ""),
        ("site", "site", "site", "", ""),
        ("age", "age", "Age in years", "18 to 110", "age"),
        ("sex", "sex", "", "f, m", "sex"),
    ]
    assert [row[1:] for row in rows if row[0] == "before"] == [
        ("id", "unit", "whose record it is", "", ""),
        ("date", "date", "when it was collected", "", ""),
        ("score", "score", "", "0 to 40", "score"),
        ("u_1", "ucla3.1", "item 1 of ucla3", "1 to 3", "lonely"),
        ("u_2", "ucla3.2", "item 2 of ucla3", "1 to 3", "lonely"),
        ("u_3", "ucla3.3", "item 3 of ucla3", "1 to 3", "lonely"),
        ("", "high", "High (score > 3)", "", ""),
    ]


@pytest.mark.parametrize("pseudonyms", [False, True])
def test_dictionary_says_what_columns_hold_but_of_people_only_how_many(
    study: Study, pseudonyms: bool
) -> None:
    study.config["study"]["pseudonyms"] = pseudonyms
    people = TWELVE.replace("P01,North,n1,31", "P01,North,n1,n.k.").replace("id,", "id,left,note,")
    rows = people.splitlines()
    study.files["people.csv"] = "\n".join(
        [rows[0]]
        + [
            f"{row[:3]},{'2024-05-0' + str(i + 1) if i < 3 else ''},Bo met {i},{row[4:]}"
            for i, row in enumerate(rows[1:])
        ]
    )
    study.config["files"]["people"]["variables"] |= {
        "left": {"type": "date", "format": "%Y-%m-%d"},
        "note": {"type": "text"},
    }
    ran = study.run(until="clean")
    assert ran.status == 0, ran.shown
    spec = dictionary_spec(read_study(ran.folder))
    found = ran.describe("dictionary", Dictionary, spec=spec, raw="data/processed/intake")
    rows_of = found[found["file"] == "people"].set_index("raw_column").astype(object).fillna("")
    told = ["type", "missing", "distinct", "holds"]
    assert rows_of.loc["id", told].tolist() == ["id", 0, 12, ""]
    known = 11 if pseudonyms else 12
    assert rows_of.loc["age", told].tolist() == ["whole number", 0, known, "32 to 42"]
    assert rows_of.loc["age", "remark"] == (
        "1 in the raw file: no declared value" if pseudonyms else "1 not a number, e.g. 'n.k.'"
    )
    assert rows_of.loc["sex", told].tolist() == ["category", 0, 2, "f, m"]
    assert rows_of.loc["left", told].tolist() == ["date %Y-%m-%d", 9, 3, ""]  # three dates: whose?
    note = rows_of.loc["note", ["type", "distinct"]].tolist()
    assert note == (["in the raw file", ""] if pseudonyms else ["text", 12])
    assert "Bo met" not in (ran.folder / "results/tables/dictionary.csv").read_text()


def test_a_column_that_nothing_uses_is_said_so(study: Study) -> None:
    del study.config["files"]["people"]["neighbourhood"]
    study.config["files"]["people"]["ignored"] = ["near"]
    study.config["files"]["people"]["variables"] = {"age": {}}
    ran = study.run(until="clean")
    spec = dictionary_spec(read_study(ran.folder))
    found = ran.describe("dictionary", Dictionary, spec=spec, raw="data/processed/intake")
    said = dict(table(found[found["file"] == "people"], "raw_column", "meaning"))
    assert (said["near"], said["sex"]) == ("declared as not used", "not used")


def test_without_sites_groups_are_arms(study: Study) -> None:
    del study.config["sites"]
    people = study.config["files"]["people"]
    del people["site"]
    people["arm"] = {"column": "sex", "values": {"f": "control", "m": "intervention"}}
    ran = study.run(until="panel")
    assert ran.status == 0, ran.shown
    found = ran.missing()["missing"]
    assert table(found, "outcome", "group", "time", "n_expected", "n_missing")[:2] == [
        ("score", "intervention", "before", 4, 0),
        ("score", "intervention", "after", 4, 0),
    ]


def test_a_time_that_asks_no_outcome_is_no_step_of_the_flow(study: Study) -> None:
    """Nobody is lost by it: who answered before and after it was there throughout."""
    study.config["times"] = {
        "before": {"label": "Before", "position": 0},
        "call": {"label": "Call", "position": 3},
        "after": {"label": "After", "position": 6},
    }
    seen = ("before", "after")
    for own in study.config["outcomes"].values():
        own["times"] = list(seen)
    done = study.run(until="panel")
    assert done.status == 0
    flow = done.flow()
    assert set(flow["step"]) == set(seen)
    assert set(flow["status"]) == {"reached"}
    with inside(study.folder):
        assert [moment.name for moment in asked_moments(opened("."), "person")] == list(seen)
    study.config["outcomes"]["lonely"].pop("times")  # asked at every time, as it says nothing
    study.write()
    with inside(study.folder):
        assert len(asked_moments(opened("."), "person")) == 3
