"""A fitted model of means with its rows: what residuals and exports are made from."""

from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.models.check import Check, Linked, cluster_of
from cesp_analysis.models.results import Estimate
from cesp_analysis.models.standardised_rows import Fitted, Question, difference_of

if TYPE_CHECKING:
    from cesp_analysis.models.standardised_spec import Standardised


def checks_of(
    spec: "Standardised",
    fitted: Fitted,
    place: tuple[str, ...],
    found: list[tuple[Estimate, Question, int]],
) -> list[Check]:
    """One check, or none where nothing is estimated; found: rows with question and time.

    The main estimate is that of the kind's main question, of the last time that has one.
    """
    asked = [one for one in found if one[0].status == "estimated"]
    main = [one for one in asked if one[1] == spec.main(place[0])]
    if not main:
        return []
    in_order = [*(one for one in asked if one is not main[-1]), main[-1]]
    contrasts = {row.estimate_id: _derivative(fitted, about, at) for row, about, at in in_order}
    _, question, time = main[-1]
    frame = fitted.design.frame
    return [
        Check(
            place=place,
            y=frame.y,
            x=fitted.design.x(),
            names=fitted.design.names,
            frame=frame,
            contrasts=contrasts,
            cluster=cluster_of(frame, spec.cluster),
            engine=Linked(fitted, question, time, frame.weight / frame.weight.mean()),
            exposure=fitted.exposure,
        )
    ]


def _derivative(fitted: Fitted, question: Question, time: int) -> Floats:
    """Of the estimate in its printed unit, (k,) by the coefficients."""
    cell = difference_of(fitted, question, time)
    scale = float(np.exp(cell.value[0])) if question.ratio else 1.0
    return np.asarray(scale * cell.gradient[0])
