"""Model kind `mmrm`: repeated measures with a free or structured covariance of the times.

Sources: Mallinckrodt et al. (2008), Drug Information Journal 42:303-19; Kenward & Roger (1997) for
standard errors and degrees of freedom. The engine is models/mmrm_engine.py.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field

from cesp_analysis.models.check import Check
from cesp_analysis.models.did_design import enough
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
    SmallSample,
    fit_mmrm,
    small_sample,
)
from cesp_analysis.models.mmrm_words import (
    check_of,
    diagnostics_of,
    fault_words,
    method_of,
    warnings_of,
)
from cesp_analysis.models.refusals import Collinear, NotEstimable
from cesp_analysis.models.results import Estimate, Fit, Mean
from cesp_analysis.models.rows import Asked, asked_for, inferred, without_data
from cesp_analysis.models.sandwich import Inference
from cesp_analysis.models.spec import ModelSpec
from cesp_analysis.study.design import Moment

if TYPE_CHECKING:
    import pandas as pd


class Mmrm(ModelSpec):
    """Mixed model for repeated measures: arm and time, a covariance of the times."""

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

    def faults(self) -> Iterator[str]:
        """Kenward-Roger is for REML; there are no weights; Satterthwaite's information is fixed."""
        if self.weighted:
            yield "weighted: mixed models take no weights yet; use kind did, or remove it"
        if self.method == "ML" and self.df == "kenward_roger":
            yield "df: Kenward-Roger is made for REML; with ML write df: satterthwaite"
        if self.df == "satterthwaite" and self.information == "expected":
            yield "information: Satterthwaite takes the observed one; remove it"

    def information_used(self) -> Literal["expected", "observed"]:
        """Which information the degrees of freedom rest on."""
        return self.information or ("expected" if self.df == "kenward_roger" else "observed")

    def fit(self, panel: "pd.DataFrame") -> Fit:
        """Fit to every outcome of the spec; see `Fit` for what comes back."""
        estimates: list[Estimate] = []
        means: list[Mean] = []
        diagnostics: dict[str, Any] = {}
        checks: list[Check] = []
        for outcome in self.outcomes:
            one = self._outcome(panel, outcome)
            estimates += one.estimates
            means += one.means
            diagnostics[outcome] = one.diagnostics
            checks += one.checks
        return Fit(tuple(estimates), tuple(means), diagnostics, tuple(checks))

    def _outcome(self, panel: "pd.DataFrame", outcome: str) -> Fit:
        frame, baseline = frame_of(panel, self, outcome), None
        if self.baseline == "covariate":
            frame, baseline = with_baseline(self, frame)
        asked = {moment.name: self._asked(outcome, moment) for moment in self._times()}
        absent = without_data(self, list(asked.values()), frame)
        found = absent | self._before(asked, frame)
        left = [moment for moment in self._times() if moment.name not in found]
        if not left:
            return Fit(tuple(found[name] for name in asked))
        rows = entering(self, frame, set(found), baseline)
        try:
            fit, small, design = self._fitted(rows)
        except NotEstimable as error:
            found |= {
                moment.name: asked[moment.name].describe(rows.frame).not_estimable(str(error))
                for moment in left
            }
            return Fit(tuple(found[name] for name in asked))
        said = warnings_of(self, rows, set(absent))
        for moment in left:
            row = asked[moment.name].describe(rows.frame)
            row = self._estimate(row, fit, small, design, moment)
            found[moment.name] = replace(row, warnings=(*row.warnings, *said))
        means = tuple(means_of(self, fit, small, design, rows, outcome))
        known = diagnostics_of(self, fit, small, design, rows)
        contrasts = {
            asked[moment.name].row.estimate_id: self._contrast(design, moment) for moment in left
        }
        check = check_of(outcome, fit, design, rows, contrasts)
        return Fit(tuple(found[name] for name in asked), means, known, (check,))

    def _times(self) -> list[Moment]:
        return [moment for moment in self.moments() if moment != self.reference_time()]

    def _asked(self, outcome: str, time: Moment) -> Asked:
        said = "all observed records (missing at random)"
        asked = asked_for(self, self.kind, outcome, time, said)
        if self.baseline == "outcome":
            return asked
        arms = asked.row.contrast.split(", change from")[0]
        reference = self.reference_time().label
        row = replace(
            asked.row,
            estimand="difference in means at equal baseline",
            contrast=f"{arms}, at {time.label}, at the same value at {reference}",
        )
        return replace(asked, row=row)

    def _before(self, asked: dict[str, Asked], frame: Frame) -> dict[str, Estimate]:
        """Rows of times before the one that is adjusted for: refused."""
        reference = self.reference_time()
        if self.baseline == "outcome":
            return {}
        reason = (
            f" lies before {reference.label}, which is adjusted for: leave it out of times, or name"
            " the first time as reference"
        )
        return {
            moment.name: asked[moment.name].describe(frame).refused(moment.label + reason)
            for moment in self._times()
            if moment.position < reference.position
        }

    def _fitted(self, rows: Entering) -> tuple[MmrmFit, SmallSample, MmrmDesign]:
        enough(rows.frame)
        design = design_of(self, rows)
        frame = rows.frame
        people = frame.codes["person"]
        try:
            fit = fit_mmrm(frame.y, design.x, people, rows.time, self.structure, self.method)
        except (Collinear, NeverTogether, NotIdentified, NotConverged) as error:
            raise NotEstimable(fault_words(error, rows, design.names)) from None
        return fit, small_sample(fit, self.df, self.information_used()), design

    def _contrast(self, design: MmrmDesign, time: Moment) -> np.ndarray:
        return design.contrast(time, change=self.baseline == "outcome")

    def _estimate(
        self, row: Estimate, fit: MmrmFit, small: SmallSample, design: MmrmDesign, time: Moment
    ) -> Estimate:
        contrast = self._contrast(design, time)
        found = Inference(
            estimate=float(np.dot(contrast, fit.coef)),
            std_error=small.std_error(contrast),
            df=small.df(contrast),
            method="",
            n_clusters=None,
        )
        return inferred(row, found, method_of(self, design, fit), fit.n_people, self.level)
