"""One estimate of a regression as a function of people's answers: the model's own, set by set."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.linear_estimate import LinearEstimate
from cesp_analysis.missing.outcome_sets import OutcomeSets
from cesp_analysis.models.baseline import BASELINE
from cesp_analysis.models.check import Check
from cesp_analysis.models.least_squares import LeastSquares, least_squares
from cesp_analysis.models.many_outcomes import Many, infer_many
from cesp_analysis.models.results import Fit
from cesp_analysis.models.robust import RobustSpec
from cesp_analysis.models.same_design import same_design


@dataclass(frozen=True)
class Equation:
    """What a model's row is made of in one set.

    fit: its least squares; contrast (k,); person, time (rows,): whose answer and of when each row
    is; first: index of the reference time; change: rows are that answer less the first; baseline:
    the column of the first answer, or None; clusters (rows,), or None.
    """

    fit: LeastSquares
    contrast: Floats
    covariance: Any
    clusters: Codes | None
    person: Codes
    time: Codes
    first: int
    change: bool
    baseline: int | None

    def at(self, answers: Floats) -> "Equation":
        """The same equation of a set whose first answers (n, t) are others."""
        if self.baseline is None:
            return self
        x = self.columns()
        x[:, self.baseline] = answers[self.person, self.first]
        return replace(self, fit=least_squares(self.fit.outcome, x, self.fit.weights))

    def many(self, answers: Floats) -> Many:
        """The model's inference with answers (q, n, t), alike at the reference time where those
        are a column. Raises NotEstimable."""
        y = answers[:, self.person, self.time]
        if self.change:
            y = y - answers[:, self.person, self.first]
        return infer_many(self.fit, self.contrast, self.covariance, y, self.clusters)

    def columns(self) -> Floats:
        """The design (rows, k) without the weights' roots."""
        return self.fit.x / np.sqrt(self.fit.weights)[:, None]

    def linear(self) -> LinearEstimate | None:
        """The estimate alone, for many sets at once; None: a row is no person."""
        if self.fit.units is not None or len(np.unique(self.time)) != 1:
            return None
        return LinearEstimate(
            x=self.columns(),
            contrast=self.contrast,
            person=self.person,
            weight=self.fit.weights,
            first=self.first,
            last=int(self.time[0]),
            change=self.change,
            baseline=self.baseline,
        )


def estimates_of(spec: RobustSpec, fit: Fit, answers: OutcomeSets) -> dict[str, Equation]:
    """Estimate → its equation, of a model fitted to one outcome in one set."""
    found = {}
    for check in fit.checks:
        if isinstance(check.engine, LeastSquares):
            for estimate, contrast in check.contrasts.items():
                found[estimate] = _equation(spec, check, contrast, answers)
    return found


def _equation(spec: RobustSpec, check: Check, contrast: Floats, answers: OutcomeSets) -> Equation:
    place = {name: index for index, name in enumerate(answers.people)}
    labels = check.frame.names["person"]
    codes = check.frame.codes["person"]
    time = check.frame.time
    if len(check.place) == 2:
        time = np.full(len(codes), answers.times.index(check.place[1]))
    assert isinstance(check.engine, LeastSquares)
    clusters = check.frame.codes[spec.cluster] if spec.clustered and spec.cluster else None
    engine = same_design(check.engine, check.y)
    return Equation(
        fit=engine,
        contrast=contrast,
        covariance=spec.covariance,
        clusters=clusters,
        person=np.array([place[labels[code]] for code in codes], dtype=int),
        time=time,
        first=answers.first,
        change=check.of_change,
        baseline=check.names.index(BASELINE) if BASELINE in check.names else None,
    )
