"""What is said where a bootstrap has few to draw from."""

import numpy as np

from cesp_analysis.economics.bootstrap import FEW, Units
from cesp_analysis.economics.sampled import SITES

SIMULATED = (
    (4, "fewer than four were not simulated"),
    (6, "of simulated intervals of 95% with four or five link workers 93 to 96% held the truth"),
    (13, "of simulated intervals of 95% with eight or twelve link workers 95% held the truth"),
)
"""Below how many of an arm what held (docs/validation.md); of more nothing is said."""


def few_to_draw(units: Units, cluster: str, place: str) -> str:
    """A sentence where an arm of a site has few to draw from; '' elsewhere."""
    where = f"in an arm{' of a site' if place == SITES else ''}"
    ends = np.cumsum((0, *units.counts))
    there = np.searchsorted(ends, units.unit, side="right") - 1
    people = np.bincount(there, minlength=len(units.counts))
    whole = [n for n, of in zip(units.counts, people.tolist(), strict=True) if of > n]
    alone = [n for n, of in zip(units.counts, people.tolist(), strict=True) if of == n]
    for limit, held in SIMULATED:
        if whole and min(whole) < limit:
            what = f"{cluster.replace('_', ' ')}s (or people without one)"
            return f"{min(whole)} {what} {where} are few to draw from: {held}"
    if alone and min(alone) < FEW:
        return f"{min(alone)} people {where} are few to draw from: fewer than 60 were not simulated"
    return ""
