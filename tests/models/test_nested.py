"""The mixed engine: closed forms, lme4 and lmerTest, a simulation, boundaries, refusals."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx
from scipy import stats

from cesp_analysis.models.nested import (
    CollinearColumns,
    NotIdentified,
    ZeroResidualVariance,
    criterion_and_gradient,
    fit_nested,
    satterthwaite_df,
)
from cesp_analysis.models.nested_sums import nested_sums

REFERENCE = Path(__file__).parents[1] / "reference"
R = json.loads((REFERENCE / "nested.json").read_text(encoding="utf-8"))
OPTIMISER = 1e-6  # two optimisers of one criterion, each stopped near its flat top
CRITERION = 1e-9  # the criterion is flat there: it agrees to the square of that


def a1() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vector A1: 24 people at up to 4 times; y, x (intercept, arm, t, arm:t), person."""
    rows = []
    for i in range(1, 25):
        arm, level, slope = float(i > 12), 5 * np.sin(3.1 * i), 1.2 * np.cos(1.9 * i)
        for t in range(4):
            if not (t > 0 and (7 * i + 5 * t) % 6 == 0):
                noise = 3 * np.sin(5.3 * i + 2.9 * t)
                y = 40 + 2 * arm + 1.5 * t + 0.8 * arm * t + level + slope * t + noise
                rows.append((y, 1.0, arm, t, arm * t, i))
    table = np.array(rows)
    return table[:, 0], table[:, 1:5], table[:, 5].astype(int)


def generated() -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """200 people in neighbourhoods: y, x in lme4's order, (person, neighbourhood)."""
    d = pd.read_csv(REFERENCE / "nested_generated.csv")
    arm, wave = d["arm"].to_numpy(float), d["wave"].to_numpy()
    one, two = (wave == 1).astype(float), (wave == 2).astype(float)
    x = np.column_stack([np.ones(len(d)), arm, one, two, d["age"], arm * one, arm * two])
    return d["y"].to_numpy(), x, [d["pid"].to_numpy(), d["area"].to_numpy()]


def case05() -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    """60 people in ten neighbourhoods whose means differ less than chance would make them."""
    d = pd.read_csv(REFERENCE / "case05.csv")
    arm = (d["site"] == sorted(d["site"].unique())[0]).to_numpy(float)
    codes = pd.factorize(d["neighbourhood"])[0]
    return d["change"].to_numpy(float), np.column_stack([np.ones(len(d)), arm]), [codes]


def agrees(fit: Any, expected: dict[str, Any]) -> None:
    """Everything that lme4 and lmerTest say of a fit."""
    assert fit.criterion == approx(expected["criterion"], rel=CRITERION)
    assert fit.coef == approx(np.array(expected["estimate"]), rel=OPTIMISER)
    assert np.sqrt(np.diag(fit.cov)) == approx(np.array(expected["std_error"]), rel=OPTIMISER)
    variances = [*fit.variances, fit.residual_variance]
    # absolute: a variance that lme4 leaves at 1e-9 is our exact zero
    assert variances == approx(expected["variance"], rel=OPTIMISER, abs=1e-8)
    df = [satterthwaite_df(fit, contrast) for contrast in np.eye(len(fit.coef))]
    assert df == approx(expected["df"], rel=1e-4)  # lmerTest differences its deviance numerically


@pytest.mark.parametrize("method", ["REML", "ML"])
def test_a1_as_lme4(method: str) -> None:
    y, x, person = a1()
    agrees(fit_nested(y, x, [person], method), R[f"a1_{method.lower()}"])  # type: ignore[arg-type]


@pytest.mark.parametrize("method", ["REML", "ML"])
def test_person_in_neighbourhood_as_lme4(method: str) -> None:
    y, x, groups = generated()
    agrees(fit_nested(y, x, groups, method), R[f"generated_{method.lower()}"])  # type: ignore[arg-type]


