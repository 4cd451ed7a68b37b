"""What is said of Welch's degrees of freedom where a group has two or three records."""

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.least_squares import LeastSquares
from cesp_analysis.models.sandwich import cells_of

HELD = {2: "88%", 3: "92%"}
"""Of simulated studies with so many in one group and 20 in the other the 95% interval held the
truth (docs/validation.md); 4 against 20: 94%."""


def few_by_welch(counts: Codes) -> tuple[str, ...]:
    """A sentence where the smallest of the groups compared has two or three records; counts (g,):
    the groups', 0 for those that are none."""
    there = np.asarray(counts)[np.asarray(counts) > 0]
    if not len(there) or int(there.min()) not in HELD:
        return ()
    n = int(there.min())
    return (
        f"one of the groups compared has {n} records: their variance is hardly known, and with {n}"
        f" in one group and 20 in the other 95% intervals held the truth in {HELD[n]} of simulated"
        " studies",
    )


def few_in_cells(fit: LeastSquares, contrast: Floats) -> tuple[str, ...]:
    """The same of a regression on means of cells, of those that the contrast (k,) compares."""
    cells = cells_of(fit)
    if cells is None:
        return ()
    leads = np.abs(fit.x @ (fit.bread @ contrast))
    return few_by_welch(np.bincount(cells[leads > leads.max() * 1e-9]))
