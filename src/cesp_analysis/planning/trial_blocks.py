"""Trials in blocks, each with random numbers of its own: the same whoever makes it, and when.

Blocks are the unit in which trials are shared out to jobs and machines: whoever has the tallies of
all blocks of a scenario has its performance.
"""

import numpy as np

from cesp_analysis.declared.planning import Analysis
from cesp_analysis.planning import individual_blocks, plasmode, trial_analyses, wedge_blocks
from cesp_analysis.planning.individual_trials import IndividualTrial
from cesp_analysis.planning.level_individual import LevelIndividual
from cesp_analysis.planning.level_wedges import LevelWedge
from cesp_analysis.planning.mixed_trials import Rule
from cesp_analysis.planning.performance import Tally
from cesp_analysis.planning.plasmode import Plasmode
from cesp_analysis.planning.trial_people import BinaryTrial, CountTrial
from cesp_analysis.planning.trials import Trial
from cesp_analysis.planning.wedge_trials import Wedge
from cesp_analysis.streams import seed_of

Planned = (
    Trial | BinaryTrial | CountTrial | Wedge | LevelWedge | IndividualTrial | LevelIndividual
    | Plasmode
)  # fmt: skip
RULES: dict[str, Rule] = {
    "mixed_satterthwaite": "satterthwaite", "mixed_kenward_roger": "kenward_roger", "z": "z",
}  # fmt: skip
"""Analyses by a mixed model → how df are found."""


def block_size(trial: Planned, analysis: Analysis) -> int:
    """How many trials a block has: follows from trial and analysis alone."""
    if isinstance(trial, Wedge | LevelWedge):
        return wedge_blocks.block_size(trial)
    if isinstance(trial, IndividualTrial | LevelIndividual):
        return individual_blocks.block_size(trial)
    if isinstance(trial, Plasmode):
        return plasmode.block_size(trial)
    return trial_analyses.block_size(trial, analysis)


def block(
    trial: Planned, analysis: Analysis, seed: int, scenario: str, number: int, level: float
) -> Tally:
    """Draw and analyse block `number` of a scenario (its name, by which its random numbers are its
    own) with intervals of `level`."""
    own = seed_of(seed, "planning", scenario, f"block {number}")
    rng = np.random.Generator(np.random.SFC64(own))
    count = block_size(trial, analysis)
    if isinstance(trial, Wedge | LevelWedge):
        return wedge_blocks.analysed(trial, RULES[analysis], rng, count, level)
    if isinstance(trial, IndividualTrial | LevelIndividual):
        return individual_blocks.analysed(trial, RULES[analysis], rng, count, level)
    if isinstance(trial, Plasmode):
        return plasmode.analysed(trial, analysis, rng, count, level)
    return trial_analyses.analysed(trial, analysis, rng, count, level)
