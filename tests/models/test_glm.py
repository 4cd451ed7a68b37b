"""Kinds `glm` and `ordinal`: closed forms, R, dense matrices, bad input."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx
from scipy import stats

from cesp_analysis.models import cumulative_logit, proportional_odds
from cesp_analysis.models.cumulative_logit import fit_cumulative_logit
from cesp_analysis.models.glm_engine import fit_glm
from cesp_analysis.models.glm_families import FAMILIES
from cesp_analysis.models.proportional_odds import proportional_odds_test
from cesp_analysis.models.sandwich import covariance_matrix, infer
from glm_records import DATA, asked, panel_made
from small_panel import model, panel_of

R = json.loads(Path("tests/reference/glm.json").read_text(encoding="utf-8"))
# R's gamma, whose Fisher scoring converges linearly, stops some 1e-9 short; others agree to 1e-11
CLOSE = 1e-8
# clubSandwich takes another square root of the same adjustment, see the test of dense matrices
OTHER_ROOT = 0.015


def fitted(outcome: str = "bin", **settings: Any) -> Any:
    """What it says of the reference data."""
    held = [outcome, *([settings["exposure"]] if settings.get("exposure") else [])]
    return asked(outcome, **settings).fit(panel_made(*held))


def columns() -> np.ndarray:
    """The design of glm.R: constant, a, t, age, sex, a:t."""
    d = DATA
    return np.column_stack([np.ones(len(d)), d["a"], d["t"], d["age"], d["sex"], d["a"] * d["t"]])


def test_the_reference_has_these_data() -> None:
    for name in ("bin", "count", "cost", "ord"):
        assert DATA[name].sum() == approx(R["data"][name], rel=1e-11)


@pytest.mark.parametrize(
    ("name", "outcome", "family"),
    [("binary", "bin", "binomial"), ("count", "count", "poisson"), ("cost", "cost", "gamma")],
)
def test_the_engine_is_rs(name: str, outcome: str, family: str) -> None:
    offset = np.log(DATA["days"].to_numpy()) if name == "count" else None
    fit = fit_glm(FAMILIES[family], DATA[outcome].to_numpy(), columns(), None, offset)
    known, clusters = R[name], DATA["g"].to_numpy()
    assert fit.coef == approx(known["coef"], rel=CLOSE, abs=5e-9)
    assert fit.deviance == approx(known["deviance"], rel=CLOSE)
    assert fit.dispersion == approx(known["dispersion"], rel=CLOSE)
    error = np.sqrt(np.diag(covariance_matrix(fit.whitened, "CR1", clusters)))
    assert error == approx(known["cr1"], rel=CLOSE)
    error = np.sqrt(np.diag(covariance_matrix(fit.whitened, "CR2", clusters)))
    assert error == approx(known["cr2"], rel=OTHER_ROOT)


@pytest.mark.parametrize(
    ("name", "outcome", "family"),
    [("binary", "bin", "binomial"), ("count", "count", "poisson"), ("cost", "cost", "gamma")],
)
def test_standardised_differences_and_ratios_are_rs(name: str, outcome: str, family: str) -> None:
    exposure = {"exposure": "days"} if name == "count" else {}
    found = fitted(
        outcome, family=family, covariates=["age", "sex"], cluster="neighbourhood", ratio=True,
        **exposure,
    )  # fmt: skip
    difference, ratio = found.estimates
    for row, known in ((difference, R[name]["difference"]), (ratio, R[name]["ratio"])):
        assert row.estimate == approx(known["estimate"], rel=CLOSE)
        assert row.df == approx(known["df"], rel=2e-4)  # by the other root
        assert (row.n_clusters, row.cluster_level) == (12, "neighbourhood")
    assert difference.std_error == approx(R[name]["difference"]["std_error"], rel=OTHER_ROOT)
    on_log = R[name]["ratio"]["std_error"]
    assert ratio.std_error == approx(ratio.estimate * on_log, rel=OTHER_ROOT)
    on_log = ratio.std_error / ratio.estimate
    half = stats.t.ppf(0.975, ratio.df) * on_log
    assert np.log([ratio.ci_low, ratio.ci_high]) == approx(
        np.log(ratio.estimate) + np.array([-half, half]), rel=1e-7
    )
    by_cell = {(mean.group, mean.time): mean.mean for mean in found.means}
    cells = [("north", "t1"), ("north", "t0"), ("south", "t1"), ("south", "t0")]
    assert [by_cell[cell] for cell in cells] == approx(R[name]["means"], rel=CLOSE)


def test_clustered_by_person_it_is_rs_too() -> None:
    (row,) = fitted(family="binomial", covariates=["age", "sex"]).estimates
    known = R["binary"]["by_person"]["difference"]
    assert (row.std_error, row.df) == approx((known["std_error"], known["df"]), rel=1e-6)
    assert (row.n_clusters, row.cluster_level) == (144, "person")


def test_the_plain_sandwich_is_geepacks() -> None:
    fit = fit_glm(FAMILIES["binomial"], DATA["bin"].to_numpy(), columns())
    n, k, g = len(DATA), 6, 12
    factor = np.sqrt(g / (g - 1) * (n - 1) / (n - k))  # CR1 over geepack's
    error = np.sqrt(np.diag(covariance_matrix(fit.whitened, "CR1", DATA["g"].to_numpy())))
    assert fit.coef == approx(R["geepack"]["coef"], rel=1e-8, abs=1e-11)
    assert error == approx(factor * np.array(R["geepack"]["cr0"]), rel=1e-7)  # geepack's own stop


def test_sampling_weights_are_rs() -> None:
    fit = fit_glm(FAMILIES["binomial"], DATA["bin"].to_numpy(), columns(), DATA["w"].to_numpy())
    error = np.sqrt(np.diag(covariance_matrix(fit.whitened, "CR1", DATA["g"].to_numpy())))
    assert fit.coef == approx(R["weighted"]["coef"], rel=CLOSE)
    assert error == approx(R["weighted"]["cr1"], rel=CLOSE)


def test_means_over_one_covariate_are_those_of_emmeans() -> None:
    found = fitted(family="binomial", covariates=["sex"])
    own = {(mean.group, mean.time): mean.mean for mean in found.means}
    known = R["emmeans"]
    for a, t, mean in zip(known["a"], known["t"], known["mean"], strict=True):
        assert own["north" if a else "south", f"t{t}"] == approx(mean, rel=1e-9)


def test_the_ordinal_engine_is_rs() -> None:
    fit = fit_cumulative_logit(DATA["ord"].to_numpy(), columns()[:, 1:])
    # polr climbs without second derivatives: it stops some 1e-7 short
    assert fit.coef[3:] == approx(R["polr"]["slope"], abs=2e-7)
    assert fit.coef[:3] == approx(R["polr"]["threshold"], abs=2e-7)
    assert fit.log_likelihood == approx(R["polr"]["log_likelihood"], rel=1e-11)
    signs = np.array([1, 1, 1, -1, -1, -1, -1, -1])
    assert fit.coef * signs == approx(R["vglm"]["coef"], abs=2e-8)  # its stop
    assert np.sqrt(np.diag(fit.whitened.bread)) == approx(R["vglm"]["std_error"], rel=1e-8)


def dense(fit: Any, clusters: np.ndarray, other_root: bool) -> tuple[np.ndarray, np.ndarray]:
    """Covariance of the coefficients and adjusted influence (k, n), by matrices of n rows.

    (I - H_gg)^(-1/2), Kauermann & Carroll (2001) eq. 8; or Pustejovsky & Tipton's (2018) eq. 9.
    """
    x, residual = fit.whitened.x, fit.whitened.residuals
    bread = np.linalg.inv(x.T @ x)
    hat = x @ bread @ x.T
    slope = np.sqrt(fit.mean * (1 - fit.mean))
    parts = []
    for g in np.unique(clusters):
        own = clusters == g
        middle = np.eye(own.sum()) - hat[np.ix_(own, own)]
        if other_root:
            scale = np.diag(slope[own] ** 2)  # the variance, on the scale of the outcome
            adjust = root(scale @ middle @ scale) @ scale
        else:
            adjust = root(middle)
        parts.append(bread @ x[own].T @ adjust)
    scores = [
        part @ residual[clusters == g] for part, g in zip(parts, np.unique(clusters), strict=True)
    ]
    influence = np.zeros((x.shape[1], len(x), len(parts)))
    for index, (part, g) in enumerate(zip(parts, np.unique(clusters), strict=True)):
        influence[:, clusters == g, index] = part
    return sum(np.outer(s, s) for s in scores), influence


def root(matrix: np.ndarray) -> np.ndarray:
    """The symmetric inverse square root."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors / np.sqrt(values)) @ vectors.T


