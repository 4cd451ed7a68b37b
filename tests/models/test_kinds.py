"""The model kinds through their specs: identities, refusals, what every row carries."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx
from scipy import stats

from cesp_analysis import contracts
from cesp_analysis.models.kinds import read_model
from cesp_analysis.models.two_sites import SAMPLING_ONLY
from cesp_analysis.schemas import Estimates, Panel

EXACT = 1e-11  # sums of a few hundred numbers in another order
SITES = [
    {"name": "north", "label": "North", "arm": "intervention"},
    {"name": "south", "label": "South", "arm": "control"},
]


def panel_of(people: int = 40, times: int = 2, seed: int = 1, sites: bool = True) -> pd.DataFrame:
    """A complete panel: half the people in each site, 4 neighbourhoods a site."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(people):
        treated = i % 2
        level = rng.normal(20, 3)
        for t in range(times):
            value = level + 0.5 * t + treated * t + rng.normal(0, 1 + treated)
            near = f"{'n' if treated else 's'}{i // 2 % 4}"
            rows.append((f"p{i:03}", treated, near, f"t{t}", value, 30.0 + i % 17))
    d = pd.DataFrame(rows, columns=["unit", "treated", "neighbourhood", "time", "value", "age"])
    d["site"] = np.where(d["treated"] == 1, "north", "south")
    d["arm"] = np.where(d["treated"] == 1, "intervention", "control")
    if not sites:
        d["site"] = None
    d = d.assign(study="s", level="person", outcome="y", weight=1.0, link_worker=None)
    for name in ("study", "level", "unit", "site", "arm", "neighbourhood", "link_worker", "time"):
        d[name] = pd.Categorical(d[name])
    d["outcome"] = pd.Categorical(d["outcome"])
    return d[[*Panel.columns(), "age"]]


def model(sites: bool = True, times: int = 2, **settings: Any) -> Any:
    """A resolved model of one outcome."""
    covariates = {
        name: {"label": name, "variable": name} for name in settings.get("covariates", [])
    }
    study = {
        "study": "s",
        "model": "m",
        "ci_level": 0.95,
        "arms": {"intervention": "New", "control": "Usual"},
        "sites": SITES if sites else [],
        "times": [{"name": f"t{t}", "label": f"time {t}", "position": t} for t in range(times)],
        "outcomes": {
            "y": {"label": "Y", "variable": "y", "unit": "points", "direction": "neither"}
        },
        "covariates": covariates,
    }
    return read_model(json.dumps({"outcomes": ["y"], "study": study} | settings))


