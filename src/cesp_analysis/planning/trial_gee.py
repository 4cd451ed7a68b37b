"""Generalised estimating equations with independence, CR2 and Bell & McCaffrey's df: all at once.

Least squares of persons' outcomes on arm and baseline; locations are clusters. In coordinates in
which the columns are orthonormal (arms' indicators; the baseline about its arm's mean) a location
meets two of them, so that CR2's adjustment is the inverse root of a 2 × 2 matrix, in closed form.
Algebra and references: models/cluster_sums.py, whose answers these are.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Bools, Floats
from cesp_analysis.planning.trial_draws import ByLocation
from cesp_analysis.planning.trial_reml import Fits

WHOLE = 1e-10
"""A determinant below this is a location without which the model could not be fitted."""


@dataclass(frozen=True)
class _Half:
    """What the locations of one arm say of the arm's mean (first) and the slope (second).

    gram: g11, g12, g22 (k, r) of the orthonormal columns; score (k, r) of the residuals on either.
    """

    gram: tuple[Floats, Floats, Floats]
    score: tuple[Floats, Floats]


def gee(own: ByLocation) -> Fits:
    """The effect with its CR2 standard error and df; own.within by location if there is a baseline
    that varies within. Failed: the model of a trial needs one of its locations."""
    arms = (slice(0, own.controls), slice(own.controls, None))
    size = np.broadcast_to(own.size, own.y.shape)
    n = [size[arm].sum(0) for arm in arms]
    means = [
        [(size[arm] * part[arm]).sum(0) / people for arm, people in zip(arms, n, strict=True)]
        for part in (own.x, own.y)
    ]
    wxx, wxy = (np.broadcast_to(part, own.y.shape) for part in own.within[:2])
    x = np.concatenate([own.x[arm] - mean for arm, mean in zip(arms, means[0], strict=True)])
    y = np.concatenate([own.y[arm] - mean for arm, mean in zip(arms, means[1], strict=True)])
    xx, xy = wxx + size * x * x, wxy + size * x * y
    total = xx.sum(0) if own.adjusted else np.ones_like(n[0])
    slope = xy.sum(0) / total if own.adjusted else np.zeros_like(n[0])
    halves = [
        _half(size[arm], people, x[arm], y[arm], xx[arm], xy[arm], total, slope)
        for arm, people in zip(arms, n, strict=True)
    ]
    gap = means[0][1] - means[0][0]
    lead = -gap / np.sqrt(total)
    leads = [(sign / np.sqrt(people), lead) for sign, people in zip((-1, 1), n, strict=True)]
    with np.errstate(divide="ignore", invalid="ignore"):
        error, df, lost = _judged(halves, leads)
    estimate = means[1][1] - means[1][0] - slope * gap
    return Fits(estimate, error, df, np.full(df.shape, np.nan), lost | ~np.isfinite(error))


def _half(
    size: Floats,
    people: Floats,
    x: Floats,
    y: Floats,
    xx: Floats,
    xy: Floats,
    total: Floats,
    slope: Floats,
) -> _Half:
    root, own = np.sqrt(people), np.sqrt(total)
    gram = (size / people, size * x / (root * own), xx / total)
    return _Half(gram, (size * (y - slope * x) / root, (xy - slope * xx) / own))


def _judged(
    halves: list[_Half], leads: list[tuple[Floats, Floats]]
) -> tuple[Floats, Floats, Bools]:
    """Standard errors, df, and in which trials a location's leverage is 1."""
    first, second = (_seen(*one) for one in zip(halves, leads, strict=True))
    variance, trace, squares, slopes = (a + b for a, b in zip(first[0], second[0], strict=True))
    return np.sqrt(variance), trace * trace / (squares + slopes * slopes), first[1] | second[1]


def _seen(half: _Half, lead: tuple[Floats, Floats]) -> tuple[tuple[Floats, ...], Bools]:
    """An arm's parts of the variance, of tr(P), of tr(PP) but for what the arms share, and of that
    (Pustejovsky & Tipton 2018, eq. 14), each (r,); whether a location's leverage is 1."""
    (r11, r12, r22), det = _inverse_root(*half.gram)
    first, second = r11 * lead[0] + r12 * lead[1], r12 * lead[0] + r22 * lead[1]
    score = first * half.score[0] + second * half.score[1]
    g11, g12, g22 = half.gram
    one, two = g11 * first + g12 * second, g12 * first + g22 * second
    norm = first * one + second * two
    slopes = (two * two).sum(0)
    own = -(one * one + two * two)
    squares = (norm * (norm + 2 * own)).sum(0)
    squares += (one * one).sum(0) ** 2 + 2 * (one * two).sum(0) ** 2
    parts = (score * score).sum(0), (norm + own).sum(0), squares, slopes
    return parts, np.asarray((det < WHOLE).any(0))


def _inverse_root(
    g11: Floats, g12: Floats, g22: Floats
) -> tuple[tuple[Floats, Floats, Floats], Floats]:
    """(I - G)^(-1/2) of 2 × 2 matrices, and det(I - G)."""
    a, b, d = 1 - g11, -g12, 1 - g22
    det = a * d - b * b
    root = np.sqrt(det)
    # the root of M is (M + √det I) / √(tr + 2 √det), of determinant √det
    scale = 1 / (np.sqrt(a + d + 2 * root) * root)
    return ((d + root) * scale, -b * scale, (a + root) * scale), det
