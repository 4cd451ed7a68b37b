"""Distribution and density of two standard normal variables with a correlation, over arrays.

Φ₂(h, k; ρ) = Φ(h) Φ(k) + 1/(2π) ∫ exp(−(h² + k² − 2 h k sin θ) / (2 cos² θ)) dθ, θ from 0 to asin ρ
(Drezner & Wesolowsky 1990, J Stat Comput Simul 35:101-7), by Gauss and Legendre's rule. Infinite
limits are allowed.
"""

from functools import cache

import numpy as np

NODES, NEAR_ONE = 16, 64
STEEP = 0.8
"""Correlation beyond which the integrand needs more nodes."""
FAR = 9.0
"""In place of infinity: beyond it a normal variable has 1e-19 of its probability."""


def distribution(h: np.ndarray, k: np.ndarray, rho: np.ndarray) -> np.ndarray:
    """P(X ≤ h, Y ≤ k), shapes as numpy broadcasts them; |ρ| ≤ 0.999 to 1e-9."""
    from scipy.special import ndtr  # type: ignore[import-untyped, unused-ignore]

    h, k = np.clip(h, -FAR, FAR), np.clip(k, -FAR, FAR)
    nodes = NEAR_ONE if np.abs(rho).max(initial=0.0) > STEEP else NODES
    at, weight = _rule(nodes)
    angle = np.arcsin(rho)[..., None] * at
    h_, k_ = h[..., None], k[..., None]
    power = (h_**2 + k_**2 - 2 * h_ * k_ * np.sin(angle)) / (2 * np.cos(angle) ** 2)
    integral = np.exp(-power) @ weight * np.arcsin(rho)
    return np.asarray(ndtr(h) * ndtr(k) + integral / (2 * np.pi))


def density(h: np.ndarray, k: np.ndarray, rho: np.ndarray) -> np.ndarray:
    """The density at (h, k), which is also the slope of the distribution in ρ."""
    h, k = np.clip(h, -FAR, FAR), np.clip(k, -FAR, FAR)
    rest = 1 - rho**2
    power = (h**2 + k**2 - 2 * rho * h * k) / (2 * rest)
    return np.asarray(np.exp(-power) / (2 * np.pi * np.sqrt(rest)))


@cache
def _rule(nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights on 0 to 1."""
    at, weight = np.polynomial.legendre.leggauss(nodes)
    return (at + 1) / 2, weight / 2
