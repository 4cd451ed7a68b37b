"""Which locations are observed in which periods, and treated when: the layout of a trial.

How it is computed: a layout is a small matrix, sequences by periods, of 0 (not yet, or never,
treated), 1 (treated) and NaN (not observed), with the share of the locations that follow each
sequence. Every formula and every simulated trial starts from it, so that a parallel trial, one with
a baseline, a crossover trial and a stepped wedge differ in the matrix alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.models.refusals import NotEstimable

Kind = Literal[
    "parallel_post", "parallel_baseline", "before_after", "crossover", "stepped_wedge", "staircase"
]
Analysis = Literal["adjusted", "change"]

TWO_ARMS: tuple[Kind, ...] = ("parallel_post", "parallel_baseline", "before_after", "crossover")
_WHOLE = 1e-9  # how far from a whole number a count of locations may be by rounding
_MOST = 10_000  # locations tried for one that the shares divide


@dataclass(frozen=True)
class Layout:
    """treated (sequences, periods): 0, 1 or NaN (not observed); share (sequences,) of locations.

    loses_from: the period from which on people are lost (0: already in the first, if nobody is
    measured before the intervention); counted within the periods that a sequence is observed in.
    """

    kind: Kind
    treated: Floats
    share: Floats
    loses_from: int = 1

    @property
    def periods(self) -> int:
        """Periods of the trial, observed in any sequence or not."""
        return int(self.treated.shape[1])

    @property
    def sequences(self) -> int:
        """Groups of locations that are treated at the same time."""
        return int(self.treated.shape[0])

    @property
    def observed(self) -> NDArray[np.bool_]:
        """Which sequence is measured when (sequences, periods)."""
        return ~np.isnan(self.treated)

    @property
    def least_of_a_sequence(self) -> int:
        """Locations without which no variation between them is seen: two in each of two arms."""
        return 2 if self.kind in TWO_ARMS else 1

    @property
    def fewest(self) -> float:
        """Fewest locations of the whole trial for which each sequence has enough."""
        return float(self.least_of_a_sequence / self.share.min())

    def whole(self, locations: float) -> int:
        """The smallest number of locations, at least so many, that the shares divide evenly.

        Raises NotEstimable if none of the next 10,000 does.
        """
        first = max(ceil(locations - _WHOLE), ceil(self.fewest - _WHOLE))
        for total in range(first, first + _MOST):
            each = total * self.share
            if np.all(np.abs(each - np.rint(each)) < 1e-6):
                return total
        raise NotEstimable("no number of locations divides by these shares of the sequences")


def parallel_post(share: float = 0.5) -> Layout:
    """Two arms, measured once, after the intervention; share: of locations that are treated."""
    return _layout("parallel_post", [[0.0], [1.0]], [1 - share, share], 0)


def parallel_baseline(share: float = 0.5) -> Layout:
    """Two arms, measured before and after; arms do not differ before but by chance."""
    return _layout("parallel_baseline", [[0.0, 0.0], [0.0, 1.0]], [1 - share, share])


def before_after(share: float = 0.5) -> Layout:
    """A controlled before-and-after study with many locations: nobody randomised, so `change`."""
    return replace(parallel_baseline(share), kind="before_after")


def crossover() -> Layout:
    """Two sequences that change places, in two periods."""
    return _layout("crossover", [[0.0, 1.0], [1.0, 0.0]], [0.5, 0.5])


def stepped_wedge(steps: int, periods: int | None = None) -> Layout:
    """A stepped wedge: a sequence a step, the first treated from the second period on.

    periods: steps + 1 unless said; with more, all stay treated at the end. Raises NotEstimable.
    """
    periods = steps + 1 if periods is None else periods
    if steps < 2 or periods < steps + 1:
        raise NotEstimable(
            f"a stepped wedge needs 2 or more steps and a period more than steps, not {steps} steps"
            f" in {periods} periods"
        )
    treated = (np.arange(periods) > np.arange(steps)[:, None]).astype(np.float64)
    return _layout("stepped_wedge", treated, np.full(steps, 1 / steps))


def staircase(steps: int, before: int = 1, after: int = 1) -> Layout:
    """Each sequence is measured only so many periods before its switch and after (a staircase).

    Source: Grantham, Forbes, Hooper & Kasza 2024, Stat Methods Med Res 33:24-41.
    """
    if min(steps, before, after) < 1:
        raise NotEstimable("a staircase needs steps, and periods before and after, of 1 or more")
    periods = steps + before + after - 1
    from_switch = np.arange(periods) - before - np.arange(steps)[:, None]
    seen = (from_switch >= -before) & (from_switch < after)
    treated = np.where(seen, (from_switch >= 0).astype(np.float64), np.nan)
    return _layout("staircase", treated, np.full(steps, 1 / steps))


def batched(layout: Layout, batches: int, later: int) -> Layout:
    """The layout once a batch of locations, each batch so many periods later than the one before.

    Source: Kasza, Bowden, Hooper & Forbes 2022, Stat Med 41:3627-41; period effects are the
    calendar's, shared by batches that are in the field together.
    """
    if batches < 1 or later < 1:
        raise NotEstimable("batches and the periods between their starts must be 1 or more")
    periods = layout.periods + later * (batches - 1)
    treated = np.full((batches * layout.sequences, periods), np.nan)
    for batch in range(batches):
        rows = slice(batch * layout.sequences, (batch + 1) * layout.sequences)
        treated[rows, batch * later : batch * later + layout.periods] = layout.treated
    share = np.tile(layout.share, batches) / batches
    return replace(layout, treated=treated, share=share)


def _layout(
    kind: Kind,
    treated: Sequence[Sequence[float]] | Floats,
    share: Sequence[float] | Floats,
    loses_from: int = 1,
) -> Layout:
    made = Layout(kind, np.asarray(treated, dtype=np.float64), np.asarray(share), loses_from)
    if not ((made.share > 0).all() and abs(made.share.sum() - 1) < _WHOLE):
        raise NotEstimable("shares of locations must be above 0 and add up to 1")
    return made
