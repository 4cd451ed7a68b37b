"""Whether a likelihood has its maximum at finite coefficients: separation, decided exactly.

Sources: Albert & Anderson (1984), Biometrika 71:1-10 (complete and quasi-complete separation);
Konis (2007), thesis, University of Oxford (the linear programme); Santos Silva & Tenreyro (2010),
Economics Letters 107:310-12, and Correia, Guimaraes & Zylkin (2019), arXiv:1903.01633 (Poisson).
"""

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.models.refusals import Collinear, NotEstimable

# Columns are scaled to a largest entry of 1 and directions to at most 1, so that a row's part is of
# order 1; HiGHS holds constraints to 1e-7.
_ABOVE_ZERO = 1e-6


class Separated(NotEstimable):
    """The likelihood rises for ever along a direction.

    columns: positions in x of the coefficients that have no finite value; records: how many are
    fitted without error in the limit, None where that is not counted.
    """

    def __init__(self, columns: tuple[int, ...], records: int | None = None) -> None:
        self.columns, self.records = columns, records
        super().__init__("the likelihood has no maximum at finite coefficients (separation)")


def shifted(error: Collinear | Separated, by: int) -> NotEstimable:
    """The same with columns counted in a design that has `by` columns more in front."""
    columns = tuple(column + by for column in error.columns)
    if isinstance(error, Separated):
        return Separated(columns, error.records)
    return Collinear(columns)


def separating_direction(above: Floats, zero: Floats | None = None) -> Floats | None:
    """A direction g (k,) with above @ g >= 0, not all zero, and zero @ g = 0; None: there is none.

    above (m, k): rows whose fit cannot get worse along g; zero (l, k): rows whose fit must stay.
    """
    from scipy.optimize import linprog  # type: ignore[import-untyped, unused-ignore]

    above = np.unique(above, axis=0)
    zero = np.zeros((0, above.shape[1])) if zero is None else np.unique(zero, axis=0)
    size = np.max(np.abs(np.vstack([above, zero])), axis=0)
    size = np.where(size > 0, size, 1.0)
    found = linprog(
        -(above / size).sum(axis=0),
        A_ub=-above / size,
        b_ub=np.zeros(len(above)),
        A_eq=zero / size if len(zero) else None,
        b_eq=np.zeros(len(zero)) if len(zero) else None,
        bounds=(-1, 1),
        method="highs",
    )
    if not found.success:  # zero is always a solution, and the region is bounded
        raise NotEstimable(f"whether records are separated could not be decided ({found.message})")
    direction = np.asarray(found.x)
    if float(np.max(above / size @ direction, initial=0.0)) <= _ABOVE_ZERO:
        return None
    return np.where(np.abs(direction) > _ABOVE_ZERO, direction / size, 0.0)
