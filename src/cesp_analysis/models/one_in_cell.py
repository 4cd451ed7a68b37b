"""An arm that holds one person at a time: no variance is known there, whatever a kind assumes.

Its mean is that one answer, which fits itself; a standard error made of the others' spread, or of
nothing, is no fact of that arm. The same rule for every kind, as for arms of one person.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.declared.design import Moment
from cesp_analysis.models.answers import answers_of
from cesp_analysis.models.frame import Frame, frame_of
from cesp_analysis.models.results import Estimate, Fit, Mean
from cesp_analysis.models.rows import needed

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.models.spec import ModelSpec


def with_one_in_cell(fitted: Fit, spec: "ModelSpec", panel: "pd.DataFrame") -> Fit:
    """The fit without estimates of times at which an arm holds one person (or respondent), without
    their standard errors in diagnostics, and without intervals of that arm's means then."""
    if spec.arms_at() == "neither":
        return fitted
    answers = answers_of(panel, spec)
    rows: dict[str, Estimate] = {}
    means: list[Mean] = []
    known = dict(fitted.diagnostics)
    for outcome in dict.fromkeys(row.outcome for row in fitted.estimates):
        frame = frame_of(answers, spec, outcome)
        cells = {one.name: _one(spec, frame, one) for one in spec.moments()}
        own = [row for row in fitted.estimates if row.outcome == outcome]
        rows |= {row.estimate_id: row for row in _without(own, spec, cells)}
        means += (_mean(one, spec, cells) for one in fitted.means if one.outcome == outcome)
        if outcome in known:
            known[outcome] = _without_errors(known[outcome], spec, cells)
    made = tuple(rows[row.estimate_id] for row in fitted.estimates)
    return replace(fitted, estimates=made, means=tuple(means), diagnostics=known)


@dataclass(frozen=True)
class _Cell:
    """The arms that hold one person at a time, and the sentence that says so.

    apart: whether nobody of the other arm is there then: what rows without an estimate say already.
    """

    arms: tuple[str, ...]
    reason: str
    apart: bool


_Cells = dict[str, _Cell | None]
"""Time → its arms of one person; None where there are none."""


def _at(time: str, spec: "ModelSpec", cells: _Cells) -> _Cell | None:
    """The cell of one person that a row of a time rests on."""
    first = cells[spec.reference_time().name] if spec.arms_at() == "time_and_reference" else None
    return first or cells.get(time)


def _without(rows: list[Estimate], spec: "ModelSpec", cells: _Cells) -> Iterator[Estimate]:
    for row in rows:
        cell = _at(row.time, spec, cells) if row.time else None
        said = row.status == "refused" or (row.status == "not_estimable" and cell and cell.apart)
        yield row.not_estimable(cell.reason) if cell and not said else row


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
    """Which arm holds one person at a time; None where none does."""
    here = frame.time == [one.name for one in spec.moments()].index(moment.name)
    people = {
        arm: len(np.unique(frame.codes["person"][here & (frame.arm == code)]))
        for arm, code in (("intervention", 1), ("control", 0))
    }
    arms = tuple(arm for arm, count in people.items() if count == 1)
    if not arms:
        return None
    noun = "person" if spec.level == "person" else "respondent"
    who = "each arm" if len(arms) == 2 else f"the {arms[0]} arm"
    reason = f"{who} holds one {noun} with {needed(spec, frame)} at {moment.label}"
    return _Cell(arms, reason, 0 in people.values())


def _without_errors(known: dict[str, Any], spec: "ModelSpec", cells: _Cells) -> dict[str, Any]:
    """Diagnostics without the standard errors of what rests on such a cell: of one equation of all
    times by the coefficients' names, of a time's own equation those of its effect."""
    lone = {one.name: at for one in spec.moments() if (at := _at(one.name, spec, cells))}
    effects = {f"arm:time[{time}]" for time in lone}
    effects |= {f"time[{time}]" for time, cell in lone.items() if "control" in cell.arms}
    if first := cells[spec.reference_time().name]:
        effects |= {"arm"} | ({"(intercept)"} if "control" in first.arms else set())
    found = {
        name: _of_others(value, effects) if _of_errors(name) and isinstance(value, dict) else value
        for name, value in known.items()
    }
    own = {time: _bare(found[time]) for time in lone if isinstance(found.get(time), dict)}
    return found | own


def _bare(known: dict[str, Any]) -> dict[str, Any]:
    """What a time's own equation says, without standard errors of its effect."""
    found: dict[str, Any] = {}
    for name, value in known.items():
        if isinstance(value, dict):
            found[name] = _of_others(value, {"arm"}) if _of_errors(name) else _bare(value)
        elif not _of_errors(name):
            found[name] = value
    return found


def _of_errors(name: str) -> bool:
    return name.startswith(("std_error", "adjusted_std_error"))


def _of_others(errors: dict[str, Any], effects: set[str]) -> dict[str, Any]:
    return {name: value for name, value in errors.items() if name not in effects}
