"""Blocks of trials of people served by link workers: how large they are, drawn and analysed."""

import numpy as np

from cesp_analysis.planning.individual_draws import drawn_alike, drawn_unequal
from cesp_analysis.planning.individual_trials import IndividualTrial, lead_of
from cesp_analysis.planning.level_individual import LevelIndividual
from cesp_analysis.planning.level_individual_draws import drawn_individual_levels
from cesp_analysis.planning.mixed_trials import Fitted, Rule, only_of
from cesp_analysis.planning.performance import Tally, tally
from cesp_analysis.planning.strata import identified

OF_STRATA = 2048
"""Trials of a block whose strata are drawn."""
HELD = 2**17
"""Numbers that the rows of a block hold otherwise, about."""


ONE_BY_ONE = 2**18
"""People of a block, about, where each one's count is drawn."""


def block_size(trial: IndividualTrial | LevelIndividual) -> int:
    """How many trials a block has: follows from the trial alone."""
    if isinstance(trial, IndividualTrial) and trial.alike:
        return OF_STRATA
    own = trial.frame if isinstance(trial, LevelIndividual) else trial
    rows = own.locations * (own.workers + 1)
    most = np.log2(HELD / (rows * (3 if own.alike else own.locations + 3)))
    if isinstance(trial, LevelIndividual) and trial.kind == "count":
        people = own.locations * (own.workers * own.caseload + own.controls)
        most = min(most, np.log2(ONE_BY_ONE / people))
    return int(2 ** np.clip(most // 1, 3, 10))


def fits_of(
    trial: IndividualTrial | LevelIndividual, rule: Rule, rng: np.random.Generator, count: int
) -> Fitted:
    """`count` trials drawn and fitted; estimates less the effect. Failed: see `identified`, too."""
    if isinstance(trial, LevelIndividual):
        own = drawn_individual_levels(trial, rng, count)
        return only_of(identified(own), own, lead_of(trial.frame), rule)
    draw = drawn_alike if trial.alike else drawn_unequal
    own = draw(trial, rng, count)
    return only_of(identified(own), own, lead_of(trial), rule)


def analysed(
    trial: IndividualTrial | LevelIndividual,
    rule: Rule,
    rng: np.random.Generator,
    count: int,
    level: float,
) -> Tally:
    """Draw and analyse `count` trials."""
    fits = fits_of(trial, rule, rng, count)
    return tally(fits.estimate, fits.std_error, fits.df, trial.effect, level, fits.failed)
