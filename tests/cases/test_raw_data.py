"""Cases that other tools' users hit with raw data, run by Snakemake as studies of their own.

The data are at hand for CI, not for users; where they are absent these tests skip.
"""

import csv
from pathlib import Path

import pytest

from case_study import (
    CASES,
    MODEL,
    OUTCOME,
    PANEL,
    TIMES,
    expected,
    problems,
    run,
    values,
)
from cesp_analysis import contracts
from cesp_analysis.schemas import Ledger, Records

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="shared/cases is absent")


def test_13_a_blank_item_is_not_zero(tmp_path: Path) -> None:
    case = "13-phq9-blank-is-not-zero"
    ids = [f"A{i:02}" for i in range(1, 13)]
    register = "person,site\n" + "".join(f"{p},{'ab'[i % 2]}\n" for i, p in enumerate(ids))
    people = {
        "path": "data/raw/people.csv", "level": "person", "lists_people": True, "unit": "person",
        "one_row_per": "unit", "site": {"column": "site"},
    }  # fmt: skip
    phq = {
        "path": "data/raw/phq9.csv", "level": "person", "unit": "person",
        "time": {"constant": "after"}, "instruments": {"phq9": "phq{item}"}, "missing": ["NA"],
        "ignored": ["phq_difficulty"],
    }  # fmt: skip
    folder = run(
        tmp_path / "study", case, {"people.csv": register},
        times=TIMES,
        files={"people": people, "phq9": phq},
        outcomes={"depression": OUTCOME | {"label": "PHQ-9", "score": "phq9.total"}},
        models={"did": MODEL | {"outcomes": ["depression"]}},
    )  # fmt: skip
    totals = values(folder, "depression", "after").dropna()
    with (CASES / case / "expected_scores.csv").open(encoding="utf-8") as stream:
        right = {r["person"]: float(r["phq9"]) for r in csv.DictReader(stream) if r["phq9"]}
    assert totals.to_dict() == right
    assert (len(totals), totals.mean()) == (
        expected(case)["n_with_total"],
        expected(case)["mean_total"],
    )
    (found,) = [row for row in problems(folder) if row["kind"] == "out_of_range"]
    assert (found["file"], found["line"], found["column"], found["value"]) == (
        "data/raw/phq9.csv", 8, "phq3", "4",
    )  # fmt: skip


def test_21_unticked_is_not_unanswered(tmp_path: Path) -> None:
    case = "21-unticked-or-unanswered"
    export = {
        "path": "data/raw/redcap_export.csv", "level": "person", "unit": "record_id",
        "redcap": {"dictionary": "data/raw/data_dictionary.csv"},
    }  # fmt: skip
    people = export | {
        "lists_people": True, "one_row_per": "unit",
        "rows": {"redcap_event_name": "baseline_arm_1"},
        "site": {"column": "site", "values": {"1": "a", "2": "b"}},
    }  # fmt: skip
    boxes = {f"services___{i}": {"range": [0, 1]} for i in (1, 2, 3)}
    answers = export | {
        "redcap_forms": ["survey"],
        "time": {
            "column": "redcap_event_name",
            "values": {"baseline_arm_1": "before", "followup_arm_1": "after"},
        },
        "instruments": {"ucla3": "ucla_{item}"},
        "variables": boxes | {"survey_complete": {"range": [0, 2]}},
        "derived": {"none": {"expression": " + ".join(boxes) + " == 0"}},
    }
    folder = run(
        tmp_path / "study", case, {},
        targets=("results/report/index.html",),
        times=TIMES,
        files={"people": people, "answers": answers},
        outcomes={
            "lonely": OUTCOME | {"label": "UCLA", "score": "ucla3.total"},
            "no_service": OUTCOME | {"label": "No service", "variable": "none"},
        },
        models={"did": MODEL | {"outcomes": ["lonely", "no_service"]}},
    )  # fmt: skip
    right = expected(case)
    records = contracts.read(folder / "data/processed/records/answers.parquet", Records)
    later = records[records["time"] == "after"]
    assert len(later) == right["follow_up_forms_answered"]
    assert (later["survey_complete"] == 2).sum() == right["follow_up_forms_complete"]
    none = values(folder, "no_service", "after").dropna()
    assert (none.sum(), len(none)) == (right["no_service_among_complete"], 13)
    assert none["2"] == none["9"] == 1
    assert [later[f"services___{i}"].sum() for i in (1, 2, 3)] == [
        right[f"ticks_service_{i}"] for i in (1, 2, 3)
    ]
    assert values(folder, "no_service", "before").sum() == right["baseline_no_service"]
    assert values(folder, "lonely", "after").notna().sum() == right["follow_up_ucla_totals"]
    (found,) = [row for row in problems(folder) if row["kind"] == "unticked_unfinished"]
    assert found["line"] == 29 and found["column"] == "services"
    ledger = contracts.read(folder / "data/processed/ledger.parquet", Ledger)
    unopened = ledger[(ledger["file"] == "answers") & (ledger["reason"] == "form_not_opened")]
    assert len(unopened) == 6
    assert "form not opened 6" in (folder / "results/report/index.html").read_text("utf-8")


