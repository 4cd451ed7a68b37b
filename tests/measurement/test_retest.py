"""Retests and spread: Shrout and Fleiss, psych, exact equations, what has no answer."""

from math import sqrt

import numpy as np
import pytest
from pytest import approx
from scipy import stats

from cesp_analysis.measurement.intraclass import intraclass, mean_squares
from cesp_analysis.measurement.quantity import Quantity
from cesp_analysis.measurement.retest import LIMITS_ALIKE, limits_of_agreement, retest
from cesp_analysis.measurement.spread import browne_factor, spread
from psychometric_records import SHROUT_FLEISS, R, generated

NAMES = (
    "one_way", "agreement", "consistency", "one_way_mean", "agreement_mean", "consistency_mean",
)  # fmt: skip


def numbers(found: Quantity) -> tuple[float | None, float | None, float | None]:
    return found.value, found.low, found.high


def twice() -> np.ndarray:
    return generated()[["before", "again"]].to_numpy()


def test_shrout_and_fleiss() -> None:
    """Their six people and four judges as methods.md has them: from psych, whose mean squares came
    from lme4 and are right to six digits."""
    found = retest(SHROUT_FLEISS)
    printed = {
        "one_way": (0.165742, -0.132932, 0.722560),
        "agreement": (0.289764, 0.018787, 0.761085),
        "consistency": (0.714842, 0.342466, 0.945858),
    }
    for name, values in printed.items():
        assert numbers(getattr(found.icc, name)) == approx(values, abs=2e-6)
    assert (found.icc.one_way_mean.value, found.icc.agreement_mean.value) == approx(
        (0.442798, 0.620051), abs=2e-6
    )
    assert found.icc.consistency_mean.value == approx(0.909316, abs=2e-6)
    squares = found.mean_squares
    assert squares is not None
    assert squares.people / squares.error == approx(11.02729, abs=1e-4)  # lme4's, as above
    assert (squares.people, squares.occasions, squares.error) == approx(
        (11.24167, 32.48611, 1.019444), abs=5e-6
    )
    assert (found.sem_consistency.value, found.sem_agreement.value) == approx(
        (1.009675, 2.502776), abs=1e-6
    )
    assert found.mdc_person.value == approx(6.937342, abs=1e-6)
    assert found.mdc_group.value == approx(6.937342 / sqrt(6), abs=1e-6)
    assert found.limits is None


@pytest.mark.parametrize("name", ["shrout_fleiss", "retest"])
def test_intraclass_correlations_as_psych(name: str) -> None:
    """All six with their limits, from exact mean squares."""
    answers = SHROUT_FLEISS if name == "shrout_fleiss" else twice()
    found, known = intraclass(mean_squares(answers)), R[name]
    for at, own in enumerate(NAMES):
        expected = tuple(known[part][at] for part in ("icc", "low", "high"))
        assert numbers(getattr(found, own)) == approx(expected, rel=1e-10)
    own_squares = mean_squares(answers)
    assert (own_squares.people, own_squares.occasions, own_squares.error) == approx(
        tuple(known["mean_squares"]), rel=1e-10
    )


def test_retest_of_two_occasions_by_hand() -> None:
    """SEM of consistency is SD of differences / √2, of agreement √(MSE + shift² / 2 less its own
    error); the order of people and the origin change nothing, units go along."""
    answers = twice()
    found = retest(answers)
    change = answers[:, 1] - answers[:, 0]
    variance, n = change.var(ddof=1), len(change)
    assert found.sem_consistency.value == approx(sqrt(variance / 2), rel=1e-10)
    shift = change.mean() ** 2 / 2 - variance / (2 * n)
    assert found.sem_agreement.value == approx(sqrt(variance / 2 + shift), rel=1e-10)
    ends = [variance / 2 * (n - 1) / stats.chi2.ppf(p, n - 1) for p in (0.975, 0.025)]
    assert (found.sem_consistency.low, found.sem_consistency.high) == approx(
        tuple(np.sqrt(ends)), rel=1e-9
    )
    assert found.mdc_of(25).value == approx(1.96 * sqrt(2) / 5 * found.sem_agreement.value)
    other = retest(1000 + 3 * answers[::-1])
    assert numbers(other.icc.agreement) == approx(numbers(found.icc.agreement), rel=1e-9)
    assert numbers(other.mdc_person) == approx(
        tuple(3 * part for part in numbers(found.mdc_person) if part is not None), rel=1e-9
    )


