"""Kinds `glm` and `ordinal` where they have no answer: one reason in a row, never a number."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.models.glm_engine import MAX_STEPS, NotConverged, fit_glm
from cesp_analysis.models.glm_families import FAMILIES
from cesp_analysis.models.random_logit_fit import UnknownVariance, fit_random_logit
from cesp_analysis.models.separation import Separated, separating_direction
from cesp_analysis.models.two_sites import SAMPLING_ONLY
from small_panel import model, panel_of

LOGIT: dict[str, Any] = {"kind": "glm", "family": "binomial", "design": "cross_sections"}
COUNTS: dict[str, Any] = {"kind": "glm", "family": "poisson", "design": "panel"}
ORDERED: dict[str, Any] = {"kind": "ordinal", "design": "panel", "at_least": [2]}


def binary(people: int = 40) -> pd.DataFrame:
    """Some have it in each arm at each time."""
    panel = panel_of(people)
    return panel.assign(value=(panel["value"] > 20.5).astype(float))


def cell(panel: pd.DataFrame, arm: str, time: str) -> "pd.Series[bool]":
    """Which rows are of an arm at a time."""
    return (panel["arm"] == arm) & (panel["time"] == time)


def only_reason(panel: pd.DataFrame, status: str = "not_estimable", **settings: Any) -> str:
    """The reason that all rows share; none of them holds a number, all say what the line is."""
    rows = model(**settings).fit(panel).estimates
    assert {row.status for row in rows} == {status}
    assert all(
        row.estimate is None and row.std_error is None and row.ci_low is None for row in rows
    )
    assert not any(SAMPLING_ONLY in row.warnings for row in rows)  # there is no interval
    (reason,) = {row.reason for row in rows}
    return str(reason)


@pytest.mark.parametrize(("value", "words"), [(0.0, "none of the 20"), (1.0, "all of the 20")])
@pytest.mark.parametrize("design", ["cross_sections", "panel"])
def test_nobody_and_everybody(value: float, words: str, design: str) -> None:
    panel = binary()
    panel.loc[cell(panel, "control", "t1"), "value"] = value
    reason = only_reason(panel, **LOGIT | {"design": design})
    assert words in reason and "in the control arm at time 1" in reason
    assert f"({int(20 * value)} of 20)" in reason and "its standard error is not" in reason


def test_nobody_at_all() -> None:
    assert "none of the 20 records" in only_reason(binary().assign(value=0.0), **LOGIT)
    assert "all 20 records" in only_reason(binary().assign(value=0.0), **COUNTS)
    assert "the same value, 0" in only_reason(binary().assign(value=0.0), **ORDERED)


def test_few_events_are_warned_of() -> None:
    panel = binary(60)
    own = panel[cell(panel, "control", "t1")].index
    panel.loc[own, "value"] = 0.0
    panel.loc[own[:3], "value"] = 1.0
    (row,) = model(**LOGIT).fit(panel).estimates
    assert row.status == "estimated"
    assert any("only 3 records have it in the control arm at time 1" in w for w in row.warnings)
    panel.loc[own[:9], "value"] = 1.0
    (row,) = model(**LOGIT).fit(panel).estimates
    assert not any("only" in warning and "records" in warning for warning in row.warnings[1:])


def test_a_covariate_that_separates_is_named() -> None:
    panel = binary()
    panel["sex"] = pd.Categorical(np.where(np.arange(len(panel)) // 2 % 8 < 2, "other", "female"))
    panel.loc[panel["sex"] == "other", "value"] = 1.0
    reason = only_reason(panel, **LOGIT, covariates=["sex"])
    assert reason.startswith("sex[other]: 20 records are predicted without error")
    assert "put its rare categories together" in reason
    number = panel_of(40).assign(value=lambda d: (d["age"] > 40).astype(float))
    assert "age" in only_reason(number, **LOGIT, covariates=["age"])


def test_zero_counts_of_a_category_separate_too() -> None:
    panel = panel_of(40).assign(value=lambda d: np.round(d["value"]))
    panel["sex"] = pd.Categorical(np.where(np.arange(len(panel)) // 2 % 8 < 2, "other", "female"))
    panel.loc[panel["sex"] == "other", "value"] = 0.0
    assert "sex[other]" in only_reason(panel, **COUNTS, covariates=["sex"])


def test_an_ordinal_outcome_can_be_separated() -> None:
    panel = panel_of(40).assign(value=lambda d: np.clip(np.round((d["value"] - 14) / 3), 0, 4))
    panel.loc[panel["arm"] == "control", "value"] = 0.0
    panel.loc[panel["arm"] == "intervention", "value"] += 1.0
    reason = only_reason(panel, **ORDERED)
    assert reason.startswith("arm") and "some records are predicted without error" in reason


def test_the_linear_programme_is_right_about_separation() -> None:
    """Against what defines it: random small tables, each direction that could separate is tried."""
    rng = np.random.default_rng(5)
    seen = set()
    for _ in range(200):
        x = np.column_stack([np.ones(8), rng.integers(0, 2, (8, 2))]).astype(float)
        y = rng.integers(0, 2, 8)
        signed = np.where(y == 1, 1.0, -1.0)[:, None] * x
        # directions of a 3-column 0/1 design: small whole numbers are enough
        grid = np.array(np.meshgrid(*[np.arange(-3, 4)] * 3)).reshape(3, -1).T
        inner = signed @ grid.T
        separable = bool(((inner >= 0).all(axis=0) & (inner > 0).any(axis=0)).any())
        assert (separating_direction(signed) is not None) == separable
        seen.add(separable)
    assert seen == {True, False}


def test_the_engine_finds_separation_exactly_when_there_is_some() -> None:
    rng = np.random.default_rng(6)
    found = {True: 0, False: 0}
    for _ in range(60):
        x = np.column_stack([np.ones(30), rng.normal(size=(30, 2)), rng.integers(0, 2, 30)])
        y = (rng.random(30) < 1 / (1 + np.exp(-3 * x[:, 1] - 2 * x[:, 3]))).astype(float)
        if np.ptp(y) == 0:
            continue
        signed = np.where(y == 1, 1.0, -1.0)[:, None] * x
        separable = separating_direction(signed) is not None
        try:
            fit_glm(FAMILIES["binomial"], y, x)
            assert not separable
        except Separated:
            assert separable
        found[separable] += 1
    assert min(found.values()) > 3


def test_values_that_are_none_of_the_family() -> None:
    assert "takes 0 and 1" in only_reason(panel_of(), **LOGIT)
    negative = panel_of().assign(value=lambda d: np.round(d["value"] - 20))
    reason = only_reason(negative, **COUNTS)
    assert "values are below zero (the lowest" in reason and "kind did" in reason
    zeros = panel_of().assign(value=lambda d: np.clip(d["value"] - 18, 0, None))
    reason = only_reason(zeros, **COUNTS | {"family": "gamma"})
    assert "where a gamma has no density: write family: poisson" in reason
    rows = model(**COUNTS).fit(zeros).estimates
    assert {row.status for row in rows} == {"estimated"}
    assert "different values, and an ordinal model has" in only_reason(panel_of(), **ORDERED)


def test_a_cut_that_nobody_or_everybody_reaches() -> None:
    panel = panel_of(60).assign(value=lambda d: np.clip(np.round((d["value"] - 14) / 3), 1, 4))
    below, within, above, mean = model(**ORDERED | {"at_least": [1, 3, 9]}).fit(panel).estimates
    assert below.reason == "everybody has 1 or more, so there is no change to compare"
    assert above.reason == "nobody has 9 or more, so there is no change to compare"
    assert (within.status, mean.status) == ("estimated", "estimated")


@pytest.mark.parametrize("settings", [LOGIT, COUNTS, ORDERED])
def test_clusters_that_tell_nothing(settings: dict[str, Any]) -> None:
    panel = panel_of(60).assign(value=lambda d: (d["value"] > 21).astype(float))
    own = settings | ({"at_least": [1]} if settings is ORDERED else {})
    assert "the arm cannot be told apart" in only_reason(panel, "refused", **own, cluster="site")
    one = panel.assign(
        neighbourhood=panel["neighbourhood"].astype(str).where(panel["arm"] == "control", "n0")
    ).astype({"neighbourhood": "category"})
    reason = only_reason(one, "refused", **own, cluster="neighbourhood")
    assert "the intervention arm has one neighbourhood (n0)" in reason


@pytest.mark.parametrize("settings", [LOGIT, COUNTS, ORDERED | {"at_least": [1]}])
def test_columns_that_repeat_others_are_named(settings: dict[str, Any]) -> None:
    panel = binary().assign(twice=lambda d: 2 * d["age"] + 3)
    reason = only_reason(panel, **settings, covariates=["age", "twice"])
    assert reason.startswith("twice") and "can be computed from the other columns" in reason


def test_an_arm_without_anybody() -> None:
    panel = binary()
    panel.loc[cell(panel, "intervention", "t1"), "value"] = np.nan
    for settings in (LOGIT, COUNTS, ORDERED):
        assert "intervention arm holds nobody" in only_reason(panel, **settings)


def test_an_engine_that_does_not_converge_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    x = np.column_stack([np.ones(50), rng.normal(size=50)])
    monkeypatch.setattr("cesp_analysis.models.glm_engine.MAX_STEPS", 1)
    with pytest.raises(NotConverged, match="was not reached in"):
        fit_glm(FAMILIES["poisson"], rng.poisson(3.0, 50).astype(float), x)
    assert MAX_STEPS == 100


def test_immense_and_tiny_units() -> None:
    rng = np.random.default_rng(2)
    x = np.column_stack([np.ones(80), rng.normal(size=80)])
    y = rng.gamma(0.5, np.exp(2 * x[:, 1]))
    first = fit_glm(FAMILIES["poisson"], y, x)
    for unit in (1e-9, 1e9):
        for family in ("poisson", "gamma"):
            found = fit_glm(FAMILIES[family], y * unit, x)
            again = fit_glm(FAMILIES[family], y, x) if family == "gamma" else first
            assert found.coef[1] == pytest.approx(again.coef[1], rel=1e-8)


def test_time_observed_that_is_missing_or_zero() -> None:
    panel = panel_of(40).assign(value=lambda d: np.round(d["value"]))
    days = panel.assign(outcome="days", value=30.0)
    days.loc[days["unit"] == "p001", "value"] = 0.0
    days.loc[(days["unit"] == "p002") & (days["time"] == "t1"), "value"] = np.nan
    both = pd.concat([panel, days]).astype({"outcome": "category"})
    asked = model(**COUNTS)
    held = asked.study.outcomes["y"]
    outcomes = {"y": held, "days": held.model_copy(update={"label": "Days", "unit": "days"})}
    study = asked.study.model_copy(update={"outcomes": outcomes})
    rated = asked.model_copy(update={"exposure": "days", "per": 30.0, "study": study})
    none = days.assign(value=days["value"].where(~cell(days, "control", "t1"), 0.0))
    unseen = pd.concat([panel, none]).astype({"outcome": "category"})
    for design in ("cross_sections", "panel"):
        rows = rated.model_copy(update={"design": design}).fit(unseen).estimates
        assert {row.status for row in rows} == {"not_estimable"}
        assert all("the control arm holds nobody with" in str(row.reason) for row in rows)
    rows = rated.fit(both).estimates
    assert {row.n_units for row in rows} == {38}
    assert all("3 records without Days above 0 left out" in row.warnings for row in rows)
    assert rows[0].unit == "points per 30 days"


def test_groups_that_tell_no_variance_are_called_what_they_are() -> None:
    """A person's answers of whom all are the same; each of the ways by its own words."""
    panel = binary()
    first = panel.groupby("unit", observed=True)["value"].transform("first")
    own = LOGIT | {"random": ["person"], "cluster": "person"}
    assert only_reason(panel.assign(value=first), **own) == (
        "within every person all records have the same value: the variance between people cannot be"
        " told; leave out random"
    )
    y, x = np.array([0.0, 1, 0, 1, 1, 0]), np.arange(6.0)[:, None] % 3
    for group, words in (
        (np.zeros(6, int), "all records are in one ward, so that no variance between wards is"),
        (np.arange(6), "each ward holds just one record"),
        (y.astype(int), "within every ward all records have the same value"),
    ):
        with pytest.raises(UnknownVariance) as told:
            fit_random_logit(y, x, group, 1)
        assert told.value.told("ward", "wards") == words
