"""The proportional odds model by maximum likelihood.

P(Y <= c_k) = expit(theta_k - x'b) for the categories c_1 < ... < c_K that occur. The information is
the expected one. As in `glm_engine` the solution is a least-squares fit: of (Y_k - p_k) / sqrt(p_k)
on (d p_k / d parameters) / sqrt(p_k), one row a record and category, so that a record's rows give
its score and its expected information exactly.

Sources: McCullagh (1980), JRSS B 42:109-42; Pratt (1981), JASA 76:103-6 (the log-likelihood is
concave).
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.glm_engine import (
    CONVERGED,
    MAX_STEPS,
    SUSPECT,
    NotConverged,
    solved_step,
)
from cesp_analysis.models.glm_families import expit
from cesp_analysis.models.least_squares import LeastSquares, least_squares
from cesp_analysis.models.refusals import Collinear, NotEstimable
from cesp_analysis.models.separation import Separated, separating_direction


@dataclass(frozen=True)
class CumulativeLogit:
    """A fit of n records, K categories and p columns (no constant among them).

    coef (K - 1 + p,): thresholds, then slopes (above 0: towards higher values); categories (K,);
    probability (n, K); whitened: n * K rows, a record's rows together; log_likelihood: weighted.
    """

    coef: Floats
    categories: Floats
    probability: Floats
    whitened: LeastSquares
    log_likelihood: float
    iterations: int

    def exceedance(self, x: Floats) -> tuple[Floats, Floats]:
        """P(Y >= c_k), k = 2..K, for rows x (m, p): (m, K - 1), and derivatives (m, K - 1, q)."""
        cuts = len(self.categories) - 1
        at = (x @ self.coef[cuts:])[:, None] - self.coef[:cuts]
        p = expit(at)
        slope = p * (1 - p)
        own = -slope[:, :, None] * np.eye(cuts)
        return p, np.concatenate([own, slope[:, :, None] * x[:, None, :]], axis=2)


def fit_cumulative_logit(y: Floats, x: Floats, weight: Floats | None = None) -> CumulativeLogit:
    """Fit y (n,) on x (n, p), sampling weights (n,).

    Raises Collinear (columns of x), Separated (columns of x; thresholds are not among them),
    NotConverged, NotEstimable.
    """
    categories, code = np.unique(y, return_inverse=True)
    if len(categories) < 2:
        raise NotEstimable(f"every record has the same value, {y[0]:g}")
    weight = np.ones(len(y)) if weight is None else weight / weight.mean()
    _refuse_collinear(x)
    share = np.cumsum(np.bincount(code, weights=weight))[:-1] / weight.sum()
    coef = np.concatenate([np.log(share / (1 - share)), np.zeros(x.shape[1])])
    coef, steps, converged = _climb(coef, code, x, weight)
    _refuse_separated(coef, code, x)
    if not converged:
        raise NotConverged(f"the likelihood's maximum was not reached in {MAX_STEPS} steps")
    residual, columns = _whitened(coef, code, x)
    cuts = len(categories) - 1
    whitened = least_squares(residual, columns, np.repeat(weight, cuts + 1))
    return CumulativeLogit(
        coef,
        categories,
        _probability(coef, x, cuts),
        whitened,
        -_loss(coef, code, x, weight),
        steps,
    )


def _refuse_collinear(x: Floats) -> None:
    """Collinear for columns of x that repeat others or a constant."""
    ones = np.ones(len(x))
    try:
        least_squares(np.arange(len(x), dtype=float), np.column_stack([ones, x]))
    except Collinear as error:
        raise Collinear([column - 1 for column in error.columns]) from None


def _climb(coef: Floats, code: Codes, x: Floats, weight: Floats) -> tuple[Floats, int, bool]:
    loss = _loss(coef, code, x, weight)
    for step in range(1, MAX_STEPS + 1):
        move, decrement = solved_step(*_score_and_information(coef, code, x, weight))
        new, new_loss = coef + move, _loss(coef + move, code, x, weight)
        for _ in range(40):
            if new_loss <= loss + 1e-12 * (abs(loss) + 1):
                break
            move = move / 2
            new, new_loss = coef + move, _loss(coef + move, code, x, weight)
        coef, loss = new, new_loss
        if decrement <= CONVERGED * len(code):
            return coef, step, True
    return coef, MAX_STEPS, False


def cumulative(coef: Floats, x: Floats, cuts: int) -> Floats:
    """P(Y <= c_k), k = 0..K with 0 and 1 at the ends: (n, K + 1)."""
    inner = expit(coef[:cuts] - (x @ coef[cuts:])[:, None])
    return np.hstack([np.zeros((len(x), 1)), inner, np.ones((len(x), 1))])


def _probability(coef: Floats, x: Floats, cuts: int) -> Floats:
    return np.diff(cumulative(coef, x, cuts), axis=1)


def _loss(coef: Floats, code: Codes, x: Floats, weight: Floats) -> float:
    """Minus the log-likelihood; infinite where thresholds are not in order."""
    own = _probability(coef, x, len(coef) - x.shape[1])[np.arange(len(x)), code]
    return float("inf") if own.min() <= 0 else float(-weight @ np.log(own))


def _whitened(coef: Floats, code: Codes, x: Floats) -> tuple[Floats, Floats]:
    """Residuals (n * K,) and columns (n * K, q), a record's K rows together."""
    cuts = len(coef) - x.shape[1]
    below = cumulative(coef, x, cuts)
    slope = below * (1 - below)
    p = np.maximum(np.diff(below, axis=1), np.finfo(float).tiny)
    spread = np.sqrt(p)
    residual = -spread
    residual[np.arange(len(x)), code] += 1 / spread[np.arange(len(x)), code]
    columns = np.zeros((len(x), cuts + 1, len(coef)))
    for k in range(cuts):
        columns[:, k, k] = slope[:, k + 1] / spread[:, k]
        columns[:, k + 1, k] = -slope[:, k + 1] / spread[:, k + 1]
    shift = -np.diff(slope, axis=1) / spread
    np.multiply(shift[:, :, None], x[:, None, :], out=columns[:, :, cuts:])
    return residual.ravel(), columns.reshape(-1, len(coef))


