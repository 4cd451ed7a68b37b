"""The model kinds through their specs: identities, refusals, what every row carries."""

import json
import re
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx
from scipy import stats

from cesp_analysis import contracts
from cesp_analysis.models.analysis_sets import in_set
from cesp_analysis.models.every_kind import ModelKind
from cesp_analysis.models.frame import WITHOUT_WEIGHT
from cesp_analysis.models.kinds import KINDS as KNOWN
from cesp_analysis.models.kinds import class_of, read_model
from cesp_analysis.models.results import Estimate
from cesp_analysis.models.spec import ModelSpec
from cesp_analysis.models.two_sites import CAUTIONS, ONE_SITE_ARM, SAMPLING_ONLY, SITES_APART
from cesp_analysis.schemas import Estimates, Panel
from small_panel import SITES, model, panel_of
from small_study import Study

EXACT = 1e-11  # sums of a few hundred numbers in another order


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


def test_a_covariate_of_a_mixed_model_enters_by_time_too() -> None:
    """Two complete times: the mixed model then is change ~ arm + age, as did's."""
    panel = panel_of()
    changed = model(kind="did", design="change", covariance="classical", covariates=["age"])
    mixed = model(kind="mixed", random=["person"], covariates=["age"])
    (one,), fitted_mixed = changed.fit(panel).estimates, mixed.fit(panel)
    (two,) = fitted_mixed.estimates
    assert (two.estimate, two.std_error) == approx((one.estimate, one.std_error), rel=1e-7)
    assert two.df == approx(one.df, rel=1e-4)  # differenced Hessian
    assert "adjusted for age × time" in two.method and "adjusted for age" in one.method
    cells = {(mean.group, mean.time): mean.mean for mean in fitted_mixed.means}
    change = {group: cells[group, "t1"] - cells[group, "t0"] for group in ("north", "south")}
    assert change["north"] - change["south"] == approx(two.estimate, rel=1e-7)


def test_only_those_left_out_of_an_estimate_are_counted() -> None:
    """One person without age never answers at t2: its estimate leaves out the other one only."""
    panel = panel_of(times=3)
    panel.loc[panel["unit"].isin(["p001", "p002"]), "age"] = np.nan
    panel.loc[(panel["unit"] == "p001") & (panel["time"] == "t2"), "value"] = np.nan
    asked = model(times=3, kind="did", design="change", covariates=["age"])
    first, second = asked.fit(panel).estimates
    assert "2 units without a value of age left out" in first.warnings
    assert "1 unit without a value of age left out" in second.warnings
    assert (first.n_obs, second.n_obs) == (38, 38)


@pytest.mark.parametrize(
    "kind",
    [
        {"kind": "did", "design": "change"},
        {"kind": "mixed", "random": ["person"]},
        {"kind": "mmrm"},
    ],
)
def test_a_time_at_which_an_outcome_is_not_asked_has_no_row(
    tmp_path: Path, kind: dict[str, Any]
) -> None:
    """Where it is asked and nobody answered, a row says so."""
    study = Study(tmp_path)
    study.config["times"]["late"] = {"label": "Late", "position": 12}
    study.config["models"] = {"did": kind | {"outcomes": ["score", "lonely"]}}
    study.config["outcomes"]["lonely"]["times"] = ["before", "after"]
    ran = study.run()
    assert ran.status == 0, ran.shown
    rows = [(row["outcome"], row["time"], row["status"]) for row in ran.estimates()]
    assert [row[:2] for row in rows] == [("score", "after"), ("score", "late"), ("lonely", "after")]
    assert rows[1][2] == "not_estimable"


def test_who_moved_counts_to_the_neighbourhood_of_the_reference_time() -> None:
    asked = model(kind="did", design="change", covariance="CR2", cluster="neighbourhood")
    panel = panel_of()
    (stayed,) = asked.fit(panel).estimates
    later = (panel["time"] == "t1") & (panel["unit"] == "p001")
    moved = panel.assign(neighbourhood=panel["neighbourhood"].astype(str).where(~later, "new"))
    (same,) = asked.fit(moved.astype({"neighbourhood": "category"})).estimates
    assert (same.std_error, same.df, same.n_clusters) == approx(
        (stayed.std_error, stayed.df, stayed.n_clusters), rel=1e-12
    )