def test_cr2_is_kauermann_and_carrolls_and_clubsandwich_takes_another_root() -> None:
    fit = fit_glm(FAMILIES["binomial"], DATA["bin"].to_numpy(), columns())
    clusters = DATA["g"].to_numpy()
    cov, influence = dense(fit, clusters, other_root=False)
    assert covariance_matrix(fit.whitened, "CR2", clusters) == approx(cov, rel=1e-9, abs=1e-13)
    other, _ = dense(fit, clusters, other_root=True)
    assert np.sqrt(np.diag(other)) == approx(R["binary"]["cr2"], rel=CLOSE)
    x = fit.whitened.x
    residuals = np.eye(len(x)) - x @ np.linalg.solve(x.T @ x, x.T)
    lead = np.array([0.1, 0.2, -0.3, 1.0, 0.5, -1.0])
    p = residuals @ np.einsum("k,kng->ng", lead, influence)
    spread = p.T @ p
    df = np.trace(spread) ** 2 / np.sum(spread**2)
    assert infer(fit.whitened, lead, "CR2", clusters).df == approx(df, rel=1e-9)


def test_without_covariates_risks_are_shares_and_the_error_is_welchs() -> None:
    """People who answered twice: a saturated model, CR2 by person is HC2 of changes."""
    panel = panel_of(60, 3)
    panel["value"] = (panel["value"] > 21.3).astype(float)
    logit = model(times=3, kind="glm", family="binomial", design="panel").fit(panel).estimates
    linear = model(times=3, kind="did", design="change").fit(panel).estimates
    for one, two in zip(logit, linear, strict=True):
        assert one.estimate == approx(two.estimate, abs=1e-12)
        assert one.std_error == approx(two.std_error, rel=1e-9)
        assert (one.n_obs, one.n_units, two.n_obs) == (120, 60, 60)
        assert one.df == approx(two.df, rel=0.1)  # the working model says what Welch estimates


