"""Model kind `did`: difference in differences of two arms over two or more times.

Sources: Angrist & Pischke (2009) ch. 5 for the estimand; Bell & McCaffrey (2002) and Pustejovsky &
Tipton (2018) for CR2 and its degrees of freedom; Welch (1947) for HC2 in two groups.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import Field

from cesp_analysis.models.check import Check, of_least_squares
from cesp_analysis.models.did_design import Regression, change_regression, level_regression
from cesp_analysis.models.frame import Frame, frame_of
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.results import Estimate, Fit
from cesp_analysis.models.rows import Asked, asked_for, inferred, without_data
from cesp_analysis.models.sandwich import covariance_matrix, infer
from cesp_analysis.models.spec import Cluster, ModelSpec
from cesp_analysis.models.two_sites import refusal
from cesp_analysis.study.design import Moment

if TYPE_CHECKING:
    import pandas as pd

Covariance = Literal["classical", "HC2", "CR1", "CR2"]


_MISSING_DATA = {
    "change": "people who answered both times",
    "unit_effects": "people who answered at two times or more",
    "cross_sections": "complete records",
}


class Did(ModelSpec):
    """Difference in differences."""

    kind: Literal["did"]
    design: Literal["change", "unit_effects", "cross_sections"] = Field(
        description="change: each person's change, one time at a time; unit_effects: all times at"
        " once with an effect for each person; cross_sections: different people each time."
    )
    covariance: Covariance = Field(
        default="HC2",
        description="classical; HC2 (Welch in two groups); CR1 or CR2: clustered, CR2 with few.",
    )
    cluster: Cluster | None = Field(
        default=None, description="CR1, CR2: what is taken as independent."
    )
    exposure: str | None = Field(
        default=None,
        description="design change: one of covariates, a number, that takes the arm's place; the"
        " estimate is the difference in mean change per unit of it.",
    )

    def faults(self) -> Iterator[str]:
        """A cluster goes with CR1 and CR2, and only with them; person effects need them."""
        clustered = self.covariance in ("CR1", "CR2")
        if clustered and self.cluster is None:
            yield f"cluster: {self.covariance} needs one; write cluster: neighbourhood (or person)"
        if self.cluster is not None and not clustered:
            yield f"cluster: {self.covariance} does not use it; write covariance: CR2, or remove it"
        if self.exposure is not None and self.design != "change":
            yield "exposure: goes with design: change alone; remove it, or write design: change"
        if self.exposure is not None and self.exposure not in self.covariates:
            yield f"exposure: '{self.exposure}' must stand under covariates too; add it there"
        if self.design == "unit_effects" and not clustered:
            yield (
                f"covariance: {self.covariance} takes records of one person as independent; with"
                " unit_effects write covariance: CR2 and cluster: person"
            )

    def fit(self, panel: "pd.DataFrame") -> Fit:
        """Fit to every outcome of the spec; see `Fit` for what comes back."""
        estimates: list[Estimate] = []
        diagnostics: dict[str, Any] = {}
        checks: list[Check] = []
        for outcome in self.outcomes:
            rows, known, made = self._outcome(panel, outcome)
            estimates += rows
            diagnostics[outcome] = known
            checks += made
        return Fit(tuple(estimates), (), diagnostics, tuple(checks))

    def _outcome(
        self, panel: "pd.DataFrame", outcome: str
    ) -> tuple[list[Estimate], dict[str, Any], list[Check]]:
        frame = frame_of(panel, self, outcome)
        asked = {
            moment.name: self._asked(outcome, moment)
            for moment in self.moments()
            if moment != self.reference_time()
        }
        rows = without_data(self, list(asked.values()), frame)
        times = [one.time for name, one in asked.items() if name not in rows and one.time]
        diagnostics: dict[str, Any] = {}
        checks: list[Check] = []
        one_by_one = self.design == "change"
        for group in [[time] for time in times] if one_by_one else filter(None, [times]):
            try:
                fitted = self._regression(panel, outcome, group)
            except NotEstimable as error:
                rows |= {
                    t.name: asked[t.name].describe(frame).not_estimable(str(error)) for t in group
                }
                continue
            diagnostics |= self._diagnostics(fitted, group)
            rows |= {t.name: self._estimate(fitted, asked[t.name], frame) for t in group}
            made = {t: rows[t.name] for t in group if rows[t.name].status == "estimated"}
            checks += self._checks(fitted, outcome, made)
        return [rows[name] for name in asked], diagnostics, checks

    def _asked(self, outcome: str, time: Moment) -> Asked:
        asked = asked_for(self, self.kind, outcome, time, _MISSING_DATA[self.design])
        if self.exposure is None:
            return asked
        label = self.context.covariates[self.exposure].label
        row = replace(
            asked.row,
            estimand="difference in mean change per unit of exposure",
            contrast=f"per unit of {label}, {asked.row.contrast.partition(', ')[2]}",
            unit=f"{asked.row.unit} per unit of {label}",
        )
        return replace(asked, row=row)

    def _regression(self, panel: "pd.DataFrame", outcome: str, times: list[Moment]) -> Regression:
        at, change = [self.reference_time(), *times], self.design == "change"
        frame = frame_of(panel, self, outcome, at, at_each=change)
        if change:
            return change_regression(self, frame, times[0])
        return level_regression(self, frame, times)

    def _estimate(self, fitted: Regression, asked: Asked, frame: Frame) -> Estimate:
        rows, row = fitted.frame, asked.describe(fitted.frame)
        if reason := self._refusal(rows):
            return row.refused(reason)
        contrast = fitted.contrast(asked.time)
        try:
            found = infer(fitted.fit, contrast, self.covariance, self._clusters(rows))
        except NotEstimable as error:
            return row.not_estimable(str(error))
        row = replace(row, warnings=(*row.warnings, *self._repeated(rows), *self._by_exposure()))
        level: str = str(self.cluster) if found.n_clusters else self.level
        clusters = found.n_clusters or rows.n
        if rows.n > rows.count("person") and not found.n_clusters:
            level = "record"
        method = f"{fitted.estimator}; {found.method}"
        method += f"; clusters: {level}" if found.n_clusters else ""
        return inferred(row, found, method, clusters, level)

    def _refusal(self, rows: Frame) -> str | None:
        if self.covariance in ("classical", "HC2"):
            return None
        if self.cluster is None:
            return f"{self.covariance} needs a cluster; write cluster: neighbourhood (or person)"
        noun = "person" if self.level == "person" else "respondent"
        return refusal(rows, self.cluster, "clustering", noun)

    def _by_exposure(self) -> tuple[str, ...]:
        """What an exposure's estimate rests on (Callaway, Goodman-Bacon & Sant'Anna 2024)."""
        if self.exposure is None:
            return ()
        label = self.context.covariates[self.exposure].label
        return (
            f"compares changes by {label}, not the arms: an effect only if those with more of it"
            " would have changed like those with less, had there been no intervention",
        )

    def _repeated(self, rows: Frame) -> tuple[str, ...]:
        """A sentence where records of the same unit are taken as independent."""
        again = rows.n - rows.count("person")
        if self.covariance in ("CR1", "CR2") or again == 0 or self.design == "unit_effects":
            return ()
        return (
            f"{again} records are of units that answered before, and are treated as independent of"
            " them; cluster by person (or neighbourhood) to allow for that",
        )

    def _clusters(self, rows: Frame) -> np.ndarray | None:
        return (
            rows.codes[self.cluster] if self.cluster and self.covariance.startswith("CR") else None
        )

    def _checks(
        self, fitted: Regression, outcome: str, made: dict[Moment, Estimate]
    ) -> Iterator[Check]:
        """The fitted equation, if there is an estimate from it."""
        if made:
            change = self.design == "change"
            yield of_least_squares(
                (outcome, next(iter(made)).name) if change else (outcome,),
                fitted.fit,
                fitted.names,
                fitted.frame,
                {row.estimate_id: fitted.contrast(time) for time, row in made.items()},
                self.cluster,
                change,
            )

    def _diagnostics(self, fitted: Regression, times: list[Moment]) -> dict[str, Any]:
        fit = fitted.fit
        standard = np.sqrt(np.diag(covariance_matrix(fit, "classical")))
        known = {
            "coefficient": dict(zip(fitted.names, map(float, fit.coef), strict=True)),
            "std_error_classical": dict(zip(fitted.names, map(float, standard), strict=True)),
            "r_squared": float(fit.r_squared),
            "residual_sd": float(np.sqrt(fit.residual_variance)),
            "n_obs": int(fit.n_obs),
        }
        return {times[0].name: known} if self.design == "change" else known
