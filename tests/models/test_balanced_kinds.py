"""Model kinds `weighted_did` and `dr_did`: what rows say, bad input, balance in tables."""

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx
from scipy import stats

from cesp_analysis import contracts
from cesp_analysis.models.balance import Group, balance_of
from cesp_analysis.models.balance_table import balance
from cesp_analysis.models.results import Estimate
from cesp_analysis.models.tables import Balance, GroupWeights
from cesp_analysis.models.two_sites import SAMPLING_ONLY
from cesp_analysis.models.weighting_words import BALANCED
from cesp_analysis.schemas import Estimates
from cesp_analysis.whole_files import write_json
from small_panel import model, panel_of
from small_study import Study

SETTINGS: list[dict[str, Any]] = [
    {"kind": "dr_did", "design": "change"},
    {"kind": "dr_did", "design": "cross_sections"},
    {"kind": "weighted_did", "design": "change", "method": "entropy"},
    {"kind": "weighted_did", "design": "change", "method": "overlap"},
    {"kind": "weighted_did", "design": "change", "method": "propensity"},
    {
        "kind": "weighted_did",
        "design": "change",
        "method": "propensity",
        "target_population": "ate",
    },
    {"kind": "weighted_did", "design": "cross_sections", "method": "entropy"},
    {"kind": "weighted_did", "design": "cross_sections", "method": "propensity"},
]
every = pytest.mark.parametrize("settings", SETTINGS, ids=lambda s: " ".join(s.values()))
EXACT = 1e-10


def row_of(panel: pd.DataFrame, **settings: Any) -> Estimate:
    """The one estimate of a model that balances age (or what is named)."""
    asked = model(**({"covariates": ["age"]} | settings))
    (row,) = asked.fit(panel).estimates
    assert isinstance(row, Estimate)
    return row


def aged(people: int = 80, seed: int = 1) -> pd.DataFrame:
    """A panel whose arms differ in age, and whose people change with it."""
    panel = panel_of(people, seed=seed)
    rng = np.random.default_rng(seed)
    ages = pd.Series(rng.normal(50, 10, people), index=panel["unit"].cat.categories)
    age = panel["unit"].astype(str).map(ages) + 5 * (panel["arm"] == "intervention")
    later = (panel["time"] == "t1").astype(float)
    return panel.assign(age=age, value=panel["value"] + later * 0.1 * (age - 50))


# ---- what every row says


@every
def test_every_estimate_says_what_balance_does_not_do(settings: dict[str, Any]) -> None:
    row = row_of(aged(), **settings)
    assert row.status == "estimated" and row.estimand is not None and row.method is not None
    assert SAMPLING_ONLY in row.warnings and BALANCED in row.warnings
    assert "does not remove a site shock" in BALANCED
    assert (row.n_sites_treated, row.n_sites_control) == (1, 1)
    target = {"ate": "ATE"}.get(settings.get("target_population", ""), "ATT")
    target = "ATO" if settings.get("method") == "overlap" else target
    assert f"({target})" in row.estimand and f"({target});" in row.method
    assert "age" in row.method and "influence-function standard error" in row.method
    records = settings["design"] == "cross_sections"
    assert (row.n_obs, row.n_units) == (160 if records else 80, 80)
    assert row.cluster_level == ("record" if records else "person")
    individual = row_of(
        aged().assign(site=pd.Categorical([None] * 160)), **({"sites": False} | settings)
    )
    assert BALANCED not in individual.warnings and individual.estimate == approx(row.estimate)


@every
def test_the_table_of_estimates_holds_them(settings: dict[str, Any], tmp_path: Path) -> None:
    table = model(covariates=["age"], **settings).fit(aged()).table()
    contracts.write(table, tmp_path / "estimates.csv", Estimates)
    assert list(table["estimate_id"]) == ["m/y/t1"]


@pytest.mark.parametrize(
    "kind", [{"kind": "dr_did"}, {"kind": "weighted_did", "method": "entropy"}]
)
def test_without_covariates_a_change_is_that_of_kind_did(kind: dict[str, str]) -> None:
    panel = aged()
    one = row_of(panel, design="change", covariates=[], **kind)
    (two,) = model(kind="did", design="change", covariance="HC2").fit(panel).estimates
    assert (one.estimate, one.std_error, one.df) == approx(
        (two.estimate, two.std_error, two.df), rel=EXACT
    )


