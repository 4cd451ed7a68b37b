"""Effects in one arm only and unequal residual variances: lme4, nlme, through engine and kind."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis.models.baseline import COMMON_MEAN, STARTED_ALIKE
from cesp_analysis.models.link_worker_words import INDEPENDENT
from cesp_analysis.models.nested import NotConverged, NotIdentified, ZeroResidualVariance
from cesp_analysis.models.nested import fit_nested as fitted_engine
from cesp_analysis.models.nested_df import adjusted_cov, kenward_roger_df, satterthwaite_df
from cesp_analysis.models.two_sites import SAMPLING_ONLY
from cesp_analysis.pipeline import opened
from cesp_analysis.study import model_specs
from nested_data import a1
from small_panel import model, panel_of
from small_study import PEOPLE, Study, inside

R = json.loads(
    (Path(__file__).parents[1] / "reference" / "partially_nested.json").read_text(encoding="utf-8")
)
STOPPED = 1e-6  # where lme4's and nlme's optimisers stop; seen: 5e-7


def a2() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vector A2: 8 workers of 10 people, 80 people without; y, x (intercept, arm, base), worker."""
    k = np.arange(1, 161)
    base, j, arm = 50 + 9 * np.sin(1.7 * k), (k - 1) // 10, (k <= 80).astype(float)
    u = np.array([7.4, -5.1, 2.2, -8.3, 9.6, -1.0, 4.1, -8.9])[np.minimum(j, 7)]
    treated = 30 + 0.45 * base + 3 + u + 7 * np.sin(2.3 * k + 0.4 * j)
    y = np.where(arm == 1, treated, 30 + 0.45 * base + 5 * np.sin(2.3 * k))
    return y, np.column_stack([np.ones(160), arm, base]), np.where(arm == 1, j, -1)


def test_workers_in_one_arm_as_lme4_and_pbkrtest() -> None:
    y, x, worker = a2()
    fit, expected = fitted_engine(y, x, [worker]), R["one_residual"]
    small = expected["kenward_roger"]
    assert fit.criterion == approx(expected["criterion"], rel=1e-10)  # ten digits are written
    assert fit.coef == approx(np.array(expected["estimate"]), rel=STOPPED)
    assert np.sqrt(np.diag(fit.cov)) == approx(np.array(expected["std_error"]), rel=STOPPED)
    assert [*fit.variances, fit.residual_variance] == approx(expected["variance"], rel=STOPPED)
    assert [satterthwaite_df(fit, row) for row in np.eye(3)] == approx(expected["df"], rel=STOPPED)
    assert np.sqrt(np.diag(adjusted_cov(fit))) == approx(np.array(small["std_error"]), rel=STOPPED)
    assert [kenward_roger_df(fit, row) for row in np.eye(3)] == approx(small["df"], rel=STOPPED)
    assert fit.n_groups == (8,)


@pytest.mark.parametrize("name", ["by_arm", "by_time"])
def test_unequal_residual_variances_as_nlme(name: str) -> None:
    if name == "by_arm":
        y, x, worker = a2()
        fit = fitted_engine(y, x, [worker], classes=x[:, 1].astype(int))
    else:
        y, x, person = a1()
        fit = fitted_engine(y, x, [person], classes=x[:, 2].astype(int))
    expected = R[name]
    assert fit.log_likelihood == approx(expected["log_likelihood"], rel=1e-9)
    assert fit.coef == approx(np.array(expected["estimate"]), rel=STOPPED)
    assert np.sqrt(np.diag(fit.cov)) == approx(np.array(expected["std_error"]), rel=STOPPED)
    assert fit.variances == approx([expected["variance"]], rel=STOPPED)
    assert fit.residual_variances == approx(expected["residual"], rel=STOPPED)


def test_df_of_workers_with_unequal_residual_variances() -> None:
    """An independent REML's numerical Satterthwaite df (vector A2): 7.3553."""
    y, x, worker = a2()
    fit = fitted_engine(y, x, [worker], classes=x[:, 1].astype(int))
    assert satterthwaite_df(fit, np.eye(3)[1]) == approx(7.3553, abs=5e-5)


def test_balanced_workers_in_closed_form() -> None:
    """Without covariate: mean of 8 worker means less the mean of 80; KR's and Welch's variances."""
    y, x, worker = a2()
    fit = fitted_engine(y, x[:, :2], [worker], classes=x[:, 1].astype(int))
    means = y[:80].reshape(8, 10).mean(axis=1)
    between, alone = means.var(ddof=1) / 8, y[80:].var(ddof=1) / 80
    assert fit.coef[1] == approx(means.mean() - y[80:].mean(), rel=1e-12)
    assert fit.cov[1, 1] == approx(between + alone, rel=1e-9)
    assert adjusted_cov(fit)[1, 1] == approx(between + alone, rel=1e-9)
    welch = (between + alone) ** 2 / (between**2 / 7 + alone**2 / 79)
    assert kenward_roger_df(fit, np.array([0.0, 1.0])) == approx(welch, rel=1e-8)
    assert satterthwaite_df(fit, np.array([0.0, 1.0])) == approx(welch, rel=1e-8)


