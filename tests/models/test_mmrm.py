"""Model kind `mmrm`: identities, another program, what every row says, refusals."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx
from scipy import stats

from cesp_analysis import contracts
from cesp_analysis.models.baseline import STARTED_ALIKE
from cesp_analysis.models.kinds import read_model
from cesp_analysis.models.least_squares import least_squares
from cesp_analysis.models.mmrm_covariance import STRUCTURES
from cesp_analysis.models.mmrm_engine import fit_mmrm
from cesp_analysis.models.mmrm_small_sample import small_sample
from cesp_analysis.models.sandwich import infer
from cesp_analysis.models.tables import Means
from cesp_analysis.models.two_sites import SAMPLING_ONLY, SITES_APART
from cesp_analysis.schemas import Estimates
from cesp_analysis.whole_files import read_json, write_json
from small_panel import SITES, model, panel_of
from small_study import Study

ROOT = Path(__file__).resolve().parents[2]
R = json.loads((ROOT / "tests/reference/mmrm.json").read_text(encoding="utf-8"))
FEV = ROOT.parent / "shared/data/fev_mmrm"
EXACT = 1e-9  # closed forms; Newton's last step is about 1e-12
NLME = 1e-4  # nlme stops where its criterion is level


def mmrm(times: int = 3, **settings: Any) -> Any:
    """A resolved model of kind mmrm."""
    return model(kind="mmrm", times=times, **settings)


def wide(panel: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Answers by person and time, and who is treated."""
    table = panel.pivot(index="unit", columns="time", values="value")
    treated = panel.drop_duplicates("unit").set_index("unit")["arm"] == "intervention"
    return table, treated[table.index].to_numpy()


def lost(panel: pd.DataFrame, share: float = 0.25, first: bool = False) -> pd.DataFrame:
    """The panel without some of its later answers (or any)."""
    rng = np.random.default_rng(2)
    gone = (rng.random(len(panel)) < share) & ((panel["time"] != "t0") | first)
    return panel.assign(value=panel["value"].mask(gone))


def lost_by_baseline(panel: pd.DataFrame) -> pd.DataFrame:
    """The panel without last answers of the treated who began high and of others who began low."""
    first = panel[panel["time"] == "t0"].set_index("unit")
    treated = first["arm"] == "intervention"
    high = first["value"].groupby(treated).rank(pct=True)
    gone = high.where(treated, 1 - high) > 0.6
    return panel.assign(
        value=panel["value"].mask((panel["time"] == "t2") & panel["unit"].map(gone))
    )


def test_a_row_says_where_its_error_takes_too_much_as_known() -> None:
    panel = lost_by_baseline(panel_of(times=3))
    plain, joint = mmrm().fit(panel), mmrm(errors="joint").fit(panel)
    for one, other in zip(plain.estimates, joint.estimates, strict=True):
        assert other.estimate == one.estimate and other.df == one.df
        ratio = other.std_error / one.std_error
        said = [text for text in one.warnings if "who was lost depends" in text]
        assert bool(said) == (one.time == "t2") == (ratio > 1.03)
        assert not said or f"it is {100 * (ratio - 1):.0f}% larger; errors: joint" in said[0]
        assert not [text for text in other.warnings if "who was lost depends" in text]
        assert "errors joint with the covariance" in other.method
        assert "joint" not in one.method
    assert "takes errors: conditional" in str(joint.diagnostics["y"])


def test_errors_are_the_same_where_nobody_is_lost() -> None:
    panel = panel_of(times=3)
    for one, other in zip(
        mmrm().fit(panel).estimates, mmrm(errors="joint").fit(panel).estimates, strict=True
    ):
        assert other.std_error == approx(one.std_error, rel=EXACT)
        assert not any("who was lost" in text for text in one.warnings)


@pytest.mark.parametrize("information", ["expected", "observed"])
def test_complete_answers_are_t_tests_on_change(information: str) -> None:
    panel = panel_of(times=3)
    fit = mmrm(information=information).fit(panel)
    table, treated = wide(panel)
    assert [row.estimate_id for row in fit.estimates] == ["m/y/t1", "m/y/t2"]
    for row in fit.estimates:
        change = (table[row.time] - table["t0"]).to_numpy()
        test = stats.ttest_ind(change[treated], change[~treated])
        assert row.estimate == approx(change[treated].mean() - change[~treated].mean(), rel=EXACT)
        assert row.estimate / row.std_error == approx(test.statistic, rel=EXACT)
        assert row.df == approx(38, rel=EXACT)
        assert row.p_value == approx(test.pvalue, rel=1e-7)
        assert (row.n_obs, row.n_units, row.n_clusters, row.cluster_level) == (
            120,
            40,
            40,
            "person",
        )
    cells = {(mean.group, mean.time): mean for mean in fit.means}
    for group, member in (("north", treated), ("south", ~treated)):
        for time in table:
            assert cells[group, time].mean == approx(table[time][member].mean(), rel=EXACT)
            assert cells[group, time].df == approx(38, rel=EXACT)
            assert cells[group, time].n == 20