def test_records_taken_as_independent_are_counted_as_such() -> None:
    (row,) = model(kind="did", design="cross_sections").fit(panel_of()).estimates
    assert (row.n_obs, row.n_units, row.n_clusters, row.cluster_level) == (80, 40, 80, "record")


def test_the_reason_for_a_late_covariate_is_told() -> None:
    asked = model(kind="did", design="change", covariates=["age"])
    late = {"measured": "t1", "post_baseline_reason": "age does not change"}
    covariates = {"age": asked.study.covariates["age"].model_copy(update=late)}
    study = asked.study.model_copy(update={"covariates": covariates})
    (row,) = asked.model_copy(update={"study": study}).fit(panel_of()).estimates
    assert any("declared reason: age does not change" in text for text in row.warnings)


def test_a_random_site_holds_what_happens_to_a_whole_site() -> None:
    panel, study = many_sites()
    constant = {"kind": "mixed", "effect": "constant"}
    assert SITES_APART not in fitted(panel, study, random=["site"], **constant).warnings
    assert SITES_APART in fitted(panel, study, random=["neighbourhood"], **constant).warnings


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
        {"kind": "mmrm"},
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
    {"kind": "mmrm"},
]


@pytest.mark.parametrize("settings", KINDS)
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: few(d, 1), "the intervention arm holds one person"),
        (lambda d: few(d, 0), "the intervention arm holds nobody"),
        (lambda d: d.assign(value=np.nan), "holds nobody"),
        (lambda d: d.assign(value=5.0), "not vary|nothing varies"),
    ],
)
def test_what_the_data_do_not_hold_is_said(settings: Any, change: Any, reason: str) -> None:
    (row,) = model(**settings).fit(change(panel_of())).estimates
    assert row.status == "not_estimable"
    assert re.search(reason, row.reason)
    assert row.estimate is None and row.ci_low is None


@pytest.mark.parametrize("settings", KINDS)
def test_a_covariate_that_repeats_another_is_named(settings: Any) -> None:
    panel = panel_of().assign(twice=lambda d: 2 * d["age"] + 1)
    (row,) = model(**settings, covariates=["age", "twice"]).fit(panel).estimates
    assert row.status == "not_estimable"
    assert re.match("twice(, twice:time.t1.)?: can be computed from the other columns", row.reason)


@pytest.mark.parametrize("settings", KINDS)
def test_a_covariate_that_is_the_same_for_everybody_is_told(settings: Any) -> None:
    panel = panel_of().assign(sex=pd.Categorical(["f"] * len(panel_of())))
    (row,) = model(**settings, covariates=["sex"]).fit(panel).estimates
    (plain,) = model(**settings).fit(panel).estimates
    assert row.estimate == plain.estimate
    assert "sex is the same for everybody and adjusts nothing" in row.warnings


def test_a_panel_as_pandas_reads_it_is_understood(tmp_path: Path) -> None:
    panel_of().astype({"unit": "str", "time": "str"}).to_parquet(tmp_path / "panel.parquet")
    (row,) = (
        model(kind="did", design="change")
        .fit(pd.read_parquet(tmp_path / "panel.parquet"))
        .estimates
    )
    (same,) = model(kind="did", design="change").fit(panel_of()).estimates
    assert row == same


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
    assert row.status == "estimated" and ONE_SITE_ARM in row.warnings


