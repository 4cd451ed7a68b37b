"""Trials simulated until a Monte Carlo error asked for is reached, or the most that are allowed."""

from dataclasses import dataclass
from math import ceil

from cesp_analysis.planning.performance import (
    Performance,
    Tally,
    added,
    cautious_mcse,
    performance_of,
)
from cesp_analysis.planning.trial_analyses import (
    Analysis,
    Planned,
    block_size,
    must_be_answerable,
)
from cesp_analysis.planning.trial_blocks import tallies

FASTEST = 4
"""A round makes at most this many times as many trials as there are."""


@dataclass(frozen=True)
class Stopped:
    """reached: whether the Monte Carlo error of power is the one asked for; error: what it is,
    cautiously (two trials of each kind are added, so that none of 10 is not certainty)."""

    performance: Performance
    reached: bool
    error: float


def until(
    trial: Planned,
    analysis: Analysis,
    error: float,
    most: int,
    seed: int,
    scenario: str,
    level: float = 0.95,
    workers: int = 1,
) -> Stopped:
    """Simulate until the Monte Carlo standard error of power is at most `error`, or `most` trials
    have been made (whole blocks, at least one).

    How many blocks a round has follows from the trials before it alone, so that the answer does not
    depend on workers. Raises NotEstimable as `simulated` does.
    """
    must_be_answerable(trial, analysis, level)
    if not error > 0:
        raise ValueError(f"the Monte Carlo error asked for must be above 0, not {error}")
    size = block_size(trial, analysis)
    last = max(most // size, 1)
    made: list[Tally] = []
    wanted = 1
    while True:
        more = range(len(made), wanted)
        made += tallies(trial, analysis, more, seed, scenario, level, workers)
        own = error_of(made)
        if own <= error or len(made) >= last:
            return Stopped(performance_of(made), own <= error, own)
        needed = ceil(len(made) * (own / error) ** 2)
        wanted = min(max(needed, len(made) + 1), FASTEST * len(made), last)


def error_of(made: list[Tally]) -> float:
    """The Monte Carlo standard error of power, never 0."""
    total = added(made)
    return cautious_mcse(total.rejected, total.n - total.failed)
