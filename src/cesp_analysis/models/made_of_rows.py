"""What is made of rows: averages of times, tests of several effects, equations to look into.

What a row refuses, everything made of it refuses: the one place that holds it for every kind, of
each imputed set and of the pooled rows as well.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cesp_analysis.models.check import Check
from cesp_analysis.models.joint import JOINT_TEST, as_diagnostic
from cesp_analysis.models.results import Estimate, Fit
from cesp_analysis.models.rows import later_average, without_parts
from cesp_analysis.numbers import listed

if TYPE_CHECKING:
    from cesp_analysis.models.spec import ModelSpec


def with_what_rows_refuse(fitted: Fit, spec: "ModelSpec") -> Fit:
    """The fit without averages of times, joint tests and equations of rows without an estimate."""
    rows = {row.estimate_id: row for row in fitted.estimates}
    for outcome in dict.fromkeys(row.outcome for row in fitted.estimates):
        rows |= {row.estimate_id: row for row in _averages(spec, outcome, rows)}
    known = {
        outcome: own | _joint(spec, outcome, own, rows)
        for outcome, own in fitted.diagnostics.items()
    }
    lost = {name for name, row in rows.items() if row.status != "estimated"}
    checks = tuple(filter(None, (_of_others(check, lost) for check in fitted.checks)))
    return replace(fitted, estimates=tuple(rows.values()), diagnostics=known, checks=checks)


def _averages(spec: "ModelSpec", outcome: str, rows: Mapping[str, Estimate]) -> Iterator[Estimate]:
    """Averages of times, as they are with their parts: by the same question, of the same people."""
    if not (average := later_average(spec, outcome)):
        return
    moment, later = average
    begins = f"{spec.context.model}/{outcome}/"
    for name, row in rows.items():
        if name.startswith(begins + moment.name) and row.status == "estimated":
            tail = name.removeprefix(begins + moment.name)
            parts = {time.name: rows[begins + time.name + tail] for time in later}
            yield without_parts(row, later, parts) or row


def _joint(
    spec: "ModelSpec", outcome: str, known: Mapping[str, Any], rows: Mapping[str, Estimate]
) -> dict[str, Any]:
    """Why there is no test of the effects at all later times, where one of them has no estimate;
    times that no file feeds yet are none of them."""
    if "f" not in known.get(JOINT_TEST, {}):
        return {}
    begins = f"{spec.context.model}/{outcome}/"
    lost = [
        moment.label
        for moment in spec.moments()
        if (row := rows.get(begins + moment.name)) is not None
        and row.status != "estimated"
        and moment.name not in spec.context.without_file
    ]
    if not lost:
        return {}
    return as_diagnostic(f"it needs estimates at {listed(lost)}, which are not there")


def _of_others(check: Check, lost: set[str]) -> Check | None:
    """The check with the estimates that are left; None where none is."""
    left = {name: one for name, one in check.contrasts.items() if name not in lost}
    return replace(check, contrasts=left) if left else None