def test_two_residual_variances_alone_are_welchs_t() -> None:
    y, x, _ = a2()
    fit = fitted_engine(y, x[:, :2], [], classes=x[:, 1].astype(int))
    parts = [y[:80].var(ddof=1) / 80, y[80:].var(ddof=1) / 80]
    welch = sum(parts) ** 2 / sum(part**2 / 79 for part in parts)
    assert fit.cov[1, 1] == approx(sum(parts), rel=1e-9)
    assert kenward_roger_df(fit, np.array([0.0, 1.0])) == approx(welch, rel=1e-8)


def test_what_unequal_variances_cannot_hold_is_said() -> None:
    y, x, worker = a2()
    flat = np.where(x[:, 1] == 0, x @ [30, 0, 0.45], y)
    with pytest.raises((ZeroResidualVariance, NotConverged)):
        fitted_engine(flat, x, [worker], classes=x[:, 1].astype(int))
    with pytest.raises(NotIdentified) as alone:
        fitted_engine(y, x, [np.where(worker < 0, -1, np.arange(160))])
    assert alone.value.level == 0


def panel_a2() -> pd.DataFrame:
    """A2 as a panel of one time; the covariate is called age."""
    y, x, worker = a2()
    panel = panel_of(people=160, times=1)
    treated = (panel["arm"] == "intervention").to_numpy()
    order = np.empty(160, dtype=int)
    order[treated], order[~treated] = np.arange(80), np.arange(80, 160)
    named = [f"w{w}" if w >= 0 else None for w in worker[order]]
    return panel.assign(value=y[order], age=x[order, 2], link_worker=pd.Categorical(named))


PARTIAL = {"kind": "mixed", "random": ["link_worker"], "effect": "constant", "covariates": ["age"]}


def fit_of(panel: pd.DataFrame, **settings: Any) -> Any:
    """The fit of a model of one time."""
    return model(times=1, **PARTIAL | settings).fit(panel)


def test_link_workers_of_one_arm_through_the_kind() -> None:
    fitted, expected = fit_of(panel_a2()), R["one_residual"]
    (row,) = fitted.estimates
    small = expected["kenward_roger"]
    assert (row.estimate, row.std_error, row.df) == approx(
        (expected["estimate"][1], small["std_error"][1], small["df"][1]), rel=STOPPED
    )
    assert "link worker (intervention arm only)" in row.method
    assert (row.n_clusters, row.cluster_level) == (8, "link_worker")
    assert SAMPLING_ONLY in row.warnings  # workers do not stand in for sites
    variance = fitted.diagnostics["y"]["variance"]
    assert [*variance.values()] == approx(expected["variance"], rel=STOPPED)


def test_residual_variances_by_arm_through_the_kind() -> None:
    fitted, expected = fit_of(panel_a2(), residual="by_arm"), R["by_arm"]
    (row,), said = fitted.estimates, fitted.diagnostics["y"]
    assert row.estimate == approx(expected["estimate"][1], rel=STOPPED)
    assert row.df == approx(7.355, abs=1e-3)  # Kenward-Roger's, near Satterthwaite's 7.3553
    assert "residual variance by arm" in row.method
    variance = said["variance"]
    assert list(variance) == ["link_worker", "residual[control]", "residual[intervention]"]
    within = variance["residual[intervention]"]
    share = variance["link_worker"] / (variance["link_worker"] + within)
    assert said["share_of_variance"] == approx({"link_worker[intervention]": share})


def test_residual_variances_by_time_through_the_kind() -> None:
    panel = panel_of(times=3)
    fitted = model(times=3, kind="mixed", random=["person"], residual="by_time").fit(panel)
    assert {row.status for row in fitted.estimates} == {"estimated"}
    assert all("residual variance by time" in row.method for row in fitted.estimates)
    names = ["person", "residual[t0]", "residual[t1]", "residual[t2]"]
    assert list(fitted.diagnostics["y"]["variance"]) == names


def test_one_link_worker_is_refused_in_one_line() -> None:
    panel = panel_a2()
    treated = panel["arm"] == "intervention"
    one = panel.assign(link_worker=pd.Categorical(np.where(treated, "LW1", None)))
    (row,) = fit_of(one).estimates
    assert row.status == "refused" and row.std_error is None
    assert "link_worker has one level, LW1 (80 people)" in row.reason
    assert "leave link_worker out of random and say so, or describe" in row.reason
    (plain,) = fit_of(one, random=[]).estimates
    assert plain.status == "estimated"


