"""Whether two groups can be weighted to be alike: linear separation and the reach of a mean.

A logistic propensity has no maximum if a direction of the covariates parts the groups (Albert &
Anderson 1984, Biometrika 71:1-10). Weights of a group cannot reach a mean outside the convex hull
of its records. Both are one question, asked of a linear programme: is there a direction v with
rows @ v >= 0 for all rows and > 0 for some?
"""

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.models.least_squares import DEPENDENT
from cesp_analysis.models.refusals import Collinear, NotEstimable
from cesp_analysis.models.separation import separating_direction

Range = tuple[float, float]


class Parted(NotEstimable):
    """Covariates part two groups: no propensity can be fitted.

    columns: their positions; ranges: of the target group and the other, where one alone parts them;
    cell: which group was to be made like the target, where there are several (strata_of).
    """

    def __init__(self, columns: tuple[int, ...], ranges: tuple[Range, Range] | None = None) -> None:
        self.columns, self.ranges = columns, ranges
        self.cell: int | None = None
        super().__init__(f"columns {', '.join(map(str, columns))} part the two groups")


class OutOfReach(NotEstimable):
    """No weights give a group the target's means.

    columns: of which covariates; target: the mean, where it is one; held: its range in the group;
    cell: as above.
    """

    def __init__(
        self, columns: tuple[int, ...], target: float | None = None, held: Range | None = None
    ) -> None:
        self.columns, self.target, self.held = columns, target, held
        self.cell: int | None = None
        super().__init__(f"the target's mean of columns {', '.join(map(str, columns))} is too far")


class DependentIn(NotEstimable):
    """Covariates repeat each other within one arm and time: cell 0 to 3 as strata_of counts."""

    def __init__(self, cell: int, columns: tuple[int, ...]) -> None:
        self.cell, self.columns = cell, columns
        super().__init__(f"columns {columns} are dependent in cell {cell}")


def refuse_dependent(x: Floats) -> None:
    """Raise Collinear if columns of x (n, k), or a constant and they, say the same thing twice."""
    found = [np.ones(len(x)) / np.sqrt(len(x))]
    dependent = []
    for position, column in enumerate(x.T):
        length = float(np.linalg.norm(column))
        rest = column / length if length > 0 else column
        for _ in range(2):  # twice is enough (Giraud et al. 2005): orthogonal to rounding
            for axis in found:
                rest = rest - axis * (axis @ rest)
        left = float(np.linalg.norm(rest))
        if left <= DEPENDENT:
            dependent.append(position)
        else:
            found.append(rest / left)
    if dependent:
        raise Collinear(dependent)


def refuse_separated(x: Floats, treated: np.ndarray) -> None:
    """Raise Parted if a direction of x (n, k) parts the treated from the others."""
    for column, value in enumerate(x.T):
        one, other = value[treated], value[~treated]
        if one.min() >= other.max() or one.max() <= other.min():
            raise Parted((column,), (_range(one), _range(other)))
    signs = np.where(treated, 1.0, -1.0)[:, None]
    found = separating_direction(np.column_stack([np.ones(len(x)), x]) * signs)
    if found is not None:
        raise Parted(_named(found[1:]))


def refuse_out_of_reach(x: Floats, target: Floats) -> None:
    """Raise OutOfReach if `target` (k,) is not inside the convex hull of the rows of x (n, k)."""
    for column, value in enumerate(x.T):
        if not value.min() < target[column] < value.max():
            raise OutOfReach((column,), float(target[column]), _range(value))
    found = separating_direction(x - target)
    if found is not None:
        raise OutOfReach(_named(found))


def _range(value: Floats) -> Range:
    return float(value.min()), float(value.max())


def _named(found: Floats) -> tuple[int, ...]:
    """Positions of the covariates that a direction is made of."""
    return tuple(int(i) for i in np.flatnonzero(found))
