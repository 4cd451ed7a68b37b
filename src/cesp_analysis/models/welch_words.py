"""What is said of an interval where a group has two or three of what is taken as independent."""

from collections.abc import Sequence

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.least_squares import LeastSquares
from cesp_analysis.models.sandwich import cells_of

HELD = {2: "87 to 88%", 3: "92 to 93%"}
"""Of simulated studies with so many in one group and 20 to 100 in the other the 95% interval held
the truth (docs/validation.md); 4 against 20: 94%."""
NOUNS = {
    "person": "people",
    "respondent": "respondents",
    "record": "records",
    "link_worker": "link workers",
    "neighbourhood": "neighbourhoods",
    "site": "sites",
}
"""A level → several of its units, in words."""


def few_by_welch(counts: Codes | Sequence[int], level: str) -> tuple[str, ...]:
    """A sentence where the smallest of the groups compared has two or three units of a level that
    are taken as independent; counts (g,): the groups', 0 for those that are none."""
    least = min((int(count) for count in counts if count > 0), default=0)
    if least not in HELD:
        return ()
    noun = NOUNS[level]
    return (
        f"one of the groups compared has {least} {noun}: their variance is hardly known, and with"
        f" so few in one group and 20 to 100 {noun} in the other 95% intervals held the truth in"
        f" {HELD[least]} of simulated studies",
    )


def few_in_cells(fit: LeastSquares, contrast: Floats, level: str) -> tuple[str, ...]:
    """The same of a regression on means of cells, of those that the contrast (k,) compares."""
    cells = cells_of(fit)
    if cells is None:
        return ()
    leads = np.abs(fit.x @ (fit.bread @ contrast))
    return few_by_welch(np.bincount(cells[leads > leads.max() * 1e-9]), level)


def few_in_groups(groups: Codes, units: Codes | None, level: str) -> tuple[str, ...]:
    """The same of groups (n,), 0.., of records that are each independent (None) or in units (n,),
    which are."""
    if units is None:
        return few_by_welch(np.bincount(groups), level)
    pairs = np.unique(np.column_stack([groups, units]), axis=0)
    return few_by_welch(np.bincount(pairs[:, 0]), level)
