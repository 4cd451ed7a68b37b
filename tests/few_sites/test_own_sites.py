"""Published shocks beside the study's own sites: a warning where these spread more."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx
from scipy.stats import ttest_ind

from cesp_analysis.declared.few_sites import FewSites
from cesp_analysis.declared.outcomes import Covariate
from cesp_analysis.few_sites.ladder import rungs_of
from cesp_analysis.models.own_sites import NARROWER, compares_units, narrower, site_changes
from cesp_analysis.models.prior import read_prior
from cesp_analysis.models.results import Estimate
from cesp_analysis.models.shocks import augmented
from small_panel import model, panel_of

TIMES = ("t0", "t1")
COVARIATES = {"age": Covariate(label="age", variable="age")}


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


def told(row: Estimate) -> str:
    """The warning of a row; blank if it has none."""
    return next((text for text in row.warnings if text.startswith(NARROWER)), "")


def shaken(panel: pd.DataFrame, spec: Any) -> Estimate:
    """The model's one row with its interval with shocks."""
    (row,) = augmented(spec.fit(panel).estimates, spec, panel, read_prior())
    assert row.status == "estimated" and row.ci_low_shock is not None
    return row


def by_site(values: pd.DataFrame, slope: float = 1.0) -> str:
    """Limits of scipy's t-test of what a table (arm, site; t0, t1) of sites' means holds."""
    means = values["t1"] - slope * values["t0"]
    test = ttest_ind(means["intervention"], means["control"]).confidence_interval()
    return f"{test.low:.2f} to {test.high:.2f}".replace("-", "−")


def means_of(panel: pd.DataFrame) -> pd.DataFrame:
    """Weighted means by arm and site, a column a time."""
    total = panel.assign(total=panel["value"] * panel["weight"])
    sums = total.groupby(["arm", "site", "time"], observed=True)[["total", "weight"]].sum()
    return (sums["total"] / sums["weight"]).unstack("time")


def surveyed() -> tuple[pd.DataFrame, Any]:
    """The sites as a survey sees them: other respondents in each wave."""
    panel, spec = several(6.0, each=60)
    panel["level"] = pd.Categorical(["respondent"] * len(panel))
    panel["unit"] = pd.Categorical(panel["unit"].astype(str) + panel["time"].astype(str))
    asked = {"kind": "did", "level": "respondent", "design": "cross_sections"}
    return panel, model(**asked).model_copy(update={"study": spec.study})


def restarted(panel: pd.DataFrame) -> pd.DataFrame:
    """Respondents numbered from 1 in each wave: the same number is another person."""
    names = panel["unit"].astype(str).to_numpy().copy()
    for time in TIMES:
        own = np.flatnonzero(panel["time"] == time)
        names[np.random.default_rng(5).permutation(own) if time == "t1" else own] = [
            str(n) for n in range(len(own))
        ]
    return panel.assign(unit=pd.Categorical(names))


def some_again(panel: pd.DataFrame) -> pd.DataFrame:
    """One respondent of each of two sites an arm answers in both waves."""
    names = panel["unit"].astype(str).to_numpy().copy()
    for site in ("s0", "s1", "s100", "s101"):
        early, late = (
            np.flatnonzero((panel["site"] == site) & (panel["time"] == time))[0] for time in TIMES
        )
        names[late] = names[early]
    return panel.assign(unit=pd.Categorical(names))


@pytest.mark.parametrize("named", [restarted, some_again])
def test_names_of_respondents_that_come_again_pair_nobody(
    named: Callable[[pd.DataFrame], pd.DataFrame],
) -> None:
    panel, spec = surveyed()
    said = told(shaken(panel, spec))
    assert "(4 against 4;" in said and by_site(means_of(panel)) in said
    assert told(shaken(named(panel), spec)) == said


