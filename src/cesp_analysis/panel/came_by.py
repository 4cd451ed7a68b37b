"""Whether an event came before an answer was due: one rule for all who ask why there is none.

An answer counts for a time until its window ends. Who died 6.2 months after their start, and whose
answer at 6 months was due until 8, could not have given it on each of its days: by the window's end
they were dead, and their death says more of the gap than 'no answer'. So an event counts for a gap
that came by the end of the window, its last day included; without a window that is the time itself.

An event that is known to have happened, but not when, came after the last answer the person gave:
it cannot have ended what went on, and a later moment would leave a gap without its reason. Who
never answered has it at all times.

The flow (describe/flow_events.py) says the same of people one by one. An answer that was given is
another question: the day of its record tells whether it came after an event.
"""

from collections.abc import Mapping

import numpy as np

from cesp_analysis.arrays import Bools, Floats
from cesp_analysis.declared.design import Moment


def due_of(moment: Moment, windows: Mapping[str, tuple[float, float]]) -> float:
    """Until when an answer at a time counts, in the study's unit since a person's start."""
    return windows.get(moment.name, (moment.position, moment.position))[1]


def came_by(elapsed: Floats, due: Floats, answered: Bools) -> Bools:
    """Whether each person's event came before each time's answer was due, (n, t).

    elapsed (n,): from the person's start to the event, NaN: not known when, infinite: it did not
    happen; due (t,): see due_of, in order; answered (n, t): what the person gave an answer to.
    """
    number = np.arange(len(due))
    last = np.where(answered, number, -1).max(axis=1, initial=-1)[:, None]
    when = np.asarray(elapsed, dtype=float)[:, None]
    with np.errstate(invalid="ignore"):  # of undated ones
        return np.asarray(np.where(np.isnan(when), number > last, when <= due))