def test_people_of_the_intervention_arm_without_a_link_worker_are_counted() -> None:
    panel = panel_a2()
    lost = panel["link_worker"].astype(object).where(panel["link_worker"] != "w3", None)
    (row,) = fit_of(panel.assign(link_worker=pd.Categorical(lost))).estimates
    assert row.status == "refused"
    assert "10 of the 80 records of the intervention arm have no link worker" in row.reason


def test_each_link_worker_with_one_person_cannot_be_told_from_people() -> None:
    panel = panel_a2()
    own = np.where(panel["arm"] == "intervention", panel["unit"].astype(str), None)
    (row,) = fit_of(panel.assign(link_worker=pd.Categorical(own))).estimates
    assert row.status == "not_estimable"
    assert "each link worker holds just one record" in row.reason


def link_worked() -> pd.DataFrame:
    """Changes by link workers, whom the intervention arm alone has; `before` is the baseline."""
    panel = panel_of(80)
    worker = "w" + (panel["unit"].cat.codes // 2 % 5).astype(str)
    treated = panel["arm"] == "intervention"
    first = panel[panel["time"] == "t0"].set_index(panel.loc[panel["time"] == "t0", "unit"])
    before = panel["unit"].astype(str).map(dict(first["value"]))
    value = panel["value"] + 2.0 * (treated & (panel["time"] == "t1") & (worker == "w1"))
    known = pd.Categorical(worker.where(treated))
    return panel.assign(link_worker=known, before=before, value=value)


def test_who_asks_for_link_workers_in_a_change_is_shown_the_model_that_holds_them() -> None:
    panel, remedy = link_worked(), "effect: constant, times: [one later time]"
    clusters = {"covariance": "CR2", "cluster": "link_worker"}
    (row,) = model(kind="did", design="change", **clusters).fit(panel).estimates
    assert row.status == "refused" and remedy in str(row.reason)
    (row,) = model(kind="mixed", random=["person", "link_worker"]).fit(panel).estimates
    (told,) = [said for said in row.warnings if said.startswith(INDEPENDENT)]
    assert remedy in told and "holds only what was there at baseline too" in told
    assert not any("drops out" in said for said in row.warnings)
    (held,) = (
        model(kind="mixed", random=["link_worker"], effect="constant", covariates=["before"])
        .model_copy(update={"times": ("t1",)})
        .fit(panel)
        .estimates
    )
    assert held.status == "estimated" and held.n_obs == 80
    assert "link worker (intervention arm only)" in str(held.method)
    assert not any(said.startswith(INDEPENDENT) for said in held.warnings)


def test_one_link_worker_has_no_such_remedy() -> None:
    panel = link_worked()
    panel["link_worker"] = pd.Categorical(
        panel["link_worker"].astype("str").where(panel["link_worker"].isna(), "w1")
    )
    clusters = {"covariance": "CR2", "cluster": "link_worker"}
    (row,) = model(kind="did", design="change", **clusters).fit(panel).estimates
    assert row.status == "refused" and "kind mixed" not in str(row.reason)


def test_a_study_file_can_ask_for_it(tmp_path: Path) -> None:
    study = Study(tmp_path)
    head, *lines = PEOPLE.splitlines()
    told = [f"{line},{f'w{i // 2 % 3}' if i % 2 == 0 else ''}" for i, line in enumerate(lines)]
    study.files["people.csv"] = "\n".join([f"{head},worker", *told, ""])
    study.config["files"]["people"]["link_worker"] = {"column": "worker"}
    study.config["covariates"]["score_before"] = {"label": "Score before", "variable": "score"}
    study.config["models"]["did"] = {
        "kind": "mixed", "random": ["link_worker"], "effect": "constant", "times": ["after"],
        "covariates": ["score_before"], "outcomes": ["score"],
    }  # fmt: skip
    ran = study.run()
    assert ran.status == 0, ran.shown
    (row,) = ran.estimates()
    assert row["status"] == "estimated" and "link worker (intervention arm only)" in row["method"]
    assert (row["estimate_id"], row["time"]) == ("did/score/after", "after")
    assert row["estimand"] == "difference in means at equal baseline"
    assert row["contrast"] == "New − Usual, at After, at the same value at Before"
    assert STARTED_ALIKE in row["warnings"] and COMMON_MEAN in row["warnings"]
    with inside(tmp_path):
        told = json.loads(model_specs.standardise(opened(".")))["models"]["did"]
    assert told == {"before": [], "after": ["after"], "baseline": {"score": "before"}}
