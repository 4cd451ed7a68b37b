"""Values by regression: linear models with known answers, limits, what must always hold."""

from math import sqrt

import numpy as np
import pytest
from pytest import approx

from cesp_analysis.economics.parameter_value import (
    RegressedValue,
    evppi,
    evsi_by_regression,
    trial_summaries,
)
from cesp_analysis.economics.smooth import basis, smooth
from cesp_analysis.economics.value_of_information import evsi, unit_normal_loss

SLOPES, MEAN, NOISE = np.array([300.0, 200.0, 100.0, 0.0, 50.0]), 100.0, 400.0


def rng(seed: int = 9) -> np.random.Generator:
    """The generator of a test."""
    return np.random.default_rng(seed)


def perfect(benefit: np.ndarray) -> float:
    """What knowing all is worth, of the same draws."""
    return float(benefit.max(axis=1).mean() - benefit.mean(axis=0).max())


def linear(rows: int, seed: int = 1, mean: float = MEAN) -> tuple[np.ndarray, np.ndarray]:
    """Parameters (B, 5), independent; net benefit (B, 2): the second option's is linear in them."""
    own = np.random.default_rng(seed)
    x = own.normal(size=(rows, 5))
    gain = mean + x @ SLOPES + own.normal(0, NOISE, rows)
    return x, np.column_stack([np.zeros(rows), gain])


@pytest.mark.parametrize("group", [[0], [1], [3], [0, 1], [0, 2, 4], [0, 1, 2, 3, 4]])
def test_a_linear_model_has_the_value_of_its_closed_form(group: list[int]) -> None:
    x, benefit = linear(6000)
    found = evppi(benefit, x[:, group], rng())
    known = float(unit_normal_loss(MEAN, sqrt((SLOPES[group] ** 2).sum())))
    assert abs(found.value - known) < 3 * found.std_error
    assert found.value <= perfect(benefit)


@pytest.mark.parametrize("mean", [MEAN, 0.0])
def test_the_stated_error_is_what_the_value_varies_by(mean: float) -> None:
    """60 sets of draws: SD of the values by their mean stated error. The better option is chosen by
    the same draws: at a mean of nothing this takes off what their mean is above it."""
    made = [linear(800, seed, mean) for seed in range(60)]
    values = [evppi(benefit, x[:, [0, 1]], rng(n)) for n, (x, benefit) in enumerate(made)]
    spread = np.std([one.value for one in values], ddof=1)
    stated = np.mean([one.std_error for one in values])
    assert 0.75 < stated / spread < 1.5  # an SD of 60 has an error of 9%
    known = float(unit_normal_loss(mean, sqrt(300**2 + 200**2)))
    away = np.mean([one.value for one in values]) - known
    of_mean = sqrt(((SLOPES**2).sum() + NOISE**2) / 800)
    chosen = float(unit_normal_loss(mean, of_mean))
    assert abs(away + chosen) < 4 * spread / sqrt(60)


def test_a_curve_and_a_product_are_found() -> None:
    """E[NB | x] = a cos(2x): no line; and of two, a product with nothing in either alone."""
    x = rng(3).normal(size=(8000, 2))
    curve = 300 * np.cos(2 * x[:, 0]) + rng(4).normal(0, 100, 8000)
    product = 300 * x[:, 0] * x[:, 1] + rng(5).normal(0, 100, 8000)
    for gain, of, known in (
        (curve, x[:, :1], np.maximum(300 * np.cos(2 * x[:, 0]), 0)),
        (product, x, np.maximum(300 * x[:, 0] * x[:, 1], 0)),
    ):
        benefit = np.column_stack([np.zeros(8000), gain])
        found = evppi(benefit, of, rng())
        # the same draws, without noise: the regression's own error alone
        loss = known.mean() - max(gain.mean(), 0)
        assert found.value == approx(loss, rel=0.02)
    alone = evppi(np.column_stack([np.zeros(8000), product]), x[:, :1], rng())
    assert alone.value < 3 * alone.std_error + 5


def test_what_changes_nothing() -> None:
    x, benefit = linear(2000)
    third = benefit[:, 1] * 0.5 + 40 * x[:, 1]
    three = np.column_stack([benefit, third])
    base = evppi(three, x[:, :2], rng())
    shared = rng(5).normal(0, 1000, (2000, 1))  # the same for all options
    for other in (
        evppi(three + shared, x[:, :2], rng()),
        evppi(three[:, [2, 0, 1]], x[:, :2], rng()),
        evppi(three, x[:, :2] * [1e6, -1e-3] + [5, 7], rng()),
        evppi(three, x[:, [1, 0]], rng()),
    ):
        assert other.value == approx(base.value, rel=1e-4)  # where the iteration stops
    again = evppi(three, x[:, :2], rng())
    assert again == base  # the same generator, the same errors
    cents = evppi(100 * three, x[:, :2], rng())
    assert cents.value == approx(100 * base.value, rel=1e-6)


