"""Blocks of trials of any layout: how large they are, drawn and analysed."""

import numpy as np

from cesp_analysis.planning.mixed_trials import Fitted, Rule, fitted
from cesp_analysis.planning.performance import Tally, tally
from cesp_analysis.planning.wedge_draws import drawn_means, sums_of
from cesp_analysis.planning.wedge_strata import drawn_strata, of_means
from cesp_analysis.planning.wedge_trials import Wedge

OF_STRATA = 2048
"""Trials of a block whose strata are drawn."""
HELD = 2**14
"""Locations of a block otherwise, about."""


def block_size(trial: Wedge) -> int:
    """How many trials a block has: follows from the trial alone."""
    if in_strata(trial):
        return OF_STRATA
    return int(2 ** np.clip(np.log2(HELD / trial.k) // 1, 4, 10))


def in_strata(trial: Wedge) -> bool:
    """Whether locations are measured alike, so that a few sums of squares are all of a trial."""
    return trial.whole and trial.alike


def analysed(trial: Wedge, rule: Rule, rng: np.random.Generator, count: int, level: float) -> Tally:
    """Draw and analyse `count` trials."""
    fits = fits_of(trial, rule, rng, count)
    return tally(fits.estimate, fits.std_error, fits.df, trial.effect, level, fits.failed)


def fits_of(trial: Wedge, rule: Rule, rng: np.random.Generator, count: int) -> Fitted:
    """`count` trials drawn and fitted; estimates less the effect."""
    if in_strata(trial) and trial.structure != "decay":
        return fitted(drawn_strata(trial, rng, count), np.ones(1), rule)
    own = drawn_means(trial, rng, count)
    if in_strata(trial):
        return fitted(of_means(trial, own.means, own.within[0]), np.ones(1), rule)
    return fitted(sums_of(trial, own), np.eye(trial.x.shape[-1])[-1], rule)
