"""Model kind `did`: difference in differences of two arms over two or more times.

Sources: Angrist & Pischke (2009) ch. 5 for the estimand; Bell & McCaffrey (2002) and Pustejovsky &
Tipton (2018) for CR2 and its degrees of freedom; Welch (1947) for HC2 in two groups.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from cesp_analysis.declared.design import Moment
from cesp_analysis.models.alike import alike, same_changes, same_values
from cesp_analysis.models.answers import Answers, answers_of
from cesp_analysis.models.check import Check, of_least_squares
from cesp_analysis.models.did_design import (
    Regression,
    change_regression,
    level_regression,
    people_behind,
    repeated,
)
from cesp_analysis.models.did_means import means_of
from cesp_analysis.models.frame import Frame, frame_of
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.results import Estimate, Fit, Mean, of_all
from cesp_analysis.models.robust import (
    RobustSpec,
    joint_diagnostics,
    regression_diagnostics,
    robust_row,
)
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

_MISSING_DATA = {
    "change": "people who answered both times",
    "unit_effects": "people who answered at two times or more",
    "cross_sections": "complete records",
}


class Did(RobustSpec):
    """Difference in differences."""

    linear: ClassVar[bool] = True

    kind: Literal["did"]
    design: Literal["change", "unit_effects", "cross_sections"] = Field(
        description="change: each person's change, one time at a time; unit_effects: all times at"
        " once with an effect for each person; cross_sections: different people each time."
    )

    average: bool = Field(
        default=False,
        description="true: also the average of the effects at all later times, each alike (not"
        " with design: change).",
    )

    dose: str | None = Field(
        default=None,
        description="design change: one of covariates, a number, that takes the arm's place; the"
        " estimate is the difference in mean change per unit of it.",
    )

    def faults(self) -> Iterator[str]:
        """Beside what clusters need: person effects need clustered errors."""
        yield from super().faults()
        if self.dose is not None and self.design != "change":
            yield "dose: goes with design: change alone; remove it, or write design: change"
        if self.dose is not None and self.dose not in self.covariates:
            yield f"dose: '{self.dose}' must stand under covariates too; add it there"
        if self.design == "unit_effects" and not self.clustered:
            yield (
                f"covariance: {self.covariance} takes records of one person as independent; with"
                " unit_effects write covariance: CR2 and cluster: person"
            )
        if self.average and self.design == "change":
            yield (
                "average: with design: change each time has a regression of its own, of other"
                " people; write design: unit_effects, or remove it"
            )

    def times_together(self) -> bool:
        """With an effect for each person."""
        return self.design == "unit_effects"

    def mean_of_arm(self) -> str:
        """None where a dose takes the arm's place."""
        return "" if self.dose else super().mean_of_arm()

    def no_means(self) -> str:
        """Cross-sections alone keep the sites' means."""
        return {
            "change": "each person's change alone is compared",
            "unit_effects": "each person's own level takes the place of the site's",
            "cross_sections": "",
        }[self.design]

    def own_fit(self, panel: "pd.DataFrame") -> Fit:
        """A fit to every outcome of the spec."""
        answers = answers_of(panel, self)
        return of_all({outcome: self._outcome(answers, outcome) for outcome in self.outcomes})

    def _outcome(self, answers: Answers, outcome: str) -> Fit:
        frame = frame_of(answers, self, outcome)
        asked = {
            moment.name: self._asked(outcome, moment)
            for moment in self.moments()
            if moment != self.reference_time()
        }
        one_by_one = self.design == "change"
        own = partial(people_behind, self, answers, outcome) if one_by_one else None
        rows = without_data(self, list(asked.values()), frame, own)
        times = [one.time for name, one in asked.items() if name not in rows and one.time]
        diagnostics: dict[str, Any] = {}
        checks: list[Check] = []
        means: list[Mean] = []
        last: Regression | None = None
        for group in [[time] for time in times] if one_by_one else filter(None, [times]):
            try:
                fitted = self._regression(answers, outcome, group)
            except NotEstimable as error:
                for t in group:
                    described = asked[t.name].describe(own(t) if own else frame)
                    rows[t.name] = described.not_estimable(str(error))
                continue
            diagnostics |= self._diagnostics(fitted, group)
            rows |= {
                t.name: self._estimate(fitted, asked[t.name], fitted.contrast(t)) for t in group
            }
            last = fitted
            if not self.no_means():
                means += means_of(self, fitted, outcome)
            made = {t: rows[t.name] for t in group if rows[t.name].status == "estimated"}
            checks += self._checks(fitted, outcome, made)
        found = [rows[name] for name in asked]
        if (average := later_average(self, outcome)) and not one_by_one:
            row = self._average(last, outcome, last.frame if last else frame, rows, *average)
            found.append(row)
            if last is not None and row.status == "estimated":
                mean = last.average(average[1])
                checks = [check.with_further(row.estimate_id, mean) for check in checks]
        return Fit(tuple(found), tuple(means), diagnostics, tuple(checks))

    def _asked(self, outcome: str, time: Moment) -> Asked:
        said, compared = _MISSING_DATA[self.design], change_to(self, time)
        asked = asked_for(self, outcome, time, said, compared)
        if self.dose is None:
            return asked
        label = self.context.covariates[self.dose].label
        row = replace(
            asked.row,
            estimand="difference in mean change per unit of dose",
            contrast=f"per unit of {label}, {compared.what}",
            unit=f"{asked.row.unit} per unit of {label}",
        )
        return replace(asked, row=row)

    def _average(
        self,
        fitted: Regression | None,
        outcome: str,
        frame: Frame,
        rows: dict[str, Estimate],
        moment: Moment,
        later: list[Moment],
    ) -> Estimate:
        said, compared = _MISSING_DATA[self.design], change_to(self, moment)
        asked = as_average(asked_for(self, outcome, moment, said, compared))
        if without := without_parts(asked.describe(frame), later, rows):
            return without
        assert fitted is not None  # its parts are estimated
        return self._estimate(fitted, asked, fitted.average(later))

    def _regression(self, answers: Answers, outcome: str, times: list[Moment]) -> Regression:
        at, change = [self.reference_time(), *times], self.design == "change"
        frame = frame_of(answers, self, outcome, at, at_each=change)
        if change:
            return change_regression(self, frame, times[0])
        return level_regression(self, frame, times)

    def _estimate(self, fitted: Regression, asked: Asked, contrast: np.ndarray) -> Estimate:
        rows = fitted.frame
        row = asked.describe(rows)
        row = robust_row(self, row, rows, fitted.fit, contrast, fitted.estimator)
        if row.status != "estimated":
            return row
        said = (*self._repeated(rows), *self._by_dose(), *self._alike(fitted, asked.time))
        return replace(row, warnings=(*row.warnings, *said))

    def _by_dose(self) -> tuple[str, ...]:
        """What a dose's estimate rests on (Callaway, Goodman-Bacon & Sant'Anna 2024)."""
        if self.dose is None:
            return ()
        return (
            f"compares changes by {self.context.covariates[self.dose].label}, not the arms: an"
            " effect only if those with more of it would have changed like those with less, had"
            " there been no intervention",
        )

    def _alike(self, fitted: Regression, time: Moment | None) -> tuple[str, ...]:
        """A sentence for each group without any spread."""
        if self.dose is not None:
            return ()
        kept, y = fitted.frame.rows(fitted.fit.kept), fitted.fit.outcome
        if self.design == "change":
            return alike(y, kept.arm, "change")
        return (same_values if self.design == "cross_sections" else same_changes)(self, kept, time)

    def _repeated(self, rows: Frame) -> tuple[str, ...]:
        """A sentence where records of the same unit are taken as independent."""
        return () if self.clustered or self.design == "unit_effects" else repeated(rows)

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
        known = regression_diagnostics(fitted.fit, fitted.names)
        if self.design == "change":
            return {times[0].name: known}
        contrasts = np.stack([fitted.contrast(time) for time in times])
        return known | joint_diagnostics(self, fitted.frame, fitted.fit, contrasts)
