"""The generating model: latent traits, and items that are graded responses to them.

A trait of unit i (a person or a respondent) of neighbourhood n in site s at time t is

    theta = site_mean[s] + trend[t] + shock[s, t] + effect[k] * dose[i]
            + sqrt(neighbourhood) * u[n] + sqrt(unit) * b[i] + sqrt(rest) * e[i, t]
            + sqrt(link_worker) * w[link worker], after the first time

with u, b, e and w standard normal and neighbourhood + unit + rest = 1, so that theta has variance
1 at the first time and a share is an intraclass correlation. Two traits j and k correlate
general[j] * general[k] within every part but w, because each part is
general * (a factor common to all traits) + sqrt(1 - general**2) * (the trait's own).

shock[s, t] ~ N(0, shock_sd**2) is the site-by-time shock: what happens to everyone of a site at a
time (a factory closes, a hub opens, new interviewers). It is drawn once for each site and time, so
no number of people averages it away, and with one site in an arm nothing in the data tells it
from the effect. shocks() returns what was drawn.

effect[k] is the true effect, in SD of the trait at baseline, on those of the intervention site
(dose 1); contaminated controls have a smaller dose. k is t, unless the site began later: then the
effect at its first time with the intervention is that of the study's first, and so on
(starts.py). An item with loading a answers y = a * theta + sqrt(1 - a**2) * noise, cut into codes
at thresholds that give the item its `shares` when theta has mean 0 and variance 1. On the score the
effect is the difference of expected_answer() with and without it, summed over items: about
a * effect item SDs an item.
"""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np

from cesp_analysis.arrays import Floats, Ints
from cesp_analysis.simulate.spec_parts import Instrument, Item, Trait
from cesp_analysis.streams import stream

NORMAL = NormalDist()


@dataclass(frozen=True)
class Rows:
    """Who was measured when: one entry per measurement in each array, all of shape (n,).

    site, neighbourhood (numbered over all sites), unit and time are indices; worker is -1 where
    there is none; dose is the share of the effect received, and since the time whose effect it is;
    general is added to the common factor.
    """

    seed: int
    level: str
    sites: tuple[str, ...]
    times: tuple[str, ...]
    site: Ints
    neighbourhood: Ints
    unit: Ints
    time: Ints
    worker: Ints
    dose: Floats
    since: Ints
    general: Floats


def general_factor(seed: int, level: str, n: int) -> Floats:
    """The common factor of n units, shape (n,): the part all traits of a unit share."""
    return stream(seed, level, "unit", "general").standard_normal(n)


def _part(rows: Rows, kind: str, name: str, loading: float, size: int) -> Floats:
    """One part of a trait: standard normal, correlated with the same part of other traits."""
    common = stream(rows.seed, rows.level, kind, "general").standard_normal(size)
    own = stream(rows.seed, rows.level, kind, name).standard_normal(size)
    return np.asarray(loading * common + sqrt(1 - loading**2) * own)


def shocks(rows: Rows, name: str, trait: Trait) -> Floats:
    """The site-by-time shocks that were drawn, shape (sites, times), in SD of the trait."""
    drawn = _part(rows, "shock", name, trait.general, len(rows.sites) * len(rows.times))
    return trait.shock_sd * drawn.reshape(len(rows.sites), len(rows.times))


def means(rows: Rows, name: str, trait: Trait, dose: float = 0.0) -> Floats:
    """Mean of the trait for one dose at each site and time, shape (sites, times)."""
    site = np.array([trait.site_mean.get(name, 0.0) for name in rows.sites])
    trend = np.array([trait.trend.get(time, 0.0) for time in rows.times])
    effect = np.array([trait.effect.get(time, 0.0) for time in rows.times])
    return np.asarray(site[:, None] + trend + dose * effect + shocks(rows, name, trait))


def latent(rows: Rows, name: str, trait: Trait) -> Floats:
    """The trait at every measurement, shape (n,); the module says the equation."""

    def part(kind: str, index: Ints) -> Floats:
        size = int(index.max(initial=-1)) + 1
        return np.asarray(_part(rows, kind, name, trait.general, size)[index])

    effect = np.array([trait.effect.get(time, 0.0) for time in rows.times])
    fixed = means(rows, name, trait)[rows.site, rows.time] + effect[rows.since] * rows.dose
    random = (
        sqrt(trait.neighbourhood) * part("neighbourhood", rows.neighbourhood)
        + sqrt(trait.unit) * part("unit", rows.unit)
        + sqrt(1 - trait.neighbourhood - trait.unit) * part("occasion", np.arange(len(rows.unit)))
    )
    workers = stream(rows.seed, rows.level, "link worker", name).standard_normal(
        int(rows.worker.max(initial=0)) + 1
    )
    met = (rows.worker >= 0) & (rows.time > 0)
    worked = np.where(met, sqrt(trait.link_worker) * workers[np.maximum(rows.worker, 0)], 0.0)
    return np.asarray(fixed + random + worked + trait.general * rows.general)


def cuts(item: Item, lowest: int, highest: int) -> Floats:
    """Thresholds between neighbouring codes on the item's standard normal scale."""
    if item.shares:
        below = np.cumsum(item.shares[:-1])
        return np.array([NORMAL.inv_cdf(min(max(float(p), 1e-9), 1 - 1e-9)) for p in below])
    middles = np.arange(lowest + 1, highest + 1) - 0.5
    return np.asarray((middles - item.mean) / item.sd, dtype=np.float64)


def item_noise(rows: Rows, name: str, instrument: Instrument) -> Floats:
    """What of each answer is the item's own, standard normal, shape (n, items)."""
    rng = stream(rows.seed, rows.level, "answers", name)
    return rng.standard_normal((len(rows.unit), len(instrument.items)))


def answers(rows: Rows, name: str, instrument: Instrument, theta: Floats) -> Ints:
    """Codes of every item of the instrument, shape (n, items), before any is missing."""
    return cut_answers(instrument, theta, item_noise(rows, name, instrument))


def cut_answers(instrument: Instrument, theta: Floats, noise: Floats) -> Ints:
    """Codes from the trait, shape (n,), and the items' own parts, shape (n, items)."""
    codes = np.empty(noise.shape, dtype=np.int64)
    for j, item in enumerate(instrument.items.values()):
        answer = item.loading * theta + sqrt(1 - item.loading**2) * noise[:, j]
        thresholds = cuts(item, instrument.lowest, instrument.highest)
        codes[:, j] = instrument.lowest + np.searchsorted(thresholds, answer)
    return codes


def expected_answer(
    instrument: Instrument, item: Item, mean: float, variance: float = 1.0
) -> float:
    """Expected code of an item when its trait is normal with this mean and variance.

    lowest + sum over thresholds c of Phi((a mean - c) / sqrt(a^2 variance + 1 - a^2)).
    """
    spread = sqrt(item.loading**2 * variance + 1 - item.loading**2)
    thresholds = cuts(item, instrument.lowest, instrument.highest)
    above = (NORMAL.cdf((item.loading * mean - float(c)) / spread) for c in thresholds)
    return instrument.lowest + sum(above)
