"""What kinds `glm` and `ordinal` share: their settings, and the way from the panel to rows."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from cesp_analysis.declared.design import Moment
from cesp_analysis.models.alike import same_changes, same_values
from cesp_analysis.models.answers import Answers, answers_of
from cesp_analysis.models.check import Check
from cesp_analysis.models.every_kind import ModelKind
from cesp_analysis.models.frame import Frame, frame_of
from cesp_analysis.models.glm_rows import MISSING_DATA, DesignName, Entering, entering
from cesp_analysis.models.glm_words import cells_of, fault_words
from cesp_analysis.models.random_intercept import NO_RESIDUALS, RandomLevel, random_refused
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.results import Estimate, Fit, Mean, of_all
from cesp_analysis.models.rows import Asked, asked_for, change_to, without_data
from cesp_analysis.models.spec import Cluster
from cesp_analysis.models.standardised import Design, Population, design_of
from cesp_analysis.models.standardised_check import checks_of
from cesp_analysis.models.standardised_rows import Fitted, Question, answered, asked_rows
from cesp_analysis.models.two_sites import refusal
from cesp_analysis.models.weighting_words import uneven

if TYPE_CHECKING:
    import pandas as pd


class Standardised(ModelKind):
    """Arm × time in a model with a link; effects as differences of standardised means."""

    design: DesignName = Field(
        description="panel: people who answered at the reference time and at another, one such time"
        " after the other; cross_sections: all records of all times at once."
    )
    cluster: Cluster = Field(
        default="person",
        description="What is taken as independent: person (or respondent), link_worker,"
        " neighbourhood, site.",
    )
    covariance: Literal["CR1", "CR2"] = Field(
        default="CR2",
        description="CR2: bias-reduced, for few clusters too; CR1: as other programs' robust"
        " standard errors.",
    )
    covariates_by_time: bool | None = Field(
        default=None,
        description="Whether a covariate's effect differs by time; by default it does with design:"
        " panel, where it would otherwise adjust the level alone.",
    )
    standardised_over: Population = Field(
        default="all",
        description="Whose covariates predicted means are averaged over: those of all records, or"
        " of the intervention arm.",
    )
    random: tuple[RandomLevel, ...] = Field(
        default=(),
        max_length=1,
        description="A random intercept (kind ordinal, and glm with family: binomial): [person] or"
        " [neighbourhood]. The effect stays that on the population's probabilities. Its covariance"
        " is the likelihood's; with cluster: neighbourhood a jackknife of neighbourhoods.",
    )
    quadrature: int = Field(
        default=11,
        ge=1,
        le=101,
        description="With random: points of adaptive Gauss-Hermite quadrature; 1: Laplace.",
    )

    def by_time(self) -> bool:
        """Whether covariates enter by time too."""
        return (
            self.design == "panel" if self.covariates_by_time is None else self.covariates_by_time
        )

    def levels(self) -> tuple[str, ...]:
        """Its clusters' and its random intercept's."""
        return (self.cluster, *self.random)

    def independent(self) -> tuple[str, ...]:
        """Its clusters'."""
        return (self.cluster,) if self.cluster != "person" else ()

    def without_rows(self) -> str:
        """With a random intercept."""
        return f"random: [{self.random[0]}]" if self.random else ""

    def no_means(self) -> str:
        """It predicts means."""
        return ""

    def own_fit(self, panel: "pd.DataFrame") -> Fit:
        """A fit to every outcome of the spec."""
        answers = answers_of(panel, self)
        return of_all({outcome: self._outcome(answers, outcome) for outcome in self.outcomes})

    @abstractmethod
    def questions(self, outcome: str) -> tuple[Question, ...]:
        """What is read off the model at each time."""

    def main(self, outcome: str) -> Question:
        """The question whose answer is followed when somebody is left out."""
        return self.questions(outcome)[0]

    @abstractmethod
    def fitted(self, rows: Entering, design: Design) -> Fitted:
        """The model at its solution; raises NotEstimable with columns of the design."""

    @abstractmethod
    def means(self, fitted: Fitted, outcome: str) -> Iterator[Mean]:
        """The standardised means of groups at times."""

    def _outcome(self, answers: Answers, outcome: str) -> Fit:
        frame = frame_of(answers, self, outcome)
        later = [moment for moment in self.moments() if moment != self.reference_time()]
        asked = {
            moment.name: asked_for(
                self, outcome, moment, MISSING_DATA[self.design], change_to(self, moment)
            )
            for moment in later
        }
        own = partial(self._entering, answers, outcome) if self.design == "panel" else None
        absent = without_data(self, list(asked.values()), frame, own)
        found: dict[str, list[Estimate]] = {
            name: [empty for _, empty in asked_rows(self, row, self.questions(outcome))]
            for name, row in absent.items()
        }
        means: list[Mean] = []
        known: dict[str, Any] = {}
        checks: list[Check] = []
        left = [moment for moment in later if moment.name not in found]
        for times in [[time] for time in left] if self.design == "panel" else filter(None, [left]):
            rows, fitted = self._group(
                answers, outcome, [asked[time.name] for time in times], times
            )
            found |= rows
            if fitted is None:
                continue
            place = (outcome, times[0].name) if self.design == "panel" else (outcome,)
            made = [
                (row, question, index)
                for time, index in zip(times, fitted.design.index[1:], strict=True)
                for row, question in zip(rows[time.name], self.questions(outcome), strict=True)
            ]
            if fitted.random is None:
                checks += checks_of(self, fitted, place, made)
            else:
                known["residuals_not_available"] = NO_RESIDUALS
            known |= {times[0].name: fitted.known} if self.design == "panel" else fitted.known
            when = times[0].name if self.design == "panel" and len(later) > 1 else ""
            means += (replace(mean, model_time=when) for mean in self.means(fitted, outcome))
        made_of = tuple(row for name in asked for row in found[name])
        return Fit(made_of, tuple(means), known, tuple(checks))

    def _entering(self, answers: Answers, outcome: str, *times: Moment) -> Frame:
        """The records of some later times and of the reference time; of a panel in pairs."""
        at = (self.reference_time(), *times)
        return frame_of(answers, self, outcome, at, at_each=self.design == "panel")

    def _group(
        self, answers: Answers, outcome: str, asked: list[Asked], times: list[Moment]
    ) -> tuple[dict[str, list[Estimate]], Fitted | None]:
        """The rows of times that one model speaks of, and the model."""
        order = [moment.name for moment in self.moments()]
        at = (self.reference_time(), *times)
        index = tuple(order.index(moment.name) for moment in at)
        questions = self.questions(outcome)
        frame = self._entering(answers, outcome, *times)
        design = None
        try:
            rows = entering(
                answers, self, self.design, outcome, list(at), getattr(self, "exposure", None)
            )
            frame = rows.frame
            noun = "person" if self.level == "person" else "respondent"
            reason = refusal(frame, self.cluster, "clustering", noun)
            if not reason and self.random:
                reason = random_refused(self, frame, noun)
            if reason:
                return self._without(asked, questions, frame, reason, True), None
            design = design_of(frame, at, index, self.by_time())
            fitted = self.fitted(rows, design)
        except NotEstimable as error:
            reason = str(error) if design is None else fault_words(error, design)
            return self._without(asked, questions, frame, reason, False), None
        names = dict(zip(index, (moment.name for moment in at), strict=True))
        fitted = replace(fitted, known={**fitted.known, "observed": cells_of(frame, names)})
        found = {}
        for one, time in zip(asked, index[1:], strict=True):
            row = one.describe(frame)
            same = (same_changes if self.design == "panel" else same_values)(self, frame, one.time)
            weights = uneven(self, frame, frame.weight, row.time, self.design == "panel")
            row = replace(row, warnings=(*row.warnings, *fitted.said, *same, *weights))
            found[str(row.time)] = [
                self._answer(fitted, empty, question, time)
                for question, empty in asked_rows(self, row, questions)
            ]
        return found, fitted

    def _answer(self, fitted: Fitted, row: Estimate, question: Question, time: int) -> Estimate:
        try:
            return answered(self, fitted, row, question, time)
        except NotEstimable as error:
            return row.not_estimable(str(error))

    def _without(
        self,
        asked: list[Asked],
        questions: tuple[Question, ...],
        frame: Any,
        reason: str,
        refused: bool,
    ) -> dict[str, list[Estimate]]:
        found = {}
        for one in asked:
            row = one.describe(frame)
            row = row.refused(reason) if refused else row.not_estimable(reason)
            found[str(row.time)] = [empty for _, empty in asked_rows(self, row, questions)]
        return found