def test_a_variance_at_zero_is_a_result() -> None:
    y, x, groups = case05()
    fit = fit_nested(y, x, groups)
    agrees(fit, R["case05"])
    assert fit.variances == (0.0,)
    assert fit.at_boundary == (True,)
    ols = np.linalg.lstsq(x, y, rcond=None)
    assert fit.coef == approx(ols[0], rel=1e-12)  # at zero the model is ordinary least squares
    assert fit.residual_variance == approx(float(ols[1][0]) / 58, rel=1e-12)
    assert satterthwaite_df(fit, np.array([0.0, 1.0])) == approx(
        58, rel=1e-6
    )  # differenced Hessian


def test_balanced_one_way_layout_in_closed_form() -> None:
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(30), 5)
    y = rng.normal(0, 2, 30)[groups] + rng.normal(0, 1, 150)
    table = y.reshape(30, 5)
    within = table.var(axis=1, ddof=1).mean()
    between = 5 * table.mean(axis=1).var(ddof=1)
    fit = fit_nested(y, np.ones((150, 1)), [groups])
    assert fit.residual_variance == approx(within, rel=1e-9)  # REML is ANOVA when balanced
    assert fit.variances[0] == approx((between - within) / 5, rel=1e-8)
    assert fit.cov[0, 0] == approx(between / 150, rel=1e-8)
    assert satterthwaite_df(fit, np.array([1.0])) == approx(29, rel=1e-6)  # differenced Hessian


def test_two_complete_times_are_the_t_test_on_change() -> None:
    rng = np.random.default_rng(2)
    arm = np.repeat([0.0, 1.0], 20)
    person = rng.normal(0, 2, 40)
    before, after = person + rng.normal(0, 1, 40), person + 0.8 * arm + rng.normal(0, 1, 40)
    y, time = np.concatenate([before, after]), np.repeat([0.0, 1.0], 40)
    both = np.tile(arm, 2)
    x = np.column_stack([np.ones(80), both, time, both * time])
    fit = fit_nested(y, x, [np.tile(np.arange(40), 2)])
    change = after - before
    test = stats.ttest_ind(change[arm == 1], change[arm == 0])
    effect = np.array([0.0, 0.0, 0.0, 1.0])
    estimate, error = fit.coef[3], np.sqrt(fit.cov[3, 3])
    assert estimate == approx(change[arm == 1].mean() - change[arm == 0].mean(), rel=1e-9)
    assert estimate / error == approx(test.statistic, rel=1e-7)
    assert satterthwaite_df(fit, effect) == approx(38, rel=1e-5)  # differenced Hessian


def test_no_random_effect_is_least_squares() -> None:
    y, x, _ = a1()
    fit = fit_nested(y, x, [])
    coef, rss, *_ = np.linalg.lstsq(x, y, rcond=None)
    assert fit.coef == approx(coef, rel=1e-11)
    assert fit.residual_variance == approx(float(rss[0]) / (len(y) - 4), rel=1e-11)
    assert satterthwaite_df(fit, np.eye(4)[3]) == approx(len(y) - 4, rel=1e-6)


def test_criterion_and_gradient_against_the_dense_matrix() -> None:
    rng = np.random.default_rng(3)
    person = np.repeat(np.arange(60), 3)
    near, site = person // 5, person // 15
    keep = rng.random(180) > 0.2
    levels = [codes[keep] for codes in (person, near, site)]
    x = np.column_stack([np.ones(180), rng.normal(size=180)])[keep]
    y = rng.normal(size=180)[keep]
    sums = nested_sums(np.column_stack([x, y]), levels)
    ratios = np.array([0.7, 0.4, 1.3])
    value, slope = criterion_and_gradient(sums, ratios, True)

    def dense(r: np.ndarray) -> float:
        w = np.eye(len(y))
        for ratio, codes in zip(r, levels, strict=True):
            w += ratio * (codes[:, None] == codes)
        wx, wy = np.linalg.solve(w, x), np.linalg.solve(w, y)
        coef = np.linalg.solve(x.T @ wx, x.T @ wy)
        rest, m = y - x @ coef, len(y) - 2
        q = rest @ np.linalg.solve(w, rest)
        logs = np.linalg.slogdet(w)[1] + np.linalg.slogdet(x.T @ wx)[1]
        return float(m * (1 + np.log(2 * np.pi * q / m)) + logs)

    assert value == approx(dense(ratios), rel=1e-11)
    for i, step in enumerate(1e-5 * np.eye(3)):
        numeric = (dense(ratios + step) - dense(ratios - step)) / 2e-5
        assert slope[i] == approx(numeric, rel=1e-5, abs=1e-5)  # error of the difference


