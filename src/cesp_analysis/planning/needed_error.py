"""Monte Carlo standard errors of the locations, and the people, that power asks for.

Both are worked out at the medians of the draws, and move with them. The draws are dealt out to
parts, each with medians of its own; the SD of what the parts ask for, over the root of their
number, is the error of what all of them do (batch means; Flegal, Haran & Jones 2008, Stat Sci
23:250-60). Published pairs are drawn equally often: their medians have no such error, and are the
same in all parts.
"""

from collections.abc import Collection, Mapping

import numpy as np

from cesp_analysis.planning.designed import OfLocations
from cesp_analysis.planning.known import Floats
from cesp_analysis.planning.of_people import OfPeople
from cesp_analysis.planning.uncertain import Uncertain, crossed, error_of_mean

PARTS = 20


def middles(drawn: Uncertain, published: Collection[str] = ()) -> dict[str, Floats]:
    """The medians (PARTS,) of each parameter, by part; published: parameters that are pairs."""
    found = {}
    for name, values in drawn.values.items():
        if name in published:
            found[name] = np.full(PARTS, np.median(values))
        else:
            found[name] = np.array([np.median(values[at::PARTS]) for at in range(PARTS)])
    return found


def errors_of_needed(
    own: OfLocations | OfPeople,
    drawn: Uncertain,
    sizes: Mapping[str, Floats],
    target: float,
    published: Collection[str] = (),
) -> dict[str, Floats]:
    """Of designs (k,), locations and people of each: needed_mcse and people_needed_mcse (k,).

    NaN where the medians of some part ask for what no number gives.
    """
    fields = crossed(sizes, middles(drawn, published))
    told = {"needed": own.needed, "people_needed": own.people_needed}
    return {f"{name}_mcse": _error(ask(fields, target, whole=False)) for name, ask in told.items()}


def _error(asked: Floats) -> Floats:
    parts = asked.reshape(-1, PARTS)
    return error_of_mean(parts)
