"""What is said to be needed, put back: it has the power that was asked for, and less has not."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import approx

from cesp_analysis.declared.trial_designs import TrialDesign
from cesp_analysis.planning.designed import OfLocations, answer_of
from cesp_analysis.planning.individual import NO_CONTROLS, Individual, answered_individual
from cesp_analysis.planning.of_people import OfPeople
from cesp_analysis.planning.scenarios import Structure

KINDS: dict[str, dict[str, Any]] = {
    "post": {"kind": "parallel_post"},
    "ancova": {"kind": "parallel_baseline"},
    "repeated": {"kind": "parallel_baseline", "analysed": "repeated_measures"},
    "others": {"kind": "parallel_baseline", "sampling": "cross_section"},
    "compared": {"kind": "before_after"},
    "crossover": {"kind": "crossover"},
    "wedge": {"kind": "stepped_wedge", "sampling": "cross_section", "steps": 3},
    "people": {"kind": "individual", "people_a_worker": 20},
    "differs": {"kind": "individual", "people_a_worker": 7.5, "effect_sd": 0.3},
}
POWER = 0.9
ROUNDED = 1e-6
"""In power: of roots found to 1e-7 of a number of locations, or of people."""


def design(name: str) -> TrialDesign:
    return TrialDesign.model_validate(
        {"label": name, "locations": [12], "people": [40]} | KINDS[name]
    )


@pytest.mark.parametrize("name", KINDS)
@settings(max_examples=8)
@given(
    icc=st.floats(0.005, 0.1),
    worker=st.floats(0.0, 0.1),
    iac=st.floats(0.0, 0.8),
    retention=st.floats(0.5, 1.0),
    effect=st.floats(0.15, 0.6),
    k=st.integers(1, 4),
    structure=st.sampled_from(["decay", "block_exchangeable"]),
)
def test_what_is_needed_has_the_power_asked_for(
    name: str,
    icc: float,
    worker: float,
    iac: float,
    retention: float,
    effect: float,
    k: int,
    structure: Structure,
) -> None:
    own = answer_of(design(name), structure, 0.05, effect)
    fields = {
        key: np.array([value])
        for key, value in {
            "sd": 1.0, "icc": icc, "cac": 0.8, "iac": iac, "retention": retention, "size_cv": 0.3,
            "icc_link_worker": worker, "locations": 12.0 * k, "people": 40.0,
        }.items()
    }  # fmt: skip
    step = own.model.layout.whole(1.0) if isinstance(own, OfLocations) else 1.0
    for what, at, less in (
        ("needed", "locations", step),
        ("people_needed", "people", 2.0 if isinstance(own, OfPeople) else 1.0),
    ):
        (found,) = getattr(own, what)(fields, POWER)
        if np.isnan(found):
            most = 1e5 if at == "locations" else 1e9
            assert not own(fields | {at: np.array([most])}).power[0] >= POWER
            continue
        assert own(fields | {at: np.array([found])}).power[0] >= POWER - ROUNDED
        assert not own(fields | {at: np.array([found - less])}).power[0] >= POWER + ROUNDED
    got = own(fields)
    if np.isnan(got.power[0]):
        return
    there = float(got.detectable(POWER)[0])
    again = answer_of(design(name), structure, 0.05, there)
    assert again(fields).power[0] == approx(POWER, abs=ROUNDED)


def test_one_more_link_worker_is_counted_in_where_half_of_them_would_do() -> None:
    """100 people of a location are 2.5 times 20 in the arm served: two link workers, not three."""
    fields = {
        name: np.array([value])
        for name, value in {
            "sd": 4.9, "icc": 0.05, "icc_link_worker": 0.03, "iac": 0.5, "retention": 0.75,
            "locations": 6.0, "people": 40.0,
        }.items()
    }  # fmt: skip
    own = OfPeople(20.0, 0.05, 1.5)
    assert own(fields | {"people": np.array([100.0])}).power[0] < 0.88
    assert own.people_needed(fields, POWER).tolist() == [102.0]


def test_a_location_with_no_control_to_spare_has_no_answer() -> None:
    """Their variance within locations is on controls less locations degrees of freedom."""
    trials = Individual.of(
        locations=7, workers=14, caseload=5, controls=[14, 15, 16], effect=1.0, sd=1.0,
        worker_icc=0.02, retention=0.5,
    )  # fmt: skip
    got = answered_individual(trials)
    assert got.reason.tolist() == [NO_CONTROLS] * 2 + [""]
    assert np.isnan(got.power[:2]).all() and got.df[2] > 1
