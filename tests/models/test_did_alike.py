"""Groups without any spread: the row says that its interval is too narrow."""

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
