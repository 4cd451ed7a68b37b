"""What evidence is worth: closed forms, limits, what must always hold; sentences."""

from math import inf, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx

from cesp_analysis.economics.value_of_information import (
    enbs,
    evsi,
    people_over_time,
    unit_normal_loss,
)

SIZES = np.array([0.0, 50, 100, 200, 400, 1e9])
ROOT = sqrt(2 * np.pi)


def test_of_no_expected_difference_the_loss_is_sd_over_root_two_pi() -> None:
    assert unit_normal_loss(0.0, 3.0) == approx(3 / ROOT, rel=1e-15)
    assert unit_normal_loss(np.array([5.0, -5.0, 0.0]), 0.0).tolist() == [0, 0, 0]
    assert (unit_normal_loss(np.array([1e6, -40.0]), 1.0) == 0).all()  # never below 0


@given(mean=st.floats(-50, 50), sd=st.floats(0.01, 50), scale=st.floats(0.01, 100))
def test_the_loss_of_the_other_option_and_in_another_unit(
    mean: float, sd: float, scale: float
) -> None:
    loss = float(unit_normal_loss(mean, sd))
    assert unit_normal_loss(-mean, sd) == loss
    assert unit_normal_loss(scale * mean, scale * sd) == approx(scale * loss, rel=1e-9, abs=1e-12)
    assert loss <= sd / ROOT and unit_normal_loss(mean, 1.1 * sd) >= loss


@pytest.mark.parametrize("mean", [-300.0, 0.0, 300.0])
def test_perfect_information_by_draws_and_in_closed_form(mean: float) -> None:
    draws = np.random.default_rng(1).normal(mean, 485.75, 100_000)
    found = draws.clip(0).mean() - max(draws.mean(), 0)
    # at most the error of a half-normal loss, and that of the mean the decision rests on
    assert abs(found - float(unit_normal_loss(mean, 485.75))) < 4 * 485.75 / sqrt(1e5)


def test_a_trial_of_none_is_worth_nothing_and_an_endless_one_is_perfect() -> None:
    with np.errstate(divide="ignore"):
        variance = 2 * 1500.0**2 / SIZES
    worth = evsi(200.0, 485.75**2, variance)
    assert worth[0] == 0 and worth[-1] == approx(float(unit_normal_loss(200.0, 485.75)), rel=1e-6)
    assert (np.diff(worth) > 0).all()
    assert evsi(200.0, 0.0, variance) == approx(np.zeros(6))  # nothing is left to learn
    assert evsi(20.0, 100.0, np.array([0.0]))[0] == approx(float(unit_normal_loss(20.0, 10.0)))


def test_thresholds_beside_sizes() -> None:
    mean, before = np.array([100.0, 0.0, -50.0]), np.array([1e4, 2e4, 3e4])
    variance = np.array([inf, 5e4, 1e3])
    worth = evsi(mean, before, variance)
    assert worth.shape == (3, 3)
    of_each = np.outer(variance, [1.0, 1.0, 1.0])
    assert evsi(mean, before, of_each) == approx(worth)
    for at in range(3):
        assert evsi(mean[at], before[at], variance) == approx(worth[:, at])


@pytest.mark.parametrize("mean", [300.0, -200.0])
def test_two_trials_tell_as_much_as_one_of_both(mean: float) -> None:
    """Updating twice: the variance that is left after the first is the prior of the second."""
    before, one, two = 1e5, 4e4, 7e4
    both = 1 / (1 / one + 1 / two)
    first = before**2 / (before + one)
    left = before - first
    rng = np.random.default_rng(4)
    after = mean + sqrt(first) * rng.standard_normal(200_000)  # posterior means of the first
    loss = after.clip(0).mean() - max(mean, 0) + evsi(after, left, np.array([two])).mean()
    assert loss == approx(float(evsi(mean, before, np.array([both]))[0]), abs=4 * 300 / sqrt(2e5))


def test_people_over_time() -> None:
    assert people_over_time(100, 3, 0.0) == 300
    assert people_over_time(100, 2.5, 0.0) == 250
    assert people_over_time(100, 3) == approx(100 * (1 + 1 / 1.035 + 1 / 1.035**2))
    assert people_over_time(100, 0) == 0


def test_net_benefit_of_sampling() -> None:
    costs = 500 + 20 * np.array([0.0, 100.0, 200.0])
    net = enbs(np.array([0.0, 5.0, 6.0]), 1000, costs)
    assert net.tolist() == [-500, 2500, 1500]
    both = enbs(np.array([[0.0, 1.0], [5.0, 6.0]]), 1000, costs[:2])
    assert both.shape == (2, 2) and both[1].tolist() == [2500, 3500]


@pytest.mark.parametrize(
    "call",
    [
        lambda: unit_normal_loss(0.0, -1.0),
        lambda: unit_normal_loss(inf, 1.0),
        lambda: evsi(0.0, -1.0, np.array([1.0])),
        lambda: evsi(0.0, inf, np.array([1.0])),
        lambda: people_over_time(-1, 3),
        lambda: people_over_time(1, 3, -1.0),
    ],
)
def test_what_has_no_value_is_refused(call: object) -> None:
    with pytest.raises(ValueError):
        call()  # type: ignore[operator]
