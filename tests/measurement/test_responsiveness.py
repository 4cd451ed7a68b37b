"""Change beside spread: R's boot, noncentral t, invariances, what has no answer."""

import numpy as np
import pytest
from pytest import approx
from scipy import stats

from cesp_analysis.measurement.quantity import Quantity
from cesp_analysis.measurement.resampling import bca_limits
from cesp_analysis.measurement.responsiveness import (
    correlation,
    effect_size,
    guyatt_important,
    guyatt_ratio,
    mean_change,
    response_mean,
    responsiveness,
)
from psychometric_records import R, generated

KNOWN = R["responsiveness"]
BOTH_DRAWN = 0.035
"""Of an interval's width: what 2,000 draws and R's 20,000 leave open at the 2.5th percentile, three
times its standard error."""


def numbers(found: Quantity) -> tuple[float | None, float | None, float | None]:
    return found.value, found.low, found.high


def answers() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    own = generated()
    stable = (own["again"] - own["before"]).to_numpy()[:30]
    return own["before"].to_numpy(), own["after"].to_numpy(), stable


def test_exact_intervals_as_r() -> None:
    before, after, _ = answers()
    found = responsiveness(before, after)
    srm = (KNOWN["srm"], *KNOWN["srm_limits"])
    assert numbers(found.srm) == approx(srm, abs=1e-6)  # scipy's inverse of the noncentral t
    assert (found.mean_change.low, found.mean_change.high) == approx(
        tuple(KNOWN["mean_limits"]), rel=1e-10
    )
    assert numbers(found.correlation) == approx(
        (KNOWN["correlation"], *KNOWN["correlation_limits"]), rel=1e-10
    )
    assert (found.n, found.n_stable, found.guyatt.value) == (80, 0, None)
    said = "0 stable people with both answers: at least 3 are needed"
    assert found.guyatt.reason == said


def test_bootstrap_intervals_as_boot() -> None:
    before, after, stable = answers()
    found = responsiveness(before, after, stable)
    for name, own in (("es", found.effect_size), ("guyatt", found.guyatt)):
        low, high = KNOWN[f"{name}_limits"]
        near = BOTH_DRAWN * (high - low)
        assert own.value == approx(KNOWN[name], rel=1e-10)
        assert own.method.endswith(", BCa bootstrap of people, 2,000 draws")
        assert (own.low, own.high) == approx((low, high), abs=near)
    many = effect_size(before, after, seed=2, draws=200_000)
    low, high = KNOWN["es_limits"]
    assert (many.low, many.high) == approx((low, high), abs=0.012 * (high - low))  # R's own draws


def test_units_origin_and_order_change_nothing() -> None:
    before, after, stable = answers()
    found = responsiveness(before, after, stable, seed=5)
    order = np.random.default_rng(1).permutation(80)
    other = responsiveness(7 + 3 * before[order], 7 + 3 * after[order], 3 * stable[::-1], seed=5)
    for name in ("effect_size", "srm", "guyatt", "correlation"):
        assert numbers(getattr(other, name)) == approx(numbers(getattr(found, name)), rel=1e-8)
    turned = responsiveness(-before, -after, stable, seed=5)
    assert turned.srm.value == approx(-found.srm.value)  # type: ignore[operator]
    assert (turned.srm.low, turned.srm.high) == approx((-found.srm.high, -found.srm.low), abs=1e-6)  # type: ignore[operator]


def test_bca_of_symmetric_draws_is_the_percentile() -> None:
    """No bias, no skewness: 2.5th and 97.5th percentiles; bias and skewness move both limits as in
    Efron's formula."""
    draws = stats.norm.ppf((np.arange(100_000) + 0.5) / 100_000)
    level = np.array([-1.0, 1.0])
    assert bca_limits(0.0, draws, level) == approx((-1.959964, 1.959964), abs=1e-3)
    skewed = np.array([3.0, -1, -1, -1])
    a = (skewed**3).sum() / (6 * (skewed**2).sum() ** 1.5)
    z0 = 0.2  # the estimate is above the median of the draws
    z = z0 + np.array([-1, 1]) * 1.959964
    expected = z0 + z / (1 - a * z)
    assert bca_limits(0.2, draws, skewed) == approx(tuple(expected), abs=2e-3)


def test_guyatt_of_an_important_difference() -> None:
    _, _, stable = answers()
    found = guyatt_important(2.0, stable)
    assert found.value == approx(2 / stable.std(ddof=1), rel=1e-12)
    sd = [stable.std(ddof=1) * np.sqrt(29 / stats.chi2.ppf(p, 29)) for p in (0.025, 0.975)]
    assert (found.low, found.high) == approx((2 / sd[0], 2 / sd[1]), rel=1e-9)
    lower = guyatt_important(-2.0, stable)
    assert (lower.low, lower.high) == approx((-2 / sd[1], -2 / sd[0]), rel=1e-9)


FEW = "at least 3 people with both answers are needed"
ALIKE = "no stable person's answer differed by another's: the SD is 0"
SAME = np.full(20, 4.0)
RISING = np.arange(20.0)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (mean_change(np.array([1.0, 2.0])), FEW),
        (response_mean(np.array([1.0, 2.0])), FEW),
        (response_mean(SAME), "everybody changed by the same: the SD of changes is 0"),
        (effect_size(np.ones(2), np.ones(2), 1), FEW),
        (effect_size(SAME, RISING, 1), "all answers before are the same: their SD is 0"),
        (guyatt_ratio(RISING, SAME, 1), ALIKE),
        (guyatt_ratio(RISING, SAME[:2], 1),
         "2 stable people with both answers: at least 3 are needed"),
        (guyatt_important(2.0, SAME), ALIKE),
        (guyatt_important(2.0, SAME[:1]),
         "1 stable people with both answers: at least 3 are needed"),
        (correlation(RISING[:3], RISING[:3]), "at least 4 people with both answers are needed"),
        (correlation(SAME, RISING), "all answers before, or all after, are the same"),
    ],
)  # fmt: skip
def test_no_value(found: Quantity, said: str) -> None:
    assert (found.value, found.low, found.high, found.reason) == (None, None, None, said)


def test_a_value_without_an_interval() -> None:
    same = mean_change(SAME)
    assert numbers(same) == (4.0, None, None)
    assert same.reason == "everybody changed by the same: no interval"
    line = correlation(RISING, 3 - 2 * RISING)
    assert numbers(line) == (approx(-1.0), None, None)
    assert line.reason == "answers before and after lie on one line: no interval"
    hardly = response_mean(4 + RISING / 1e4)
    assert hardly.value is not None and hardly.low is None
    assert hardly.reason == "everybody changed by almost the same: no interval"
    few = effect_size(RISING[:9], RISING[:9] ** 2, 1)
    assert few.value is not None and few.low is None
    assert few.reason == "9 people: no bootstrap interval from fewer than 10"
    almost = np.zeros(20)
    almost[0] = 1.0  # in a third of the draws nobody differs
    seldom = effect_size(almost, RISING, 1)
    assert seldom.value is not None and seldom.low is None
    assert seldom.reason == "in more than one draw of twenty nothing varied: no interval"