def test_neighbourhoods_are_clusters_with_their_count_and_df() -> None:
    panel = aged()
    row = row_of(panel, kind="dr_did", design="change", cluster="neighbourhood")
    assert (row.n_clusters, row.cluster_level) == (8, "neighbourhood")
    assert row.df is not None and 2 < row.df < 8
    assert row.method is not None and row.method.endswith("clusters: neighbourhood")
    bare = row_of(panel, kind="dr_did", design="change", cluster="neighbourhood", covariates=[])
    wide = panel.pivot(index="unit", columns="time", values="value")
    change = (wide["t1"] - wide["t0"]).rename("change")
    near = panel.drop_duplicates("unit").set_index("unit")["neighbourhood"].astype(str)
    means = change.groupby(near).mean()
    north = means.index.str.startswith("n")
    welch = stats.ttest_ind(means[north], means[~north], equal_var=False)
    assert bare.estimate / bare.std_error == approx(welch.statistic, rel=EXACT)  # type: ignore[operator]
    assert bare.df == approx(welch.df, rel=EXACT)


def test_records_of_one_person_in_cross_sections_are_told_or_clustered() -> None:
    alone = row_of(aged(), kind="dr_did", design="cross_sections")
    assert any("are of units that answered before" in said for said in alone.warnings)
    held = row_of(aged(), kind="dr_did", design="cross_sections", cluster="person")
    assert held.n_clusters == 80 and held.std_error < alone.std_error  # type: ignore[operator]
    assert not any("answered before" in said for said in held.warnings)


def test_weights_of_the_panel_enter_only_if_asked() -> None:
    panel = aged()
    heavy = panel.assign(weight=1.0 + panel["unit"].cat.codes.to_numpy() % 3)
    settings = {"kind": "dr_did", "design": "change"}
    plain, weighted = row_of(heavy, **settings), row_of(heavy, weighted=True, **settings)
    assert plain.estimate == approx(row_of(panel, **settings).estimate, rel=EXACT)
    assert weighted.method is not None and "weighted" in weighted.method
    assert abs(weighted.estimate - plain.estimate) > 1e-3  # type: ignore[operator]


def test_variances_are_balanced_if_asked() -> None:
    settings = {"kind": "weighted_did", "design": "change", "method": "entropy"}
    found = model(covariates=["age"], balance="means_and_variances", **settings).fit(aged())
    made = found.diagnostics["y"]["t1"]["balance"]["intervention arm / control arm"]
    assert made["age squared"]["difference_after"] == approx(0, abs=1e-9)
    # Both moments are equal; the factors n / (n - 1) of the two variances are not quite.
    assert made["age"]["ratio_after"] == approx(1, abs=0.05)
    assert abs(made["age"]["ratio_before"] - 1) > 0.05


# ---- settings that do not fit together


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            {"method": "overlap", "target_population": "att"},
            "target_population: overlap is for the overlap alone",
        ),
        (
            {"method": "entropy", "target_population": "ate"},
            "target_population: entropy is for the intervention",
        ),
        ({"method": "overlap", "balance": "means_and_variances"}, "balance: goes with"),
        ({"method": "overlap", "design": "cross_sections"}, "design: cross_sections are weighted"),
        (
            {"method": "propensity", "target_population": "ate", "design": "cross_sections"},
            "design: cross_sections are weighted",
        ),
        ({"method": "entropy", "covariates": []}, "covariates: name those to balance"),
    ],
)
def test_settings_that_do_not_fit_together_are_named(settings: dict[str, Any], said: str) -> None:
    asked = {"kind": "weighted_did", "design": "change", "covariates": ["age"]} | settings
    (fault,) = model(**asked).faults()
    assert fault.startswith(said)


@every
def test_settings_that_fit_together_have_no_fault(settings: dict[str, Any]) -> None:
    assert list(model(covariates=["age"], **settings).faults()) == []


def test_nothing_to_adjust_for_is_a_fault() -> None:
    (fault,) = model(kind="dr_did", design="change").faults()
    assert fault.startswith("covariates: name those to adjust for")


# ---- bad input: a reason instead of a number


@every
def test_one_site_against_one_is_refused_as_clusters(settings: dict[str, Any]) -> None:
    row = row_of(aged(), cluster="site", **settings)
    assert row.status == "refused" and row.estimate is row.std_error is None
    assert row.reason is not None and "one site (north)" in row.reason