def test_another_reference_time_reads_the_same_fit() -> None:
    panel = lost(panel_of(times=3))
    first, last = mmrm().fit(panel), mmrm(reference="t2").fit(panel)
    assert last.estimates[0].estimate == approx(-first.estimates[1].estimate, rel=EXACT)
    assert last.estimates[0].df == approx(first.estimates[1].df, rel=1e-8)
    assert first.diagnostics["y"]["criterion"] == approx(last.diagnostics["y"]["criterion"])


def test_complete_answers_with_a_covariate_are_the_regression_of_change() -> None:
    panel = panel_of(times=3)
    changed = model(
        times=3, kind="did", design="change", covariance="classical", covariates=["age"]
    ).fit(panel)
    for row, plain in zip(
        mmrm(covariates=["age"]).fit(panel).estimates, changed.estimates, strict=True
    ):
        assert (row.estimate, row.std_error) == approx((plain.estimate, plain.std_error), rel=EXACT)
        assert row.df == approx(37, rel=EXACT)
        assert "adjusted for age × time" in row.method


def test_a_covariate_that_is_the_same_at_all_times_hardly_touches_a_change() -> None:
    panel = panel_of(times=3)
    (one, _), (two, _) = (
        mmrm(covariates=["age"], covariates_by_time=False).fit(panel).estimates,
        mmrm().fit(panel).estimates,
    )
    assert one.estimate == approx(two.estimate, rel=EXACT)  # complete: not at all
    assert "adjusted for age)" in one.method


@pytest.mark.parametrize("covariates", [[], ["age"]])
def test_baseline_as_covariate_is_the_analysis_of_covariance_at_each_time(
    covariates: list[str],
) -> None:
    panel = panel_of(times=3)
    fit = mmrm(baseline="covariate", covariates=covariates).fit(panel)
    table, treated = wide(panel)
    age = panel.drop_duplicates("unit").set_index("unit")["age"][table.index].to_numpy()
    columns = [np.ones(40), treated, table["t0"], *([age] if covariates else [])]
    x = np.column_stack(columns).astype(float)
    contrast = np.eye(x.shape[1])[1]
    for row in fit.estimates:
        plain = infer(least_squares(table[row.time].to_numpy(), x), contrast, "classical")
        assert (row.estimate, row.std_error) == approx((plain.estimate, plain.std_error), rel=EXACT)
        assert row.df == approx(40 - x.shape[1], rel=EXACT)
        assert row.estimand == "difference in means at equal baseline"
        assert row.contrast.endswith(
            f"{row.time.replace('t', 'time ')}, at the same value at time 0"
        )
        assert (row.n_obs, row.n_units) == (80, 40)
        assert "adjusted for baseline × time" in row.method
    cells = {(mean.group, mean.time): mean.mean for mean in fit.means}
    for row in fit.estimates:
        assert cells["north", row.time] - cells["south", row.time] == approx(row.estimate)


def test_one_later_time_is_the_analysis_of_covariance_whatever_the_structure() -> None:
    asked = {"baseline": "covariate", "structure": "ar1"}
    (row,) = mmrm(2, **asked).fit(panel_of()).estimates
    assert row.df == approx(37, rel=EXACT) and "(one time, adjusted for baseline" in row.method


def btheb() -> tuple[pd.DataFrame, Any]:
    """Beat the Blues as a panel of five times without sites, and its model's settings."""
    data = pd.read_csv(ROOT / "examples/beat_the_blues/data/raw/btheb.csv")
    parts = []
    for index, name in enumerate(("pre", "2m", "3m", "5m", "8m")):
        arm = np.where(data["treatment"] == "BtheB", "intervention", "control")
        part = {"unit": data["subject"].astype(str), "arm": arm, "time": f"t{index}"}
        part |= {"value": data[f"bdi.{name}"], "drug": (data["drug"] == "Yes").astype(float)}
        parts.append(pd.DataFrame(part))
    panel = pd.concat(parts).assign(
        study="s", level="person", outcome="y", site=None, neighbourhood=None, link_worker=None,
        weight=1.0,
    )  # fmt: skip
    coded = ("study", "level", "unit", "site", "arm", "neighbourhood", "link_worker", "time")
    return panel.astype(dict.fromkeys((*coded, "outcome"), "category")), {
        "sites": False,
        "times": 5,
        "randomised": True,
    }


