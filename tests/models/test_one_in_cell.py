"""An arm that holds one person (or respondent) at a time has no estimate then, of any kind."""

from typing import Any

import pandas as pd
import pytest

from cesp_analysis.models.alone import with_alone
from cesp_analysis.models.imputed import fitted_to
from cesp_analysis.models.residuals import examined
from small_panel import model, panel_of

NEAR = {"random": ["neighbourhood"]}
SURVEYS: list[dict[str, Any]] = [
    {"kind": "did", "design": "cross_sections"},
    {"kind": "did", "design": "cross_sections", "covariance": "classical", "average": True},
    {"kind": "did", "design": "cross_sections", "covariance": "CR2", "cluster": "neighbourhood"},
    {"kind": "mixed", **NEAR},
    {"kind": "glm", "family": "gamma", "design": "cross_sections", "cluster": "person"},
    {"kind": "dr_did", "design": "cross_sections", "covariates": ["age"]},
]
PANELS: list[dict[str, Any]] = [
    {"kind": "did", "design": "change"},
    {"kind": "ancova"},
    {"kind": "mixed", "random": ["person"]},
    {"kind": "mmrm"},
]


def with_one_control(time: str, respondents: bool, left: int = 1) -> pd.DataFrame:
    """Three times of 40 people; at one of them so many of the control arm answered."""
    panel = panel_of(times=3)
    own = panel[(panel["arm"] == "control") & (panel["time"] == time)].index[left:]
    panel = panel.assign(value=panel["value"].mask(panel.index.isin(own)))
    if respondents:
        unit = panel["unit"].astype(str) + panel["time"].astype(str)
        panel = panel.assign(unit=pd.Categorical(unit), level=pd.Categorical(["respondent"] * 120))
    return panel


@pytest.mark.parametrize("time", ["t0", "t1"])
@pytest.mark.parametrize("settings", [*SURVEYS, *PANELS], ids=lambda s: " ".join(map(str, s)))
def test_one_in_an_arm_at_a_time_is_no_estimate(settings: dict[str, Any], time: str) -> None:
    surveys = settings in SURVEYS
    spec = model(times=3, level="respondent" if surveys else "person", **settings)
    fitted = fitted_to(spec, with_one_control(time, surveys), None)
    rows = {row.time: row for row in fitted.estimates}
    lost = {"t1", "t2"} if time == "t0" else {"t1"}
    noun = "respondent" if surveys else "person"
    for name in ("t1", "t2"):
        assert (rows[name].status == "not_estimable") == (name in lost), rows[name].reason
        if name in lost:
            said = f"the control arm holds one {noun} with a value at time {time[1]}"
            assert rows[name].reason == said
            assert (rows[name].estimate, rows[name].ci_low, rows[name].method) == (None,) * 3
    if None in rows:
        assert rows[None].status == "not_estimable" and "needs estimates" in str(rows[None].reason)
    kept = {name for check in fitted.checks for name in check.contrasts}
    assert kept <= {row.estimate_id for row in fitted.estimates if row.status == "estimated"}
    two = fitted_to(spec, with_one_control(time, surveys, left=2), None)
    assert not any("holds one" in str(row.reason) for row in two.estimates)


@pytest.mark.parametrize("settings", [SURVEYS[1], SURVEYS[3]], ids=["classical", "mixed"])
def test_what_is_said_of_a_lone_record_names_no_covariate_that_is_not_there(
    settings: dict[str, Any],
) -> None:
    """Errors of one model for all hold the lone record's, as large as the others'."""
    spec = model(times=3, level="respondent", **settings)
    fitted = fitted_to(spec, with_one_control("t1", True), None)
    found = with_alone(
        fitted, [(one, examined(one).leverage) for one in fitted.checks], classical=True
    )
    (row,) = [row for row in found.estimates if row.time == "t2"]
    (told,) = [said for said in row.warnings if "alone determine" in said]
    assert told.endswith("and takes its error to be as large as that of the others")
