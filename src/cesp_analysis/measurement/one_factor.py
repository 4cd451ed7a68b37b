"""One common factor of correlations by maximum likelihood, many matrices at once.

The likelihood of R's factanal, uniquenesses not below its 0.005 (Jöreskog 1967, Psychometrika
32:443-82). Newton's steps on the likelihood equations; where one does not make the fit better, EM
(Rubin & Thayer 1982, Psychometrika 47:69-76), which always does. Shapes: r matrices of k items.
"""

from dataclasses import dataclass

import numpy as np

LEAST = 0.005
CLOSE = 1e-10
"""Largest change of a loading at which a fit has been found."""
ROUNDING = 1e-9
"""Of the misfit."""
EM_STEPS = (1, 5, 20, 50, 100, 200, 500, 1000, 2000)
"""Before Newton's, one round after the other for those that are not there yet."""
NEWTON_STEPS = 12


@dataclass(frozen=True)
class OneFactor:
    """loadings (r, k), their sum not negative; uniqueness (r, k); found (r,): the optimum was
    reached; of matrices where it was not, what was reached last."""

    loadings: np.ndarray
    uniqueness: np.ndarray
    found: np.ndarray

    @property
    def omega(self) -> np.ndarray:
        """(r,): (Σ loadings)² over that and the uniquenesses (McDonald 1999, Test Theory)."""
        common = self.loadings.sum(axis=1) ** 2
        return np.asarray(common / (common + self.uniqueness.sum(axis=1)))


def one_factor(correlation: np.ndarray, start: np.ndarray | None = None) -> OneFactor:
    """Of correlations (r, k, k), three items or more, from loadings (k,) to start at, if known."""
    r = len(correlation)
    loadings = _first_guess(correlation) if start is None else np.tile(start, (r, 1))
    uniqueness = np.maximum(1 - loadings**2, LEAST)
    found = np.zeros(r, dtype=bool)
    for steps in EM_STEPS:
        left = np.flatnonzero(~found)
        if not len(left):
            break
        own = correlation[left]
        at, unique = em_steps(own, loadings[left], uniqueness[left], steps)
        new, newer, close = newton_steps(own, at)
        close &= misfit(own, new, newer) <= misfit(own, at, unique) + ROUNDING
        found[left] = close
        loadings[left] = np.where(close[:, None], new, at)
        uniqueness[left] = np.where(close[:, None], newer, unique)
    turned = np.where(loadings.sum(axis=1, keepdims=True) < 0, -1.0, 1.0)
    return OneFactor(loadings * turned, uniqueness, found)


def newton_steps(
    correlation: np.ndarray, loadings: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """From (r, k) to R Ψ⁻¹λ = λ (1 + λ'Ψ⁻¹λ), Ψ = 1 - λ² or LEAST; and which got there."""
    largest = np.full(len(loadings), np.inf)
    for _ in range(NEWTON_STEPS):
        uniqueness = np.maximum(1 - loadings**2, LEAST)
        scaled, slope = equations(correlation, loadings, uniqueness)
        inner = 1 + (loadings * scaled).sum(axis=1, keepdims=True)
        miss = (correlation @ scaled[..., None])[..., 0] - loadings * inner
        step = np.linalg.solve(slope, miss[..., None])[..., 0]
        largest = np.abs(step).max(axis=1)
        loadings = loadings - step * np.minimum(1, 0.3 / np.maximum(largest, 0.3))[:, None]
        if largest.max() < CLOSE:
            break
    return loadings, np.maximum(1 - loadings**2, LEAST), largest < CLOSE


def equations(
    correlation: np.ndarray, loadings: np.ndarray, uniqueness: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Ψ⁻¹λ (r, k), and the slope (r, k, k) in λ of R Ψ⁻¹λ - λ (1 + λ'Ψ⁻¹λ)."""
    k = loadings.shape[1]
    scaled = loadings / uniqueness
    free = uniqueness > LEAST
    bend = np.where(free, (uniqueness + 2 * loadings**2) / uniqueness**2, 1 / uniqueness)
    inner = 1 + (loadings * scaled).sum(axis=1)
    outer = loadings[:, :, None] * (scaled + loadings * bend)[:, None, :]
    slope = correlation * bend[:, None, :] - outer
    slope[:, np.arange(k), np.arange(k)] -= inner[:, None]
    return scaled, slope


def em_steps(
    correlation: np.ndarray, loadings: np.ndarray, uniqueness: np.ndarray, steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """So many steps, each of which makes the fit no worse."""
    for _ in range(steps):
        scaled = loadings / uniqueness
        weight = scaled / (1 + (loadings * scaled).sum(axis=1, keepdims=True))
        with_factor = (correlation @ weight[..., None])[..., 0]
        spread = 1 + (weight * (with_factor - loadings)).sum(axis=1, keepdims=True)
        loadings = with_factor / spread
        uniqueness = np.maximum(1 - loadings * with_factor, LEAST)
    return loadings, uniqueness


def misfit(correlation: np.ndarray, loadings: np.ndarray, uniqueness: np.ndarray) -> np.ndarray:
    """log|Σ| + tr(R Σ⁻¹) of Σ = λλ' + Ψ: (r,)."""
    scaled = loadings / uniqueness
    inner = 1 + (loadings * scaled).sum(axis=1)
    explained = (scaled[:, None, :] @ correlation @ scaled[..., None])[:, 0, 0]
    own = np.log(uniqueness).sum(axis=1) + (1 / uniqueness).sum(axis=1)
    return np.asarray(own + np.log(inner) - explained / inner)


def _first_guess(correlation: np.ndarray) -> np.ndarray:
    """The first principal axis, communalities half the largest correlation's to start with."""
    values, vectors = np.linalg.eigh(correlation)
    return np.asarray(vectors[..., -1] * np.sqrt(0.7 * values[..., -1:])).clip(-0.95, 0.95)