def test_parameters_without_news() -> None:
    """One that does not vary, the same one twice, yes or no, three categories, a heavy tail."""
    x, benefit = linear(2000)
    nothing = evppi(benefit, np.full(2000, 3.0), rng())
    assert nothing.value == approx(0, abs=1e-9)
    one = evppi(benefit, x[:, 0], rng()).value
    assert evppi(benefit, x[:, [0, 0]], rng()).value == approx(one, rel=0.02)
    halves = (x[:, 0] > 0).astype(float)
    gain = benefit[:, 1]
    means = [gain[halves == side].mean() for side in (0, 1)]
    known = np.where(halves == 1, max(means[1], 0), max(means[0], 0)).mean() - max(gain.mean(), 0)
    assert evppi(benefit, halves, rng()).value == approx(known)
    thirds = np.digitize(x[:, 0], [-0.5, 0.5])
    means = [gain[thirds == part].mean() for part in range(3)]
    known = np.maximum(np.array(means), 0)[thirds].mean() - max(gain.mean(), 0)
    found = evppi(benefit, thirds, rng())  # the middle is drawn to the line, within the error
    assert abs(found.value - known) < found.std_error
    tail = evppi(benefit, np.exp(3 * x[:, 0]), rng())  # tells the same: other knots, no other news
    assert abs(tail.value - one) < tail.std_error / 10


def test_all_there_is_to_know_is_perfect_information() -> None:
    x, _ = linear(4000)
    benefit = np.column_stack([np.zeros(4000), MEAN + x[:, :2] @ SLOPES[:2]])
    assert evppi(benefit, x[:, :2], rng()).value == approx(perfect(benefit), rel=1e-4)
    same = np.column_stack([np.zeros(4000), np.full(4000, 5.0)])  # nothing is uncertain
    assert evppi(same, x[:, :2], rng()).value == 0


@pytest.mark.parametrize("at", [20_000.0, 30_000.0])
def test_a_trial_by_regression_and_in_closed_form(at: float) -> None:
    prior = np.array([[6000.0, 0.2], [0.2, 0.0005]])
    one = np.array([[9e5, 20.0], [20.0, 0.08]])  # of the difference, with one person an arm
    draws = rng(2).multivariate_normal([100, 0.01], prior, 6000)
    benefit = np.column_stack([np.zeros(6000), at * draws[:, 1] - draws[:, 0]])
    weight = np.array([-1.0, at])
    mean, before = float(weight @ [100, 0.01]), float(weight @ prior @ weight)
    worth = []
    for n in (50, 200, 1000):
        seen = trial_summaries(draws, one / n, rng(n)) @ weight  # what net benefit's estimate tells
        found = evsi_by_regression(benefit, seen, rng())
        known = evsi(mean, before, np.array([weight @ one @ weight / n]))[0]
        assert abs(found.value - known) < 3 * found.std_error
        worth.append(found.value)
    assert worth[0] < worth[1] < worth[2] <= perfect(benefit)
    endless = trial_summaries(draws, np.zeros((2, 2)), rng())
    assert endless == approx(draws)


def test_cost_and_qalys_seen_apart_tell_no_less() -> None:
    """Both estimates have two regressors: by Blackwell no less than their net benefit alone."""
    prior, one = np.diag([6000.0, 0.0005]), np.diag([9e5, 0.08])
    draws = rng(2).multivariate_normal([100, 0.01], prior, 6000)
    benefit = np.column_stack([np.zeros(6000), 20_000 * draws[:, 1] - draws[:, 0]])
    seen = trial_summaries(draws, one / 200, rng(3))
    both = evsi_by_regression(benefit, seen, rng())
    alone = evsi_by_regression(benefit, seen @ [-1.0, 20_000.0], rng())
    assert both.value > alone.value - alone.std_error


def test_simulated_trials_have_the_covariance_they_are_told() -> None:
    cov = np.array([[9e5, 20.0], [20.0, 0.08]])
    seen = trial_summaries(np.zeros((100_000, 2)), cov, rng())
    assert np.cov(seen.T) == approx(cov, rel=0.1)  # the covariance: 6% of it is one error
    assert seen.var(axis=0) == approx(cov.diagonal(), rel=0.02)


def test_the_smooth_is_least_squares_where_nothing_bends() -> None:
    """A line is not penalised: its own least squares, to what the splines take up of the noise."""
    x = rng(1).normal(size=(3000, 1))
    y = 5 + 2 * x[:, 0]
    fit = smooth(y, basis(x))
    assert fit.values == approx(y, abs=1e-6) and fit.effective == approx(2, abs=0.5)
    noise = smooth(rng(2).normal(size=3000), basis(x))
    assert noise.effective < 8 and noise.residual_variance == approx(1, abs=0.1)


@pytest.mark.parametrize(
    ("benefit", "x", "said"),
    [
        (np.zeros((50, 2)), np.zeros((40, 1)), "parameters of 50 draws"),
        (np.zeros((50, 2)), np.zeros((50, 6)), "1 to 5 parameters"),
        (np.zeros((50, 2)), np.full((50, 1), np.inf), "finite"),
        (np.eye(20)[:, :2], np.arange(40.0).reshape(20, 2), "too few"),
    ],
)
def test_what_cannot_be_regressed_is_refused(benefit: np.ndarray, x: np.ndarray, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        evppi(benefit, x, rng())


def test_a_value_is_a_record() -> None:
    x, benefit = linear(500)
    found = evppi(benefit, x[:, 0], rng())
    assert isinstance(found, RegressedValue) and found.std_error > 0
