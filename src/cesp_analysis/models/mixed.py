"""Model kind `mixed`: linear mixed model with random intercepts and slopes, ML or REML.

Sources: Laird & Ware (1982); Bates et al. (2015) for the criteria; Kenward & Roger (1997) and
Satterthwaite (1946) for the degrees of freedom. Engines: models/nested.py, models/over_time.py.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from cesp_analysis.models.alike import CERTAIN, SHARED, same_changes, same_values
from cesp_analysis.models.answers import Answers, answers_of
from cesp_analysis.models.did_design import enough
from cesp_analysis.models.every_kind import ModelKind
from cesp_analysis.models.frame import Frame, frame_of
from cesp_analysis.models.mixed_check import check_of, setting_without_check, without_residuals
from cesp_analysis.models.mixed_design import MixedDesign, design_of, means_of, residual_classes
from cesp_analysis.models.mixed_diagnostics import diagnostics_of
from cesp_analysis.models.mixed_random import (
    ORDER,
    Random,
    Slope,
    at_first,
    fitted,
    nested_levels,
    with_times,
)
from cesp_analysis.models.mixed_words import (
    boundary_warnings,
    change_warnings,
    fault_words,
    joint_of,
    method_of,
    weight_fault,
)
from cesp_analysis.models.nested import (
    NestedFit,
    NotConverged,
    NotIdentified,
    ZeroResidualVariance,
)
from cesp_analysis.models.nested_df import Rule, Which, judged
from cesp_analysis.models.one_difference import asked_of_all, assumed
from cesp_analysis.models.one_residual_words import with_residuals_said
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.results import Estimate, Fit, of_all
from cesp_analysis.models.rows import Asked, asked_for, change_to, inferred, without_data
from cesp_analysis.models.sandwich import Inference
from cesp_analysis.models.two_sites import refusal
from cesp_analysis.models.weighting_words import as_precisions, uneven

if TYPE_CHECKING:
    import pandas as pd


class Mixed(ModelKind):
    """Linear mixed model: arm and time, random intercepts that nest."""

    by_likelihood: ClassVar[bool] = True

    kind: Literal["mixed"]
    weighted: bool = Field(
        default=False,
        description="true: the panel's weights are precisions: a record's residual variance is"
        " divided by its weight. Survey weights are none: kind did with CR2 takes those.",
    )
    random: tuple[Random, ...] = Field(
        description="Random intercepts, innermost first: [person, neighbourhood]. Where the control"
        " arm has no link workers, theirs is in the intervention arm only (partially nested)."
        " neighbourhood_time: another one of each neighbourhood at each time, for what happens to"
        " all its people: [person, neighbourhood_time, neighbourhood]. Who moves has the intercept"
        " of the first neighbourhood, up to 5% of the people; beyond, there is no estimate."
    )
    slope: Slope = Field(
        default="none",
        description="Whether people's lines in time differ: a random slope of each person over the"
        " times' positions, correlated with the person's intercept or uncorrelated (which takes"
        " position 0 as the origin).",
    )
    residual: Literal["equal", "by_arm", "by_time"] = Field(
        default="equal",
        description="Whether the variance within units is one, or one for each arm or time.",
    )
    method: Literal["REML", "ML"] = Field(
        default="REML", description="Which likelihood; REML unless models are compared by it."
    )
    effect: Literal["by_time", "constant"] = Field(
        default="by_time",
        description="by_time: change from the reference time; constant: one difference at all"
        " times (for models whose times are all after baseline).",
    )
    time: Literal["categorical", "linear"] = Field(
        default="categorical", description="A mean for each time, or a straight line in time."
    )
    df: Rule | None = Field(
        default=None,
        description="Degrees of freedom: kenward_roger (with its adjusted standard error) or"
        " satterthwaite; by default kenward_roger with REML, satterthwaite with ML.",
    )
    information: Which = Field(
        default="expected",
        description="Kenward-Roger's information of the variances: expected (Kenward & Roger 1997,"
        " R's pbkrtest) or observed (SAS).",
    )

    def faults(self) -> Iterator[str]:
        """Levels stand once, innermost first."""
        right = tuple(level for level in ORDER if level in self.random)
        if self.df == "kenward_roger" and self.method == "ML":
            yield "df: kenward_roger is defined for REML; write method: REML or df: satterthwaite"
        if self.rule() == "satterthwaite" and "information" in self.model_fields_set:
            yield "information: df: satterthwaite has the observed one; remove this line"
        if self.slope != "none" and "person" not in self.random:
            yield "slope: is each person's, beside an intercept; put person first in random"
        if self.random != right:
            yield f"random: write each level once, innermost first: [{', '.join(right)}]"

    def rule(self) -> Rule:
        """Which degrees of freedom: as written, or those that the method has by default."""
        return self.df or ("kenward_roger" if self.method == "REML" else "satterthwaite")

    def levels(self) -> tuple[str, ...]:
        """Its random effects'."""
        return self.random

    def independent(self) -> tuple[str, ...]:
        """Those whose units have an effect at each time; of one difference at all times, each."""
        held = self.random if self.effect == "constant" else ()
        held += ("neighbourhood_time",) if "neighbourhood_time" in self.random else ()
        named = dict.fromkeys(level.removesuffix("_time") for level in held)
        return tuple(level for level in named if level != "person")

    def weights_are_precisions(self) -> bool:
        """Always."""
        return True

    def without_rows(self) -> str:
        """Random slopes, neighbourhoods at each time, no random effect."""
        return setting_without_check(self) or ""

    def no_means(self) -> str:
        """It predicts means."""
        return ""

    def own_fit(self, panel: "pd.DataFrame") -> Fit:
        """A fit to every outcome of the spec."""
        answers = answers_of(panel, self)
        return of_all({outcome: self._outcome(answers, outcome) for outcome in self.outcomes})

    def _outcome(self, answers: Answers, outcome: str) -> Fit:
        frame = frame_of(answers, self, outcome, without_weight=True)
        asked = [self._asked(outcome, time) for time in self._times()]
        absent = without_data(self, asked, frame)
        frame = with_times(at_first(self, frame))
        present = [row for row in asked if not (row.time and row.time.name in absent)]
        if not present:
            return Fit(tuple(absent.values()))
        try:
            enough(frame)
            if reason := self._refusal(frame):
                found = [row.describe(frame).refused(reason) for row in present]
                return Fit(_in_order(asked, absent, present, found))
            design = design_of(self, frame, tuple(absent))
            fit = self._engine(frame, design)
        except NotEstimable as error:
            found = [row.describe(frame).not_estimable(str(error)) for row in present]
            return Fit(_in_order(asked, absent, present, found))
        said = [(row.time, self._estimate(fit, design, row, frame)) for row in present]
        found = with_residuals_said(self, fit, design, frame, said)
        means = tuple(means_of(self, fit, design, frame, outcome))
        known = diagnostics_of(self, fit, design, frame)
        known |= joint_of(self, fit, [design.contrast(row.time) for row in present])
        if reason := without_residuals(self):
            known["residuals_not_available"] = reason
        checks = () if reason else (check_of(self, outcome, fit, design, frame, present),)
        return Fit(_in_order(asked, absent, present, found), means, known, checks)

    def _refusal(self, frame: Frame) -> str | None:
        if self.weighted and (reason := weight_fault(frame)):
            return reason
        noun = "person" if self.level == "person" else "respondent"
        levels = dict.fromkeys(level.removesuffix("_time") for level in self.random)
        reasons = (refusal(frame, level, "a random effect", noun) for level in levels)
        return next(filter(None, reasons), None)

    def _times(self) -> list[Any]:
        if self.effect == "constant":
            return [None]
        return [moment for moment in self.moments() if moment != self.reference_time()]

    def _asked(self, outcome: str, time: Any) -> Asked:
        said = "all observed records (missing at random)"
        if time is None:
            return asked_of_all(self, outcome, said)
        return asked_for(self, outcome, time, said, change_to(self, time))

    def _engine(self, frame: Frame, design: MixedDesign) -> NestedFit:
        classes = residual_classes(self, frame)[0]
        try:
            return fitted(self, frame, design.x, classes, design.names)
        except (NotConverged, NotIdentified, ZeroResidualVariance, ValueError) as error:
            raise NotEstimable(fault_words(error, nested_levels(self), design.names)) from None

    def _estimate(
        self, fit: NestedFit, design: MixedDesign, asked: Asked, frame: Frame
    ) -> Estimate:
        contrast = design.contrast(asked.time)
        error, df = judged(fit, contrast, self.rule(), self.information)
        found = Inference(
            estimate=float(contrast @ fit.coef),
            std_error=error,
            df=df,
            method=self.rule(),
            n_clusters=None,
        )
        outer = self.random[-1] if self.random else self.level
        row = asked.describe(frame)
        row = inferred(row, found, method_of(self, design, frame), frame.count(outer), outer)
        said = (
            *boundary_warnings(self, fit, frame, contrast),
            *change_warnings(self, frame, asked.time is not None),
            *as_precisions(self),
            *uneven(self, frame, frame.weight, row.time),
            *self._alike(frame, asked.time),
            *(assumed(self, row.outcome) if asked.time is None else ()),
        )
        return replace(row, warnings=(*row.warnings, *said))

    def _alike(self, frame: Frame, time: Any) -> tuple[str, ...]:
        """A sentence for each arm without any spread: in its change or, of respondents, a value."""
        if time is None:
            return ()
        check = same_changes if self.level == "person" else same_values
        return check(self, frame, time, CERTAIN if self.residual == "by_arm" else SHARED)


def _in_order(
    asked: list[Asked], absent: dict[str, Estimate], present: list[Asked], found: list[Estimate]
) -> tuple[Estimate, ...]:
    """One row for each that was asked for: found where it was sought, else absent."""
    rows = {id(row): estimate for row, estimate in zip(present, found, strict=True)}
    return tuple(
        rows[id(row)] if id(row) in rows else absent[row.time.name if row.time else ""]
        for row in asked
    )
