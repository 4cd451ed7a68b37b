"""Trials of people served by link workers, in blocks with random numbers of their own."""

from functools import partial

import numpy as np

from cesp_analysis.planning.individual_draws import drawn_alike, drawn_unequal
from cesp_analysis.planning.individual_trials import IndividualTrial, lead_of
from cesp_analysis.planning.mixed_trials import Fitted, Rule, only_of
from cesp_analysis.planning.performance import Performance, Tally, performance_of, tally
from cesp_analysis.planning.strata import identified
from cesp_analysis.planning.wedge_blocks import in_order
from cesp_analysis.streams import seed_of

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


def block(
    trial: IndividualTrial, rule: Rule, seed: int, scenario: str, number: int, level: float = 0.95
) -> Tally:
    """Draw and analyse block `number` of a scenario: the same whoever does it, and when."""
    own = seed_of(seed, "planning", scenario, f"block {number}")
    fits = fits_of(trial, rule, np.random.Generator(np.random.SFC64(own)), block_size(trial))
    return tally(fits.estimate, fits.std_error, fits.df, trial.effect, level, fits.failed)


def simulated(
    trial: IndividualTrial,
    rule: Rule,
    trials: int,
    seed: int,
    scenario: str,
    level: float = 0.95,
    workers: int = 1,
) -> Performance:
    """Performance of the mixed model in at least so many trials: whole blocks.

    Raises NotEstimable: no trial has an answer.
    """
    if trials < 2:
        raise ValueError(f"at least 2 trials are simulated, not {trials}")
    blocks = range(-(-trials // block_size(trial)))
    own = partial(block, trial, rule, seed, scenario, level=level)
    return performance_of(in_order(own, blocks, workers))
