"""Quadrants, net benefit, acceptability, frontier, ellipse: by hand, limits, what always holds."""

from math import erf, inf, log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import approx

from cesp_analysis.economics.decision import (
    acceptability,
    ellipse,
    frontier,
    inmb,
    net_benefits,
    normal_acceptability,
)
from cesp_analysis.economics.quadrants import normal_quadrants, quadrants
from cesp_analysis.models.student import t_interval

POINT = np.array([100.0, 0.02])
COV = np.array([[6000.0, 0.2], [0.2, 0.0005]])
AT = np.array([20_000.0, 25_000.0, 30_000.0, 35_000.0])


def drawn(rows: int, seed: int = 1) -> np.ndarray:
    """Draws of the normal law above."""
    return np.random.default_rng(seed).multivariate_normal(POINT, COV, rows)


def test_boundaries_belong_to_the_south_and_the_west() -> None:
    draws = [[1, 1], [-1, 1], [-1, -1], [1, -1], [0, 1], [0, 0], [1, 0], [-1, 0]]
    found = quadrants(np.array(draws, dtype=float))
    assert (found.ne, found.se, found.sw, found.nw) == (1 / 8, 2 / 8, 3 / 8, 2 / 8)
    assert found.gain() == 3 / 8 and found.dearer() == 3 / 8


@pytest.mark.parametrize("correlation", [-0.95, -0.3, 0.0, 0.7])
def test_normal_quadrants_of_no_difference(correlation: float) -> None:
    """Sheppard: P(both above 0) = 1/4 + asin ρ / 2π."""
    cov = np.array([[4.0, 0.02 * correlation], [0.02 * correlation, 1e-4]])
    found = normal_quadrants(np.zeros(2), cov)
    assert found.ne == approx(0.25 + np.arcsin(correlation) / (2 * np.pi), abs=1e-9)
    assert found.ne == approx(found.sw) and found.se == approx(found.nw)


def test_draws_of_a_normal_law_are_where_it_says() -> None:
    found, known = quadrants(drawn(200_000)), normal_quadrants(POINT, COV)
    for name in ("ne", "se", "sw", "nw"):  # four Monte Carlo errors of 200,000 draws at most
        assert getattr(found, name) == approx(getattr(known, name), abs=4 * sqrt(0.25 / 200_000))


def test_net_benefit_is_that_of_people_valued_one_by_one() -> None:
    """λq − c of each person, Welch's error: the same estimate and error as from the pair."""
    rng = np.random.default_rng(3)
    a, b = (rng.multivariate_normal(at, COV * 50, 30) for at in ([500, 0.6], [400, 0.58]))
    point = a.mean(axis=0) - b.mean(axis=0)
    cov = np.cov(a.T) / 30 + np.cov(b.T) / 30
    found = inmb(point, cov, AT, df=58)
    for number, at in enumerate(AT):
        x, y = (at * one[:, 1] - one[:, 0] for one in (a, b))
        error = sqrt(x.var(ddof=1) / 30 + y.var(ddof=1) / 30)
        assert found.estimate[number] == approx(x.mean() - y.mean())
        assert found.std_error[number] == approx(error)
        ends = t_interval(x.mean() - y.mean(), error, 58)
        assert (found.low[number], found.high[number]) == approx(ends)


def test_acceptability_by_draws_and_in_closed_form() -> None:
    by_draws = acceptability(drawn(100_000), AT)
    known = normal_acceptability(inmb(POINT, COV, AT))
    assert (by_draws.monte_carlo_error < 0.002).all()
    assert np.abs(by_draws.probability - known.probability).max() < 4 * 0.0016
    assert (known.monte_carlo_error == 0).all()
    z = inmb(POINT, COV, AT).estimate / inmb(POINT, COV, AT).std_error
    assert known.probability == approx([(1 + erf(one / sqrt(2))) / 2 for one in z])
    few = normal_acceptability(inmb(POINT, COV, AT, df=3))  # the t has longer tails
    assert (np.abs(few.probability - 0.5) < np.abs(known.probability - 0.5)).all()


def test_at_no_threshold_the_curve_is_the_probability_of_saving() -> None:
    known = normal_quadrants(POINT, COV)
    assert normal_acceptability(inmb(POINT, COV, 0.0)).probability[0] == approx(1 - known.dearer())
    far = normal_acceptability(inmb(POINT, COV, 1e12)).probability[0]
    assert far == approx(known.gain(), abs=1e-6)


def test_no_thresholds_have_no_probabilities() -> None:
    assert normal_acceptability(inmb(POINT, COV, np.array([]))).probability.shape == (0,)