def many_sites(sites: int = 8, names_shared: bool = False) -> tuple[pd.DataFrame, Any]:
    """Respondents of two waves in 4 against 4 sites, 5 neighbourhoods each; and their study."""
    rng = np.random.default_rng(3)
    rows = []
    for s in range(sites):
        shock, treated = rng.normal(0, 0.5), s % 2
        for i in range(60):
            t = i % 2
            near = f"n{i // 2 % 5}" if names_shared else f"s{s}n{i // 2 % 5}"
            value = 10 + shock + t * (1 + treated) + rng.normal()
            rows.append(
                (f"s{s}p{i:02}", f"s{s}", treated, near, f"t{t}", value, rng.uniform(0.5, 3))
            )
    d = pd.DataFrame(
        rows, columns=["unit", "site", "treated", "neighbourhood", "time", "value", "weight"]
    )
    d["arm"] = np.where(d["treated"] == 1, "intervention", "control")
    d = d.assign(study="s", level="respondent", outcome="y", link_worker=None)
    coded = ("study", "level", "unit", "site", "arm", "neighbourhood", "link_worker", "time")
    d = d.astype(dict.fromkeys((*coded, "outcome"), "category"))
    named = [
        {"name": f"s{s}", "label": f"S{s}", "arm": ("control", "intervention")[s % 2]}
        for s in range(sites)
    ]
    study = model(kind="did", design="cross_sections").study.model_dump() | {"sites": named}
    return d[list(Panel.columns())], study


def fitted(panel: pd.DataFrame, study: Any, **settings: Any) -> Any:
    """The only estimate of a model of respondents."""
    spec = {"outcomes": ["y"], "study": study, "level": "respondent"} | settings
    (row,) = read_model(json.dumps(spec)).fit(panel).estimates
    return row


def test_several_sites_can_be_random_and_are_then_not_fixed() -> None:
    """Balanced: the change is within sites, so a random site costs and gives it nothing."""
    panel, study = many_sites()
    row = fitted(panel, study, kind="mixed", random=["site"])
    plain = fitted(panel, study, kind="did", design="cross_sections", covariance="classical")
    assert row.status == "estimated" and row.n_clusters == 8
    assert row.estimate == approx(plain.estimate, rel=1e-9)  # equal sums in another order
    assert SITES_APART in row.warnings and SITES_APART in plain.warnings


def test_weights_do_not_forbid_clusters_at_site() -> None:
    """By the dense formula, CR2 with these weights shows 99.9% of the variance: it is said."""
    panel, study = many_sites()
    how = {"kind": "did", "design": "cross_sections", "covariance": "CR2", "cluster": "site"}
    row = fitted(panel, study, weighted=True, **how)
    assert row.status == "estimated" and row.n_clusters == 8
    estimate, error, share = dense_cr2(panel)
    assert (row.estimate, row.std_error) == approx((estimate, error), rel=1e-9)  # 480 rows
    assert 0.99 < share < 1 and f"expected to show {share:.1%} of the variance" in row.method
    assert SITES_APART not in row.warnings


def dense_cr2(panel: pd.DataFrame) -> tuple[float, float, float]:
    """Bell & McCaffrey's CR2 by n × n matrices: estimate, SE, expected share of the variance."""
    sites = pd.get_dummies(panel["site"].astype(str)).to_numpy(float)
    later = (panel["time"] == "t1").to_numpy(float)
    treated = (panel["arm"] == "intervention").to_numpy(float)
    x = np.column_stack([sites, later, treated * later])
    w, y = panel["weight"].to_numpy(), panel["value"].to_numpy()
    bread = np.linalg.inv(x.T @ (w[:, None] * x))
    lead = (x * w[:, None]) @ bread[:, -1]
    coef = bread @ x.T @ (w * y)
    maker = np.eye(len(y)) - x @ bread @ (x * w[:, None]).T
    variance = expected = 0.0
    for site in panel["site"].unique():
        rows = (panel["site"] == site).to_numpy()
        spread = maker[rows] @ maker[rows].T
        values, vectors = np.linalg.eigh(spread)
        kept = values > 1e-9
        root = (vectors[:, kept] / np.sqrt(values[kept])) @ vectors[:, kept].T
        seen = root @ lead[rows]
        variance += float(seen @ (y - x @ coef)[rows]) ** 2
        expected += float(seen @ spread @ seen)
    return float(coef[-1]), variance**0.5, expected / float(lead @ lead)


