"""Incremental cost and QALYs by two regressions together, of tables that differ from one another.

What replicated.py does of people who are drawn again, of completed tables, each with rows and
values of its own: by the same elimination, of all products of columns, so that a sample costs one
small system, whatever its number of people.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.economics.eliminated import eliminated

DEPENDENT = 1e-14
"""What the columns before leave of one, as a share of its sum of squares, below which it says what
they say (1e-7 of its length, as in models/least_squares.py)."""


@dataclass(frozen=True)
class PairEffects:
    """effects (B, 2): of the arm on cost and on QALYs; singular (B,): samples whose columns say the
    same thing twice, of which the effects are NaN. A column that is 0 for a whole sample (a
    category that nobody drawn has) takes no part in it."""

    effects: Floats
    singular: np.ndarray


def stacked(columns: Floats) -> PairEffects:
    """Effects of B samples, each with columns (B, n, m) of its own, all with as many people: those
    of both equations, the arm the last of them; cost, QALYs."""
    arm = columns.shape[2] - 3
    scale = np.sqrt((columns**2).mean(axis=(0, 1)))
    z = columns / np.where(scale > 0, scale, 1.0)
    tables = np.ascontiguousarray((z.transpose(0, 2, 1) @ z).transpose(1, 2, 0))
    for j in range(arm):  # the arm: nobody of one, no effect of it
        tables[j, j] += tables[j, j] == 0  # its coefficient is 0
    bad = eliminated(tables, arm + 1, DEPENDENT)
    found = tables[arm, arm + 1 :].T.copy()
    found[bad] = np.nan
    return PairEffects(found * (scale[-2:] / scale[arm]), bad)
