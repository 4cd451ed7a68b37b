"""p-values and intervals from draws: the sample's statistic among those of its relabellings.

A hypothetical effect theta is taken out of the data before they are drawn anew, so each draw's
statistic is a simple function of theta and the interval is the set of effects not rejected. All
p-values are two-sided; a draw that ties with the sample counts as extreme.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cesp_analysis.arrays import Floats

Weights = Literal["rademacher", "webb"]

# Two statistics closer than this (relative) tie: they come from the same sums in another order.
TIE = 1e-9
STEPS = 40  # of doubling or halving: 1e12 steps away, or within 1e-12 of one


@dataclass(frozen=True)
class DrawTest:
    """A test by draws, at one level of clusters.

    extreme: draws that are at least as extreme as the sample, ties counted; strict: without ties;
    draws: how many (all arrangements, or a random sample of them); p_value; smallest_p: the
    smallest p-value that this test can give; low, high: the effects not rejected at `level`, or
    None where no effect can be rejected at it; clusters: (intervention, control); words.
    """

    estimate: float
    extreme: int
    strict: int
    draws: int
    enumerated: bool
    p_value: float
    smallest_p: float
    low: float | None
    high: float | None
    clusters: tuple[int, int]
    method: str

    def available(self, level: float = 0.95) -> bool:
        """Whether it can reject at all."""
        return self.smallest_p <= 1 - level + TIE


def counted(sizes: Floats, own: float) -> tuple[int, int]:
    """How many of the draws' absolute statistics reach the sample's: with ties, without."""
    return with_ties(sizes, own), int(np.count_nonzero(sizes > own * (1 + TIE)))


def with_ties(sizes: Floats, own: float) -> int:
    """How many of the draws' absolute statistics reach the sample's, ties counted."""
    return int(np.count_nonzero(sizes >= own * (1 - TIE)))


def p_value(extreme: int, draws: int, enumerated: bool) -> float:
    """Share of extreme draws; of random ones the sample itself is one more (Davison & Hinkley)."""
    return extreme / draws if enumerated else (extreme + 1) / (draws + 1)


def ends(
    p_at: Callable[[float], float], estimate: float, scale: float, alpha: float
) -> tuple[float, float] | None:
    """The effects that are not rejected at alpha: the outermost that doubling, then halving, finds.

    p_at: effect → its p-value; scale: a first step, such as a standard error. None: even far away
    nothing is rejected.
    """
    found = []
    for sign in (-1.0, 1.0):
        inside, step = 0.0, scale
        for _ in range(STEPS):
            if p_at(estimate + sign * step) <= alpha:
                break
            inside, step = step, 2 * step
        else:
            return None
        outside = step
        for _ in range(STEPS):
            middle = (inside + outside) / 2
            if p_at(estimate + sign * middle) <= alpha:
                outside = middle
            else:
                inside = middle
        found.append(estimate + sign * inside)
    return found[0], found[1]