def test_a_neighbourhoods_name_in_two_sites_means_two_of_them() -> None:
    how = {"kind": "did", "design": "cross_sections", "covariance": "CR2"}
    how |= {"cluster": "neighbourhood"}
    shared = fitted(*many_sites(names_shared=True), **how)
    apart = fitted(*many_sites(), **how)
    assert shared.n_clusters == apart.n_clusters == 40
    assert (shared.std_error, shared.df) == approx((apart.std_error, apart.df), rel=1e-12)


REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "several_sites.json").read_text(encoding="utf-8")
)
AT_SITE = {"kind": "did", "design": "cross_sections", "covariance": "CR2", "cluster": "site"}


@pytest.mark.parametrize(
    ("name", "settings", "tolerance"),
    [
        ("cr2_weighted", AT_SITE | {"weighted": True}, 1e-8),  # the CSV has 12 digits
        ("cr2", AT_SITE, 1e-8),
    ],
)
def test_several_sites_as_clubsandwich(name: str, settings: Any, tolerance: float) -> None:
    row, expected = fitted(*many_sites(), **settings), REFERENCE[name]
    found = {key: getattr(row, key) for key in ("estimate", "std_error", "df")}
    assert found == approx(expected, rel=tolerance)


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("random_site", {"random": ["site"]}),
        ("fixed_sites", {"random": ["neighbourhood"]}),
        ("constant", {"random": ["neighbourhood"], "effect": "constant"}),
    ],
)
def test_several_sites_as_lmertest_and_pbkrtest(name: str, settings: Any) -> None:
    """The last two have a variance of zero; lme4 stops at 1e-7."""
    known = fitted(*many_sites(), kind="mixed", df="satterthwaite", **settings)
    adjusted = fitted(*many_sites(), kind="mixed", **settings)
    expected = dict(REFERENCE[name])
    small = expected.pop("kenward_roger")
    found = {key: getattr(known, key) for key in ("estimate", "std_error", "df")}
    assert found == approx(expected, rel=1e-6)
    assert {key: getattr(adjusted, key) for key in small} == approx(small, rel=1e-6)
    assert adjusted.estimate == known.estimate
    assert "Kenward-Roger df and adjusted standard error (expected info" in adjusted.method
    assert "Satterthwaite df" in known.method


def test_both_df_stand_beside_a_variance_of_zero() -> None:
    panel, study = many_sites()
    asked = {"kind": "mixed", "random": ["neighbourhood"], "effect": "constant"}
    row = fitted(panel, study, **asked)
    (said,) = [text for text in row.warnings if "estimated as zero" in text]
    assert "Kenward-Roger df of 32 (expected information)" in said
    assert "estimated from 40 neighbourhoods" in said and "would be 471" in said
    for other in ({"df": "satterthwaite"}, {"information": "observed"}):
        row = fitted(panel, study, **asked, **other)
        (said,) = [text for text in row.warnings if "estimated as zero" in text]
        assert "the df of 471 treat that boundary as known" in said and "df of 32" in said
        assert row.df == approx(471, rel=1e-9)
    row = fitted(panel, study, **asked, method="ML")
    (said,) = [text for text in row.warnings if "estimated as zero" in text]
    assert "Satterthwaite df of 480 treat that boundary as known" in said


def test_kenward_roger_needs_reml_and_only_it_has_a_choice_of_information() -> None:
    (fault,) = model(kind="mixed", random=["person"], method="ML", df="kenward_roger").faults()
    assert fault.startswith("df: kenward_roger is defined for REML")
    asked = {"df": "satterthwaite", "information": "observed"}
    (fault,) = model(kind="mixed", random=["person"], **asked).faults()
    assert fault.startswith("information: ")
    assert not list(model(kind="mixed", random=["person"], method="ML").faults())
    assert model(kind="mixed", random=["person"], method="ML").rule() == "satterthwaite"


