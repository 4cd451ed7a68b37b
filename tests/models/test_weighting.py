"""Weighting and double robustness: closed forms, invariances, other programs, what cannot be.

Tolerances: EXACT, an identity in exact arithmetic but for the last Newton step; R, another
program's answer to the same formula: its optimiser and its numerical derivatives (1e-8 at best).
"""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pytest import approx
from scipy import stats

from cesp_analysis.models.balance import Group, balance_of, weights_of
from cesp_analysis.models.balancing import Way, weigh
from cesp_analysis.models.dr_did_engine import dr_cross_sections, dr_panel
from cesp_analysis.models.influence import Influence, infer_clusters, infer_records, variance_of
from cesp_analysis.models.least_squares import least_squares
from cesp_analysis.models.overlap import DependentIn, OutOfReach, Parted
from cesp_analysis.models.refusals import Collinear, NotEstimable
from cesp_analysis.models.sandwich import infer
from cesp_analysis.models.weighted_means import weighted_change, weighted_cross_sections

EXACT = 1e-10
R = 1e-7
REFERENCE = Path(__file__).parents[1] / "reference"
ORACLE = json.loads((REFERENCE / "weighting.json").read_text(encoding="utf-8"))
PEER = json.loads((REFERENCE / "dr_did.json").read_text(encoding="utf-8"))
D = np.genfromtxt(REFERENCE / "weighting.csv", delimiter=",", names=True)
X = np.column_stack([D["age"], D["alone"], D["income"]])
ARM, AFTER, NEAR = D["arm"], D["wave"], D["neighbourhood"].astype(int)
CHANGE, ANSWER = D["after"] - D["before"], np.where(D["wave"] == 1, D["after"], D["before"])
ONE = np.ones(len(D))
NONE = X[:, :0]
WAYS: tuple[Way, ...] = ("entropy", "att", "ate", "overlap")
ESTIMATORS: dict[str, Callable[[np.ndarray, np.ndarray, np.ndarray], Influence]] = {
    "dr_panel": lambda y, x, s: dr_panel(y, ARM, x, s).influence,
    "dr_cross": lambda y, x, s: dr_cross_sections(y, ARM, AFTER, x, s).influence,
    "cross entropy": lambda y, x, s: (
        weighted_cross_sections(y, ARM, AFTER, x, "entropy", s).influence
    ),
    "cross att": lambda y, x, s: weighted_cross_sections(y, ARM, AFTER, x, "att", s).influence,
    "entropy": lambda y, x, s: weighted_change(y, ARM, x, "entropy", s).influence,
    "att": lambda y, x, s: weighted_change(y, ARM, x, "att", s).influence,
    "ate": lambda y, x, s: weighted_change(y, ARM, x, "ate", s).influence,
    "overlap": lambda y, x, s: weighted_change(y, ARM, x, "overlap", s).influence,
}
each = pytest.mark.parametrize("name", ESTIMATORS)


def clustered(found: Influence) -> float:
    """The large-sample standard error by neighbourhood."""
    return float(np.sqrt(np.sum(np.bincount(NEAR, found.pull) ** 2)))


# ---- other programs


@pytest.mark.parametrize("sampled", [False, True])
@pytest.mark.parametrize("way", WAYS)
def test_weighted_changes_are_those_of_r(way: Way, sampled: bool) -> None:
    """Weights by R's glm or a quasi-Newton dual, errors from numerical derivatives."""
    theirs = ORACLE["sampled" if sampled else "change"][way]
    made = weighted_change(CHANGE, ARM, X, way, D["weight"] if sampled else ONE)
    found = made.influence
    numbers = (found.estimate, found.large_sample_error, clustered(found))
    assert numbers == approx([theirs[k] for k in ("estimate", "std_error", "clustered")], rel=R)
    weight = made.weight[ARM == 0]
    assert weight.sum() ** 2 / (weight @ weight) == approx(theirs["effective"], rel=R)


def test_weighted_cross_sections_are_those_of_r() -> None:
    theirs = ORACLE["cross_sections_att"]
    found = ESTIMATORS["cross att"](ANSWER, X, ONE)
    numbers = (found.estimate, found.large_sample_error, clustered(found))
    assert numbers == approx([theirs[k] for k in ("estimate", "std_error", "clustered")], rel=R)


