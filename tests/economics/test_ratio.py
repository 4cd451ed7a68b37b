"""The ratio: Fieller's set of each kind; a number is given only where it means one thing."""

from math import inf, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx

from cesp_analysis.economics.quadrants import Quadrants
from cesp_analysis.economics.ratio import fieller, icer_in_words
from cesp_analysis.economics.ratio_words import ratio_sentences
from cesp_analysis.models.student import t_quantile
from plane_draws import holds

COV = np.array([[6000.0, 0.2], [0.2, 0.0005]])
PRECISE = np.array([[100.0, 0.0], [0.0, 1e-6]])


@given(
    cost=st.floats(-1000, 1000),
    qaly=st.floats(-0.2, 0.2),
    ratio=st.floats(-1e5, 1e5),
    df=st.sampled_from([3.0, 40.0, inf]),
)
def test_a_ratio_is_in_the_set_if_its_net_benefit_is_compatible_with_none(
    cost: float, qaly: float, ratio: float, df: float
) -> None:
    """Membership by the test statistic itself."""
    point = np.array([cost, qaly])
    away = abs(cost - ratio * qaly)
    error = np.sqrt(COV[0, 0] - 2 * ratio * COV[0, 1] + ratio**2 * COV[1, 1])
    edge = t_quantile(0.975, df) * error
    if abs(away - edge) > 1e-6 * edge:  # on the edge rounding decides
        assert holds(fieller(point, COV, df=df), ratio) == (away < edge)


def test_the_set_of_each_kind() -> None:
    bounded = fieller(np.array([100.0, 0.1]), COV)
    assert bounded.kind == "interval" and bounded.low < 1000 < bounded.high
    outside = fieller(np.array([250.0, 0.02]), COV)  # cost differs, QALYs may not
    assert outside.kind == "outside" and holds(outside, 12_500) and not holds(outside, 0)
    assert holds(outside, -1e9) and holds(outside, 1e9)
    whole = fieller(np.array([50.0, 0.01]), COV)
    assert (whole.kind, whole.low, whole.high) == ("whole_line", -inf, inf)


def test_without_error_the_set_is_the_ratio() -> None:
    still = np.zeros((2, 2))
    for cost in (100.0, 0.0, -100.0):
        found = fieller(np.array([cost, 0.1]), still)
        assert (found.kind, found.low, found.high) == ("interval", *2 * [approx(10 * cost)])
    assert fieller(np.array([100.0, 0.0]), still).kind == "whole_line"  # a ratio to nothing


@pytest.mark.parametrize("sign", [1, -1])
def test_where_qalys_lie_exactly_on_the_critical_value_the_set_is_a_half_line(sign: int) -> None:
    square = t_quantile(0.975, inf) ** 2
    qaly = next(q for q in range(1, 50) if square * (q * q / square) == q * q)  # no rounding
    found = fieller(np.array([sign * 30.0, qaly]), np.diag([1.0, qaly * qaly / square]))
    assert found.kind == "half_line"
    assert holds(found, sign * 30.0 / qaly) and holds(found, sign * 1e9)
    assert not holds(found, 0) and not holds(found, -sign * 1e9)
    end = (30.0**2 - square) / (2 * sign * 30.0 * qaly)  # where the other root has gone to infinity
    assert (found.low, found.high) == ((approx(end), inf) if sign > 0 else (-inf, approx(end)))


@pytest.mark.parametrize(
    ("point", "kind", "value", "words"),
    [
        ([100.0, 0.1], "per_qaly_gained", 1000, "Each QALY gained costs £1,000 (95% interval £"),
        ([-100.0, -0.1], "per_qaly_lost", 1000, "Each QALY given up saves £1,000 (95% interval £"),
        (
            [-100.0, 0.1],
            "dominates",
            None,
            "costs less (£100 a person) and gains QALYs (0.100):",
        ),
        (
            [100.0, -0.1],
            "dominated",
            None,
            "costs more (£100 a person) and loses QALYs (0.100):",
        ),
        (
            [100.0, 0.001],
            "straddles",
            None,
            "QALYs may be lost as well as gained (difference 0.0",
        ),
    ],
)
def test_each_quadrant_in_words(
    point: list[float], kind: str, value: float | None, words: str
) -> None:
    found = icer_in_words(np.array(point), PRECISE)
    assert found.kind == kind and words in found.sentences[0]
    assert found.value == (None if value is None else approx(value))
    assert (found.low is None) == (found.high is None) == (value is None)
    assert found.sentences[1].startswith("Of the joint distribution of cost and QALYs, ")
    if value is None:
        assert "1,000" not in found.sentences[0]  # no ratio in passing


