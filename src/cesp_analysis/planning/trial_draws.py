"""Trials drawn as what their analyses use: exact, whatever the number of people.

With locations of one size the analyses need a within-location and a between-location scatter of
(baseline, outcome), which are independent Wishart matrices, drawn by Bartlett's decomposition
(1933), and the difference of the arms' means, which is normal. Otherwise they need each location's
means, and the within scatter of all or of each. The outcome is drawn without the effect: estimates
move with it, one for one.
"""

from dataclasses import dataclass, replace

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.planning.trials import Trial, means_of


@dataclass(frozen=True)
class Stratum:
    """Of r trials: sum of squares of the baseline xx (r,), slope (r,) of the outcome on it, and
    what that leaves of the outcome's sum of squares, rest (r,)."""

    xx: Floats
    slope: Floats
    rest: Floats


@dataclass(frozen=True)
class Scatter:
    """r trials of k locations of `people` each, two arms.

    within: with k(people - 1) df; between: locations' means about their arm's, times people, with
    k - 2 df; gap_x, gap_y (r,): difference of the arms' means; spread: 1/k0 + 1/k1, over people, so
    that a difference of two arms' means has the between mean square times it as its variance.
    """

    within: Stratum
    between: Stratum
    gap_x: Floats
    gap_y: Floats
    k: int
    people: int
    spread: float
    adjusted: bool


@dataclass(frozen=True)
class ByLocation:
    """r trials by location, the control arm's first.

    size (k, r) or (k, 1): people with an outcome; x, y (k, r): means, 0 where there is nobody, x 0
    without a baseline; within: scatter of (baseline, outcome) within locations: xx, xy, yy, (r,)
    or, by location, (k, r); controls: how many locations the control arm has.
    """

    size: Floats
    x: Floats
    y: Floats
    within: tuple[Floats, Floats, Floats]
    controls: int
    adjusted: bool

    def pooled(self) -> "ByLocation":
        """With the scatter within all locations together."""
        xx, xy, yy = (part if part.ndim == 1 else part.sum(0) for part in self.within)
        return replace(self, within=(xx, xy, yy))


def scatter(trial: Trial, rng: np.random.Generator, count: int) -> Scatter:
    """Draw `count` trials whose locations are of one size (`Trial.alike`)."""
    if not trial.alike or not isinstance(trial.people, int):
        raise ValueError("locations differ in size")
    k, m = trial.k, trial.people
    cohort = trial.baseline == "cohort"
    slope, left = trial.of_people
    own_sd = trial.sd * (1 - trial.icc) ** 0.5
    within = _stratum(rng, count, k * (m - 1), own_sd if cohort else 0.0, slope, left)
    means = means_of(trial, m, m)
    root = m**0.5
    sd_x, to_y, rest = float(means.sd_x) * root, float(means.slope), float(means.rest) * root
    between = _stratum(rng, count, k - 2, sd_x, to_y, rest)
    spread = sum(1 / arm for arm in trial.locations) / m
    gap_x, gap_y = np.zeros(count), rng.standard_normal(count)
    gap_y *= rest * spread**0.5
    if trial.adjusted:
        gap_x = rng.standard_normal(count)
        gap_x *= sd_x * spread**0.5
        gap_y += to_y * gap_x
    return Scatter(within, between, gap_x, gap_y, k, m, spread, trial.adjusted)


def _stratum(
    rng: np.random.Generator, count: int, df: int, sd_x: float, slope: float, rest: float
) -> Stratum:
    """A Wishart matrix of (baseline, outcome) on df; without a baseline (sd_x 0) of the outcome."""
    if sd_x == 0:
        none = np.zeros(count)
        return Stratum(none, none, _squares(rng, count, df, rest))
    xx = _squares(rng, count, df, sd_x)
    slopes = rng.standard_normal(count)
    slopes *= rest
    slopes /= np.sqrt(xx)
    slopes += slope
    return Stratum(xx, slopes, _squares(rng, count, df - 1, rest))


def _squares(rng: np.random.Generator, count: int, df: int, sd: float) -> Floats:
    """Sums (r,) of df squares of normals with this SD."""
    found = rng.standard_gamma(df / 2, count)
    found *= 2 * sd**2
    return found


def sizes(trial: Trial, rng: np.random.Generator, count: int) -> tuple[Floats, Floats]:
    """People of each location who are asked, and who answer at follow-up: (k, r) or (k, 1) each."""
    if trial.size_cv > 0:
        shape = trial.size_cv**-2
        asked = rng.standard_gamma(shape, (trial.k, count)) * (float(np.mean(trial.people)) / shape)
        asked = np.maximum(np.rint(asked), 2.0)
    else:
        asked = np.broadcast_to(np.asarray(trial.people, dtype=float), trial.k)[:, None].copy()
    if trial.retention == 1:
        return asked, asked
    answer = rng.binomial(np.broadcast_to(asked, (trial.k, count)).astype(int), trial.retention)
    return asked, answer.astype(float)


def by_location(
    trial: Trial, rng: np.random.Generator, count: int, each: bool = False
) -> ByLocation:
    """Draw `count` trials by location; each: the scatter within every location, not its sum."""
    asked, size = sizes(trial, rng, count)
    means = means_of(trial, size, asked)
    shape = (trial.k, count)
    nobody = size == 0
    y = rng.standard_normal(shape)
    y *= np.where(nobody, 0.0, means.rest)
    x = np.zeros(shape)
    if trial.adjusted:
        x = rng.standard_normal(shape)
        x *= np.where(nobody, 0.0, means.sd_x)
        y += np.where(nobody, 0.0, means.slope) * x
    df = np.maximum(size - 1, 0.0)
    df = np.broadcast_to(df if each else df.sum(0), shape if each else (count,))
    return ByLocation(
        size, x, y, _scatter_within(trial, rng, df), trial.locations[0], trial.adjusted
    )


def _scatter_within(
    trial: Trial, rng: np.random.Generator, df: Floats
) -> tuple[Floats, Floats, Floats]:
    """xx, xy, yy of Wishart matrices on df (any shape), 0 where there are none."""
    slope, left = trial.of_people
    if trial.baseline != "cohort":
        none = np.zeros(df.shape)
        return none, none, 2 * left**2 * rng.standard_gamma(df / 2)
    xx = rng.standard_gamma(df / 2) * (2 * trial.sd**2 * (1 - trial.icc))
    noise = rng.standard_normal(df.shape)
    noise *= left
    root = np.sqrt(xx)
    rest = 2 * left**2 * rng.standard_gamma(np.maximum(df - 1, 0) / 2)
    along = slope * root + noise
    return xx, root * along, np.where(df > 0, along**2, 0.0) + rest
