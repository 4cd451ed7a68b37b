"""Trials with an outcome that is yes or no, or a count: what locations hold, drawn exactly.

Binary: shares of locations vary by a beta law (`icc` is the correlation of two people's answers).
With a baseline a location's two shares correlate by `cac` (a normal copula of beta laws: exact in
the control arm), a person's two answers by `iac` within the location, as far as two shares that
differ allow it; of the people of a location who say yes twice, once or never there are then as many
as a multinomial law has. Counts: Poisson, each person's rate a gamma multiple of the location's,
which is a gamma multiple of the arm's. The effect is a difference of shares or rates.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning.trial_draws import ByLocation, sizes
from cesp_analysis.planning.trials import Baseline, Floats, Trial

NODES = 40  # of Gauss-Hermite over a location's place: 1e-5 in the correlation of shares
PLACES = np.linspace(-8.0, 8.0, 4001)
"""Normal places between which a beta law's quantiles are interpolated: to 1e-6."""


@dataclass(frozen=True)
class BinaryTrial:
    """A trial whose outcome is yes or no.

    control, intervention: shares of people with the outcome after the intervention (before it, all
    have that of controls); other fields as in `Trial`.
    """

    locations: tuple[int, int]
    people: int | tuple[int, ...]
    control: float
    intervention: float
    icc: float
    cac: float = 1.0
    iac: float = 0.0
    baseline: Baseline = "none"
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
            self.locations, self.people, self.effect, self.icc, cac=self.cac, iac=self.iac,
            baseline=self.baseline, retention=self.retention, size_cv=self.size_cv,
        )  # fmt: skip

    @cached_property
    def copula(self) -> float:
        """Correlation of the normal places of a location's two shares whose shares, with the mean
        of controls, correlate by `cac`."""
        if self.icc == 0 or abs(self.cac) in (0, 1):
            return self.cac
        node, weight = np.polynomial.hermite_e.hermegauss(NODES)
        weight = weight / weight.sum()
        share = share_at(node, self.control, self.icc)
        spread = weight @ share**2 - self.control**2

        def off(by: float) -> float:
            later = by * node[:, None] + (1 - by**2) ** 0.5 * node
            both = weight @ (share[:, None] * share_at(later, self.control, self.icc)) @ weight
            return float((both - self.control**2) / spread) - self.cac

        end = float(np.sign(self.cac))
        return end if off(end) * end <= 0 else float(optimize.brentq(off, 0.0, end, xtol=1e-9))


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


def counted(
    trial: BinaryTrial | CountTrial, rng: np.random.Generator, count: int, squares: bool = True
) -> ByLocation:
    """Draw `count` trials by location; means less the effect, as those of `by_location`. squares:
    whether people's squares about their location's mean are needed; of counts they are drawn one by
    one."""
    asked, size = (
        np.broadcast_to(one, (trial.frame.k, count)).copy()
        for one in sizes(trial.frame, rng, count)
    )
    if isinstance(trial, BinaryTrial) and trial.baseline != "none":
        x, y, within = _twice(trial, asked, size, rng)
    else:
        x = np.zeros(size.shape)
        if isinstance(trial, BinaryTrial):
            y = _over(rng.binomial(size.astype(np.int64), _shares(trial, size, rng)), size)
            own = size * y * (1 - y)
        elif squares:
            y, own = _one_by_one(trial, size, rng)
        else:
            y, own = _over(_counts(trial, size, rng), size), np.full(size.shape, np.nan)
        within = (x, x, own)
    y[trial.locations[0] :] -= np.where(size[trial.locations[0] :] > 0, trial.effect, 0.0)
    return ByLocation(size, x, y, within, trial.locations[0], trial.frame.adjusted)


def _over(total: NDArray[np.generic], people: Floats) -> Floats:
    """Means; 0 of nobody."""
    return np.asarray(np.divide(total, people, out=np.zeros(people.shape), where=people > 0))