def test_any_family_gives_the_same_saturated_means() -> None:
    panel = panel_of(60)
    panel["value"] = np.round(np.exp(panel["value"] / 8), 3)
    poisson, gamma = (
        model(kind="glm", family=family, design="panel").fit(panel).estimates
        for family in ("poisson", "gamma")
    )
    linear = model(kind="did", design="cross_sections", covariance="CR2", cluster="person")
    (line,) = linear.fit(panel).estimates
    for rows in (poisson, gamma):
        assert rows[0].estimate == approx(line.estimate, rel=1e-9)
        assert rows[0].std_error == approx(line.std_error, rel=1e-8)
        assert rows[1].estimate == approx(poisson[1].estimate, rel=1e-9)


def test_the_unit_of_costs_does_not_matter() -> None:
    """Pounds or pence: the same ratio, a hundredfold difference; days or weeks: by seven."""
    panel = panel_made("cost", "days")
    settings = {"family": "poisson", "covariates": ["age"], "exposure": "days"}
    first = asked("cost", **settings).fit(panel).estimates
    pence = panel.assign(
        value=panel["value"].where(panel["outcome"] != "cost", panel["value"] * 1e7)
    )
    second = asked("cost", **settings).fit(pence).estimates
    weekly = asked("cost", **settings, per=7).fit(panel).estimates
    assert second[0].estimate == approx(1e7 * first[0].estimate, rel=1e-10)
    assert second[0].std_error == approx(1e7 * first[0].std_error, rel=1e-10)
    assert second[1].std_error == approx(first[1].std_error, rel=1e-10)
    assert weekly[0].estimate == approx(7 * first[0].estimate, rel=1e-10)
    assert weekly[0].unit == "points per 7 points"


def test_arms_and_outcomes_swapped() -> None:
    """The other arm, or the other answer: the sign turns and nothing else."""
    panel = panel_made("bin")
    settings = {"family": "binomial", "covariates": ["age", "sex"], "cluster": "neighbourhood"}
    (row,) = asked(**settings).fit(panel).estimates
    (other,) = asked(**settings).fit(panel.assign(value=1 - panel["value"])).estimates
    assert (other.estimate, other.std_error, other.df) == approx(
        (-row.estimate, row.std_error, row.df), rel=1e-9
    )
    names = {"intervention": "control", "control": "intervention"}
    swapped = panel.assign(arm=panel["arm"].map(names).astype("category"))
    (third,) = asked(**settings).fit(swapped).estimates
    assert (third.estimate, third.std_error) == approx((-row.estimate, row.std_error), rel=1e-9)
    shuffled = panel.sample(frac=1, random_state=1)
    (fourth,) = asked(**settings).fit(shuffled).estimates
    assert (fourth.estimate, fourth.std_error) == approx((row.estimate, row.std_error), rel=1e-10)


