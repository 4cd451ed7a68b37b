"""Published shocks beside the study's own sites: a warning where these spread more."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx
from scipy.stats import ttest_ind

from cesp_analysis.few_sites.ladder import rungs_of
from cesp_analysis.few_sites.own_sites import NARROWER, narrower, site_changes
from cesp_analysis.few_sites.prior import read_prior
from cesp_analysis.few_sites.shocks import augmented
from cesp_analysis.study.few_sites import FewSites
from small_panel import model, panel_of

TIMES = ("t0", "t1")


def several(sd: float, one: int = 4, other: int = 4, each: int = 30) -> tuple[pd.DataFrame, Any]:
    """A panel of so many sites, whose changes differ by shocks of this SD, and a model of it."""
    panel = panel_of(people=2 * each * max(one, other))
    number = panel["unit"].astype(str).str[1:].astype(int) // 2
    treated = panel["arm"] == "intervention"
    site = np.where(treated, number % one, 100 + number % other)
    shocks = np.random.default_rng(3).normal(0, sd, 200)
    panel["value"] += np.where(panel["time"] == "t1", shocks[site], 0.0)
    panel["site"] = pd.Categorical([f"s{code}" for code in site])
    spec = model(kind="did", design="change")
    places = [
        {"name": f"s{code}", "label": f"S{code}", "arm": arm}
        for arm, codes in (("intervention", range(one)), ("control", range(100, 100 + other)))
        for code in codes
    ]
    study = type(spec.study).model_validate(spec.study.model_dump() | {"sites": places})
    return panel, spec.model_copy(update={"study": study})


@pytest.mark.parametrize(("one", "other"), [(4, 4), (1, 12)])
def test_sites_that_spread_more_are_warned_of(one: int, other: int) -> None:
    """The t-test's limits by scipy; the warning is in the row, its rung too."""
    panel, spec = several(3.0, one, other)
    (row,) = augmented(spec.fit(panel).estimates, spec, panel, read_prior())
    (said,) = [text for text in row.warnings if text.startswith(NARROWER)]
    assert f"({one} against {other}; t-test of their unadjusted mean changes" in said
    wide = panel.pivot(index=["site", "arm", "unit"], columns="time", values="value").dropna()
    means = (wide["t1"] - wide["t0"]).groupby(["arm", "site"], observed=True).mean()
    if one > 1:
        test = ttest_ind(means["intervention"], means["control"]).confidence_interval()
        assert f"{test.low:.2f} to {test.high:.2f}".replace("-", "−") in said
    made, _ = rungs_of(row, spec, panel, read_prior(), FewSites(), 1, {})
    (mixture,) = [rung for rung in made if rung.rung == "shock_mixture"]
    assert mixture.warnings == (said,)


def test_sites_alike_or_alone_are_not() -> None:
    for panel, spec in (several(0.0, 6, 6), (panel_of(), model(kind="did", design="change"))):
        (row,) = augmented(spec.fit(panel).estimates, spec, panel, read_prior())
        assert row.ci_low_shock is not None
        assert not any(text.startswith(NARROWER) for text in row.warnings)


def test_other_respondents_each_time_and_nobody_at_one() -> None:
    """Sites' changes are those of their weighted means; a slope takes a part of the first off."""
    panel, _ = several(3.0)
    wave = panel.assign(unit=panel["unit"].astype(str) + panel["time"].astype(str))
    wave["weight"] = np.where(wave["value"] > 20, 2.0, 1.0)
    found = site_changes(wave, TIMES, 1)
    assert found is not None
    means = {
        key: np.average(part["value"], weights=part["weight"])
        for key, part in wave.groupby(["site", "time"], observed=True)
    }
    expected = [means[site, "t1"] - means[site, "t0"] for site in sorted(set(panel["site"]))]
    assert sorted(found.values) == approx(sorted(expected))
    part = site_changes(panel, TIMES, 0.5)
    whole = site_changes(panel, TIMES, 1.0)
    assert part is not None and whole is not None
    start = panel[panel["time"] == "t0"].groupby("site", observed=True)["value"].mean()
    assert np.sort(part.values - whole.values) == approx(np.sort(0.5 * start.to_numpy()))
    assert narrower(0.1, panel[panel["time"] == "t1"], TIMES, 1.0, 0.95) == ""
