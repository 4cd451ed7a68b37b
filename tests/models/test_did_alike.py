"""Groups without any spread: the row says that its interval is too narrow."""

from typing import Any

import numpy as np
import pytest

import staggered
from small_panel import model, panel_of

SAID = "the standard error takes that for certain, so the interval is too narrow"


def test_a_change_that_nobody_of_an_arm_differs_in_is_told() -> None:
    panel = panel_of()
    control = panel["arm"] == "control"
    panel.loc[control, "value"] = 1.0
    (row,) = model(kind="did", design="change").fit(panel).estimates
    assert f"all 20 of the control arm have the same change (0): {SAID}" in row.warnings
    (row,) = model(kind="did", design="change").fit(panel_of()).estimates
    assert not [warning for warning in row.warnings if SAID in warning]


@pytest.mark.parametrize("time", ["t0", "t1"])
def test_a_share_of_nobody_is_told_with_its_time(time: str) -> None:
    panel = panel_of()
    panel["value"] = (panel["value"] > panel["value"].median()).astype(float)
    here = (panel["arm"] == "intervention") & (panel["time"] == time)
    panel.loc[here, "value"] = 0.0
    (row,) = model(kind="did", design="cross_sections").fit(panel).estimates
    told = [warning for warning in row.warnings if SAID in warning]
    label = {"t0": "time 0", "t1": "time 1"}[time]
    assert told == [f"all 20 of the intervention arm at {label} have the same value (0): {SAID}"]


KINDS = [
    {"kind": "did", "design": "change"},
    {"kind": "did", "design": "unit_effects", "covariance": "CR2", "cluster": "person"},
    {"kind": "weighted_did", "design": "change", "method": "entropy", "covariates": ["age"]},
    {"kind": "dr_did", "design": "change", "covariates": ["age"]},
    {"kind": "glm", "family": "poisson", "design": "panel"},
    {"kind": "ordinal", "design": "panel", "at_least": [20]},
    {"kind": "mixed", "random": ["person"]},
    {"kind": "mmrm"},
]


@pytest.mark.parametrize("settings", KINDS, ids=lambda s: " ".join(map(str, s.values())))
def test_each_kind_tells_of_an_arm_that_does_not_change(settings: dict[str, Any]) -> None:
    panel = panel_of()
    panel["value"] = panel["value"].clip(14, 26).round()
    for row in model(**settings).fit(panel).estimates:
        assert not [warning for warning in row.warnings if "have the same" in warning]
    control = panel["arm"] == "control"
    panel.loc[control, "value"] = 15.0 + panel.loc[control, "unit"].cat.codes % 8
    for row in model(**settings).fit(panel).estimates:
        assert row.status == "estimated"
        (told,) = [warning for warning in row.warnings if "have the same" in warning]
        assert told.startswith("all 20 of the control arm have the same change (0): ")
        assert told.endswith("so the interval is too narrow")


def test_ancova_tells_of_an_arm_without_spread_and_what_its_error_has_of_it() -> None:
    said = "so the interval can be too narrow"
    panel = panel_of()
    (row,) = model(kind="ancova").fit(panel).estimates
    assert not [warning for warning in row.warnings if said in warning]
    control = panel["arm"] == "control"
    panel.loc[control, "value"] = 15.0 + panel.loc[control, "unit"].cat.codes % 8
    (row,) = model(kind="ancova").fit(panel).estimates
    (told,) = [warning for warning in row.warnings if said in warning]
    assert told.startswith("all 20 of the control arm have the same change (0): ")
    later = control & (panel["time"] == "t1")
    panel.loc[later, "value"] = 3.0
    (row,) = model(kind="ancova").fit(panel).estimates
    (told,) = [warning for warning in row.warnings if said in warning]
    assert told.startswith("all 20 of the control arm at time 1 have the same value (3): ")


STARTS = {"a": 2, "b": 3, "c": 0}


@pytest.mark.parametrize("cluster", ["person", "neighbourhood"])
def test_group_time_tells_of_each_side_that_does_not_change(cluster: str) -> None:
    """In the rows that rest on it: of those who begin at time 2 between times 1 and 2 alone."""
    site = np.repeat(list(STARTS), 12)
    y = np.random.default_rng(3).normal(size=(36, 3))
    y[:12, 1] = y[:12, 0]
    panel = staggered.panel_of(y, site, STARTS)
    near = panel["unit"].astype(str).str[1:].astype(int) % 6
    panel["neighbourhood"] = panel["site"].astype(str) + near.astype(str)
    settings: dict[str, Any] = {"cluster": cluster, "effects": ["overall", "group_time"]}
    fitted = staggered.model(STARTS, 3, draws=199, **settings).fit(panel)
    rows = staggered.by_name(fitted.estimates)
    said = "all 12 people of sites that began by Time 2 have the same change (0) between Time 1 and"
    for name, row in rows.items():
        assert row.status == "estimated"
        told = [warning for warning in row.warnings if SAID in warning]
        assert told == ([f"{said} Time 2: {SAID}"] if name in ("", "from_t2/t2") else []), name


def test_group_time_tells_of_a_time_at_which_all_answer_alike() -> None:
    site = np.repeat(list(STARTS), 12)
    y = np.random.default_rng(3).normal(size=(36, 3))
    y[24:, 1] = 4.0
    panel = staggered.records_of(staggered.panel_of(y, site, STARTS))
    settings: dict[str, Any] = {"design": "cross_sections", "cluster": "person"}
    (row,) = staggered.model(STARTS, 3, effects=["overall"], draws=199, **settings).fit(
        panel
    ).estimates  # fmt: skip
    (told,) = [warning for warning in row.warnings if SAID in warning]
    whom = "all 12 records of those that never get the intervention"
    assert told == f"{whom} have the same value (4) at Time 2: {SAID}"