def test_an_interaction_of_zero_is_no_difference_of_zero() -> None:
    """Risks of .5 → .731 and .9 → .961: the same odds ratio in both arms, unlike differences."""
    n = 1000
    risks = {("control", 0): 0.5, ("control", 1): 0.731, ("intervention", 0): 0.9,
             ("intervention", 1): 0.961}  # fmt: skip
    parts = []
    for (arm, t), risk in risks.items():
        events = round(n * risk)
        units = [f"{arm[0]}{t}{i}" for i in range(n)]
        parts.append(pd.DataFrame({"unit": units, "arm": arm, "time": f"t{t}",
                                   "value": [1.0] * events + [0.0] * (n - events)}))  # fmt: skip
    d = pd.concat(parts)
    d["site"] = np.where(d["arm"] == "intervention", "north", "south")
    d = d.assign(study="s", level="person", outcome="y", weight=1.0, link_worker=None,
                 neighbourhood="n", age=1.0)  # fmt: skip
    fitted = model(kind="glm", family="binomial", design="cross_sections").fit(d.astype(
        dict.fromkeys(("study", "level", "unit", "site", "arm", "neighbourhood", "link_worker",
                       "time", "outcome"), "category")))  # fmt: skip
    (row,) = fitted.estimates
    assert row.estimate == approx((0.961 - 0.9) - (0.731 - 0.5), abs=1e-9)
    assert abs(fitted.diagnostics["y"]["coefficient"]["arm:time[t1]"]) < 0.01
    unpooled = sum(r * (1 - r) / (n - 1) for r in risks.values())
    assert row.std_error == approx(np.sqrt(unpooled), rel=1e-9)


def ordered(**settings: Any) -> Any:
    """The ordinal kind on the reference data."""
    return asked("ord", **({"kind": "ordinal", "at_least": [2]} | settings))


def test_two_categories_are_a_logit() -> None:
    panel = panel_made("ord").assign(value=panel_made("bin")["value"])
    common = {"covariates": ["age", "sex"], "cluster": "neighbourhood"}
    cut, mean = ordered(at_least=[1], **common).fit(panel).estimates
    (one,) = asked("ord", family="binomial", **common).fit(panel).estimates
    for row in (cut, mean):
        assert (row.estimate, row.std_error) == approx((one.estimate, one.std_error), rel=1e-8)
        assert row.df == approx(one.df, rel=1e-6)


def test_ordinal_cr2_is_that_of_dense_matrices() -> None:
    """Cumulative indicators with their multinomial covariance: estimating equations."""
    x, y, clusters = columns()[:, 1:], DATA["ord"].to_numpy(), DATA["g"].to_numpy()
    fit = fit_cumulative_logit(y, x)
    gamma = np.cumsum(fit.probability, axis=1)[:, :3]
    blocks, residuals = [], []
    for i in range(len(y)):
        slope = gamma[i] * (1 - gamma[i])
        part = np.hstack([np.diag(slope), -slope[:, None] * x[i]])
        low = np.minimum.outer(gamma[i], gamma[i])
        white = root(low - np.outer(gamma[i], gamma[i]))
        blocks.append(white @ part)
        residuals.append(white @ ((y[i] <= [0, 1, 2]) - gamma[i]))
    z = np.vstack(blocks)
    bread = np.linalg.inv(z.T @ z)
    total = np.zeros_like(bread)
    for g in np.unique(clusters):
        own = np.vstack([blocks[i] for i in np.flatnonzero(clusters == g)])
        e = np.concatenate([residuals[i] for i in np.flatnonzero(clusters == g)])
        score = bread @ own.T @ root(np.eye(len(own)) - own @ bread @ own.T) @ e
        total += np.outer(score, score)
    codes = np.repeat(clusters, 4)
    assert covariance_matrix(fit.whitened, "CR2", codes) == approx(total, rel=1e-8, abs=1e-12)