def test_weighted_people_and_records_without_a_weight() -> None:
    """Records of weight 0 or none are as if they were not there, as they are to the model."""
    panel, spec = several(3.0)
    spec = spec.model_copy(update={"weighted": True})
    heavy = panel["unit"].astype(str) < "p060"
    panel["weight"] = np.where(heavy, 4.0, 0.5)
    said = told(shaken(panel, spec))
    assert by_site(means_of(panel)) in said  # everybody answered twice, with the same weight
    assert said != told(shaken(panel.assign(weight=1.0), spec))
    without = [panel["weight"].where(panel["unit"] != "p003", gone) for gone in (np.nan, 0.0)]
    left = shaken(panel[panel["unit"] != "p003"], spec)
    for weight in without:
        row = shaken(panel.assign(weight=weight), spec)
        assert (row.ci_low_shock, told(row)) == (left.ci_low_shock, told(left))
    wave, spec = surveyed()
    spec = spec.model_copy(update={"weighted": True})
    blank = wave.assign(weight=wave["weight"].where(np.arange(len(wave)) != 5))
    assert told(shaken(blank, spec)) == told(shaken(wave.drop(index=wave.index[5]), spec))


def test_it_speaks_up_exactly_where_the_sites_are_wider() -> None:
    panel, spec = several(3.0)
    row = shaken(panel, spec)
    changes = site_changes(panel, TIMES, 1.0, paired=True)
    assert changes is not None
    one, other = (changes.values[changes.treated == arm] for arm in (True, False))
    limits = ttest_ind(one, other).confidence_interval(row.ci_level)
    half = float(limits.high - limits.low) / 2
    for share, silent in ((1 + 1e-9, True), (1 - 1e-9, False)):  # of rounding: some 1e-15
        said = narrower(share * half, panel, TIMES, 1.0, row.ci_level, paired=True)
        assert (said == "") is silent


@pytest.mark.parametrize(
    ("asked", "paired"),
    [
        ({"kind": "did", "design": "change"}, True),
        ({"kind": "did", "design": "unit_effects"}, True),
        ({"kind": "did", "design": "cross_sections"}, False),
        ({"kind": "did", "design": "change", "level": "respondent"}, True),
        ({"kind": "glm", "family": "poisson", "design": "panel"}, True),
        ({"kind": "glm", "family": "poisson", "design": "cross_sections"}, False),
        ({"kind": "mixed", "random": ["person"]}, True),
        ({"kind": "mixed", "random": ["neighbourhood"]}, False),
        ({"kind": "mixed", "random": ["person"], "level": "respondent"}, False),
        ({"kind": "mmrm"}, True),
        ({"kind": "mmrm", "level": "respondent"}, False),
    ],
)
def test_units_are_compared_where_the_model_compares_them(
    asked: dict[str, Any], paired: bool
) -> None:
    spec = model(**asked)
    assert compares_units(spec, at_equal_baseline=False) is paired
    assert compares_units(spec, at_equal_baseline=True)


def test_the_slope_that_is_taken_off_is_the_model_s() -> None:
    panel, spec = several(3.0)
    spec = model(kind="ancova", covariates=["age"]).model_copy(
        update={"study": spec.study.model_copy(update={"covariates": COVARIATES})}
    )
    row = shaken(panel, spec)
    assert row.baseline_slope is not None
    assert f"less {row.baseline_slope:.3g} times the first, otherwise" in told(row)
    assert by_site(means_of(panel), row.baseline_slope) in told(row)


def test_sites_means_and_nobody_at_one_time() -> None:
    """Sites' changes are those of their weighted means; a slope takes a part of the first off."""
    panel, _ = several(3.0)
    panel["weight"] = np.where(panel["value"] > 20, 2.0, 1.0)
    found = site_changes(panel, TIMES, 1, paired=False)
    assert found is not None
    expected = means_of(panel)["t1"] - means_of(panel)["t0"]
    assert sorted(found.values) == approx(sorted(expected))
    panel["weight"] = 1.0
    part, whole = (site_changes(panel, TIMES, slope, paired=True) for slope in (0.5, 1.0))
    assert part is not None and whole is not None
    start = panel[panel["time"] == "t0"].groupby("site", observed=True)["value"].mean()
    assert np.sort(part.values - whole.values) == approx(np.sort(0.5 * start.to_numpy()))
    for paired in (True, False):
        assert narrower(0.1, panel[panel["time"] == "t1"], TIMES, 1.0, 0.95, paired) == ""