def wide(panel: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """before, after, treated by person."""
    table = panel.pivot(index="unit", columns="time", values="value")
    treated = panel.drop_duplicates("unit").set_index("unit")["arm"] == "intervention"
    return table["t0"].to_numpy(), table["t1"].to_numpy(), treated[table.index].to_numpy()


def test_change_is_the_difference_of_mean_differences_with_welch() -> None:
    panel = panel_of()
    (row,) = model(kind="did", design="change", covariance="HC2").fit(panel).estimates
    before, after, treated = wide(panel)
    change = after - before
    welch = stats.ttest_ind(change[treated], change[~treated], equal_var=False)
    assert row.estimate == approx(change[treated].mean() - change[~treated].mean(), rel=EXACT)
    assert row.estimate / row.std_error == approx(welch.statistic, rel=EXACT)
    assert row.df == approx(welch.df, rel=EXACT)
    low, high = welch.confidence_interval(0.95)
    assert (row.ci_low, row.ci_high) == approx((low, high), rel=1e-9)  # scipy's t quantile
    assert row.p_value == approx(welch.pvalue, rel=1e-9)
    assert (row.n_obs, row.n_units, row.n_clusters) == (40, 40, 40)
    assert row.estimate_id == "m/y/t1"


def test_a_time_constant_covariate_enters_as_covariate_by_time() -> None:
    panel = panel_of()
    changed = model(kind="did", design="change", covariance="classical", covariates=["age"])
    absorbed = model(
        kind="did", design="unit_effects", covariance="CR1", cluster="person", covariates=["age"]
    )
    (one,), (two,) = changed.fit(panel).estimates, absorbed.fit(panel).estimates
    (bare,) = model(kind="did", design="change").fit(panel).estimates
    assert two.estimate == approx(one.estimate, rel=1e-9)  # methods: change ~ a + x
    assert abs(two.estimate - bare.estimate) > 1e-4  # and it is no silent no-op


def test_cross_sections_are_four_means() -> None:
    panel = panel_of()
    (row,) = model(kind="did", design="cross_sections", covariance="HC2").fit(panel).estimates
    before, after, treated = wide(panel)
    expected = (after[treated].mean() - before[treated].mean()) - (
        after[~treated].mean() - before[~treated].mean()
    )
    assert row.estimate == approx(expected, rel=1e-10)


def test_mixed_with_two_complete_times_is_the_t_test_on_change() -> None:
    panel = panel_of()
    fitted = model(kind="mixed", random=["person"]).fit(panel)
    (row,) = fitted.estimates
    before, after, treated = wide(panel)
    change = after - before
    test = stats.ttest_ind(change[treated], change[~treated])
    assert row.estimate == approx(change[treated].mean() - change[~treated].mean(), rel=1e-8)
    assert row.estimate / row.std_error == approx(test.statistic, rel=1e-6)
    assert row.df == approx(38, rel=1e-4)  # differenced Hessian
    cells = {(m.group, m.time): m.mean for m in fitted.means}
    assert cells["north", "t0"] == approx(before[treated].mean(), rel=1e-8)
    assert cells["south", "t1"] == approx(after[~treated].mean(), rel=1e-8)


@pytest.mark.parametrize(
    "settings",
    [
        {"kind": "did", "design": "change", "covariance": "CR2", "cluster": "site"},
        {"kind": "did", "design": "unit_effects", "covariance": "CR1", "cluster": "site"},
        {"kind": "did", "design": "cross_sections", "covariance": "CR2", "cluster": "site"},
        {"kind": "mixed", "random": ["person", "neighbourhood", "site"]},
    ],
)
def test_one_site_against_one_is_refused_at_site_level(settings: dict[str, Any]) -> None:
    (row,) = model(**settings).fit(panel_of()).estimates
    assert row.status == "refused"
    assert row.estimate is row.std_error is row.p_value is None
    assert "one site (north)" in row.reason
    assert "use neighbourhood instead" in row.reason


def test_clusters_that_nobody_has_are_refused() -> None:
    asked = model(kind="did", design="change", covariance="CR2", cluster="link_worker")
    (row,) = asked.fit(panel_of()).estimates
    assert row.status == "refused"
    assert "40 of 40 records have no link worker" in row.reason


def test_neighbourhood_clusters_carry_their_count_and_df() -> None:
    asked = model(kind="did", design="change", covariance="CR2", cluster="neighbourhood")
    (row,) = asked.fit(panel_of()).estimates
    assert (row.status, row.n_clusters, row.cluster_level) == ("estimated", 8, "neighbourhood")
    assert 0 < row.df <= 7
    assert "CR2" in row.method and "Satterthwaite" in row.method


@pytest.mark.parametrize(
    "settings",
    [
        {"kind": "did", "design": "change"},
        {"kind": "did", "design": "unit_effects", "covariance": "CR2", "cluster": "person"},
        {"kind": "did", "design": "cross_sections"},
        {"kind": "mixed", "random": ["person"]},
    ],
)
def test_every_estimate_of_one_site_against_one_says_what_its_interval_knows(
    settings: dict[str, Any],
) -> None:
    (two,) = model(**settings).fit(panel_of()).estimates
    assert SAMPLING_ONLY in two.warnings
    assert (two.n_sites_treated, two.n_sites_control) == (1, 1)
    (individual,) = model(sites=False, **settings).fit(panel_of(sites=False)).estimates
    assert SAMPLING_ONLY not in individual.warnings
    assert individual.n_sites_treated is None
    assert individual.estimate == approx(two.estimate, rel=1e-9)


def few(panel: pd.DataFrame, treated: int) -> pd.DataFrame:
    """Only so many treated people."""
    people = panel.loc[panel["arm"] == "intervention", "unit"].unique()
    return panel[~panel["unit"].isin(people[treated:])]


KINDS = [
    {"kind": "did", "design": "change"},
    {"kind": "did", "design": "cross_sections"},
    {"kind": "mixed", "random": ["person"]},
]


@pytest.mark.parametrize("settings", KINDS)
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: few(d, 1), "the intervention arm holds one person"),
        (lambda d: few(d, 0), "the intervention arm holds nobody"),
        (lambda d: d.assign(value=np.nan), "holds nobody"),
        (lambda d: d.assign(value=5.0), "not vary"),
    ],
)
def test_what_the_data_do_not_hold_is_said(settings: Any, change: Any, reason: str) -> None:
    (row,) = model(**settings).fit(change(panel_of())).estimates
    assert row.status == "not_estimable"
    assert reason in row.reason
    assert row.estimate is None and row.ci_low is None


