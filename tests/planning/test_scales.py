"""Proportions, rates, known sizes, partial nesting: against printed values and closed forms."""

import csv
import json

import numpy as np
import pytest
from pytest import approx

from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning.answers import answer
from cesp_analysis.planning.individual import (
    Individual,
    answered_individual,
    caseload_for,
    controls_for,
    workers_for,
)
from cesp_analysis.planning.layouts import parallel_post
from cesp_analysis.planning.scales import icc_of_proportions, log_odds, proportions, rates
from cesp_analysis.planning.scenarios import Scenarios
from cesp_analysis.planning.sizes import of_sizes
from planned import REFERENCE, ROOT, model, scenario

CASE = ROOT.parent / "shared" / "cases" / "19-unequal-locations"


def test_a_difference_of_proportions_is_donner_and_klars() -> None:
    """clusterPower's help: .1 against .2, 10 people, ICC .1: more than 37 locations an arm by the
    normal, and .198922 found with 38."""
    found = proportions([0.1], [0.198922], 0.1)
    just = answer(model(), scenario(locations=76, people=10, **vars(found)), "none")
    assert just.power[0] == approx(0.8, abs=1e-4)
    own = proportions([0.1], [0.2], 0.1)
    power = [
        answer(model(), scenario(locations=2 * k, people=10, **vars(own)), "none").power[0]
        for k in (37, 38)
    ]
    assert power[0] < 0.8 <= power[1]
    assert own.sd[0] ** 2 == approx((0.09 + 0.16) / 2)
    assert proportions(0.05, 0.032, 0.0, one_sd=True).sd ** 2 == approx(0.041 * 0.959)


def test_arms_of_unequal_share_and_variance() -> None:
    """One SD for both arms gives the sum of two variances."""
    own = proportions([0.1], [0.3], 0.0, share=0.25)
    found = answer(model(parallel_post(0.25)), scenario(locations=40, people=20, **vars(own)))
    assert found.std_error[0] ** 2 == approx(0.09 / 600 + 0.21 / 200, rel=1e-12)


def test_rates_are_hayes_and_bennetts() -> None:
    """clusterPower's help: more than 24 locations an arm; they count one less and the normal."""
    own = rates([0.1], [0.2], location_cv=0.1)
    power = [
        answer(model(), scenario(locations=2 * (k - 1), people=10, **vars(own)), "none").power[0]
        for k in (24, 25)
    ]
    assert power[0] < 0.8 <= power[1]
    found = answer(model(), scenario(locations=60, people=10, **vars(own)))
    assert found.std_error[0] ** 2 == approx((0.3 / 10 + 0.01 * (0.01 + 0.04)) / 30, rel=1e-12)


def test_more_spread_between_people_and_the_log_scale() -> None:
    """A gamma law between people and dispersion add; on the log scale variances over squares."""
    own = rates([2.0], [1.0], 0.2, time=0.5, dispersion=1.5, people_cv=0.6)
    of_person = [r * 1.5 / 0.5 + (0.6 * r) ** 2 for r in (2.0, 1.0)]
    assert own.sd[0] ** 2 == approx((sum(of_person) + 0.04 * 5) / 2)
    logs = rates([2.0], [1.0], 0.2, time=0.5, dispersion=1.5, people_cv=0.6, log=True)
    assert logs.effect[0] == approx(np.log(0.5))
    assert logs.sd[0] ** 2 == approx((of_person[0] / 4 + of_person[1]) / 2 + 0.04)
    assert logs.icc[0] == approx(0.04 / logs.sd[0] ** 2)


def test_rates_as_simulated() -> None:
    """Gamma locations and people, Poisson counts: the variance of a difference of arms' means."""
    rng, trials, k, m = np.random.default_rng(9), 4000, 10, 20
    means = []
    for rate in (1.0, 1.6):
        place = rng.gamma(1 / 0.3**2, 0.3**2 * rate, (trials, k, 1))
        person = rng.gamma(1 / 0.5**2, 0.5**2, (trials, k, m))
        means.append(rng.poisson(place * person * 2).mean(axis=(1, 2)) / 2)
    own = rates([1.0], [1.6], 0.3, time=2, people_cv=0.5)
    planned = answer(model(), scenario(locations=2 * k, people=m, **vars(own))).std_error[0]
    # a person's own factor comes on top of his location's: cv² (1 + cv²), not in the formula
    assert (means[1] - means[0]).std() == approx(planned, rel=0.04)


