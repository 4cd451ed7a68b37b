"""Kind `ancova`: closed forms, R, what each row says it assumes, refusals; and `did` as change."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytest import approx

from cesp_analysis import contracts
from cesp_analysis.models.baseline import COMMON_MEAN, STARTED_ALIKE
from cesp_analysis.models.two_sites import SAMPLING_ONLY
from cesp_analysis.schemas import Estimates
from reference_panels import MONTHS, R, btheb, people
from small_panel import model, panel_of

EXACT = 1e-11  # sums of a few hundred numbers in another order
DIGITS = 1e-9  # R's values are written with 12 digits


@pytest.mark.parametrize("covariance", ["classical", "HC2"])
@pytest.mark.parametrize("kind", ["ancova", "change"])
def test_beat_the_blues_as_r(kind: str, covariance: str) -> None:
    """Analysis of covariance, and the change with covariates (kind did, design change)."""
    settings = {"ancova": {"kind": "ancova"}, "change": {"kind": "did", "design": "change"}}[kind]
    asked = model(
        sites=False, times=5, covariance=covariance, covariates=["drug", "length"], **settings
    )
    fit = asked.fit(btheb())
    for month, row in zip(MONTHS, fit.estimates, strict=True):
        expected = R["btheb"][month][kind][covariance]
        assert row.estimate == approx(expected["estimate"], rel=DIGITS)
        assert row.std_error == approx(expected["std_error"], rel=DIGITS)
        assert row.df == approx(expected["df"], rel=DIGITS)
        assert (row.n_obs, row.n_units) == (R["btheb"][month]["n"],) * 2
        known = fit.diagnostics["y"][row.time]
        if kind == "ancova":
            slope = known["coefficient"]["(baseline)"]
            assert slope == approx(R["btheb"][month]["slope"], rel=DIGITS)
            change = R["btheb"][month]["change"]["classical"]["estimate"]
            assert known["difference_in_mean_change"] == approx(change, rel=DIGITS)


@pytest.mark.parametrize("covariance", ["CR1", "CR2"])
def test_clustered_as_clubsandwich(covariance: str) -> None:
    asked = model(kind="ancova", covariance=covariance, cluster="neighbourhood")
    (row,) = asked.fit(people()).estimates
    expected = R["clustered"][covariance]
    assert row.estimate == approx(expected["estimate"], rel=DIGITS)
    assert row.std_error == approx(expected["std_error"], rel=DIGITS)
    assert row.df == approx(expected["df"], rel=DIGITS)
    assert (row.cluster_level, row.n_clusters) == ("neighbourhood", 6)
    assert row.method.startswith(f"analysis of covariance (adjusted for baseline); {covariance} ")
    assert row.method.endswith("clusters: neighbourhood")


@pytest.mark.parametrize("covariates", [[], ["age"]])
def test_it_differs_from_the_change_by_the_slope_and_the_baseline_gap(
    covariates: list[str],
) -> None:
    """DiD - ANCOVA = (slope - 1) × gap, exactly, with covariates too; the row says the numbers."""
    panel = panel_of(times=3)
    fit = model(kind="ancova", times=3, covariates=covariates).fit(panel)
    changed = model(kind="did", design="change", times=3, covariates=covariates).fit(panel)
    for row, change in zip(fit.estimates, changed.estimates, strict=True):
        known = fit.diagnostics["y"][row.time]
        slope, gap = known["coefficient"]["(baseline)"], known["baseline_difference"]
        assert change.estimate - row.estimate == approx((slope - 1) * gap, rel=1e-9)
        assert known["difference_in_mean_change"] == approx(change.estimate, rel=EXACT)
        (numbers,) = (text for text in row.warnings if text.startswith("On the same people"))
        assert f"difference in mean change is {change.estimate:.2f}" in numbers
        assert f"= ({slope:.2f} − 1) × {gap:.2f}".replace("-", "−") in numbers
        assert ("adjusted baseline difference" in numbers) == bool(covariates)
        when = row.time.replace("t", "time ")
        assert row.contrast == f"New − Usual, at {when}, at the same value at time 0"


def test_equal_baseline_means_make_it_the_change() -> None:
    """Without a gap there is nothing to regress towards: the two estimates are one."""
    panel = panel_of()
    first = panel["time"] == "t0"
    centred = panel["value"] - panel[first].groupby("arm", observed=True)["value"].transform("mean")
    panel["value"] = panel["value"].mask(first, centred)
    (row,) = model(kind="ancova").fit(panel).estimates
    (change,) = model(kind="did", design="change").fit(panel).estimates
    assert row.estimate == approx(change.estimate, rel=1e-9)


def test_every_row_says_what_it_assumes_unless_chance_made_people_alike() -> None:
    panel = panel_of()
    (row,) = model(kind="ancova").fit(panel).estimates
    assert row.warnings[:3] == (SAMPLING_ONLY, STARTED_ALIKE, COMMON_MEAN)
    assert row.estimand == "difference in means at equal baseline"
    (lot,) = model(kind="ancova", randomised=True).fit(panel).estimates  # one site against one
    assert lot.warnings == row.warnings
    alone = {"sites": False, "kind": "ancova"}
    (unknown,) = model(**alone).fit(panel_of(sites=False)).estimates
    assert unknown.warnings[:2] == (STARTED_ALIKE, COMMON_MEAN)
    (trial,) = model(**alone, randomised=True).fit(panel_of(sites=False)).estimates
    assert trial.warnings == ()
    assert trial.estimate == approx(row.estimate, rel=EXACT)


def test_a_slope_of_one_or_more_makes_no_bracket() -> None:
    panel = panel_of()
    later = panel["time"] == "t1"
    first = panel.set_index(["unit", "time"])["value"].unstack()["t0"]
    steep = 2 * panel["unit"].astype(str).map(first).astype(float) + panel["value"] / 10
    (row,) = (
        model(kind="ancova").fit(panel.assign(value=panel["value"].mask(later, steep))).estimates
    )
    assert "not where the slope is 1 or more, as here" in row.warnings[-1]


def test_weights_and_who_moved_count_as_for_the_change() -> None:
    panel = panel_of()
    panel["weight"] = 1 + np.arange(len(panel)) % 3
    asked = {"covariance": "CR2", "cluster": "neighbourhood", "weighted": True}
    fit = model(kind="ancova", **asked).fit(panel)
    (change,) = model(kind="did", design="change", **asked).fit(panel).estimates
    known = fit.diagnostics["y"]["t1"]
    assert known["difference_in_mean_change"] == approx(change.estimate, rel=EXACT)
    assert "weighted, adjusted for baseline" in fit.estimates[0].method


@pytest.mark.parametrize(
    ("settings", "change", "status", "reason"),
    [
        (
            {"covariance": "CR2", "cluster": "site"},
            lambda d: d,
            "refused",
            "one site (north): the site and the arm cannot be told apart",
        ),
        ({"reference": "t1"}, lambda d: d, "refused", "time 0 lies before time 1"),
        (
            {},
            lambda d: d.assign(value=d["value"].mask(d["time"] == "t0", 5.0)),
            "not_estimable",
            "everybody has the same value at time 0",
        ),
        (
            {},
            lambda d: d.assign(value=d["value"].mask((d["time"] == "t0") & (d["site"] == "north"))),
            "not_estimable",
            "the intervention arm holds nobody with a value at time 0",
        ),
        (
            {},
            lambda d: d[(d["time"] == "t0") == d["unit"].isin(d["unit"].unique()[:20])],
            "not_estimable",
            "holds nobody with the answers this needs",
        ),
    ],
)
def test_what_has_no_answer_is_said(
    settings: Any, change: Any, status: str, reason: str, tmp_path: Path
) -> None:
    fit = model(kind="ancova", **settings).fit(change(panel_of()))
    (row,) = fit.estimates
    assert (row.status, row.estimate) == (status, None)
    assert reason in row.reason
    contracts.write(fit.table(), tmp_path / "estimates.csv", Estimates)