@pytest.mark.parametrize("sampled", ["plain", "sampled"])
@pytest.mark.parametrize(
    ("name", "y", "key"),
    [("dr_panel", CHANGE, "panel"), ("dr_cross", ANSWER, "cross_sections")],
)
def test_double_robustness_is_moderndid_s(name: str, y: np.ndarray, key: str, sampled: str) -> None:
    theirs = PEER[sampled][key]
    found = ESTIMATORS[name](y, X, D["weight"] if sampled == "sampled" else ONE)
    numbers = (found.estimate, found.large_sample_error, clustered(found))
    assert numbers == approx([theirs[k] for k in ("estimate", "std_error", "clustered")], rel=R)


# ---- closed forms


@pytest.mark.parametrize("name", ["dr_panel", "entropy", "att", "ate", "overlap"])
def test_without_covariates_it_is_welch(name: str) -> None:
    found = infer_records(ESTIMATORS[name](CHANGE, NONE, ONE))
    one, other = CHANGE[ARM == 1], CHANGE[ARM == 0]
    welch = stats.ttest_ind(one, other, equal_var=False)
    assert found.estimate == approx(one.mean() - other.mean(), rel=EXACT)
    assert found.estimate / found.std_error == approx(welch.statistic, rel=EXACT)
    assert found.df == approx(welch.df, rel=EXACT)


@pytest.mark.parametrize("name", ["dr_cross", "cross entropy", "cross att"])
def test_without_covariates_cross_sections_are_four_means(name: str) -> None:
    found = infer_records(ESTIMATORS[name](ANSWER, NONE, ONE))
    design = np.column_stack([ONE, ARM, AFTER, ARM * AFTER])
    known = infer(least_squares(ANSWER, design), np.array([0.0, 0, 0, 1]), "HC2")
    numbers = (found.estimate, found.std_error, found.df)
    assert numbers == approx((known.estimate, known.std_error, known.df), rel=EXACT)


def test_improved_double_robustness_is_entropy_balancing_of_the_change() -> None:
    one, other = ESTIMATORS["dr_panel"](CHANGE, X, ONE), ESTIMATORS["entropy"](CHANGE, X, ONE)
    assert one.estimate == approx(other.estimate, rel=EXACT)
    assert np.allclose(one.pull, other.pull, rtol=0, atol=1e-12)
    assert infer_records(one).std_error == approx(infer_records(other).std_error, rel=EXACT)


def test_arms_that_are_balanced_already_are_not_reweighted() -> None:
    """Then weighting, double robustness and outcome regression are one number."""
    rng = np.random.default_rng(3)
    x = np.tile(rng.normal(size=(40, 2)), (2, 1))
    arm = np.repeat([1.0, 0.0], 40)
    y = x @ [1.0, -2.0] + arm + rng.normal(size=80)
    found = dr_panel(y, arm, x, np.ones(80))
    assert np.allclose(found.weight, 1, atol=1e-12)
    z = np.column_stack([np.ones(40), x[40:]])
    by_regression = np.mean(y[:40] - z @ np.linalg.lstsq(z, y[40:], rcond=None)[0])
    difference = y[:40].mean() - y[40:].mean()
    assert found.influence.estimate == approx(by_regression, rel=EXACT)
    assert found.influence.estimate == approx(difference, rel=EXACT)


@pytest.mark.parametrize("sampling", [ONE, D["weight"]], ids=["plain", "sampled"])
@pytest.mark.parametrize("way", ["entropy", "overlap"])
def test_entropy_and_overlap_weights_balance_means_exactly(way: Way, sampling: np.ndarray) -> None:
    """Li, Morgan & Zaslavsky (2018), theorem 3, for overlap weights of a logistic propensity."""
    weight = weigh(X, ARM == 1, way, sampling).weight
    one, other = (np.average(X[a == ARM], axis=0, weights=weight[a == ARM]) for a in (1, 0))
    assert np.allclose((one - other) / X.std(axis=0), 0, atol=1e-12)


