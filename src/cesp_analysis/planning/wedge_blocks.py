"""Blocks of trials of any layout: how large they are, drawn and analysed."""

import numpy as np

from cesp_analysis.planning.level_wedge_draws import drawn_levels
from cesp_analysis.planning.level_wedges import LevelWedge
from cesp_analysis.planning.mixed_trials import Fitted, Rule, fitted
from cesp_analysis.planning.performance import Tally, tally
from cesp_analysis.planning.wedge_draws import Means, drawn_means, sums_of
from cesp_analysis.planning.wedge_strata import drawn_strata, of_means
from cesp_analysis.planning.wedge_trials import Wedge

OF_STRATA = 2048
"""Trials of a block whose strata are drawn."""
HELD = 2**14
"""Locations of a block otherwise, about."""
ONE_BY_ONE = 2**20
"""Answers of a block, about, where people are drawn one by one: arrays of 8 MB."""


def block_size(trial: Wedge | LevelWedge) -> int:
    """How many trials a block has: follows from the trial alone."""
    if isinstance(trial, LevelWedge):
        own = trial.frame
        answers = own.k * float(np.mean(own.people)) * own.layout.periods
        most = np.log2(ONE_BY_ONE / answers) if trial.one_by_one else 10
        return int(2 ** np.clip(min(most, np.log2(HELD / own.k)) // 1, 4, 10))
    if in_strata(trial):
        return OF_STRATA
    return int(2 ** np.clip(np.log2(HELD / trial.k) // 1, 4, 10))


def in_strata(trial: Wedge) -> bool:
    """Whether locations are measured alike, so that a few sums of squares are all of a trial."""
    return trial.whole and trial.alike


def analysed(
    trial: Wedge | LevelWedge, rule: Rule, rng: np.random.Generator, count: int, level: float
) -> Tally:
    """Draw and analyse `count` trials."""
    fits = fits_of(trial, rule, rng, count)
    return tally(fits.estimate, fits.std_error, fits.df, trial.effect, level, fits.failed)


def fits_of(trial: Wedge | LevelWedge, rule: Rule, rng: np.random.Generator, count: int) -> Fitted:
    """`count` trials drawn and fitted; estimates less the effect."""
    if isinstance(trial, LevelWedge):
        return fits_of_means(trial.frame, drawn_levels(trial, rng, count), rule)
    if in_strata(trial) and trial.structure != "decay":
        return fitted(drawn_strata(trial, rng, count), np.ones(1), rule)
    return fits_of_means(trial, drawn_means(trial, rng, count), rule)


def fits_of_means(trial: Wedge, own: Means, rule: Rule) -> Fitted:
    """Trials fitted that are known by the means and squares of their cells."""
    if in_strata(trial):
        return fitted(of_means(trial, own.means, own.within[0]), np.ones(1), rule)
    return fitted(sums_of(trial, own), np.eye(trial.x.shape[-1])[-1], rule)