def test_odds_and_the_icc_that_a_cv_means() -> None:
    own = log_odds([0.5], [0.5], 0.05)
    assert (own.effect[0], own.sd[0]) == approx((0, 2))
    assert icc_of_proportions(0.2, 0.25) == approx(0.0625 * 0.04 / 0.16)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: proportions(0, 0.2, 0.1), "between 0 and 1"),
        (lambda: log_odds(0.1, 1, 0.1), "between 0 and 1"),
        (lambda: rates(0, 1, 0.1), "above 0"),
        (lambda: rates(1, 1, -0.1), "not be below 0"),
        (lambda: proportions(0.1, 0.2, 0.1, share=1), "share of treated"),
    ],
)
def test_what_is_no_proportion_or_rate(made: object, said: str) -> None:
    with pytest.raises(NotEstimable, match=said):
        made()  # type: ignore[operator]


SIZES = [12, 8, 45, 60, 20, 15, 90, 70, 33, 27, 10, 30]  # case 19, arms in turn


def test_locations_of_unequal_size() -> None:
    one = scenario(locations=12, people=35, effect=0.5)
    found = of_sizes(model(), one, [1, 0] * 6, SIZES)
    said = (found.cv, found.design_effect, found.people_over_design_effect, found.std_error)
    assert said == approx((0.71789564, 3.6019047619, 116.6049709, 0.185213), rel=1e-6)
    assert (found.power, found.power_normal) == approx((0.68261302, 0.7702379), rel=1e-5)
    equal = answer(model(), one).power[0]
    assert equal == approx(0.80201211, abs=5e-6)  # what equal sizes would promise
    assert found.cv_of_future == approx(np.std(SIZES, ddof=1) / 35)
    best = of_sizes(model(weights="best"), one, [1, 0] * 6, SIZES)
    assert found.power < best.power < equal
    near = answer(model(), one.with_(size_cv=found.cv))
    assert near.std_error[0] == approx(found.std_error, rel=1e-6)


