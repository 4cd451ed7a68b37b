"""What a trial by a candidate takes: published values, invariance, simulation."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from pytest import approx

from cesp_analysis.declared.measurement import SampleSize
from cesp_analysis.measurement.sample_size import (
    baseline_factor,
    design_effect,
    needed,
    power,
)
from cesp_analysis.models.student import t_quantile


def trial(**told: Any) -> SampleSize:
    """A trial to plan, with what the test says of it."""
    return SampleSize.model_validate({"cluster_size": 20, "icc": 0.05, "icc_source": "x"} | told)


def test_power_as_clusterpower_has_it() -> None:
    """cpa.normal(m = 100, k = 4, d = .5, sigma_sq = 1, sigma_b_sq = .05): .674194.

    Six digits were printed.
    """
    planned = trial(cluster_size=100, icc=0.05 / 1.05)
    assert power(4, 1.05**0.5, 0.5, planned) == approx(0.674194, abs=1e-6)


def test_changes_as_clusterpower_has_them() -> None:
    """cpa.did.normal(m = 100, d = .5, ICC = .05, rho_c = .5, rho_s = .7): 4.683358 clusters, so 5.

    Seven digits were printed; power moves by .08 a cluster there.
    """
    planned = trial(power=0.8, cluster_size=100, icc=0.05, analysis="change", autocorrelation=0.5)
    factor = baseline_factor(planned, 0.7)
    assert factor == approx(2 * (1 - (100 * 0.05 * 0.5 + 0.95 * 0.7) / 5.95), rel=1e-12)
    assert power(4.683358, 1, 0.5, planned, factor) == approx(0.8, abs=1e-6)
    found = needed(1, 0.5, planned, factor)
    assert found is not None and found.locations == 10


def test_unequal_sizes_and_no_correlation_as_eldridge_has_them() -> None:
    assert design_effect(trial(cluster_size=50, icc=0.03)) == approx(1 + 49 * 0.03, rel=1e-12)
    unequal = trial(cluster_size=50, icc=0.03, cluster_size_cv=0.6)
    assert design_effect(unequal) == approx(1 + ((0.36 + 1) * 50 - 1) * 0.03, rel=1e-12)
    assert design_effect(trial(icc=0)) == 1


def test_equal_baseline_never_costs_more_than_follow_up() -> None:
    for r in (-0.5, 0.0, 0.3, 0.9):
        adjusted = trial(analysis="at_equal_baseline", autocorrelation=0.5)
        assert (baseline_factor(adjusted, r) or 0) <= 1 == baseline_factor(trial(), r)
    assert baseline_factor(adjusted, None) is None
    assert baseline_factor(trial(), None) == 1


@pytest.mark.parametrize("effect", [0.2, 0.35, 0.5, 1.0, 3.0])
def test_one_location_less_is_not_enough(effect: float) -> None:
    planned = trial(power=0.9)
    found = needed(1, effect, planned)
    assert found is not None
    each = found.locations // 2
    assert power(each, 1, effect, planned) == found.power >= 0.9
    assert each == 2 or power(each - 1, 1, effect, planned) < 0.9


def test_units_do_not_matter_and_loss_is_made_up_for() -> None:
    one, other = needed(1, 0.3, trial()), needed(1000, 300, trial())
    assert one == other and one is not None
    lost = needed(1, 0.3, trial(loss=0.2))
    assert lost is not None and (lost.locations, lost.people) == (one.locations, one.locations * 25)


def test_with_many_locations_it_is_the_normal_formula() -> None:
    """2 (z + z)² σ² DEFF / (m δ²) locations in each arm: t adds less than one of them."""
    planned = trial(power=0.8, cluster_size=10, icc=0.02)
    z = t_quantile(0.975, np.inf) + t_quantile(0.8, np.inf)
    formula = 2 * z**2 * design_effect(planned) / (10 * 0.05**2)
    found = needed(1, 0.05, planned)
    assert found is not None
    assert formula <= found.locations / 2 <= formula + 2


def test_a_difference_of_nothing_costs_more_than_any_trial() -> None:
    assert needed(1, 1e-6, trial()) is None
    assert needed(1, 0.3, trial(), factor=0.0) is None


@dataclass(frozen=True)
class Simulated:
    """Share of simulated trials that found the difference, and its Monte Carlo error."""

    power: float
    error: float


def simulated(locations: int, effect: float, planned: SampleSize, trials: int) -> Simulated:
    """Trials of two arms, locations and people normal, a t-test of location means."""
    rng = np.random.default_rng(5)
    m, rho = int(planned.cluster_size), planned.icc
    shape = (trials, 2, locations)
    means = rng.normal(0, np.sqrt(rho), shape) + rng.normal(0, np.sqrt((1 - rho) / m), shape)
    means[:, 1] += effect
    apart = means[:, 1].mean(axis=1) - means[:, 0].mean(axis=1)
    pooled = means.var(axis=2, ddof=1).mean(axis=1)
    t = apart / np.sqrt(2 * pooled / locations)
    found = float((t > t_quantile(1 - planned.alpha / 2, 2 * (locations - 1))).mean())
    return Simulated(found, float(np.sqrt(found * (1 - found) / trials)))


@pytest.mark.parametrize(("effect", "icc"), [(0.4, 0.05), (0.8, 0.15)])
def test_simulated_trials_have_the_power_that_was_planned(effect: float, icc: float) -> None:
    """40,000 trials, seed 5; within 4 Monte Carlo errors, 1 in 16,000 by chance."""
    planned = trial(power=0.9, icc=icc)
    found = needed(1, effect, planned)
    assert found is not None
    made = simulated(found.locations // 2, effect, planned, 40_000)
    assert made.power == approx(found.power, abs=4 * made.error)
