"""Shares and counts of people allocated within locations, drawn by link worker and by location."""

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.planning.individual_draws import answering, of_rows, of_scatters
from cesp_analysis.planning.level_individual import LevelIndividual
from cesp_analysis.planning.level_people import about_means, over, rates_alike, yes_twice
from cesp_analysis.planning.level_rates import share_at
from cesp_analysis.planning.strata import Strata

Sums = tuple[Floats, Floats, tuple[Floats, Floats, Floats]]
"""Means before and after, and sums of squares and products about them."""


def drawn_individual_levels(trial: LevelIndividual, rng: np.random.Generator, count: int) -> Strata:
    """Draw `count` trials; means after less the effect. Where caseloads are alike as four strata
    (`of_scatters`), else with a row a link worker."""
    frame = trial.frame
    places, units = frame.locations, frame.locations * frame.workers
    served = answering(frame, rng, (count, units), frame.caseload)
    alone = answering(frame, rng, (count, places), frame.controls, 0.0)
    draw = shares_of if trial.kind == "binary" else counts_of
    sums = draw(trial, rng, served, alone)
    return (in_strata if frame.alike else in_rows)(trial, (served, alone), sums)


def in_strata(trial: LevelIndividual, sizes: tuple[Floats, Floats], sums: list[Sums]) -> Strata:
    """Trials whose link workers have as many people each; sums: of theirs, and of controls."""
    frame, r = trial.frame, len(sizes[0])
    scatter = np.zeros((r, 4, 3, 3))
    for at, (_, _, squares) in zip((0, 2), sums, strict=True):
        scatter[:, at, 1:, 1:] = _products(squares)
    x, y = (one.reshape(r, frame.locations, frame.workers) for one in sums[0][:2])
    both = np.stack([x, y - trial.effect], axis=-1)
    middle = both.mean(2)
    about = both - middle[:, :, None]
    scatter[:, 1, 1:, 1:] = frame.caseload * np.einsum("rlwa,rlwb->rab", about, about)
    rows = np.ones((r, frame.locations, 3))
    rows[..., 1:] = middle - np.stack(sums[1][:2], axis=-1)
    scatter[:, 3] = np.swapaxes(rows, 1, 2) @ rows
    return of_scatters(frame, scatter)


def _products(squares: tuple[Floats, Floats, Floats]) -> Floats:
    """Sums over units of squares and products, (r, 2, 2)."""
    xx, xy, yy = (part.sum(1) for part in squares)
    return np.stack([np.stack([xx, xy], axis=-1), np.stack([xy, yy], axis=-1)], axis=-2)


def in_rows(trial: LevelIndividual, sizes: tuple[Floats, Floats], sums: list[Sums]) -> Strata:
    """Trials with a row a link worker, and one of each location's controls."""
    frame, count = trial.frame, len(sizes[0])
    places = frame.locations
    scatter = np.zeros((count, 2, 3, 3))
    for at, (_, _, squares) in enumerate(sums):
        scatter[:, at, 1:, 1:] = _products(squares)
    rows = [
        _rows(places, people, own, float(arm), trial.effect * arm)
        for people, own, arm in zip(sizes, sums, (1, 0), strict=True)
    ]
    return of_rows(frame, np.concatenate(rows, axis=1), sizes, scatter)


def _rows(places: int, people: Floats, own: Sums, arm: float, effect: float) -> Floats:
    """Location, arm, means before and after (r, u, places + 3), less the effect."""
    x, y, _ = own
    r, units = people.shape
    where = np.repeat(np.eye(places), units // places, axis=0)
    after = y - np.where(people > 0, effect, 0.0)
    told = np.stack([np.full((r, units), arm), x, after], axis=-1)
    return np.concatenate([np.broadcast_to(where, (r, *where.shape)), told], axis=2)


def shares_of(
    trial: LevelIndividual, rng: np.random.Generator, served: Floats, alone: Floats
) -> list[Sums]:
    """The served by link worker, controls by location."""
    frame = trial.frame
    place = rng.standard_normal(alone.shape)
    before = share_at(place, trial.control, trial.icc)
    after = np.repeat(share_at(place, trial.treated, trial.icc), frame.workers, axis=1)
    if frame.worker_icc > 0:
        units = 1 / frame.worker_icc - 1
        after = rng.beta(after * units, (1 - after) * units)
    first = np.repeat(before, frame.workers, axis=1)
    found = []
    for people, early, late in ((served, first, after), (alone, before, before)):
        yes = yes_twice(rng, people, early, late, frame.correlation)
        x, y = over(yes[0], people), over(yes[2], people)
        found.append((x, y, about_means(people, x, y, yes)))
    return found


def counts_of(
    trial: LevelIndividual, rng: np.random.Generator, served: Floats, alone: Floats
) -> list[Sums]:
    """The same of counts, a person's drawn one by one."""
    workers = trial.frame.workers
    before = trial.control * _multiples(rng, trial.location_cv, alone.shape)
    own = _multiples(rng, trial.worker_cv, served.shape)
    first = np.repeat(before, workers, axis=1)
    after = first * own * (trial.treated / trial.control)
    early, late = trial.of_people
    return [
        _one_by_one(trial, rng, served, (first, after), (early, late)),
        _one_by_one(trial, rng, alone, (before, before), (early, early)),
    ]


def _one_by_one(
    trial: LevelIndividual,
    rng: np.random.Generator,
    people: Floats,
    rates: tuple[Floats, Floats],
    spread: tuple[float, float],
) -> Sums:
    """Counts before and after with these rates; spread: squared CVs of people's own."""
    most = int(people.max(initial=0))
    shape = (*people.shape, most)
    there = np.arange(most) < people[..., None]
    alike = rates_alike(trial.frame.correlation, trial.most_alike)
    own = _two_gammas(rng, spread, alike, shape)
    x, y = (
        rng.poisson(rate[..., None] * each) * there for rate, each in zip(rates, own, strict=True)
    )
    means = over(x.sum(-1), people), over(y.sum(-1), people)
    squares = ((x * x).sum(-1), (x * y).sum(-1), (y * y).sum(-1))
    return *means, about_means(people, *means, squares)


def _two_gammas(
    rng: np.random.Generator, spread: tuple[float, float], alike: float, shape: tuple[int, ...]
) -> tuple[Floats, Floats]:
    """Two multiples of mean 1 with these squared CVs, that correlate by what they share."""
    if min(spread) <= 0:
        first, last = (_multiples(rng, one**0.5, shape) for one in spread)
        return first, last
    units = 1 / spread[0], 1 / spread[1]
    common = min(alike * (units[0] * units[1]) ** 0.5, *units)
    shared = rng.standard_gamma(common, shape)
    first, last = ((shared + rng.standard_gamma(one - common, shape)) / one for one in units)
    return first, last


def _multiples(rng: np.random.Generator, cv: float, shape: tuple[int, ...]) -> Floats:
    """Gamma multiples of mean 1."""
    if cv == 0:
        return np.ones(shape)
    return np.asarray(rng.standard_gamma(cv**-2, shape) * cv**2)
