"""The engine for repeated measures: closed forms, dense matrices, nlme, pbkrtest, SAS, refusals."""

import json
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx
from scipy import stats

from cesp_analysis.models.mmrm_covariance import STRUCTURES, covariance_at, start
from cesp_analysis.models.mmrm_engine import MmrmFit, NeverTogether, NotIdentified, fit_mmrm
from cesp_analysis.models.mmrm_optimum import curvature_at, point_at
from cesp_analysis.models.mmrm_small_sample import small_sample
from cesp_analysis.models.mmrm_sums import pattern_sums
from cesp_analysis.models.refusals import Collinear, NotEstimable

ROOT = Path(__file__).resolve().parents[2]
BTHEB = ROOT / "examples/beat_the_blues/data/raw/btheb.csv"
FEV = ROOT.parent / "shared/data/fev_mmrm"
R = json.loads((ROOT / "tests/reference/mmrm.json").read_text(encoding="utf-8"))
EXACT = 1e-9  # closed forms: Newton's last step is about 1e-12, solving adds the condition
NLME = 1e-4  # nlme stops where the criterion is level to 1e-8; seen: 5e-5
NLME_CRITERION = 1e-9
PBKRTEST = 1e-6  # lme4 stops at 1e-7

Rows = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def rows_of(table: np.ndarray) -> Rows:
    """y, x, person, time from columns y, arm, time, covariate, person; x as in mmrm.R."""
    y, arm, time, age = table[:, 0], table[:, 1], table[:, 2].astype(int), table[:, 3]
    later = [(time == t).astype(float) for t in range(1, time.max() + 1)]
    x = np.column_stack([np.ones(len(y)), arm, *later, age, *(arm * at for at in later)])
    return y, x, table[:, 4].astype(int), time


def own() -> Rows:
    """40 people at up to 4 times, as in mmrm.R."""
    rows = []
    for i in range(1, 41):
        arm, level, slope = float(i > 20), 4 * np.sin(3.1 * i), 1.2 * np.cos(1.9 * i)
        for t in range(4):
            if not (t > 0 and (7 * i + 5 * t) % 6 == 0):
                noise = (2 + 0.5 * t) * np.sin(5.3 * i + 2.9 * t)
                y = 40 + arm + 1.5 * t + 0.8 * arm * t + level + slope * t + noise
                rows.append((y, arm, t, 40 + 10 * np.sin(2.3 * i), i))
    return rows_of(np.array(rows))


def btheb() -> Rows:
    """Beat the Blues: depression before and at 2, 3, 5, 8 months; half the answers lost."""
    wide = pd.read_csv(BTHEB)
    parts = []
    for t, name in enumerate(("pre", "2m", "3m", "5m", "8m")):
        there = wide[wide[f"bdi.{name}"].notna()]
        new, drug = there["treatment"] == "BtheB", there["drug"] == "Yes"
        columns = [there[f"bdi.{name}"], new, np.full(len(there), t), drug, there["subject"]]
        parts.append(np.column_stack(columns))
    return rows_of(np.concatenate(parts).astype(float))


def complete(people: int = 30, times: int = 4) -> tuple[Rows, np.ndarray, np.ndarray]:
    """Everybody at every time, arms of unequal size; and the answers (people, times), the arm."""
    rng = np.random.default_rng(7)
    root = rng.normal(size=(times, times)) + 2 * np.eye(times)
    answers = 20 + rng.normal(size=(people, times)) @ root.T
    arm = (np.arange(people) % 3 == 0).astype(float)
    time = np.tile(np.arange(times), people)
    person = np.repeat(np.arange(people), times)
    at = [(time == t).astype(float) for t in range(times)]
    x = np.column_stack([*at, *(arm[person] * one for one in at)])
    return (answers.ravel(), x, person, time), answers, arm


@pytest.mark.parametrize("method", ["REML", "ML"])
@pytest.mark.parametrize(
    ("data", "structure"),
    [("own", structure) for structure in STRUCTURES]
    + [("btheb", "unstructured"), ("btheb", "heterogeneous_ar1")],
)
def test_as_nlme(data: str, structure: Any, method: Any) -> None:
    expected = R[data][structure][method]
    fit = fit_mmrm(*{"own": own, "btheb": btheb}[data](), structure, method)
    assert fit.criterion == approx(expected["criterion"], rel=NLME_CRITERION)
    assert fit.criterion < expected["criterion"] + 1e-9  # never a lower likelihood than nlme's
    assert fit.coef == approx(np.array(expected["estimate"]), rel=NLME)
    assert np.sqrt(np.diag(fit.cov)) == approx(np.array(expected["std_error"]), rel=NLME)
    assert fit.n_obs == expected["n"]
    assert fit.log_likelihood == -fit.criterion / 2
    assert fit.decrement < 1e-16


