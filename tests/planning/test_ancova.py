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
        rough = 0.03 if locations < 40 and kind == "people" else 0.015  # large-sample in locations
        assert abs(found.power - promised) < rough + 2 * found.power_mcse, (kind, found.power)
        equal = float(
            adjusted(planned.with_(size_cv=0, retention=1, people=25 * stay), kind).power[0]
        )
        assert equal > promised
