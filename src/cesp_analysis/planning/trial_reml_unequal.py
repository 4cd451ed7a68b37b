"""Random-intercept models of trials whose locations differ in size, by REML: all at once.

Newton's steps in φ = 1 / (1 + λ mean size), in which the equation is nearly linear, projected on
(0, 1]; λ, the ratio of the locations' variance to the residual one, is exactly 0 at φ = 1. By the
rules of models/nested_optimum.py: with few people a coarse grid looks for a second valley.
"""

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.models.nested_optimum import FEW_ROWS, GRID
from cesp_analysis.planning.trial_draws import ByLocation
from cesp_analysis.planning.trial_level import Level, Parts, criterion, level_at, parts_of
from cesp_analysis.planning.trial_reml import Fits, Rule
from cesp_analysis.planning.trial_unequal_kr import kenward_roger

STEPS = 40
SETTLED = 1e-9  # a relative step after which the next one is rounding: steps square it
LEVEL = 1e-7  # largest slope of the criterion, per unit of log ratio, that counts as an optimum


def fitted_unequal(own: ByLocation, rule: Rule) -> Fits:
    """Fit the trials and judge the effect by one of the rules."""
    parts = parts_of(own)
    ratio, at, failed = optimum(parts)
    with np.errstate(divide="ignore", invalid="ignore"):
        if rule == "satterthwaite":
            error, df = _satterthwaite(parts, at, ratio)
        else:
            error, df = kenward_roger(parts, at, ratio)
    return Fits(_effect(at), error, df, ratio, failed | ~np.isfinite(error))


def _satterthwaite(parts: Parts, at: Level, ratio: Floats) -> tuple[Floats, Floats]:
    """Standard error and df; as in trial_reml.py: 1/df = 1/ν + (d log V)² / d² criterion, both in
    λ, ν where λ is 0."""
    unit, fall = _variance(at)
    nu = parts.nu
    slope = fall / unit + at.rest[1] / at.rest[0]
    df = np.where(ratio > 0, 1 / (1 / nu + slope * slope / at.bend), nu)
    return np.sqrt(at.rest[0] / nu * unit), df


def _effect(at: Level) -> Floats:
    """The effect (r,): the arms' weighted means, at equal baseline."""
    means = [(y[0] - at.beta * x[0]) / t[0] for x, y, t in zip(at.x, at.y, at.t, strict=True)]
    return np.asarray(means[1] - means[0])


def _variance(at: Level) -> tuple[Floats, Floats]:
    """Variance of the effect over the residual one, and its derivative in λ."""
    means = [x[0] / t[0] for x, t in zip(at.x, at.t, strict=True)]
    lead = (means[1] - means[0]) / at.a[0]
    unit = 1 / at.t[0][0] + 1 / at.t[1][0] + lead * lead * at.a[0]
    fall = -lead * lead * at.a[1]
    for sign, x, t, mean in zip((-1, 1), at.x, at.t, means, strict=True):
        turn = (x[1] - mean * t[1]) / t[0]
        fall = fall + 2 * sign * lead * turn - t[1] / (t[0] * t[0])
    return unit, np.asarray(fall)


def optimum(parts: Parts) -> tuple[Floats, Level, NDArray[np.bool_]]:
    """Ratios (r,) at which the criterion is least, what it is there, and where none was seen."""
    size = parts.people / len(parts.y)
    ratio = _descended(parts, _start(parts), size)
    few = np.flatnonzero(parts.people <= FEW_ROWS)
    if len(few):
        ratio[few] = _lower_elsewhere(parts.some(few), ratio[few], size[few])
    found = level_at(parts, ratio)
    with np.errstate(invalid="ignore"):
        wrong = np.where(ratio > 0, np.abs(found.slope * ratio) > LEVEL, found.slope < -LEVEL)
    return ratio, found, wrong | ~np.isfinite(found.slope)


def _start(parts: Parts) -> Floats:
    """φ from the unweighted means' residual variance, the slope that within locations (between, if
    the baseline does not vary within)."""
    wxx, wxy, wyy = parts.within
    beta = wxy / wxx if wxx.all() else parts.xy.sum(0) / parts.xx.sum(0)
    rest = parts.y - beta * parts.x
    k, controls = len(rest), parts.controls
    between = np.einsum("kr,kr->r", rest, rest)
    between -= rest[:controls].sum(0) ** 2 / controls
    between -= rest[controls:].sum(0) ** 2 / (k - controls)
    residual = (wyy - beta * wxy) / (parts.people - k)
    inverse = np.where(np.isfinite(parts.inverse), parts.inverse, 1.0).mean(0)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = residual * inverse * (k - 2) / between
    return np.asarray(np.clip(np.nan_to_num(found, nan=1.0), 1e-6, 1.0))


def _descended(parts: Parts, phi: Floats, size: Floats) -> Floats:
    """Ratios where Newton's steps from φ (r,) end; those that have ended are left behind."""
    held, here, found = np.arange(len(phi)), phi, phi.copy()
    own = size
    for _ in range(STEPS):
        moved = _moved(parts, here, own)
        found[held] = moved
        going = np.abs(moved - here) > SETTLED * here
        if not going.any():
            break
        here = moved
        if going.mean() < 0.6:
            at = np.flatnonzero(going)
            held, parts, here, own = held[at], parts.some(at), here[at], own[at]
    return np.asarray((1 / found - 1) / size)


def _moved(parts: Parts, phi: Floats, size: Floats) -> Floats:
    """φ one step on."""
    ratio = (1 / phi - 1) / size
    at = level_at(parts, ratio)
    scale = -(ratio + 1 / size)  # dλ / d log φ
    slope = scale * at.slope
    bend = scale * scale * at.bend - slope
    with np.errstate(invalid="ignore", divide="ignore"):
        step = np.where(bend > 0, -slope / bend, -np.sign(slope))
    return np.asarray(np.minimum(phi * np.clip(1 + step, 0.125, 4.0), 1.0))


def _lower_elsewhere(parts: Parts, ratio: Floats, size: Floats) -> Floats:
    """The ratios found, or lower optima that lie near the lowest point of a coarse grid."""
    grid = np.array(GRID)
    values = [criterion(parts, np.full(len(ratio), point)) for point in grid]
    lowest = grid[np.argmin(values, axis=0)]
    here = np.log(np.clip(ratio, GRID[0], GRID[-1]))
    nearest = grid[np.argmin(np.abs(np.log(grid)[:, None] - here), axis=0)]
    at = np.flatnonzero(lowest != nearest)
    if not len(at):
        return ratio
    part = parts.some(at)
    other = _descended(part, 1 / (1 + lowest[at] * size[at]), size[at])
    better = criterion(part, other) < criterion(part, ratio[at]) - 1e-8
    ratio = ratio.copy()
    ratio[at[better]] = other[better]
    return ratio
