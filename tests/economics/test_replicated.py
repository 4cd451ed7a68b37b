"""Two regressions of many replicates: R's systemfit, invariances, rows repeated, refusals."""

import numpy as np
import pytest
from pytest import approx

from cesp_analysis.economics.replicated import prepared, replicated
from cesp_analysis.models.least_squares import least_squares
from cesp_analysis.models.refusals import Collinear, NotEstimable
from economic_records import DATA, R, columns

COST, QALY, N, ARM = DATA["cost"], DATA["qaly"], len(DATA["arm"]), 1
X = columns("arm", "age", "before", "utility")


def drawn(draws: int, seed: int) -> np.ndarray:
    """Weights (draws, N)."""
    counts = np.random.default_rng(seed).multinomial(N, np.full(N, 1 / N), size=draws)
    return np.asarray(counts.astype(float))


def test_it_is_rs_systemfit() -> None:
    found = replicated(prepared(COST, QALY, columns("arm", "age"), ARM), np.ones((1, N)))
    assert found[0] == approx(R["same"]["delta"], rel=1e-11)


def test_a_replicate_is_its_people_written_out() -> None:
    weights = drawn(40, 3)
    for counts, own in zip(weights, replicated(prepared(COST, QALY, X, ARM), weights), strict=True):
        rows = np.repeat(np.arange(N), counts.astype(int))
        there = [least_squares(y[rows], X[rows]).coef[ARM] for y in (COST, QALY)]
        assert own == approx(there, rel=1e-10)


def test_units_and_labels_of_arms() -> None:
    weights = drawn(10, 6)
    plain = replicated(prepared(COST, QALY, X, ARM), weights)
    pence = replicated(prepared(100 * COST, QALY, X, ARM), weights)
    assert pence == approx(plain * [100, 1], rel=1e-11)
    turned = X.copy()
    turned[:, ARM] = 1 - turned[:, ARM]
    assert replicated(prepared(COST, QALY, turned, ARM), weights) == approx(-plain, rel=1e-11)


def test_replicates_do_not_depend_on_how_many_are_made_at_once() -> None:
    weights = drawn(1100, 4)
    system = prepared(COST, QALY, X, ARM)
    whole = replicated(system, weights)
    assert whole[700:705] == approx(replicated(system, weights[700:705]), rel=1e-11)
    assert replicated(system, weights[:0]).shape == (0, 2)
    assert replicated(system, 7 * weights[:5]) == approx(whole[:5], rel=1e-11)


def test_far_columns_lose_no_digits() -> None:
    """Years of birth and their squares: correlated to 1 - 1e-6."""
    year = 1980 + DATA["age"]
    far, near = (np.column_stack([X, one]) for one in (year**2, (DATA["age"] - 45) ** 2))
    there = replicated(prepared(COST, QALY, near, ARM), drawn(5, 5))
    assert replicated(prepared(COST, QALY, far, ARM), drawn(5, 5)) == approx(there, rel=1e-9)


def test_replicates_without_an_answer_are_not_a_number() -> None:
    rare = np.zeros(N)
    rare[:2] = 1.0
    system = prepared(COST, QALY, np.column_stack([X, rare]), ARM)
    weights = np.ones((4, N))
    weights[1, :2] = 0  # nobody in the category
    weights[2, DATA["arm"] == 1] = 0  # nobody in an arm
    weights[3] = 0
    found = replicated(system, weights)
    assert np.isfinite(found[0]).all() and np.isnan(found[1:]).all()


def test_what_has_no_joint_distribution_is_refused() -> None:
    with pytest.raises(NotEstimable, match="proportional"):
        prepared(COST, 1 - COST / 1e4, X, ARM)
    with pytest.raises(NotEstimable, match="neither cost nor QALYs vary"):
        prepared(np.zeros(N), np.full(N, 0.8), X, ARM)
    with pytest.raises(Collinear):
        prepared(COST, QALY, np.column_stack([X, X[:, 2]]), ARM)
    with pytest.raises(ValueError, match="complete"):
        prepared(np.where(COST > 600, np.nan, COST), QALY, X, ARM)


def test_an_outcome_that_does_not_vary_is_the_same_in_every_replicate() -> None:
    """£0 of everybody; £100 of an arm, declared and not measured. The other outcome is as it is
    beside one that varies."""
    weights = drawn(10, 8)
    plain = replicated(prepared(COST, QALY, X, ARM), weights)
    for cost, difference in ((np.zeros(N), 0.0), (100 * X[:, ARM], 100.0)):
        found = replicated(prepared(cost, QALY, X, ARM), weights)
        assert found[:, 0] == approx(difference, abs=1e-10)
        assert found[:, 1] == approx(plain[:, 1], rel=1e-11)
