"""How sure it is that the intervention is worth its money, and where cost and QALYs may lie."""

from math import expm1, inf, log, sqrt

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.economics.quadrants import checked_point

OUTLINE = 181  # points of an ellipse: smooth at the width of a page


def above_zero(estimate: Floats, std_error: Floats, df: float = inf) -> Floats:
    """P(estimate + std_error T(df) > 0), by element; an error of 0: 1, 0, or 0.5 at 0."""
    from scipy.special import ndtr, stdtr  # type: ignore[import-untyped, unused-ignore]

    estimate, error = np.broadcast_arrays(estimate, std_error)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(error > 0, estimate / error, np.sign(estimate) * inf)
    ratio = np.where((error == 0) & (estimate == 0), 0.0, ratio)
    return np.asarray(ndtr(ratio) if df == inf else stdtr(df, ratio), dtype=np.float64)


def ellipse(point: Floats, cov: Floats, level: float = 0.95, df: float = inf) -> Floats:
    """Points (181, 2: cost, QALYs) around the region that holds `level` of Student's law of both.

    Squared Mahalanobis distance 2 F(2, df), of which the quantile has a closed form: df ((1 −
    level)^(−2 / df) − 1); without end of df −2 ln(1 − level), the quantile of chi-squared on 2 df.
    The law is the one of the intervals and of the acceptability curve. The last point is the first
    again.
    """
    point, cov = checked_point(point, cov)
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level}")
    scale = np.sqrt(cov.diagonal())  # £ and QALYs differ by orders of size
    unit = np.where(scale > 0, scale, 1.0)
    values, vectors = np.linalg.eigh(cov / np.outer(unit, unit))
    angle = np.linspace(0, 2 * np.pi, OUTLINE)
    circle = np.stack([np.cos(angle), np.sin(angle)])
    turned = vectors @ (np.sqrt(np.maximum(values, 0.0))[:, None] * circle)
    spare = -2 * log(1 - level)
    radius = sqrt(spare if df == inf else df * expm1(spare / df))
    return np.asarray(point + radius * (unit[:, None] * turned).T)