@pytest.mark.parametrize("settings", KINDS)
def test_a_covariate_that_repeats_another_is_named(settings: Any) -> None:
    panel = panel_of().assign(twice=lambda d: 2 * d["age"] + 1)
    (row,) = model(**settings, covariates=["age", "twice"]).fit(panel).estimates
    assert row.status == "not_estimable"
    assert row.reason.startswith("twice: can be computed from the other columns")


def test_people_without_a_covariate_are_counted() -> None:
    panel = panel_of()
    panel.loc[panel["unit"].isin(["p000", "p001"]), "age"] = np.nan
    (row,) = model(kind="did", design="change", covariates=["age"]).fit(panel).estimates
    assert row.n_units == 38
    assert "2 units without a value of age left out" in row.warnings


@pytest.mark.parametrize("both", [True, False])
@pytest.mark.parametrize(
    "settings",
    [
        *KINDS,
        {"kind": "did", "design": "unit_effects", "covariance": "CR2", "cluster": "person"},
    ],
)
def test_a_time_without_answers_is_no_number_and_spoils_no_other(settings: Any, both: bool) -> None:
    panel = panel_of(times=3)
    lost = (panel["time"] == "t2") & (both | (panel["site"] == "north"))
    panel.loc[lost, "value"] = np.nan
    one, two = model(times=3, **settings).fit(panel).estimates
    assert (one.status, two.status) == ("estimated", "not_estimable")
    assert two.reason == "the intervention arm holds nobody with a value at time 2"
    (alone,) = model(**settings).fit(panel).estimates
    if both or settings["kind"] == "did":
        assert one.estimate == approx(alone.estimate, rel=1e-9)


def test_nobody_at_the_reference_time_leaves_nothing_to_estimate() -> None:
    panel = panel_of(times=3)
    panel.loc[(panel["time"] == "t0") & (panel["site"] == "south"), "value"] = np.nan
    for settings in KINDS:
        for row in model(times=3, **settings).fit(panel).estimates:
            assert row.reason == "the control arm holds nobody with a value at time 0"


@pytest.mark.parametrize("settings", KINDS)
@pytest.mark.parametrize("treated", [20, 1])
def test_estimates_keep_their_contract(settings: Any, treated: int, tmp_path: Path) -> None:
    """With an estimate and without one: what is written is what is read, column by column."""
    table = model(**settings).fit(few(panel_of(), treated)).table()
    path = tmp_path / "estimates.csv"
    contracts.write(table, path, Estimates)
    back = contracts.read(path, Estimates)
    assert (back["status"] == ("estimated" if treated > 1 else "not_estimable")).all()
    # dtypes are the contract's on the way back; blank text is blank, None or NaN before it
    expected = table[list(back.columns)].astype(object).fillna("").replace({None: ""})
    read = back.astype(object).fillna("")
    pd.testing.assert_frame_equal(read, expected, check_dtype=False, check_exact=True)


