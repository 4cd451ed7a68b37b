"""A number that takes the arm's place in difference in differences: its slope."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import linregress

from cesp_analysis.models.residuals import diagnostics_of, examined
from cesp_analysis.study.references import broken_references
from small_panel import model, panel_of

CHANGE: dict[str, Any] = {"kind": "did", "design": "change", "dose": "age"}


def test_the_estimate_is_the_slope_of_the_change() -> None:
    panel = panel_of()
    (row,) = model(covariates=["age"], covariance="classical", **CHANGE).fit(panel).estimates
    wide = panel.pivot(index="unit", columns="time", values="value")
    age = panel.drop_duplicates("unit").set_index("unit")["age"].loc[wide.index]
    expected = linregress(age, wide["t1"] - wide["t0"])
    assert row.estimate == pytest.approx(expected.slope, rel=1e-10)
    assert row.std_error == pytest.approx(expected.stderr, rel=1e-10)
    assert (row.df, row.n_obs) == (38, 40)
    assert row.p_value == pytest.approx(expected.pvalue, rel=1e-9)
    assert row.estimand == "difference in mean change per unit of dose"
    assert row.contrast == "per unit of age, change from time 0 to time 1"
    assert row.unit == "points per unit of age"
    assert row.method == (
        "difference in differences (change score, by age in place of the arm); classical standard"
        " error, t on n - k df"
    )
    assert any(said.startswith("compares changes by age, not the arms") for said in row.warnings)


def test_ten_times_the_unit_is_a_tenth_of_the_slope() -> None:
    panel = panel_of()
    spec = model(covariates=["age"], **CHANGE)
    (one,), (ten,) = (spec.fit(p).estimates for p in (panel, panel.assign(age=panel["age"] * 10)))
    assert one.estimate is not None and ten.estimate is not None
    assert ten.estimate == pytest.approx(one.estimate / 10, rel=1e-10)
    assert ten.df == pytest.approx(one.df, rel=1e-9)


def test_the_other_covariates_are_tested_without_the_dose() -> None:
    panel = panel_of()
    panel["height"] = np.sin(np.arange(len(panel)) // 2)
    spec = model(covariates=["age", "height"], covariance="classical", **CHANGE)
    (check,) = spec.fit(panel).checks
    known = diagnostics_of(check, examined(check), None)["residuals"]["covariates"]
    names = list(check.names)
    t = check.contrasts[check.main] * 0
    t[names.index("height")] = 1
    fit = check.engine
    value = float(t @ fit.coef)  # type: ignore[union-attr]
    error = np.sqrt(fit.residual_variance * t @ fit.bread @ t)  # type: ignore[union-attr]
    assert (known["df_num"], known["df"]) == (1, 37)
    assert known["f"] == pytest.approx((value / error) ** 2, rel=1e-9)


def test_a_category_is_no_dose() -> None:
    panel = panel_of()
    panel["age"] = pd.Categorical(np.where(panel["age"] > 35, "old", "young"))
    (row,) = model(covariates=["age"], **CHANGE).fit(panel).estimates
    assert row.status == "not_estimable"
    assert row.reason == "age is a category: a dose must be a number"


def test_what_does_not_go_with_a_dose_is_said() -> None:
    others = model(**(CHANGE | {"design": "cross_sections", "covariates": ["age"]}))
    assert list(others.faults()) == [
        "dose: goes with design: change alone; remove it, or write design: change"
    ]
    alone = model(**CHANGE)
    assert list(alone.faults()) == ["dose: 'age' must stand under covariates too; add it there"]


def test_a_dose_of_changes_is_a_covariate_and_an_exposure_of_rates_an_outcome() -> None:
    data = {
        "outcomes": {"y": {}},
        "covariates": {"age": {}},
        "models": {
            "change": {"kind": "did", "dose": "y"},
            "slope": {"kind": "did", "dose": "age"},
            "rates": {"kind": "glm", "exposure": "age"},
            "per_day": {"kind": "glm", "exposure": "y"},
        },
    }
    assert list(broken_references(data, Path())) == [
        "models.rates.exposure: no outcome is called 'age' (declared: y)",
        "models.change.dose: no covariate is called 'y' (declared: age)",
    ]
