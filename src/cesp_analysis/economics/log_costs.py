"""The logarithms of costs, which stand for them wherever costs foretell what else is imputed.

A few people cost as much as all others together. As they are, their costs settle the slope of a
line nearly alone (leverage) and lead it far beyond any utility; logarithms lie near one another.
"""

from collections.abc import Callable, Collection

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.missing.equations import About, Equations
from cesp_analysis.missing.recipe import Passive


def with_logs(equations: Equations, costs: Collection[str]) -> None:
    """Add to a table the logarithms of its columns of these variables, each of which stands for its
    column in the equations of all others; none of a column in which nobody costs anything.

    A typical cost is the median of those who cost anything, which a few dear ones do not move.
    """
    for column, values in zip(list(equations.columns), list(equations.values), strict=True):
        about, sizes = equations.about[column.name], np.abs(values[np.isfinite(values)])
        if about.variable not in costs or not sizes.any():
            continue
        of = logarithm(float(np.median(sizes[sizes > 0])))
        name = f"log {column.name}"
        equations.passive.append(Passive(name, (column.name,), of, stands_in=True))
        equations.about[name] = About(f"log {about.variable}", about.kind, about.time)
        equations.keep += [name] * (column.name in equations.keep)


def logarithm(typical: float) -> Callable[[Floats], Floats]:
    """log(1 + cost / typical cost) of columns (…, 1); below 0 (what was saved) that of its size,
    with its sign."""

    def of(x: Floats) -> Floats:
        cost = x[..., 0]
        return np.asarray(np.sign(cost) * np.log1p(np.abs(cost) / typical))

    return of
