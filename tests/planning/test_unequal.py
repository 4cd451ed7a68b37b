"""Locations whose sizes differ, moderately and very much: what is planned is what trials have."""

import numpy as np
import pytest
from numpy.typing import NDArray
from pytest import approx

from cesp_analysis.arrays import Floats
from cesp_analysis.planning import unequal
from cesp_analysis.planning.answers import answer
from cesp_analysis.planning.precision import patterns, variance
from cesp_analysis.planning.wedge_trials import Wedge
from closed_forms import relative_precision
from planned import LAYOUTS, model, scenario
from simulated_trials import simulated

BEST = {"weights": "best"}


def sizes(cv: float, people: float, shape: tuple[int, ...]) -> Floats:
    """Sizes as trials draw them: gamma, whole numbers, 2 or more."""
    drawn = np.random.default_rng(5).gamma(cv**-2, cv**2 * people, shape)
    return np.maximum(np.rint(drawn), 2.0)


@pytest.mark.parametrize("cv", [0.3, 0.8, 1.5, 1.9])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_weight_is_its_mean_over_a_million_sizes(cv: float, part: float) -> None:
    """Within what whole numbers (drawn, not reckoned with) and 1,000,000 draws leave open."""
    size = sizes(cv, 20, (1_000_000,)) / 20
    drawn = size / ((1 - part) * size + part)
    one = (np.array([value]) for value in (part, cv, 20.0))
    mean, uneven = unequal.weight(*one)
    assert mean[0] == approx(drawn.mean(), rel=4e-3)
    assert uneven[0] == approx((drawn.std() / drawn.mean()) ** 2, rel=0.03, abs=1e-3)


def test_sizes_of_one_kind_and_of_a_small_cv() -> None:
    """Alike: nothing is lost. Up to a CV of .2: van Breukelen's formula, but for the fourth order,
    with so many locations that what chance makes of a trial's sizes is nothing."""
    one = scenario(people=30, icc=np.array([0.01, 0.05, 0.2]), locations=1e5)
    plain = variance(model(**BEST), one)
    assert variance(model(**BEST), one.with_(size_cv=1e-9)) == approx(plain, rel=1e-8)
    for cv in (0.1, 0.2):
        near = plain / relative_precision(one.people, one.icc, np.full(3, cv))
        assert variance(model(**BEST), one.with_(size_cv=cv)) == approx(near, rel=cv**4)


def spread(wedge: Wedge, of: NDArray[np.float64]) -> float:
    """Mean over trials of the effect's variance by least squares, the locations of one trial one
    after another; of (trials, locations): people of each."""
    found = []
    at = [np.flatnonzero(seen) for seen in wedge.seen]
    one = patterns(wedge.layout, wedge.analysis)[0]
    for own in of:
        total = np.zeros((one.x.shape[-1],) * 2)
        for where, people in zip(wedge.sequence, own, strict=True):
            seen = np.ix_(at[where], at[where])
            covariance = wedge.of_locations[seen] + wedge.of_people[seen] / people
            total += wedge.x[where].T @ np.linalg.inv(covariance) @ wedge.x[where]
        found.append(np.linalg.inv(total)[-1, -1])
    return float(np.mean(found))


@pytest.mark.parametrize("cv", [0.8, 1.5])
@pytest.mark.parametrize("kind", ["parallel_post", "parallel_baseline", "stepped_wedge"])
def test_least_squares_of_trials_whose_sizes_are_drawn(kind: str, cv: float) -> None:
    """Weights known, 24 locations: within 2%, or 4% of a wedge at a CV of 1.5 (2 Monte Carlo errors
    of 600 trials, and what is beyond the second order of a trial's chance); sizes of second order
    are 5 to 20% off."""
    layout = LAYOUTS[kind]
    each = tuple(round(24 * share) for share in layout.share)
    told = {"cac": 0.8, "iac": 0.5}
    wedge = Wedge(layout, each, 20, 0.0, icc=0.05, sampling="cohort", **told)
    true = spread(wedge, sizes(cv, 20, (600, 24)))
    own = model(kind, structure="block_exchangeable", sampling="cohort", **BEST)
    planned = variance(own, scenario(people=20, size_cv=cv, **told))[0]
    assert planned == approx(true, rel=0.04 if kind == "stepped_wedge" and cv > 1 else 0.02)


@pytest.mark.parametrize(("cv", "retention"), [(1.9, 1.0), (1.5, 0.6)])
def test_trials_of_very_unequal_sizes_find_what_is_planned(cv: float, retention: float) -> None:
    """Kenward and Roger's test, 4,096 trials: .01 in power, and 3 Monte Carlo errors."""
    lone = LAYOUTS["parallel_post"]
    trial = Wedge(lone, (20, 20), 20, 4.0, icc=0.05, sd=10.0, size_cv=cv, retention=retention)
    found = simulated(trial, "mixed_kenward_roger", 4_000, 1, "sizes")
    one = scenario(locations=40, people=20, effect=4, sd=10, size_cv=cv, retention=retention)
    planned = answer(model(**BEST), one)
    assert planned.power[0] == approx(found.power, abs=0.01 + 3 * found.power_mcse)
    assert planned.std_error[0] == approx(found.empirical_se, rel=0.04)
