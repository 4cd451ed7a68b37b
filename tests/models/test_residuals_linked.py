"""Residuals and influence with a link or with weights: refits, R, closed forms."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.models.check import Balanced, Check, Linked
from cesp_analysis.models.cumulative_logit import CumulativeLogit
from cesp_analysis.models.examined import Examined, LeftOut
from cesp_analysis.models.glm_engine import GlmFit
from cesp_analysis.models.kinds import read_model
from cesp_analysis.models.least_squares import least_squares
from cesp_analysis.models.residuals import diagnostics_of, examined
from cesp_analysis.models.residuals_least_squares import leverage_of, without_units
from glm_records import asked, panel_made
from small_panel import model, panel_of

R = json.loads((Path(__file__).parents[1] / "reference/residuals_glm.json").read_text("utf-8"))
ADJUSTED = {"covariates": ["age", "sex"], "cluster": "neighbourhood"}
LINKED: dict[str, dict[str, Any]] = {
    "binary": {"outcome": "bin", "family": "binomial"},
    "weighted": {"outcome": "bin", "family": "binomial", "weighted": True},
    "count": {"outcome": "count", "family": "poisson", "exposure": "days"},
    "cost": {"outcome": "cost", "family": "gamma"},
}
ORDERED: dict[str, Any] = {"outcome": "ord", "kind": "ordinal", "at_least": [1, 2]}
MOST = 6  # units that are left out by refits: those that change the estimate most
WEIGHTED: list[dict[str, Any]] = [
    {"kind": "weighted_did", "design": "change", "method": "entropy"},
    {"kind": "weighted_did", "design": "change", "method": "overlap", "weighted": True},
    {
        "kind": "weighted_did",
        "design": "change",
        "method": "propensity",
        "target_population": "ate",
    },
    {"kind": "weighted_did", "design": "cross_sections", "method": "propensity"},
    {"kind": "dr_did", "design": "change", "weighted": True},
    {"kind": "dr_did", "design": "cross_sections"},
]


def linked(settings: dict[str, Any]) -> tuple[Any, pd.DataFrame]:
    held = [settings["outcome"], *([settings["exposure"]] if "exposure" in settings else [])]
    return asked(**(ADJUSTED | settings)), panel_made(*held)


def aged(settings: dict[str, Any]) -> tuple[Any, pd.DataFrame]:
    """Arms that differ in age, change that goes with it, weights that vary."""
    rng = np.random.default_rng(1)
    people, panel = 80, panel_of(people=80)
    ages = rng.normal(50, 10, people) + 5.0 * (np.arange(people) % 2)
    age = np.repeat(ages, 2)
    later = (panel["time"] == "t1").astype(float)
    weight = np.repeat(rng.uniform(0.5, 2, people), 2)
    panel = panel.assign(age=age, value=panel["value"] + later * 0.1 * (age - 50), weight=weight)
    return model(covariates=["age"], cluster="neighbourhood", **settings), panel


def of(spec: Any, panel: pd.DataFrame) -> tuple[Check, Examined, float, float]:
    """The last check, what is found, the main estimate and its standard error."""
    fitted = spec.fit(panel)
    check = fitted.checks[-1]
    row = next(one for one in fitted.estimates if one.estimate_id == check.main)
    return check, examined(check), row.estimate, row.std_error


def refitted(
    spec: Any, panel: pd.DataFrame, check: Check, left: LeftOut, units: np.ndarray
) -> np.ndarray:
    """The main estimate without each of some units, the whole model fitted again."""
    column = {"person": "unit"}.get(left.level, left.level)
    found = []
    for code in left.codes[units]:
        rows = panel[panel[column].astype("str") != str(check.frame.names[left.level][code])]
        rows = rows.astype({"unit": str, "neighbourhood": str})
        rows = rows.astype({"unit": "category", "neighbourhood": "category"})
        fit = spec.fit(rows)
        found.append(next(r.estimate for r in fit.estimates if r.estimate_id == check.main))
    return np.array(found)


def compared(spec: Any, panel: pd.DataFrame, level: str) -> tuple[np.ndarray, np.ndarray]:
    """Changes without the units that change most, by refits and in one step, in SEs."""
    check, found, estimate, error = of(spec, panel)
    left = next(one for one in found.left_out if one.level == level)
    found_of_all = left.of_main(check)
    most = np.argsort(-np.abs(found_of_all))[:MOST]
    expected = refitted(spec, panel, check, left, most) - estimate
    return expected / error, found_of_all[most] / error


# One step from the solution of all leaves what is of second order in the unit's part: a
# neighbourhood holds up to a sixth of an arm here, and moves the estimate by half a standard
# error. Logits and counts bend least; the expected information of gamma and ordered models is not
# the observed one.
@pytest.mark.parametrize("design", ["panel", "cross_sections"])
@pytest.mark.parametrize(
    ("settings", "off"),
    [
        (LINKED["binary"], 0.015),
        (LINKED["weighted"], 0.015),
        (LINKED["binary"] | {"standardised_over": "intervention"}, 0.015),
        (LINKED["count"], 0.015),
        (LINKED["cost"], 0.04),
        (ORDERED, 0.06),
    ],
)
def test_a_step_with_a_link_is_near_a_refit(
    settings: dict[str, Any], off: float, design: str
) -> None:
    spec, panel = linked(settings | {"design": design})
    expected, found = compared(spec, panel, "neighbourhood")
    assert np.abs(expected).max() > 0.4
    assert np.abs(found - expected).max() < off


def test_a_step_without_a_person_is_near_a_refit() -> None:
    spec, panel = linked(LINKED["binary"] | {"design": "panel"})
    expected, found = compared(spec, panel, "person")
    # of second order in a part of 1/70 of an arm
    assert np.abs(expected).max() > 0.2
    assert np.abs(found - expected).max() < 0.003


def test_sites_that_are_averaged_over_change_when_somebody_leaves() -> None:
    spec, panel = linked(LINKED["weighted"] | {"design": "panel"})
    whole = json.loads(spec.model_dump_json())
    sites = whole["study"]["sites"]
    whole["study"]["sites"] += [
        sites[0] | {"name": "east", "label": "East"},
        sites[1] | {"name": "west", "label": "West"},
    ]
    near = panel["neighbourhood"].astype("str").astype(int)
    names = np.array(["west", "south", "east", "north"])
    panel = panel.assign(site=pd.Categorical(names[(near - 1) // 3]))
    several = read_model(json.dumps(whole))
    expected, found = compared(several, panel, "neighbourhood")
    # a neighbourhood is a third or more of a site, which has its own level
    assert np.abs(found - expected).max() < 0.05
    check, examined_of, _, error = of(several, panel)
    left = next(one for one in examined_of.left_out if one.level == "neighbourhood")
    assert left.further is not None
    held = (left.change @ check.contrasts[check.main] / error)[
        np.argsort(-np.abs(left.of_main(check)))[:MOST]
    ]
    assert np.abs(held - expected).max() > np.abs(found - expected).max()


# The influence function is of first order in how the weights depend on a unit: a neighbourhood is a
# quarter of an arm here and moves the estimate by up to one standard error; a logistic propensity
# weighted to the intervention arm depends on its largest weights most.
@pytest.mark.parametrize("settings", WEIGHTED)
@pytest.mark.parametrize(("level", "off"), [("person", 0.05), ("neighbourhood", 0.12)])
def test_influence_of_weighted_records_is_near_a_refit(
    settings: dict[str, Any], level: str, off: float
) -> None:
    spec, panel = aged(settings)
    expected, found = compared(spec, panel, level)
    assert np.abs(expected).max() > 4 * off
    assert np.abs(found - expected).max() < off


def in_rs_order(check: Check) -> np.ndarray:
    """Rows by time, then person, as glm.R has them."""
    frame = check.frame
    people = np.array([int(name) for name in frame.names["person"]])[frame.codes["person"]]
    return np.lexsort((people, frame.time))


@pytest.mark.parametrize("name", list(LINKED))
def test_a_glms_residuals_are_rs(name: str) -> None:
    spec, panel = linked(LINKED[name] | {"design": "cross_sections"})
    check, found, _, _ = of(spec, panel)
    assert isinstance(check.engine, Linked) and isinstance(check.engine.fitted.fit, GlmFit)
    rows, expected, fit = in_rs_order(check), R[name], check.engine.fitted.fit.whitened
    # the reference has 12 digits, and R's gamma stops some 1e-9 short
    assert found.leverage[rows] == pytest.approx(expected["hatvalues"], rel=1e-7)
    assert found.standardised[rows] == pytest.approx(expected["rstandard"], rel=1e-7, abs=1e-8)
    assert found.fitted[rows] == pytest.approx(expected["fitted"], rel=1e-7)
    # R leaves out records; people have two here
    each = np.arange(len(rows))
    variance = 1.0 if name in ("binary", "weighted") else fit.residual_variance
    cook = without_units(fit, "record", each, each, variance).cook
    assert cook[rows] == pytest.approx(expected["cooks"], rel=1e-6, abs=1e-12)


def test_probability_scale_residuals_are_of_rs_probabilities() -> None:
    spec, panel = linked(ORDERED | {"design": "cross_sections"})
    check, found, _, _ = of(spec, panel)
    own, spread = (np.array(R["ordered"][name]) for name in ("probability_scale", "spread"))
    # polr stops where its optimiser does, some five digits into the probabilities
    assert found.standardised[in_rs_order(check)] == pytest.approx(own / spread, abs=1e-4)
    assert check.main == "m/ord/t1/mean"
    assert np.abs(found.residual.mean()) < 0.05 and not found.normal


def test_residuals_of_ordered_records_have_variance_1_by_simulation() -> None:
    spec, panel = linked(ORDERED | {"design": "cross_sections"})
    check, _, _, _ = of(spec, panel)
    assert isinstance(check.engine, Linked)
    fit = check.engine.fitted.fit
    assert isinstance(fit, CumulativeLogit)
    rng, n = np.random.default_rng(8), len(check.y)
    drawn = []
    for _ in range(400):
        at = (rng.random((n, 1)) > np.cumsum(fit.probability, axis=1)[:, :-1]).sum(axis=1)
        drawn.append(examined(replace(check, y=fit.categories[at])).standardised)
    values = np.array(drawn)
    # 400 times some 290 draws: a Monte Carlo error of 0.003 in either
    assert values.mean() == pytest.approx(0, abs=0.012)
    assert values.std() == pytest.approx(1, abs=0.012)


def test_weighted_means_have_the_residuals_of_a_weighted_regression() -> None:
    spec, panel = aged(WEIGHTED[1])
    check, found, _, _ = of(spec, panel)
    assert isinstance(check.engine, Balanced)
    arm, weight = check.frame.arm, check.engine.weighted.weight
    fit = least_squares(check.y, np.column_stack([np.ones(len(arm)), arm]), weight)
    assert found.residual == pytest.approx(fit.residuals, abs=1e-12)
    assert found.leverage == pytest.approx(leverage_of(fit), rel=1e-12)


def test_equal_weights_have_the_residuals_of_each_arms_mean() -> None:
    """Weights of a covariate that the arms share exactly are equal; then all forms are closed."""
    panel = panel_of(people=40)
    number = panel["unit"].astype("str").str[1:].astype(int)
    panel = panel.assign(age=30.0 + number // 2 % 7)
    settings: dict[str, Any] = {"kind": "weighted_did", "design": "change", "method": "overlap"}
    check, found, _, _ = of(model(covariates=["age"], **settings), panel)
    y, arm = check.y, check.frame.arm
    own = [y[arm == side] for side in (0, 1)]
    spread = np.array([values.std(ddof=1) for values in own])[arm.astype(int)]
    assert found.standardised == pytest.approx(
        found.residual / (spread * np.sqrt(1 - 1 / 20)), rel=1e-9
    )


def test_doubly_robust_residuals_are_those_of_the_regression() -> None:
    spec, panel = aged(WEIGHTED[4])
    check, found, estimate, _ = of(spec, panel)
    assert isinstance(check.engine, Balanced)
    arm, weight = check.frame.arm, check.engine.weighted.weight
    own = arm == 0
    x = np.column_stack([np.ones(len(arm)), check.frame.covariates[:, 0]])
    fit = least_squares(check.y[own], x[own], weight[own])
    assert found.residual[own] == pytest.approx(fit.residuals, abs=1e-9)
    assert found.leverage[own] == pytest.approx(leverage_of(fit), rel=1e-9)
    assert found.fitted[~own] == pytest.approx(x[~own] @ fit.coef + estimate, rel=1e-9)


@pytest.mark.parametrize("settings", [WEIGHTED[0], WEIGHTED[5]])
def test_diagnostics_name_whose_weight_is_largest(settings: dict[str, Any]) -> None:
    spec, panel = aged(settings)
    check, found, _, error = of(spec, panel)
    known = diagnostics_of(check, found, error)["residuals"]
    assert isinstance(check.engine, Balanced)
    weight = check.engine.weighted.weight
    own = check.frame.arm == 0
    if settings["design"] == "change":
        at = int(np.argmax(np.where(own, weight, 0)))
        unit = check.frame.names["person"][check.frame.codes["person"][at]]
        expected = {"value": weight[at] / weight[own].sum(), "unit": unit}
        assert known["largest_weight"]["control arm"] == pytest.approx(expected)
    assert len(known["largest_weight"]) == (2 if settings["design"] == "change" else 4)
    assert known["without_one_person"]["units"] == 80
    assert known["without_one_neighbourhood"]["change"]["in_std_errors"] != 0


def test_the_only_cluster_of_an_arm_cannot_be_left_out() -> None:
    spec, panel = aged(WEIGHTED[0])
    check, _, _, _ = of(spec, panel)
    codes = np.where(check.frame.arm == 1, 0, 1 + check.frame.codes["person"] % 3)
    frame = replace(check.frame, codes=check.frame.codes | {"neighbourhood": codes})
    left = examined(replace(check, frame=frame)).left_out[1]
    assert np.isnan(left.change[0]).all() and np.isfinite(left.change[1:]).all()


def test_a_person_alone_in_a_category_of_a_regression_is_counted_not_guessed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whose error would show 48% of its variance, and so be refused."""
    monkeypatch.setattr("cesp_analysis.models.lost_variance.HALF", 0.4)
    spec, panel = aged(WEIGHTED[5])
    one = (panel["unit"].astype("str") == "p002") & (panel["time"].astype("str") == "t1")
    both = one | (panel["arm"] == "intervention") & (panel["unit"].astype("str") < "p030")
    both |= (panel["time"].astype("str") == "t0") & (panel["unit"].astype("str") < "p020")
    check, found, _, _ = of(spec, panel.assign(age=both.astype(float)))
    alone = check.frame.names["person"].index("p002")
    left = found.left_out[0]
    assert np.isnan(left.change[left.codes == alone]).all()
    assert np.isfinite(left.change[left.codes != alone]).all()
    assert np.isnan(found.standardised).sum() == 1


def test_a_basis_too_large_to_hold_is_made_row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leverage and what is left without people or single rows: as from the whole basis."""
    rng = np.random.default_rng(8)
    person = np.repeat(np.arange(70), 3)
    x = np.column_stack([np.ones(210), rng.normal(size=(210, 4))])
    y, weight = rng.normal(size=210), rng.uniform(0.5, 2, 210)

    def looked_at() -> list[np.ndarray]:
        fit = least_squares(y, x, weight)
        units = np.arange(70), person
        people = without_units(fit, "person", *units, fit.residual_variance)
        return [leverage_of(fit), people.change, people.cook]

    whole = looked_at()
    monkeypatch.setattr("cesp_analysis.models.basis_rows.HELD", 0)
    monkeypatch.setattr("cesp_analysis.models.residuals_least_squares.ROWS", 50)
    for found, own in zip(looked_at(), whole, strict=True):
        assert found == pytest.approx(own, rel=1e-9, abs=1e-13)