def test_baseline_as_covariate_as_nlme() -> None:
    panel, study = btheb()
    fit = mmrm(**study, baseline="covariate", covariates=["drug"]).fit(panel)
    expected = R["baseline_as_covariate"]
    assert [row.estimate for row in fit.estimates] == approx(expected["estimate"], rel=NLME)
    known = fit.diagnostics["y"]
    plain = [known["std_error_unadjusted"]["arm"]]
    assert plain == approx(expected["std_error"][:1], rel=NLME)
    assert known["n_obs"] == expected["n"]
    for row, unadjusted in zip(fit.estimates[1:], expected["std_error"][1:], strict=True):
        assert 1 < row.std_error / unadjusted < 1.02  # Kenward and Roger's, where answers are lost
        assert STARTED_ALIKE not in row.warnings  # people were allocated by chance


def test_baseline_as_outcome_as_nlme() -> None:
    panel, study = btheb()
    fit = mmrm(**study, covariates=["drug"], covariates_by_time=False).fit(panel)
    expected = R["btheb"]["unstructured"]["REML"]
    effects = expected["estimate"][expected["names"].index("arm:time1") :]
    assert [row.estimate for row in fit.estimates] == approx(effects, rel=NLME)
    assert fit.diagnostics["y"]["criterion"] == approx(expected["criterion"], rel=1e-9)


@pytest.mark.skipif(not FEV.is_dir(), reason="shared/data/fev_mmrm is absent")
def test_fev_with_its_baseline_as_covariate() -> None:
    """The study's words and the engine with a design by hand: the same numbers."""
    d = pd.read_csv(FEV / "fev.csv")
    arm = np.where(d["ARMCD"] == "TRT", "intervention", "control")
    later = pd.DataFrame({"unit": d["USUBJID"], "arm": arm, "value": d["FEV1"]})
    later["time"] = d["AVISIT"].str.replace("VIS", "t")
    first = later.assign(value=d["FEV1_BL"], time="t0").drop_duplicates("unit")
    panel = pd.concat([first, later]).assign(
        study="s", level="person", outcome="y", site=None, neighbourhood=None, link_worker=None,
        weight=1.0,
    )  # fmt: skip
    coded = ("study", "level", "unit", "site", "arm", "neighbourhood", "link_worker", "time")
    panel = panel.astype(dict.fromkeys((*coded, "outcome"), "category"))
    fit = mmrm(5, sites=False, baseline="covariate").fit(panel)
    seen = d[d["FEV1"].notna()]
    time = seen["AVISIT"].str[-1].astype(int).to_numpy() - 1
    at = np.eye(4)[time]
    treated = (seen["ARMCD"] == "TRT").to_numpy(float)[:, None]
    x = np.column_stack([at, at * treated, at * seen[["FEV1_BL"]].to_numpy()])
    found = fit_mmrm(seen["FEV1"].to_numpy(), x, pd.factorize(seen["USUBJID"])[0], time)
    small = small_sample(found)
    for index, row in enumerate(fit.estimates):
        contrast = np.eye(12)[4 + index]
        expected = (found.coef[4 + index], small.std_error(contrast), small.df(contrast))
        assert (row.estimate, row.std_error, row.df) == approx(expected, rel=1e-8)
        assert (row.n_obs, row.n_units) == (537, 197)


WAYS = [
    {},
    {"baseline": "covariate"},
    {"df": "satterthwaite"},
    {"information": "observed"},
    {"method": "ML", "df": "satterthwaite"},
    *({"structure": structure} for structure in STRUCTURES),
]