def test_23_a_date_that_does_not_fit_is_not_turned_round(tmp_path: Path) -> None:
    case = "23-two-date-orders"
    date = {"type": "date", "format": "%d/%m/%Y"}
    visits = {
        "path": "data/raw/visits.csv", "level": "person", "lists_people": True, "unit": "person",
        "one_row_per": "unit", "arm": {"constant": "intervention"},
        "variables": {
            "baseline_date": date, "follow_up_date": date,
            "visited": {"column": "person", "type": "text"},
        },
        "derived": {"days": {"days_between": ["baseline_date", "follow_up_date"]}},
    }  # fmt: skip
    later = visits | {"lists_people": False, "time": {"constant": "after"}}
    folder = run(
        tmp_path / "study", case, {},
        sites={},
        times=TIMES,
        files={"people": visits, "visits": later},
        outcomes={"gap": OUTCOME | {"label": "Days", "variable": "days"}},
        models={"did": MODEL | {"outcomes": ["gap"]}},
        problems={"only_listed": ["date_order"]},  # it would stop the run
    )  # fmt: skip
    days = values(folder, "gap", "after").dropna()
    right = expected(case)
    assert (len(days), days.median(), days.min(), days.max()) == tuple(
        right[name] for name in ("n_valid", "median_days", "min_days", "max_days")
    )
    assert days.mean() == pytest.approx(right["mean_days"], rel=1e-10)  # as many digits as given
    found = [row for row in problems(folder) if row["kind"] == "date_order"]
    assert {(row["line"], row["column"], row["value"]) for row in found} == {
        (5, "follow_up_date", "08/27/2025")
    }


@pytest.mark.parametrize("form", ["one_column", "five_columns"])
def test_35_a_state_in_one_column_is_the_state_in_five(form: str, tmp_path: Path) -> None:
    """Utilities as expected, the same from both files; a lost digit or level is no number."""
    case = "35-eq5d-states-in-many-forms"
    ids = [f"N{i:02}" for i in range(1, 13)]
    register = "person,site\n" + "".join(f"{p},{'ab'[i % 2]}\n" for i, p in enumerate(ids))
    people = {
        "path": "data/raw/people.csv", "level": "person", "lists_people": True, "unit": "person",
        "one_row_per": "unit", "site": {"column": "site"},
    }  # fmt: skip
    asked = {
        "one_column": {"instruments": {"eq5d_3l": {"state": "eq5d_3l"}}},
        "five_columns": {
            "instruments": {"eq5d_3l": "{item}"},
            "renamed": {"pain": "pain_discomfort", "anxiety": "anxiety_depression"},
        },
    }[form]
    answers = {
        "path": f"data/raw/{form}.csv", "level": "person", "unit": "person",
        "time": {"constant": "after"}, **asked,
    }  # fmt: skip
    label = "Utility (EQ-5D-3L, UK 1997)"
    folder = run(
        tmp_path / "study", case, {"people.csv": register},
        targets=(*PANEL, "results/report/index.html"),
        times=TIMES,
        files={"people": people, "eq5d": answers},
        outcomes={"utility": {
            "label": label, "score": "eq5d_3l.uk_1997", "unit": "utility",
            "direction": "higher_is_better",
        }},
        models={"did": MODEL | {"outcomes": ["utility"]}},
    )  # fmt: skip
    found = values(folder, "utility", "after").dropna()
    with (CASES / case / "expected_utilities.csv").open(encoding="utf-8") as stream:
        right = {r["person"]: float(r["utility"]) for r in csv.DictReader(stream) if r["utility"]}
    assert found.to_dict() == right  # to the last bit: three decimals
    told = expected(case)
    assert len(found) == told["n"]
    assert found.mean() == pytest.approx(told["mean_utility"], abs=1e-9)
    assert found["N07"] == told["utility_N07_21131"] and found["N11"] == told["utility_N11_22222"]
    listed = [(r["file"], r["line"], r["column"], r["kind"], r["value"]) for r in problems(folder)]
    path = f"data/raw/{form}.csv"
    if form == "one_column":
        assert listed == [
            (path, 9, "eq5d_3l", "out_of_range", "11421"),
            (path, 10, "eq5d_3l", "not_a_state", "1221"),
        ]
    else:
        assert listed == [(path, 9, "usual_activities", "out_of_range", "4")]
    assert label in (folder / "results/report/index.html").read_text("utf-8")
