"""Trials whose people are this study's, drawn anew: their answers are spread as they really are.

A person of a trial is one of the study's, drawn with replacement, baseline and follow-up together,
gone at follow-up if that person was (plasmode simulation: Franklin, Schneeweiss, Polinski & Rassen
2014, Comput Stat Data Anal 72:219-26). From the answers their site's mean is taken, and with it
what the study found; over √(1 - G / n), G sites, they vary as within the study's sites. What two
sites can not tell is added: locations' effects, normal, with a declared ICC and CAC, people's own
part made smaller by as much, so that the total variance is kept; and the effect in one arm.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.declared.planning import Analysis
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning.performance import Tally
from cesp_analysis.planning.trial_analyses import analysed_by_location
from cesp_analysis.planning.trial_draws import ByLocation, sizes
from cesp_analysis.planning.trials import Trial

FEWEST = 30
"""People with both answers, in all sites: fewer do not show how answers are spread."""
HELD = 2**18
"""People of a block's trials, about: arrays of 2 MB."""


@dataclass(frozen=True, eq=False)
class Pool:
    """The people of a study who began it (n,): baseline and follow-up less their site's mean, 0 of
    who left (stayed False); sd_first, sd_last: within sites, of who stayed."""

    first: Floats
    last: Floats
    stayed: NDArray[np.bool_]
    sd_first: float
    sd_last: float

    @property
    def retention(self) -> float:
        """Share of the people who stayed."""
        return float(self.stayed.mean())

    @property
    def correlation(self) -> float:
        """Of a person's two answers, within sites."""
        product = float(self.first @ self.last) / len(self.stayed) / self.retention
        return product / (self.sd_first * self.sd_last)


def pool_of(first: ArrayLike, last: ArrayLike, site: Sequence[str] | NDArray[np.str_]) -> Pool:
    """The people of a study with a baseline; first, last (n,): NaN where there is no answer.

    A site in which nobody has both answers tells of who left alone. Raises NotEstimable: too few
    people, or answers that do not vary.
    """
    x, y = np.asarray(first, dtype=float), np.asarray(last, dtype=float)
    began = np.isfinite(x)
    x, y, sites = x[began], y[began], np.asarray(site)[began]
    stayed = np.isfinite(y)
    if (both := int(stayed.sum())) < FEWEST:
        raise NotEstimable(
            f"{both} people have both answers; trials drawn from them need {FEWEST} or more"
        )
    groups = np.unique(sites[stayed])
    if both - len(groups) < FEWEST / 2:
        raise NotEstimable(f"{both} people of {len(groups)} sites: too few to a site to draw from")
    wider = (both / (both - len(groups))) ** 0.5
    x, y = (_centred(part, stayed, sites) * wider for part in (x, y))
    sd_first, sd_last = (float(np.sqrt(part @ part / both)) for part in (x, y))
    if not (sd_first > 0 and sd_last > 0):
        raise NotEstimable("within sites all people have the same answers")
    return Pool(x, y, stayed, sd_first, sd_last)


def _centred(values: Floats, stayed: NDArray[np.bool_], sites: NDArray[np.str_]) -> Floats:
    """Less the mean of the site's people who stayed; 0 of who left."""
    found = np.zeros_like(values)
    for site in np.unique(sites[stayed]):
        own = stayed & (sites == site)
        found[own] = values[own] - values[own].mean()
    return found


