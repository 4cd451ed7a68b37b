"""Blocks of trials, each drawn as its analysis needs it, analysed and added up."""

from typing import get_args

import numpy as np

from cesp_analysis.declared.planning import Analysis
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning.level_draws import counted
from cesp_analysis.planning.performance import Tally, tally
from cesp_analysis.planning.trial_draws import ByLocation, by_location, scatter
from cesp_analysis.planning.trial_gee import gee
from cesp_analysis.planning.trial_means import location_means, location_means_unequal
from cesp_analysis.planning.trial_people import BinaryTrial, CountTrial
from cesp_analysis.planning.trial_permutation import must_be_able, permuted
from cesp_analysis.planning.trial_reml import Fits, Rule, fitted
from cesp_analysis.planning.trial_reml_unequal import fitted_unequal
from cesp_analysis.planning.trials import Trial

ANALYSES: tuple[Analysis, ...] = get_args(Analysis)
Planned = Trial | BinaryTrial | CountTrial
MIXED = ("mixed_satterthwaite", "mixed_kenward_roger", "z")
WHOLE = 8192
"""Trials of a block whose locations are of one size: arrays of 64 kB, some thirty in a cache."""
HELD = 2**16
"""Locations of a block otherwise, about: arrays of 512 kB, some ten of which are used at once."""

COUNTED = 2**18
"""People of a block's trials, about, where each one's count is drawn: arrays of 2 MB."""


def must_be_answerable(trial: Planned, analysis: Analysis, level: float) -> None:
    """Raises NotEstimable: this analysis can not be made of this trial."""
    if analysis not in ANALYSES:
        raise NotEstimable(f"no analysis is called '{analysis}' ({', '.join(ANALYSES)})")
    if analysis == "permutation":
        must_be_able(*trial.locations, level)


def block_size(trial: Planned, analysis: Analysis) -> int:
    """How many trials a block has: a power of two that follows from trial and analysis alone."""
    if _of_scatter(trial, analysis):
        return WHOLE
    if isinstance(trial, CountTrial) and _one_by_one(trial, analysis):
        return int(
            2 ** np.clip(np.log2(COUNTED // (trial.frame.k * np.mean(trial.people))) // 1, 3, 11)
        )
    return int(2 ** np.clip(np.log2(HELD // sum(trial.locations)) // 1, 5, 11))


def _of_scatter(trial: Planned, analysis: Analysis) -> bool:
    """Whether scatter matrices are all that the analysis needs."""
    return isinstance(trial, Trial) and trial.alike and analysis not in ("gee_cr2", "permutation")


def analysed(
    trial: Planned, analysis: Analysis, rng: np.random.Generator, count: int, level: float
) -> Tally:
    """Draw and analyse `count` trials."""
    if not (_of_scatter(trial, analysis) and isinstance(trial, Trial)):
        own = _drawn(trial, rng, count, analysis)
        return analysed_by_location(own, analysis, trial.effect, rng, level)
    s = scatter(trial, rng, count)
    fits = location_means(s) if analysis == "location_means_t" else fitted(s, _rule(analysis))
    return _added(fits, analysis, trial.effect, level)


def analysed_by_location(
    own: ByLocation, analysis: Analysis, effect: float, rng: np.random.Generator, level: float
) -> Tally:
    """Analyse trials drawn by location without the effect; gee_cr2: scatter of each location."""
    if analysis == "permutation":
        return _permuted(own, effect, rng, level)
    return _added(_unequal(own, analysis), analysis, effect, level)


def _added(fits: Fits, analysis: Analysis, effect: float, level: float) -> Tally:
    df = np.full(len(fits.df), np.inf) if analysis == "z" else fits.df
    return tally(fits.estimate, fits.std_error, df, effect, level, fits.failed)


def _rule(analysis: Analysis) -> Rule:
    return "kenward_roger" if analysis == "mixed_kenward_roger" else "satterthwaite"


def _drawn(trial: Planned, rng: np.random.Generator, count: int, analysis: Analysis) -> ByLocation:
    if isinstance(trial, Trial):
        each = analysis == "gee_cr2"
        return by_location(trial, rng, count, each and trial.baseline == "cohort")
    return counted(trial, rng, count, _one_by_one(trial, analysis))


def _one_by_one(trial: BinaryTrial | CountTrial, analysis: Analysis) -> bool:
    """Whether the analysis needs people's squares within locations."""
    return analysis in MIXED or (analysis == "gee_cr2" and trial.baseline == "cohort")


def _unequal(own: ByLocation, analysis: Analysis) -> Fits:
    if analysis == "location_means_t":
        return location_means_unequal(own)
    if analysis == "gee_cr2":
        return gee(own)
    return fitted_unequal(own.pooled(), _rule(analysis))


def _permuted(own: ByLocation, effect: float, rng: np.random.Generator, level: float) -> Tally:
    """Without a standard error; failed: too few locations in which somebody answers."""
    error, rejects, keeps = permuted(own, effect, level, rng)
    none = np.full(len(error), np.nan)
    return tally(error, none, none, effect, level, np.isnan(error), rejects, keeps)
