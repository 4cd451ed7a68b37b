"""The average of the effects at all later times: closed forms, what it needs, how it is called."""

from typing import Any

import numpy as np
import pytest
from pytest import approx
from scipy import stats

from cesp_analysis.models.two_sites import SAMPLING_ONLY
from small_panel import model, panel_of

WAYS: list[dict[str, Any]] = [
    {"kind": "did", "design": "unit_effects", "covariance": "CR2", "cluster": "person"},
    {"kind": "did", "design": "cross_sections", "covariance": "CR2", "cluster": "person"},
    {"kind": "mmrm"},
]


@pytest.mark.parametrize("settings", WAYS)
def test_complete_answers_are_the_t_test_on_each_persons_mean_change(settings: Any) -> None:
    """Person clusters: Welch's (CR2 of group means); equal variances (mmrm): Student's."""
    panel = panel_of(times=4)
    *rows, average = model(times=4, average=True, **settings).fit(panel).estimates
    table = panel.pivot(index="unit", columns="time", values="value")
    treated = panel.drop_duplicates("unit").set_index("unit")["arm"] == "intervention"
    change = (table.iloc[:, 1:].mean(axis=1) - table["t0"]).to_numpy()
    one, two = change[treated[table.index]], change[~treated[table.index]]
    test = stats.ttest_ind(one, two, equal_var=settings["kind"] == "mmrm")
    assert average.estimate == approx(np.mean([row.estimate for row in rows]), rel=1e-9)
    assert average.estimate / average.std_error == approx(test.statistic, rel=1e-8)
    assert (average.estimate_id, average.time) == ("m/y/average_of_times", None)
    assert average.estimand == "difference in mean change, average of later times"
    assert average.contrast == (
        "New − Usual, change from time 0 to the average of time 1, time 2 and time 3"
    )
    assert SAMPLING_ONLY in average.warnings
    assert [row.estimate_id for row in rows] == ["m/y/t1", "m/y/t2", "m/y/t3"]


def test_at_equal_baseline_it_is_the_regression_of_the_mean() -> None:
    panel = panel_of(times=3)
    asked = {"baseline": "covariate", "average": True}
    *_, average = model(kind="mmrm", times=3, **asked).fit(panel).estimates
    table = panel.pivot(index="unit", columns="time", values="value")
    treated = panel.drop_duplicates("unit").set_index("unit")["arm"] == "intervention"
    x = np.column_stack([np.ones(40), treated[table.index], table["t0"]]).astype(float)
    coef = np.linalg.lstsq(x, table[["t1", "t2"]].mean(axis=1).to_numpy(), rcond=None)[0]
    assert average.estimate == approx(coef[1], rel=1e-9)
    assert average.df == approx(37, rel=1e-8)
    when = "at the average of time 1 and time 2, at the same value at time 0"
    assert average.contrast.endswith(when)
    assert average.estimand.startswith("difference in means at equal baseline, average")


@pytest.mark.parametrize("settings", WAYS)
def test_it_needs_every_later_time(settings: Any) -> None:
    panel = panel_of(times=3)
    lost = (panel["time"] == "t2") & (panel["site"] == "north")
    panel["value"] = panel["value"].mask(lost)
    one, two, average = model(times=3, average=True, **settings).fit(panel).estimates
    assert [row.status for row in (one, two, average)] == [
        "estimated", "not_estimable", "not_estimable",
    ]  # fmt: skip
    assert average.reason == "the average needs estimates at time 2, which are not there"
    assert average.estimate is None


def test_where_its_parts_are_refused_it_is_refused_with_their_reason() -> None:
    site = {"kind": "did", "design": "cross_sections", "covariance": "CR2", "cluster": "site"}
    alike = {"kind": "mmrm", "constrained_baseline": True}
    for settings in (site, alike):
        asked = model(times=3, average=True, **settings)
        one, two, average = asked.fit(panel_of(times=3)).estimates
        assert [row.status for row in (one, two, average)] == ["refused"] * 3
        assert one.reason == two.reason == average.reason and average.estimate is None


@pytest.mark.parametrize("settings", WAYS)
def test_times_before_the_reference_and_a_single_one_make_none(settings: Any) -> None:
    panel = panel_of(times=4)
    asked = model(times=4, average=True, reference="t1", **settings)
    first, *later, average = asked.fit(panel).estimates
    assert average.contrast.endswith("to the average of time 2 and time 3")
    assert average.estimate == approx(np.mean([row.estimate for row in later]), rel=1e-9)
    assert first.estimate_id == "m/y/t0"
    (alone,) = model(average=True, **settings).fit(panel_of()).estimates
    assert alone.time == "t1"


def test_changes_one_time_at_a_time_have_none() -> None:
    asked = model(kind="did", design="change", average=True)
    assert [fault.partition(":")[0] for fault in asked.faults()] == ["average"]
    assert [row.time for row in asked.fit(panel_of()).estimates] == ["t1"]
    several = model(kind="did", design="change", times=3, average=True)
    assert [row.time for row in several.fit(panel_of(times=3)).estimates] == ["t1", "t2"]


@pytest.mark.parametrize("settings", WAYS)
@pytest.mark.parametrize("why", ["no file", "not asked"])
def test_it_is_over_the_times_that_are_asked_and_fed(settings: Any, why: str) -> None:
    """A time that was declared in advance, or at which the outcome is not asked, is not in it."""
    panel = panel_of(times=4)
    panel = panel[panel["time"] != "t3"]
    asked = model(times=4, average=True, **settings)
    study = asked.study
    outcome = study.outcomes["y"].model_copy(update={"times": ("t0", "t1", "t2")})
    changed = {"without_file": ("t3",)} if why == "no file" else {"outcomes": {"y": outcome}}
    asked = asked.model_copy(update={"study": study.model_copy(update=changed)})
    one, two, *absent, average = asked.fit(panel).estimates
    assert [row.status for row in absent] == (["not_estimable"] if why == "no file" else [])
    assert average.status == "estimated"
    assert average.contrast.endswith("to the average of time 1 and time 2")
    assert average.estimate == approx((one.estimate + two.estimate) / 2, rel=1e-9)


def test_without_an_estimate_it_counts_the_people_of_its_parts() -> None:
    """People seen once tell nothing of a change, whether the rows have an estimate or not."""
    panel = panel_of(times=3)
    once = panel["unit"].isin(panel["unit"].unique()[:4]) & (panel["time"] != "t0")
    heavy = panel["unit"] == panel["unit"].iloc[-1]
    panel = panel[~once].assign(weight=1.0 + 1e5 * heavy[~once])
    *rows, average = model(times=3, average=True, weighted=True, **WAYS[0]).fit(panel).estimates
    assert {row.status for row in (*rows, average)} == {"not_estimable"}
    assert "needs estimates" in str(average.reason)
    assert {(row.n_obs, row.n_units) for row in (*rows, average)} == {(108, 36)}
    gone = panel[(panel["time"] != "t2") | (panel["site"] == "south")]
    one, _, average = model(times=3, average=True, kind="mmrm").fit(gone).estimates
    assert (one.status, average.status) == ("estimated", "not_estimable")
    assert (average.n_obs, average.n_units) == (one.n_obs, one.n_units)
