"""Groups without any spread: the row says that its interval is too narrow."""

from typing import Any

import pytest

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
