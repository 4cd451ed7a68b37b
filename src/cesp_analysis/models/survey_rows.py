"""From regressions of respondents to rows of estimates, by each question."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.declared.design import Moment
from cesp_analysis.models.alike import alike, same_values
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.results import Estimate
from cesp_analysis.models.rows import Asked, inferred
from cesp_analysis.models.survey_drawn import Regressed
from cesp_analysis.models.survey_group import Found, Group, Way, found_of
from cesp_analysis.models.survey_parts import RECORDS, Part, lone_respondents
from cesp_analysis.models.survey_rests import rests_in_words, rests_of
from cesp_analysis.models.survey_words import PARTS, Question, ending, few, without
from cesp_analysis.models.weighting_words import uneven

if TYPE_CHECKING:
    from cesp_analysis.models.survey import Survey


def estimates_of(group: Group, way: Way) -> Iterator[Estimate]:
    """Rows of a group by one question: of each later wave and part, then their average."""
    asked = list(group.asked())
    for part, one in group.found.items():
        times = [moments for _, moments in asked]
        try:
            if isinstance(way.sample, NotEstimable):
                raise way.sample
            if isinstance(one, NotEstimable):
                raise one
            contrasts = np.stack([_contrast(one, own, group.times) for own in times])
            found = found_of(one, way.sample, contrasts)
        except NotEstimable as error:
            for request, _ in asked:
                row = worded(group.spec, request.describe(group.of(part)), way.question, part)
                yield without(row, error)
            continue
        lone = tuple(lone_respondents(one.rows))
        for at, (request, moments) in enumerate(asked):
            row = _row(group, way, part, found, at, request, moments)
            made = row.status == "estimated"
            yield replace(row, warnings=(*row.warnings, *lone)) if made else row


def _contrast(one: Regressed, moments: tuple[Moment, ...], there: tuple[Moment, ...]) -> np.ndarray:
    """The average of the waves' effects, each alike; of those that are there."""
    return one.fitted.average([moment for moment in moments if moment in there])


def _row(
    group: Group,
    way: Way,
    part: Part,
    found: Found,
    at: int,
    asked: Asked,
    moments: tuple[Moment, ...],
) -> Estimate:
    rows = found.regressed.rows
    row = worded(group.spec, asked.describe(rows), way.question, part)
    gone = [moment.label for moment in moments if moment not in group.times]
    if gone:
        return row.not_estimable(f"the average needs estimates at {', '.join(gone)}")
    try:
        own = found.inference(at, found.regressed.fitted.estimator)
    except NotEstimable as error:
        return without(row, error)
    row = inferred(row, own, own.method, found.said.n_psus, found.sample.unit)
    rests = rests_of((found.regressed,), (found.contrasts[at],), found.sample)
    narrow = rests_in_words(rests, row, group.decimals)
    said = [
        way.question.said,
        *found.said.said,
        found.regressed.movers,
        few(rows, found.sample, in_ladder(group.spec, row.time), narrow),
    ]
    weights = found.regressed.fitted.fit.weights
    said += uneven(group.spec, rows, weights, row.time, once=part == "panel")
    if part == "panel":
        said += alike(found.regressed.fitted.fit.outcome, rows.arm, "change")
    else:
        said += same_values(group.spec, rows, asked.time)
    return replace(row, warnings=(*row.warnings, *filter(None, said)))


def in_ladder(spec: "Survey", time: str | None) -> bool:
    """Whether the ladder for few sites shares the regression: it has no average of waves, no part
    but members' changes alone."""
    return time is not None and spec.respondents in ("all", "panel")


def worded(spec: "Survey", row: Estimate, question: Question, part: Part | None = None) -> Estimate:
    """The row with the words of its question and of its respondents."""
    beside = part if part and spec.respondents == "combined" else ""
    of_whom = f", {PARTS[part]}" if part and part != "all" else ""
    return replace(
        row,
        estimate_id=row.estimate_id + ending(question.suffix, beside),
        estimand=row.estimand + question.estimand + of_whom,
        contrast=row.contrast + question.of_whom + of_whom,
        missing_data=RECORDS[part] if part else row.missing_data,
    )
