"""Planning's answers for one design, as functions of assumptions: what assurance is a mean of."""

from collections.abc import Mapping

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.planning.ancova import Analysed, adjusted
from cesp_analysis.planning.answers import answer
from cesp_analysis.planning.assurance import Answer, Answered
from cesp_analysis.planning.degrees import Rule
from cesp_analysis.planning.individual import Individual, answered_individual
from cesp_analysis.planning.layouts import Analysis, Layout
from cesp_analysis.planning.precision import Model, Weights
from cesp_analysis.planning.scenarios import Sampling, Scenarios, Structure


def of_layout(
    layout: Layout,
    analysis: Analysis = "adjusted",
    structure: Structure = "block_exchangeable",
    sampling: Sampling = "cross_section",
    rule: Rule = "usual",
    weights: Weights = "people",
) -> Answer:
    """Of a layout and analysis: fields of Scenarios (n,) → `answers.answer`."""
    model = Model(layout, analysis, structure, sampling, weights)

    def made(values: Mapping[str, Floats]) -> Answered:
        return answer(model, Scenarios.of(**values), rule)

    return made


def of_adjusted(
    analysed: Analysed = "location_means", share: float = 0.5, sampling: Sampling = "cohort"
) -> Answer:
    """Of two arms adjusted for a baseline as the analysis is run: fields of Scenarios (n,) →
    `ancova.adjusted`."""

    def answer(values: Mapping[str, Floats]) -> Answered:
        return adjusted(Scenarios.of(**values), analysed, share, sampling)

    return answer


def of_individual(caseload: float, share: float = 0.5) -> Answer:
    """Of people randomised within locations, those served in link workers' caseloads: locations,
    people (of a location, both arms) and fields of Individual (n,) → `answered_individual`.

    share: of people in the intervention arm. sd is within locations: no part of the difference of
    arms is between them.
    """

    def answer(values: Mapping[str, Floats]) -> Answered:
        others = {name: one for name, one in values.items() if name != "people"}
        everybody = values["locations"] * values["people"]
        served, load = everybody * share, np.asarray(values.get("caseload", caseload))
        placed = {"workers": served / load, "caseload": load, "controls": everybody - served}
        return answered_individual(Individual.of(**(others | placed)))

    return answer