@dataclass(frozen=True, eq=False)
class Plasmode:
    """A trial of a pool's people in locations allocated to two arms, control first.

    people: asked in a location; effect, in the outcome's unit; icc, cac: of the locations to come,
    one number each or draws (d,) of both, of which every trial has one; sd: total SD at follow-up
    (NaN: the pool's; baselines change in proportion); adjusted: for people's own baseline; size_cv:
    of locations' people. Raises NotEstimable as `Trial` does.
    """

    pool: Pool
    locations: tuple[int, int]
    people: int
    effect: float
    icc: float | Floats
    cac: float | Floats = 1.0
    sd: float = float("nan")
    adjusted: bool = True
    size_cv: float = 0.0

    def __post_init__(self) -> None:
        icc, cac = self.pairs
        for at in {int(part.argmin()) for part in (icc, -icc, cac, -cac)}:
            self._trial(float(icc[at]), float(cac[at]))

    @cached_property
    def pairs(self) -> tuple[Floats, Floats]:
        """ICC and CAC (d,) of the draws."""
        icc, cac = np.broadcast_arrays(*(np.atleast_1d(one) for one in (self.icc, self.cac)))
        return np.asarray(icc, dtype=float), np.asarray(cac, dtype=float)

    @cached_property
    def normal(self) -> Trial:
        """The trial of people with normal answers which this one stands beside, at the mean ICC."""
        return self._trial(float(self.pairs[0].mean()), float(self.pairs[1].mean()))

    @property
    def k(self) -> int:
        """How many locations."""
        return sum(self.locations)

    @property
    def spread(self) -> float:
        """How many times wider than the pool's answers are those of a trial."""
        return 1.0 if np.isnan(self.sd) else self.sd / self.pool.sd_last

    def _trial(self, icc: float, cac: float) -> Trial:
        return Trial(
            self.locations, self.people, self.effect, icc, self.spread * self.pool.sd_last, cac,
            self.pool.correlation, "cohort" if self.adjusted else "none", self.pool.retention,
            self.size_cv,
        )  # fmt: skip


def drawn_people(trial: Plasmode, rng: np.random.Generator, count: int) -> ByLocation:
    """Draw `count` trials without the effect; the scatter is each location's own."""
    asked, _ = sizes(trial.normal, rng, count)
    which = rng.integers(len(trial.pairs[0]), size=count)
    icc, cac = (part[which] for part in trial.pairs)
    size, (x, y), within = _sums(trial, rng, asked, count)
    own = trial.spread * np.sqrt(1 - icc)
    there = size > 0
    scale = trial.spread * np.sqrt(icc)
    early, late = rng.standard_normal((2, trial.k, count))
    late = cac * early + np.sqrt(1 - cac * cac) * late
    y = np.where(there, own * y + scale * trial.pool.sd_last * late, 0.0)
    x = np.where(there, own * x + scale * trial.pool.sd_first * early, 0.0)
    xx, xy, yy = (own * own * part for part in within)
    if not trial.adjusted:
        x, xx, xy = (np.zeros_like(y) for _ in range(3))
    return ByLocation(size, x, y, (xx, xy, yy), trial.locations[0], trial.adjusted)


def _sums(
    trial: Plasmode, rng: np.random.Generator, asked: Floats, count: int
) -> tuple[Floats, tuple[Floats, Floats], tuple[Floats, Floats, Floats]]:
    """Of the people drawn for each location (k, r): how many answer, their means, and their sums of
    squares and products about these."""
    pool, most = trial.pool, int(asked.max())
    who = rng.integers(len(pool.stayed), size=(trial.k, count, most))
    if most > asked.min():  # nobody: the added last one of the pool
        who[np.broadcast_to(np.arange(most) >= asked[..., None], who.shape)] = -1
    stayed, first, last = (np.append(part, 0.0) for part in (pool.stayed, pool.first, pool.last))
    size = stayed[who].sum(-1)
    x, y = first[who], last[who]
    over = 1 / np.maximum(size, 1)
    means = x.sum(-1) * over, y.sum(-1) * over
    pairs = ((x, x, 0, 0), (x, y, 0, 1), (y, y, 1, 1))
    xx, xy, yy = (
        np.einsum("krm,krm->kr", a, b) - size * means[i] * means[j] for a, b, i, j in pairs
    )
    return size, means, (np.maximum(xx, 0.0), xy, np.maximum(yy, 0.0))


def block_size(trial: Plasmode) -> int:
    """How many trials a block has: a power of two that follows from the trial alone."""
    return int(2 ** np.clip(np.log2(HELD / (trial.k * trial.people)) // 1, 3, 11))


def analysed(
    trial: Plasmode, analysis: Analysis, rng: np.random.Generator, count: int, level: float
) -> Tally:
    """Draw and analyse `count` trials."""
    own = drawn_people(trial, rng, count)
    return analysed_by_location(own, analysis, trial.effect, rng, level)
