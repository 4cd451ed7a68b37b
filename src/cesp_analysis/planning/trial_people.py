"""Trials with an outcome that is yes or no, or a count: each location's total, drawn exactly.

Binary: shares of locations vary by a beta law (`icc` is the correlation of two people's answers).
Counts: Poisson, each person's rate a gamma multiple of the
location's, which is a gamma multiple of the arm's. The effect is a difference of shares or rates.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning.trial_draws import ByLocation, sizes
from cesp_analysis.planning.trials import Floats, Trial


@dataclass(frozen=True)
class BinaryTrial:
    """A trial whose outcome is yes or no, after the intervention.

    control, intervention: shares of people with the outcome; other fields as in `Trial`.
    """

    locations: tuple[int, int]
    people: int | tuple[int, ...]
    control: float
    intervention: float
    icc: float
    retention: float = 1.0
    size_cv: float = 0.0

    def __post_init__(self) -> None:
        for share in (self.control, self.intervention):
            if not 0 < share < 1:
                raise NotEstimable(f"a share must lie between 0 and 1, not {share:g}")
        _ = self.frame

    @property
    def effect(self) -> float:
        """Difference of the shares."""
        return self.intervention - self.control

    @cached_property
    def frame(self) -> Trial:
        """Its locations and people, as those of a trial."""
        return Trial(
            self.locations, self.people, self.effect, self.icc,
            retention=self.retention, size_cv=self.size_cv,
        )  # fmt: skip


@dataclass(frozen=True)
class CountTrial:
    """A trial whose outcome is a count for each person, after the intervention.

    control, intervention: mean counts; location_cv: of locations' true rates (Hayes & Bennett 1999,
    Int J Epidemiol 28:319-26: k); person_cv: of people's within a location; other fields as in
    `Trial`.
    """

    locations: tuple[int, int]
    people: int | tuple[int, ...]
    control: float
    intervention: float
    location_cv: float
    person_cv: float = 0.0
    retention: float = 1.0
    size_cv: float = 0.0

    def __post_init__(self) -> None:
        for rate in (self.control, self.intervention):
            if not 0 < rate < np.inf:
                raise NotEstimable(f"a mean count must be above 0, not {rate:g}")
        for cv in (self.location_cv, self.person_cv):
            if not 0 <= cv < np.inf:
                raise NotEstimable(f"a CV must be 0 or more, not {cv:g}")
        _ = self.frame

    @property
    def effect(self) -> float:
        """Difference of the mean counts."""
        return self.intervention - self.control

    @cached_property
    def frame(self) -> Trial:
        """Its locations and people, as those of a trial."""
        return Trial(
            self.locations, self.people, self.effect, 0.0,
            retention=self.retention, size_cv=self.size_cv,
        )  # fmt: skip


def counted(trial: BinaryTrial | CountTrial, rng: np.random.Generator, count: int) -> ByLocation:
    """Draw `count` trials by location; means less the effect, as those of `by_location`."""
    size = sizes(trial.frame, rng, count)[1]
    size = np.broadcast_to(size, (trial.frame.k, count)).copy()
    controls = trial.locations[0]
    binary = isinstance(trial, BinaryTrial)
    y = _yes(trial, size, rng) if isinstance(trial, BinaryTrial) else _counts(trial, size, rng)
    y = np.divide(y, size, out=np.zeros_like(y), where=size > 0)
    squares = size * y * (1 - y) if binary else np.full(y.shape, np.nan)
    y[controls:] -= np.where(size[controls:] > 0, trial.effect, 0.0)
    none = np.zeros(y.shape)
    return ByLocation(size, np.zeros(y.shape), y, (none, none, squares), controls, False)


def _yes(trial: BinaryTrial, size: Floats, rng: np.random.Generator) -> Floats:
    """How many people say yes (k, r)."""
    share = np.empty(size.shape)
    controls = trial.locations[0]
    for rows, mean in (
        (slice(0, controls), trial.control),
        (slice(controls, None), trial.intervention),
    ):
        own = share[rows]
        if trial.icc == 0:
            own[:] = mean
        else:
            units = 1 / trial.icc - 1
            own[:] = rng.beta(mean * units, (1 - mean) * units, own.shape)
    return rng.binomial(size.astype(np.int64), share).astype(float)


def _counts(trial: CountTrial, size: Floats, rng: np.random.Generator) -> Floats:
    """Total counts (k, r): a sum of people's gammas is one gamma."""
    rate = size.copy()
    if trial.person_cv > 0:
        shape = trial.person_cv**-2
        rate = rng.standard_gamma(size * shape) / shape
    if trial.location_cv > 0:
        shape = trial.location_cv**-2
        rate = rate * rng.standard_gamma(shape, size.shape) / shape
    rate[: trial.locations[0]] *= trial.control
    rate[trial.locations[0] :] *= trial.intervention
    return rng.poisson(rate).astype(float)