def test_predicted_means_have_the_same_rule_as_the_estimate() -> None:
    panel = panel_of()
    panel.loc[[3, 8, 21], "value"] = np.nan
    asked = {"kind": "mixed", "random": ["person", "neighbourhood"]}
    known = model(**asked, df="satterthwaite").fit(panel).means
    adjusted = model(**asked).fit(panel).means
    for one, other in zip(known, adjusted, strict=True):
        assert one.mean == other.mean
        assert one.df > other.df  # neighbourhoods hardly vary: Satterthwaite takes that as known


def test_that_sites_have_effects_is_said() -> None:
    said = "an effect for each site"
    assert said in fitted(*many_sites(), **AT_SITE).method
    mixed = {"kind": "mixed", "random": ["neighbourhood"]}
    assert said in fitted(*many_sites(), **mixed).method
    constant = fitted(*many_sites(), effect="constant", **mixed)
    assert "those of an arm weigh alike" in constant.method
    assert said not in fitted(*many_sites(), kind="mixed", random=["site"]).method
    (two,) = model(kind="mixed", random=["person"]).fit(panel_of()).estimates
    assert said not in two.method


def test_predicted_means_of_an_arms_sites_change_alike_and_say_so() -> None:
    panel, study = many_sites()
    spec = {"kind": "mixed", "random": ["neighbourhood"], "level": "respondent"}
    asked = read_model(json.dumps(spec | {"outcomes": ["y"], "study": study}))
    means = asked.fit(panel).means
    cells = {(mean.group, mean.time): mean.mean for mean in means}
    changes = [cells[f"s{s}", "t1"] - cells[f"s{s}", "t0"] for s in range(8)]
    assert changes[::2] == approx([changes[0]] * 4, rel=1e-9)  # the same sum in another order
    assert all("sites of an arm change alike" in mean.method for mean in means)


def test_records_of_weight_zero_are_left_out_and_counted() -> None:
    panel = panel_of()
    panel.loc[[0, 5, 9], "weight"] = 0.0
    panel.loc[7, "weight"] = np.nan
    asked = {"kind": "did", "design": "cross_sections", "covariance": "classical"}
    (row,) = model(weighted=True, **asked).fit(panel).estimates
    assert (row.n_obs, row.df) == (76, 72)
    assert {"3 records of weight 0 left out", f"1 record {WITHOUT_WEIGHT} left out"} <= set(
        row.warnings
    )
    (same,) = model(**asked).fit(panel.drop(index=[0, 5, 7, 9])).estimates
    assert (row.estimate, row.std_error) == approx((same.estimate, same.std_error), rel=EXACT)


@pytest.mark.parametrize("effect", ["by_time", "constant"])
def test_no_values_is_not_a_mistake_of_design(effect: str) -> None:
    asked = model(kind="mixed", random=["person", "neighbourhood"], effect=effect)
    (row,) = asked.fit(panel_of().assign(value=np.nan)).estimates
    assert row.status == "not_estimable" and "holds nobody" in row.reason
    assert row.n_obs == 0


def test_one_site_in_one_arm_is_refused_for_the_right_reason() -> None:
    """Four control sites do identify a variance; the intervention's only site has no part in it."""
    panel, study = many_sites()
    one = panel[panel["arm"].eq("control") | panel["site"].eq("s1")]
    kept = [site for site in study["sites"] if site["arm"] == "control" or site["name"] == "s1"]
    row = fitted(one, study | {"sites": kept}, kind="mixed", random=["site"], effect="constant")
    assert row.status == "refused"
    assert "the other arm alone would have to tell how much sites vary" in row.reason
    assert "not identified" not in row.reason


def test_a_refused_row_says_of_whom() -> None:
    (row,) = model(kind="mixed", random=["person", "site"]).fit(panel_of()).estimates
    assert (row.status, row.n_obs, row.n_units) == ("refused", 80, 40)


def test_kinds_say_themselves_what_others_ask_of_them() -> None:
    def those(name: str) -> set[str]:
        return {kind for kind in KNOWN if getattr(class_of(kind), name)}

    assert those("by_likelihood") == {"mixed", "mmrm"} and those("linear") == {"did", "ancova"}
    assert those("balances") == {"weighted_did", "dr_did"}