@pytest.mark.parametrize("settings", WAYS)
def test_every_estimate_of_one_site_against_one_says_what_its_interval_knows(
    settings: dict[str, Any],
) -> None:
    panel = lost(panel_of(times=3))
    fit = mmrm(**settings).fit(panel)
    for row in fit.estimates:
        assert row.status == "estimated" and row.warnings[0] == SAMPLING_ONLY
        assert (row.n_sites_treated, row.n_sites_control) == (1, 1)
        assert (STARTED_ALIKE in row.warnings) == ("baseline" in settings)
        assert "missing at random" in row.missing_data
    alone = mmrm(sites=False, randomised=True, **settings).fit(lost(panel_of(times=3, sites=False)))
    for row, same in zip(alone.estimates, fit.estimates, strict=True):
        assert row.warnings == ()
        assert row.estimate == approx(same.estimate, rel=1e-8)
    assert {mean.group for mean in alone.means} == {"control", "intervention"}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "unstructured covariance), REML; Kenward–Roger SE and df (expected information)"),
        ({"information": "observed"}, "Kenward–Roger SE and df (observed information)"),
        ({"df": "satterthwaite"}, "REML; Satterthwaite df (observed information)"),
        ({"structure": "heterogeneous_ar1"}, "(heterogeneous AR(1) covariance)"),
        ({"structure": "toeplitz"}, "(Toeplitz covariance)"),
        ({"method": "ML", "df": "satterthwaite"}, "covariance), ML; Satterthwaite"),
    ],
)
def test_the_method_is_told(settings: dict[str, Any], said: str) -> None:
    for row in mmrm(**settings).fit(panel_of(times=3)).estimates:
        assert said in row.method


def test_tables_keep_their_contracts(tmp_path: Path) -> None:
    fit = mmrm().fit(lost(panel_of(times=3)))
    contracts.write(fit.table(), tmp_path / "estimates.csv", Estimates)
    contracts.write(fit.means_table(), tmp_path / "means.csv", Means)
    write_json({"m": fit.diagnostics}, tmp_path / "diagnostics.json")
    rows = list(contracts.rows(tmp_path / "estimates.csv", Estimates))
    assert [row["time"] for row in rows] == ["t1", "t2"]
    for row, estimate in zip(rows, fit.estimates, strict=True):
        assert (row["estimate"], row["df"]) == (estimate.estimate, estimate.df)
    means = list(contracts.rows(tmp_path / "means.csv", Means))
    assert [row["mean"] for row in means] == [mean.mean for mean in fit.means] and len(means) == 6
    known = json.loads((tmp_path / "diagnostics.json").read_text(encoding="utf-8"))
    assert known == {"m": json.loads(json.dumps(fit.diagnostics))}


def test_diagnostics_hold_the_covariance_and_the_proof_of_the_optimum() -> None:
    known = mmrm().fit(lost(panel_of(times=3))).diagnostics["y"]
    assert known["covariance"]["t0"]["t1"] == known["covariance"]["t1"]["t0"]
    share = known["covariance"]["t0"]["t1"]
    share /= known["residual_sd"]["t0"] * known["residual_sd"]["t1"]
    assert known["correlation"]["t0"]["t1"] == approx(share)
    assert known["newton_decrement"] < 1e-16 and known["gradient_norm"] < 1e-8
    assert sum(known["people_by_times_answered"].values()) == known["n_people"] == 40
    assert set(known["people_by_times_answered"]) == {"x--", "x-x", "xx-", "xxx"}
    assert known["n_covariance_parameters"] == 6 and known["iterations"] < 20