@pytest.mark.parametrize("name", ["dr_panel", "dr_cross"])
def test_it_is_exact_where_the_change_is_linear_whatever_the_propensity(name: str) -> None:
    """No noise: the effect comes out although who is treated follows no logistic curve."""
    arm = (np.sin(X[:, 0]) + X[:, 1] > 0.3).astype(float)
    line = 3 + X @ [0.2, -1.0, 0.05]
    if name == "dr_panel":
        found = dr_panel(line + 1.7 * arm, arm, X, ONE)
    else:
        y = X @ [1.0, 2.0, 0.1] + AFTER * line + 1.7 * arm * AFTER + 5 * arm
        found = dr_cross_sections(y, arm, AFTER, X, ONE)
    assert found.influence.estimate == approx(1.7, rel=1e-9)


@pytest.mark.parametrize("name", ["entropy", "att", "ate", "overlap", "cross entropy", "cross att"])
def test_a_record_s_pull_is_the_derivative_by_its_weight(name: str) -> None:
    """The infinitesimal jackknife (Efron 1982), so that nothing estimated is left out of it."""
    y = ANSWER if "cross" in name else CHANGE
    found, step = ESTIMATORS[name](y, X, ONE), 1e-4
    for i in (0, 1, 50, 117, 239):
        moved = [ESTIMATORS[name](y, X, ONE + s * step * (np.arange(240) == i)) for s in (1, -1)]
        slope = (moved[0].estimate - moved[1].estimate) / (2 * step)
        assert found.pull[i] == approx(slope, abs=1e-8)  # differences: step^2 and rounding


@each
def test_pulls_sum_to_zero_and_the_error_is_that_of_a_bootstrap(name: str) -> None:
    y = ANSWER if "cross" in name else CHANGE
    found, rng = ESTIMATORS[name](y, X, ONE), np.random.default_rng(5)
    assert abs(found.pull.sum()) < 1e-10
    draws = [ESTIMATORS[name](y, X, rng.exponential(size=240)).estimate for _ in range(400)]
    # 400 Bayesian bootstraps know the SD to 3.5%; small samples differ by a few per cent more
    assert np.std(draws) == approx(infer_records(found).std_error, rel=0.15)


# ---- invariances


@each
def test_units_and_order_change_nothing(name: str) -> None:
    y = ANSWER if "cross" in name else CHANGE
    found = infer_records(ESTIMATORS[name](y, X, ONE))
    turned = X @ np.array([[1000.0, 0, 0], [0, -0.01, 3], [2, 0, 1]]) + [5, -3, 1e4]
    same = infer_records(ESTIMATORS[name](10 * y + 3, turned, 7 * ONE))
    numbers = (10 * found.estimate, 10 * found.std_error, found.df)
    assert (same.estimate, same.std_error, same.df) == approx(numbers, rel=1e-8)


@each
def test_what_is_added_to_the_treated_is_added_to_the_estimate(name: str) -> None:
    y = ANSWER if "cross" in name else CHANGE
    found = infer_records(ESTIMATORS[name](y, X, ONE))
    more = infer_records(ESTIMATORS[name](y + 4 * ARM * (AFTER if "cross" in name else 1), X, ONE))
    assert more.estimate == approx(found.estimate + 4, rel=EXACT)
    assert (more.std_error, more.df) == approx((found.std_error, found.df), rel=1e-9)


@each
def test_a_sampling_weight_of_two_is_two_records(name: str) -> None:
    """The estimate; records counted twice are not independent, so the error is by record."""
    y = ANSWER if "cross" in name else CHANGE
    twice = np.r_[np.arange(240), np.arange(0, 240, 3)]
    double = np.where(np.arange(240) % 3 == 0, 2.0, 1.0)
    one = ESTIMATORS[name](y, X, double)
    if name == "dr_panel":
        two = dr_panel(y[twice], ARM[twice], X[twice], np.ones(320)).influence
    elif name == "dr_cross":
        two = dr_cross_sections(
            y[twice], ARM[twice], AFTER[twice], X[twice], np.ones(320)
        ).influence
    elif "cross" in name:
        way: Way = "entropy" if "entropy" in name else "att"
        two = weighted_cross_sections(
            y[twice], ARM[twice], AFTER[twice], X[twice], way, np.ones(320)
        ).influence
    else:
        way = next(w for w in WAYS if w == name)
        two = weighted_change(y[twice], ARM[twice], X[twice], way, np.ones(320)).influence
    assert one.estimate == approx(two.estimate, rel=1e-9)
    assert np.allclose(np.bincount(twice, two.pull), one.pull, atol=1e-10)