def _score_and_information(
    coef: Floats, code: Codes, x: Floats, weight: Floats
) -> tuple[Floats, Floats]:
    """Score (q,) and expected information (q, q): sums of `_whitened`, which are not formed."""
    cuts = len(coef) - x.shape[1]
    below = cumulative(coef, x, cuts)
    slope = below * (1 - below)
    p = np.maximum(np.diff(below, axis=1), np.finfo(float).tiny)
    shift, own = -np.diff(slope, axis=1), slope[:, 1:-1]  # d p by x'b; d P(Y <= c_k) by threshold k
    error, ratio = (np.eye(cuts + 1)[code] - p) / p, shift / p
    at_cuts = weight @ (own * (error[:, :-1] - error[:, 1:]))
    score = np.concatenate([at_cuts, x.T @ (weight * (error * shift).sum(axis=1))])
    information = np.zeros((len(coef), len(coef)))
    each = np.arange(cuts)
    information[each, each] = weight @ (own * (own / p[:, :-1] + own / p[:, 1:]))
    beside = -weight @ (own[:, :-1] * (own[:, 1:] / p[:, 1:-1]))
    information[each[:-1], each[1:]] = information[each[1:], each[:-1]] = beside
    across = (weight[:, None] * own * (ratio[:, :-1] - ratio[:, 1:])).T @ x
    information[:cuts, cuts:], information[cuts:, :cuts] = across, across.T
    information[cuts:, cuts:] = x.T @ ((weight * (ratio * shift).sum(axis=1))[:, None] * x)
    return score, information


def _refuse_separated(coef: Floats, code: Codes, x: Floats) -> None:
    cuts = len(coef) - x.shape[1]
    if np.max(np.abs(coef[:cuts] - (x @ coef[cuts:])[:, None])) < -np.log(SUSPECT):
        return
    above, at_most = [], [np.hstack([np.eye(cuts)[[k] * len(x)], -x]) for k in range(cuts)]
    for k in range(cuts):
        above += [at_most[k][code == k], -at_most[k][code == k + 1]]
    direction = separating_direction(np.vstack(above))
    if direction is not None:
        columns = tuple(int(j) - cuts for j in np.flatnonzero(direction) if j >= cuts)
        raise Separated(columns)
