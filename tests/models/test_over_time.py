"""Random slopes and neighbourhoods at each time: lme4, dense matrices, edges, refusals."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis.models.nested import NestedFit, NotConverged, NotIdentified, fit_nested
from cesp_analysis.models.nested_df import adjusted_cov, kenward_roger_df, satterthwaite_df
from cesp_analysis.models.over_time import by_time, fit_over_times, intercepts, slopes
from cesp_analysis.models.over_time_absorbed import absorbed_over_time
from cesp_analysis.models.over_time_sums import Effects, time_sums
from nested_data import a1, generated

REFERENCE = Path(__file__).parents[1] / "reference"
R = json.loads((REFERENCE / "over_time.json").read_text(encoding="utf-8"))
STOPPED = 2e-6  # where lme4's optimiser stops: variances right to about 1e-6; seen: 1.6e-6
COVARIANCE = 2e-5  # a covariance near zero: the same error over a smaller number; seen: 8e-6
DIFFERENCED = 1e-5  # df of lmerTest and pbkrtest at that optimum; seen: 1e-6
EXACT = 1e-7  # against n × n matrices


def sleep(correlated: bool = True) -> dict[str, Any]:
    """Reaction times of 18 people over ten days without sleep."""
    d = pd.read_csv(REFERENCE / "sleepstudy.csv")
    person, days = pd.factorize(d["Subject"])[0], d["Days"].to_numpy()
    x = np.column_stack([np.ones(180), days])
    levels = [slopes(person, np.arange(10.0), correlated)]
    return {"y": d["Reaction"].to_numpy(), "x": x, "levels": levels, "time": days}


def a1_with_slopes() -> dict[str, Any]:
    """Vector A1, where level and slope are correlated by 1."""
    y, x, person = a1()
    levels = [slopes(person, np.arange(4.0), True)]
    return {"y": y, "x": x, "levels": levels, "time": x[:, 2].astype(int)}


def people(shaken: float = 0.0, sloped: float = 0.0) -> dict[str, Any]:
    """The generated people: y, x, codes and wave; shocks as in over_time.R."""
    y, x, (person, near) = generated()
    time = (x[:, 2] + 2 * x[:, 3]).astype(int)
    y = y + shaken * np.sin(3.7 * near + 2.3 * time) + sloped * time * np.sin(1.3 * person)
    return {"y": y, "x": x, "person": person, "near": near, "time": time}


def crossed(shaken: float) -> dict[str, Any]:
    """People, neighbourhoods, and neighbourhoods at each time."""
    d = people(shaken)
    levels = [intercepts(d.pop("person"), 3), by_time(d.pop("near"), 3, True)]
    return {**d, "levels": levels}


def sloped() -> dict[str, Any]:
    """People with slopes in neighbourhoods."""
    d = people(sloped=2.5)
    levels = [slopes(d.pop("person"), np.arange(3.0), True), intercepts(d.pop("near"), 3)]
    return {**d, "levels": levels}


CASES: dict[str, tuple[dict[str, Any], Any]] = {
    "sleep": (sleep(), "REML"),
    "sleep_ml": (sleep(), "ML"),
    "sleep_uncorrelated": (sleep(False), "REML"),
    "a1_edge": (a1_with_slopes(), "REML"),
    "crossed_zero": (crossed(0.0), "REML"),
    "crossed": (crossed(2.0), "REML"),
    "crossed_ml": (crossed(2.0), "ML"),
    "sloped": (sloped(), "REML"),
}


def in_lme4s_order(fit: NestedFit, levels: list[Effects]) -> list[float]:
    """Variances as lme4 lists them: those of a level and slope before their covariance."""
    found = list(fit.variances)
    if len(levels[0].parts) == 3:
        found[1], found[2] = found[2], found[1]
    return [*found, fit.residual_variance]


@pytest.mark.parametrize("name", CASES)
def test_as_lme4_lmertest_and_pbkrtest(name: str) -> None:
    (case, method), expected = CASES[name], R[name]
    fit = fit_over_times(**case, method=method)
    assert fit.criterion == approx(expected["criterion"], rel=1e-9)  # ten digits are written
    assert fit.coef == approx(np.array(expected["estimate"]), rel=STOPPED)
    assert np.sqrt(np.diag(fit.cov)) == approx(np.array(expected["std_error"]), rel=STOPPED)
    found = in_lme4s_order(fit, case["levels"])
    assert found == approx(expected["variance"], rel=COVARIANCE)
    rows = np.eye(len(fit.coef))
    assert [satterthwaite_df(fit, row) for row in rows] == approx(expected["df"], rel=DIFFERENCED)
    if method == "REML":
        small = np.sqrt(np.diag(adjusted_cov(fit)))
        assert small == approx(np.array(expected["adjusted_std_error"]), rel=STOPPED)
        df = [kenward_roger_df(fit, row) for row in rows]
        assert df == approx(expected["kenward_roger_df"], rel=DIFFERENCED)


def test_published_values_of_sleepstudy() -> None:
    """As R prints them, at the optimum of lme4's default optimiser: right to about 1e-5."""
    fit = fit_over_times(**sleep())
    level, both, slope = fit.variances
    assert fit.criterion == approx(1743.628272, abs=1e-6)
    assert fit.coef == approx(np.array([251.405105, 10.467286]), abs=1e-6)
    assert np.sqrt(np.diag(fit.cov)) == approx(np.array([6.824597, 1.545790]), rel=1e-5)
    assert (level**0.5, slope**0.5) == approx((24.740658, 5.922138), rel=2e-5)
    assert both / (level * slope) ** 0.5 == approx(0.065551, abs=2e-5)
    assert fit.residual_variance**0.5 == approx(25.591796, rel=1e-5)
    # complete and balanced: 18 people, one slope each, so that df are 18 - 1 exactly
    assert [satterthwaite_df(fit, row) for row in np.eye(2)] == approx([17, 17], rel=1e-6)
    assert [kenward_roger_df(fit, row) for row in np.eye(2)] == approx([17, 17], rel=1e-6)
    own = np.array([np.polyfit(np.arange(10), y, 1)[0] for y in sleep()["y"].reshape(18, 10)])
    assert fit.cov[1, 1] == approx(own.var(ddof=1) / 18, rel=1e-8)  # the t-test on 18 slopes


