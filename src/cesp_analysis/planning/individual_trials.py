"""Trials that randomise people within locations; link workers serve those of the intervention arm.

Outcomes: y = location + effect (which may differ between locations) + slope * baseline + link
worker's effect (intervention arm alone) + person's. Analysed by location + arm (+ baseline), a
random effect of link workers in that arm and residual variances by arm if they differ (Roberts &
Roberts 2005, Clin Trials 2:152-62: partially nested). With caseloads alike the sums of squares of
four strata are all of it; otherwise each worker's mean is a row, those of a location as alike as
its effect makes them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning.individual import ONE_EACH


@dataclass(frozen=True)
class IndividualTrial:
    """A trial of people, in `locations` locations alike.

    workers, caseload (people of each), controls: of one location; effect; sd: of a control within a
    location; sd_served: total SD of the intervention arm within a location (NaN: the same, and one
    residual variance is fitted if worker_icc is all that differs); worker_icc: share of it between
    link workers; correlation: of baseline and follow-up within worker and arm, 0: no baseline;
    retention: each person answers by chance; caseload_cv: of caseloads (gamma, whole numbers, at
    least 1); effect_sd: SD of the effect between locations.

    Raises NotEstimable: a value that no trial can have, in one line.
    """

    locations: int
    workers: int
    caseload: int
    controls: int
    effect: float
    sd: float = 1.0
    sd_served: float = float("nan")
    worker_icc: float = 0.0
    correlation: float = 0.0
    retention: float = 1.0
    caseload_cv: float = 0.0
    effect_sd: float = 0.0

    def __post_init__(self) -> None:
        for wrong, why in self._faults():
            if wrong:
                raise NotEstimable(why)

    def _faults(self) -> list[tuple[bool, str]]:
        differs = self.effect_sd > 0
        return [
            (self.locations < 1, "a trial needs 1 or more locations"),
            (self.workers < 1, "a location needs a link worker"),
            (self.workers < 2 and self.locations < 3, ONE_EACH),
            (self.caseload < 2, "a link worker needs at least 2 people"),
            (self.controls < 2, "a location needs at least 2 controls"),
            (not np.isfinite(self.effect), "the effect is not a number"),
            (not self.sd > 0 or self.sd_served <= 0, "SDs must be above 0"),
            (not 0 <= self.worker_icc < 1, "the link workers' ICC must lie in [0, 1)"),
            (not -1 < self.correlation < 1, "the pre-post correlation must lie between -1 and 1"),
            (not 0 < self.retention <= 1, "retention must lie in (0, 1]"),
            (not 0 <= self.caseload_cv < 2, "the CV of caseloads must lie in [0, 2)"),
            (self.effect_sd < 0, "the SD of the effect between locations must not be below 0"),
            (differs and self.locations < 3, "an effect that differs needs 3 or more locations"),
        ]

    @property
    def alike(self) -> bool:
        """Whether all link workers have the same number of people who answer."""
        return self.caseload_cv == 0 and self.retention == 1

    @property
    def by_arm(self) -> bool:
        """Whether the arms have residual variances of their own."""
        return not np.isnan(self.sd_served)

    @property
    def shape(self) -> tuple[int, int]:
        """How many ratios of effects (link workers; the effect's between locations, which one link
        worker of each cannot be told from), and residual variances."""
        return 1 + (self.effect_sd > 0 and self.workers > 1), 1 + self.by_arm

    @property
    def of_worker(self) -> float:
        """Variance between link workers."""
        return self.worker_icc * self._served

    @property
    def of_person(self) -> Floats:
        """Covariance (2, 2) of baseline and follow-up of a person within a link worker."""
        return self._covariance((1 - self.worker_icc) * self._served)

    @property
    def of_control(self) -> Floats:
        """Covariance (2, 2) of baseline and follow-up of a control within a location."""
        return self._covariance(self.sd**2)

    @property
    def _served(self) -> float:
        """Without an SD of its own the arm has the controls' residual variance, workers added."""
        return self.sd_served**2 if self.by_arm else self.sd**2 / (1 - self.worker_icc)

    def _covariance(self, variance: float) -> Floats:
        both = self.correlation * self.sd * variance**0.5
        return np.array([[self.sd**2, both], [both, variance]])

    @property
    def columns(self) -> list[int]:
        """Which of arm, baseline, outcome the analysis uses."""
        return [0, 1, 2] if self.correlation else [0, 2]

    def made(self, own: float, worker: float, effect: float, control: float) -> list[float]:
        """What a variance is made of: times residual, worker, effect's and controls' variance."""
        found = [own + (0.0 if self.by_arm else control), worker]
        found += [effect] if self.shape[0] > 1 else []
        return found + ([control] if self.by_arm else [])


def lead_of(trial: IndividualTrial) -> NDArray[np.float64]:
    """Which coefficient the effect is."""
    before = 0 if trial.alike else trial.locations
    return np.asarray(np.eye(before + len(trial.columns) - 1)[before])