@every
def test_one_neighbourhood_in_an_arm_is_refused(settings: dict[str, Any]) -> None:
    panel = aged()
    one = panel["neighbourhood"].astype(str).where(panel["arm"] == "control", "n0")
    row = row_of(panel.assign(neighbourhood=one.astype("category")), **settings | {
        "cluster": "neighbourhood"})  # fmt: skip
    assert row.status == "refused" and row.reason is not None
    assert "one neighbourhood (n0)" in row.reason


@every
def test_a_covariate_that_parts_the_arms_is_named_with_its_ranges(settings: dict[str, Any]) -> None:
    panel = aged()
    apart = panel.assign(age=panel["age"] % 10 + 20 * (panel["arm"] == "intervention"))
    row = row_of(apart, **settings)
    assert row.status == "not_estimable" and row.estimate is None and row.reason is not None
    assert row.reason.startswith("age ") and "control arm" in row.reason
    assert re.search(r"\(2\d\.\d+ to 29\.\d+\) from|\(2\d\.\d+\) is not inside", row.reason)


@every
def test_a_covariate_that_is_the_same_for_everybody(settings: dict[str, Any]) -> None:
    row = row_of(aged().assign(age=40.0), **settings)
    assert row.status == "not_estimable" and row.reason is not None
    assert re.match("age: .*can be computed from the other covariates, or is the same", row.reason)


@every
def test_covariates_that_repeat_each_other(settings: dict[str, Any]) -> None:
    panel = aged()
    row = row_of(panel.assign(months=12 * panel["age"]), covariates=["age", "months"], **settings)
    assert row.status == "not_estimable" and row.reason is not None
    assert re.match("months: .*can be computed from the other covariates", row.reason)


@every
def test_a_covariate_missing_for_all_of_a_site(settings: dict[str, Any]) -> None:
    panel = aged()
    row = row_of(panel.assign(age=panel["age"].mask(panel["site"] == "south")), **settings)
    assert row.status == "not_estimable" and row.reason is not None
    assert "the control arm holds nobody" in row.reason
    assert "age is missing for all of South (40 units)" in row.reason


@every
def test_an_arm_that_everybody_left(settings: dict[str, Any]) -> None:
    panel = aged()
    gone = (panel["arm"] == "control") & (panel["time"] == "t1")
    row = row_of(panel.assign(value=panel["value"].mask(gone)), **settings)
    assert row.status == "not_estimable" and row.reason is not None
    assert "the control arm holds nobody with a value at time 1" in row.reason


@every
def test_one_person_left_in_an_arm(settings: dict[str, Any]) -> None:
    panel = aged()
    first = panel.loc[panel["arm"] == "control", "unit"].iloc[0]
    row = row_of(panel[(panel["arm"] != "control") | (panel["unit"] == first)], **settings)
    assert row.status == "not_estimable" and row.reason is not None
    assert "the control arm holds one person" in row.reason


@every
def test_an_outcome_without_variation(settings: dict[str, Any]) -> None:
    row = row_of(aged().assign(value=7.0), **settings)
    assert row.status == "not_estimable" and row.reason is not None
    assert "does not vary" in row.reason


def test_weights_that_explode_are_told_with_their_size() -> None:
    panel = panel_of(60)
    treated = (panel["arm"] == "intervention").to_numpy()
    ages = np.where(treated, 60.0, 40.0) + panel["unit"].cat.codes.to_numpy() % 7
    ages = np.where(panel["unit"] == "p000", 75, ages)  # a control older than the treated
    settings = {"kind": "weighted_did", "design": "change", "method": "entropy"}
    found = model(covariates=["age"], **settings).fit(panel.assign(age=ages))
    (row,) = found.estimates
    (said,) = (text for text in row.warnings if "equally weighted ones" in text)
    weights = found.diagnostics["y"]["t1"]["weights"]["control arm"]
    assert weights["largest_share"] > 0.5 and weights["effective"] < 3
    assert said.startswith(f"control arm: the 30 records are worth {weights['effective']:.1f} ")
    assert f"{weights['largest_share']:.0%} of the weight" in said
    quiet = model(covariates=["age"], largest_share=1.0, least_effective=0.0, **settings)
    (row,) = quiet.fit(panel.assign(age=ages)).estimates
    assert not any("equally weighted ones" in text for text in row.warnings)


