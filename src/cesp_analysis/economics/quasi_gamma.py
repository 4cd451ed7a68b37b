"""Gamma quasi-likelihood with log link of many weighted replicates at once, by Newton's method.

Its loss, cost / mean + log mean, is convex in the coefficients: a step that lowers it leads to the
one minimum, where Fisher scoring (models/glm_engine.py, R's glm) turns in circles when costs are
very skewed. A logit's is convex too and climbs by the same steps. Zeros take part: only the mean
has to be right (Wedderburn 1974, Biometrika 61:439-47).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Bools, Floats
from cesp_analysis.economics.eliminated import solved
from cesp_analysis.models.glm_engine import CONVERGED, NotConverged
from cesp_analysis.models.least_squares import ROUNDING, LeastSquares, least_squares
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.separation import separating_direction

STEPS = 30
"""Of a replicate, from the whole sample's coefficients: some 5 are needed; along a separated
direction the decrement falls by a factor e a step, and is far above CONVERGED after 30."""
MANY_STEPS = 200
"""Of the whole sample, from least squares of logarithms; halvings count."""
FAR = 200.0  # only runaways have a linear predictor beyond: e^200 times costs is still finite

Pieces = Callable[[Floats], tuple[Floats, Floats, Floats]]
"""Linear predictors (b, n) → loss, its first and its second derivative by them."""


@dataclass(frozen=True)
class Turned:
    """Columns (n, k) turned orthonormal, times sqrt(n): x = basis @ root; products (n, p) of their
    pairs, index (k, k): where each pair is."""

    basis: Floats
    root: Floats
    products: Floats
    index: np.ndarray[tuple[int, int], np.dtype[np.intp]]


def turned(x: Floats) -> Turned:
    """The columns ready for `climbed`."""
    basis, root = np.linalg.qr(x)
    basis, root = basis * np.sqrt(len(x)), root / np.sqrt(len(x))
    left, right = np.triu_indices(x.shape[1])
    index = np.empty((x.shape[1],) * 2, dtype=np.intp)
    index[left, right] = index[right, left] = np.arange(len(left))
    return Turned(basis, root, basis[:, left] * basis[:, right], index)


@dataclass(frozen=True)
class Amount:
    """A fit of n costs: coef (k,) on the log scale; whitened: the least squares that it is at its
    solution (see models/glm_engine.py), of (cost - mean) / mean on x; dispersion: Pearson's."""

    coef: Floats
    whitened: LeastSquares
    dispersion: float


def fitted_amount(cost: Floats, x: Floats) -> Amount:
    """Fit cost (n,), at least 0, on x (n, k). Raises NotEstimable (the same cost for all, no
    minimum), NotConverged, Collinear."""
    if np.ptp(cost) == 0:
        raise NotEstimable(f"every cost above 0 is {cost[0]:g}, so there is nothing to model")
    start = least_squares(np.log(cost + 0.1 * cost.mean()), x).coef
    _refuse_apart(cost, x)
    columns = turned(x)
    one, first = np.ones((1, len(x))), columns.root @ start
    found, good = climbed(columns, one, first, of_amounts(cost), MANY_STEPS)
    if not good[0]:
        raise NotConverged(
            f"the gamma model's minimum was not reached in {MANY_STEPS} steps: use least squares"
        )
    residual = cost * np.exp(-(columns.basis @ found[0])) - 1
    if np.max(np.abs(residual)) <= ROUNDING:
        raise NotEstimable("the costs do not vary around the gamma model, so it has no error")
    dispersion = float(residual @ residual) / (len(x) - x.shape[1])
    return Amount(np.linalg.solve(columns.root, found[0]), least_squares(residual, x), dispersion)


def _refuse_apart(cost: Floats, x: Floats) -> None:
    """Along g the loss falls or stays for ever if no cost above 0 has x'g < 0 and the sum over all
    people of x'g is at most 0."""
    paid = x[cost > 0]
    if len(paid) == len(cost):
        return
    thin = np.linalg.matrix_rank(paid) < x.shape[1]
    if thin or separating_direction(np.vstack([paid, -x.sum(axis=0)])) is not None:
        raise NotEstimable(
            "the gamma model has no finite coefficients: costs of 0 lie apart in a covariate (such"
            " as a category in which all are 0): leave it out or merge it, or use least squares"
        )


def exp_near(eta: Floats) -> Floats:
    """exp(eta), finite for runaways."""
    return np.asarray(np.exp(np.clip(eta, -FAR, FAR)))


def of_amounts(cost: Floats) -> Pieces:
    """Of the gamma quasi-likelihood: cost / mean + log mean."""

    def pieces(eta: Floats) -> tuple[Floats, Floats, Floats]:
        ratio = cost * exp_near(-eta)
        return ratio + eta, 1 - ratio, ratio

    return pieces


def climbed(
    columns: Turned, weights: Floats, start: Floats, pieces: Pieces, steps: int = STEPS
) -> tuple[Floats, Bools]:
    """Coefficients (b, k) of least loss, weighted by (b, n), and which reached it (b,)."""
    coef = np.tile(start, (len(weights), 1))
    move, loss = np.zeros_like(coef), np.full(len(coef), np.inf)
    good, active = np.zeros(len(coef), dtype=np.bool_), np.arange(len(coef))
    for _ in range(steps):
        own, tried = weights[active], coef[active] - move[active]
        each, slope, curve = pieces(tried @ columns.basis.T)
        new, before = np.einsum("bn,bn->b", own, each), loss[active]
        # an increase that rounding explains is none
        lower = np.isinf(before) | (new - before <= 1e-12 * (np.abs(new) + 1))
        score = (own * slope) @ columns.basis
        table = ((own * curve) @ columns.products).T[columns.index]
        step, singular = solved(table, score.T)
        decrement = np.einsum("kb,bk->b", step, score)
        coef[active[lower]], loss[active[lower]] = tried[lower], new[lower]
        move[active] = np.where(lower[:, None], step.T, move[active] / 2)
        done = lower & ~singular & (decrement <= CONVERGED * own.sum(axis=1))
        good[active[done]] = True
        coef[active[done]] -= step.T[done]  # the last step squares what little is left
        active = active[~done & ~(lower & singular)]
        if not len(active):
            break
    return coef, good
