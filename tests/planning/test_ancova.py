"""Cohorts adjusted for their baseline: the power of the analysis that they will have."""

import numpy as np
import pytest

from cesp_analysis.declared.planning import Analysis
from cesp_analysis.planning.ancova import Analysed, adjusted
from cesp_analysis.planning.scenarios import Scenarios
from cesp_analysis.planning.trials import same_arms
from simulated_trials import simulated

AS: dict[Analysis, Analysed] = {
    "location_means_t": "location_means", "mixed_kenward_roger": "people",
}  # fmt: skip


SETTINGS = [  # people, ICC, CAC, IAC, CV of sizes, share that stays
    (10, 0.02, 0.8, 0.5, 0.0, 1.0), (50, 0.05, 0.8, 0.5, 0.0, 1.0), (10, 0.0, 0.8, 0.5, 0.0, 1.0),
    (25, 0.05, 0.9, 0.44, 0.4, 0.65), (15, 0.02, 0.9, 0.44, 0.6, 1.0),
]  # fmt: skip


@pytest.mark.parametrize(("people", "icc", "cac", "iac", "cv", "stay"), SETTINGS)
@pytest.mark.parametrize("locations", [8, 12, 20])
def test_power_of_few_locations_is_that_of_kenward_and_rogers_test(
    locations: int, people: int, icc: float, cac: float, iac: float, cv: float, stay: float
) -> None:
    """Sizes alike within .01, others to second order in their CV; t on locations - 2 would promise
    up to .2 more."""
    told = {"sd": 1.0, "cac": cac, "iac": iac, "retention": stay, "size_cv": cv}
    base = Scenarios.of(locations=locations, people=people, effect=1.0, icc=icc, **told)
    effect = 2.8 * float(adjusted(base, "people").std_error[0])
    said = adjusted(base.with_(effect=effect), "people")
    trial = same_arms(locations, people, effect, icc, baseline="cohort", **told)
    found = simulated(trial, "mixed_kenward_roger", 16_384, 5, f"few {locations}")
    rough = 0.01 if cv == 0 else {8: 0.045, 12: 0.022, 20: 0.015}[locations]
    assert abs(found.power - said.power[0]) < rough + 2 * found.power_mcse
    if icc == 0:
        plain = adjusted(base.with_(effect=effect), "people", cautious=False)
        assert plain.power[0] > found.power + 0.02


@pytest.mark.parametrize(
    ("locations", "cv", "stay"), [(20, 0.4, 1.0), (60, 0.4, 0.65), (40, 0.8, 0.8)]
)
def test_a_cohort_of_unequal_locations_has_the_power_of_its_analysis(
    locations: int, cv: float, stay: float
) -> None:
    """As simulated; the formula for equal sizes would promise .02 to .1 more."""
    told = {"sd": 4.7, "cac": 0.9, "iac": 0.44, "retention": stay, "size_cv": cv}
    trial = same_arms(locations, 25, 1.0, 0.053, baseline="cohort", **told)
    fields = {name: np.array([value]) for name, value in told.items()}
    planned = Scenarios.of(locations=locations, people=25, effect=1.0, icc=0.053, **fields)
    for analysis, kind in AS.items():
        found = simulated(trial, analysis, 8192, 5, f"cohort {locations}")
        promised = float(adjusted(planned, kind).power[0])
        assert abs(found.power - promised) < 0.015 + 2 * found.power_mcse, (kind, found.power)
        equal = float(
            adjusted(planned.with_(size_cv=0, retention=1, people=25 * stay), kind).power[0]
        )
        assert equal > promised


@pytest.mark.parametrize(("icc", "effect"), [(0.05, 8.0), (0.02, 6.0)])
def test_two_locations_an_arm(icc: float, effect: float) -> None:
    """People adjusted for their own baseline, on 2 df: .01 and 3 Monte Carlo errors of 8,000 trials
    by Kenward and Roger's test."""
    told = {"sd": 10.0, "cac": 0.8, "iac": 0.5}
    found = simulated(
        same_arms(4, 30, effect, icc, baseline="cohort", **told),
        "mixed_kenward_roger",
        8_000,
        1,
        "4",
    )
    one = Scenarios.of(locations=4, people=30, effect=effect, icc=icc, **told)
    planned = adjusted(one, "people")
    assert planned.df[0] == 2 and planned.reason[0] == ""
    assert planned.power[0] == pytest.approx(found.power, abs=0.01 + 3 * found.power_mcse)
    assert adjusted(one.with_(locations=3), "people").reason[0].startswith("3 locations leave")