def test_a_correlation_of_one_is_a_result() -> None:
    """A1: published REML criterion 435.5573286; level and slope on one line."""
    fit = fit_over_times(**a1_with_slopes())
    level, both, slope = fit.variances
    assert fit.criterion == approx(435.5573286, abs=1e-6)
    assert both**2 == approx(level * slope, rel=1e-12)
    assert fit.at_boundary == (False, True, False)
    turned = a1_with_slopes()
    turned["levels"] = [slopes(a1()[2], -np.arange(4.0), True)]
    other = fit_over_times(**turned)
    assert other.variances == approx((level, -both, slope), rel=1e-7)


def test_slopes_that_do_not_vary_are_the_model_without_them() -> None:
    """The same line for everybody, within less noise than chance: both variances are zero."""
    rng = np.random.default_rng(3)
    person, time = np.repeat(np.arange(40), 4), np.tile(np.arange(4), 40)
    noise = rng.normal(size=(40, 4))
    noise -= noise.mean(1, keepdims=True)  # no level
    noise -= np.outer(noise @ [-1.5, -0.5, 0.5, 1.5] / 5, [-1.5, -0.5, 0.5, 1.5])  # no slope
    x = np.column_stack([np.ones(160), time])
    y = 3 + 2.0 * time + noise.ravel()
    for correlated in (True, False):
        levels = [slopes(person, np.arange(4.0), correlated)]
        fit = fit_over_times(y, x, levels, time)
        assert set(fit.variances) == {0.0} and all(fit.at_boundary)
        plain = fit_nested(y, x, [])
        assert fit.criterion == approx(plain.criterion, rel=1e-12)
        assert fit.cov == approx(plain.cov, rel=1e-9)
        assert satterthwaite_df(fit, np.eye(2)[1]) == approx(158, rel=1e-9)
        if correlated:  # balanced: 40 people's slopes, whatever their variance
            assert kenward_roger_df(fit, np.eye(2)[1]) == approx(39, rel=1e-9)


