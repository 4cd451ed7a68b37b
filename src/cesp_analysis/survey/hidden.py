"""Which parts of a whole are not shown: those of few respondents, and what would tell of them.

Parts add up to a total that stands beside them, so that one part left out follows by subtraction.
With it the next smallest is left out, until two at least are, of as many respondents as one part
that is shown. Source: Hundepool et al. (2012), Statistical Disclosure Control, ch. 4 (secondary
suppression in one dimension); no audit of tables against each other.
"""

from collections.abc import Hashable, Mapping
from typing import TypeVar

import numpy as np

from cesp_analysis.numbers import NOT_SHOWN

At = TypeVar("At", bound=Hashable)
BESIDE = f"{NOT_SHOWN}: with the total it would tell of a part with too few"


def hidden(counts: np.ndarray, least: int) -> np.ndarray:
    """Which parts (k,) are not shown, by how many respondents each has; nobody is no secret."""
    few = (counts > 0) & (counts < least)
    if not few.any():
        return few
    found = few.copy()
    for at in np.argsort(counts, kind="stable"):
        if found.sum() > 1 and counts[found].sum() >= least:
            break
        found[at] |= counts[at] > 0
    return found


def reasons(counts: np.ndarray, least: int, of: str) -> list[str]:
    """Why each part (k,) is not shown, '' where it is; of: what is counted, 'answers'."""
    return [
        "" if not gone else fewer(least, of) if n < least else BESIDE
        for n, gone in zip(counts.tolist(), hidden(counts, least), strict=True)
    ]


def fewer(least: int, of: str) -> str:
    """The sentence on a part with too few."""
    return f"{NOT_SHOWN}: fewer than {least} {of}"


def reasons_by(
    counts: Mapping[At, int], whole: Mapping[At, Hashable], least: int, of: str
) -> dict[At, str]:
    """The same of parts by name, each within the whole that it adds to."""
    found: dict[At, str] = {}
    for one in dict.fromkeys(whole.values()):
        own = [at for at in counts if whole[at] == one]
        said = reasons(np.array([counts[at] for at in own]), least, of)
        found |= dict(zip(own, said, strict=True))
    return found
