"""The decision table: nothing hides a red, what is missing is not green, words come from people."""

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from pytest import approx

from cesp_analysis.analysis_plan.canonical import plan_of
from cesp_analysis.cli import main
from cesp_analysis.declared.feasibility import Judgement
from cesp_analysis.feasibility.criteria import overall
from cesp_analysis.feasibility.specs import standing_of
from cesp_analysis.feasibility.worst import ORDER
from cesp_analysis.feasibility.zones import Limits, of_share
from cesp_analysis.pipeline import opened
from cesp_analysis.study.read import read_study
from feasible import commands, feasible, made
from small_study import inside

Row = dict[str, Any]


def by_name(rows: list[Row]) -> dict[str, Row]:
    return {row["criterion"]: row for row in rows}


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Row]:
    return by_name(made(feasible(tmp_path_factory.mktemp("decided")))["progression"])


def test_zones_and_probabilities(decided: dict[str, Row]) -> None:
    zones = {name: row["zone"] for name, row in decided.items()}
    assert zones == {
        "taken_in": "green", "consent": "green", "harmed": "red", "age": "green",
        "liked": "not assessed", "overall": "red",
    }  # fmt: skip
    for name in ("taken_in", "consent", "harmed", "age"):
        own = decided[name]
        total = own["prob_red"] + own["prob_amber"] + own["prob_green"]
        assert total == approx(1, abs=1e-12)
    shares = of_share(2, 12, Limits(0.1, 0.05, higher=False))
    assert decided["harmed"]["prob_red"] == approx(shares.red, rel=1e-12)
    assert decided["harmed"]["deff_red"] is not None
    assert decided["consent"]["n_plain"] < decided["consent"]["n_corrected"]
    assert decided["consent"]["enough"] == "no"


def test_every_mixture_of_zones_has_the_worst_of_them() -> None:
    for zones in product(ORDER, repeat=3):
        rows = [{"zone": zone, "label": f"C{n}"} for n, zone in enumerate(zones)]
        last = overall(rows, Judgement(justification="All is well, go on."))
        assert last["zone"] == min(zones, key=ORDER.index)
        if "red" in zones:
            assert last["zone"] == "red"
            assert last["reason"].startswith(f"{zones.count('red')} red (")
        if "not assessed" in zones:
            assert last["zone"] in ("red", "not assessed")
    assert overall([], Judgement())["zone"] == "not assessed"


def test_a_rate_that_is_none_is_not_assessed(tmp_path: Path) -> None:
    study = feasible(tmp_path)
    study.config["feasibility"]["progression"] |= {
        "south": {
            "label": "South", "rate": "attended", "site": "south", "red": 0.5, "green": 0.7,
            "rationale": "R",
        },
        "none": {
            "label": "None", "mean": {"file": "people", "variable": "age", "where": "age > 99"},
            "red": 1, "green": 2, "rationale": "R",
        },
        "one": {
            "label": "One", "mean": {"file": "people", "variable": "age", "where": "age == 40"},
            "red": 50, "green": 60, "rationale": "R",
        },
    }  # fmt: skip
    own = by_name(made(study)["progression"])
    assert own["south"]["zone"] == own["none"]["zone"] == "not assessed"
    assert own["south"]["reason"].startswith("no rate: nobody is in the denominator")
    assert own["none"]["reason"] == "no mean: there are no values"
    assert own["one"]["zone"] == "red" and own["one"]["prob_red"] is None
    assert own["one"]["warnings"] == "no interval and no probabilities: one value"


JUDGED = (
    "criterion,zone,evidence,justification,by,date\n"
    'liked,amber,"12 interviews, theme ""time""",Shorter forms,Steering group,2025-05-01\n'
    "harmed,,,None was related to the study,Safety committee,2025-05-02\n"
    "overall,,,Go on with shorter forms,Steering group,2025-05-03\n"
)


def judged(folder: Path, text: str) -> Any:
    study = feasible(folder)
    study.config["feasibility"]["judgements"] = "judgements.csv"
    (folder / "judgements.csv").write_text(text, encoding="utf-8")
    return study