def test_nothing_uncertain_is_certain() -> None:
    still = np.zeros((2, 2))
    for point, probability in (([-5.0, 0.1], 1.0), ([5.0, 0.0], 0.0), ([0.0, 0.0], 0.5)):
        found = normal_acceptability(inmb(np.array(point), still, AT))
        assert (found.probability == probability).all()
    alike = np.tile([[-5.0, 0.1]], (400, 1))
    found = acceptability(alike, AT)  # all draws agree: the error is that of draws unseen
    assert (found.probability == 1).all() and (found.monte_carlo_error > 0).all()
    assert (acceptability(np.zeros((10, 2)), AT).probability == 0.5).all()


@given(seed=st.integers(0, 999), shift=st.floats(-1e4, 1e4))
@settings(max_examples=25, deadline=None)
def test_swapped_options_and_added_constants(seed: int, shift: float) -> None:
    draws = drawn(200, seed)
    one, other = acceptability(draws, AT), acceptability(-draws, AT)
    assert one.probability + other.probability == approx(np.ones(4))
    costs = np.column_stack([np.zeros(200), draws[:, 0]])
    qalys = np.column_stack([np.zeros(200), draws[:, 1]])
    found = frontier(costs, qalys, AT)
    assert found.of_each[:, 1] == approx(one.probability)
    moved = frontier(costs + np.round(shift), qalys, AT)
    assert (moved.best == found.best).all() and moved.of_each == approx(found.of_each)
    turned = frontier(costs[:, ::-1], qalys[:, ::-1], AT)
    assert turned.probability == approx(found.probability) and (turned.best == 1 - found.best).all()


def test_the_frontier_follows_expectation_not_probability() -> None:
    """Option 1 is better in one draw of four, by much; 0 is named where both expect the same."""
    costs = np.zeros((8, 3))
    qalys = np.column_stack([np.zeros(8), [1, 1, -0.1, -0.1, -0.1, -0.1, -0.1, -0.1], np.ones(8)])
    found = frontier(costs[:, :2], qalys[:, :2], np.array([0.0, 10.0]))
    assert found.best.tolist() == [0, 1]
    assert found.probability.tolist() == [0.5, 0.25]  # at 0 all tie: shared
    three = frontier(costs, qalys, np.array([10.0]))
    assert three.best[0] == 2 and three.of_each[0] == approx([0, 1 / 8, 7 / 8])
    assert net_benefits(costs, qalys, 10.0).shape == (1, 8, 3)


@pytest.mark.parametrize("level", [0.5, 0.95])
def test_the_ellipse_holds_what_it_says(level: float) -> None:
    outline = ellipse(POINT, COV, level)
    away = outline - POINT
    distance = np.einsum("ij,jk,ik->i", away, np.linalg.inv(COV), away)
    assert distance == approx(np.full(len(outline), -2 * log(1 - level)))
    assert outline[0] == approx(outline[-1])
    away = drawn(100_000) - POINT
    inside = np.einsum("ij,jk,ik->i", away, np.linalg.inv(COV), away) <= distance[0]
    assert inside.mean() == approx(level, abs=4 * sqrt(level * (1 - level) / 100_000))


def test_an_ellipse_of_perfectly_correlated_differences_is_a_line() -> None:
    cov = np.array([[4.0, 0.02], [0.02, 1e-4]])
    away = ellipse(POINT, cov) - POINT
    assert away[:, 0] / 2 == approx(away[:, 1] / 0.01, abs=1e-7)
    assert ellipse(POINT, np.zeros((2, 2))) == approx(np.tile(POINT, (181, 1)))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: quadrants(np.zeros((5, 3))), "(5, 3)"),
        (lambda: quadrants(np.full((5, 2), np.nan)), "finite"),
        (lambda: acceptability(drawn(5), np.array([-1.0])), "not below 0"),
        (lambda: inmb(POINT, -COV, AT), "no covariance"),
        (lambda: inmb(POINT, np.array([[6000.0, 5.0], [5.0, 0.0005]]), AT), "beyond 1"),
        (lambda: inmb(POINT[:1], COV, AT), "(1,)"),
        (lambda: normal_quadrants(POINT, np.zeros((2, 2))), "vary"),
        (lambda: normal_quadrants(POINT, np.diag([1.0, 0.0])), "vary"),
        (lambda: normal_quadrants(POINT, np.diag([0.0, 1.0])), "vary"),
        (lambda: ellipse(POINT, COV, 1.0), "between 0 and 1"),
        (lambda: frontier(np.zeros((5, 1)), np.zeros((5, 1)), AT), "(5, 1)"),
        (lambda: frontier(np.full((5, 2), inf), np.zeros((5, 2)), AT), "finite"),
    ],
)
def test_what_is_no_draw_or_covariance_is_refused(call: object, said: str) -> None:
    with pytest.raises(ValueError, match=".*" + said.replace("(", r"\(").replace(")", r"\)")):
        call()  # type: ignore[operator]