def test_a_new_kind_by_likelihood_is_taken_for_one() -> None:
    """People who lack a time leave the set `observed` of any kind that fits times together."""

    class Jointly(ModelSpec):
        by_likelihood = True

    panel = panel_of()
    lost = (panel["unit"] == "p003") & (panel["time"] == "t1")
    rows = panel[~lost]
    own = model(kind="did", design="change", analysis_set="observed")
    assert not own.times_together() and in_set(rows, own)[0].all()
    new = Jointly(kind="new", outcomes=("y",), analysis_set="observed", study=own.study)
    kept, said = in_set(rows, new)
    assert (~kept).sum() == 1 and "1 person without a value at each time left out" in said


@pytest.mark.parametrize("kind", KNOWN)
def test_every_kind_is_fitted_in_the_one_way(kind: str) -> None:
    """What holds for all kinds is in ModelKind.fit: a kind has a fit of its own beneath it."""
    own = class_of(kind)
    assert issubclass(own, ModelKind) and own.fit is ModelKind.fit
    assert own.own_fit is not ModelKind.own_fit


CHANGES: list[dict[str, Any]] = [
    {"kind": "did", "design": "change"},
    {"kind": "ancova"},
    {"kind": "weighted_did", "design": "change", "covariates": ["age"], "method": "entropy"},
    {"kind": "dr_did", "design": "change", "covariates": ["age"]},
    {"kind": "glm", "family": "gamma", "design": "panel"},
]


@pytest.mark.parametrize("settings", CHANGES, ids=lambda s: str(s["kind"]))
@pytest.mark.parametrize("left", [0, 1])
def test_n_of_a_row_without_an_estimate_is_of_what_it_would_rest_on(
    settings: dict[str, Any], left: int
) -> None:
    """Of three times 40 people: 20 changed in the other arm by t1, not 100 records of all times."""
    panel = panel_of(times=3)
    gone = panel[(panel["arm"] == "control") & (panel["time"] == "t1")].index[left:]
    panel = panel.assign(value=panel["value"].mask(panel.index.isin(gone)))
    rows = {row.estimate_id: row for row in model(times=3, **settings).fit(panel).estimates}
    lost, kept = rows["m/y/t1"], rows["m/y/t2"]
    assert (lost.status, kept.status) == ("not_estimable", "estimated")
    each = 2 if settings["kind"] == "glm" else 1  # its records: both of each person
    assert (kept.n_obs, kept.n_units) == (40 * each, 40)
    assert (lost.n_obs, lost.n_units) == ((20 + left) * each, 20 + left)


def test_a_row_without_an_estimate_blanks_each_field_that_an_estimate_fills() -> None:
    """Whatever of a full row is no name, setting, record count or warning is blank without it."""
    full = {field.name: 1 for field in fields(Estimate)} | {"warnings": ()}
    left = asdict(Estimate(**full).not_estimable("why"))  # type: ignore[arg-type]
    blank = {name for name, value in left.items() if value is None}
    numbers = {name for name in blank if name.startswith(("ci_", "n_"))}
    assert numbers == {
        *("ci_low", "ci_high", "ci_low_joint", "ci_high_joint", "ci_low_shock", "ci_high_shock"),
        "n_clusters",
    }
    assert blank - numbers == {
        *("estimate", "std_error", "df", "shock_prior", "baseline_slope", "p_value"),
        *("cluster_level", "method"),
    }


def test_a_row_without_an_interval_says_nothing_of_one() -> None:
    asked = {"kind": "did", "design": "change"}
    (row,) = model(**asked).fit(panel_of()).estimates
    assert row.status == "estimated" and SAMPLING_ONLY in row.warnings
    for without in (row.refused("why"), row.not_estimable("why")):
        assert not set(CAUTIONS) & set(without.warnings)
        held = (without.estimate, without.std_error, without.ci_low, without.ci_high, without.df)
        assert held == (None,) * 5 and without.n_obs == row.n_obs


