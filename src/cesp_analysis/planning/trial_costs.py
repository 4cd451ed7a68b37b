"""What a trial costs: for being one, for each location, person, survey round and assessment."""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.declared.planning import TrialCosts


@dataclass(frozen=True)
class Visits:
    """Of a design's average location: surveys (periods in which it is measured) and people
    recruited for each of a period's people."""

    surveys: float
    recruited: float


def visits(treated: Floats, share: Floats, sampling: str) -> Visits:
    """Of a layout: treated (sequences, periods), NaN where nobody is measured; share (sequences,).

    cohort: the same people each time, recruited once; cross_section: others each time.
    """
    surveys = float(np.asarray(share) @ np.isfinite(np.asarray(treated, dtype=float)).sum(axis=1))
    surveys /= float(np.sum(share))
    if sampling == "cross_section":
        return Visits(surveys, surveys)
    return Visits(surveys, 1.0)


def cost_of(costs: TrialCosts, seen: Visits, locations: Floats, people: Floats) -> Floats:
    """Cost (n,) of trials with so many locations (n,) of so many people a period (n,).

    Every planned assessment is paid, those of people who are lost included: who does not answer was
    asked too.
    """
    each = costs.location + costs.survey * seen.surveys
    a_person = costs.person * seen.recruited + costs.assessment * seen.surveys
    return np.asarray(costs.fixed + locations * (each + people * a_person))