@pytest.mark.skipif(not CASE.is_dir(), reason="shared/cases is absent")
def test_case_19_as_it_lies_there() -> None:
    with (CASE / "locations.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    expected = json.loads((CASE / "expected.json").read_text(encoding="utf-8"))["values"]
    where = [int(row["arm"] == "intervention") for row in rows]
    sizes = [float(row["people"]) for row in rows]
    found = of_sizes(model(), scenario(effect=0.5), where, sizes)
    ours = {
        "mean_size": np.mean(sizes), "cv": found.cv, "design_effect": found.design_effect,
        "effective_n": found.people_over_design_effect, "se_difference": found.std_error,
        "power_t10": found.power, "power_normal": found.power_normal,
    }  # fmt: skip
    for value in expected:
        assert ours[value["name"]] == approx(value["value"], rel=value["tolerance"])


def test_known_sizes_that_are_equal_are_the_formula() -> None:
    own = model("stepped_wedge", structure="decay", sampling="cohort")
    one = scenario(locations=8, cac=0.7, iac=0.5, people=20)
    for weights in ("people", "best"):
        mine = model("stepped_wedge", structure="decay", sampling="cohort", weights=weights)
        found = of_sizes(mine, one, np.arange(8) % 4, np.full(8, 20))
        assert found.std_error == approx(answer(own, one).std_error[0], rel=1e-12)


def test_known_sizes_that_do_not_do() -> None:
    with pytest.raises(NotEstimable, match="has 1 locations; 2 are needed"):
        of_sizes(model(), scenario(), [0, 0, 1], [5, 5, 5])
    with pytest.raises(NotEstimable, match="a sequence of the layout and 1 or more people"):
        of_sizes(model(), scenario(), [0, 0, 2, 1], [5, 5, 5, 5])
    with pytest.raises(NotEstimable, match="ICC must lie"):
        of_sizes(model(), scenario(icc=1), [0, 0, 1, 1], [5, 5, 5, 5])


def trial(**values: object) -> Individual:
    usual = {
        "workers": 10,
        "caseload": 10,
        "controls": 78,
        "effect": 0.5,
        "sd": 1,
        "worker_icc": 0.1,
    }
    return Individual.of(**(usual | values))  # type: ignore[arg-type]


def test_partial_nesting_is_clusterpowers() -> None:
    found = controls_for(trial(), 0.8, normal=True)
    assert found.exact[0] == approx(77.81084, abs=1e-3)  # uniroot stops at 1e-4 of its scale
    assert found.exact[0] == approx(REFERENCE["solved"]["controls"], rel=1e-8)
    assert found.whole[0] == 78
    p0, p1 = 0.243, 0.397
    binary = trial(
        workers=23, controls=146, effect=p1 - p0, sd=(p0 * (1 - p0)) ** 0.5,
        sd_served=(p1 * (1 - p1)) ** 0.5, worker_icc=0.05,
    )  # fmt: skip
    assert caseload_for(binary, 0.8, normal=True).exact[0] == approx(7.96624, abs=1e-4)


def test_partial_nesting_in_small_trials() -> None:
    """Satterthwaite's df of two means with their own variances; limits; numbers that reach it."""
    found = answered_individual(trial())
    served, control = (0.1 + 0.9 / 10) / 10, 1 / 78
    df = (served + control) ** 2 / (served**2 / 9 + control**2 / 77)
    assert (found.std_error[0] ** 2, found.df[0]) == approx((served + control, df), rel=1e-12)
    assert found.design_effect[0] == approx(1.9)
    assert found.power[0] < found.power_normal[0]
    nobody = answered_individual(trial(worker_icc=0, caseload=7.8))
    assert nobody.std_error[0] ** 2 == approx(2 / 78)
    more = workers_for(trial(), 0.9)
    assert answered_individual(trial(workers=more.exact)).power[0] == approx(0.9, abs=1e-8)
    assert answered_individual(trial(effect=found.detectable(0.9))).power[0] == approx(0.9)


def test_baseline_loss_caseloads_and_locations_that_differ() -> None:
    plain = answered_individual(trial(worker_icc=0)).std_error[0]
    with_baseline = answered_individual(trial(worker_icc=0, correlation=0.6)).std_error[0]
    assert with_baseline == approx(0.8 * plain)
    lost = answered_individual(trial(retention=0.5)).std_error[0]
    fewer = answered_individual(trial(caseload=5, controls=39)).std_error[0]
    assert lost == approx(fewer)
    uneven = answered_individual(trial(caseload_cv=0.5))
    assert uneven.design_effect[0] == approx(1 + (1.25 * 10 - 1) * 0.1)
    assert uneven.std_error[0] ** 2 == approx(uneven.design_effect[0] / 100 + 1 / 78)
    differ = answered_individual(trial(locations=5, effect_sd=0.2))
    same = answered_individual(trial(locations=5))
    assert differ.std_error[0] ** 2 == approx(same.std_error[0] ** 2 + 0.04 / 5)
    assert differ.df[0] == 4 < same.df[0]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"worker_icc": 1}, "the link workers' ICC must lie in [0, 1)"),
        ({"workers": 1}, "at least 2 link workers are needed to see how they differ"),
        ({"controls": 1}, "at least 2 controls who answer are needed"),
        ({"sd": 0}, "SDs must be above 0"),
        ({"retention": 1.5}, "retention must lie in (0, 1]"),
        ({"effect_sd": 0.1}, "an effect that differs needs 2 or more locations"),
        ({"caseload": 0.5}, "each link worker needs a person who answers"),
    ],
)
def test_a_trial_of_people_that_has_no_answer(values: dict[str, float], said: str) -> None:
    found = answered_individual(trial(**values))
    assert found.reason[0] == said
    assert np.isnan([found.power[0], found.std_error[0], found.df[0]]).all()


def test_the_ceiling_of_too_few_link_workers() -> None:
    found = controls_for(trial(workers=4, caseload=5), 0.8)
    assert np.isnan(found.exact[0])
    assert found.reason[0] == (f"power cannot exceed {found.ceiling[0]:.3f}, however many controls")
    with pytest.raises(TypeError, match="wrong or missing"):
        Individual.of(workers=3)


def test_scenarios_take_moments() -> None:
    own = proportions([0.1, 0.2], [0.2, 0.3], 0.05)
    both = Scenarios.of(locations=20, people=30, effect=own.effect, sd=own.sd, icc=own.icc)
    assert (answer(model(), both).reason == "").all()
