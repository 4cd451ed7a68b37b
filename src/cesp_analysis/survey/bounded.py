"""Calibration with limits on the weights: margins and limits hold together, or it is said.

Weights are w = clip(d F(x'λ), low, high) with F = exp (raking) or 1 + x'λ (linear): among all
weights within the limits that meet the margins, those nearest to the base weights in the method's
distance (Deville & Särndal 1992, section 4; R survey: calibrate with bounds.const). λ maximises a
concave function, whose gradient is what the margins lack; Newton's steps, halved where they go too
far.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cesp_analysis.survey.cells import Cells

STEPS = 200
HALVINGS = 40
CLOSE = 1e-10
RIDGE = 1e-12
"""Added to the curvature, relative to its trace: a category all of whose weights are at a limit has
none."""


@dataclass(frozen=True)
class Bounded:
    """weights (n,), steps, largest relative miss of a category."""

    weights: np.ndarray
    steps: int
    miss: float


def bounded(
    cells: Cells, base: np.ndarray, population: float, low: float, high: float, linear: bool
) -> Bounded:
    """Weights of respondents from base weights (n,), each within low and high (high above 0).

    `miss` is far from 0 where the limits and the margins cannot hold together.
    """
    base = base * (population / base.sum())
    of = cells.of
    x, wanted = cells.indicators, cells.wanted(cells.sums(base)[None], population)[0]
    curve = _linear(base, low, high) if linear else _exponential(base, low, high)
    slope, steps = np.zeros(x.shape[1]), 0
    weights, free, worth = curve((x @ slope)[of])
    lacking = wanted - cells.sums(weights) @ x
    for steps in range(1, STEPS + 1):  # noqa: B007
        if np.abs(lacking).max() <= CLOSE * wanted[wanted > 0].min():
            break
        curvature = x.T @ (cells.sums(free)[:, None] * x)
        curvature[np.diag_indices_from(curvature)] += RIDGE * max(np.trace(curvature), population)
        move = np.linalg.solve(curvature, lacking)
        gain, reached = float(lacking @ move), wanted @ slope - worth
        for halving in range(HALVINGS):
            tried = slope + move * 0.5**halving
            weights, free, worth = curve((x @ tried)[of])
            if wanted @ tried - worth >= reached + 1e-4 * gain * 0.5**halving - 1e-12 * population:
                break
        slope = tried
        lacking = wanted - cells.sums(weights) @ x
    sums = cells.sums(weights)[None]
    return Bounded(weights, steps, float(cells.miss(cells.sums(base)[None], sums, population)[0]))


Curve = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray, float]]
"""x'λ (n,) → weights (n,), their derivatives (n,), the sum of their integrals from 0 on."""


def _exponential(d: np.ndarray, low: float, high: float) -> Curve:
    top = np.log(high / d)
    bottom = np.log(low / d) if low > 0 else np.full(len(d), -np.inf)
    floor = np.where(np.isfinite(bottom), bottom, 0)

    def of(t: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        weights = d * np.exp(np.clip(t, bottom, top))
        beyond = high * (t - top).clip(0)
        if low > 0:
            beyond = beyond + low * (t - floor).clip(max=0)
        free = np.where((t < top) & (t > bottom), weights, 0)
        return weights, free, float((weights + beyond).sum())

    return of


def _linear(d: np.ndarray, low: float, high: float) -> Curve:
    top, bottom = high / d - 1, low / d - 1

    def of(t: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
        held = np.clip(t, bottom, top)
        weights = d * (1 + held)
        beyond = high * (t - top).clip(0) + low * (t - bottom).clip(max=0)
        free = np.where((t < top) & (t > bottom), d, 0)
        return weights, free, float((weights**2 / (2 * d) + beyond).sum())

    return of
