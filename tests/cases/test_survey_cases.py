"""Cases of community surveys, through the pipeline as a user runs it."""

import csv
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pytest import approx

from case_study import CASES, expected, run
from cesp_analysis import contracts
from cesp_analysis.models.survey_design import records_of, sample_of
from cesp_analysis.models.survey_linear import linearised
from cesp_analysis.schemas import Panel
from cesp_analysis.survey.weight_tables import Margins, SurveyWeights, Weighting

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="shared/cases is absent")

TABLES = ("results/tables/weights.csv", "results/report/index.html")
CLOSE = 1e-6  # the case's own tolerance: raking is exact to rounding


def raked(folder: Path, targets: tuple[str, ...] = TABLES, **weights: Any) -> Path:
    """Case 09 as a study of one site and one wave."""
    values = {"type": "category", "values": ["woman", "man"]}
    ages = {"type": "category", "values": ["18-39", "40-64", "65+"]}
    file = {
        "path": "data/raw/respondents.csv", "level": "respondent", "unit": "respondent",
        "site": {"constant": "a"}, "time": {"constant": "w1"},
        "weight": {"column": "design_weight"},
        "variables": {"sex": values, "age_group": ages, "life_satisfaction": {"range": [0, 10]}},
    }  # fmt: skip
    return run(
        folder, "09-rake-from-design-weights", {}, targets,
        arms={"intervention": {"label": "Residents"}},
        sites={"a": {"label": "A", "arm": "intervention"}},
        waves={"w1": {"label": "Wave 1", "position": 0}},
        files={"survey": file},
        covariates={
            name: {"label": name, "level": "respondent", "variable": name}
            for name in ("sex", "age_group")
        },
        outcomes={
            "life": {
                "label": "Life satisfaction", "level": "respondent", "unit": "points",
                "variable": "life_satisfaction", "direction": "higher_is_better",
            }
        },
        surveys={
            "weights": {"method": "rake", "margins": ["data/raw/margins.csv"]} | weights
        },
    )  # fmt: skip


def _error(panel: pd.DataFrame, mean: float) -> float:
    """The linearised error of a mean of respondents who were drawn one by one."""
    pull = (panel["weight"] * (panel["value"] - mean) / panel["weight"].sum()).to_numpy()
    return float(linearised(pull, sample_of(records_of(panel), None)).covariance[0, 0] ** 0.5)


def test_09_raking_starts_from_the_design_weights(tmp_path: Path) -> None:
    """facebookresearch/balance#431: everybody in a cell got the same weight."""
    case = "09-rake-from-design-weights"
    folder, right = raked(tmp_path / "study"), expected(case)
    tables = folder / "results/tables"
    rows = list(contracts.rows(tables / "weights.csv", SurveyWeights))
    with (CASES / case / "expected_weights.csv").open(encoding="utf-8") as stream:
        wanted = {row["respondent"]: float(row["weight"]) for row in csv.DictReader(stream)}
    assert {row["unit"]: row["weight"] for row in rows} == approx(wanted, rel=CLOSE)
    (row,) = contracts.rows(tables / "weighting.csv", Weighting)
    assert (row["deff"], row["effective_n"]) == approx(
        (right["kish_deff"], right["effective_n"]), rel=CLOSE
    )
    assert (row["smallest_weight"], row["largest_weight"]) == approx(
        (right["smallest_weight"], right["largest_weight"]), rel=CLOSE
    )
    assert (row["n"], row["population"], row["converged"]) == (60, approx(1000), "yes")
    panel = contracts.read(folder / "data/processed/panel.parquet", Panel)
    mean = (panel["weight"] * panel["value"]).sum() / panel["weight"].sum()
    assert mean == approx(right["mean_life_satisfaction"], rel=CLOSE)
    # R's calibrate(calfun = "raking"), tests/reference/raked_error.R: by design weights, as theory
    assert _error(panel, mean) == approx(0.143966059177, rel=1e-9)
    # the case has that of R's rake, whose regression on the margins counts respondents alike
    weighed = "data/processed/panel.parquet"
    alike = raked(tmp_path / "alike", (weighed,), residuals="alike") / weighed
    assert _error(contracts.read(alike, Panel), mean) == approx(right["se_linearised"], rel=1e-5)
    met = {
        r["category"]: r["share_weighted"] for r in contracts.rows(tables / "margins.csv", Margins)
    }
    assert met == approx(
        {"woman": 0.52, "man": 0.48, "18-39": 0.38, "40-64": 0.4, "65+": 0.22}, rel=CLOSE
    )
