"""Model kind `survey`: change between waves, weighted, with the survey's own standard errors.

Weighted least squares of arm × wave; the covariance is that of the sampling design, linearised
(models/survey_linear.py). Source: Binder (1983), Int Stat Rev 51:279-92; Lumley (2010), Complex
Surveys, ch. 5; R's svyglm has the same estimates and standard errors.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from cesp_analysis.declared.design import Level, Moment
from cesp_analysis.declared.surveys import SurveyDesign
from cesp_analysis.models.answers import answers_of
from cesp_analysis.models.check import Check
from cesp_analysis.models.every_kind import ModelKind
from cesp_analysis.models.frame import Frame, frame_of
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.results import Estimate, Fit, Mean
from cesp_analysis.models.rows import asked_for, change_to, without_data
from cesp_analysis.models.survey_batch import Batch, batches
from cesp_analysis.models.survey_combined import combined_row
from cesp_analysis.models.survey_design import Sample
from cesp_analysis.models.survey_drawn import Drawn, Regressed, drawn_of
from cesp_analysis.models.survey_group import Group, Way
from cesp_analysis.models.survey_known import checks_of, known_of, means_of
from cesp_analysis.models.survey_parts import RECORDS, Part, Respondents, overlap_of, regressed
from cesp_analysis.models.survey_rows import estimates_of, worded
from cesp_analysis.models.survey_words import ending, questions_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Asking:
    """One estimate of an outcome and wave: what its id ends in, and its unit."""

    suffix: str
    unit: str


class Survey(ModelKind):
    """Change of respondents between waves by the survey's design, weighted by default."""

    kind: Literal["survey"]
    level: Level = Field(default="respondent", description="Whose answers: person or respondent.")
    weighted: bool = Field(default=True, description="true: use the weights of the panel.")
    respondents: Respondents = Field(
        default="all",
        description="all: every record; panel: the changes of those who answered at both waves;"
        " cross_section: those who answered at one of them; combined: the best combination of the"
        " two, with each beside it.",
    )
    average: bool = Field(
        default=False,
        description="true: also the average of the effects at all later waves (respondents: all).",
    )
    dose: ClassVar[None] = None

    @property
    def design(self) -> Literal["change", "cross_sections"]:
        """Whether changes of respondents are compared, or those who answered at each wave."""
        return "change" if self.respondents == "panel" else "cross_sections"

    def faults(self) -> Iterator[str]:
        """It is for respondents; an average is of one regression."""
        if self.level != "respondent":
            yield "level: kind survey is for respondents; remove it, or use kind did for people"
        if self.average and self.respondents != "all":
            yield "average: goes with respondents: all alone; remove it"

    def questions(self, outcome: str) -> tuple[Asking, ...]:
        """What the ids of an outcome's estimates at a wave end in, each with its unit."""
        declared = self.context.surveys or SurveyDesign()
        parts = ("", "panel", "cross_section") if self.respondents == "combined" else ("",)
        unit = self.context.outcomes[outcome].unit
        return tuple(
            Asking(ending(question.suffix, part).removeprefix("/"), unit)
            for question in questions_of(declared, True)
            for part in parts
        )

    def no_means(self) -> str:
        """All records have the sites' means."""
        if self.respondents == "all":
            return ""
        return "it compares changes of some of the respondents, whose means are not the site's"

    def own_fit(self, panel: "pd.DataFrame") -> Fit:
        """A fit to every outcome of the spec."""
        drawn = drawn_of(panel, self)
        ways = self.ways(drawn)
        answers = answers_of(panel, self)
        samples = tuple(way.sample for way in ways if isinstance(way.sample, Sample))
        found = [
            self._outcome(batch, outcome, ways)
            for batch in batches(self, answers, drawn, samples)
            for outcome in batch.outcomes
        ]
        return Fit(
            tuple(row for one in found for row in one.estimates),
            tuple(mean for one in found for mean in one.means),
            {name: known for one in found for name, known in one.diagnostics.items()},
            tuple(check for one in found for check in one.checks),
        )

    def ways(self, drawn: Drawn) -> list[Way]:
        """The samples that this study's neighbourhoods stand for, each made once."""
        ways = []
        declared = self.context.surveys or SurveyDesign()
        named = bool(drawn.records["neighbourhood"].notna().any())
        for question in questions_of(declared, named):
            try:
                ways.append(Way(question, drawn.sample(question.design)))
            except NotEstimable as error:
                ways.append(Way(question, error))
        return ways

    def _outcome(self, batch: Batch, outcome: str, ways: list[Way]) -> Fit:
        frame = frame_of(batch.answers, self, outcome)
        later = [moment for moment in self.moments() if moment != self.reference_time()]
        said = RECORDS[self.respondents]
        asked = [asked_for(self, outcome, t, said, change_to(self, t)) for t in later]
        lost = without_data(self, asked, frame)
        rows = [worded(self, row, way.question) for row in lost.values() for way in ways]
        times = [moment for moment in later if moment.name not in lost]
        means: list[Mean] = []
        checks: list[Check] = []
        known: dict[str, Any] = {
            "overlap": {t.name: overlap_of(self, frame, t).known() for t in times}
        }
        groups = [times] if self.respondents == "all" else [[time] for time in times]
        for own in filter(None, groups):
            group = self._group(frame, outcome, own, batch)
            made, told = self._rows(group, ways)
            rows += made
            known |= told
            means += means_of(group, ways[0])
            checks += checks_of(group, made, ways)
        order = {moment.name: index for index, moment in enumerate(later)}
        rows.sort(key=lambda row: order.get(str(row.time), len(order)))
        return Fit(tuple(rows), tuple(means), {outcome: known}, tuple(checks))

    def _rows(self, group: Group, ways: list[Way]) -> tuple[list[Estimate], dict[str, Any]]:
        """Rows by every question, and what the first one's regressions say besides."""
        rows: list[Estimate] = []
        known = known_of(group, ways[0])
        for way in ways:
            if self.respondents == "combined":
                time = group.times[0]
                row, told = combined_row(group, way, overlap_of(self, group.frame, time))
                rows.append(row)
                if way is ways[0]:
                    known[time.name] = known.get(time.name, {}) | told
            rows += estimates_of(group, way)
        return rows, known

    def _group(self, frame: Frame, outcome: str, times: list[Moment], batch: Batch) -> Group:
        """The regressions of every part of the respondents at these later waves."""
        found: dict[Part, Regressed | NotEstimable] = {}
        parts: tuple[Part, ...] = (
            ("panel", "cross_section") if self.respondents == "combined" else (self.respondents,)
        )
        for part in parts:
            try:
                solution = batch.solution(outcome, part, times)
                found[part] = regressed(self, frame, times, batch.drawn, part, solution)
            except NotEstimable as error:
                found[part] = error
        return Group(self, outcome, frame, tuple(times), batch.drawn, found)
