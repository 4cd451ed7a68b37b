"""Analyses of locations' means: t, with the baseline's mean as a covariate, by least squares.

Each location counts the same, however many people it has. With locations of one size and no
baseline the t on k - 2 df is exact.
"""

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.planning.trial_draws import ByLocation, Scatter
from cesp_analysis.planning.trial_reml import Fits


def location_means(s: Scatter) -> Fits:
    """The t of locations of one size."""
    b, df = s.between, s.k - 2.0 - s.adjusted
    lever = s.gap_x * s.gap_x / b.xx if s.adjusted else 0.0
    error = np.sqrt(b.rest / df * (s.spread + lever))
    fine = np.zeros(error.shape, dtype=bool)
    none = np.full(error.shape, np.nan)
    return Fits(s.gap_y - b.slope * s.gap_x, error, np.full(error.shape, df), none, fine)


def location_means_unequal(own: ByLocation) -> Fits:
    """The t of locations that differ in size; a location in which nobody answers is left out.

    Failed: an arm with no location, or no df left.
    """
    count = np.broadcast_to(own.size > 0, own.y.shape).astype(float)
    arms = (slice(0, own.controls), slice(own.controls, None))
    n = [count[arm].sum(0) for arm in arms]
    with np.errstate(divide="ignore", invalid="ignore"):
        x, y = (_centred(part, count, arms, n) for part in (own.x, own.y))
        xx, xy, yy = _sum(x[0], x[0]), _sum(x[0], y[0]), _sum(y[0], y[0])
        slope = xy / xx if own.adjusted else np.zeros_like(xx)
        df = n[0] + n[1] - 2 - own.adjusted
        gap = x[1]
        lever = gap * gap / xx if own.adjusted else 0.0
        error = np.sqrt((yy - slope * xy) / df * (1 / n[0] + 1 / n[1] + lever))
        estimate = y[1] - slope * gap
    return Fits(estimate, error, df, np.full(df.shape, np.nan), ~(np.isfinite(error) & (df > 0)))


def _sum(first: Floats, second: Floats) -> Floats:
    return np.asarray(np.einsum("kr,kr->r", first, second))


def _centred(
    values: Floats, count: Floats, arms: tuple[slice, slice], n: list[Floats]
) -> tuple[Floats, Floats]:
    """Values about their arm's mean, 0 where nobody answers; difference of the arms' means."""
    found = np.empty_like(values)
    means = []
    for arm, own in zip(arms, n, strict=True):
        mean = values[arm].sum(0) / own
        found[arm] = (values[arm] - mean) * count[arm]
        means.append(mean)
    return found, np.asarray(means[1] - means[0])
