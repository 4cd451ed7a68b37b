"""Trials of any layout in blocks, each with random numbers of its own: same bytes on any cores."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

import numpy as np

from cesp_analysis.planning.mixed_trials import Fitted, Rule, fitted
from cesp_analysis.planning.performance import Performance, Tally, performance_of, tally
from cesp_analysis.planning.wedge_draws import drawn_means, sums_of
from cesp_analysis.planning.wedge_strata import drawn_strata, of_means
from cesp_analysis.planning.wedge_trials import Wedge
from cesp_analysis.streams import seed_of

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


def block(
    trial: Wedge, rule: Rule, seed: int, scenario: str, number: int, level: float = 0.95
) -> Tally:
    """Draw and analyse block `number` of a scenario: the same whoever does it, and when."""
    own = seed_of(seed, "planning", scenario, f"block {number}")
    fits = fits_of(trial, rule, np.random.Generator(np.random.SFC64(own)), block_size(trial))
    return tally(fits.estimate, fits.std_error, fits.df, trial.effect, level, fits.failed)


def fits_of(trial: Wedge, rule: Rule, rng: np.random.Generator, count: int) -> Fitted:
    """`count` trials drawn and fitted; estimates less the effect."""
    if in_strata(trial) and trial.structure != "decay":
        return fitted(drawn_strata(trial, rng, count), np.ones(1), rule)
    own = drawn_means(trial, rng, count)
    if in_strata(trial):
        return fitted(of_means(trial, own.means, own.within[0]), np.ones(1), rule)
    return fitted(sums_of(trial, own), np.eye(trial.x.shape[-1])[-1], rule)


def tallies(
    trial: Wedge,
    rule: Rule,
    blocks: Sequence[int],
    seed: int,
    scenario: str,
    level: float = 0.95,
    workers: int = 1,
) -> Iterator[Tally]:
    """The tallies of these blocks, in order."""
    return in_order(partial(block, trial, rule, seed, scenario, level=level), blocks, workers)


def in_order(own: Callable[[int], Tally], blocks: Sequence[int], workers: int) -> Iterator[Tally]:
    """What `own` makes of each block, in order, by so many processes."""
    if workers == 1 or len(blocks) < 2 * workers:
        yield from map(own, blocks)
        return
    at_once = max(1, min(64, len(blocks) // (8 * workers)))
    with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
        yield from pool.map(own, blocks, chunksize=at_once)


def simulated(
    trial: Wedge,
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
    return performance_of(tallies(trial, rule, blocks, seed, scenario, level, workers))
