"""Arms whose variances differ, as those of shares and counts, and locations that there are."""

import numpy as np
import pytest
from numpy.typing import NDArray
from pytest import approx
from scipy import stats

from cesp_analysis.declared.trial_designs import TrialDesign
from cesp_analysis.planning.levels import sd_of, spread_of_arms
from cesp_analysis.planning.of_people import OfPeople
from cesp_analysis.planning.sizes import Sized, of_sizes
from cesp_analysis.planning.task_trials import of_level_people, power_of_people
from planned import model, scenario
from simulated_trials import simulated

Floats = NDArray[np.float64]
FEW, MANY = 4, 16
"""Locations of the control and the other arm."""


def sd_for(control: float, change: float, dispersion: float | None) -> float:
    """SD for both arms."""
    over = None if dispersion is None else np.array([dispersion])
    return float(sd_of(np.array([control]), change, over)[0])


@pytest.mark.parametrize(
    ("kind", "control", "change", "dispersion", "locations"),
    [("binary", 0.1, 0.12, None, 6), ("count", 1.0, 0.8, 2.0, 6)],
)
def test_people_allocated_within_locations(
    kind: str, control: float, change: float, dispersion: float | None, locations: int
) -> None:
    """12 link workers of 10: planned error within 4% of 4,000 trials' estimates (the mean of both
    arms' variances is more than 5% too small), power within .03 of shares and .05 of counts, which
    are skewed: tests find more than a normal law would."""
    told = {"label": "x", "kind": "individual", "locations": [locations], "people": [40]}
    design = TrialDesign.model_validate(told | {"people_a_worker": 10})
    known = {"control": control, "sd": sd_for(control, change, dispersion), "icc": 0.05,
             "icc_link_worker": 0.05, "iac": 0.4, "retention": 1.0}  # fmt: skip
    trial = of_level_people(kind, design, known, (locations, 40), change)
    with np.errstate(all="ignore"):  # nobody of an arm says yes: a fit that fails is counted
        found = simulated(trial, "mixed_kenward_roger", 4_000, 1, "arms")
    own = {name: np.array([value]) for name, value in known.items()}
    spread = spread_of_arms(own["control"], own["sd"], own["icc"], change, kind)
    fields = own | {"locations": np.array([float(locations)]), "people": np.array([40.0])}
    plain = OfPeople(10, 0.05, change)(fields)
    apart = {"sd_controls": spread.controls, "sd_served": spread.served, "sd_places": spread.places}
    planned = OfPeople(10, 0.05, change)(fields | apart)
    assert planned.std_error[0] == approx(found.empirical_se, rel=0.04)
    assert planned.power[0] == approx(found.power, abs=0.03 if kind == "binary" else 0.05)
    assert plain.std_error[0] < 0.95 * found.empirical_se
    assert power_of_people(trial, 0.4, 0.05, True) == approx(planned.power[0], abs=1e-9)


def test_spread_of_arms_has_the_sd_for_both() -> None:
    """Of shares the arms' variances have it as their mean; of counts, which vary beyond chance with
    the square of their mean, at the mean between the arms."""
    one = (np.array([0.3]), np.array([sd_for(0.3, -0.2, None)]), np.array([0.1]))
    share = spread_of_arms(*one, -0.2, "binary")
    assert sum(share.parts(one[1]).values()) == approx(2)
    assert share.whole[1][0] == approx(0.1 * 0.9)
    assert share.controls[0] ** 2 == approx(0.9 * 0.3 * 0.7)
    count = spread_of_arms(np.array([2.0]), np.array([2.5]), np.array([0.1]), 0.0, "count")
    assert [whole[0] for whole in count.whole] == approx([6.25, 6.25])
    assert count.places[0] == 0


def there(sizes: Floats, arms: tuple[float, float] = (1.0, 1.0), effect: float = 0.2) -> Sized:
    """Locations that there are, the few first, by what is planned of them."""
    where = [0] * FEW + [1] * MANY
    sd = sd_for(0.3, -0.2, None)
    one = scenario(effect=effect, sd=sd, icc=0.05)
    return of_sizes(model(), one, where, sizes, "cr2", arms)


