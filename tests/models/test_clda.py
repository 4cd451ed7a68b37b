"""One baseline mean for both arms (`mmrm`, constrained_baseline): R, identities, refusals."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from reference_panels import R, btheb, own_panel
from small_panel import model, panel_of

NLME = 1e-4  # nlme stops where its criterion is level
TRIAL: dict[str, Any] = {
    "kind": "mmrm",
    "sites": False,
    "randomised": True,
    "constrained_baseline": True,
}


def test_beat_the_blues_as_nlme() -> None:
    fit = model(times=5, **TRIAL).fit(btheb())
    expected = R["constrained"]["btheb_unstructured"]
    effects = [name.startswith("x") for name in expected["names"]]
    estimate = np.array(expected["estimate"])[effects]
    assert [row.estimate for row in fit.estimates] == approx(list(estimate), rel=NLME)
    known = fit.diagnostics["y"]
    assert known["criterion"] == approx(expected["criterion"], rel=1e-7)
    for row, own in zip(fit.estimates, np.array(expected["std_error"])[effects], strict=True):
        assert known["std_error_unadjusted"][f"arm:time[{row.time}]"] == approx(own, rel=NLME)
        assert "one baseline mean for both arms" in row.method
        assert row.n_units == 100  # also those who never answered later
    assert "arm" not in known["coefficient"]
    means = {(mean.group, mean.time): mean.mean for mean in fit.means}
    assert means["intervention", "t0"] == approx(means["control", "t0"])


def test_compound_symmetry_as_pbkrtest() -> None:
    fit = model(times=4, structure="compound_symmetry", **TRIAL).fit(own_panel())
    expected = R["constrained"]["own_compound_symmetry"]
    rows = fit.estimates
    assert [row.estimate for row in rows] == approx(expected["estimate"], rel=1e-6)  # lme4's
    assert [row.std_error for row in rows] == approx(expected["std_error"], rel=1e-6)
    assert [row.df for row in rows] == approx(expected["df"], rel=1e-6)
    joint, known = expected["joint"], fit.diagnostics["y"]["joint_test"]
    assert known["f"] == approx(joint["f"], rel=1e-6)
    assert known["df_den"] == approx(joint["df_den"], rel=1e-6)


def test_complete_two_times_are_nearly_the_analysis_of_covariance() -> None:
    """Liang & Zeger (2000): the same estimate, by REML up to the variance's degrees of freedom."""
    panel = panel_of(people=200, sites=False)
    (row,) = model(**TRIAL).fit(panel).estimates
    (ancova,) = model(kind="ancova", sites=False, covariance="classical").fit(panel).estimates
    (change,) = model(kind="did", design="change", sites=False).fit(panel).estimates
    assert abs(change.estimate - ancova.estimate) > 0.01  # the baseline means do differ
    assert row.estimate == approx(ancova.estimate, rel=1e-9)
    assert row.std_error == approx(ancova.std_error, rel=0.02)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"sites": False}, "or declare study.randomised: true if people were randomised"),
        ({}, "elsewhere it counts a difference that was there before as an effect"),
        ({"randomised": True}, "but the arms are sites"),
        (
            {"randomised": True, "sites": False, "reference": "t1"},
            "one mean for both arms at time 1 was asked for, but time 0 comes before it",
        ),
    ],
)
def test_it_is_refused_where_chance_did_not_make_people_alike(settings: Any, reason: str) -> None:
    asked = model(kind="mmrm", times=3, constrained_baseline=True, **settings)
    fit = asked.fit(panel_of(times=3, sites=settings.get("sites", True)))
    for row in fit.estimates:
        assert (row.status, row.estimate, row.p_value) == ("refused", None, None)
        assert reason in row.reason
    assert fit.means == ()


def test_it_does_not_go_with_the_baseline_as_covariate() -> None:
    asked = model(baseline="covariate", **TRIAL)
    assert list(asked.faults()) == [
        "constrained_baseline: holds for baseline: outcome; remove one of them"
    ]


def test_people_who_answered_only_at_baseline_count() -> None:
    panel: pd.DataFrame = panel_of(sites=False)
    gone = (panel["time"] == "t1") & panel["unit"].isin(["p000", "p001"])
    (row,) = model(**TRIAL).fit(panel[~gone]).estimates
    assert (row.n_units, row.n_obs) == (40, 78)
