"""Known sizes, partial nesting: against printed values and closed forms."""

import csv
import json

import numpy as np
import pytest
from pytest import approx

from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning.answers import answer
from cesp_analysis.planning.individual import Individual, answered_individual
from cesp_analysis.planning.sizes import of_sizes
from planned import REFERENCE, ROOT, model, scenario

CASE = ROOT.parent / "shared" / "cases" / "19-unequal-locations"


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
    controls = REFERENCE["solved"]["controls"]
    assert controls == approx(77.81084, abs=1e-3)  # uniroot stops at 1e-4 of its scale
    assert answered_individual(trial(controls=controls)).power_normal[0] == approx(0.8, abs=1e-9)
    p0, p1 = 0.243, 0.397
    binary = trial(
        workers=23, controls=146, effect=p1 - p0, sd=(p0 * (1 - p0)) ** 0.5,
        sd_served=(p1 * (1 - p1)) ** 0.5, worker_icc=0.05,
    )  # fmt: skip
    found = answered_individual(binary.with_(caseload=7.96624))
    assert found.power_normal[0] == approx(0.8, abs=1e-5)


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
    assert answered_individual(trial(effect=found.detectable(0.9))).power[0] == approx(0.9)


def test_baseline_loss_caseloads_and_locations_that_differ() -> None:
    plain = answered_individual(trial(worker_icc=0)).std_error[0]
    with_baseline = answered_individual(trial(worker_icc=0, correlation=0.6)).std_error[0]
    assert with_baseline == approx(0.8 * plain)
    lost = answered_individual(trial(retention=0.5)).std_error[0]
    fewer = answered_individual(trial(caseload=5, controls=39)).std_error[0]
    assert fewer < lost < 1.01 * fewer  # how many are lost of ten differs by chance
    uneven = answered_individual(trial(caseload_cv=0.5))
    assert uneven.design_effect[0] == approx(1 + (1.25 * 10 - 1) * 0.1)
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
        ({"effect_sd": 0.1}, "an effect that differs needs 3 or more locations"),
        ({"caseload": 0.5}, "each link worker needs a person who answers"),
    ],
)
def test_a_trial_of_people_that_has_no_answer(values: dict[str, float], said: str) -> None:
    found = answered_individual(trial(**values))
    assert found.reason[0] == said
    assert np.isnan([found.power[0], found.std_error[0], found.df[0]]).all()


def test_trials_are_of_known_names() -> None:
    with pytest.raises(TypeError, match="wrong or missing"):
        Individual.of(workers=3)
