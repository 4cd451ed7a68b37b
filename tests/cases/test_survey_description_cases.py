"""Cases 09 and 33 as a user has them: one community, described by weighted means; by Snakemake.

The data of the cases are at hand for CI, not for users; where they are absent these tests skip.
"""

from pathlib import Path
from typing import Any

import pytest
from pytest import approx

from case_study import CASES, expected, run
from cesp_analysis import contracts
from cesp_analysis.survey.tables import Composition, SurveyMeans

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="shared/cases is absent")

TABLES = ("results/tables/survey_means.csv", "results/tables/composition.csv")
OUTCOMES = {
    "satisfied": {
        "label": "Life satisfaction", "level": "respondent", "variable": "life_satisfaction",
        "unit": "points", "type": "continuous", "direction": "higher_is_better",
    }
}  # fmt: skip
ONE = {
    "arms": {"intervention": {"label": "New"}},
    "sites": {"town": {"label": "Town", "arm": "intervention"}},
    "waves": {"w1": {"label": "First", "position": 0}},
    "outcomes": OUTCOMES,
}


def respondents(weight: str, **more: Any) -> dict[str, Any]:
    return {
        "path": "data/raw/respondents.csv", "level": "respondent", "unit": "respondent",
        "site": {"constant": "town"}, "time": {"constant": "w1"}, "weight": {"column": weight},
        **more,
    }  # fmt: skip


def means(folder: Path) -> dict[tuple[str, str], dict[str, Any]]:
    rows = contracts.rows(folder / "results/tables/survey_means.csv", SurveyMeans)
    return {(row["of"], row["group"]): row for row in rows}


def test_09_a_raked_mean_with_its_linearised_error(tmp_path: Path) -> None:
    case = "09-rake-from-design-weights"
    category = {"type": "category"}
    file = respondents(
        "design_weight",
        variables={
            "sex": category | {"values": ["woman", "man"]},
            "age_group": category | {"values": ["18-39", "40-64", "65+"]},
            "life_satisfaction": {"range": [0, 10]},
        },
    )
    covariates = {
        name: {"label": name, "level": "respondent", "variable": name}
        for name in ("sex", "age_group")
    }
    # the case's standard error is that of R's rake; theory's own: tests/survey/test_linear.py
    weights = {"method": "rake", "margins": ["data/raw/margins.csv"], "residuals": "alike"}
    folder = run(
        tmp_path / "study", case, {}, TABLES,
        **ONE, files={"one": file}, covariates=covariates, surveys={"weights": weights},
    )  # fmt: skip
    right, row = expected(case), means(folder)["site", "town"]
    assert row["estimate"] == approx(right["mean_life_satisfaction"], rel=1e-6)
    assert row["std_error"] == approx(right["se_linearised"], rel=1e-5)
    assert (row["n"], row["df"]) == (60, 59)
    assert "calibrated to margins" in row["method"]
    who = contracts.rows(folder / "results/tables/composition.csv", Composition)
    shares = {(r["variable"], r["category"]): r for r in who}
    assert shares["sex", "man"]["weighted"] == approx(0.48, rel=1e-6)  # as margins.csv has it
    assert shares["sex", "man"]["reason"] == "no interval: the weights were fitted to this share"
    assert shares["age_group", "65+"]["weighted"] == approx(0.22, rel=1e-6)


DISTRICTS = ("north", "south", "east", "west")


def town_of_districts(folder: Path, lone: str) -> dict[tuple[str, str], dict[str, Any]]:
    case = "33-stratum-with-one-neighbourhood"
    file = respondents(
        "weight",
        neighbourhood={"column": "neighbourhood"},
        variables={
            "district": {"type": "category", "values": list(DISTRICTS)},
            "life_satisfaction": {"range": [0, 10]},
        },
    )
    district = {"label": "District", "level": "respondent", "variable": "district"}
    surveys = {"strata": "district", "minimum": 2} | ({"lone_neighbourhood": lone} if lone else {})
    run(
        folder, case, {}, TABLES,
        **ONE, files={"one": file}, covariates={"district": district}, surveys=surveys,
    )  # fmt: skip
    return means(folder)


def test_33_by_default_one_line_says_which_district_is_alone(tmp_path: Path) -> None:
    right = expected("33-stratum-with-one-neighbourhood")
    row = town_of_districts(tmp_path / "study", "")["site", "town"]
    assert row["estimate"] == approx(right["mean"], rel=1e-6) and row["std_error"] is None
    assert row["reason"].startswith("no interval: district east has one neighbourhood (E1)")
    assert "adjust" in row["reason"] and "certainty" in row["reason"] and "merge" in row["reason"]


@pytest.mark.parametrize("lone", ["adjust", "certainty", "average"])
def test_33_a_declared_choice_is_taken_and_said(lone: str, tmp_path: Path) -> None:
    right = expected("33-stratum-with-one-neighbourhood")
    found = town_of_districts(tmp_path / "study", lone)
    row = found["site", "town"]
    assert (row["estimate"], row["std_error"]) == approx(
        (right["mean"], right[f"se_{lone}"]), rel=1e-6
    )
    assert row["df"] == right["df"] and f"({lone})" in row["warnings"]
    east = found["stratum", "east"]
    assert east["estimate"] == approx(right["mean_east"], rel=1e-6)
    assert (east["std_error"], east["ci_low"]) == (None, None)
    assert east["reason"] == "no interval: one neighbourhood"
    for district in ("north", "south", "west"):
        own = found["stratum", district]
        assert own["std_error"] == approx(right[f"se_{district}"], rel=1e-6)
    near = found["neighbourhood", "E1"]  # a statement about E1: its five respondents
    assert (near["n"], near["df"]) == (5, 4) and near["std_error"] > 0
