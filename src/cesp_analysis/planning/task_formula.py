"""Power by formula beside simulated trials: of the analysis that they have."""

from collections.abc import Mapping

import numpy as np

from cesp_analysis.declared.trial_designs import TrialDesign
from cesp_analysis.planning.ancova import adjusted
from cesp_analysis.planning.answers import Answers
from cesp_analysis.planning.designed import answer_of
from cesp_analysis.planning.individual_trials import IndividualTrial
from cesp_analysis.planning.level_individual import LevelIndividual
from cesp_analysis.planning.scenarios import Scenarios, Structure
from cesp_analysis.planning.task_trials import power_of_people
from cesp_analysis.planning.trial_blocks import RULES, Planned


def is_covariate(design: TrialDesign, whole: bool = False) -> bool:
    """Whether a baseline is a covariate: of people, or of location means; not that of others in a
    mixed model (whole), which has both periods' answers."""
    if others_twice(design):
        return not whole
    return design.kind == "parallel_baseline" and design.analysed == "ancova"


def others_twice(design: TrialDesign) -> bool:
    """Whether others of allocated locations are asked before and at the end."""
    return design.kind == "parallel_baseline" and design.asks_others


def formula_of(
    design: TrialDesign,
    structure: Structure,
    alpha: float,
    own: Mapping[str, float],
    size: tuple[int, int],
    analysis: str,
    effect: float,
    planned: Planned | None,
) -> float:
    """Power, or the level where nothing is true; NaN where there is none. own: what is known."""
    if effect == 0:
        return alpha
    if analysis == "z" or planned is None:
        return float("nan")
    if isinstance(planned, IndividualTrial | LevelIndividual):
        return power_of_people(planned, alpha, analysis == "mixed_kenward_roger")
    fields = {
        name: np.array([own[name]]) for name in ("sd", "icc", "cac", "iac", "retention", "size_cv")
    }
    fields |= {"locations": np.array([float(size[0])]), "people": np.array([float(size[1])])}
    covariate = is_covariate(design, analysis in RULES)
    if covariate and (analysis == "location_means_t" or design.asks_others):
        made = Scenarios.of(**fields, effect=effect, alpha=alpha)
        own_means = adjusted(made, "location_means", 0.5, design.sampling, structure)
        return float(own_means.power[0])
    if design.follows and covariate and analysis != "mixed_kenward_roger":
        made = Scenarios.of(**fields, effect=effect, alpha=alpha)
        own_people = adjusted(made, "people", structure=structure, cautious=False)
        return float(own_people.power[0])
    said = answer_of(design, structure, alpha, effect)(fields)
    return float((said.as_run if isinstance(said, Answers) else said.power)[0])