def test_invariances() -> None:
    y, x, groups = generated()
    fit = fit_nested(y, x, groups)
    order = np.random.default_rng(4).permutation(len(y))
    renamed = [1000 - codes[order] for codes in groups]
    shuffled = fit_nested(y[order], x[order], renamed)
    assert shuffled.criterion == approx(fit.criterion, rel=1e-12)
    assert shuffled.coef == approx(fit.coef, rel=1e-7)
    scaled = fit_nested(10 * y + 7, x, groups)
    assert scaled.coef[1:] == approx(10 * fit.coef[1:], rel=1e-6)
    assert scaled.variances == approx([100 * v for v in fit.variances], rel=1e-6)
    moved = x.copy()
    moved[:, 4] = 1e3 * (x[:, 4] - 45)
    assert fit_nested(y, moved, groups).coef[4] == approx(fit.coef[4] / 1e3, rel=1e-7)


def test_coverage_in_the_design_it_is_for() -> None:
    """24 neighbourhoods, 8 people each, 3 times, a quarter lost: the arm-by-time effect."""
    rng = np.random.default_rng(5)
    covered, runs = 0, 400
    near = np.repeat(np.arange(24), 8)
    arm = (near % 2).astype(float)
    person, time = np.repeat(np.arange(192), 3), np.tile(np.arange(3), 192)
    for _ in range(runs):
        y = rng.normal(0, 1, 24)[near[person]] + rng.normal(0, 2, 192)[person]
        y = y + 0.5 * arm[person] * (time == 2) + rng.normal(0, 1.5, 576)
        keep = (time == 0) | (rng.random(576) > 0.25)
        a, t = arm[person][keep], time[keep]
        columns = [np.ones(len(a)), a, t == 1, t == 2, a * (t == 1), a * (t == 2)]
        fit = fit_nested(y[keep], np.column_stack(columns), [person[keep], near[person][keep]])
        contrast = np.eye(6)[5]
        half = stats.t.ppf(0.975, satterthwaite_df(fit, contrast)) * np.sqrt(fit.cov[5, 5])
        covered += abs(fit.coef[5] - 0.5) <= half
    error = np.sqrt(0.95 * 0.05 / runs)
    assert covered / runs == approx(0.95, abs=3.3 * error)  # 3.3 Monte Carlo errors: 1 in 1,000


def test_what_cannot_be_fitted_is_said() -> None:
    y, x, person = a1()
    with pytest.raises(CollinearColumns) as tied:
        fit_nested(y, np.column_stack([x, x[:, 1] + 2 * x[:, 2]]), [person])
    assert tied.value.columns == (4,)
    with pytest.raises(ZeroResidualVariance):
        fit_nested(np.full(len(y), 3.0), x, [person])
    with pytest.raises(ZeroResidualVariance):
        fit_nested(np.arange(24.0)[person - 1] ** 2, x[:, :2], [person])
    with pytest.raises(NotIdentified) as alone:
        fit_nested(y, x, [np.arange(len(y))])
    assert alone.value.level == 0
    with pytest.raises(NotIdentified) as same:
        fit_nested(y, x, [person, person + 5])
    assert same.value.level == 1
    with pytest.raises(ValueError, match="nest"):
        fit_nested(y, x, [person, np.arange(len(y)) % 3])
    with pytest.raises(ValueError, match="finite"):
        fit_nested(np.append(y[1:], np.nan), x, [person])
    with pytest.raises(ValueError, match="rows"):
        fit_nested(y[:4], x[:4], [person[:4]])
