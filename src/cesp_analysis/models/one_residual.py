"""Residuals within people that one variance, or one correlation of all times, does not fit.

A mixed model with an intercept of each person takes what is left within people to be as large in
both arms and, over times, without any pattern. Where its own residuals say otherwise, by more than
chance, and a row's interval depends on it, the row says so. Sums of squares by person and arm: one
pass over the rows. Thresholds: docs/validation.md, "One residual variance, simulated".
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.models.frame import Frame
from cesp_analysis.models.student import f_p_value

WORTH_SAYING = 1.05
"""By which factor an interval must be too narrow, or too wide: one of 95% then holds 93.8%."""
ARMS_BY_CHANCE = 0.004
"""How seldom arms that spread alike may look as far apart (two-sided)."""
TIMES_BY_CHANCE = 0.012
"""How seldom, over all later times together, a change may look as far from the others."""


@dataclass(frozen=True)
class Within:
    """Residuals rest (n,) of people, without the fixed part, and how they lie.

    weight (n,): one over the variance within people that the model gives a row, up to a factor;
    unit (n,): twice the person, plus 1 in the intervention arm; time (n,), of so many times;
    covariates: how many columns each time has besides arms.
    """

    rest: Floats
    weight: Floats
    unit: np.ndarray
    time: np.ndarray
    times: int
    covariates: int

    @cached_property
    def squares(self) -> Floats:
        """Each unit's sum of squares about its own mean (u,)."""
        total = np.bincount(self.unit, self.weight)
        first = np.bincount(self.unit, self.weight * self.rest)
        mean = first / np.where(total > 0, total, 1.0)
        away = self.weight * (self.rest - mean[self.unit]) ** 2
        return np.asarray(np.bincount(self.unit, away), dtype=float)

    @cached_property
    def free(self) -> Floats:
        """Each unit's degrees of freedom (u,), those of the fixed part not yet taken off."""
        return np.asarray(np.maximum(np.bincount(self.unit) - 1.0, 0.0), dtype=float)

    def taken(self, arms: int = 1) -> float:
        """Degrees of freedom of the fixed part within people, of so many arms."""
        return (self.times - 1) * (arms + self.covariates * arms / 2)


def within_people(
    frame: Frame, rest: Floats, time: np.ndarray, weight: Floats | None = None
) -> Within:
    """Residuals of a fitted frame, ready for `arms_apart` and `changes_apart`."""
    unit = 2 * frame.codes["person"].astype(np.intp) + (frame.arm == 1)
    known = np.ones(len(rest)) if weight is None else weight
    times = int(np.count_nonzero(np.bincount(time)))
    return Within(rest, known, unit, time, times, len(frame.covariate_names))


def arms_apart(within: Within) -> tuple[float, float] | None:
    """SD of the intervention arm's residuals over the control's, and what it does to an interval.

    The second number is the standard error by each arm's own variance over that by the common one.
    None: arms do not differ beyond chance, or by so little that intervals hardly depend on it.
    """
    arm = np.arange(len(within.free)) % 2
    own = [arm == code for code in (0, 1)]
    people = np.array([(within.free[one] > 0).sum() for one in own], dtype=float)
    free = np.array([within.free[one].sum() for one in own]) - within.taken()
    total = np.array([within.squares[one].sum() for one in own])
    if not ((free > 0) & (total > 0) & (people > 1)).all():
        return None
    variance = total / free
    both = total.sum() / free.sum() * (1 / people).sum()
    error = float(np.sqrt((variance / people).sum() / both))
    pulls = np.concatenate(
        [
            within.squares[one] / whole - within.free[one] / within.free[one].sum()
            for one, whole in zip(own, total, strict=True)
        ]
    )
    above, below = (1, 0) if variance[1] > variance[0] else (0, 1)
    chance = _chance(variance[above] / variance[below], free[above], free[below], pulls)
    if max(error, 1 / error) < WORTH_SAYING or chance > ARMS_BY_CHANCE / 2:
        return None
    return float(np.sqrt(variance[1] / variance[0])), error


def changes_apart(within: Within, reference: int, index: int) -> float | None:
    """SD of people's changes between two times over what one correlation of all times makes of it.

    Where the model is right, a change and the rest of what varies within people are independent,
    and their variances' ratio is an F. None: no further apart than by chance, or hardly.
    """
    values = []
    for time in (reference, index):
        at = within.time == time
        value, spread = (np.full(len(within.free), np.nan) for _ in range(2))
        value[within.unit[at]] = within.rest[at]
        spread[within.unit[at]] = 1 / within.weight[at]
        values.append((value, spread))
    change = values[1][0] - values[0][0]
    seen = np.isfinite(change)
    arm = np.arange(len(change)) % 2
    for code in (0, 1):
        if (here := seen & (arm == code)).any():
            change[here] -= change[here].mean()
    own = np.where(seen, change**2 / (values[0][1] + values[1][1]), 0.0)
    others = np.maximum(within.squares - own, 0.0)
    free = seen.sum() - 2.0 - within.covariates
    left = within.free.sum() - within.taken(arms=2) - free
    if free <= 0 or left <= 0 or own.sum() <= 0 or others.sum() <= 0:
        return None
    ratio = float((own.sum() + others.sum()) / (free + left))
    further = float(np.sqrt(own.sum() / free / ratio))
    pulls = own / own.sum() - seen / seen.sum()
    rest = within.free - seen
    pulls = pulls - (others / others.sum() - rest / rest.sum())
    f = own.sum() / free / (others.sum() / left)
    chance = _chance(f, free, left, pulls)
    if further < WORTH_SAYING or chance > TIMES_BY_CHANCE / (within.times - 1):
        return None
    return further


def _chance(f: float, above: float, below: float, pulls: Floats) -> float:
    """How often chance makes an F as large; people who vary unlike each other make it wilder.

    pulls: what each person adds to the logarithm of the ratio; their squares add up to its variance
    whatever the distribution, and where that exceeds the normal one there are fewer df.
    """
    wilder = max(1.0, float(pulls @ pulls) / (2 / above + 2 / below))
    return f_p_value(float(f), above / wilder, below / wilder)