def corrected(arm: Floats, location: NDArray[np.int64]) -> float:
    """Degrees of freedom of CR2 by dense matrices of people."""
    x = np.column_stack([np.ones(len(arm)), arm])
    bread = np.linalg.inv(x.T @ x)
    hat = x @ bread @ x.T
    left = np.eye(len(arm)) - hat
    scores = []
    for one in np.unique(location):
        own = location == one
        values, vectors = np.linalg.eigh(left[np.ix_(own, own)])
        half = (vectors / np.sqrt(values)) @ vectors.T
        score = np.zeros(len(arm))
        score[own] = half @ x[own] @ bread[:, 1]
        scores.append(left @ score)
    gram = np.array([[a @ b for b in scores] for a in scores])
    return float(np.trace(gram) ** 2 / (gram**2).sum())


def test_df_are_those_of_cr2_by_people() -> None:
    sizes = np.r_[[3.0, 20, 41, 8], np.random.default_rng(4).integers(3, 30, MANY)]
    arm = np.repeat(np.r_[np.zeros(FEW), np.ones(MANY)], sizes.astype(int))
    location = np.repeat(np.arange(FEW + MANY), sizes.astype(int))
    found = there(sizes)
    assert found.df == approx(corrected(arm, location), rel=1e-9)
    assert found.df < 6  # of the few; locations - 2 are 18
    alike = of_sizes(model(), scenario(), [0, 1] * 6, np.full(12, 20.0), "cr2")
    assert alike.df == approx(10, rel=1e-9)


def shares_drawn(sizes: Floats, means: tuple[float, float], trials: int) -> tuple[Floats, Floats]:
    """Differences (trials,) of people's shares, and their CR2 errors."""
    rng = np.random.default_rng(6)
    units = 1 / 0.05 - 1
    ends = []
    for at, mean in ((slice(0, FEW), means[0]), (slice(FEW, None), means[1])):
        m = sizes[at].astype(int)
        yes = rng.binomial(m, rng.beta(mean * units, (1 - mean) * units, (trials, len(m))))
        share = yes.sum(1) / m.sum()
        rest = yes - share[:, None] * m
        ends.append((share, (rest**2 / (1 - m / m.sum())).sum(1) / m.sum() ** 2))
    return ends[1][0] - ends[0][0], np.sqrt(ends[0][1] + ends[1][1])


@pytest.mark.parametrize("uneven", [False, True])
def test_few_locations_with_the_larger_variance(uneven: bool) -> None:
    """20,000 trials of shares, .3 in 4 locations and .1 in 16, tested by CR2 on its own df: error
    within 1.5%, power within .03 (shares are not normal), false alarms no more than 6% (of normal
    scores 5%); the mean of both variances would be 7% too small, and locations - 2 df find what is
    not there."""
    sizes = np.full(FEW + MANY, 20.0)
    if uneven:
        sizes[1], sizes[5], sizes[9] = 40, 60, 5
    sd = sd_for(0.3, -0.2, None)
    spread = spread_of_arms(*(np.array([one]) for one in (0.3, sd, 0.05)), -0.2, "binary")
    control, treated = (float(one[0]) for one in spread.parts(np.array([sd])).values())
    planned = there(sizes, (control, treated))
    estimate, error = shares_drawn(sizes, (0.3, 0.1), 20_000)
    assert planned.std_error == approx(estimate.std(), rel=0.015)
    assert there(sizes).std_error < 0.93 * estimate.std()
    beyond = stats.t.ppf(0.975, planned.df)
    assert planned.power == approx((np.abs(estimate / error) > beyond).mean(), abs=0.03)
    centred = np.abs(estimate + 0.2) / error
    assert (centred > beyond).mean() < 0.06
    assert (centred > stats.t.ppf(0.975, FEW + MANY - 2)).mean() > 0.08