@pytest.mark.parametrize(
    ("settings", "counted"),
    [
        ({"kind": "did", "design": "change"}, (38, 38, 38, "person")),
        (
            {"kind": "did", "design": "change", "covariance": "CR2", "cluster": "neighbourhood"},
            (38, 38, 8, "neighbourhood"),
        ),
        (
            {"kind": "did", "design": "unit_effects", "covariance": "CR2", "cluster": "person"},
            (76, 38, 38, "person"),
        ),
        ({"kind": "mixed", "random": ["person"]}, (78, 40, 40, "person")),
        (
            {"kind": "mixed", "random": ["person", "neighbourhood"]},
            (78, 40, 8, "neighbourhood"),
        ),
    ],
)
def test_records_people_and_clusters_are_counted(settings: Any, counted: tuple[Any, ...]) -> None:
    """40 people, two of whom lack the second time: only `mixed` uses their first."""
    panel = panel_of()
    panel.loc[panel["unit"].isin(["p004", "p011"]) & (panel["time"] == "t1"), "value"] = np.nan
    (row,) = model(**settings).fit(panel).estimates
    assert (row.n_obs, row.n_units, row.n_clusters, row.cluster_level) == counted


def test_a_zero_variance_is_a_result_with_a_sentence() -> None:
    panel = panel_of(people=48, seed=3)
    table = panel.copy()
    table["value"] = np.random.default_rng(9).normal(size=len(table))
    for near in table["neighbourhood"].cat.categories:
        own = table["neighbourhood"] == near
        table.loc[own, "value"] -= table.loc[own, "value"].mean()
    (row,) = model(kind="mixed", random=["neighbourhood"]).fit(table).estimates
    assert row.status == "estimated"
    assert row.n_clusters == 8
    assert any("neighbourhoods is estimated as zero" in text for text in row.warnings)


def test_a_straight_line_in_time_is_read_from_the_reference_on() -> None:
    """Three times at 0, 1, 2; from time 1 to time 2 the effect is one slope, not two."""
    panel = panel_of(times=3)
    line = {"kind": "mixed", "random": ["person"], "time": "linear"}
    first, second = model(times=3, **line).fit(panel).estimates
    assert second.estimate == approx(2 * first.estimate, rel=1e-9)
    late = model(times=3, reference="t1", **line).fit(panel).estimates
    assert [row.time for row in late] == ["t0", "t2"]
    assert late[1].estimate == approx(first.estimate, rel=1e-9)
    assert late[0].estimate == approx(-first.estimate, rel=1e-9)


def test_people_who_answer_twice_in_cross_sections_are_mentioned() -> None:
    panel = panel_of()
    (row,) = model(kind="did", design="cross_sections", covariance="HC2").fit(panel).estimates
    assert any("40 records are of units that answered before" in text for text in row.warnings)
    clustered = {"covariance": "CR2", "cluster": "person"}
    (row,) = model(kind="did", design="cross_sections", **clustered).fit(panel).estimates
    assert not any("answered before" in text for text in row.warnings)


def test_three_sites_get_an_effect_for_each_site_and_a_common_arm_effect() -> None:
    """Two control sites: the estimate is the intervention site against both."""
    panel = panel_of(people=60)
    third = panel["unit"].astype(str).str[-1].isin(["0", "4", "8"])
    sites = [*SITES, {"name": "west", "label": "West", "arm": "control"}]
    panel["site"] = pd.Categorical(np.where(third, "west", panel["site"].astype(str)))
    asked = model(kind="did", design="cross_sections", covariance="classical")
    asked = asked.model_copy(update={"study": asked.study.model_copy(update={"sites": ()})})
    study = asked.study.model_dump() | {"sites": sites}
    spec = {"kind": "did", "design": "cross_sections", "outcomes": ["y"], "study": study}
    (row,) = read_model(json.dumps(spec)).fit(panel).estimates
    assert (row.n_sites_treated, row.n_sites_control) == (1, 2)
    assert row.status == "estimated" and SAMPLING_ONLY in row.warnings
