"""Means that cross-sections predict, with weights and covariates: R's lm and clubSandwich."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from pytest import approx

from cesp_analysis.models.kinds import read_model
from cesp_analysis.schemas import Panel
from small_panel import model

REFERENCE = Path(__file__).parents[1] / "reference"


def survey() -> pd.DataFrame:
    """Two sites of several_sites.csv as a panel, with a number and a category as did_means.R."""
    d = pd.read_csv(REFERENCE / "several_sites.csv")
    d = d[d["site"].isin(["s0", "s1"])].reset_index(drop=True)
    i = np.arange(len(d))
    tenure = np.array(["owner", "rent", "other"])[(5 * i + i // 4) % 3]
    d = d.assign(unit=[f"r{n:03}" for n in i], study="s", level="person", outcome="y")
    d = d.assign(link_worker=None, age=30.0 + 7 * i % 17)
    coded = ("study", "level", "unit", "site", "arm", "neighbourhood", "link_worker", "time")
    d = d.astype(dict.fromkeys((*coded, "outcome"), "category"))
    d["tenure"] = pd.Categorical(tenure, ["owner", "rent", "other"])
    return d[[*Panel.columns(), "age", "tenure"]]


def test_weighted_adjusted_means_as_r_predicts_them() -> None:
    expected = json.loads((REFERENCE / "did_means.json").read_text(encoding="utf-8"))["means"]
    asked = {"kind": "did", "design": "cross_sections", "covariance": "CR2"}
    asked |= {"cluster": "neighbourhood", "weighted": True, "covariates": ["age", "tenure"]}
    study = model(**asked).study.model_dump()
    study["sites"] = [
        {"name": "s0", "label": "S0", "arm": "control"},
        {"name": "s1", "label": "S1", "arm": "intervention"},
    ]
    fit = read_model(json.dumps({"outcomes": ["y"], "study": study} | asked)).fit(survey())
    found = {(mean.group, mean.time): mean for mean in fit.means}
    assert len(found) == len(fit.means) == len(expected) == 4
    for cell in expected:
        mean = found[cell["site"], cell["time"]]
        # the CSV and the JSON have 12 digits
        assert mean.mean == approx(cell["mean"], rel=1e-9)
        assert (mean.std_error, mean.df) == approx((cell["std_error"], cell["df"]), rel=1e-8)
