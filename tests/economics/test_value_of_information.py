"""What evidence is worth: closed forms, limits, what must always hold; sentences."""

from math import inf, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx

from cesp_analysis.economics.parameter_value import Regressed
from cesp_analysis.economics.value_of_information import (
    best_size,
    enbs,
    evpi,
    evsi,
    normal_evpi,
    people_over_time,
    population_value,
    unit_normal_loss,
)
from cesp_analysis.economics.value_words import (
    net_benefit_sentence,
    parameter_sentence,
    perfect_information_sentence,
    sampling_sentence,
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
    found = evpi(np.column_stack([np.zeros(100_000), draws]))
    # its error, and that of the mean on which of the two the decision rests
    error = sqrt(found.monte_carlo_error**2 + 485.75**2 / 100_000)
    assert abs(found.value - float(normal_evpi(mean, 485.75))) < 4 * error


def test_perfect_information_by_hand_and_what_changes_nothing() -> None:
    benefit = np.array([[1.0, 2.0, 0.0], [3.0, 1.0, 0.0]])
    found = evpi(benefit)
    assert found.value == (2 + 3) / 2 - 2
    rng = np.random.default_rng(2)
    benefit = rng.normal(0, 1, (500, 3))
    base = evpi(benefit)
    shared = evpi(benefit + rng.normal(0, 9, (500, 1)))  # the same for all options
    assert shared.value == approx(base.value)
    assert evpi(benefit[:, [2, 0, 1]]).value == approx(base.value)
    assert evpi(np.column_stack([benefit, benefit[:, 0]])).value == approx(base.value)
    assert evpi(np.column_stack([benefit, np.full(500, -99.0)])).value == approx(base.value)


def test_a_trial_of_none_is_worth_nothing_and_an_endless_one_is_perfect() -> None:
    with np.errstate(divide="ignore"):
        variance = 2 * 1500.0**2 / SIZES
    worth = evsi(200.0, 485.75**2, variance)
    assert worth[0] == 0 and worth[-1] == approx(float(normal_evpi(200.0, 485.75)), rel=1e-6)
    assert (np.diff(worth) > 0).all()
    assert evsi(200.0, 0.0, variance) == approx(np.zeros(6))  # nothing is left to learn
    assert evsi(20.0, 100.0, np.array([0.0]))[0] == approx(float(normal_evpi(20.0, 10.0)))


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
    assert population_value(np.array([1.0, 2.0]), 100, 2, 0.0).tolist() == [200, 400]


def test_net_benefit_of_sampling() -> None:
    sizes = np.array([0.0, 100.0, 200.0])
    net = enbs(np.array([0.0, 5.0, 6.0]), 1000, sizes, fixed_cost=500, cost_each=20)
    assert net.tolist() == [-500, 2500, 1500]
    assert best_size(net, sizes) == (100, 2500)
    assert best_size(net - 5000, sizes) is best_size(net - 2500, sizes) is None
    assert best_size(np.array([0.5, -2.0]), sizes[1:]) == (100, 0.5)
    assert best_size(np.array([3.0, 3.0]), np.array([20.0, 10.0])) == (10, 3)  # the smaller
    both = enbs(np.array([[0.0, 1.0], [5.0, 6.0]]), 1000, sizes[:2], 500, 20)
    assert both.shape == (2, 2) and both[1].tolist() == [2500, 3500]


@pytest.mark.parametrize(
    "call",
    [
        lambda: unit_normal_loss(0.0, -1.0),
        lambda: unit_normal_loss(inf, 1.0),
        lambda: evsi(0.0, -1.0, np.array([1.0])),
        lambda: evsi(0.0, inf, np.array([1.0])),
        lambda: evpi(np.zeros((5, 1))),
        lambda: evpi(np.full((5, 2), np.nan)),
        lambda: people_over_time(-1, 3),
        lambda: people_over_time(1, 3, -1.0),
    ],
)
def test_what_has_no_value_is_refused(call: object) -> None:
    with pytest.raises(ValueError):
        call()  # type: ignore[operator]


def test_sentences() -> None:
    said = net_benefit_sentence(20_000, 300.5, (-651.5, 1252.5), 0.95, 0.736)
    assert said == (
        "At £20,000 a QALY the net benefit is £300 a person (95% interval −£652 to £1,252); the"
        " interval holds £0: the money may be better spent elsewhere, or here. Probability that it"
        " is above £0: 74%."
    )
    for edges in ((0.0, 5.0), (-5.0, 0.0)):
        assert "the interval holds £0" in net_benefit_sentence(20_000, 1, edges, 0.95, 0.9)
    assert "lies above £0" in net_benefit_sentence(20_000, 3, (0.5, 5), 0.95, 0.9)
    assert "lies below £0" in net_benefit_sentence(20_000, -3, (-5, -0.5), 0.95, 0.1)
    assert "lies above £0" in net_benefit_sentence(20_000, 300, (100, 500), 0.95, 0.99)
    assert "lies below £0" in net_benefit_sentence(20_000, -300, (-500, -100), 0.95, 0.01)
    assert perfect_information_sentence(79.48, 4_523.7, 5, 0.035) == (
        "Deciding now loses £79.48 a person on average against deciding with perfect information;"
        " over 5 years, for 4,524 people discounted at 3.5% a year, £359,544. No study can be worth"
        " more."
    )
    assert perfect_information_sentence(79.48, 4_523.7, 5, 0.035, 188.65).endswith(
        " a year, £359,544, by sampling error alone. With shocks to sites of the prior's sizes it"
        " loses £188.65 a person, £853,396 in all: no study can be worth more, and more people of"
        " the same sites would not tell the difference."
    )
    told = parameter_sentence(("effect", "price"), Regressed(50.0, 3.0, 1.25, 4.0))
    assert told == (
        "Knowing effect and price would be worth £50.00 a person (standard error £3.00; noise in"
        " the regression makes it £1.25 too high on average)."
    )
    low = parameter_sentence(("effect",), Regressed(50.0, 3.0, -1.25, 4.0))
    assert "makes it £1.25 too low on average" in low
    none = parameter_sentence(("effect",), Regressed(1.0, 3.0, 1.0, 4.0))
    assert "worth nothing that these draws can tell (£1.00 a person, standard error £3.00)" in none
    assert "No trial of up to 400 people is worth its cost" in sampling_sentence(None, 400)
    assert sampling_sentence((200, 1500.0), 400) == (
        "A trial of 200 people is worth most: £1,500 more than it costs, to everybody for whom the"
        " decision is made."
    )
    assert "the largest size that was looked at" in sampling_sentence((400, 1500.0), 400)