def test_judgements_from_a_file_do_not_move_a_number(tmp_path: Path) -> None:
    own = by_name(made(judged(tmp_path, JUDGED))["progression"])
    assert (own["liked"]["zone"], own["liked"]["evidence"]) == (
        "amber", '12 interviews, theme "time"',
    )  # fmt: skip
    assert (own["harmed"]["zone"], own["harmed"]["justification"]) == (
        "red", "None was related to the study",
    )  # fmt: skip
    assert (own["overall"]["zone"], own["overall"]["justification"]) == (
        "red", "Go on with shorter forms",
    )  # fmt: skip
    assert own["liked"]["linked"] == "7 of people where age > 35: f 4, m 3"


FAULTS = {
    "liked,amber,,,,": "line 2: evidence: is blank; say what the judgement rests on",
    "harmed,green,x,,,": "line 2: zone: that of 'harmed' follows from its limits",
    "likes,,,,,": "line 2: no criterion is called 'likes'; did you mean 'liked'?",
    "liked,yellow,x,,,": "line 2: no zone is called 'yellow'",
    "liked,green,x,,,5 May": "line 2: date: write a day as YYYY-MM-DD, not '5 May'",
    "liked,green,x,,,\nliked,red,y,,,": "line 3: 'liked' has been judged above; keep one line",
    "liked,green": "line 2: has 2 fields, the header 6",
}


@pytest.mark.parametrize("line", FAULTS)
def test_faults_of_the_file_are_told_before_anything_runs(line: str, tmp_path: Path) -> None:
    study = judged(tmp_path, f"{JUDGED.splitlines()[0]}\n{line}\n")
    ran = study.run("check")
    assert ran.status == 1
    assert ran.lines[0].startswith(f"judgements.csv: {FAULTS[line]}"), ran.lines
    assert len(ran.lines) == 1


def test_a_file_that_is_not_there_or_has_no_such_column(tmp_path: Path) -> None:
    study = judged(tmp_path, "criterium,zone\nliked,green\n")
    assert study.run("check").lines == [
        "judgements.csv: line 1: has no column criterion (it has: criterium, zone)",
        "judgements.csv: line 1: no column is called 'criterium'; did you mean 'criterion'? (known:"
        " by, criterion, date, evidence, justification, zone)",
    ]
    (tmp_path / "judgements.csv").unlink()
    assert study.run("check").lines[0].startswith("judgements.csv: ")


def test_criteria_stand_in_the_locked_plan(tmp_path: Path) -> None:
    study = feasible(tmp_path)
    study.write()
    with inside(tmp_path):
        assert standing_of(read_study()) == {}  # nothing is locked
        assert main(["lock-plan"]) == 0
        locked = json.loads((tmp_path / "analysis_plan.lock.json").read_text("utf-8"))
        assert "progression" in json.dumps(locked)
        assert set(standing_of(read_study()).values()) == {"as first locked"}
    own = study.config["feasibility"]["progression"]
    own["consent"]["green"] = 0.55
    own["liked"]["judgement"] = {"zone": "green", "evidence": "E"}  # after the data: no change
    own["taken_in"]["rationale"] = "Other words"
    own["later"] = {"label": "L", "qualitative": "?", "rationale": "R"}
    study.config["feasibility"]["rates"]["harmed"]["numerator"]["where"] = 'bad == "yes"'
    study.write()
    with inside(tmp_path):
        found = standing_of(read_study())
    assert found == {
        "taken_in": "as first locked",
        "consent": "changed after the plan was locked",
        "harmed": "changed after the plan was locked",  # what it counts has changed
        "age": "as first locked",
        "liked": "as first locked",
        "later": "added after the plan was locked",
    }


def test_a_study_without_criteria_has_none_in_its_plan(tmp_path: Path) -> None:
    study = feasible(tmp_path)
    del study.config["feasibility"]
    study.write()
    with inside(tmp_path):
        assert "progression" not in plan_of(read_study())
        assert opened(".").feasibility is None


def test_the_step_says_what_changed_meanwhile(tmp_path: Path) -> None:
    study = judged(tmp_path, JUDGED)
    made(study)
    with inside(tmp_path):
        command = commands(study)["progression"]
        stale = json.dumps({"judgements.csv": "0" * 64})
        assert main([*command, "--checksums", stale]) == 1
