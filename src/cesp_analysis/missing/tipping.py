"""How an answer moves with what the intervention site misses and with what the control misses.

Shifts a and b are added to what was imputed at each site, at all times but the reference. In a
regression the estimate of each set is linear in (a, b), its squared standard error a quadratic
form (of each arm, where Welch's degrees of freedom need both), as residuals are linear in (a, b);
all other degrees of freedom know the design alone. So
six fits of a set tell the whole plane without an approximation; Rubin's rules follow at each point.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.missing.analysed import Analysis, Found, Parts, pooled_parts

POINTS = ((0.0, 0.0), (1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0), (1.0, 1.0))
COARSE = 5
"""Points along each side where each one takes a fit to each set."""
COARSE_SETS = 20
"""Sets that are fitted then, but where nothing is shifted: there all are."""


@dataclass(frozen=True)
class Limits:
    """Pooled estimates, standard errors, df, ends of intervals, Monte Carlo errors at g points,
    each (g,)."""

    estimate: Floats
    std_error: Floats
    df: Floats
    low: Floats
    high: Floats
    monte_carlo: Floats


Plane = Callable[[Floats, Floats], Limits]
"""Shifts at the intervention and at the control (g,) each → what is pooled there."""


@dataclass(frozen=True)
class Exact:
    """Coefficients by set: of the estimate (m, 3), of the parts of the squared error (m, c, 6), in
    shifts of `size`; parts: whose degrees of freedom they make."""

    estimate: Floats
    squares: Floats
    parts: Parts
    size: float
    level: float

    def __call__(self, a: Floats, b: Floats) -> Limits:
        """What is pooled at shifts (g,)."""
        terms = _terms(np.asarray(a) / self.size, np.asarray(b) / self.size)
        squares = np.swapaxes(self.squares @ terms, 1, 2)
        squares = np.maximum(squares, 0.0)  # rounding, where nothing is left
        pooled = pooled_parts(self.estimate @ terms[:3], squares, self.parts)
        low, high = pooled.interval(self.level)
        found = pooled.estimate, pooled.std_error, pooled.df, low, high, pooled.monte_carlo
        return Limits(*found)


def _terms(a: Floats, b: Floats) -> Floats:
    """1, a, b, a², ab, b² (6, g)."""
    return np.stack([np.ones_like(a), a, b, a * a, a * b, b * b])


def shifted(analysis: Analysis, a: float, b: float) -> Floats:
    """Completed answers (m, n, t) with a added to the intervention's gaps, b to the control's."""
    answers = analysis.answers
    by = np.where(answers.arm == 1, a, b)[:, None] * answers.later
    return np.asarray(answers.filled + by)


def six(analysis: Analysis, size: float) -> Floats:
    """The answers (6, m, n, t) whose rows tell the whole plane; size: of their shifts."""
    return np.stack([shifted(analysis, a * size, b * size) for a, b in POINTS])


def exact(parts: Parts, size: float, level: float) -> Exact:
    """The whole plane of a row of least squares from what `six` gave, the first six of `parts`."""
    inverse = np.linalg.inv(_terms(*np.array(POINTS).T))
    values = np.einsum("qm,qk->mk", parts.estimates[: len(POINTS)], inverse)
    squares = np.einsum("qmc,qk->mck", parts.squares[: len(POINTS)], inverse)
    return Exact(values[:, :3], squares, parts, size, level)


@dataclass(frozen=True)
class Coarse:
    """What was computed at shifts (c,) along each side; between them straight lines."""

    side: Floats
    values: Floats

    def __call__(self, a: Floats, b: Floats) -> Limits:
        """Interpolated at shifts (g,), which lie within the side."""
        first, second = (_share(self.side, np.asarray(one)) for one in (a, b))
        parts = np.einsum("ag,bg,kab->kg", first, second, self.values)
        return Limits(*parts)


def _share(side: Floats, at: Floats) -> Floats:
    """Weights (c, g) of the points of a side in linear interpolation."""
    eye = np.eye(len(side))
    return np.stack([np.interp(at, side, row) for row in eye])


def coarse(analysis: Analysis, estimate: str, most: float, as_imputed: Found) -> Coarse | str:
    """A row of any other kind at 5 by 5 shifts, from a fit to each of 20 sets; or why not.

    as_imputed: the row where nothing is shifted, of all sets: the map's centre.
    """
    side = np.linspace(-most, most, COARSE)
    values = np.empty((6, COARSE, COARSE))
    for i, j in np.ndindex(COARSE, COARSE):
        found = as_imputed
        if (i, j) != (COARSE // 2, COARSE // 2):
            filled = shifted(analysis, float(side[i]), float(side[j]))[:COARSE_SETS]
            found = analysis.pooled(filled, [estimate])[estimate]
        if found.reason:
            return found.reason
        values[:, i, j] = [
            np.nan if one is None else one
            for one in (
                found.estimate,
                found.std_error,
                found.df,
                found.low,
                found.high,
                found.monte_carlo,
            )
        ]
    return Coarse(side, values)
