"""Seemingly unrelated regressions and their replicates: closed forms, invariances, R's systemfit,
rows repeated."""

import numpy as np
import pytest
from pytest import approx

from cesp_analysis.economics.bivariate import fitted
from cesp_analysis.economics.replicated import prepared, replicated
from cesp_analysis.models.least_squares import least_squares
from cesp_analysis.models.refusals import Collinear, NotEstimable
from cesp_analysis.models.sandwich import infer
from economic_records import COST_X, DATA, QALY_X, R, columns

COST, QALY, N = DATA["cost"], DATA["qaly"], len(DATA["arm"])
ARMS = (1, 1)
PAIRS = {
    "adjusted": (COST_X, QALY_X),
    "uneven": (COST_X, columns("arm", "utility")),
    "same": (columns("arm", "age"), columns("arm", "age")),
}


@pytest.mark.parametrize("name", PAIRS)
def test_it_is_rs_systemfit(name: str) -> None:
    found = fitted(COST, QALY, *PAIRS[name], ARMS)
    assert found.delta == approx(R[name]["delta"], rel=1e-11)
    assert found.covariance == approx(np.array(R[name]["covariance"]), rel=1e-11)
    assert found.sigma == approx(np.array(R[name]["sigma"]), rel=1e-11)
    again = replicated(prepared(COST, QALY, *PAIRS[name], ARMS), np.ones((1, N)))
    assert again[0] == approx(found.delta, rel=1e-12)


def test_without_covariates_it_is_means_and_welchs_error() -> None:
    x, arm = columns("arm"), DATA["arm"] == 1
    found = fitted(COST, QALY, x, x, ARMS)
    means = [y[arm].mean() - y[~arm].mean() for y in (COST, QALY)]
    assert found.delta == approx(means, rel=1e-12)
    welch = infer(least_squares(COST, x), np.array([0.0, 1.0]), "HC2")
    assert welch.std_error == approx(R["welch"]["std_error"])
    assert R["welch"]["delta"] == approx(means[0], rel=1e-12)


def test_with_the_same_columns_it_is_least_squares() -> None:
    x = columns("arm", "age", "before")
    turned = x[:, [3, 1, 0, 2]]  # their order does not matter
    found = fitted(COST, QALY, x, turned, ARMS)
    fits = [least_squares(y, x) for y in (COST, QALY)]
    assert found.delta.tolist() == [fits[0].coef[1], found.ols[1]]
    assert found.ols[1] == approx(fits[1].coef[1], rel=1e-12)


def test_units_and_labels_of_arms() -> None:
    plain = fitted(COST, QALY, COST_X, QALY_X, ARMS)
    pence = fitted(100 * COST, QALY, COST_X, QALY_X, ARMS)
    assert pence.delta == approx(plain.delta * [100, 1], rel=1e-11)
    assert pence.covariance == approx(plain.covariance * [[1e4, 100], [100, 1]], rel=1e-11)
    turned = [x.copy() for x in (COST_X, QALY_X)]
    for x in turned:
        x[:, 1] = 1 - x[:, 1]
    other = fitted(COST, QALY, *turned, ARMS)
    assert other.delta == approx(-plain.delta, rel=1e-11)
    assert other.covariance == approx(plain.covariance, rel=1e-11)


@pytest.mark.parametrize("name", PAIRS)
def test_a_replicate_is_its_people_written_out(name: str) -> None:
    weights = np.random.default_rng(3).multinomial(N, np.full(N, 1 / N), size=40).astype(float)
    drawn = replicated(prepared(COST, QALY, *PAIRS[name], ARMS), weights)
    for counts, own in zip(weights, drawn, strict=True):
        rows = np.repeat(np.arange(N), counts.astype(int))
        there = fitted(COST[rows], QALY[rows], *(x[rows] for x in PAIRS[name]), ARMS)
        assert own == approx(there.delta, rel=1e-10)


def test_replicates_do_not_depend_on_how_many_are_made_at_once() -> None:
    weights = np.random.default_rng(4).multinomial(N, np.full(N, 1 / N), size=1100).astype(float)
    system = prepared(COST, QALY, COST_X, QALY_X, ARMS)
    whole = replicated(system, weights)
    assert whole[700:705] == approx(replicated(system, weights[700:705]), rel=1e-11)
    assert replicated(system, weights[:0]).shape == (0, 2)
    assert replicated(system, 7 * weights[:5]) == approx(whole[:5], rel=1e-11)  # kq = kc


def test_far_columns_lose_no_digits() -> None:
    """Years of birth and their squares: correlated to 1 - 1e-6."""
    year = 1980 + DATA["age"]
    x = np.column_stack([COST_X, year**2])
    weights = np.random.default_rng(5).multinomial(N, np.full(N, 1 / N), size=5).astype(float)
    drawn = replicated(prepared(COST, QALY, x, QALY_X, ARMS), weights)
    centred = x.copy()
    centred[:, 4] = (DATA["age"] - 45) ** 2
    assert drawn == approx(
        replicated(prepared(COST, QALY, centred, QALY_X, ARMS), weights), rel=1e-9
    )


def test_replicates_without_an_answer_are_not_a_number() -> None:
    rare = np.zeros(N)
    rare[:2] = 1.0
    system = prepared(COST, QALY, np.column_stack([COST_X, rare]), QALY_X, ARMS)
    weights = np.ones((5, N))
    weights[1, :2] = 0  # nobody in the category
    weights[2, DATA["arm"] == 1] = 0  # nobody in an arm
    weights[3] = 0
    weights[4, 4:] = 0  # no more people than coefficients
    weights[4, 45] = 1
    found = replicated(system, weights)
    assert np.isfinite(found[0]).all() and np.isnan(found[1:]).all()


def test_what_has_no_joint_distribution_is_refused() -> None:
    for doing in (fitted, prepared):
        with pytest.raises(NotEstimable, match="proportional"):
            doing(COST, 1 - COST / 1e4, COST_X, COST_X, ARMS)
        with pytest.raises(NotEstimable, match="does not vary"):
            doing(COST, np.full(N, 0.8), COST_X, QALY_X, ARMS)
        with pytest.raises(Collinear):
            doing(COST, QALY, np.column_stack([COST_X, COST_X[:, 2]]), QALY_X, ARMS)
        with pytest.raises(ValueError, match="complete"):
            doing(np.where(COST > 600, np.nan, COST), QALY, COST_X, QALY_X, ARMS)
