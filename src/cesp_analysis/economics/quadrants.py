"""Where on the cost-effectiveness plane a comparison lies: shares of its four quadrants.

The plane has the difference in QALYs to the right and the difference in cost upwards. What gains
nothing at all counts as west, what costs nothing more as south: the four add up to 1.
"""

from dataclasses import dataclass
from math import asin, inf, pi, sqrt

import numpy as np

from cesp_analysis.arrays import Floats

COST, QALY = 0, 1
"""Columns of draws (B, 2), entries of a point (2,), rows of its covariance (2, 2)."""
NODES = 200


@dataclass(frozen=True)
class Quadrants:
    """Shares. ne: dearer, gains QALYs; se: cheaper, gains (dominates); sw: cheaper, loses; nw:
    dearer, loses (is dominated)."""

    ne: float
    se: float
    sw: float
    nw: float

    def gain(self) -> float:
        """The share in which QALYs are gained."""
        return self.ne + self.se

    def dearer(self) -> float:
        """The share in which it costs more."""
        return self.ne + self.nw


def law_quadrants(point: Floats, cov: Floats, df: float = inf) -> Quadrants:
    """Shares of each quadrant by Student's law of cost and QALYs (inf: normal) with df: point (2,),
    cov (2, 2) of the estimates. Each margin is that of the interval and of the acceptability curve:
    what is cheaper is the curve at a threshold of 0."""
    point, cov = checked_point(point, cov)
    error_c, error_q = sqrt(cov[COST, COST]), sqrt(cov[QALY, QALY])
    if error_c == 0 or error_q == 0:
        raise ValueError("shares of quadrants need costs and QALYs that vary")
    rho = float(np.clip(cov[COST, QALY] / (error_c * error_q), -1.0, 1.0))
    cheap, lost = -point[COST] / error_c, -point[QALY] / error_q
    south, west = (_below(one, df) for one in (cheap, lost))
    sw = _both_below(cheap, lost, rho, df)
    return Quadrants(ne=max(1 - south - west + sw, 0.0), se=south - sw, sw=sw, nw=west - sw)


def _below(at: float, df: float) -> float:
    from scipy.special import ndtr, stdtr  # type: ignore[import-untyped, unused-ignore]

    return float(ndtr(at) if df == inf else stdtr(df, at))


def _both_below(h: float, k: float, rho: float, df: float) -> float:
    """P(X ≤ h, Y ≤ k) of two of Student's variables with a correlation and one scale.

    From where one is the other (ρ = 1) or its opposite, by the slope in ρ (Plackett 1954,
    Biometrika 41:351-60; of t: Genz 2004, Stat Comput 14:251-60), by Gauss and Legendre's rule.
    """
    ends = [_below(one, df) for one in (h, k)]
    at, weight = np.polynomial.legendre.leggauss(NODES)
    end = asin(rho)
    start = pi / 2 if rho > 0 else -pi / 2
    angle = (start + end) / 2 + (end - start) / 2 * at
    square = (h**2 + k**2 - 2 * h * k * np.sin(angle)) / np.cos(angle) ** 2
    slope = np.exp(-square / 2) if df == inf else (1 + square / df) ** (-df / 2)
    moved = (end - start) / 2 * float(slope @ weight) / (2 * pi)
    first = min(ends) if rho > 0 else max(sum(ends) - 1, 0.0)
    return float(np.clip(first + moved, max(sum(ends) - 1, 0.0), min(ends)))


def checked_point(point: Floats, cov: Floats) -> tuple[Floats, Floats]:
    """Point and covariance, if they are (2,) and (2, 2), finite, and can be a covariance."""
    point, cov = np.asarray(point, dtype=np.float64), np.asarray(cov, dtype=np.float64)
    if point.shape != (2,) or cov.shape != (2, 2) or not np.isfinite([*point, *cov.ravel()]).all():
        raise ValueError(
            f"point and cov must be finite (2,), (2, 2), not {point.shape}, {cov.shape}"
        )
    scale = sqrt(max(cov[COST, COST], 0.0) * max(cov[QALY, QALY], 0.0))
    rounding = 1e-9 * scale
    if cov.diagonal().min() < 0 or abs(cov[0, 1] - cov[1, 0]) > rounding:
        raise ValueError("cov is no covariance: a variance is negative, or it is not symmetric")
    if abs(cov[0, 1]) > scale + rounding:
        raise ValueError("cov is no covariance: its correlation is beyond 1")
    return point, cov
