"""A declared design as what answers it: fields of scenarios → standard error and df.

`parallel_baseline` is adjusted for the baseline: a cohort by analysis of covariance, as its trial
would be (planning/ancova.py), or by repeated measures; `before_after` compares changes, since
nobody allocated its locations (van Breukelen 2006, J Clin Epidemiol 59:920-5). Effects that are no
difference of two groups have Kenward and Roger's df and cost.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.declared.trial_designs import TrialDesign
from cesp_analysis.planning.ancova import Adjusted, adjusted
from cesp_analysis.planning.answers import UNLIMITED, Answers, answer
from cesp_analysis.planning.degrees import Rule, of_two_groups
from cesp_analysis.planning.laid_out import layout_of
from cesp_analysis.planning.layouts import Analysis
from cesp_analysis.planning.of_people import OfPeople
from cesp_analysis.planning.power import noncentrality_for
from cesp_analysis.planning.precision import Model
from cesp_analysis.planning.scenarios import Fields, Reasons, Scenarios, Structure
from cesp_analysis.planning.solved import (
    MOST_LOCATIONS,
    crossed,
    locations_for,
    people_for,
)
from cesp_analysis.planning.trial_costs import Visits, visits

ROUNDING = 1e-6  # of a whole person, that does not call for one more


def model_of(design: TrialDesign, structure: Structure) -> Model:
    """How a design of locations is analysed."""
    analysis: Analysis = "change" if design.kind == "before_after" else "adjusted"
    return Model(layout_of(design), analysis, structure, design.sampling, "best", fits_blocks=True)


@dataclass(frozen=True)
class OfLocations:
    """A design whose locations are allocated or compared."""

    model: Model
    alpha: float
    difference: float

    def __call__(self, fields: Fields) -> "Answers | OfCohort":
        """Answers (n,) to scenarios."""
        return answer(self.model, self.scenarios(fields), self.rule)

    @property
    def rule(self) -> Rule:
        """How degrees of freedom are found."""
        return "usual" if of_two_groups(self.model.layout) else "kenward_roger"

    def needed(self, fields: Fields, target: float, whole: bool = True) -> Floats:
        """Locations (n,) with which power is the target; NaN where no number has it. whole: those
        that can be had, not the exact root."""
        found = locations_for(self.model, self.scenarios(fields), target, self.rule)
        return found.whole if whole else found.exact

    def people_needed(self, fields: Fields, target: float, whole: bool = True) -> Floats:
        """People (n,) of a location and period with which these locations have the target power;
        NaN where no number has it."""
        found = people_for(self.model, self.scenarios(fields), target, self.rule)
        return found.whole if whole else found.exact

    def scenarios(self, fields: Fields) -> Scenarios:
        """The fields that this design needs, as scenarios of the difference to be found."""
        own: dict[str, Any] = {"effect": self.difference, "alpha": self.alpha}
        own |= {name: value for name, value in fields.items() if name in _OF_LOCATIONS}
        if self.model.structure == "exchangeable":
            own["cac"] = np.ones_like(own["icc"])
        return Scenarios.of(**own)

    @property
    def visits(self) -> Visits:
        """Surveys of a location, people recruited for each of a period's."""
        layout = self.model.layout
        return visits(layout.treated, layout.share, self.model.sampling)


@dataclass(frozen=True)
class OfCohort:
    """What an analysis of people adjusted for their own baseline would find: as `Answers`."""

    made: Adjusted
    scenarios: Scenarios
    structure: Structure
    method: str = (
        "people adjusted for their own baseline, random intercept of locations; t, Kenward-Roger df"
        " and cost, a variance between locations never below 0; locations weighed as by a mixed"
        " model, of gamma sizes"
    )

    @property
    def std_error(self) -> Floats:
        """(n,), in the outcome's unit."""
        return self.made.std_error

    @property
    def df(self) -> Floats:
        """Kenward and Roger's: locations - 2 where sizes are alike."""
        return self.made.df

    @property
    def power(self) -> Floats:
        """On the noncentral t."""
        return self.made.power

    @property
    def power_normal(self) -> Floats:
        """On the normal, in large samples."""
        return self.made.power_normal

    @property
    def reason(self) -> Reasons:
        """Why there is no answer, else ''."""
        return self.made.reason

    def detectable(self, target: float = 0.8) -> Floats:
        """The smallest effect (n,) found with the target power, in the outcome's unit."""
        own = noncentrality_for(target, self.df, self.scenarios.alpha, self.made.least)
        return self.std_error * own

    @cached_property
    def ceiling(self) -> Floats:
        """Power (n,) that these locations cannot exceed, however many people each has."""
        more = self.scenarios.with_(people=UNLIMITED)
        return adjusted(more, "people", structure=self.structure).power


@dataclass(frozen=True)
class OfAdjustedLocations(OfLocations):
    """Allocated locations whose people are asked before and after, adjusted for what they said."""

    def __call__(self, fields: Fields) -> OfCohort:
        """Answers (n,) to scenarios."""
        own = self.scenarios(fields)
        return OfCohort(self._adjusted(own), own, self.model.structure)

    def needed(self, fields: Fields, target: float, whole: bool = True) -> Floats:
        """Locations (n,) with which power is the target; NaN where no number has it."""
        exact = self._crossed(fields, "locations", (4.0, MOST_LOCATIONS), target)
        return np.array([_whole(self.model, one) for one in exact]) if whole else exact

    def people_needed(self, fields: Fields, target: float, whole: bool = True) -> Floats:
        """People (n,) of a location with which these locations have it; NaN where none has."""
        exact = self._crossed(fields, "people", (1.0, UNLIMITED), target)
        return np.ceil(exact - ROUNDING) if whole else exact

    def _crossed(
        self, fields: Fields, name: str, ends: tuple[float, float], target: float
    ) -> Floats:
        own = self.scenarios(fields)

        def powers(value: Floats, which: NDArray[np.int64]) -> Floats:
            return self._adjusted(own.take(which).with_(**{name: value})).power

        some = self._adjusted(own.with_(**{name: ends[1]})).reason == ""
        return crossed(powers, np.full(len(own), target), ends, some)

    def _adjusted(self, own: Scenarios) -> Adjusted:
        return adjusted(own, "people", structure=self.model.structure)


def _whole(model: Model, exact: float) -> float:
    return float(model.layout.whole(exact)) if np.isfinite(exact) else np.nan


_OF_LOCATIONS = {
    "locations", "people", "sd", "icc", "cac", "iac", "retention", "size_cv", "effect", "alpha",
}  # fmt: skip


def answer_of(
    design: TrialDesign, structure: Structure, alpha: float, difference: float
) -> OfLocations | OfPeople:
    """What answers a design, and how often its people are asked."""
    if design.kind == "individual":
        own = design.effect_sd, design.caseload_cv
        return OfPeople(design.people_a_worker, alpha, difference, *own)
    adjusts = design.follows and design.analysed == "ancova"
    made = OfAdjustedLocations if adjusts else OfLocations
    return made(model_of(design, structure), alpha, difference)