def test_limits_of_agreement() -> None:
    """Second less first; R's exact limits, and Bland and Altman's approximation of them."""
    answers = twice()
    found = limits_of_agreement(answers[:, 0], answers[:, 1])
    change = answers[:, 1] - answers[:, 0]
    mean, sd, n = change.mean(), change.std(ddof=1), len(change)
    t = stats.t.ppf(0.975, n - 1)
    assert numbers(found.bias) == approx(
        (mean, *stats.t.interval(0.95, n - 1, mean, sd / sqrt(n))), rel=1e-9
    )
    assert (found.low.value, found.high.value) == approx((mean - 1.96 * sd, mean + 1.96 * sd))
    ends = tuple(mean + sd / sqrt(n) * q for q in R["agreement"])
    assert (found.high.low, found.high.high) == approx(ends, rel=1e-6)  # scipy's noncentral t
    assert (found.low.low, found.low.high) == approx((2 * mean - ends[1], 2 * mean - ends[0]))
    half = t * sqrt(sd**2 / n + 1.96**2 * sd**2 / (2 * (n - 1)))
    assert (found.high.high - found.high.low) / 2 == approx(half, rel=0.03)  # type: ignore[operator]
    many = np.random.default_rng(1).normal(0.3, 2, (20_000, 2))
    wide = limits_of_agreement(many[:, 0], many[:, 1]).high
    assert wide.low is not None and wide.value is not None and wide.high is not None
    assert wide.low < wide.value < wide.high
    of_many = (many[:, 1] - many[:, 0]).std() * sqrt((1 + 1.96**2 / 2) / 20_000)
    assert wide.high - wide.low == approx(2 * 1.96 * of_many, rel=0.002)


def test_perfect_agreement_and_nothing_that_varies() -> None:
    same = np.column_stack([np.arange(10.0)] * 2)
    found = retest(same)
    assert numbers(found.icc.agreement) == (1.0, None, None)
    assert found.icc.agreement.reason == "perfect agreement: no error to make an interval of"
    assert numbers(found.sem_agreement) == (0.0, None, None)
    alike = "nobody's answer differed from one occasion to the next: no error was seen"
    assert found.sem_agreement.reason == alike
    assert numbers(found.mdc_person) == numbers(found.mdc_group) == (None, None, None)
    unknown = f"{alike}, so the smallest detectable change is not known"
    assert found.mdc_person.reason == found.mdc_of(9).reason == unknown
    assert found.limits is not None
    assert found.limits.high.reason == LIMITS_ALIKE
    shifted = retest(same + [0, 3])
    assert numbers(shifted.icc.consistency) == (1.0, None, None)
    assert shifted.icc.agreement.value is not None and 0 < shifted.icc.agreement.value < 1
    assert numbers(shifted.sem_consistency)[0] == 0
    assert numbers(shifted.sem_agreement) == (approx(3 / sqrt(2)), None, None)
    assert shifted.mdc_person.reason == (
        "everybody's answers differ by the same shift: SEM and MDC95 have no interval"
    )
    assert shifted.limits is not None and shifted.limits.bias.value == 3
    none = retest(np.full((10, 2), 4.0))
    assert none.icc.agreement.reason == "all people gave the same answer: nothing varies"


def test_limits_are_on_both_sides_or_there_are_none() -> None:
    """Random answers, of people who hardly differ too: no limit that is not a number, none on the
    wrong side, and a reason wherever there is none."""
    rng = np.random.default_rng(0)
    reasons = set()
    for _ in range(2_000):
        n, k = int(rng.integers(3, 12)), int(rng.integers(2, 5))
        scale = 10 ** rng.uniform(-1, 1, 3)
        people, shift = scale[1] * rng.normal(size=(n, 1)), scale[2] * rng.normal(size=(1, k))
        found = retest(scale[0] * rng.normal(size=(n, k)) + people + shift)
        own = [getattr(found.icc, name) for name in NAMES]
        for one in (*own, found.sem_agreement, found.sem_consistency, found.mdc_person):
            reasons.add(one.reason)
            if one.low is not None and one.value is not None and one.high is not None:
                assert one.low <= one.value <= one.high and one.reason is None
            else:
                assert one.reason
    assert reasons == {
        None,
        "people hardly differ beside the errors: no interval",
        "people differ less than errors do: the mean of their answers has none",
    }


def test_too_few_people() -> None:
    found = retest(np.array([[1.0, 2.0], [3.0, 3.0]]))
    said = "at least 3 people with both answers are needed"
    assert found.limits is not None
    for own in (found.icc.agreement, found.sem_agreement, found.mdc_person, found.limits.bias):
        assert (own.value, own.reason) == (None, said)


def test_browne_factors() -> None:
    """Six sample sizes, and two groups, as methods.md has them."""
    known = {20: 1.17697, 30: 1.13592, 35: 1.12345, 50: 1.09948, 70: 1.08171, 100: 1.06671}
    for n, factor in known.items():
        assert browne_factor(n - 1) == approx(factor, abs=5e-6)
    assert (browne_factor(28), browne_factor(68)) == approx((1.13887, 1.08239), abs=5e-6)


def test_spread_as_r() -> None:
    own, known = generated(), R["spread"]
    before = own["before"].to_numpy()
    whole = spread([before])
    assert (whole.sd, whole.upper) == approx((known["sd"], known["upper"]), rel=1e-10)
    sites = [before[own["site"] == site] for site in (0, 1)]
    pooled = spread([*sites, np.zeros(0)])
    assert (pooled.sd, pooled.upper) == approx((known["pooled"], known["pooled_upper"]), rel=1e-10)
    assert (pooled.df, pooled.n, pooled.groups) == (78, 80, 2)


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ([np.array([1.0]), np.array([4.0])], "no group has two values"),
        ([np.array([2.0, 2.0]), np.array([4.0])], "all values are the same"),
        ([], "no group has two values"),
    ],
)
def test_no_spread(groups: list[np.ndarray], said: str) -> None:
    found = spread(groups)
    assert (found.sd, found.upper, found.reason) == (None, None, said)
