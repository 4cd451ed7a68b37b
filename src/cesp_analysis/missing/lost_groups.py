"""Who is lost and why: gaps by the event before them, for scenarios by groups."""

from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.declared.missing_sensitivity import NO_EVENT, PatternShift
from cesp_analysis.missing.outcome_sets import Marks, OutcomeSets
from cesp_analysis.panel.came_by import came_by

if TYPE_CHECKING:
    import pandas as pd

Words = np.ndarray[Any, np.dtype[np.object_]]


def group_of(
    shift: PatternShift, answers: OutcomeSets, events: "pd.DataFrame", due: Floats
) -> Marks:
    """The imputed gaps (n, t) that a shift speaks of; due (t,): until when answers count.

    A gap belongs to the first event that came before its answer was due (see came_by).
    """
    first, reasons = first_events(answers, events, due)
    own = answers.later & (first == shift.event)
    if shift.reasons:
        own &= np.isin(reasons, shift.reasons)
    if shift.arm is not None:
        own &= (answers.arm == (1 if shift.arm == "intervention" else 0))[:, None]
    return np.asarray(own)


def first_events(answers: OutcomeSets, events: "pd.DataFrame", due: Floats) -> tuple[Words, Words]:
    """Name of the first event before each answer was due (n, t), or no_event, and its reason; one
    without a date is put at the person's last answer."""
    place = {name: index for index, name in enumerate(answers.people)}
    names = np.full(answers.gaps.shape, NO_EVENT, dtype=object)
    reasons = np.full(answers.gaps.shape, "", dtype=object)
    earliest = np.full(answers.gaps.shape, np.inf)
    for row in events.to_dict("records"):
        person = place.get(str(row["unit"]))
        if person is None:
            continue
        when = float(row["elapsed"])
        seen = np.isfinite(answers.observed[person])
        came = came_by(np.array([when]), due, seen[None, :])[0]
        if np.isnan(when):
            when = due[np.flatnonzero(seen)[-1]] if seen.any() else -np.inf
        new = came & (when < earliest[person])
        earliest[person, new] = when
        names[person, new] = str(row["event"])
        reasons[person, new] = row["reason"] if isinstance(row["reason"], str) else ""
    return names, reasons