# ---- standard errors and degrees of freedom


def test_variance_and_df_of_a_stratum_are_those_of_dense_matrices() -> None:
    rng = np.random.default_rng(8)
    z = np.column_stack([np.ones(25), rng.normal(size=(25, 2))])
    lead = rng.dirichlet(np.full(25, 3.0))
    hat = z @ np.linalg.inv(z.T @ (z * lead[:, None])) @ (z * lead[:, None]).T
    rest = np.eye(25) - hat
    m = rest @ rest.T
    residual = rest @ rng.normal(size=25)
    square, df = variance_of(lead * residual, lead, z)
    p = m * (lead**2 / np.diag(m))[:, None]
    assert square == approx(np.sum((lead * residual) ** 2 / np.diag(m)), rel=EXACT)
    assert df == approx(np.trace(p) ** 2 / np.trace(p @ p), rel=EXACT)


def test_clusters_of_one_size_are_welch_on_their_means() -> None:
    near = np.repeat(np.arange(14), 5)
    arm = (near >= 8).astype(float)
    y = np.random.default_rng(2).normal(size=70) + near % 3
    found = infer_clusters(dr_panel(y, arm, np.zeros((70, 0)), np.ones(70)).influence, near, arm)
    means = y.reshape(14, 5).mean(axis=1)
    welch = stats.ttest_ind(means[8:], means[:8], equal_var=False)
    assert found.estimate / found.std_error == approx(welch.statistic, rel=EXACT)
    assert found.df == approx(welch.df, rel=EXACT)
    assert found.n_clusters == 14


def test_clusters_across_arms_are_counted_once() -> None:
    found = infer_clusters(ESTIMATORS["overlap"](CHANGE, X, ONE), NEAR % 10, ARM)
    assert found.n_clusters == 6 and 0 < found.df < 6


def test_one_cluster_in_an_arm_has_no_standard_error() -> None:
    near = np.where(ARM == 1, 99, NEAR)
    with pytest.raises(NotEstimable, match="at least 2 clusters an arm"):
        infer_clusters(ESTIMATORS["dr_panel"](CHANGE, X, ONE), near, ARM)


def test_who_alone_determines_a_coefficient_is_stood_in_for_unless_they_weigh() -> None:
    x = np.column_stack([X, (np.arange(240) == np.flatnonzero(ARM == 0)[0])])
    x[np.flatnonzero(ARM == 1)[:1], 3] = 1
    found = infer_records(dr_panel(CHANGE, ARM, x, ONE).influence)
    plain = infer_records(dr_panel(CHANGE, ARM, X, ONE).influence)
    assert found.std_error == approx(plain.std_error, rel=0.05)
    lead = np.array([0.4, 0.3, 0.3])
    z = np.column_stack([np.ones(3), [1.0, 0, 0]])
    with pytest.raises(NotEstimable, match="alone determine a coefficient or a mean carry 47%"):
        variance_of(lead, lead, z)


def test_an_outcome_that_does_not_vary_has_no_estimate() -> None:
    with pytest.raises(NotEstimable, match="does not vary"):
        infer_records(ESTIMATORS["att"](ONE * 3, X, ONE))


# ---- what cannot be weighted


def test_a_covariate_that_parts_the_arms_is_named() -> None:
    x = np.column_stack([X, ARM * 10 + D["age"] / 100])
    for way in ("att", "ate", "overlap"):
        with pytest.raises(Parted) as caught:
            weigh(x, ARM == 1, way, ONE)
        assert caught.value.columns == (3,)


def test_a_category_of_one_arm_alone_parts_them_too() -> None:
    rare = ((ARM == 1) & (np.arange(240) % 7 == 0)).astype(float)
    with pytest.raises(Parted) as caught:
        weigh(np.column_stack([X, rare]), ARM == 1, "overlap", ONE)
    assert caught.value.columns == (3,)
    with pytest.raises(OutOfReach) as beyond:
        weigh(np.column_stack([X, rare]), ARM == 1, "entropy", ONE)
    assert beyond.value.columns == (3,)


