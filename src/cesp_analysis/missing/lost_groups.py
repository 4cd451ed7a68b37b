"""Who is lost and why: gaps by the event before them, for scenarios by groups."""

from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.missing.outcome_sets import Marks, OutcomeSets
from cesp_analysis.models.cluster_sums import Floats
from cesp_analysis.study.missing_sensitivity import NO_EVENT, PatternShift

if TYPE_CHECKING:
    import pandas as pd

Words = np.ndarray[Any, np.dtype[np.object_]]


def group_of(
    shift: PatternShift, answers: OutcomeSets, events: "pd.DataFrame", positions: Floats
) -> Marks:
    """The imputed gaps (n, t) that a shift speaks of; positions (t,) of the times.

    A gap belongs to the first event before its time; one without a date is before all times after
    the person's last answer.
    """
    first, reasons = first_events(answers, events, positions)
    own = answers.later & (first == shift.event)
    if shift.reasons:
        own &= np.isin(reasons, shift.reasons)
    if shift.arm is not None:
        own &= (answers.arm == (1 if shift.arm == "intervention" else 0))[:, None]
    return np.asarray(own)


def first_events(
    answers: OutcomeSets, events: "pd.DataFrame", positions: Floats
) -> tuple[Words, Words]:
    """Name of the first event before each time (n, t), or no_event, and its reason."""
    place = {name: index for index, name in enumerate(answers.people)}
    names = np.full(answers.gaps.shape, NO_EVENT, dtype=object)
    reasons = np.full(answers.gaps.shape, "", dtype=object)
    earliest = np.full(answers.gaps.shape, np.inf)
    for row in events.to_dict("records"):
        person = place.get(str(row["unit"]))
        if person is None:
            continue
        when = float(row["elapsed"])
        if np.isnan(when):
            seen = np.flatnonzero(np.isfinite(answers.observed[person]))
            when = positions[seen[-1]] if len(seen) else -np.inf
        new = (positions > when) & (when < earliest[person])
        earliest[person, new] = when
        names[person, new] = str(row["event"])
        reasons[person, new] = row["reason"] if isinstance(row["reason"], str) else ""
    return names, reasons
