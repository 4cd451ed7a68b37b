"""Blocks of trials of people served by link workers: how large they are, drawn and analysed."""

import numpy as np

from cesp_analysis.planning.individual_draws import drawn_alike, drawn_unequal
from cesp_analysis.planning.individual_trials import IndividualTrial, lead_of
from cesp_analysis.planning.mixed_trials import Fitted, Rule, only_of
from cesp_analysis.planning.performance import Tally, tally
from cesp_analysis.planning.strata import identified

OF_STRATA = 2048
"""Trials of a block whose strata are drawn."""
HELD = 2**17
"""Numbers that the rows of a block hold otherwise, about."""


def block_size(trial: IndividualTrial) -> int:
    """How many trials a block has: follows from the trial alone."""
    if trial.alike:
        return OF_STRATA
    rows = trial.locations * (trial.workers + 1)
    return int(2 ** np.clip(np.log2(HELD / (rows * (trial.locations + 3))) // 1, 3, 10))


def fits_of(trial: IndividualTrial, rule: Rule, rng: np.random.Generator, count: int) -> Fitted:
    """`count` trials drawn and fitted; estimates less the effect. Failed: see `identified`, too."""
    draw = drawn_alike if trial.alike else drawn_unequal
    own = draw(trial, rng, count)
    return only_of(identified(own), own, lead_of(trial), rule)


def analysed(
    trial: IndividualTrial, rule: Rule, rng: np.random.Generator, count: int, level: float
) -> Tally:
    """Draw and analyse `count` trials."""
    fits = fits_of(trial, rule, rng, count)
    return tally(fits.estimate, fits.std_error, fits.df, trial.effect, level, fits.failed)