def test_what_still_differs_after_weighting_is_told() -> None:
    """A propensity weighs to the whole, but a curved one leaves means apart."""
    panel = aged(60, seed=3)
    curved = panel.assign(age=np.exp(panel["age"] / 8))
    row = row_of(curved, kind="weighted_did", design="change", method="propensity")
    (said,) = (text for text in row.warnings if "still differ" in text)
    assert "intervention arm and control arm still differ by more than 0.1" in said
    assert "age -" in said or "age +" in said


def test_a_category_that_one_arm_and_time_lacks_is_named_with_the_place() -> None:
    panel = aged()
    here = (panel["arm"] == "control") & (panel["time"] == "t1")
    rare = (panel["unit"].cat.codes % 7 == 0).astype(float).mask(here, 0.0)
    asked = {"design": "cross_sections", "covariates": ["age", "rare"]}
    for settings in (SETTINGS[6], SETTINGS[7], SETTINGS[1]):
        row = row_of(panel.assign(rare=rare), **settings | asked)
        assert row.status == "not_estimable" and row.reason is not None
        assert row.reason.startswith("rare") and "control arm, time 1" in row.reason


# ---- tables


def test_balance_and_weights_are_collected(tmp_path: Path) -> None:
    found = {}
    for name, settings in (("one", SETTINGS[2]), ("two", SETTINGS[6])):
        found[name] = model(covariates=["age"], **settings).fit(aged()).diagnostics
        write_json({name: found[name]}, tmp_path / f"{name}.json")
    paths = [tmp_path / "one.json", tmp_path / "two.json"]
    balance(paths, tmp_path / "balance.csv", tmp_path / "balance_weights.csv")
    rows = list(contracts.rows(tmp_path / "balance.csv", Balance))
    assert [row["model"] for row in rows] == ["one", "two", "two", "two"]
    own = found["one"]["y"]["t1"]["balance"]["intervention arm / control arm"]["age"]
    assert rows[0]["difference_before"] == approx(own["difference_before"])
    assert rows[0]["one"] == "intervention arm" and rows[0]["level"] == "person"
    assert all(row["difference_after"] == approx(0, abs=1e-9) for row in rows)
    assert {row["other"] for row in rows[1:]} == {
        "intervention arm, time 1", "control arm, time 0", "control arm, time 1"}  # fmt: skip
    weights = list(contracts.rows(tmp_path / "balance_weights.csv", GroupWeights))
    assert len(weights) == 2 + 4 and all(row["effective"] <= row["n"] + 1e-9 for row in weights)


@pytest.mark.parametrize("level", ["respondent", "person"])
def test_shares_of_few_respondents_are_not_balanced_in_public(tmp_path: Path, level: str) -> None:
    """Of 'sex' three are 'other' at the later time; 'male' is the smallest
    beside them and goes too, for the reference, 'female', is the rest. Others stand."""
    one, other = np.arange(100) < 50, np.arange(100) >= 50
    male, few = np.arange(100) % 50 < 20, np.isin(np.arange(100), (40, 41, 42))
    plenty, age = np.arange(100) % 2 == 0, np.arange(100) % 7
    names = ("sex[male]", "sex[other]", "tenure[rents]", "age")
    x = np.column_stack([male, few, plenty, age]).astype(float)
    found = balance_of(Group("a", one), Group("b", other), x, names, np.ones(100), np.ones(100))
    known = {name: {k: v for k, v in asdict(own).items() if v is not None}
             for name, own in found.items()}  # fmt: skip
    told = {"m": {"y": {"t1": {"level": level, "weights": {}, "balance": {"a / b": known}}}}}
    (tmp_path / "d.json").write_text(json.dumps(told), encoding="utf-8")
    balance([tmp_path / "d.json"], tmp_path / "b.csv", tmp_path / "w.csv", 10)
    rows = {row["covariate"]: row for row in contracts.rows(tmp_path / "b.csv", Balance)}
    gone = {name for name, row in rows.items() if row["reason"]}
    assert gone == ({"sex[male]", "sex[other]"} if level == "respondent" else set())
    for name, row in rows.items():
        numbers = [row[at] for at in row if at.startswith(("mean_", "difference_"))]
        assert all((number is None) == (name in gone) for number in numbers)
    if gone:
        assert rows["sex[other]"]["reason"] == "not shown: fewer than 10 respondents"


