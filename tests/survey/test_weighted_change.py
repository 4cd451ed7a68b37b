"""Kind `survey` behind the step that weighs: the numbers of other steps of the same survey."""

from pathlib import Path

import pytest
from pytest import approx

from cesp_analysis import contracts
from cesp_analysis.cli import main
from cesp_analysis.schemas import Estimates
from cesp_analysis.study.read import read_study
from cesp_analysis.survey import specs
from cesp_analysis.survey.weight_tables import ReplicateErrors
from generated_survey import study_of
from small_study import inside


@pytest.mark.parametrize("method", ["rake", "calibrate"])
def test_weighted_change_is_that_of_the_table_of_replicates(tmp_path: Path, method: str) -> None:
    study = study_of(tmp_path)
    study.config["surveys"]["weights"] |= {"method": method, "replicates": "jackknife"}
    study.config["models"] = {"change": {"kind": "survey", "outcomes": ["y"]}}
    ran = study.run()
    assert (ran.status, ran.shown) == (0, "")
    with inside(tmp_path):
        given = ["--panel", "data/processed/before_weighting.parquet", "--margins", "margins.csv"]
        told = specs.replicate(read_study("."))
        assert main(["replicate", "--spec", told, *given, "--out", "replicates.csv"]) == 0
    (row,) = contracts.rows(tmp_path / "results/models/change/estimates.csv", Estimates)
    beside = contracts.rows(tmp_path / "replicates.csv", ReplicateErrors)
    (found,) = [one for one in beside if one["quantity"].startswith("difference in differences")]
    assert row["estimate"] == approx(found["estimate"], rel=1e-12)
    # by regression with its whole residual here, by means of sites and waves there
    assert row["std_error"] == approx(found["linearised_se"], rel=1e-9)
    assert "weights' margins taken as known" in row["method"]
