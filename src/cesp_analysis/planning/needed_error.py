"""Monte Carlo standard errors of the locations, and the people, that power asks for.

Both are worked out at the medians of the draws, and move with them. The draws are dealt out to
parts, each with medians of its own; the SD of what the parts ask for, over the root of their
number, is the error of what all of them do (batch means; Flegal, Haran & Jones 2008, Stat Sci
23:250-60). A parameter whose draws repeat is held, or stands for published pairs that are drawn
equally often: its median has no such error and is the same in all parts.
"""

from collections.abc import Mapping

import numpy as np

from cesp_analysis.planning.designed import OfLocations
from cesp_analysis.planning.known import Floats
from cesp_analysis.planning.of_people import OfPeople
from cesp_analysis.planning.uncertain import Uncertain, crossed

PARTS = 20


def middles(drawn: Uncertain) -> dict[str, Floats]:
    """The medians (PARTS,) of each parameter, by part."""
    found = {}
    for name, values in drawn.values.items():
        if len(np.unique(values)) * PARTS <= len(values):
            found[name] = np.full(PARTS, np.median(values))
        else:
            found[name] = np.array([np.median(values[at::PARTS]) for at in range(PARTS)])
    return found


def errors_of_needed(
    own: OfLocations | OfPeople, drawn: Uncertain, sizes: Mapping[str, Floats], target: float
) -> dict[str, Floats]:
    """Of designs (k,), locations and people of each: needed_mcse and people_needed_mcse (k,).

    NaN where the medians of some part ask for what no number gives.
    """
    fields = crossed(sizes, middles(drawn))
    told = {"needed": own.needed, "people_needed": own.people_needed}
    return {f"{name}_mcse": _error(ask(fields, target, whole=False)) for name, ask in told.items()}


def _error(asked: Floats) -> Floats:
    parts = asked.reshape(-1, PARTS)
    return np.asarray(parts.std(axis=1, ddof=1) / PARTS**0.5)