def test_a_slopes_variance_at_zero_leaves_the_intercepts() -> None:
    rng = np.random.default_rng(5)
    person, time = np.repeat(np.arange(40), 4), np.tile(np.arange(4), 40)
    noise = rng.normal(size=(40, 4))
    noise -= np.outer(noise @ [-1.5, -0.5, 0.5, 1.5] / 5, [-1.5, -0.5, 0.5, 1.5])
    y = rng.normal(0, 2, 40)[person] + noise.ravel()
    x = np.column_stack([np.ones(160), time])
    fit = fit_over_times(y, x, [slopes(person, np.arange(-1.5, 2), False)], time)
    plain = fit_nested(y, x, [person])
    assert fit.at_boundary == (False, True)
    assert fit.variances == approx((plain.variances[0], 0.0), rel=1e-8)
    assert fit.criterion == approx(plain.criterion, rel=1e-12)


def dense(fit: NestedFit, x: np.ndarray, parts: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Criterion's matrices and Kenward & Roger's df by n × n matrices."""
    values = [*fit.variances, *fit.residual_variances]
    inverse = np.linalg.inv(sum(v * g for v, g in zip(values, parts, strict=True)))
    cov = np.linalg.inv(x.T @ inverse @ x)
    middle = inverse - inverse @ x @ cov @ x.T @ inverse
    traces = [[np.trace(middle @ a @ middle @ b) for b in parts] for a in parts]
    w = 2 * np.linalg.inv(np.array(traces))
    df = []
    for row in np.eye(len(cov)):
        own = np.array([row @ cov @ x.T @ inverse @ g @ inverse @ x @ cov @ row for g in parts])
        df.append(2 * (row @ cov @ row) ** 2 / (own @ w @ own))
    return cov, np.array(df)


def matrices(levels: list[Effects], time: np.ndarray) -> list[np.ndarray]:
    """The n × n matrix of each variance of the effects."""
    found = []
    for level in levels:
        same = (level.codes[:, None] == level.codes) & (level.codes >= 0)[:, None]
        basis = level.basis[time]
        found += [same * (basis @ part @ basis.T) for part in level.parts]
    return found


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("classes", ["one", "by_arm", "by_time"])
@pytest.mark.parametrize("model", ["crossed", "slopes", "both", "respondents", "in one arm"])
def test_criterion_and_df_by_dense_matrices(model: str, classes: str, weighted: bool) -> None:
    d = people(2.0, 2.5)
    few = d["near"] < 8  # keeps n × n matrices small
    d = {name: part[few] for name, part in d.items()}
    n, near = len(d["y"]), d["near"]
    person = {
        "crossed": [intercepts(d["person"], 3)],
        "slopes": [slopes(d["person"], np.array([0.0, 1.0, 4.0]), True)],
        "both": [slopes(d["person"], np.array([0.0, 1.0, 4.0]), False)],
        "respondents": [],
        "in one arm": [intercepts(d["person"], 3)],
    }[model]
    if model == "in one arm":
        near = np.where(d["x"][:, 1] > 0, near, -1)
    outer = intercepts(near, 3) if model == "slopes" else by_time(near, 3, True)
    levels = [*person, outer]
    kind = {"one": None, "by_arm": d["x"][:, 1].astype(int), "by_time": d["time"]}[classes]
    weight = 0.5 + np.arange(n) % 7 / 3 if weighted else None
    fit = fit_over_times(d["y"], d["x"], levels, d["time"], "REML", kind, weight)
    share = np.ones(n) if weight is None else weight
    codes = np.zeros(n, dtype=int) if kind is None else kind
    parts = matrices(levels, d["time"])
    parts += [np.diag((codes == c) / share) for c in range(codes.max() + 1)]
    cov, df = dense(fit, d["x"], parts)
    assert fit.cov == approx(cov, rel=EXACT, abs=1e-10)
    assert [kenward_roger_df(fit, row) for row in np.eye(7)] == approx(df, rel=1e-6)
    values = [*fit.variances, *fit.residual_variances]
    sigma = sum(v * g for v, g in zip(values, parts, strict=True))
    rest = d["y"] - d["x"] @ fit.coef
    logs = np.linalg.slogdet(sigma)[1] - np.linalg.slogdet(cov)[1]
    inside = rest @ np.linalg.solve(sigma, rest)
    assert fit.criterion == approx(logs + inside + (n - 7) * np.log(2 * np.pi), rel=1e-10)
    for at in range(len(values)):  # no variance moved by 1% is likelier
        for factor in (0.99, 1.01):
            moved = list(values)
            moved[at] *= factor
            level, both, slope = moved[:3]
            if model == "slopes" and both**2 > level * slope:
                continue  # no covariance of level and slope
            other = sum(v * g for v, g in zip(moved, parts, strict=True))
            assert criterion_at(other, d["y"], d["x"]) >= fit.criterion - 1e-8


def criterion_at(sigma: np.ndarray, y: np.ndarray, x: np.ndarray) -> float:
    """The REML criterion of a covariance; infinite where that is none."""
    if np.linalg.eigvalsh(sigma)[0] <= 0:
        return np.inf
    inverse = np.linalg.inv(sigma)
    information = x.T @ inverse @ x
    rest = y - x @ np.linalg.solve(information, x.T @ inverse @ y)
    logs = np.linalg.slogdet(sigma)[1] + np.linalg.slogdet(information)[1]
    return float(logs + rest @ inverse @ rest + (len(y) - x.shape[1]) * np.log(2 * np.pi))


@pytest.mark.parametrize("weighted", [False, True])
def test_derivatives_against_differences(weighted: bool) -> None:
    d = people(2.0)
    weight = 0.5 + np.arange(504) % 7 / 3 if weighted else None
    levels = [slopes(d["person"], np.arange(3.0), True), by_time(d["near"], 3, True)]
    levels.append(intercepts(d["near"] // 5, 3))
    z = [*d["x"].T, d["y"]]
    sums = time_sums(z, levels, d["time"], d["time"], weight)
    assert (sums.products is None) == weighted  # both ways through the innermost level
    at = np.array([0.7, -0.1, 0.4, 0.2, 0.3, 0.1, 1.8, 0.9])
    exact = absorbed_over_time(sums, at[None], 2)
    for i, step in enumerate(1e-5 * np.eye(8)):
        above, below = (absorbed_over_time(sums, (at + s)[None]) for s in (step, -step))
        for one in ("matrix", "logdet"):
            jet, high, low = (getattr(part, one) for part in (exact, above, below))
            size = max(1.0, float(np.abs(jet.first[i]).max()))
            assert jet.first[i] / size == approx((high.value - low.value) / 2e-5 / size, abs=1e-6)
            size = max(1.0, float(np.abs(jet.second[i]).max()))
            assert jet.second[i] / size == approx((high.first - low.first) / 2e-5 / size, abs=1e-6)


def test_intercepts_alone_are_the_nested_engines() -> None:
    d = people()
    levels = [intercepts(d["person"], 3), intercepts(d["near"], 3)]
    fit = fit_over_times(d["y"], d["x"], levels, d["time"])
    plain = fit_nested(d["y"], d["x"], [d["person"], d["near"]])
    assert fit.criterion == approx(plain.criterion, rel=1e-12)
    assert fit.variances == approx(plain.variances, rel=1e-8)
    assert adjusted_cov(fit) == approx(adjusted_cov(plain), rel=1e-8)


def test_order_names_and_unit_do_not_count() -> None:
    case = sleep()
    fit = fit_over_times(**case)
    order = np.random.default_rng(4).permutation(180)
    other = fit_over_times(
        10 * case["y"][order] + 7,
        case["x"][order],
        [slopes(1000 - case["levels"][0].codes[order], 30 * np.arange(10.0) + 5, True)],
        case["time"][order],
    )
    assert other.cov == approx(100 * fit.cov, rel=1e-7)
    both, slope = fit.variances[1:]
    assert other.variances[2] == approx(100 * slope / 900, rel=1e-6)
    across = both / 30 - 5 * slope / 900
    assert other.variances[1] == approx(100 * across, rel=1e-6)
    assert kenward_roger_df(other, np.eye(2)[1]) == approx(17, rel=1e-6)


def test_what_cannot_be_told_apart_is_said() -> None:
    y, x, person = a1()
    time = x[:, 2].astype(int)
    two = time < 2
    with pytest.raises(NotConverged):  # two times hold three moments, not four variances
        fit_over_times(y[two], x[two], [slopes(person[two], np.arange(2.0), True)], time[two])
    with pytest.raises(NotIdentified):
        alone = np.arange(len(y))
        fit_over_times(y, x, [slopes(alone, np.arange(4.0), True)], time)
    with pytest.raises(NotIdentified) as cells:
        fit_over_times(y, x, [intercepts(person, 4), by_time(person, 4, False)], time)
    assert cells.value.level == 1
    with pytest.raises(ValueError, match="two classes of residual variance at one time"):
        classes = np.arange(len(y)) % 2
        fit_over_times(y, x, [intercepts(time, 4)], time, classes=classes)
