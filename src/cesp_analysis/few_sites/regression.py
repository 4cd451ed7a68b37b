"""The regression behind an estimate of kind `did`, `ancova` or `survey`; its clusters' changes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.declared.design import Moment
from cesp_analysis.models.ancova import Ancova
from cesp_analysis.models.answers import Answers, answers_of
from cesp_analysis.models.cluster_means import ClusterChanges, cluster_changes
from cesp_analysis.models.did import Did
from cesp_analysis.models.did_design import both_times, change_regression, level_regression
from cesp_analysis.models.frame import Frame, frame_of
from cesp_analysis.models.least_squares import LeastSquares
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.survey import Survey
from cesp_analysis.models.survey_parts import held
from cesp_analysis.numbers import counted

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Behind:
    """What an estimate rests on: its regression, contrast (k,), the rows (n,) that took part.

    both: the records of the two times that are compared, for means of clusters; first, last: their
    indices among the model's times. design: did's, or EQUAL_BASELINE.
    """

    fit: LeastSquares
    contrast: Floats
    rows: Frame
    both: Frame
    first: int
    last: int
    design: str
    weighted: bool

    def codes(self, level: str) -> Codes:
        """Cluster codes (n,) of the rows that took part."""
        return np.asarray(self.rows.codes[level], dtype=np.intp)

    def outcome(self) -> Floats:
        """What was regressed (n,), times the root of its weight: with fit.x a fit of its own."""
        fit = self.fit
        return np.asarray(fit.x @ fit.coef + fit.residuals * np.sqrt(fit.weights))


EQUAL_BASELINE = "equal_baseline"
NO_MEANS = (
    "at equal baseline the means of clusters share one estimated slope on baseline: where clusters"
    " started apart its error moves them together, so that they are no independent numbers and"
    " their labels cannot be rearranged"
)
"""Why an analysis of covariance has neither a test of means of clusters nor one by their labels."""


def behind(
    spec: Did | Ancova | Survey, panel: "pd.DataFrame", outcome: str, time: Moment
) -> Behind:
    """The regression of an estimate, as the model kind makes it; NotEstimable if there is none."""
    answers = answers_of(panel, spec)
    if isinstance(spec, Ancova):
        return _adjusted(spec, answers, outcome, time)
    return _differences(spec, answers, outcome, time)


def _adjusted(spec: Ancova, answers: Answers, outcome: str, time: Moment) -> Behind:
    reference, order = spec.reference_time(), [moment.name for moment in spec.moments()]
    if time.position < reference.position:
        raise NotEstimable(f"{time.label} lies before {reference.label}, which is adjusted for")
    found = spec.regression(answers, outcome, time)
    both = frame_of(answers, spec, outcome, [reference, time], at_each=True)
    rows = found.frame.rows(found.fit.kept)
    first, last = order.index(reference.name), order.index(time.name)
    contrast = found.part("arm")
    return Behind(found.fit, contrast, rows, both, first, last, EQUAL_BASELINE, spec.weighted)


def _differences(spec: Did | Survey, answers: Answers, outcome: str, time: Moment) -> Behind:
    reference, order = spec.reference_time(), [moment.name for moment in spec.moments()]
    first, last = order.index(reference.name), order.index(time.name)
    change = spec.design == "change"
    paired = spec.design in ("change", "unit_effects")
    both = frame_of(answers, spec, outcome, [reference, time], at_each=paired)
    if change:
        if isinstance(spec, Survey):
            both = held(spec, both, both_times(spec, both, time)[0])
        fitted = change_regression(spec, both, time)
    else:
        whole = frame_of(answers, spec, outcome)
        times = [
            moment
            for moment in spec.moments()
            if moment != reference and whole.absent_at(order.index(moment.name)) is None
        ]
        levels = frame_of(answers, spec, outcome, [reference, *times])
        if isinstance(spec, Survey):
            levels = held(spec, levels, levels)
        fitted = level_regression(spec, levels, times)
    rows = fitted.frame.rows(fitted.fit.kept)
    contrast = fitted.contrast(time)
    return Behind(fitted.fit, contrast, rows, both, first, last, spec.design, spec.weighted)


def changes_of(one: Behind, level: str) -> ClusterChanges:
    """The mean change of each cluster between the two times that are compared.

    Of people: means of their changes; of respondents: changes of means. NotEstimable at equal
    baseline, see NO_MEANS.
    """
    if one.design == EQUAL_BASELINE:
        raise NotEstimable(NO_MEANS)
    refuse_mixed(one.rows, level)
    if one.design == "cross_sections":
        both = one.both.rows(one.both.codes[level] >= 0)
        weight = both.weight if one.weighted else None
        arm, later = both.arm, both.time == one.last
        return cluster_changes(both.y, both.codes[level], arm, later, both.covariates, weight)
    early, late = paired(one)
    weight = late.weight if one.weighted else None
    return cluster_changes(
        late.y - early.y, early.codes[level], early.arm, None, early.covariates, weight
    )


def paired(one: Behind) -> tuple[Frame, Frame]:
    """The records of the first and of the later time, person by person."""
    before, after = (one.both.time == t for t in (one.first, one.last))
    codes = one.both.codes["person"]
    _, i, j = np.intersect1d(codes[before], codes[after], return_indices=True)
    return (
        one.both.rows(np.flatnonzero(before)[i]),
        one.both.rows(np.flatnonzero(after)[j]),
    )


def refuse_mixed(rows: Frame, level: str) -> None:
    """A cluster with people of both arms has no label that could be rearranged."""
    codes, arm = rows.codes[level], rows.arm
    shared = np.intersect1d(codes[arm == 1], codes[arm == 0])
    if len(shared):
        word = level.replace("_", " ")
        verb = "has" if len(shared) == 1 else "have"
        raise NotEstimable(f"{counted(len(shared), word)} {verb} people of both arms")


def renamed(one: Behind, level: str) -> str:
    """A sentence where clusters are not the same at both times; blank if they are."""
    word = level.replace("_", " ")
    if one.design == "cross_sections":
        at = [set(one.both.codes[level][one.both.time == t]) - {-1} for t in (one.first, one.last)]
        n = len(at[0] ^ at[1])
        seen = "is seen" if n == 1 else "are seen"
        said = f"{counted(n, word)} {seen} at only one of the two times (or under another name)"
        return f"{said}: nothing is known of change there" if n else ""
    early, late = paired(one)
    n = int((early.codes[level] != late.codes[level]).sum())
    people = f"{counted(n, 'person', 'people')} changed their {word}"
    return f"{people}; each counts to the first one's" if n else ""
