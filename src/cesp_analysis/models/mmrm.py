"""Model kind `mmrm`: repeated measures with a free or structured covariance of the times.

Sources: Mallinckrodt et al. (2008), Drug Information Journal 42:303-19; Kenward & Roger (1997) for
standard errors and degrees of freedom; Liang & Zeger (2000), Sankhya B 62:134-48, for one baseline
mean. The engine is models/mmrm_engine.py.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from cesp_analysis.declared.design import Moment
from cesp_analysis.models.alike import SHARED, same_changes
from cesp_analysis.models.answers import Answers, answers_of
from cesp_analysis.models.baseline import at_equal_baseline, before_baseline, not_alike
from cesp_analysis.models.did_design import enough
from cesp_analysis.models.every_kind import ModelKind
from cesp_analysis.models.frame import Frame, frame_of
from cesp_analysis.models.mmrm_covariance import Structure
from cesp_analysis.models.mmrm_design import (
    Entering,
    MmrmDesign,
    design_of,
    entering,
    means_of,
    with_baseline,
)
from cesp_analysis.models.mmrm_engine import (
    MmrmFit,
    NeverTogether,
    NotConverged,
    NotIdentified,
    fit_mmrm,
)
from cesp_analysis.models.mmrm_small_sample import SmallSample, small_sample
from cesp_analysis.models.mmrm_words import (
    check_of,
    diagnostics_of,
    estimated,
    fault_words,
    joint_of,
    moved_by_loss,
    warnings_of,
)
from cesp_analysis.models.one_residual_words import of_repeated
from cesp_analysis.models.refusals import Collinear, NotEstimable
from cesp_analysis.models.results import Estimate, Fit, of_all
from cesp_analysis.models.rows import (
    Asked,
    as_average,
    asked_for,
    change_to,
    later_average,
    without_data,
    without_parts,
)

if TYPE_CHECKING:
    import pandas as pd


class Mmrm(ModelKind):
    """Mixed model for repeated measures: arm and time, a covariance of the times."""

    by_likelihood: ClassVar[bool] = True

    kind: Literal["mmrm"]
    structure: Structure = Field(
        default="unstructured",
        description="How one person's answers vary together. ar1 and toeplitz go by the order of"
        " the times; heterogeneous: a variance for each time.",
    )
    baseline: Literal["outcome", "covariate"] = Field(
        default="outcome",
        description="outcome: the reference time is one of the repeated outcomes, and effects are"
        " changes from it; covariate: later outcomes are adjusted for it, at each time.",
    )
    constrained_baseline: bool = Field(
        default=False,
        description="true: one mean at the reference time for both arms (constrained longitudinal"
        " data analysis). Only where chance allocated people (study.randomised); else refused.",
    )
    average: bool = Field(
        default=False,
        description="true: also the average of the effects at all later times, each alike.",
    )
    covariates_by_time: bool = Field(
        default=True, description="false: a covariate has the same effect at all times."
    )
    method: Literal["REML", "ML"] = Field(
        default="REML", description="Which likelihood; REML unless models are compared by it."
    )
    df: Literal["kenward_roger", "satterthwaite"] = Field(
        default="kenward_roger",
        description="kenward_roger adjusts the standard errors too; satterthwaite does not.",
    )
    information: Literal["expected", "observed"] | None = Field(
        default=None,
        description="Kenward-Roger's information of the covariance: expected (by default, as"
        " published) or observed (as SAS). Satterthwaite takes the observed one.",
    )

    errors: Literal["conditional", "joint"] = Field(
        default="conditional",
        description="conditional: standard errors take the covariance of the times as known but for"
        " its size in small samples, as SAS and R have it; too small where who is lost depends on"
        " earlier answers. joint: by the observed information of means and covariance together"
        " (Kenward & Molenberghs 1998).",
    )

    def faults(self) -> Iterator[str]:
        """Kenward-Roger is for REML; there are no weights; Satterthwaite's information is fixed."""
        if self.weighted:
            yield "weighted: kind mmrm takes no weights; use kind did with CR2, or remove it"
        if self.constrained_baseline and self.baseline == "covariate":
            yield "constrained_baseline: holds for baseline: outcome; remove one of them"
        if self.method == "ML" and self.df == "kenward_roger":
            yield "df: Kenward-Roger is made for REML; with ML write df: satterthwaite"
        if self.df == "satterthwaite" and self.information == "expected":
            yield "information: Satterthwaite takes the observed one; remove it"

    def information_used(self) -> Literal["expected", "observed"]:
        """Which information the degrees of freedom rest on."""
        return self.information or ("expected" if self.df == "kenward_roger" else "observed")

    def no_means(self) -> str:
        """It predicts means."""
        return ""

    def own_fit(self, panel: "pd.DataFrame") -> Fit:
        """A fit to every outcome of the spec."""
        answers = answers_of(panel, self)
        return of_all({outcome: self._outcome(answers, outcome) for outcome in self.outcomes})

    def _outcome(self, answers: Answers, outcome: str) -> Fit:
        frame, baseline = frame_of(answers, self, outcome), None
        if self.baseline == "covariate":
            frame, baseline = with_baseline(self, frame)
        asked = {moment.name: self._asked(outcome, moment) for moment in self._times()}
        absent = without_data(self, list(asked.values()), frame)
        found = dict(absent)
        if self.baseline == "covariate":
            found |= before_baseline(self, list(asked.values()), frame)
        if reason := not_alike(self) if self.constrained_baseline else None:
            found = {name: one.describe(frame).refused(reason) for name, one in asked.items()}
        left = [moment for moment in self._times() if moment.name not in found]
        if not left:
            return Fit(self._rows(outcome, frame, found))
        rows = entering(self, frame, set(found), baseline)
        try:
            fit, small, design = self._fitted(rows)
        except NotEstimable as error:
            found |= {
                moment.name: asked[moment.name].describe(rows.frame).not_estimable(str(error))
                for moment in left
            }
            return Fit(self._rows(outcome, rows.frame, found))
        said = warnings_of(self, rows, set(absent))

        def estimate(one: Asked, contrast: np.ndarray) -> Estimate:
            row = estimated(self, one.describe(rows.frame), fit, small, design, contrast)
            change = self.baseline == "outcome"
            same = same_changes(self, rows.frame, one.time, SHARED) if change else ()
            same += of_repeated(self, rows, rows.frame.y - design.x @ fit.coef, one.time)
            slope = None if change or row.time is None else design.slope(row.time)
            return replace(
                row,
                baseline_slope=None if slope is None else float(slope @ fit.coef),
                warnings=(*row.warnings, *said, *moved_by_loss(small, contrast), *same),
            )

        contrasts = {
            moment.name: design.contrast(moment, change=self.baseline == "outcome")
            for moment in left
        }
        found |= {name: estimate(asked[name], contrast) for name, contrast in contrasts.items()}
        means = tuple(means_of(self, fit, small, design, rows, outcome))
        known = diagnostics_of(self, fit, small, design, rows)
        known |= joint_of(self, fit, small, design, left)
        made = self._rows(outcome, rows.frame, found, contrasts, estimate)
        by_id = {asked[name].row.estimate_id: contrast for name, contrast in contrasts.items()}
        check = check_of(outcome, fit, design, rows, by_id)
        if (average := later_average(self, outcome)) and made[-1].status == "estimated":
            mean = np.mean([contrasts[time.name] for time in average[1]], axis=0)
            check = check.with_further(made[-1].estimate_id, mean)
        return Fit(made, means, known, (check,))

    def _rows(
        self,
        outcome: str,
        frame: Frame,
        found: dict[str, Estimate],
        contrasts: dict[str, np.ndarray] | None = None,
        estimate: Callable[[Asked, np.ndarray], Estimate] | None = None,
    ) -> tuple[Estimate, ...]:
        """The rows in order of time and, if it is asked for, that of their average."""
        rows = [found[moment.name] for moment in self._times()]
        if average := later_average(self, outcome):
            moment, later = average
            asked = as_average(self._asked(outcome, moment))
            if without := without_parts(asked.describe(frame), later, found):
                rows.append(without)
            else:
                assert contrasts is not None and estimate is not None  # its parts are estimated
                mean = np.mean([contrasts[time.name] for time in later], axis=0)
                rows.append(estimate(asked, mean))
        return tuple(rows)

    def _times(self) -> list[Moment]:
        return [moment for moment in self.moments() if moment != self.reference_time()]

    def _asked(self, outcome: str, time: Moment) -> Asked:
        said = "all observed records (missing at random)"
        compared = change_to(self, time)
        if self.baseline != "outcome":
            compared = at_equal_baseline(self.reference_time(), time.label)
        return asked_for(self, outcome, time, said, compared)

    def _fitted(self, rows: Entering) -> tuple[MmrmFit, SmallSample, MmrmDesign]:
        enough(rows.frame)
        design = design_of(self, rows)
        frame = rows.frame
        people = frame.codes["person"]
        try:
            fit = fit_mmrm(frame.y, design.x, people, rows.time, self.structure, self.method)
        except (Collinear, NeverTogether, NotIdentified, NotConverged) as error:
            raise NotEstimable(fault_words(error, rows, design.names)) from None
        return fit, small_sample(fit, self.df, self.information_used(), self.errors), design
