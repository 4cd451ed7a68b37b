"""Power by formula beside simulated trials: of the analysis that they have."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.declared.trial_designs import TrialDesign
from cesp_analysis.planning.alike_formulas import locations_alike, people_alike
from cesp_analysis.planning.ancova import adjusted
from cesp_analysis.planning.answers import Answers
from cesp_analysis.planning.designed import answer_of
from cesp_analysis.planning.individual_trials import IndividualTrial
from cesp_analysis.planning.level_individual import LevelIndividual
from cesp_analysis.planning.level_wedges import LevelWedge
from cesp_analysis.planning.plasmode import Plasmode
from cesp_analysis.planning.scenarios import Scenarios, Structure
from cesp_analysis.planning.spread_by_arm import alike_by_arm
from cesp_analysis.planning.task_trials import power_of_people
from cesp_analysis.planning.trial_blocks import RULES, Planned
from cesp_analysis.planning.trial_people import BinaryTrial
from cesp_analysis.planning.trial_permutation import attained


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
    if analysis == "permutation" and planned is not None:
        alpha = attained(size[0] // 2, size[0] - size[0] // 2, 1 - alpha)
    if effect == 0:
        return alpha
    if analysis == "z" or planned is None:
        return float("nan")
    if shares := _shares(planned):
        own = dict(own) | {"iac": float(alike_by_arm(design, np.array(own["iac"]), *shares))}
    if isinstance(planned, IndividualTrial | LevelIndividual):
        return power_of_people(planned, own["iac"], alpha, analysis == "mixed_kenward_roger")
    fields = _fields(own, size, planned)
    covariate = is_covariate(design, analysis in RULES)
    before = design.sampling if covariate else None
    made = Scenarios.of(**fields, effect=effect, alpha=alpha)
    if analysis == "gee_cr2":
        return float(people_alike(made, before)[0])
    if analysis not in RULES:
        return float(locations_alike(made, before, structure)[0])
    if design.follows and covariate and analysis != "mixed_kenward_roger":
        own_people = adjusted(made, "people", structure=structure, cautious=False)
        return float(own_people.power[0])
    said = answer_of(design, structure, alpha, effect)(fields)
    return float((said.as_run if isinstance(said, Answers) else said.power)[0])


def _fields(
    own: Mapping[str, float], size: tuple[int, int], planned: Planned
) -> dict[str, NDArray[np.float64]]:
    """What is known, as fields of one scenario; of the study's people what they have."""
    names = ("sd", "icc", "cac", "iac", "retention", "size_cv")
    values = {name: own[name] for name in names}
    if isinstance(planned, Plasmode):
        values |= {"iac": planned.normal.iac, "retention": planned.normal.retention}
    values |= {"locations": float(size[0]), "people": float(size[1])}
    return {name: np.array([value]) for name, value in values.items()}


def _shares(planned: Planned) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Of controls and of the treated, where answers are yes or no."""
    if isinstance(planned, BinaryTrial):
        return np.array(planned.control), np.array(planned.intervention)
    if isinstance(planned, LevelWedge | LevelIndividual) and planned.kind == "binary":
        return np.array(planned.control), np.array(planned.treated)
    return None
