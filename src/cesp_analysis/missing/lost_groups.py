"""Who is lost and why: gaps by the event before them, for scenarios by groups."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.missing.answers import Answers, Marks
from cesp_analysis.models.cluster_sums import Floats
from cesp_analysis.study.missing_sensitivity import NO_EVENT, PatternShift

if TYPE_CHECKING:
    import pandas as pd


def group_of(
    shift: PatternShift, answers: Answers, events: "pd.DataFrame", positions: Floats
) -> Marks:
    """The imputed gaps (n, t) that a shift speaks of; positions (t,) of the times.

    A gap belongs to the first event that was before the time; an undated event is before all times
    after the reference.
    """
    first, reasons = first_events(answers, events, positions)
    own = answers.later & (first == shift.event)
    if shift.reasons:
        own &= np.isin(reasons, shift.reasons)
    if shift.arm is not None:
        own &= (answers.arm == (1 if shift.arm == "intervention" else 0))[:, None]
    return np.asarray(own)


def first_events(
    answers: Answers, events: "pd.DataFrame", positions: Floats
) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """Name of the first event before each time (n, t), or no_event, and its reason."""
    place = {name: index for index, name in enumerate(answers.people)}
    names = np.full(answers.gaps.shape, NO_EVENT, dtype=object)
    reasons = np.full(answers.gaps.shape, "", dtype=object)
    earliest = np.full(answers.gaps.shape, np.inf)
    for row in events.to_dict("records"):
        person = place.get(str(row["unit"]))
        if person is None:
            continue
        known = row["elapsed"] == row["elapsed"] and row["elapsed"] is not None
        when = float(row["elapsed"]) if known else positions[answers.first]
        new = (positions >= when) & (when < earliest[person])
        earliest[person, new] = when
        names[person, new] = str(row["event"])
        reasons[person, new] = row["reason"] if isinstance(row["reason"], str) else ""
    return names, reasons


def by_groups(
    shifts: Mapping[int, tuple[Marks, float]], answers: Answers
) -> Floats:
    """Completed answers (m, n, t): each group's gaps moved by its own shift."""
    filled = answers.filled.copy()
    for marks, by in shifts.values():
        filled += by * marks
    return filled