def share_at(place: Floats, mean: float, icc: float) -> Floats:
    """Share of locations at these normal places, by the beta law with this mean."""
    if icc == 0:
        return np.full(np.shape(place), mean)
    units = 1 / icc - 1
    known = special.betaincinv(mean * units, (1 - mean) * units, special.ndtr(PLACES))
    return np.asarray(np.interp(place, PLACES, known))


def _shares(trial: BinaryTrial, size: Floats, rng: np.random.Generator) -> Floats:
    """True shares of locations after the intervention (k, r)."""
    share = np.empty(size.shape)
    for rows, mean in _arms(trial):
        units = 1 / trial.icc - 1 if trial.icc else 0.0
        own = share[rows]
        own[:] = rng.beta(mean * units, (1 - mean) * units, own.shape) if trial.icc else mean
    return share


def _arms(trial: BinaryTrial | CountTrial) -> tuple[tuple[slice, float], tuple[slice, float]]:
    """Rows of each arm, and its mean."""
    controls = trial.locations[0]
    return (slice(0, controls), trial.control), (slice(controls, None), trial.intervention)


def _twice(
    trial: BinaryTrial, asked: Floats, size: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats, tuple[Floats, Floats, Floats]]:
    """Means before and after (k, r), and scatter within locations. A cohort's baseline is that of
    the people with an outcome; others are as many as are asked."""
    early, late = rng.standard_normal((2, *size.shape))
    late = trial.copula * early + (1 - trial.copula**2) ** 0.5 * late
    before, after = share_at(early, trial.control, trial.icc), np.empty(size.shape)
    for rows, mean in _arms(trial):
        after[rows] = share_at(late[rows], mean, trial.icc)
    n, none = size.astype(np.int64), np.zeros(size.shape)
    if trial.baseline == "cross_section":
        x = _over(rng.binomial(asked.astype(np.int64), before), asked)
        y = _over(rng.binomial(n, after), size)
        return x, y, (none, none, size * y * (1 - y))
    spread = np.sqrt(before * (1 - before) * after * (1 - after))
    both = before * after + trial.iac * spread
    both = np.clip(both, np.maximum(before + after - 1, 0), np.minimum(before, after))
    first = rng.binomial(n, before)
    twice = rng.binomial(first, np.clip(both / before, 0, 1))
    later = rng.binomial(n - first, np.clip((after - both) / (1 - before), 0, 1))
    x, y = _over(first, size), _over(twice + later, size)
    return x, y, (size * x * (1 - x), twice - size * x * y, size * y * (1 - y))


def _counts(trial: CountTrial, size: Floats, rng: np.random.Generator) -> Floats:
    """Total counts (k, r): a sum of people's gammas is one gamma."""
    rate = size.copy()
    if trial.person_cv > 0:
        shape = trial.person_cv**-2
        rate = rng.standard_gamma(size * shape) / shape
    return rng.poisson(rate * _rates(trial, size, rng)).astype(float)


def _one_by_one(trial: CountTrial, size: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Means (k, r) of people's counts, and sums of squares about them."""
    most = int(size.max(initial=0))
    rate = np.broadcast_to(_rates(trial, size, rng)[..., None], (*size.shape, most))
    if trial.person_cv > 0:
        shape = trial.person_cv**-2
        rate = rate * (rng.standard_gamma(shape, rate.shape) / shape)
    each = rng.poisson(rate) * (np.arange(most) < size[..., None])
    y = _over(each.sum(-1), size)
    return y, np.maximum((each * each).sum(-1) - size * y * y, 0.0)


def _rates(trial: CountTrial, size: Floats, rng: np.random.Generator) -> Floats:
    """True rates of locations (k, r)."""
    rate = np.ones(size.shape)
    if trial.location_cv > 0:
        shape = trial.location_cv**-2
        rate = rng.standard_gamma(shape, size.shape) / shape
    for rows, mean in _arms(trial):
        rate[rows] *= mean
    return rate
