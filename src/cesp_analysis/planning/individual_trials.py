"""Trials that randomise people within locations; link workers serve those of the intervention arm.

Outcomes: y = location + effect (which may differ between locations) + slope * baseline + link
worker's effect (intervention arm alone) + person's. Analysed by location + arm (+ baseline), a
random effect of link workers in that arm and residual variances by arm if they differ (Roberts &
Roberts 2005, Clin Trials 2:152-62: partially nested). With caseloads alike the sums of squares of
four strata are all of it; otherwise each worker's mean is a row.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning.strata import Strata, only_strata, wishart
from cesp_analysis.planning.trials import Floats

LEAST = 0.02
"""Smallest ratio that a descent starts from."""


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
            (self.workers < 2, "a location needs 2 link workers to see how they differ"),
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
            (
                differs and not self.alike,
                "an effect that differs between locations is simulated with caseloads alike alone",
            ),
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
        """How many ratios of effects (link workers; the effect's between locations), and residual
        variances."""
        return 1 + (self.effect_sd > 0), 1 + self.by_arm

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


def drawn_alike(trial: IndividualTrial, rng: np.random.Generator, count: int) -> Strata:
    """Draw `count` trials whose caseloads are alike, without the effect."""
    places, w, m, n = trial.locations, trial.workers, trial.caseload, trial.controls
    df = np.array([places * w * (m - 1), places * (w - 1), places * (n - 1), places], dtype=float)
    worker = m * trial.of_worker * np.array([[0.0, 0.0], [0.0, 1.0]])
    covariances = (trial.of_person, trial.of_person + worker, trial.of_control)
    scatter = np.zeros((count, 4, 3, 3))
    for at, covariance in enumerate(covariances):
        scatter[:, at, 1:, 1:] = wishart(rng, covariance, np.full(count, df[at]))
    rows = _differences(trial, rng, count)
    scatter[:, 3] = np.swapaxes(rows, 1, 2) @ rows
    made = np.array(
        [
            trial.made(1, 0, 0, 0),
            trial.made(1, m, 0, 0),
            trial.made(0, 0, 0, 1),
            trial.made(1 / (m * w), 1 / w, 1, 1 / n),
        ]
    )
    kept = np.ix_(range(count), range(4), trial.columns, trial.columns)
    own = scatter[kept]
    return only_strata(made, df[None], own, trial.shape, _roots(trial, own, df, float(m)))


def _differences(trial: IndividualTrial, rng: np.random.Generator, count: int) -> Floats:
    """Intervention less control in each location (count, locations, 3): arm 1, baseline, outcome."""
    w, m, n = trial.workers, trial.caseload, trial.controls
    shape = (count, trial.locations)
    served = _pairs(rng, trial.of_person / (m * w), shape)
    served[..., 1] += rng.standard_normal(shape) * (trial.of_worker / w + trial.effect_sd**2) ** 0.5
    found = np.ones((*shape, 3))
    found[..., 1:] = served - _pairs(rng, trial.of_control / n, shape)
    return found


def _pairs(rng: np.random.Generator, covariance: Floats, shape: tuple[int, ...]) -> Floats:
    """Normal pairs (*shape, 2)."""
    return np.asarray(rng.standard_normal((*shape, 2)) @ np.linalg.cholesky(covariance).T)


def drawn_unequal(trial: IndividualTrial, rng: np.random.Generator, count: int) -> Strata:
    """Draw `count` trials by link worker: caseloads that differ, people who are lost."""
    served = _answering(trial, rng, (count, trial.locations * trial.workers), trial.caseload)
    alone = _answering(trial, rng, (count, trial.locations), trial.controls, 0.0)
    rows = np.concatenate(
        [
            _rows(trial, rng, served, trial.of_person, trial.of_worker, True),
            _rows(trial, rng, alone, trial.of_control, 0.0, False),
        ],
        axis=1,
    )
    people = np.concatenate([served, alone], axis=1)
    df = np.stack([np.maximum(one - 1, 0).sum(1) for one in (served, alone)], axis=1)
    scatter = np.zeros((count, 2, 3, 3))
    for at, covariance in enumerate((trial.of_person, trial.of_control)):
        scatter[:, at, 1:, 1:] = wishart(rng, covariance, df[:, at])
    none = people == 0
    rows[none] = 0.0
    df[:, 0] -= none.sum(1)  # rows that stand for nobody are no answers
    made = np.array([trial.made(1, 0, 0, 0), trial.made(0, 0, 0, 1)])
    first = served.shape[1]
    start = _roots(trial, scatter[:, :, [0, 2]][..., [0, 2]], df, float(trial.caseload))
    q, dummies = rows.shape[-1], trial.locations
    kept = [*range(dummies), *(dummies + at for at in trial.columns)]
    whole = np.zeros((count, 2, q, q))
    whole[..., dummies:, dummies:] = scatter
    return Strata(
        made, df, whole[..., kept, :][..., kept], _made_rows(trial, people, first),
        rows[..., kept], trial.shape, start,
    )  # fmt: skip


def _answering(
    trial: IndividualTrial, rng: np.random.Generator, shape: tuple[int, int], people: int,
    cv: float | None = None,
) -> Floats:
    """How many people answer."""
    cv = trial.caseload_cv if cv is None else cv
    asked = np.full(shape, float(people))
    if cv > 0:
        asked = np.maximum(np.rint(rng.standard_gamma(cv**-2, shape) * people * cv**2), 1.0)
    return rng.binomial(asked.astype(int), trial.retention).astype(float)


def _rows(
    trial: IndividualTrial, rng: np.random.Generator, people: Floats, covariance: Floats,
    between: float, arm: bool,
) -> Floats:
    """Means of link workers' people, or of a location's controls: location, arm, baseline, outcome."""
    pairs = _pairs(rng, covariance, people.shape) / np.sqrt(np.maximum(people, 1))[..., None]
    pairs[..., 1] += rng.standard_normal(people.shape) * between**0.5
    r, units = people.shape
    places = np.repeat(np.eye(trial.locations), units // trial.locations, axis=0)
    arms = np.full((r, units, 1), float(arm))
    return np.concatenate([np.broadcast_to(places, (r, *places.shape)), arms, pairs], axis=2)


def _made_rows(trial: IndividualTrial, people: Floats, served: int) -> Floats:
    """What each row's variance is made of (r, u, 1 + v); of nobody: 1."""
    over = np.where(people > 0, 1 / np.maximum(people, 1), 0.0)
    found = np.zeros((*people.shape, sum(trial.shape)))
    found[:, :served, 0] = over[:, :served]
    found[:, :served, 1] = people[:, :served] > 0
    found[:, served:, -1 if trial.by_arm else 0] = over[:, served:]
    found[..., 0] += people == 0
    return found


def _roots(trial: IndividualTrial, scatter: Floats, df: Floats, people: float) -> Floats:
    """Where to start: mean squares of strata (r, i), the first of them within link workers."""
    mean = scatter[:, :, -1, -1] / np.maximum(df, 1)
    found = np.full((len(scatter), sum(trial.shape) - 1), 0.05)
    if scatter.shape[1] > 2:
        found[:, 0] = np.maximum(mean[:, 1] / mean[:, 0] - 1, LEAST) / people
    if trial.by_arm:
        found[:, -1] = mean[:, -2 if scatter.shape[1] > 2 else -1] / mean[:, 0]
    return np.sqrt(found)


def lead_of(trial: IndividualTrial) -> NDArray[np.float64]:
    """Which coefficient the effect is."""
    before = 0 if trial.alike else trial.locations
    return np.eye(before + len(trial.columns) - 1)[before]
