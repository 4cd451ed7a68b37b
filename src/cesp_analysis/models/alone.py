"""Records that alone determine a coefficient: what they answered is fitted, whatever it is.

Their leverage is 1 (Belsley, Kuh & Welsch 1980, ch. 2): residual 0 by design, so no standard error
sees their error. The same check for every kind, on its equation's leverages.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.models.check import Check, Nested, Repeated
from cesp_analysis.models.influence import SEEN
from cesp_analysis.models.results import Estimate, Fit
from cesp_analysis.numbers import listed


def with_alone(
    fitted: Fit, leverages: Iterable[tuple[Check, Floats]], classical: bool = False
) -> Fit:
    """The fit with a warning on each row whose equation has such a record.

    leverages: each check of the fit with the leverage (n,) of its records; classical: whether a
    standard error of least squares takes one variance for all.
    """
    said: dict[str, str] = {}
    for check, leverage in leverages:
        if sentence := alone(check, leverage, classical):
            said |= dict.fromkeys(check.contrasts, sentence)

    def told(row: Estimate) -> Estimate:
        one = said.get(row.estimate_id) if row.status == "estimated" else None
        return replace(row, warnings=(*row.warnings, one)) if one else row

    return replace(fitted, estimates=tuple(told(row) for row in fitted.estimates))


def alone(check: Check, leverage: Floats, classical: bool = False) -> str | None:
    """The sentence on records of leverage 1; None if there are none.

    Errors of one model for all records (of a likelihood, or classical) hold such a record's, as
    large as the others'; those of single records or clusters hold nothing of it.
    """
    # Of ordered categories a record's leverage is a sum over cuts and may be above 1.
    own = np.flatnonzero(np.abs(leverage - 1) < SEEN)
    if not len(own):
        return None
    names = sorted({name for record in own for name in _apart(check, int(record))})
    what = f" (by {listed(names)})" if names else ""
    noun, verb, each = ("record", "determines", "it") if len(own) == 1 else (
        "records", "determine", "each of them"
    )  # fmt: skip
    error = "so that its error is in no standard error"
    if classical or isinstance(check.engine, Nested | Repeated):
        error = "and takes its error to be as large as that of the others"
    remedy = "; leave the covariate out, or combine its categories"
    return (
        f"{len(own)} {noun} alone {verb} a coefficient{what}: the model fits {each} whatever was"
        f" answered, {error}{remedy if len(check.frame.covariate_names) else ''}"
    )


def _apart(check: Check, record: int) -> list[str]:
    """Covariates (0/1) by which a record differs from all others of its arm and time."""
    frame = check.frame
    beside = (frame.arm == frame.arm[record]) & (frame.time == frame.time[record])
    return [
        name
        for name, value in zip(frame.covariate_names, frame.covariates.T, strict=True)
        if np.isin(value, (0, 1)).all() and (value[beside] == value[record]).sum() == 1
    ]
