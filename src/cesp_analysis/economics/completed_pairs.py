"""Incremental cost and QALYs by two regressions together, of tables that differ from one another.

What replicated.py does of people who are drawn again, of completed tables, each with rows and
values of its own: by the same elimination, of all products of columns, so that a sample costs one
small system, whatever its number of people.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.economics.replicated import coefficients
from cesp_analysis.models.cluster_sums import Floats

Together = tuple[int, int, int]
"""How many columns stand first: of both equations (the arm the last), of cost's own, of QALYs'."""
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


def stacked(columns: Floats, together: Together) -> PairEffects:
    """Effects of B samples, each with columns (B, n, m) of its own, all with as many people."""
    common, *own = together
    scale = np.sqrt((columns**2).mean(axis=(0, 1)))
    z = columns / np.where(scale > 0, scale, 1.0)
    tables = np.ascontiguousarray((z.transpose(0, 2, 1) @ z).transpose(1, 2, 0))
    for j in range(columns.shape[2] - 2):
        if j != common - 1:  # nobody of an arm: no effect of it
            tables[j, j] += tables[j, j] == 0  # its coefficient is 0
    people = np.full(len(columns), float(columns.shape[1]))
    both, bad = coefficients(tables, common, (own[0], own[1]), people, DEPENDENT)
    found = np.stack([one[common - 1] for one in both], axis=1)
    found[bad] = np.nan
    return PairEffects(found * (scale[-2:] / scale[common - 1]), bad)
