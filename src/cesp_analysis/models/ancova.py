"""Model kind `ancova`: the outcome at each later time, adjusted for baseline.

Sources: Frison & Pocock (1992), Statistics in Medicine 11:1685-704; what it assumes where chance
did not allocate stands in models/baseline.py.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from cesp_analysis.declared.design import Moment
from cesp_analysis.models.alike import ON_BASELINE, alike
from cesp_analysis.models.answers import Answers, answers_of
from cesp_analysis.models.baseline import (
    BASELINE,
    COMMON_MEAN,
    STARTED_ALIKE,
    at_equal_baseline,
    before_baseline,
    bracket,
)
from cesp_analysis.models.check import Check, of_least_squares
from cesp_analysis.models.did_design import both_times, enough, fitted, people_behind
from cesp_analysis.models.frame import Frame, frame_of
from cesp_analysis.models.least_squares import LeastSquares
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.results import Estimate, Fit
from cesp_analysis.models.robust import RobustSpec, regression_diagnostics, robust_row
from cesp_analysis.models.rows import Asked, asked_for, without_data

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Adjusted:
    """after ~ arm + baseline + covariates: the fit, its columns (k,), people's baseline rows.

    gap: the arms' difference at baseline; change: their difference in mean change; both adjusted
    for the covariates, on the same people with the same weights.
    """

    fit: LeastSquares
    names: tuple[str, ...]
    frame: Frame
    gap: float
    change: float

    def part(self, name: str) -> np.ndarray:
        """The vector (k,) that reads one coefficient."""
        return np.array([float(own == name) for own in self.names])


class Ancova(RobustSpec):
    """Analysis of covariance: later outcomes at equal baseline."""

    linear: ClassVar[bool] = True

    kind: Literal["ancova"]

    def no_means(self) -> str:
        """Its means are of no site."""
        return "it compares later values of people who started alike, whom no site holds"

    def own_fit(self, panel: "pd.DataFrame") -> Fit:
        """A fit to every outcome of the spec."""
        estimates: list[Estimate] = []
        diagnostics: dict[str, Any] = {}
        checks: list[Check] = []
        answers = answers_of(panel, self)
        for outcome in self.outcomes:
            rows, known, made = self._outcome(answers, outcome)
            estimates += rows
            diagnostics[outcome] = known
            checks += made
        return Fit(tuple(estimates), (), diagnostics, tuple(checks))

    def _outcome(
        self, answers: Answers, outcome: str
    ) -> tuple[list[Estimate], dict[str, Any], list[Check]]:
        frame = frame_of(answers, self, outcome)
        asked = [
            self._asked(outcome, moment)
            for moment in self.moments()
            if moment != self.reference_time()
        ]
        own = partial(people_behind, self, answers, outcome)
        rows = before_baseline(self, asked, frame)
        rows = without_data(self, asked, frame, own) | rows
        diagnostics: dict[str, Any] = {}
        checks: list[Check] = []
        for one in asked:
            if one.time is None or one.time.name in rows:
                continue
            try:
                found = self.regression(answers, outcome, one.time)
            except NotEstimable as error:
                rows[one.time.name] = one.describe(own(one.time)).not_estimable(str(error))
                continue
            rows[one.time.name] = row = self._estimate(found, one)
            if row.status == "estimated":
                checks.append(self._check(found, outcome, row, one.time))
            diagnostics[one.time.name] = regression_diagnostics(found.fit, found.names) | {
                "baseline_difference": found.gap,
                "difference_in_mean_change": found.change,
            }
        return [rows[one.time.name] for one in asked if one.time], diagnostics, checks

    def _asked(self, outcome: str, moment: Moment) -> Asked:
        compared = at_equal_baseline(self.reference_time(), moment.label)
        return asked_for(self, outcome, moment, "people who answered both times", compared)

    def regression(self, answers: "pd.DataFrame | Answers", outcome: str, time: Moment) -> Adjusted:
        """The regression at one time, on people who answered then and at the reference time."""
        frame = frame_of(answers, self, outcome, [self.reference_time(), time], at_each=True)
        rows, after = both_times(self, frame, time)
        enough(rows)
        if np.ptp(rows.y) == 0:
            raise NotEstimable(
                f"everybody has the same value at {self.reference_time().label}, so that there is"
                " nothing to adjust for; use kind did with design: change"
            )
        x = {"(intercept)": np.ones(rows.n), "arm": rows.arm}
        others = dict(zip(rows.covariate_names, rows.covariates.T, strict=True))
        weight = after.weight if self.weighted else None
        full = x | {BASELINE: rows.y} | others
        fit = fitted(after.y, full, weight)
        gap = float(fitted(rows.y, x | others, weight).coef[1])
        slope = float(fit.coef[list(full).index(BASELINE)])
        change = float(fit.coef[1]) + (slope - 1) * gap
        return Adjusted(fit, tuple(full), rows, gap, change)

    def _estimate(self, found: Adjusted, asked: Asked) -> Estimate:
        row = asked.describe(found.frame)
        words = f"analysis of covariance ({self._estimator()})"
        row = robust_row(self, row, found.frame, found.fit, found.part("arm"), words)
        if row.status != "estimated":
            return row
        slope = float(found.part(BASELINE) @ found.fit.coef)
        said = (*row.warnings, *_alike(found, asked.time))
        row = replace(row, baseline_slope=slope, warnings=said)
        if self.context.chance_made_alike():
            return row
        decimals = self.context.outcomes[row.outcome].decimals
        numbers = bracket(slope, found.gap, found.change, bool(self.covariates), decimals)
        return replace(row, warnings=(*row.warnings, STARTED_ALIKE, COMMON_MEAN, numbers))

    def _check(self, found: Adjusted, outcome: str, row: Estimate, time: Moment) -> Check:
        """The fitted equation with its rows, for residuals and exports."""
        contrasts = {row.estimate_id: found.part("arm")}
        made = of_least_squares(
            (outcome, time.name), found.fit, found.names, found.frame, contrasts, self.cluster
        )
        return replace(made, baseline=made.frame.y)

    def _estimator(self) -> str:
        weights = "weighted, " if self.weighted else ""
        return f"{weights}adjusted for {', '.join(('baseline', *self.covariates))}"


def _alike(found: Adjusted, time: Moment | None) -> tuple[str, ...]:
    """A sentence for each arm whose changes, or whose later outcomes, have no spread."""
    arm, kept = found.frame.arm[found.fit.kept], found.fit.kept
    later = found.fit.outcome
    changes = alike(later - found.frame.y[kept], arm, "change", so=ON_BASELINE)
    at = f" at {time.label}" if time else ""
    return changes + alike(later, arm, "value", at, ON_BASELINE)
