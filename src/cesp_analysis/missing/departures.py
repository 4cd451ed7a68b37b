"""How far an answer moves when those who are lost differ: reference-based analysis.

The reference-based estimate is made twice. Conditional means with the jackknife (Wolbers et al.
2022, Pharm Stat 21:1246-57) say what the estimate would vary by in repeated studies. Bayesian
imputation with Rubin's rules holds as much information as missing at random would
(information-anchored: Cro, Carpenter & Kenward 2019, JRSS A 182:623-45), and its variance is the
larger one. Neither is wrong; a report says which it prints.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.chance import normals
from cesp_analysis.missing.left_out import left_out
from cesp_analysis.missing.linear_estimate import LinearEstimate
from cesp_analysis.missing.normal_profiles import drawn_profiles, likeliest
from cesp_analysis.missing.reference_based import Profile, Strategy, filled
from cesp_analysis.missing.without_units import estimates_without


@dataclass(frozen=True)
class Jackknifed:
    """An estimate and its jackknife standard error, leaving out each of n units."""

    estimate: float
    std_error: float
    n: int


@dataclass(frozen=True)
class Profiles:
    """Both groups' profiles by likelihood, and those without each unit.

    whole: of the reference (arm 0) and the intervention (1); left: the same with leading axis u;
    units (n,): codes 0..u-1 of what is left out together.
    """

    whole: tuple[Profile, Profile]
    left: tuple[Profile, Profile]
    units: Codes

    @property
    def count(self) -> int:
        """How many units there are."""
        return len(self.left[0].mean)


def profiles_of(y: Floats, arm: Codes, units: Codes | None = None) -> Profiles:
    """Of answers y (n, t), arm (n,); units None: people. Raises as fit_mmrm does."""
    codes = np.arange(len(y)) if units is None else np.unique(units, return_inverse=True)[1]
    whole, left = [], []
    for group in (0, 1):
        rows = arm == group
        profile = likeliest(y[rows])
        own, own_codes = np.unique(codes[rows], return_inverse=True)
        less = left_out(y[rows], own_codes, profile)
        shape = (int(codes.max()) + 1, 1)
        mean = np.tile(profile.mean, shape)
        cov = np.tile(profile.cov, (*shape, 1))
        mean[own], cov[own] = less.mean, less.cov
        whole.append(profile)
        left.append(Profile(mean, cov))
    return Profiles((whole[0], whole[1]), (left[0], left[1]), codes)


def conditional_mean(
    y: Floats,
    arm: Codes,
    strategy: Strategy,
    analysis: LinearEstimate,
    change: bool = True,
    profiles: Profiles | None = None,
) -> Jackknifed:
    """Answers y (n, t), gaps at conditional means; arm (n,): 1 the intervention, 0 the reference.

    People of the reference are missing at random. The analysis' own errors are not used: they take
    means for answers. profiles: `profiles_of` the same answers, if it is there already. Raises as
    `profiles_of`, also where a unit is left out, and NotEstimable.
    """
    known = profiles_of(y, arm) if profiles is None else profiles
    sets = at_means(y, arm, strategy, known.whole, change)
    estimate = float(analysis.estimates(sets[None])[0])

    def fill(given: Floats, groups: Codes, part: tuple[Profile, Profile]) -> Floats:
        return at_means(given, groups, strategy, part, change)

    left = estimates_without(y, arm, known.units, known.left, fill, analysis)
    n = known.count
    spread = float(np.sum((left - left.mean()) ** 2))
    return Jackknifed(estimate, float(np.sqrt((n - 1) / n * spread)), n)


def at_means(
    y: Floats,
    arm: Codes,
    strategy: Strategy,
    profiles: tuple[Profile, Profile],
    change: bool = True,
) -> Floats:
    """Completed answers (..., n, t) at conditional means; profiles: of the reference (arm 0) and
    the intervention, whose leading axes are the answers'."""
    return _filled(y, arm, profiles, strategy, change, None)


@dataclass(frozen=True)
class Draws:
    """m draws of both groups' profiles, and standard normal numbers (m, n, t) for the gaps."""

    profiles: tuple[Profile, Profile]
    noise: Floats

    @property
    def m(self) -> int:
        """How many there are."""
        return len(self.noise)

    def first(self, m: int) -> "Draws":
        """The first m of them."""
        own, other = (Profile(one.mean[:m], one.cov[:m]) for one in self.profiles)
        return Draws((own, other), self.noise[:m])

    def and_then(self, more: "Draws") -> "Draws":
        """These, then those that follow them."""
        own, other = (
            Profile(np.concatenate([a.mean, b.mean]), np.concatenate([a.cov, b.cov]))
            for a, b in zip(self.profiles, more.profiles, strict=True)
        )
        return Draws((own, other), np.concatenate([self.noise, more.noise]))


def draws(y: Floats, arm: Codes, m: int, seed: int, done: int = 0) -> Draws | str:
    """Draws number `done` to m - 1 from the posterior of answers y (n, t), arm (n,); or why there
    are none. Each depends on the seed and its number alone."""
    found = []
    noise = np.empty((m - done, *y.shape))
    for group in (0, 1):
        seeds = [np.random.SeedSequence(seed, spawn_key=(group, i)) for i in range(done, m)]
        streams = tuple(np.random.default_rng(one) for one in seeds)
        profile = drawn_profiles(y[arm == group], streams)
        if isinstance(profile, str):
            return profile
        found.append(profile)
        noise[:, arm == group] = normals(streams, int((arm == group).sum()), y.shape[1])
    return Draws((found[0], found[1]), noise)


def drawn_sets(
    y: Floats, arm: Codes, strategy: Strategy, drawn: Draws, change: bool = True
) -> Floats:
    """Completed answers (m, n, t): Bayesian imputation under a strategy."""
    return _filled(y, arm, drawn.profiles, strategy, change, drawn.noise)


def _filled(
    y: Floats,
    arm: Codes,
    profiles: tuple[Profile, Profile],
    strategy: Strategy,
    change: bool,
    noise: Floats | None,
) -> Floats:
    """Answers (..., n, t) of both groups."""
    reference, own = profiles
    full = np.empty((*own.mean.shape[:-1], *y.shape))
    hows: tuple[Strategy, Strategy] = ("missing_at_random", strategy)
    for group, how in enumerate(hows):
        rows = arm == group
        part = None if noise is None else noise[..., rows, :]
        full[..., rows, :] = filled(y[rows], profiles[group], reference, how, change, part)
    return full