def test_an_interval_that_reaches_dominance_says_so() -> None:
    wide = np.array([[10_000.0, 0.0], [0.0, 1e-6]])
    gained = icer_in_words(np.array([100.0, 0.1]), wide)
    assert "below £0: the intervention may also gain QALYs and save money" in gained.sentences[0]
    lost = icer_in_words(np.array([-100.0, -0.1]), wide)
    assert "below £0: the intervention may also lose QALYs and cost more" in lost.sentences[0]
    narrow = icer_in_words(np.array([100.0, 0.1]), PRECISE)
    assert "below £0" not in narrow.sentences[0]


@pytest.mark.parametrize("df", [4.0, 9.4, inf])
def test_a_ratio_is_given_where_few_lie_in_the_other_half(df: float) -> None:
    """Fieller's set is an interval exactly there: both are of one law."""
    edge = t_quantile(0.975, df)
    for sign in (1, -1):
        for share, given_value in ((1.001, True), (0.999, False)):
            point = np.array([sign * 100.0, sign * share * edge * 1e-3])
            found = icer_in_words(point, PRECISE, df=df)
            lesser = min(found.shares.gain(), 1 - found.shares.gain())
            assert (found.value is not None) == given_value == (lesser < 0.025)
    assert icer_in_words(np.array([0.0, 0.1]), PRECISE).kind == "dominates"  # at no extra cost


def test_a_value_that_is_not_there_is_a_mistake() -> None:
    shares = Quadrants(1.0, 0.0, 0.0, 0.0)
    for value, ends in ((None, (0.0, 2.0)), (1.0, (None, 2.0)), (1.0, (0.0, None))):
        with pytest.raises(ValueError, match="has a value and an interval"):
            ratio_sentences("per_qaly_gained", (1.0, 1.0), value, ends, shares, 0.95)


@pytest.mark.parametrize("skewed", [False, True])
@pytest.mark.parametrize("gain", [0.0, 0.04])
def test_the_set_holds_the_true_ratio_in_95_of_100_trials(skewed: bool, gain: float) -> None:
    """4,000 trials of 60 an arm, costs normal or gamma with the coefficient of variation 1.3 of
    trials' costs, QALYs that may not differ at all: then a ratio is given 1 time in 20 at most."""
    rng, n, trials = np.random.default_rng(5), 60, 4000
    cost, qaly = 1000.0, np.array([gain, 0.0])
    shape = 1 / 1.3**2
    means = []
    for arm in (0, 1):
        noise = (
            rng.gamma(shape, 1 / shape, (trials, n)) if skewed else rng.normal(1, 1.3, (trials, n))
        )
        costs = cost * noise + (800 if arm == 0 else 0)
        q = 0.7 + qaly[arm] + 0.1 * rng.standard_normal((trials, n)) - 0.03 * noise
        means.append((costs, q))
    point = np.stack([means[0][i].mean(axis=1) - means[1][i].mean(axis=1) for i in (0, 1)], axis=1)
    away = [[one - one.mean(axis=1, keepdims=True) for one in arm] for arm in means]
    cov = np.array([
        [sum((arm[a] * arm[b]).sum(axis=1) for arm in away) / (n * (n - 1)) for b in (0, 1)]
        for a in (0, 1)
    ])  # fmt: skip
    sets = [fieller(point[t], cov[:, :, t], df=2 * n - 2) for t in range(trials)]
    error = sqrt(0.95 * 0.05 / trials)
    if gain:
        held = np.mean([holds(one, 800 / gain) for one in sets])
        assert held == approx(0.95, abs=3 * error)
    else:
        assert np.mean([one.kind == "interval" for one in sets]) < 0.05 + 3 * error


def test_units_and_the_other_option() -> None:
    """In pence the ratio is a hundred times as large; the other option has the same ratio."""
    point = np.array([100.0, 0.1])
    pence = np.diag([100.0, 1.0])
    one, other = icer_in_words(point, PRECISE), icer_in_words(-point, PRECISE)
    large = icer_in_words(pence @ point, pence @ PRECISE @ pence)
    assert large.value == approx(100 * (one.value or 0)) and large.low == approx(
        100 * (one.low or 0)
    )
    assert (other.low, other.value, other.high) == approx((one.low, one.value, one.high))
    assert (one.kind, other.kind) == ("per_qaly_gained", "per_qaly_lost")