def test_people_who_moved_nest_in_neighbourhoods_where_they_are_few() -> None:
    panel = panel_of()
    spec = model(kind="mixed", random=["person", "neighbourhood"])
    (still,) = spec.fit(panel).estimates
    near = panel["neighbourhood"].astype(str)
    late = (
        panel["time"] == "t2"
        if "t2" in set(panel["time"])
        else panel["time"] != panel["time"].iloc[0]
    )
    people = panel["unit"].unique()
    for number in (2, 3):  # of 40: 5%, and more
        away = late & panel["unit"].isin(people[:number])
        moved = panel.assign(neighbourhood=pd.Categorical(near.where(~away, "elsewhere")))
        (row,) = spec.fit(moved).estimates
        if number == 2:
            assert (row.estimate, row.std_error) == (still.estimate, still.std_error)
            (said,) = (one for one in row.warnings if "more than one neighbourhood" in one)
            assert said.startswith("2 of 40 people have records in more than one neighbourhood: ")
    (row,) = model(kind="mixed", random=["person", "neighbourhood"]).fit(moved).estimates
    assert row.status == "not_estimable"
    assert "3 people stand in more than one neighbourhood" in row.reason
    assert "where no more than 5% of people move, the first counts" in row.reason
    clustered = {"covariance": "CR1", "cluster": "neighbourhood"}
    (row,) = model(kind="did", design="unit_effects", **clustered).fit(moved).estimates
    assert row.status == "not_estimable" and "more than one cluster" in row.reason


def test_an_intercept_of_a_neighbourhood_does_not_hold_its_change() -> None:
    """Simulated in docs/validation.md: .84 to .88 of 95% intervals hold the truth then."""
    nested = model(kind="mixed", random=["person", "neighbourhood"])
    (row,) = nested.fit(panel_of()).estimates
    assert any("drops out of a change" in text for text in row.warnings)
    assert any("cluster: neighbourhood holds it" in text for text in row.warnings)
    (row,) = model(kind="mixed", random=["person"]).fit(panel_of()).estimates
    assert not any("drops out" in text for text in row.warnings)
    constant = model(kind="mixed", random=["person", "neighbourhood"], effect="constant")
    (row,) = constant.fit(panel_of()).estimates
    assert not any("drops out" in text for text in row.warnings)


def test_a_person_seen_once_is_told_from_one_seen_at_a_time_that_fell_out() -> None:
    panel = panel_of(times=3)
    gone = (panel["time"] == "t2") & (panel["arm"] == "intervention")
    panel.loc[gone, "value"] = np.nan
    panel.loc[(panel["unit"] == "p000") & (panel["time"] == "t1"), "value"] = np.nan
    asked = {"kind": "did", "design": "unit_effects", "covariance": "CR2", "cluster": "person"}
    first, second = model(times=3, **asked).fit(panel).estimates
    assert "1 person with a value at only one of these times left out" in first.warnings
    assert second.status == "not_estimable" and second.n_units == 40


@pytest.mark.parametrize("random", [[], ["neighbourhood"]])
def test_records_of_a_person_taken_as_independent_are_told(random: list[str]) -> None:
    (row,) = model(kind="mixed", random=random).fit(panel_of()).estimates
    assert any("put person first in random" in warning for warning in row.warnings)
    (fine,) = model(kind="mixed", random=["person", *random]).fit(panel_of()).estimates
    assert not any("put person first in random" in warning for warning in fine.warnings)


@pytest.mark.parametrize("kind", sorted(KNOWN))
def test_no_kind_gives_a_setting_of_all_models_another_meaning(kind: str) -> None:
    fields = class_of(kind).model_fields
    own = {"kind", "weighted"}  # mixed says of weights what they are there
    for name, field in ModelSpec.model_fields.items():
        if name not in own:
            assert (name, fields[name].annotation) == (name, field.annotation)
            assert fields[name].description == field.description