def test_covariates_that_part_the_arms_together_are_named() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=(200, 3))
    treated = x[:, 0] + x[:, 2] > 0
    with pytest.raises(Parted) as caught:
        weigh(x, treated, "att", np.ones(200))
    assert set(caught.value.columns) >= {0, 2}


def test_means_outside_the_hull_together_are_named() -> None:
    """Controls lie on the line x0 + x1 = 0 or below it, the target's mean above it."""
    rng = np.random.default_rng(4)
    controls = rng.normal(size=(200, 2))
    controls = controls[controls.sum(axis=1) < 0]
    target = np.array([[0.5, 0.0], [0.0, 0.4], [-0.3, 0.6]])
    x = np.vstack([target, controls])
    treated = np.arange(len(x)) < 3
    with pytest.raises(OutOfReach) as caught:
        weigh(x, treated, "entropy", np.ones(len(x)))
    assert caught.value.columns == (0, 1)


def test_what_is_far_but_within_reach_is_balanced() -> None:
    """One control beyond the target's mean is enough: it then carries most of the weight."""
    x = np.r_[np.linspace(4, 5, 20), np.linspace(-3, 3, 60), 6.0][:, None]
    treated = np.arange(81) < 20
    weight = weigh(x, treated, "entropy", np.ones(81)).weight
    other = weight[~treated] / weight[~treated].sum()
    assert other @ x[~treated, 0] == approx(4.5, rel=1e-9)
    assert other.max() > 0.4


def test_columns_that_repeat_each_other_are_named() -> None:
    for way in WAYS:
        with pytest.raises(Collinear) as caught:
            weigh(np.column_stack([X, X[:, 0] - 2 * X[:, 2]]), ARM == 1, way, ONE)
        assert caught.value.columns == (3,)


def test_a_category_that_one_arm_and_time_lacks_is_named() -> None:
    rare = ((np.arange(240) % 5 == 0) & ~((ARM == 1) & (AFTER == 1))).astype(float)
    with pytest.raises(DependentIn) as caught:
        dr_cross_sections(ANSWER, ARM, AFTER, np.column_stack([X, rare]), ONE)
    assert (caught.value.cell, caught.value.columns) == (1, (3,))


def test_too_few_records_in_an_arm_and_time() -> None:
    few = np.r_[
        np.flatnonzero((ARM == 1) & (AFTER == 1))[:4], np.flatnonzero((ARM == 0) | (AFTER == 0))
    ]
    with pytest.raises(NotEstimable, match="4 records in one arm and time are too few"):
        dr_cross_sections(ANSWER[few], ARM[few], AFTER[few], X[few], ONE[few])


# ---- balance


def test_balance_and_effective_sizes_by_hand() -> None:
    one, other = (
        Group("a", np.array([1, 1, 0, 0, 0]) == 1),
        Group("b", np.array([0, 0, 1, 1, 1]) == 1),
    )
    x = np.array([[1.0, 1], [3.0, 0], [0.0, 0], [2.0, 1], [4.0, 1]])
    weight = np.array([1.0, 1, 1, 1, 2])
    found = balance_of(one, other, x, ("number", "share"), np.ones(5), weight)
    number, share = found["number"], found["share"]
    assert (number.mean_one_before, number.mean_other_before) == (2, 2)
    assert (number.mean_other_after, number.ratio_before) == approx((2.5, 2 / 4))
    assert number.difference_after == approx(-0.5 / np.sqrt((2 + 4) / 2))
    variance = (0.25 * 2.5**2 + 0.25 * 0.5**2 + 0.5 * 1.5**2) / (1 - 0.375)
    assert number.ratio_after == approx(2 / variance)
    assert share.ratio_before is None and share.ratio_after is None
    assert (share.n_one, share.n_other, share.count_one, share.count_other) == (2, 3, 1, 2)
    assert number.count_one is None and number.count_other is None
    assert share.difference_before == approx((1 / 2 - 2 / 3) / np.sqrt((1 / 2 + 1 / 3) / 2))
    sizes = weights_of([one, other], weight)
    assert (sizes["a"].n, sizes["a"].effective) == (2, approx(2))
    assert (sizes["b"].effective, sizes["b"].largest_share) == approx((16 / 6, 0.5))
