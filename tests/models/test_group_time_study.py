"""Kind `group_time` through a study's file and the steps; what other kinds say of late starts."""

from pathlib import Path
from typing import Any

import pytest

from cesp_analysis import contracts
from cesp_analysis.models.two_sites import SITES_APART
from cesp_analysis.schemas import Estimates
from cesp_analysis.study.read import read_study
from designs import CASES, Case, study_of
from small_study import Study

CASE = CASES["many_staggered"]
"""Nine intervention sites, by threes from t1 (not told), t2, t3 on; three control sites."""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The study after its models."""
    study = study_of(CASE, tmp_path_factory.mktemp("staggered"))
    ran = study.run(until="published")
    assert (ran.status, ran.shown) == (0, "")
    return study


def rows_of(study: Study, model: str) -> dict[str, dict[str, Any]]:
    """Name → row of a model's estimates."""
    path = study.folder / f"results/models/{model}/estimates.csv"
    return {row["estimate_id"]: row for row in contracts.rows(path, Estimates)}


def test_a_row_says_who_is_compared_with_whom(ran: Study) -> None:
    rows = rows_of(ran, "roll_out")
    assert {name.removeprefix("roll_out/score").strip("/") for name in rows if "score" in name} == {
        "", "before_18", "before_12", "since_0", "since_6", "since_12", "from_t1", "from_t2",
        "from_t3", "t1", "t2", "t3",
    }  # fmt: skip
    assert {row["status"] for row in rows.values()} == {"estimated"}
    whole, first = rows["roll_out/score"], rows["roll_out/score/from_t1"]
    assert (whole["n_units"], whole["n_clusters"], whole["cluster_level"]) == (96, 12, "site")
    assert (first["n_sites_treated"], first["n_sites_control"]) == (3, 9)  # with those that wait
    assert first["estimand"] == "difference in mean change among the treated (ATT), by start"
    assert first["contrast"].endswith("sites that began by Visit 1, average of their times since")
    assert "compared with: not yet treated" in whole["method"]
    assert "adjusted for age" in whole["method"]
    assert SITES_APART not in whole["warnings"]
    since = rows["roll_out/score/since_12"]
    assert since["ci_low_joint"] < since["ci_low"] < since["ci_high"] < since["ci_high_joint"]
    assert "of those that began by Visit 1 alone" in since["warnings"]
    assert SITES_APART in rows_of(ran, "by_people")["by_people/score"]["warnings"]
    assert rows_of(ran, "by_people")["by_people/score/from_t1/t3"]["ci_low_shock"] is None


def test_other_kinds_say_whose_start_is_later(ran: Study) -> None:
    rows = rows_of(ran, "did_site")
    said = (
        "6 of 9 intervention sites had not begun by Visit 1, and this row counts them as if they"
        " had; kind group_time does not"
    )
    assert said in rows["did_site/score/t1"]["warnings"]
    assert "3 of 9 intervention sites had not begun" in rows["did_site/score/t2"]["warnings"]
    assert "had not begun" not in rows["did_site/score/t3"]["warnings"]


def test_a_family_names_any_of_its_rows(tmp_path: Path) -> None:
    study = study_of(CASE, tmp_path)
    wanted = ["roll_out/score", "roll_out/score/since_6", "roll_out/score/t2"]
    family = {"label": "Main", "estimates": wanted}
    study.config["analysis_plan"] = {"families": {"main": family}}
    assert study.lines() == []
    family["estimates"] = ["roll_out/score/since_7"]
    (line,) = study.lines()
    assert "no estimate is called 'roll_out/score/since_7'; did you mean" in line


def test_only_what_draws_is_told_the_seed(tmp_path: Path) -> None:
    study = study_of(CASE, tmp_path)
    study.write()
    models = read_study(study.folder).models
    assert models["roll_out"].context.seed == 1 and models["did"].context.seed is None
    assert models["did"].context.started == {f"aston{i}": 6 * (i // 3 + 1) for i in range(3, 9)}


def test_imputed_sets_are_pooled_without_simultaneous_intervals(tmp_path: Path) -> None:
    study = study_of(CASE, tmp_path)
    study.files["t3.csv"] = "".join(str(study.files["t3.csv"]).splitlines(keepends=True)[:-5])
    study.config["missing_data"] = {"imputation": {"sets": 3, "most": 3, "iterations": 5}}
    own = study.config["models"]["roll_out"]
    own |= {"missing_data": "imputed", "outcomes": ["score"]}
    study.config["models"] = {"roll_out": own}
    ran = study.run(until="published")
    assert (ran.status, ran.shown) == (0, "")
    rows = rows_of(study, "roll_out")
    assert rows["roll_out/score/since_0"]["status"] == "estimated"
    assert rows["roll_out/score/since_0"]["ci_low_joint"] is None
    assert "pooled over 3 imputed sets" in rows["roll_out/score/since_0"]["method"]


def test_waves_of_respondents_and_a_start_that_is_named_by_a_time(tmp_path: Path) -> None:
    """Different people each wave; a site's start is a position in time, whichever names it."""
    study = study_of(Case((6, 3), times=3, survey=True), tmp_path)
    study.config["times"] = {
        "start": {"label": "Start", "position": 0}, "year": {"label": "Year", "position": 10},
    }  # fmt: skip
    for i in range(3):
        study.config["sites"][f"aston{i}"]["started"] = "year"  # between the waves at 6 and at 12
    own = {"kind": "group_time", "design": "cross_sections", "level": "respondent", "draws": 199}
    study.config["models"] = {"roll_out": own | {"outcomes": ["score"]}}
    ran = study.run(until="published")
    assert (ran.status, ran.shown) == (0, "")
    rows = rows_of(study, "roll_out")
    assert rows["roll_out/score/from_t2"]["n_sites_treated"] == 3
    assert rows["roll_out/score/from_t2"]["contrast"].endswith(
        "sites that began by Visit 2, average of their times since"
    )
    assert {row["status"] for row in rows.values()} == {"estimated"}
    # not the first wave of those that begin last: their base is the second
    assert rows["roll_out/score"]["n_units"] == rows["roll_out/score"]["n_obs"] == (27 - 3) * 8