def several_sites(panel: pd.DataFrame) -> tuple[pd.DataFrame, Any]:
    """The panel's people in two against two sites."""
    number = panel["unit"].astype(str).str[1:].astype(int)
    second = (number // 2 % 2 == 1).to_numpy()
    first = panel["site"].astype(str)
    panel = panel.assign(site=pd.Categorical(np.where(second, first + "2", first)))
    named = [{**site, "name": site["name"] + end} for site in SITES for end in ("", "2")]
    study = mmrm().study.model_dump() | {"sites": named}
    return panel, study


@pytest.mark.parametrize("baseline", ["outcome", "covariate"])
def test_several_sites_have_effects_and_it_is_said(baseline: str) -> None:
    panel, study = several_sites(lost(panel_of(times=3)))
    spec = {"kind": "mmrm", "outcomes": ["y"], "study": study, "baseline": baseline}
    fit = read_model(json.dumps(spec)).fit(panel)
    for row in fit.estimates:
        assert "an effect for each site" in row.method and SITES_APART in row.warnings
        cells = {mean.group: mean.mean for mean in fit.means if mean.time == row.time}
        means = [cells[name] for name in ("north", "north2", "south", "south2")]
        apart = (means[0] + means[1] - means[2] - means[3]) / 2
        if baseline == "outcome":
            start = {mean.group: mean.mean for mean in fit.means if mean.time == "t0"}
            apart -= (start["north"] + start["north2"] - start["south"] - start["south2"]) / 2
        assert row.estimate == approx(apart, rel=1e-8)


def test_times_that_are_not_equally_far_apart_are_told() -> None:
    asked = mmrm(structure="ar1")
    times = tuple(
        moment.model_copy(update={"position": position})
        for moment, position in zip(asked.study.times, (0, 3, 12), strict=True)
    )
    study = asked.study.model_copy(update={"times": times})
    panel = panel_of(times=3)
    (row, _) = asked.model_copy(update={"study": study}).fit(panel).estimates
    assert any("AR(1) correlations go by their order alone" in said for said in row.warnings)
    assert not any("order alone" in said for said in asked.fit(panel).estimates[0].warnings)
    free = mmrm().model_copy(update={"study": study}).fit(panel).estimates[0]
    assert not any("order alone" in said for said in free.warnings)


def test_a_time_with_nobody_in_an_arm_is_not_estimable_and_does_not_enter() -> None:
    panel = lost(panel_of(times=4))
    gone = (panel["time"] == "t2") & (panel["arm"] == "control")
    fit = mmrm(4).fit(panel.assign(value=panel["value"].mask(gone)))
    one, two, three = fit.estimates
    assert (one.status, two.status, three.status) == ("estimated", "not_estimable", "estimated")
    assert two.reason == "the control arm holds nobody with a value at time 2"
    assert "time 2 does not enter: an arm holds nobody there" in one.warnings
    without = mmrm(4).fit(panel[panel["time"] != "t2"]).estimates
    assert (one.estimate, one.df) == approx((without[0].estimate, without[0].df), rel=EXACT)
    assert {mean.time for mean in fit.means} == {"t0", "t1", "t3"}


def test_nobody_at_baseline_is_told_for_every_time() -> None:
    panel = panel_of(times=3)
    panel = panel.assign(value=panel["value"].mask(panel["time"] == "t0"))
    for baseline in ("outcome", "covariate"):
        rows = mmrm(baseline=baseline).fit(panel).estimates
        assert [row.status for row in rows] == ["not_estimable"] * 2
        assert all("holds nobody with a value at time 0" in row.reason for row in rows)
        assert not any(SAMPLING_ONLY in row.warnings for row in rows)  # there is no interval


def test_who_has_no_baseline_is_left_out_and_counted() -> None:
    panel = panel_of(times=3)
    gone = panel["unit"].isin(["p000", "p001"]) & (panel["time"] == "t0")
    (row, _) = (
        mmrm(baseline="covariate").fit(panel.assign(value=panel["value"].mask(gone))).estimates
    )
    assert "2 units without a value at time 0 left out" in row.warnings
    assert (row.n_units, row.n_obs) == (38, 76)


def test_times_before_the_one_adjusted_for_are_refused() -> None:
    early, late = mmrm(baseline="covariate", reference="t1").fit(lost(panel_of(times=3))).estimates
    assert early.status == "refused" and "lies before time 1" in early.reason
    assert late.status == "estimated"
    assert not any("does not enter" in said for said in late.warnings)


def only(panel: pd.DataFrame, people: int) -> pd.DataFrame:
    """The first so many people."""
    return panel[panel["unit"].isin([f"p{i:03}" for i in range(people)])]


def one_time_each(panel: pd.DataFrame) -> pd.DataFrame:
    """Everybody answers once: a third at each time."""
    number = panel["unit"].astype(str).str[1:].astype(int)
    return panel[(number // 2 % 3).to_numpy() == panel["time"].astype(str).str[1:].astype(int)]


@pytest.mark.parametrize("baseline", ["outcome", "covariate"])
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda d: d.assign(value=5.0), "does not vary"),
        (lambda d: d.assign(value=np.nan), "holds nobody"),
        (lambda d: d.iloc[:0], "holds nobody"),
        (lambda d: only(d, 2), "holds one person"),
        (lambda d: only(d, 4), "do not tell how|too few"),
        (lambda d: d[d["arm"] == "control"], "the intervention arm holds nobody"),
        (
            lambda d: d.assign(value=d["value"].where(d["time"] != "t2", 3.0)),
            "nothing varies at time 2 beyond",
        ),
        (one_time_each, "nobody answered at both time 0 and time 1|holds nobody with a value"),
    ],
)
def test_what_the_data_do_not_hold_is_said(baseline: str, change: Any, reason: str) -> None:
    for row in mmrm(baseline=baseline).fit(change(panel_of(times=3))).estimates:
        assert row.status == "not_estimable"
        assert re.search(reason, row.reason) and "\n" not in row.reason
        assert row.estimate is row.std_error is row.df is row.ci_low is row.p_value is None


