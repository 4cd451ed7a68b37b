"""What of a model does not leave for R, which setting it is, and what to do about it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from cesp_analysis.export.lines import NoEquivalent
from cesp_analysis.numbers import listed

if TYPE_CHECKING:
    from cesp_analysis.export.script import Part
    from cesp_analysis.models.results import Fit


def nothing_of(spec: Any, fit: "Fit") -> str:
    """Why no rows leave, where none do."""
    if any(row.status == "estimated" for row in fit.estimates):
        setting = spec.without_rows()
        by, other = (f" with {setting}", " without it") if setting else ("", " of another kind")
        return (
            f"rows of models of kind {spec.kind}{by} are not exported; export a model{other},"
            " or hand on estimates.csv alone"
        )
    reasons = dict.fromkeys(row.reason for row in fit.estimates if row.reason)
    return f"the model has no fitted equation: {'; '.join(reasons)}"


def left_out(fit: "Fit", parts: "Sequence[Part]", nothing: str) -> Iterator[str]:
    """One line for each thing that check.R does not fit again."""
    if not parts:
        yield f"check.R fits nothing and rows.csv is empty: {nothing}"
        return
    for reason in dict.fromkeys(one.reason for _, one in parts if isinstance(one, NoEquivalent)):
        names = [check.name for check, one in parts if one == NoEquivalent(reason)]
        yield f"check.R does not fit {listed(names)}: {reason}"
    for reason in dict.fromkeys(row.reason for row in fit.estimates if row.reason):
        names = [row.estimate_id for row in fit.estimates if row.reason == reason]
        yield f"no rows of {listed(names)}, which the model has no estimate of: {reason}"
