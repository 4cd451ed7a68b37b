"""Trials of two arms whose outcome is yes or no, or a count, drawn as what their analyses use.

Of a location's people who say yes twice, once or never there are as many as a multinomial law has.
Counts are drawn one by one where their squares are needed; else a sum of people's gammas is one
gamma, so that a location's total is drawn at once.
"""

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.planning.level_people import (
    about_means,
    counted_once,
    counts,
    over,
    rates_alike,
    yes_twice,
)
from cesp_analysis.planning.level_rates import gammas, share_at
from cesp_analysis.planning.trial_draws import ByLocation, sizes
from cesp_analysis.planning.trial_people import BinaryTrial, CountTrial


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
    if isinstance(trial, BinaryTrial):
        x, y, within = _said(trial, asked, size, rng)
    elif trial.baseline == "cohort":
        x, y, within = _counted_twice(trial, size, rng, squares)
    else:
        x, y, within = _counted(trial, asked, size, rng, squares)
    y[trial.locations[0] :] -= np.where(size[trial.locations[0] :] > 0, trial.effect, 0.0)
    return ByLocation(size, x, y, within, trial.locations[0], trial.frame.adjusted)


Drawn = tuple[Floats, Floats, tuple[Floats, Floats, Floats]]


def _said(trial: BinaryTrial, asked: Floats, size: Floats, rng: np.random.Generator) -> Drawn:
    """Shares before (0 without a baseline) and after (k, r), and scatter within locations."""
    if trial.baseline != "none":
        return _twice(trial, asked, size, rng)
    none = np.zeros(size.shape)
    y = over(rng.binomial(size.astype(np.int64), _shares(trial, size, rng)), size)
    return none, y, (none, none, size * y * (1 - y))


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


def _twice(trial: BinaryTrial, asked: Floats, size: Floats, rng: np.random.Generator) -> Drawn:
    """Means before and after (k, r), and scatter within locations. A cohort's baseline is that of
    the people with an outcome; others are as many as are asked."""
    early, late = rng.standard_normal((2, *size.shape))
    late = trial.copula * early + (1 - trial.copula**2) ** 0.5 * late
    before, after = share_at(early, trial.control, trial.icc), np.empty(size.shape)
    for rows, mean in _arms(trial):
        after[rows] = share_at(late[rows], mean, trial.icc)
    if trial.baseline == "cross_section":
        x = over(rng.binomial(asked.astype(np.int64), before), asked)
        y, none = over(rng.binomial(size.astype(np.int64), after), size), np.zeros(size.shape)
        return x, y, (none, none, size * y * (1 - y))
    first, twice, last = yes_twice(rng, size, before, after, trial.iac)
    x, y = over(first, size), over(last, size)
    return x, y, about_means(size, x, y, (first, twice, last))


def _counted(
    trial: CountTrial, asked: Floats, size: Floats, rng: np.random.Generator, squares: bool
) -> Drawn:
    """Means before, of others (0 without a baseline), and after."""
    before, after = _rates(trial, size.shape, rng)
    none = np.zeros(size.shape)
    x = none if trial.baseline == "none" else over(_totals(trial, asked, before, rng), asked)
    if squares:
        y, own = counted_once(rng, size, after, trial.person_cv)
    else:
        y, own = over(_totals(trial, size, after, rng), size), np.full(size.shape, np.nan)
    return x, y, (none, none, own)


def _counted_twice(
    trial: CountTrial, size: Floats, rng: np.random.Generator, squares: bool
) -> Drawn:
    """Means of the same people before and after."""
    rates = np.stack(_rates(trial, size.shape, rng), axis=-1)
    alike = rates_alike(trial.iac, trial.most_alike)
    if not squares:
        of_people = size[..., None] * np.ones(2)
        if trial.person_cv > 0:
            units = trial.person_cv**-2
            shared = rng.standard_gamma(units * alike * size)[..., None]
            own = rng.standard_gamma(units * (1 - alike) * of_people)
            of_people = (shared + own) / units
        x, y = (over(one, size) for one in np.moveaxis(rng.poisson(of_people * rates), -1, 0))
        unknown = np.full(size.shape, np.nan)
        return x, y, (unknown, unknown, unknown)
    most = int(size.max(initial=0))
    each = counts(rng, rates, most, trial.person_cv, alike, False)
    each *= (np.arange(most) < size[..., None])[..., None]
    x, y = (over(one, size) for one in np.moveaxis(each.sum(-2), -1, 0))
    first, last = each[..., 0], each[..., 1]
    xx, xy, yy = ((a * b).sum(-1) for a, b in ((first, first), (first, last), (last, last)))
    return x, y, about_means(size, x, y, (xx, xy, yy))


def _totals(trial: CountTrial, size: Floats, rate: Floats, rng: np.random.Generator) -> Floats:
    """Total counts (k, r): a sum of people's gammas is one gamma."""
    people = size.copy()
    if trial.person_cv > 0:
        shape = trial.person_cv**-2
        people = rng.standard_gamma(size * shape) / shape
    return rng.poisson(people * rate).astype(float)


def _rates(
    trial: CountTrial, shape: tuple[int, ...], rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """True rates of locations before and after (k, r)."""
    own = gammas(rng, trial.location_cv, trial.cac, False, (*shape, 2))
    own *= trial.control
    after = own[..., 1]
    for rows, mean in _arms(trial):
        after[rows] *= mean / trial.control
    return own[..., 0], after
