"""Layouts and scenarios: what they are made of, and what is wrong with one, in a line."""

from typing import Any

import numpy as np
import pytest
from pytest import approx

from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning.answers import answer
from cesp_analysis.planning.layouts import (
    batched,
    crossover,
    parallel_post,
    staircase,
    stepped_wedge,
)
from cesp_analysis.planning.scenarios import Scenarios
from planned import hole, model, scenario, without

NAN = float("nan")


def shown(treated: Any) -> list[str]:
    return ["".join("." if np.isnan(x) else f"{x:.0f}" for x in row) for row in treated]


def test_layouts_look_like_their_drawings() -> None:
    assert shown(parallel_post().treated) == ["0", "1"]
    assert shown(crossover().treated) == ["01", "10"]
    assert shown(stepped_wedge(3).treated) == ["0111", "0011", "0001"]
    assert shown(stepped_wedge(2, 5).treated) == ["01111", "00111"]
    assert shown(batched(stepped_wedge(2), 2, 2).treated) == ["011..", "001..", "..011", "..001"]
    assert shown(without(stepped_wedge(4), hole()).treated)[0] == "0111."


def test_a_staircase_is_seen_around_its_switch() -> None:
    assert shown(staircase(3).treated) == ["01..", ".01.", "..01"]
    assert shown(staircase(2, 2, 1).treated) == ["001.", ".001"]
    assert shown(staircase(3, 1, 2).treated) == ["011..", ".011.", "..011"]


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda: stepped_wedge(1), "2 or more steps"),
        (lambda: stepped_wedge(4, 4), "a period more than steps, not 4 steps in 4 periods"),
        (lambda: staircase(3, 0), "1 or more"),
        (lambda: batched(stepped_wedge(2), 2, 0), "1 or more"),
        (lambda: parallel_post(1.0), "add up to 1"),
    ],
)
def test_a_layout_that_is_none(made: Any, said: str) -> None:
    with pytest.raises(NotEstimable, match=said):
        made()


def test_whole_numbers_of_locations_divide_by_shares() -> None:
    assert stepped_wedge(4).whole(21.2) == 24
    assert stepped_wedge(4).whole(24 + 1e-12) == 24
    assert parallel_post().whole(1) == 4
    assert parallel_post(1 / 3).whole(20) == 21


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"icc": 1.0}, "the ICC must lie in [0, 1)"),
        ({"icc": -0.1}, "the ICC must lie in [0, 1)"),
        ({"icc": NAN}, "the ICC must lie in [0, 1)"),
        ({"cac": 1.1}, "the CAC must lie in [0, 1]"),
        ({"cac": -0.1}, "the CAC must lie in [0, 1]"),
        ({"cac": NAN}, "the CAC must lie in [0, 1]"),
        ({"iac": 1.0}, "the IAC of a cohort must lie in [0, 1)"),
        ({"iac": NAN}, "the IAC of a cohort must lie in [0, 1)"),
        ({"sd": 0}, "the SD must be above 0"),
        ({"people": 0}, "people of a location must be 1 or more"),
        ({"retention": 0}, "retention must lie in (0, 1]"),
        ({"size_cv": -1}, "the CV of sizes must lie in [0, 2)"),
        ({"alpha": 0}, "alpha must lie between 0 and 1"),
        ({"effect": NAN}, "the effect is not a number"),
        ({"locations": NAN}, "the number of locations is not a number"),
        (
            {"locations": 3},
            "3 locations leave fewer than 2 locations in an arm: at least 4 are needed",
        ),
    ],
)
def test_what_is_wrong_is_said_and_touches_no_other(values: dict[str, float], said: str) -> None:
    good = {"locations": 24.0, "cac": 0.7, "iac": 0.5, "people": 50.0, "icc": 0.05}
    both = {key: [value, values.get(key, value)] for key, value in good.items()}
    many = scenario(**(both | {k: [v0, v] for k, v in values.items() for v0 in (_usual(k),)}))
    own = {"structure": "block_exchangeable", "sampling": "cohort"}
    found = answer(model("parallel_baseline", **own), many)
    assert found.reason.tolist() == ["", said]
    alone = answer(model("parallel_baseline", **own), scenario(**good))
    assert found.power[0] == approx(alone.power[0], rel=1e-12)
    assert np.isnan([found.power[1], found.std_error[1], found.df[1], found.ceiling[1]]).all()
    assert np.isnan(found.detectable()[1]) and np.isfinite(found.detectable()[0])


def _usual(key: str) -> float:
    usual = {"sd": 1, "retention": 1, "size_cv": 0, "alpha": 0.05, "effect": 0.3}
    usual |= {"locations": 24, "cac": 0.7, "iac": 0.5, "people": 50, "icc": 0.05}
    return float(usual[key])


def test_correlations_that_the_structure_forbids() -> None:
    wedge = model("stepped_wedge", structure="decay")
    said = answer(wedge, scenario(cac=[-0.5, -1.0, 1.2])).reason
    assert said.tolist() == ["", *["the CAC must lie in (-1, 1] with decay"] * 2]
    fixed = answer(model("stepped_wedge"), scenario(cac=[NAN, 1.0, 0.8])).reason
    assert fixed[:2].tolist() == ["", ""]
    assert fixed[2] == "exchangeable means a CAC of 1; choose block_exchangeable or decay"


def test_too_few_locations_of_a_wedge() -> None:
    found = answer(model("stepped_wedge"), scenario(locations=3))
    assert found.reason[0] == (
        "3 locations leave fewer than 1 location in a sequence: at least 4 are needed"
    )


def test_a_trial_measured_once_needs_neither_cac_nor_iac() -> None:
    found = answer(model(structure="decay", sampling="cohort"), scenario())
    assert found.reason[0] == ""
    assert found.method == (
        "difference of the arms' location means at one time, weighed by least squares; t on"
        " locations - 2; people weighed alike: the location's part times 1 + CV^2 of future"
        " locations"
    )


def test_scenarios_are_of_known_names() -> None:
    with pytest.raises(TypeError, match=r"wrong or missing: \['rho'\]"):
        scenario(rho=0.1)
    with pytest.raises(TypeError, match=r"wrong or missing: \['effect', 'icc', 'locations'\]"):
        Scenarios.of(people=3)
    assert len(answer(model(), scenario(icc=np.empty(0))).power) == 0
