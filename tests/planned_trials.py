"""Trials person by person, beside the sums that planning draws: what both must say is the same."""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.planning.trial_draws import ByLocation, Scatter, Stratum
from cesp_analysis.planning.trials import Trial


@dataclass(frozen=True)
class People:
    """One trial: outcome y, baseline x, arm and location of each person (n,)."""

    y: np.ndarray
    x: np.ndarray
    arm: np.ndarray
    location: np.ndarray

    @property
    def design(self) -> np.ndarray:
        """Intercept, arm and baseline (n, 3)."""
        return np.column_stack([np.ones(len(self.y)), self.arm, self.x])


def people_of(trial: Trial, sizes: np.ndarray, rng: np.random.Generator) -> People:
    """Persons of one trial with a cohort's baseline, without the effect."""
    location = np.repeat(np.arange(trial.k), sizes)
    both = trial.icc * np.array([[1, trial.cac], [trial.cac, 1]])
    near = rng.multivariate_normal([0, 0], both, trial.k, method="eigh")
    own = (1 - trial.icc) * np.array([[1, trial.iac], [trial.iac, 1]])
    x, y = trial.sd * (near[location] + rng.multivariate_normal([0, 0], own, len(location))).T
    arm = (location >= trial.locations[0]).astype(float)
    return People(y, x, arm, location)


def by_location_of(trials: list[People], controls: int, each: bool = False) -> ByLocation:
    """What planning would draw of these trials, all with the same locations."""
    size = np.stack([np.bincount(one.location) for one in trials], axis=1).astype(float)
    x, y = (
        np.stack([np.bincount(t.location, getattr(t, name)) for t in trials], axis=1) / size
        for name in ("x", "y")
    )
    within = []
    for first, second in (("x", "x"), ("x", "y"), ("y", "y")):
        total = [np.bincount(t.location, getattr(t, first) * getattr(t, second)) for t in trials]
        means = {"x": x, "y": y}
        parts = np.stack(total, axis=1) - size * means[first] * means[second]
        within.append(parts if each else parts.sum(0))
    return ByLocation(size, x, y, (within[0], within[1], within[2]), controls, True)


def scatter_of(trials: list[People], controls: int) -> Scatter:
    """The same, with locations of one size."""
    own = by_location_of(trials, controls)
    m, k = int(own.size[0, 0]), len(own.x)
    arms = (slice(0, controls), slice(controls, k))
    centred = {
        name: np.concatenate([part[arm] - part[arm].mean(0) for arm in arms])
        for name, part in (("x", own.x), ("y", own.y))
    }
    xx, xy, yy = (
        m * (centred[a] * centred[b]).sum(0) for a, b in (("x", "x"), ("x", "y"), ("y", "y"))
    )
    between = Stratum(xx, xy / xx, yy - xy**2 / xx)
    xx, xy, yy = own.within
    within = Stratum(xx, xy / xx, yy - xy**2 / xx)
    gaps = [part[arms[1]].mean(0) - part[arms[0]].mean(0) for part in (own.x, own.y)]
    spread = (1 / controls + 1 / (k - controls)) / m
    return Scatter(within, between, gaps[0], gaps[1], k, m, spread, True)