def test_an_ordinal_effect_is_that_of_its_own_slopes() -> None:
    """The delta method against numerical derivatives of the standardised effects."""
    fit = fit_cumulative_logit(DATA["ord"].to_numpy(), columns()[:, 1:])
    x = columns()[:5, 1:]
    _, gradient = fit.exceedance(x)
    for j in range(len(fit.coef)):
        step = np.zeros(len(fit.coef))
        step[j] = 1e-6
        up = replace(fit, coef=fit.coef + step).exceedance(x)[0]
        down = replace(fit, coef=fit.coef - step).exceedance(x)[0]
        assert gradient[:, :, j] == approx((up - down) / 2e-6, abs=1e-7)  # central differences


def test_the_mean_score_is_the_sum_of_its_exceedances() -> None:
    rows = ordered(at_least=[1, 2, 3], covariates=["age"]).fit(panel_made("ord")).estimates
    assert sum(row.estimate for row in rows[:3]) == approx(rows[3].estimate, rel=1e-10)
    assert [row.estimate_id for row in rows] == [
        "m/ord/t1/at_least_1", "m/ord/t1/at_least_2", "m/ord/t1/at_least_3", "m/ord/t1/mean",
    ]  # fmt: skip
    assert rows[0].unit == "proportion 1 or more"
    again = ordered(at_least=[12], covariates=["age"]).fit(
        panel_made("ord").assign(value=lambda d: d["value"] ** 2 + 10)
    )
    # other numbers for the same categories: the same model
    assert again.estimates[0].estimate == approx(rows[1].estimate, rel=1e-9)


def test_the_score_test_of_proportional_odds_is_near_the_likelihood_ratio() -> None:
    x = columns()[:, 1:]
    fit = fit_cumulative_logit(DATA["ord"].to_numpy(), x)
    test = proportional_odds_test(fit, x, np.arange(len(x)))
    assert test is not None
    chi2, df, p = test
    assert df == R["vglm"]["lr_df"] == 10
    assert chi2 == approx(R["vglm"]["lr_free"], rel=0.3)  # asymptotically equal, 288 records
    assert p == approx(stats.chi2.sf(chi2, df), rel=1e-9)


def test_cr2_with_sampling_weights_is_that_of_dense_matrices() -> None:
    """Working covariance: the family's variance, whatever the weights (they are no precisions)."""
    weight, clusters = DATA["w"].to_numpy(), DATA["g"].to_numpy()
    fit = fit_glm(FAMILIES["poisson"], DATA["count"].to_numpy(), columns(), weight)
    w = weight / weight.mean()
    z = columns() * np.sqrt(fit.mean)[:, None]  # canonical: d mean / d eta is the variance
    e = (DATA["count"].to_numpy() - fit.mean) / np.sqrt(fit.mean)
    bread = np.linalg.inv(z.T @ (w[:, None] * z))
    left = np.eye(len(z)) - z @ bread @ (z.T * w)
    spread = left @ left.T
    total = np.zeros_like(bread)
    for g in np.unique(clusters):
        own = clusters == g
        score = bread @ (z[own].T * w[own]) @ root(spread[np.ix_(own, own)]) @ e[own]
        total += np.outer(score, score)
    assert covariance_matrix(fit.whitened, "CR2", clusters) == approx(total, rel=1e-8, abs=1e-13)


