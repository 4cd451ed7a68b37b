"""Where on the cost-effectiveness plane a comparison lies: shares of its four quadrants.

The plane has the difference in QALYs to the right and the difference in cost upwards. A draw with
no gain at all counts as west, one with no extra cost at all as south: the four add up to 1.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.measurement.bivariate_normal import distribution

Floats = NDArray[np.float64]

COST, QALY = 0, 1
"""Columns of draws (B, 2), entries of a point (2,), rows of its covariance (2, 2)."""


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


def quadrants(draws: Floats) -> Quadrants:
    """Shares of draws (B, 2: difference in cost, in QALYs) in each quadrant."""
    cost, qaly = checked_draws(draws).T
    dearer, gain = cost > 0, qaly > 0
    return Quadrants(
        ne=float(np.mean(dearer & gain)),
        se=float(np.mean(~dearer & gain)),
        sw=float(np.mean(~dearer & ~gain)),
        nw=float(np.mean(dearer & ~gain)),
    )


def normal_quadrants(point: Floats, cov: Floats) -> Quadrants:
    """The same of a bivariate normal law, without draws: point (2,), cov (2, 2) of cost and QALYs;
    correlations beyond ±0.999 are taken for that (bivariate_normal.py)."""
    point, cov = checked_point(point, cov)
    error_c, error_q = sqrt(cov[COST, COST]), sqrt(cov[QALY, QALY])
    if error_c == 0 or error_q == 0:
        raise ValueError("shares of quadrants need costs and QALYs that vary")
    rho = np.clip(cov[COST, QALY] / (error_c * error_q), -0.999, 0.999)
    cheap, lost = np.array(-point[COST] / error_c), np.array(-point[QALY] / error_q)
    far = np.array(np.inf)
    none = np.array(0.0)
    sw = float(distribution(cheap, lost, np.array(rho)))
    south, west = (float(distribution(one, far, none)) for one in (cheap, lost))
    return Quadrants(ne=1 - south - west + sw, se=south - sw, sw=sw, nw=west - sw)


def checked_draws(draws: Floats) -> Floats:
    """The draws, if they are (B, 2) with B ≥ 2 and all finite."""
    draws = np.asarray(draws, dtype=np.float64)
    if draws.ndim != 2 or draws.shape[1] != 2 or len(draws) < 2 or not np.isfinite(draws).all():
        raise ValueError(f"draws must be finite, (B, 2), two or more; they are {draws.shape}")
    return draws


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