def test_compound_symmetry_as_pbkrtest_and_lmertest() -> None:
    expected = R["random_intercept"]
    fit = fit_mmrm(*own(), "compound_symmetry")
    kenward_roger = small_sample(fit)
    satterthwaite = small_sample(fit, "satterthwaite", "observed")
    columns = np.eye(len(fit.coef))
    assert fit.coef == approx(np.array(expected["estimate"]), rel=PBKRTEST)
    errors = [kenward_roger.std_error(column) for column in columns]
    assert errors == approx(expected["kenward_roger_se"], rel=PBKRTEST)
    df = [kenward_roger.df(column) for column in columns]
    assert df == approx(expected["kenward_roger_df"], rel=PBKRTEST)
    df = [satterthwaite.df(column) for column in columns]
    assert df == approx(expected["satterthwaite_df"], rel=PBKRTEST)
    plain = [satterthwaite.std_error(column) for column in columns]
    assert plain == approx(np.sqrt(np.diag(fit.cov)), rel=EXACT)


def lost_by_baseline(people: int = 40) -> tuple[Rows, np.ndarray]:
    """One group, two times; whoever began low answers no second time; the answers (people, 2)."""
    rng = np.random.default_rng(3)
    answers = 10 + rng.normal(size=(people, 2)) @ np.array([[2.0, 1.5], [0.0, 1.0]])
    answers[np.argsort(answers[:, 0])[: people // 3], 1] = np.nan
    person, time = np.nonzero(~np.isnan(answers))
    return (answers[person, time], np.eye(2)[time], person, time), answers


def test_joint_errors_are_little_and_rubin_s() -> None:
    """Their eq. 7.14 (2nd ed., from the inverse of the observed information): the mean of a second
    answer that is lost by the first. The last term, of the slope, is what conditional errors lack.
    """
    data, answers = lost_by_baseline()
    fit = fit_mmrm(*data, "unstructured", "ML")
    r, n = int(np.isfinite(answers[:, 1]).sum()), len(answers)
    first, both = answers[:, 0], answers[np.isfinite(answers[:, 1])]
    shifted = both - both.mean(axis=0)
    s11, s12, s22 = (
        float(np.mean(shifted[:, a] * shifted[:, b])) for a, b in ((0, 0), (0, 1), (1, 1))
    )
    slope, rest = s12 / s11, s22 - s12**2 / s11
    mean = both[:, 1].mean() + slope * (first.mean() - both[:, 0].mean())
    spread = rest + slope**2 * first.var()
    rho = slope**2 * first.var() / spread  # squared
    known = rest * (1 / r + rho / (n * (1 - rho)))
    moved = rest * (both[:, 0].mean() - first.mean()) ** 2 / (r * s11)
    assert fit.coef[1] == approx(mean, rel=EXACT)
    second = np.array([0.0, 1.0])
    conditional = small_sample(fit, "satterthwaite", "observed")
    joint = small_sample(fit, "satterthwaite", "observed", "joint")
    assert conditional.std_error(second) ** 2 == approx(known, rel=1e-6)
    assert joint.std_error(second) ** 2 == approx(known + moved, rel=1e-6)
    ratio = float(np.sqrt(1 + moved / known))
    assert ratio > 1.1
    assert [conditional.joint_ratio(second), joint.joint_ratio(second)] == approx([ratio, ratio])
    assert joint.df(second) == conditional.df(second)
    first_time = np.array([1.0, 0.0])  # nobody is lost there
    assert joint.joint_ratio(first_time) == approx(1, rel=1e-9)


def test_joint_errors_by_derivatives_of_the_likelihood() -> None:
    """Beat the Blues, ML: the inverse of the numerical Hessian in means and covariance together,
    dense matrices. The step's square, 1e-4, is relative to the third derivatives."""
    y, x, person, time = btheb()
    fit = fit_mmrm(y, x, person, time, "unstructured", "ML")
    lower = np.tril_indices(len(fit.covariance))
    k = len(fit.coef)

    def minus_log_likelihood(told: np.ndarray) -> float:
        covariance = np.zeros_like(fit.covariance)
        covariance[lower] = told[k:]
        covariance = covariance + np.tril(covariance, -1).T
        residual, value = y - x @ told[:k], 0.0
        for one in np.unique(person):
            own = np.flatnonzero(person == one)
            block = covariance[np.ix_(time[own], time[own])]
            value += np.linalg.slogdet(block)[1]
            value += residual[own] @ np.linalg.solve(block, residual[own])
        return float(value) / 2

    at = np.concatenate([fit.coef, fit.covariance[lower]])
    step = 1e-4 * np.maximum(1.0, np.abs(at))
    size = len(at)
    hessian = np.empty((size, size))
    for i in range(size):
        for j in range(i, size):
            total = 0.0
            for a, b in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
                moved = at.copy()
                moved[i] += a * step[i]
                moved[j] += b * step[j]
                total += a * b * minus_log_likelihood(moved)
            hessian[i, j] = hessian[j, i] = total / (4 * step[i] * step[j])
    expected = np.sqrt(np.diag(np.linalg.inv(hessian)))[:k]
    joint = small_sample(fit, "satterthwaite", "observed", "joint")
    assert [joint.std_error(one) for one in np.eye(k)] == approx(list(expected), rel=1e-4)
    assert joint.std_error(np.eye(k)[-1]) > 1.001 * np.sqrt(fit.cov[-1, -1])


def test_joint_errors_are_the_conditional_ones_where_nobody_is_lost() -> None:
    data, _, _ = complete()
    fit = fit_mmrm(*data, "unstructured")
    ratios = [small_sample(fit).joint_ratio(one) for one in np.eye(len(fit.coef))]
    assert ratios == approx([1.0] * len(ratios), rel=1e-12)


def fev(model: str) -> Rows:
    """SAS's example: FEV1 ~ ARMCD, or ~ RACE + SEX + ARMCD * AVISIT (arm first by time)."""
    d = pd.read_csv(FEV / "fev.csv").dropna(subset=["FEV1"])
    arm = (d["ARMCD"] == "TRT").to_numpy(float)
    time = d["AVISIT"].str[-1].astype(int).to_numpy() - 1
    columns = [np.ones(len(d)), arm]
    if model == "by visit":
        later = [(time == t).astype(float) for t in (1, 2, 3)]
        race = [(d["RACE"] == name).to_numpy(float) for name in sorted(d["RACE"].unique())[1:]]
        columns += [*later, *(arm * at for at in later)]
        columns += [*race, (d["SEX"] == "Female").to_numpy(float)]
    person = pd.factorize(d["USUBJID"])[0]
    return d["FEV1"].to_numpy(), np.column_stack(columns), person, time


fev_data = pytest.mark.skipif(not FEV.is_dir(), reason="shared/data/fev_mmrm is absent")
SAS = {
    "us": "unstructured",
    "cs": "compound_symmetry",
    "ar1": "ar1",
    "toep": "toeplitz",
}


@fev_data
@pytest.mark.parametrize("short", SAS)
def test_kenward_roger_as_sas_which_takes_the_observed_information(short: str) -> None:
    """SAS stopped a little short of the optimum: 1e-5, 1e-4 and 0.05 are its distance from it."""
    expected = json.loads((FEV / "expected.json").read_text(encoding="utf-8"))["covariances"][short]
    fit = fit_mmrm(*fev("arm"), SAS[short])
    found = small_sample(fit, "kenward_roger", "observed")
    contrast = np.array([0.0, 1.0])
    assert fit.coef[1] == approx(expected["kenward_roger"]["estimate"], rel=1e-5)
    assert found.std_error(contrast) == approx(expected["kenward_roger"]["std_error"], rel=1e-4)
    assert found.df(contrast) == approx(expected["kenward_roger"]["df"], abs=0.05)
    assert fit.criterion == approx(expected["minus_2_reml"], abs=0.051)


@fev_data
@pytest.mark.parametrize(
    ("structure", "information", "error", "df"),
    [
        ("unstructured", "expected", 0.6536227, 170.9168),
        ("unstructured", "observed", 0.6613005, 160.6906),
        ("compound_symmetry", "expected", 0.7964778, 175.9364),
        ("compound_symmetry", "observed", 0.7964697, 177.0384),
    ],
)
def test_kenward_roger_at_the_exact_optimum(
    structure: Any, information: Any, error: float, df: float
) -> None:
    """Values to the digits printed in the methods' appendix on both conventions."""
    fit = fit_mmrm(*fev("arm"), structure)
    found = small_sample(fit, "kenward_roger", information)
    contrast = np.array([0.0, 1.0])
    assert found.std_error(contrast) == approx(error, abs=6e-8)
    assert found.df(contrast) == approx(df, abs=6e-5)
    if structure == "unstructured":
        assert fit.coef[1] == approx(3.8197495, abs=6e-8)


@fev_data
def test_satterthwaite_by_visit_as_the_package_mmrm_and_sas() -> None:
    fit = fit_mmrm(*fev("by visit"))
    found = small_sample(fit, "satterthwaite", "observed")
    assert fit.criterion == approx(3386.45, abs=0.006)
    named = {
        0: (30.77748, 0.88656, 218.80),
        1: (3.77423, 1.07415, 145.55),
        4: (15.05390, 1.31281, 138.47),
        7: (0.62423, 1.85085, 129.72),
    }
    for column, (estimate, error, df) in named.items():
        contrast = np.eye(len(fit.coef))[column]
        # their optimiser stops short: 1e-4 of the smallest estimates, df to 0.02
        assert fit.coef[column] == approx(estimate, rel=2e-4)
        assert found.std_error(contrast) == approx(error, rel=1e-4)
        assert found.df(contrast) == approx(df, abs=0.02)
    last = np.eye(len(fit.coef))[1] + np.eye(len(fit.coef))[7]
    found_last = (last @ fit.coef, found.std_error(last), found.df(last))
    assert found_last == approx((4.3985, 1.6805, 133), rel=3e-3)  # df printed whole


@pytest.mark.parametrize("information", ["expected", "observed"])
def test_complete_data_are_multivariate_regression(information: Any) -> None:
    """Every time's contrast is the two-sample t-test, every change the t-test on change: exact."""
    rows, answers, arm = complete()
    fit, times = fit_mmrm(*rows), answers.shape[1]
    found = small_sample(fit, "kenward_roger", information)
    for t in range(times):
        for reference in range(t + 1):
            compared = answers[:, t] - (answers[:, reference] if reference < t else 0)
            test = stats.ttest_ind(compared[arm == 1], compared[arm == 0])
            contrast = np.zeros(2 * times)
            contrast[times + t] = 1
            contrast[times + reference] -= float(reference < t)
            estimate = contrast @ fit.coef
            means = compared[arm == 1].mean() - compared[arm == 0].mean()
            assert estimate == approx(means, rel=EXACT)
            assert estimate / found.std_error(contrast) == approx(test.statistic, rel=EXACT)
            assert found.df(contrast) == approx(len(arm) - 2, rel=EXACT)
    residual = answers - np.where(
        arm[:, None] == 1, answers[arm == 1].mean(axis=0), answers[arm == 0].mean(axis=0)
    )
    products = residual.T @ residual
    assert fit.covariance == approx(products / (len(arm) - 2), rel=EXACT)
    assert fit_mmrm(*rows, method="ML").covariance == approx(products / len(arm), rel=EXACT)


def test_one_time_is_least_squares() -> None:
    (y, x, person, time), _, _ = complete()
    first = time == 0
    fit = fit_mmrm(y[first], x[first][:, [0, 4]], person[first], time[first], "toeplitz")
    assert small_sample(fit).df(np.array([0.0, 1.0])) == approx(28, rel=EXACT)
    assert fit.structure == "unstructured"


def test_saturated_compound_symmetry_is_the_split_plot_analysis_of_variance() -> None:
    """The change of arms between two times: pooled over the times, df (n - 2)(t - 1)."""
    rows, answers, arm = complete(people=24, times=3)
    fit = fit_mmrm(*rows, "compound_symmetry")
    residual = answers - np.where(
        arm[:, None] == 1, answers[arm == 1].mean(axis=0), answers[arm == 0].mean(axis=0)
    )
    within = ((residual - residual.mean(axis=1, keepdims=True)) ** 2).sum() / (22 * 2)
    contrast = np.array([0, 0, 0, -1.0, 0, 1])
    share = 1 / arm.sum() + 1 / (24 - arm.sum())
    found = small_sample(fit)
    assert found.std_error(contrast) == approx((2 * within * share) ** 0.5, rel=EXACT)
    assert found.df(contrast) == approx(44, rel=EXACT)


PLACES = {
    "unstructured": [1.2, 0.4, 1.5, 0.2, 0.5, 0.9, 0.1, 0.3, 0.4, 2.0],
    "compound_symmetry": [0.9, 0.5],
    "heterogeneous_compound_symmetry": [1.2, 0.8, 1.5, 2.0, 0.3],
    "ar1": [1.2, 0.6],
    "heterogeneous_ar1": [1.2, 0.8, 1.5, 2.0, -0.4],
    "toeplitz": [1.4, 0.6, 0.3, 0.1],
    "heterogeneous_toeplitz": [1.2, 0.8, 1.5, 2.0, 0.5, 0.3, 0.2],
}


@pytest.mark.parametrize("structure", STRUCTURES)
def test_derivatives_of_the_covariance(structure: Any) -> None:
    place, step = np.array(PLACES[structure]), 1e-6
    here = covariance_at(structure, place, 4)
    for i, move in enumerate(step * np.eye(len(place))):
        up, down = (covariance_at(structure, place + s * move, 4) for s in (1, -1))
        assert here.first[i] == approx((up.matrix - down.matrix) / (2 * step), abs=1e-8)
        second = np.zeros_like(here.first) if here.second is None else here.second[i]
        assert second == approx((up.first - down.first) / (2 * step), abs=1e-8)
    assert start(structure, here.matrix) == approx(place, rel=1e-12)  # and its moments give it back


class Dense:
    """The same model by its whole n × n matrices, person after person."""

    def __init__(self, rows: Rows, structure: Any, place: np.ndarray) -> None:
        self.y, self.x, person, time = rows
        self.same = (person[:, None] == person).astype(float)
        self.at = np.ix_(time, time)
        self.structure = structure
        self.place = place

    def spread(self, matrix: np.ndarray) -> np.ndarray:
        return np.asarray(matrix[self.at] * self.same)

    def criterion(self, place: np.ndarray, reml: bool) -> float:
        v = self.spread(covariance_at(self.structure, place, 4).matrix)
        w = np.linalg.inv(v)
        a = self.x.T @ w @ self.x
        rest = self.y - self.x @ np.linalg.solve(a, self.x.T @ w @ self.y)
        value = np.linalg.slogdet(v)[1] + rest @ w @ rest
        value += (len(self.y) - self.x.shape[1] * reml) * np.log(2 * np.pi)
        return float(value + reml * np.linalg.slogdet(a)[1])

    def kenward_roger(self, spread: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
        """Expected REML information / 2 and the adjusted covariance, term by term as printed."""
        here = covariance_at(self.structure, self.place, 4)
        w = np.linalg.inv(self.spread(here.matrix))
        phi = np.linalg.inv(self.x.T @ w @ self.x)
        project = w - w @ self.x @ phi @ self.x.T @ w
        slopes = [self.spread(first) for first in here.first]
        r = len(slopes)
        information = np.array(
            [[np.trace(project @ a @ project @ b) / 2 for b in slopes] for a in slopes]
        )
        used = np.linalg.inv(information) if spread is None else spread
        total = np.zeros_like(phi)
        for i in range(r):
            p_i = -self.x.T @ w @ slopes[i] @ w @ self.x
            for j in range(r):
                p_j = -self.x.T @ w @ slopes[j] @ w @ self.x
                q = self.x.T @ w @ slopes[i] @ w @ slopes[j] @ w @ self.x
                curve = np.zeros_like(phi)
                if here.second is not None:
                    curve = self.x.T @ w @ self.spread(here.second[i, j]) @ w @ self.x
                total += used[i, j] * (q - p_i @ phi @ p_j - curve / 4)
        return information, phi + 2 * phi @ total @ phi


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("structure", STRUCTURES)
def test_criterion_slope_and_curvature_against_dense_matrices(structure: Any, reml: bool) -> None:
    y, x, person, time = own()
    place = np.array(PLACES[structure])
    dense = Dense((y - 40, x, person, time), structure, place)
    sums = pattern_sums(np.column_stack([x, y - 40]), person, time, 4)
    point = point_at(sums, structure, place, reml)
    assert point.value == approx(dense.criterion(place, reml), rel=1e-11)
    curvature, step = curvature_at(sums, point, reml), 1e-5
    for i, move in enumerate(step * np.eye(len(place))):
        ends = [place + move, place - move]
        numeric = np.subtract(*(dense.criterion(end, reml) for end in ends)) / (2 * step)
        assert curvature.slope[i] == approx(numeric, rel=1e-6, abs=1e-5)  # error of the difference
        up, down = (curvature_at(sums, point_at(sums, structure, e, reml), reml) for e in ends)
        assert curvature.observed[i] == approx((up.slope - down.slope) / (2 * step), rel=1e-5)


@pytest.mark.parametrize("information", ["expected", "observed"])
@pytest.mark.parametrize("structure", STRUCTURES)
def test_kenward_roger_against_dense_matrices(structure: Any, information: Any) -> None:
    y, x, person, time = own()
    fit = fit_mmrm(y, x, person, time, structure)
    place = start(structure, fit.covariance)
    sums = pattern_sums(np.column_stack([x, y - 40]), person, time, 4)
    curvature = curvature_at(sums, point_at(sums, structure, place, True), True)
    spread = 2 * np.linalg.inv(curvature.observed)
    dense = Dense((y, x, person, time), structure, place)
    half, adjusted = dense.kenward_roger(None if information == "expected" else spread)
    assert curvature.expected == approx(2 * half, rel=1e-8)
    found = small_sample(fit, "kenward_roger", information)
    assert found.cov == approx(adjusted, rel=1e-7)


def test_order_and_names_of_rows_do_not_count() -> None:
    y, x, person, time = btheb()
    fit = fit_mmrm(y, x, person, time)
    order = np.random.default_rng(4).permutation(len(y))
    other = fit_mmrm(y[order], x[order], 1000 - person[order], time[order])
    assert other.coef == approx(fit.coef, rel=EXACT)
    assert other.covariance == approx(fit.covariance, rel=EXACT)
    assert small_sample(other).cov == approx(small_sample(fit).cov, rel=EXACT)


@pytest.mark.parametrize("structure", STRUCTURES)
def test_shift_and_scale_of_outcome_and_columns(structure: Any) -> None:
    y, x, person, time = own()
    moved = x.copy()
    moved[:, 5] = 1e3 * (x[:, 5] - 45)
    fit, other = (
        fit_mmrm(y, x, person, time, structure),
        fit_mmrm(10 * y + 7, moved, person, time, structure),
    )
    contrast = np.eye(9)[8]
    one, two = small_sample(fit), small_sample(other)
    assert other.coef[8] == approx(10 * fit.coef[8], rel=1e-8)
    assert other.covariance == approx(100 * fit.covariance, rel=1e-8)
    assert two.std_error(contrast) == approx(10 * one.std_error(contrast), rel=1e-8)
    assert two.df(contrast) == approx(one.df(contrast), rel=1e-8)


@pytest.mark.parametrize("structure", ["unstructured", "heterogeneous_toeplitz"])
def test_one_time_in_a_unit_of_its_own(structure: Any) -> None:
    """As after a slip of the key, or in another currency; each time has its own columns."""
    y, _, person, time = own()
    at, arm = np.eye(4)[time], (person > 20)[:, None]
    x = np.column_stack([at, at * arm])
    large = np.where(time == 3, 1e6, 1.0)
    fit, other = (fit_mmrm(v, x, person, time, structure) for v in (y, y * large))
    units = np.array([1, 1, 1, 1e6])
    assert other.coef == approx(fit.coef * np.tile(units, 2), rel=1e-8)
    assert other.covariance == approx(fit.covariance * np.outer(units, units), rel=1e-7)
    one, two = small_sample(fit), small_sample(other)
    for t in range(4):
        contrast = np.eye(8)[4 + t]
        assert two.std_error(contrast) == approx(units[t] * one.std_error(contrast), rel=1e-7)
        assert two.df(contrast) == approx(one.df(contrast), rel=1e-7)


def test_order_of_times_does_not_count_without_structure() -> None:
    y, x, person, time = btheb()
    fit, turned = fit_mmrm(y, x, person, time), fit_mmrm(y, x, person, 4 - time)
    assert turned.coef == approx(fit.coef, rel=EXACT)
    assert turned.covariance[::-1, ::-1] == approx(fit.covariance, rel=EXACT)


def test_a_structure_within_another_is_no_more_likely() -> None:
    rows = own()
    of: dict[str, MmrmFit] = {name: fit_mmrm(*rows, name, "ML") for name in STRUCTURES}
    wider = {
        "compound_symmetry": "toeplitz",
        "ar1": "toeplitz",
        "toeplitz": "heterogeneous_toeplitz",
        "heterogeneous_compound_symmetry": "heterogeneous_toeplitz",
        "heterogeneous_ar1": "heterogeneous_toeplitz",
        "heterogeneous_toeplitz": "unstructured",
    }
    for narrow, wide in wider.items():
        assert of[narrow].criterion >= of[wide].criterion - 1e-9


def test_times_that_nobody_answered_together_are_named() -> None:
    y, x, person, time = own()
    keep = ~((time == 3) & np.isin(person, person[time == 2]))
    with pytest.raises(NeverTogether) as caught:
        fit_mmrm(y[keep], x[keep], person[keep], time[keep])
    assert caught.value.pairs == [(2, 3)]
    assert fit_mmrm(y[keep], x[keep], person[keep], time[keep], "ar1").decrement < 1e-12


def test_fewer_people_than_times_are_refused() -> None:
    (y, x, person, time), _, _ = complete(people=5, times=5)
    with pytest.raises(NotIdentified):
        fit_mmrm(y, x, person, time)


def test_a_time_that_repeats_another_is_refused() -> None:
    (y, x, person, time), _, _ = complete()
    y = y.copy()
    y[time == 2] = 2 * y[time == 1] + 3
    with pytest.raises(NotIdentified):
        fit_mmrm(y, x, person, time)


def test_what_cannot_be_fitted_is_refused() -> None:
    y, x, person, time = own()
    with pytest.raises(Collinear) as caught:
        fit_mmrm(y, np.column_stack([x, 2 * x[:, 5] + 1]), person, time)
    assert caught.value.columns == (9,)
    with pytest.raises(NotEstimable, match="does not vary"):
        fit_mmrm(np.full(len(y), 5.0), x, person, time)
    with pytest.raises(NotEstimable, match="nothing varies"):
        fit_mmrm(x @ np.arange(9.0), x, person, time)
    with pytest.raises(ValueError, match="two rows at one time"):
        fit_mmrm(y, x, np.ones(len(y), dtype=int), time)
    with pytest.raises(ValueError, match="complete rows"):
        fit_mmrm(np.where(time == 0, np.nan, y), x, person, time)


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The script of the table in docs/validation.md, which imports its neighbours."""
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return runpy.run_path(str(ROOT / "benchmarks/mmrm_simulation.py"))


@pytest.mark.slow
def test_intervals_in_the_design_they_are_for(script: dict[str, Any]) -> None:
    """300 studies of 90 people."""
    design = script["DESIGNS"][1]
    found = script["simulated"](design, 300, 5)
    assert found.refused == 0
    error = np.sqrt(0.95 * 0.05 / 300)
    for way, *_ in script["WAYS"]:  # 3.3 Monte Carlo errors: 1 in 1,000
        assert script["coverage"](found, way) == approx(0.95, abs=3.3 * error)
    estimates = np.array(found.estimates)
    spread = estimates.std(ddof=1)
    assert estimates.mean() == approx(script["EFFECT"], abs=3.3 * spread / np.sqrt(300))


def test_the_table_of_simulated_studies_is_complete_and_within_error(
    script: dict[str, Any],
) -> None:
    page = (ROOT / "docs/validation.md").read_text(encoding="utf-8")
    section = page.split(script["TITLE"])[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
    lines = [line.strip("| ").split(" | ") for line in rows]
    assert [line[:2] for line in lines] == [
        [design.name, way] for design in script["DESIGNS"] for way, *_ in script["WAYS"]
    ]
    assert f"{script['REPLICATES']:,} studies" in page and script["REPLICATES"] >= 10_000
    for name, way, _, bias, *_, held, rejected in lines:
        coverage = float(held.split()[0])
        assert float(rejected) == approx(1 - coverage, abs=1e-9)
        if name.startswith("compound"):
            assert coverage < 0.88  # a covariance that is too simple
            continue
        estimate, error = map(float, bias.replace("(", "").replace(")", "").split())
        assert abs(estimate) < 3.3 * error
        if way.startswith("Kenward"):
            assert coverage == approx(0.95, abs=0.008)  # 12 against 12: three Monte Carlo errors