def test_a_time_that_repeats_another_is_refused() -> None:
    panel = panel_of(times=3)
    again = panel["value"].shift(1).where(panel["time"] == "t2", panel["value"])
    for row in mmrm().fit(panel.assign(value=again)).estimates:
        assert row.status == "not_estimable" and "covariance would be singular" in row.reason


@pytest.mark.parametrize("baseline", ["outcome", "covariate"])
def test_a_covariate_that_repeats_another_is_named(baseline: str) -> None:
    panel = panel_of(times=3).assign(twice=lambda d: 2 * d["age"] + 1)
    asked = mmrm(baseline=baseline, covariates=["age", "twice"])
    for row in asked.fit(panel).estimates:
        assert row.status == "not_estimable"
        assert re.match("twice, twice:time.*: can be computed from the other", row.reason)


def test_a_baseline_that_is_the_same_for_everybody_has_its_own_remedy() -> None:
    panel = panel_of(times=3)
    same = panel.assign(value=panel["value"].where(panel["time"] != "t0", 5.0))
    (row, _) = mmrm(baseline="covariate").fit(same).estimates
    assert row.status == "not_estimable"
    assert row.reason.startswith("(baseline), (baseline):time[t2]: can be computed from")
    assert row.reason.endswith("write baseline: outcome")


def test_two_times_that_nobody_answered_together_are_named() -> None:
    panel = panel_of(times=3)
    number = panel["unit"].astype(str).str[1:].astype(int) // 2 % 2
    never = ((panel["time"] == "t2") & (number == 0)) | ((panel["time"] == "t0") & (number == 1))
    cut = panel.assign(value=panel["value"].mask(never))
    (row, _) = mmrm().fit(cut).estimates
    assert row.reason.startswith("nobody answered at both time 0 and time 2, so how answers")
    (row, _) = mmrm(structure="heterogeneous_ar1").fit(cut).estimates
    assert row.status == "estimated"


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        (
            {"weighted": True},
            "weighted: kind mmrm takes no weights; use kind did with CR2",
        ),
        ({"method": "ML"}, "df: Kenward-Roger is made for REML"),
        ({"df": "satterthwaite", "information": "expected"}, "information: Satterthwaite takes"),
    ],
)
def test_settings_that_do_not_fit_together_are_named(settings: Any, fault: str) -> None:
    (found,) = mmrm(**settings).faults()
    assert found.startswith(fault)
    assert list(mmrm().faults()) == []


def test_a_study_may_hold_it(study: Study) -> None:
    """From config.yaml to the tables: of two complete times the t-test on change."""
    entry = {"kind": "mmrm", "outcomes": ["score"]}
    study.config["models"] = {"repeated": entry}
    ran = study.run()
    assert ran.status == 0, ran.shown
    made = ran.folder / "results/models/repeated"
    (row,) = contracts.rows(made / "estimates.csv", Estimates)
    assert (row["estimate_id"], row["kind"], row["n_units"]) == ("repeated/score/after", "mmrm", 12)
    assert row["df"] == approx(10, rel=EXACT) and SAMPLING_ONLY in row["warnings"]
    assert len(list(contracts.rows(made / "means.csv", Means))) == 4
    known = read_json(made / "diagnostics.json")["repeated"]["score"]
    assert known["structure"] == "unstructured" and known["n_people"] == 12


def test_a_covariate_that_says_all_there_is_at_a_time_is_told(study: Study) -> None:
    """The tiny study's scores before are 10 + i, its ages 30 + i."""
    entry = {"kind": "mmrm", "outcomes": ["score"], "covariates": ["age"]}
    study.config["models"] = {"repeated": entry}
    ran = study.run()
    (row,) = contracts.rows(ran.folder / "results/models/repeated/estimates.csv", Estimates)
    assert row["reason"] == "nothing varies at Before beyond what the model explains there"


def test_mistakes_in_a_study_are_named_with_their_place(study: Study) -> None:
    entry = {"kind": "mmrm", "outcomes": ["score"], "method": "ML", "structure": "unstructurd"}
    study.config["models"] = {"repeated": entry}
    (line,) = study.lines()
    assert line.startswith("config.yaml: models.repeated.structure:") and "unstructured" in line
    study.config["models"]["repeated"] |= {"structure": "unstructured"}
    (line,) = study.lines()
    assert line.startswith("config.yaml: models.repeated.df: Kenward-Roger is made for REML")
