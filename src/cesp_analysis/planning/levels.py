"""Outcomes that are yes or no, or counts: their SD follows from their level.

What the control arm has at the end is what a trial's control arm is taken to have, as uncertain as
this study leaves it: a share has a beta posterior (Jeffreys' prior), a mean count and the variance
over it the Bayesian bootstrap's (Rubin 1981, Ann Stat 9:130-4), whatever the law of counts is. The
other arm has that and the difference to be found. The SD that stands for both arms is the root of
the mean of their variances: p (1 - p) of a share, dispersion times the mean of a count.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.planning.known import Floats, Told, share

LEVELS = ("binary", "count")
"""Types of outcomes whose SD follows from their mean."""
FEW = 2
MOST = 0.05  # of draws in which the other arm cannot be
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


def possible(level: Level, change: float) -> tuple[Level, Told]:
    """The level, and the SD, of draws in which the other arm can be; others are replaced by these.

    Where they are more than one of 20 there is no SD, but a reason.
    """
    mean = level.mean.draws
    if mean is None:
        return level, Told(None, level.mean.n, reason=level.mean.reason)
    sd = sd_of(mean, change, level.dispersion)
    wrong = np.flatnonzero(np.isnan(sd))
    if len(wrong) > MOST * len(sd):
        middle, share = np.median(mean), len(wrong) / len(sd)
        reason = (
            f"a control arm at {middle:.3g} and a difference of {change:+.3g} give what cannot be"
            f" in {share:.0%} of draws; plan for a smaller difference"
        )
        return level, Told(None, level.mean.n, reason=reason)
    good = np.resize(np.flatnonzero(~np.isnan(sd)), len(wrong))
    at = np.arange(len(sd))
    at[wrong] = good
    spread = None if level.dispersion is None else level.dispersion[at]
    said = "of both arms: follows from the control arm's level and the difference"
    kept = Told(mean[at], level.mean.n, level.mean.method, level.mean.reason)
    return Level(kept, spread), Told(sd[at], level.mean.n, said)
