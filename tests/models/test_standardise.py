"""The step `standardise`: which SD, what is left without one, and what the table keeps."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis import contracts
from cesp_analysis.models.effect_sizes import Spread, hedges_g, scaled
from cesp_analysis.models.standardise import standardise
from cesp_analysis.models.tables import GradesTable, Standardised
from cesp_analysis.models.two_sites import SAMPLING_ONLY
from cesp_analysis.schemas import Estimates, Panel
from small_panel import model, panel_of

OUTCOME = {"label": "Y", "variable": "y", "unit": "points", "direction": "higher_is_better"}


def made(folder: Path, panel: pd.DataFrame, fits: list[Any], **outcome: Any) -> pd.DataFrame:
    """The table of a study of one outcome; fits: models, each fitted to the panel."""
    spec = {
        "ci_level": 0.95,
        "arms": {"intervention": "New", "control": "Usual"},
        "sites": {"intervention": 1, "control": 1},
        "times": {
            "person": [{"name": f"t{t}", "label": f"time {t}", "position": t} for t in range(2)]
        },
        "outcomes": {"y": OUTCOME | outcome},
        "models": {name: {"before": ["t0"], "after": ["t1"]} for name in ("m", "b")},
    }
    contracts.write(panel, folder / "panel.parquet", Panel)
    table = pd.concat([fit.fit(panel).table() for fit in fits])
    contracts.write(table, folder / "estimates.csv", Estimates)
    out = folder / "standardised.csv"
    paths = (folder / "panel.parquet", folder / "estimates.csv", out, folder / "grades.csv")
    standardise(json.dumps(spec), *paths)
    table = contracts.read(out, Standardised).set_index("estimate_id")
    words = [name for name in table if table[name].dtype != float]
    return table.astype(dict.fromkeys(words, object)).fillna(dict.fromkeys(words, ""))


def by_hand(panel: pd.DataFrame) -> Spread:
    """The pooled SD at t0, by groupby."""
    first = panel[(panel["time"] == "t0") & panel["value"].notna()]
    parts = first.groupby("arm", observed=True)["value"].agg(["var", "count"])
    df = int((parts["count"] - 1).sum())
    return Spread(float(np.sqrt((parts["var"] * (parts["count"] - 1)).sum() / df)), df, df + 2)


def test_the_observed_difference_has_students_interval_of_two_groups(tmp_path: Path) -> None:
    panel = panel_of(14)
    panel.loc[panel["unit"] == "p003", "value"] = np.nan
    row = made(tmp_path, panel, [model(kind="did", design="change")]).loc["observed/y/t1"]
    own = panel[(panel["time"] == "t1") & panel["value"].notna()]
    one, two = (own.loc[own["arm"] == arm, "value"] for arm in ("intervention", "control"))
    assert (len(one), len(two)) == (6, 7)
    pooled = (5 * one.var(ddof=1) + 6 * two.var(ddof=1)) / 11
    half = 2.2009851600916 * np.sqrt(pooled * (1 / 6 + 1 / 7))  # t, 11 df
    gap = one.mean() - two.mean()
    assert (row["estimate"], row["ci_low"], row["ci_high"]) == approx((gap, gap - half, gap + half))


def test_every_estimate_is_divided_by_the_baseline_sd_of_all_who_answered_then(
    tmp_path: Path,
) -> None:
    panel = panel_of()
    panel.loc[(panel["unit"] == "p003") & (panel["time"] == "t1"), "value"] = np.nan
    fits = [model(kind="did", design="change"), model(kind="ancova")]
    fits[1] = fits[1].model_copy(update={"study": fits[1].study.model_copy(update={"model": "b"})})
    mid = {"value": 0.5, "source": "made up"}
    table = made(tmp_path, panel, fits, mid=mid)
    spread = by_hand(panel)
    for fit in fits:
        (row,) = fit.fit(panel).estimates
        found = table.loc[row.estimate_id]
        effect = scaled(row.estimate, row.ci_low, row.ci_high, spread, 0.95)
        expected = (effect.size, effect.low, effect.high)
        assert tuple(found[["effect", "effect_low", "effect_high"]]) == approx(expected, rel=1e-12)
        assert (found["sd"], found["sd_n"], found["sd_time"]) == (approx(spread.sd), 40, "t0")
        assert tuple(found[["estimate", "ci_low", "ci_high"]]) == (
            row.estimate,
            row.ci_low,
            row.ci_high,
        )
        assert found["reading"].startswith("The ") and "important" in found["reading"]
        assert (found["mid"], found["caution"], found["reason"]) == (0.5, SAMPLING_ONLY, "")


def test_the_interval_with_shocks_is_read_too(tmp_path: Path) -> None:
    """Beside the narrower one: here it holds zero and important differences either way."""
    panel, fit = panel_of(), model(kind="did", design="change")
    result = fit.fit(panel)
    wide = replace(result.estimates[0], ci_low_shock=-9.0, ci_high_shock=9.0)
    fits = [SimpleNamespace(fit=lambda panel: replace(result, estimates=(wide,)))]
    mid = {"value": 0.5, "source": "made up"}
    found = made(tmp_path, panel, fits, mid=mid).loc["m/y/t1"]
    assert tuple(found[["ci_low_shock", "ci_high_shock"]]) == (-9, 9)
    assert found["reading_shock"].endswith("includes zero and important differences either way.")
    assert found["reading"] != found["reading_shock"]
    plain = made(tmp_path, panel, [fit], mid=mid).loc["m/y/t1"]
    assert plain["reading"] == found["reading"] and plain["reading_shock"] == ""


def test_observed_differences_are_hedges_g_of_each_time(tmp_path: Path) -> None:
    panel = panel_of()
    table = made(tmp_path, panel, [model(kind="did", design="change")])
    for time in ("t0", "t1"):
        own = panel[panel["time"] == time]
        arms = [
            own.loc[own["arm"] == arm, "value"].to_numpy() for arm in ("intervention", "control")
        ]
        effect = hedges_g(*arms, 0.95)
        found = table.loc[f"observed/y/{time}"]
        assert effect is not None
        assert (found["effect"], found["effect_low"]) == (approx(effect.size), approx(effect.low))
        assert found["estimate"] == approx(arms[0].mean() - arms[1].mean())
        assert np.sign(found["ci_low"]) == np.sign(found["effect_low"])  # t and its noncentral
        assert (found["model"], found["reading"], found["caution"]) == ("", "", SAMPLING_ONLY)


def test_what_has_no_estimate_or_two_values_stays_without_sd_and_says_why(tmp_path: Path) -> None:
    panel = panel_of()
    refused = model(kind="did", design="change", covariance="CR2", cluster="site")
    row = made(tmp_path, panel, [refused]).loc["m/y/t1"]
    assert row["reason"] == "there is no estimate (refused)"
    assert np.isnan(row["effect"]) and np.isnan(row["sd"]) and row["reading"] == ""
    yes_no = panel.assign(value=(panel["value"] > 20).astype(float))
    table = made(
        tmp_path, yes_no, [model(kind="did", design="change")], mid={"value": 0.1, "source": "x"}
    )
    assert list(table.index) == ["m/y/t1"]  # and no observed differences in SDs
    assert "differences are of proportions" in table.loc["m/y/t1", "reason"]
    assert "interval" in table.loc["m/y/t1", "reading"]  # in the outcome's unit it can be read


def test_an_outcome_that_nobody_has_at_baseline_has_no_baseline_sd(tmp_path: Path) -> None:
    panel = panel_of()
    fit = model(kind="mixed", random=["neighbourhood"], times=2, effect="constant")
    fit = fit.model_copy(update={"times": ("t1",)})
    panel["value"] = panel["value"].mask(panel["time"] == "t0")
    table = made(tmp_path, panel, [fit])
    row = table.loc["m/y/t1"]
    assert row["estimate"] == row["estimate"] and np.isnan(row["effect"])
    assert row["reason"] == "an arm has fewer than two values at time 0, or they do not vary"
    assert "observed/y/t0" not in table.index and "observed/y/t1" in table.index


@pytest.mark.parametrize("estimand", ["ratio of means", None])
def test_only_differences_of_means_are_divided(tmp_path: Path, estimand: str | None) -> None:
    class Other:
        def fit(self, panel: pd.DataFrame) -> Any:
            fit = model(kind="did", design="change").fit(panel)
            other = [replace(row, estimand=estimand, unit="ratio") for row in fit.estimates]
            return replace(fit, estimates=tuple(other))

    mid = {"value": 0.5, "source": "x"}
    row = made(tmp_path, panel_of(), [Other()], mid=mid).loc["m/y/t1"]
    assert row["reason"].startswith("the estimate is no difference of means")
    assert row["reading"] == ""  # the important difference is in another unit


def test_a_slope_by_dose_is_not_divided(tmp_path: Path) -> None:
    fit = model(kind="did", design="change", dose="age", covariates=["age"])
    row = made(tmp_path, panel_of(), [fit], mid={"value": 0.5, "source": "x"}).loc["m/y/t1"]
    assert row["unit"].endswith("per unit of age") and np.isnan(row["effect"])
    assert row["reason"].startswith("the estimate is no difference of means")
    assert row["reading"] == ""


def test_a_study_without_estimates_has_an_empty_table(tmp_path: Path) -> None:
    panel = panel_of()
    alone = panel[panel["arm"] == "intervention"]
    contracts.write(alone, tmp_path / "panel.parquet", Panel)
    contracts.write(
        model(kind="did", design="change").fit(panel).table()[:0],
        tmp_path / "estimates.csv",
        Estimates,
    )
    spec = {"ci_level": 0.95, "arms": {"intervention": "New"}, "outcomes": {"y": OUTCOME}}
    spec |= {"times": {"person": [{"name": "t0", "label": "time 0", "position": 0}]}}
    names = ("panel.parquet", "estimates.csv", "standardised.csv", "grades.csv")
    panel_file, estimates, out, grades = (tmp_path / name for name in names)
    standardise(json.dumps(spec), panel_file, estimates, out, grades)
    assert contracts.read(out, Standardised).empty
    assert contracts.read(grades, GradesTable).empty
