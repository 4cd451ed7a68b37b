"""Many small systems of linear equations at once, each number of a system an array over them.

A library's solver is called once a system, some microseconds each; here an operation is one of
arrays (B,) over all systems, so that ten thousand cost little more than one.
"""

import numpy as np

from cesp_analysis.arrays import Bools, Floats
from cesp_analysis.models.survey_many import LEAST


def eliminated(tables: Floats, pivots: int, least: float = LEAST) -> Bools:
    """Eliminate the first `pivots` rows of tables (r, c, B) from all rows, in place (Gauss–Jordan).

    Of moments [x, y]'[x, y] with x first: tables[:pivots, pivots:] are then the coefficients of y
    on x, tables[pivots:, pivots:] the cross products of residuals. Columns before `pivots` are
    used up. Returns (B,): where x is dependent, what the columns before leave of one is below
    `least` of its sum of squares; the numbers there have no meaning. No pivoting: for symmetric
    tables without negative eigenvalues, which need none.
    """
    singular = np.zeros(tables.shape[2], dtype=np.bool_)
    whole = [tables[j, j].copy() for j in range(pivots)]
    for j in range(pivots):
        left = tables[j, j]
        bad = ~(left > least * whole[j])
        singular |= bad
        row = np.where(bad, 0.0, tables[j, j + 1 :]) / np.where(bad, 1.0, left)
        column = tables[:, j].copy()
        column[j] = 0.0
        tables[:, j + 1 :] -= column[:, None] * row
        tables[j, j + 1 :] = row
    return singular


def solved(matrix: Floats, right: Floats) -> tuple[Floats, Bools]:
    """matrix (k, k, B) \\ right (k, B) → (k, B), and where the matrix is singular (B,)."""
    table = np.concatenate([matrix, right[:, None]], axis=1)
    singular = eliminated(table, len(matrix))
    return table[:, -1], singular