def test_groups_of_cross_sections_that_hold_both_times_say_so() -> None:
    """dr_did weighs each arm's records of both times: no name may read as those of one."""
    panel = aged()
    known = (
        model(covariates=["age"], kind="dr_did", design="cross_sections")
        .fit(panel)
        .diagnostics["y"]["t1"]
    )
    names = [f"{arm} arm, time 0 and time 1 together" for arm in ("intervention", "control")]
    assert list(known["weights"]) == names and list(known["balance"]) == [" / ".join(names)]
    for name in names:
        assert known["weights"][name]["n"] == (panel["arm"] == name.split()[0]).sum()


def test_a_model_that_was_refused_leaves_empty_tables(tmp_path: Path) -> None:
    refused = model(covariates=["age"], cluster="site", **SETTINGS[0]).fit(aged()).diagnostics
    (tmp_path / "d.json").write_text(json.dumps({"m": refused}), encoding="utf-8")
    balance([tmp_path / "d.json"], tmp_path / "b.csv", tmp_path / "w.csv")
    assert list(contracts.rows(tmp_path / "b.csv", Balance)) == []
    assert list(contracts.rows(tmp_path / "w.csv", GroupWeights)) == []


def test_a_baseline_outcome_is_no_covariate(tmp_path: Path) -> None:
    study = Study(tmp_path)
    study.config["covariates"]["start"] = {"label": "Start", "variable": "score"}
    study.config["models"]["dr"] = {
        "kind": "dr_did", "design": "change", "outcomes": ["score"], "covariates": ["start"],
    }  # fmt: skip
    (line,) = study.lines()
    assert "models.dr.covariates: 'start' is the outcome score at before" in line


def test_a_study_file_chooses_the_population_and_names_an_estimand_too(tmp_path: Path) -> None:
    study = Study(tmp_path)
    study.config["estimands"] = {
        "aim": {
            "label": "Score after",
            "population": "everybody",
            "treatment": "new against usual",
            "variable": {"outcome": "score", "time": "after"},
            "summary_measure": "difference in mean change",
        }
    }
    found = {}
    for population in ("att", "ate"):
        study.config["models"]["did"] = {
            "kind": "weighted_did", "design": "change", "method": "propensity",
            "target_population": population, "estimand": "aim", "covariates": ["age"],
            "outcomes": ["score"],
        }  # fmt: skip
        ran = study.run()
        assert ran.status == 0, ran.shown
        (found[population],) = ran.estimates()
        assert f"({population.upper()})" in found[population]["estimand"]
    assert found["att"]["estimate"] != found["ate"]["estimate"]


@pytest.mark.parametrize("sites", [True, False])
@pytest.mark.parametrize(
    "settings",
    [
        {"kind": "dr_did", "design": "change"},
        {"kind": "did", "design": "change"},
        {"kind": "ancova"},
        {"kind": "glm", "family": "poisson", "design": "panel"},
        {"kind": "mixed", "random": ["person"]},
        {"kind": "mmrm"},
    ],
    ids=lambda s: s["kind"],
)
def test_a_covariate_missing_for_a_whole_arm_is_named(
    settings: dict[str, Any], sites: bool
) -> None:
    panel = aged()
    panel.loc[panel["arm"] == "control", "age"] = np.nan
    row = model(covariates=["age"], sites=sites, **settings).fit(panel).estimates[0]
    where = "South" if sites else "Usual"
    assert row.status == "not_estimable"
    assert row.reason == (
        "the control arm holds nobody with a value and every covariate at time 0 (age is missing"
        f" for all of {where} (40 units), so that nobody there enters; leave it out of covariates)"
    )


def test_a_covariate_missing_for_some_is_counted_and_for_one_site_of_several_named() -> None:
    panel = aged()
    panel.loc[panel["unit"].isin(["p000", "p001"]), "age"] = np.nan
    (said,) = [one for one in row_of(panel, kind="ancova").warnings if "without a value" in one]
    assert said == "2 units without a value of age left out"
    third = {"name": "east", "label": "East", "arm": "control"}
    asked = model(kind="did", design="change", covariates=["age"])
    study = json.loads(asked.study.model_dump_json())
    study["sites"].append(third)
    asked = asked.model_validate(asked.model_dump() | {"study": study})
    east = panel["unit"].isin([f"p{i:03}" for i in range(10, 40, 2)])
    panel["site"] = pd.Categorical(panel["site"].astype("str").where(~east, "east"))
    panel.loc[east, "age"] = np.nan
    (row,) = asked.fit(panel).estimates
    assert "2 units without a value of age left out" in row.warnings
    assert any("age is missing for all of East (15 units)" in one for one in row.warnings)
