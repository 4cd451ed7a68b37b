"""Regressions of respondents that share their waves, and contrasts of them by a sample."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cesp_analysis.declared.design import Moment
from cesp_analysis.models.frame import Frame
from cesp_analysis.models.least_squares import ROUNDING
from cesp_analysis.models.lost_variance import shown_in_words
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.rows import Asked, as_average, asked_for, change_to, later_average
from cesp_analysis.models.sandwich import Inference
from cesp_analysis.models.survey_design import Sample
from cesp_analysis.models.survey_drawn import Drawn, Regressed
from cesp_analysis.models.survey_linear import Linearised
from cesp_analysis.models.survey_parts import RECORDS, Part, part_of
from cesp_analysis.models.survey_shown import shown_of
from cesp_analysis.models.survey_words import Question, method_of, refuse_one

if TYPE_CHECKING:
    from cesp_analysis.models.survey import Survey


@dataclass(frozen=True)
class Way:
    """A question and the sample that answers it, or why it cannot."""

    question: Question
    sample: Sample | NotEstimable


@dataclass(frozen=True)
class Group:
    """Regressions that share their later waves: one for each part of the respondents, or why not.

    frame: the complete records of the outcome.
    """

    spec: "Survey"
    outcome: str
    frame: Frame
    times: tuple[Moment, ...]
    drawn: Drawn
    found: dict[Part, Regressed | NotEstimable]

    @property
    def decimals(self) -> int:
        """With how many decimals sentences tell numbers of the outcome."""
        return self.spec.context.outcomes[self.outcome].decimals

    def at(self, time: Moment) -> Frame:
        """The complete records of the reference wave and another."""
        order = [moment.name for moment in self.spec.moments()]
        wanted = [order.index(one.name) for one in (self.spec.reference_time(), time)]
        return self.frame.rows(np.isin(self.frame.time, wanted))

    def of(self, part: Part) -> Frame:
        """The complete records that a part's estimate would rest on."""
        return self.frame if part == "all" else part_of(self.spec, self.frame, self.times[0], part)

    def asked(self) -> Iterator[tuple[Asked, tuple[Moment, ...]]]:
        """Each estimate that is asked for, and the later waves that it is the average of."""
        for time in self.times:
            yield self._asked(time), (time,)
        average = later_average(self.spec, self.outcome)
        if average and self.spec.respondents == "all":
            yield as_average(self._asked(average[0])), tuple(average[1])

    def _asked(self, time: Moment) -> Asked:
        said, compared = RECORDS[self.spec.respondents], change_to(self.spec, time)
        asked = asked_for(self.spec, self.outcome, time, said, compared)
        return replace(asked, clusters=("neighbourhood",))


@dataclass(frozen=True)
class Found:
    """Contrasts (q, k) of one regression with their linearised covariance (q, q)."""

    regressed: Regressed
    contrasts: np.ndarray
    sample: Sample
    said: Linearised

    def inference(self, at: int, estimator: str) -> Inference:
        """One of them; raises NotEstimable where its variance is zero."""
        fit, said = self.regressed.fitted.fit, self.said
        variance = float(said.covariance[at, at])
        if variance <= float(self.contrasts[at] @ fit.bread @ self.contrasts[at]) * (
            (ROUNDING * fit.outcome_size) ** 2
        ):
            raise NotEstimable("the outcome does not vary around the model where it looks")
        method = method_of(estimator, self.sample, said)
        shown = shown_of((self.regressed,), (self.contrasts[at],), self.sample)
        method += shown_in_words(shown, said.n_psus)
        estimate = float(self.contrasts[at] @ fit.coef)
        return Inference(estimate, float(np.sqrt(variance)), said.df, method, said.n_psus)


def found_of(one: Regressed, sample: Sample, contrasts: np.ndarray) -> Found:
    """Contrasts of a regression by a sample; raises NotEstimable."""
    refuse_one(one.rows, sample)
    return Found(one, contrasts, one.sample(sample), one.said_by(sample).of(contrasts))
