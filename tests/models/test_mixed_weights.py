"""Weights as precisions in a mixed model: lme4, lmerTest, records that are means, refusals."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis.models.nested import fit_nested
from cesp_analysis.models.nested_df import judged, satterthwaite_df
from nested_data import generated
from small_panel import model, panel_of

R = json.loads(
    (Path(__file__).parents[1] / "reference" / "mixed_weights.json").read_text(encoding="utf-8")
)
STOPPED = 2e-6  # where lme4's optimiser stops and lmerTest's differences end; seen: 4e-7


@pytest.mark.parametrize("method", ["REML", "ML"])
def test_as_lme4_and_lmertest(method: Any) -> None:
    y, x, groups = generated()
    weight = 0.5 + np.arange(len(y)) % 7 / 3
    fit, expected = fit_nested(y, x, groups, method, weight=weight), R[method.lower()]
    assert fit.criterion == approx(expected["criterion"], rel=1e-9)  # ten digits are written
    assert fit.coef == approx(np.array(expected["estimate"]), rel=STOPPED)
    assert np.sqrt(np.diag(fit.cov)) == approx(np.array(expected["std_error"]), rel=STOPPED)
    assert [*fit.variances, fit.residual_variance] == approx(expected["variance"], rel=STOPPED)
    df = [satterthwaite_df(fit, row) for row in np.eye(7)]
    assert df == approx(expected["df"], rel=STOPPED)


def test_a_record_of_weight_two_is_the_mean_of_two() -> None:
    """Four answers a time, or two means of two, of weight 2: what is lost lies within pairs."""
    rng = np.random.default_rng(4)
    person, arm = np.repeat(np.arange(30), 8), np.repeat(np.arange(30) % 2, 8).astype(float)
    later = np.tile(np.repeat([0.0, 1.0], 4), 30)
    y = rng.normal(0, 2, 30)[person] + rng.normal(0, 1, 240)
    x = np.column_stack([np.ones(240), arm, later, arm * later])
    pairs = y.reshape(120, 2)
    inner = float(((pairs - pairs.mean(1, keepdims=True)) ** 2).sum())
    half = slice(None, None, 2)
    fits = [
        fit_nested(y, x, [person]),
        fit_nested(pairs.mean(1), x[half], [person[half]], weight=np.full(120, 2.0)),
    ]
    assert fits[1].coef == approx(fits[0].coef, rel=1e-12)  # balanced: the ratio does not matter
    within = [fit.residual_variance * (fit.n_obs - 30 - 2) for fit in fits]
    assert within[0] - within[1] == approx(inner, rel=1e-8)


def test_weights_through_the_kind() -> None:
    panel = panel_of(times=3)
    weight = 0.5 + np.arange(len(panel)) % 7 / 3
    fitted = model(times=3, kind="mixed", random=["person"], weighted=True).fit(
        panel.assign(weight=weight)
    )
    arm = (panel["arm"] == "intervention").to_numpy(float)
    one, two = ((panel["time"] == f"t{t}").to_numpy(float) for t in (1, 2))
    x = np.column_stack([np.ones(120), arm, one, two, arm * one, arm * two])
    y, person = panel["value"].to_numpy(), panel["unit"].cat.codes.to_numpy()
    engine = fit_nested(y, x, [person], weight=weight)
    for row, at in zip(fitted.estimates, (4, 5), strict=True):
        error, df = judged(engine, np.eye(6)[at], "kenward_roger", "expected")
        assert (row.estimate, row.std_error, row.df) == approx((engine.coef[at], error, df))
        assert "weights as precisions" in row.method
        assert any("If they are survey weights" in said for said in row.warnings)


@pytest.mark.parametrize(
    "weight, said",
    [
        (np.nan, "1 of 80 records have no weight above 0 (blank, zero or less, or no number)"),
        (0.0, "1 of 80 records have a weight that is not above 0"),
        (-1.0, "1 of 80 records have a weight that is not above 0"),
        (np.inf, "1 of 80 records have a weight that is not above 0"),
    ],
)
def test_a_record_without_a_precision_is_refused(weight: float, said: str) -> None:
    panel: pd.DataFrame = panel_of()
    panel.loc[3, "weight"] = weight
    (row,) = model(kind="mixed", random=["person"], weighted=True).fit(panel).estimates
    assert row.status == "refused" and row.estimate is None
    assert said in row.reason
    (plain,) = model(kind="mixed", random=["person"]).fit(panel).estimates
    assert plain.status == "estimated"  # without weights the column is not looked at


def test_the_engine_takes_no_weight_that_is_not_above_zero() -> None:
    y, x, groups = generated()
    for wrong in (0.0, -1.0, np.nan):
        with pytest.raises(ValueError, match="weights must be above 0"):
            fit_nested(y, x, groups, weight=np.append(np.ones(len(y) - 1), wrong))
