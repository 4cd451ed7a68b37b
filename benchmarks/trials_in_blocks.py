"""Trials of one scenario, their blocks shared out to processes: what the jobs of a run do.

Processes, not threads: of arrays that fit a core's cache much of the time is Python's, whose lock
threads would share.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from cesp_analysis.declared.planning import Analysis
from cesp_analysis.planning.performance import Performance, Tally, performance_of
from cesp_analysis.planning.trial_blocks import Planned, block, block_size


def simulated(
    trial: Planned,
    analysis: Analysis,
    trials: int,
    seed: int,
    scenario: str,
    level: float = 0.95,
    workers: int = 1,
) -> Performance:
    """Performance of an analysis in at least so many trials: whole blocks.

    Raises NotEstimable: no trial has an answer.
    """
    blocks = range(-(-trials // block_size(trial, analysis)))
    return performance_of(tallies(trial, analysis, blocks, seed, scenario, level, workers))


def tallies(
    trial: Planned,
    analysis: Analysis,
    blocks: Sequence[int],
    seed: int,
    scenario: str,
    level: float = 0.95,
    workers: int = 1,
) -> Iterator[Tally]:
    """The tallies of these blocks, in order."""
    own = partial(block, trial, analysis, seed, scenario, level=level)
    if workers == 1 or len(blocks) < 2 * workers:
        yield from map(own, blocks)
        return
    at_once = max(1, min(64, len(blocks) // (8 * workers)))
    with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
        yield from pool.map(own, blocks, chunksize=at_once)
