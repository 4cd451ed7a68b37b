"""Weights of the panel that few records carry are told, whatever the kind."""

from typing import Any

import pandas as pd
import pytest

from small_panel import model, panel_of

SAID = "of the weight: few people decide this estimate"
CONTROLS = ("control arm", "those that never get the intervention")
KINDS = [
    {"kind": "did", "design": "change"},
    {"kind": "did", "design": "cross_sections"},
    {"kind": "did", "design": "unit_effects", "covariance": "CR2", "cluster": "person"},
    {"kind": "ancova"},
    {"kind": "glm", "family": "poisson", "design": "panel"},
    {"kind": "glm", "family": "poisson", "design": "cross_sections"},
    {"kind": "ordinal", "design": "panel", "at_least": [20]},
    {"kind": "mixed", "random": ["person"]},
    {"kind": "weighted_did", "design": "change", "method": "entropy", "covariates": ["age"]},
    {"kind": "dr_did", "design": "change", "covariates": ["age"]},
    {"kind": "group_time", "design": "panel", "cluster": "person"},
    {"kind": "group_time", "design": "cross_sections", "cluster": "person"},
]


def weighing() -> pd.DataFrame:
    """20 people an arm; one control has a weight of 19, the others of 1."""
    panel = panel_of()
    panel["value"] = panel["value"].clip(14, 26).round()
    first = panel.loc[panel["arm"] == "control", "unit"].iloc[0]
    return panel.assign(weight=1.0 + 18.0 * (panel["unit"] == first))


@pytest.mark.parametrize("settings", KINDS, ids=lambda s: " ".join(map(str, s.values())))
def test_a_record_that_carries_an_arms_weight_is_told(settings: dict[str, Any]) -> None:
    for row in model(weighted=True, **settings).fit(weighing()).estimates:
        told = [warning for warning in row.warnings if SAID in warning]
        assert row.status == "estimated" and told
        assert len(told) == len(set(told)) <= 2 and told[0].startswith(CONTROLS)
    if "weight" in settings["kind"] or settings["kind"] == "dr_did":
        return
    # 19 of 38; sum of squares 19 ** 2 + 19 of a sum of 38: 1444 / 380 records.
    assert "the 20 records are worth 3.8 equally weighted ones, and one carries 50%" in told[0]
    for row in model(**settings).fit(weighing()).estimates:
        assert not any(SAID in warning for warning in row.warnings)
    even = weighing().assign(weight=1.0)
    for row in model(weighted=True, **settings).fit(even).estimates:
        assert not any(SAID in warning for warning in row.warnings)
