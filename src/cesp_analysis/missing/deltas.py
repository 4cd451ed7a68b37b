"""How large shifts of an outcome's missing answers are: as declared, or by its MID and SD."""

from dataclasses import dataclass
from math import ceil

import numpy as np

from cesp_analysis.declared.missing_sensitivity import Delta, ShiftUnit
from cesp_analysis.declared.outcomes import Outcome
from cesp_analysis.missing.outcome_sets import OutcomeSets

FAR = 2.0
"""SDs to which the map goes where nothing is declared: those who are lost would then be others than
those who stay by as much as any two people usually are."""
SEARCHED = 5.0
"""SDs to which tipping points are looked for."""
HALF = 0.5
STILL = "the answers at the reference time do not vary: no SD says how far a shift goes"


@dataclass(frozen=True)
class Size:
    """In the outcome's unit: one step, and how far the map goes.

    sd: of the answers at the reference time; mid: or None; worse: -1 or 1, the way to a worse
    answer (-1 where neither is).
    """

    step: float
    most: float
    sd: float
    mid: float | None
    worse: float

    def in_unit(self, unit: ShiftUnit) -> float:
        """What one of a unit of shifts is, in the outcome's own."""
        if unit == "mid":
            assert self.mid is not None
            return self.mid
        return self.sd if unit == "sd" else 1.0


def size_of(outcome: Outcome, declared: Delta | None, answers: OutcomeSets) -> Size | str:
    """The shifts of an outcome; or why no SD tells what is far."""
    seen = answers.observed[:, answers.first]
    seen = seen[np.isfinite(seen)]
    sd = float(np.std(seen, ddof=1)) if len(seen) > 1 else 0.0
    if not sd > 0:
        return STILL
    mid = outcome.mid.value if outcome.mid else None
    worse = 1.0 if outcome.direction == "lower_is_better" else -1.0
    if declared is not None:
        one = Size(0, 0, sd, mid, worse).in_unit(declared.unit)
        return Size(declared.step * one, declared.most * one, sd, mid, worse)
    if mid is not None:
        steps = max(1, ceil(FAR * sd / mid))
        return Size(mid, steps * mid, sd, mid, worse)
    return Size(HALF * sd, FAR * sd, sd, None, worse)