@pytest.mark.parametrize("population", ["all", "intervention"])
def test_several_sites_are_averaged_as_they_stand_in_their_arm(population: str) -> None:
    """Against predictions averaged by hand: each site its own level, one change an arm."""
    panel = panel_made("bin")
    number = panel["neighbourhood"].astype(str).astype(int)
    panel["site"] = pd.Categorical("s" + ((number + 1) // 2).astype(str))
    sites = [
        {"name": f"s{i}", "label": f"S{i}", "arm": "intervention" if i > 3 else "control"}
        for i in range(1, 7)
    ]
    settings = {"family": "binomial", "covariates": ["age"], "standardised_over": population}
    own = asked(**settings)
    study = own.study.model_dump() | {"sites": sites}
    spec = type(own).model_validate(own.model_dump() | {"study": study})
    fitted = spec.fit(panel)
    (row,) = fitted.estimates
    b = fitted.diagnostics["bin"]["coefficient"]
    later = (panel["time"] == "t1").to_numpy()
    arm = (panel["arm"] == "intervention").to_numpy()
    age = panel["age"].to_numpy()[arm if population == "intervention" else slice(None)]
    change = {}
    for name, code in (("intervention", True), ("control", False)):
        share = panel["site"][arm == code].astype(str).value_counts(normalize=True)
        for t in (0, 1):
            change[name, t] = sum(
                part * np.mean(FAMILIES["binomial"].mean(
                    b["(intercept)"] + b.get(f"site[{site}]", 0.0) + b["time[t1]"] * t
                    + b["arm:time[t1]"] * t * code + b["age"] * age))
                for site, part in share.items()
            )  # fmt: skip
    by_hand = (change["intervention", 1] - change["intervention", 0]) - (
        change["control", 1] - change["control", 0]
    )
    assert row.estimate == approx(by_hand, rel=1e-9)
    assert later.any() and "an effect for each site" in row.method
    assert {(mean.group, mean.arm) for mean in fitted.means} == {
        (site["name"], site["arm"]) for site in sites
    }
    assert (
        f"standardised over {'all records' if population == 'all' else 'the inter'}" in row.method
    )


@pytest.mark.slow
def test_the_score_test_rejects_true_proportional_odds_one_time_in_twenty() -> None:
    rng, p = np.random.default_rng(4), []
    for _ in range(400):
        arm, t = np.repeat([0.0, 1.0], 150), np.tile([0.0, 1.0], 150)
        x = np.column_stack([arm, t, arm * t])
        person = np.repeat(np.arange(150), 2)
        shared = rng.normal(size=150)[person]
        # a Gaussian copula: the marginal model has proportional odds although people differ
        uniform = stats.norm.cdf(0.6**0.5 * shared + 0.4**0.5 * rng.normal(size=300))
        cuts = 1 / (1 + np.exp(-(np.array([-1, 0, 1]) - (x @ [0.3, 0.2, 0.4])[:, None])))
        y = (uniform[:, None] > cuts).sum(axis=1).astype(float)
        test = proportional_odds_test(fit_cumulative_logit(y, x), x, person)
        assert test is not None
        p.append(test[2])
    rejected = np.mean(np.array(p) < 0.05)
    assert 0.05 - 3.5 * 0.011 < rejected < 0.05 + 3.5 * 0.011  # Monte Carlo error of 400


def test_steps_of_the_cumulative_logit_take_the_sums_of_its_whitened_rows() -> None:
    rng = np.random.default_rng(8)
    x, code = rng.normal(size=(50, 3)), rng.integers(0, 4, 50)
    weight = rng.uniform(0.5, 2, 50)
    coef = np.array([-1.0, 0.3, 1.2, 0.4, -0.7, 0.2])
    residual, columns = cumulative_logit._whitened(coef, code, x)
    spread = np.repeat(weight, 4)
    score, information = cumulative_logit._score_and_information(coef, code, x, weight)
    assert score == approx(columns.T @ (spread * residual), rel=1e-11)
    assert information == approx(columns.T @ (spread[:, None] * columns), rel=1e-11, abs=1e-11)


def test_the_score_test_from_sums_by_record_is_that_of_its_whitened_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By the definition: further columns less what the fit's explain, summed by person."""
    monkeypatch.setattr(proportional_odds, "CELLS", 60)  # many blocks of people
    rng = np.random.default_rng(9)
    n, cuts, p = 240, 3, 2
    x, person = rng.normal(size=(n, p)), rng.integers(0, 90, n)
    y = np.digitize(x[:, 0] + rng.logistic(size=n), [-1.0, 0.2, 1.0]).astype(float)
    fit = fit_cumulative_logit(y, x, rng.uniform(0.5, 2, n))
    below = np.hstack([np.zeros((n, 1)), 1 - fit.exceedance(x)[0], np.ones((n, 1))])
    slope, spread = below * (1 - below), np.sqrt(np.diff(below, axis=1))
    further = np.zeros((n, cuts + 1, cuts - 1, p))
    for k in range(1, cuts):
        further[:, k, k - 1] = -slope[:, [k + 1]] * x / spread[:, [k]]
        further[:, k + 1, k - 1] = slope[:, [k + 1]] * x / spread[:, [k + 1]]
    root = np.sqrt(fit.whitened.weights)[:, None]
    wide, basis = further.reshape(n * (cuts + 1), -1) * root, fit.whitened.basis
    left = (wide - basis @ (basis.T @ wide)) * fit.whitened.residuals[:, None] * root
    scores = np.zeros((90, left.shape[1]))
    np.add.at(scores, np.repeat(person, cuts + 1), left)
    total = scores.sum(axis=0)
    test = proportional_odds_test(fit, x, person)
    assert test is not None
    assert test[0] == approx(total @ np.linalg.solve(scores.T @ scores, total), rel=1e-10)
    assert test[1] == (cuts - 1) * p
