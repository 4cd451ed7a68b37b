"""Outcomes that are yes or no, or counts: their SD follows from their level.

What the control arm has at the end is what a trial's control arm is taken to have, as uncertain as
this study leaves it: a share has a beta posterior (Jeffreys' prior), a mean count and the variance
over it the Bayesian bootstrap's (Rubin 1981, Ann Stat 9:130-4), whatever the law of counts is. The
other arm has that and the difference to be found. The SD that stands for both arms is the root of
the mean of their variances: p (1 - p) of a share, dispersion times the mean of a count.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.planning.known import Told, share

LEVELS = ("binary", "count")
"""Types of outcomes whose SD follows from their mean."""
FEW = 2
MOST = 0.05  # of draws in which the other arm cannot be
NO_SPREAD = "the control arm's last values do not tell how much people's counts vary"
NOBODY = "nobody of the control arm has a last value"


@dataclass(frozen=True)
class Level:
    """Of the control arm at the end. mean: share, or mean count; dispersion: variance over mean of
    a count within sites (draws,), None of a share."""

    mean: Told
    dispersion: Floats | None = None


def level_of(values: Floats, kind: str, draws: int, rng: np.random.Generator) -> Level:
    """The level that the control arm's last values (n,) tell; kind: binary or count."""
    n = len(values)
    if kind == "binary":
        found = share(int(values.sum()), n, draws, rng)
        return Level(found if n else Told(None, 0, reason=NOBODY))
    if n < FEW or not values.any():
        reason = "nobody of the control arm has any" if n else NOBODY
        return Level(Told(None, n, reason=reason))
    weight = rng.dirichlet(np.ones(n), draws)
    mean = weight @ values
    spread = (weight @ values**2 - mean**2) * n / (n - 1)
    said = f"Bayesian bootstrap of {n} people of the control arm at the end"
    return Level(Told(mean, n, said), spread / mean)


def sd_of(mean: Floats, change: float, dispersion: Floats | None) -> Floats:
    """SD (draws,) for both arms; NaN where the other arm would have a share, or a mean, that cannot
    be.

    change: intervention less control, in the outcome's unit; dispersion None: a share.
    """
    other = mean + change
    if dispersion is None:
        both, can = (mean * (1 - mean) + other * (1 - other)) / 2, (other > 0) & (other < 1)
    else:
        both, can = dispersion * (mean + other) / 2, other > 0
    return np.sqrt(np.where(can, both, np.nan))


@dataclass(frozen=True)
class Spread:
    """Of trials of people (draws,): SD within a location of controls and of the served (link
    workers included), SD between locations of what the arms differ by; whole: variance of an answer
    in each arm."""

    controls: Floats
    served: Floats
    places: Floats
    whole: tuple[Floats, Floats]

    def parts(self, sd: Floats) -> dict[str, Floats]:
        """Variance of each arm, over the squared SD for both."""
        names = ("part_control", "part_treated")
        return {name: own / sd**2 for name, own in zip(names, self.whole, strict=True)}


def spread_of_arms(control: Floats, sd: Floats, icc: Floats, change: float, kind: str) -> Spread:
    """As trials are drawn: a location has the same place in both arms' laws of shares; a rate is
    its multiple of the arm's mean, and beyond chance people's counts vary with the square of it.

    control: its level; sd: for both arms; change: intervention less control; kind: binary, count.
    """
    arms = control, control + change
    if kind == "binary":
        whole = [np.sqrt(np.maximum(one * (1 - one), 0)) for one in arms]
        own = [one * np.sqrt(1 - icc) for one in whole]
        places = np.abs(whole[1] - whole[0]) * np.sqrt(icc)
        return Spread(own[0], own[1], places, (whole[0] ** 2, whole[1] ** 2))
    middle = control + change / 2
    of_place = icc * sd**2 / middle**2
    beyond = np.maximum((sd**2 * (1 - icc) - middle) / middle**2, 0)
    own = [np.sqrt(np.maximum(one + beyond * one**2, 0)) for one in arms]
    both = [within**2 + of_place * mean**2 for within, mean in zip(own, arms, strict=True)]
    return Spread(own[0], own[1], np.abs(change) * np.sqrt(of_place), (both[0], both[1]))


def impossible(mean: Floats, change: float, kind: str) -> str:
    """Why draws (draws,) of the control arm's level do not go with a difference; blank if they do,
    but for one of 20 at most."""
    wrong = float(np.mean(~_can_be(mean, change, kind)))
    if wrong <= MOST:
        return ""
    return (
        f"a control arm at {np.median(mean):.3g} and a difference of {change:+.3g} give what cannot"
        f" be in {wrong:.0%} of draws; plan for a smaller difference"
    )


def possible(level: Level, change: float, kind: str) -> tuple[Level, Told]:
    """The level, and the SD, of draws in which the other arm can be; others are replaced by these.

    There must be some (see `impossible`). Of a count whose dispersion nobody tells no SD.
    """
    mean = level.mean.draws
    assert mean is not None
    can = _can_be(mean, change, kind)
    at = np.arange(len(mean))
    at[~can] = np.resize(np.flatnonzero(can), int((~can).sum()))
    spread = None if level.dispersion is None else level.dispersion[at]
    said = "of both arms: follows from the control arm's level and the difference"
    others = int((~can).sum())
    why = f"{others:,} of {len(mean):,} draws replaced, which leave the other arm none that can be"
    how = "; ".join([*filter(None, [level.mean.method]), *([why] if others else [])])
    kept = Level(Told(mean[at], level.mean.n, how, level.mean.reason), spread)
    if kind == "count" and spread is None:
        return kept, Told(None, level.mean.n, reason=NO_SPREAD)
    return kept, Told(sd_of(mean[at], change, spread), level.mean.n, said)


def _can_be(mean: Floats, change: float, kind: str) -> NDArray[np.bool_]:
    """Whether the other arm can have a level (draws,) so far from the control arm's."""
    other = mean + change
    return np.asarray((other > 0) & ((other < 1) | (kind == "count")))
