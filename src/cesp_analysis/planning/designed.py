"""A declared design as what answers it: fields of scenarios → standard error and df.

`parallel_baseline` is adjusted for the baseline, `before_after` compares changes, since nobody
allocated its locations (van Breukelen 2006, J Clin Epidemiol 59:920-5).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cesp_analysis.declared.planning import TrialDesign
from cesp_analysis.planning.answers import Answers, answer
from cesp_analysis.planning.individual import Individual, IndividualAnswers, answered_individual
from cesp_analysis.planning.known import Floats
from cesp_analysis.planning.layouts import (
    Analysis,
    Layout,
    batched,
    before_after,
    crossover,
    parallel_baseline,
    parallel_post,
    staircase,
    stepped_wedge,
)
from cesp_analysis.planning.precision import Model
from cesp_analysis.planning.scenarios import Scenarios, Structure
from cesp_analysis.planning.trial_costs import Visits, visits

Fields = Mapping[str, Floats]
"""Name of a field (locations, people, sd, icc, cac, iac, retention, size_cv, …) → values (n,)."""


def layout_of(design: TrialDesign) -> Layout:
    """Which locations are measured and treated when; kind individual has none."""
    match design.kind:
        case "parallel_post":
            return parallel_post()
        case "parallel_baseline":
            return parallel_baseline()
        case "before_after":
            return before_after()
        case "crossover":
            return crossover()
        case "stepped_wedge":
            if design.observed is None:
                made = stepped_wedge(design.steps, design.periods)
            else:
                made = staircase(design.steps, *design.observed)
            return batched(made, design.batches, design.later) if design.batches > 1 else made
        case _:
            raise ValueError(f"{design.kind}: people are allocated, not locations")


def model_of(design: TrialDesign, structure: Structure) -> Model:
    """How a design of locations is analysed."""
    analysis: Analysis = "change" if design.kind == "before_after" else "adjusted"
    return Model(layout_of(design), analysis, structure, design.sampling)


@dataclass(frozen=True)
class OfLocations:
    """A design whose locations are allocated or compared."""

    model: Model
    alpha: float
    difference: float

    def __call__(self, fields: Fields) -> Answers:
        """Answers (n,) to scenarios."""
        return answer(self.model, self.scenarios(fields))

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


_OF_LOCATIONS = {
    "locations", "people", "sd", "icc", "cac", "iac", "retention", "size_cv", "effect", "alpha",
}  # fmt: skip


@dataclass(frozen=True)
class OfPeople:
    """A design that allocates people within locations, half to each arm: link workers serve one.

    people_a_worker: how many a link worker serves. What locations differ by is in both arms, and
    taken off.
    """

    people_a_worker: float
    alpha: float
    difference: float

    def __call__(self, fields: Fields) -> IndividualAnswers:
        """Answers (n,) to scenarios."""
        return answered_individual(self.trials(fields))

    def trials(self, fields: Fields) -> Individual:
        """The fields as trials of people; `people`: of a location, both arms together."""
        arm = fields["locations"] * fields["people"] / 2
        return Individual.of(
            locations=fields["locations"],
            workers=arm / self.people_a_worker,
            caseload=self.people_a_worker,
            controls=arm,
            effect=fields.get("effect", np.array(self.difference)),
            sd=fields["sd"] * np.sqrt(1 - fields["icc"]),
            worker_icc=fields["icc_link_worker"],
            correlation=fields["iac"],
            retention=fields["retention"],
            alpha=self.alpha,
        )

    @property
    def visits(self) -> Visits:
        """Asked before and at the end, recruited once."""
        return Visits(2.0, 1.0)


def answer_of(
    design: TrialDesign, structure: Structure, alpha: float, difference: float
) -> OfLocations | OfPeople:
    """What answers a design, and how often its people are asked."""
    if design.kind == "individual":
        return OfPeople(design.people_a_worker, alpha, difference)
    return OfLocations(model_of(design, structure), alpha, difference)
