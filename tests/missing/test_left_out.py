"""The jackknife's refits all at once: the same as fitting anew, people or clusters left out."""

import numpy as np
import pytest

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.departures import at_means, conditional_mean, profiles_of
from cesp_analysis.missing.left_out import left_out
from cesp_analysis.missing.linear_estimate import LOST, LinearEstimate
from cesp_analysis.missing.normal_profiles import likeliest
from cesp_analysis.missing.reference_based import Profile, Strategy
from cesp_analysis.missing.without_units import estimates_without
from cesp_analysis.models.least_squares import least_squares
from cesp_analysis.models.mmrm_engine import NeverTogether
from cesp_analysis.models.refusals import NotEstimable


def answers(n: int, t: int, seed: int, lost: float = 0.25) -> Floats:
    """Normal answers with gaps anywhere, a person without any, and units of their own a time."""
    rng = np.random.default_rng(seed)
    y = rng.normal(size=(n, 1)) + rng.normal(size=(n, t)) * np.arange(1, t + 1) + 10 * np.arange(t)
    y = np.where(rng.random((n, t)) < lost, np.nan, y)
    y[3] = np.nan
    return y


def anew(y: Floats, units: Codes) -> Profile:
    """Each unit left out by a fit of its own."""
    found = [likeliest(y[units != unit]) for unit in range(int(units.max()) + 1)]
    return Profile(np.array([one.mean for one in found]), np.array([one.cov for one in found]))


@pytest.mark.parametrize(("n", "t", "units"), [(40, 3, 40), (60, 2, 6), (80, 4, 8), (30, 1, 30)])
def test_the_same_as_fitting_anew(n: int, t: int, units: int) -> None:
    """Two optimisers stop within 1e-10 standard errors of the maximum: 1e-7 of a parameter."""
    y, codes = answers(n, t, seed=t), np.arange(n) % units
    made, apart = left_out(y, codes, likeliest(y)), anew(y, codes)
    assert made.mean == pytest.approx(apart.mean, rel=1e-7)
    assert made.cov == pytest.approx(apart.cov, rel=1e-6, abs=1e-7)


def test_whole_answers_are_means_and_covariances_of_the_others() -> None:
    y = answers(25, 3, seed=7, lost=0)
    y[3] = [1, 2, 3]
    made = left_out(y, np.arange(25), likeliest(y))
    for i in range(25):
        others = np.delete(y, i, axis=0)
        assert made.mean[i] == pytest.approx(others.mean(axis=0), rel=1e-9)
        assert made.cov[i] == pytest.approx(np.cov(others.T), rel=1e-8)


def test_somebody_without_answers_changes_nothing() -> None:
    y = answers(40, 3, seed=8)
    whole = likeliest(y)
    made = left_out(y, np.arange(40), whole)
    assert made.mean[3] == pytest.approx(whole.mean, rel=1e-9)
    assert made.cov[3] == pytest.approx(whole.cov, rel=1e-7)


def test_a_unit_that_cannot_be_spared() -> None:
    """Unit 1 alone holds the second time; or alone who answered the first and the last."""
    y = answers(30, 2, seed=9, lost=0)
    y[3] = [0.5, 9.0]
    units = np.arange(30) // 10
    y[units != 1, 1] = np.nan
    with pytest.raises(NotEstimable):
        left_out(y, units, likeliest(y))
    y = answers(40, 2, seed=9, lost=0)
    units = np.arange(40) // 10
    y[units == 0, 0], y[units == 2, 1], y[units == 3, 0] = np.nan, np.nan, np.nan
    with pytest.raises(NeverTogether):
        left_out(y, units, likeliest(y))


def test_profiles_of_both_groups_lose_one_at_a_time() -> None:
    y, arm = answers(50, 3, seed=10), np.arange(50) % 2
    made = profiles_of(y, arm)
    assert made.count == 50
    for group in (0, 1):
        other = np.flatnonzero(arm != group)
        assert np.array_equal(
            made.left[group].mean[other], np.tile(made.whole[group].mean, (25, 1))
        )
        own = anew(y[arm == group], np.arange(25))
        assert made.left[group].cov[arm == group] == pytest.approx(own.cov, rel=1e-6, abs=1e-7)


def regression(seed: int, baseline: bool) -> tuple[LinearEstimate, Floats]:
    rng = np.random.default_rng(seed)
    arm, age = np.arange(30) % 2, rng.normal(size=30)
    columns = [np.ones(30), arm, age] + [np.zeros(30)] * baseline
    linear = LinearEstimate(
        x=np.column_stack(columns).astype(float),
        contrast=np.eye(3 + baseline)[1],
        person=np.arange(30),
        weight=rng.uniform(0.5, 2, 30),
        first=0,
        last=2,
        change=not baseline,
        baseline=3 if baseline else None,
    )
    return linear, rng.normal(size=(4, 30, 3)) + 3


@pytest.mark.parametrize("baseline", [False, True])
def test_many_regressions_are_each_of_them(baseline: bool) -> None:
    """Changes, or later answers at equal baseline."""
    linear, sets = regression(1, baseline)
    whole = linear.estimates(sets)
    for j, one in enumerate(sets):
        assert whole[j] == pytest.approx(refitted(linear, one, np.ones(30, bool)), rel=1e-11)


def refitted(linear: LinearEstimate, answers: Floats, keep: np.ndarray) -> float:
    x, y = linear.x.copy(), answers[:, 2] - answers[:, 0] * linear.change
    if linear.baseline is not None:
        x[:, linear.baseline] = answers[:, 0]
    return float(least_squares(y[keep], x[keep], linear.weight[keep]).coef[1])


@pytest.mark.parametrize("together", [1, 400, 10**6])
@pytest.mark.parametrize("size", [1, 5])
@pytest.mark.parametrize("strategy", ["missing_at_random", "jump_to_reference", "copy_increments"])
@pytest.mark.parametrize("baseline", [False, True])
def test_a_regression_without_each_unit_is_one_of_the_others_completed_without_it(
    baseline: bool,
    strategy: Strategy,
    size: int,
    together: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Gaps anywhere, also at the first time; people or fives of them; few or many units at once."""
    monkeypatch.setattr("cesp_analysis.missing.without_units._TOGETHER", together)
    linear, _ = regression(3, baseline)
    y, arm, units = answers(30, 3, seed=4), np.arange(30) % 2, np.arange(30) // size
    known = profiles_of(y, arm, units)

    def fill(given: Floats, groups: Codes, part: tuple[Profile, Profile]) -> Floats:
        return at_means(given, groups, strategy, part)

    found = estimates_without(y, arm, units, known.left, fill, linear)
    assert len(found) == 30 // size
    for unit, estimate in enumerate(found):
        own = tuple(Profile(one.mean[unit], one.cov[unit]) for one in known.left)
        completed = at_means(y, arm, strategy, (own[0], own[1]))
        assert estimate == pytest.approx(refitted(linear, completed, units != unit), rel=1e-9)


def test_a_unit_that_alone_holds_a_covariate() -> None:
    linear, _ = regression(2, baseline=False)
    x = linear.x.copy()
    x[:, 2] = np.arange(30) < 5
    y, arm, units = answers(30, 3, seed=4), np.arange(30) % 2, np.arange(30) // 5
    known = profiles_of(y, arm, units)
    with pytest.raises(NotEstimable, match=LOST):
        conditional_mean(y, arm, "missing_at_random", linear.with_columns(x), profiles=known)
