"""An arm that holds one person at a time: no variance is known there, whatever a kind assumes.

Its mean is that one answer, which fits itself; a standard error made of the others' spread, or of
nothing, is no fact of that arm. The same rule for every kind, as for arms of one person.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.declared.design import Moment
from cesp_analysis.models.answers import answers_of
from cesp_analysis.models.check import Check
from cesp_analysis.models.frame import Frame, frame_of
from cesp_analysis.models.results import Estimate, Fit, Mean
from cesp_analysis.models.rows import later_average, needed, without_parts

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.models.spec import ModelSpec


def with_one_in_cell(fitted: Fit, spec: "ModelSpec", panel: "pd.DataFrame") -> Fit:
    """The fit without estimates of times at which an arm holds one person (or respondent), and
    without intervals of that arm's means then."""
    if spec.arms_at() == "neither":
        return fitted
    answers = answers_of(panel, spec)
    rows: dict[str, Estimate] = {}
    means: list[Mean] = []
    for outcome in dict.fromkeys(row.outcome for row in fitted.estimates):
        frame = frame_of(answers, spec, outcome)
        cells = {one.name: _one(spec, frame, one) for one in spec.moments()}
        own = [row for row in fitted.estimates if row.outcome == outcome]
        rows |= {row.estimate_id: row for row in _without(own, spec, cells)}
        means += (_mean(one, spec, cells) for one in fitted.means if one.outcome == outcome)
    made = tuple(rows[row.estimate_id] for row in fitted.estimates)
    lost = {row.estimate_id for row in made if row.status != "estimated"}
    checks = tuple(filter(None, (_of_others(check, lost) for check in fitted.checks)))
    return replace(fitted, estimates=made, means=tuple(means), checks=checks)


@dataclass(frozen=True)
class _Cell:
    """The arms that hold one person at a time, and the sentence that says so."""

    arms: tuple[str, ...]
    reason: str


_Cells = dict[str, _Cell | None]
"""Time → its arms of one person; None where there are none."""


def _without(rows: list[Estimate], spec: "ModelSpec", cells: _Cells) -> Iterator[Estimate]:
    first = cells[spec.reference_time().name] if spec.arms_at() == "time_and_reference" else None
    made = {}
    for row in rows:
        cell = (first or cells.get(row.time)) if row.time else None
        if cell and row.status != "refused":
            row = row.not_estimable(cell.reason)
        made[row.estimate_id] = row
    by_time = {row.time: row for row in made.values() if row.time}
    average = later_average(spec, rows[0].outcome)
    for row in made.values():
        if average and row.time is None and row.status == "estimated":
            row = without_parts(row, average[1], by_time) or row
        yield row


def _mean(mean: Mean, spec: "ModelSpec", cells: _Cells) -> Mean:
    """The mean, without an interval where it is that of one person's answer: then, or at one of the
    two times whose model it is of."""
    together = (spec.reference_time().name, mean.model_time) if mean.model_time else ()
    for time in (mean.time, *together):
        cell = cells.get(time)
        if cell and mean.arm in cell.arms:
            said = mean.reason or cell.reason
            return replace(mean, std_error=None, df=None, ci_low=None, ci_high=None, reason=said)
    return mean


def _one(spec: "ModelSpec", frame: Frame, moment: Moment) -> _Cell | None:
    """Which arm holds one person at a time; None where both hold more, or nobody is in one."""
    here = frame.time == [one.name for one in spec.moments()].index(moment.name)
    people = {
        arm: len(np.unique(frame.codes["person"][here & (frame.arm == code)]))
        for arm, code in (("intervention", 1), ("control", 0))
    }
    if 1 not in people.values() or 0 in people.values():
        return None
    noun = "person" if spec.level == "person" else "respondent"
    arms = tuple(arm for arm, count in people.items() if count == 1)
    who = "each arm" if len(arms) == 2 else f"the {arms[0]} arm"
    return _Cell(arms, f"{who} holds one {noun} with {needed(spec, frame)} at {moment.label}")


def _of_others(check: Check, lost: set[str]) -> Check | None:
    """The check with the estimates that are left; None where none is."""
    left = {name: one for name, one in check.contrasts.items() if name not in lost}
    return replace(check, contrasts=left) if left else None
