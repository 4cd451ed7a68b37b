"""`infer` for many outcomes of the same rows and columns at once: only the residuals differ."""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models import cluster_sums as by
from cesp_analysis.models.least_squares import ROUNDING, Covariance, LeastSquares
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.same_design import same_design
from cesp_analysis.models.sandwich import cells_of, codes_of, infer, welch_df

NOTHING = "the outcome does not vary around the model where the estimate looks"


@dataclass(frozen=True)
class Many:
    """Estimates (q,) and the parts (q, c) that sum to their squared standard errors.

    counts (c,): rows of each part's cell, whose variances make Welch's df; None: df is of the
    design alone, the same for all.
    """

    estimates: Floats
    squares: Floats
    counts: Codes | None
    df: float

    def df_of(self, squares: Floats) -> Floats:
        """Degrees of freedom (...) of squares (..., c)."""
        if self.counts is None:
            return np.full(squares.shape[:-1], self.df)
        return welch_df(squares, self.counts)


def infer_many(
    fit: LeastSquares,
    contrast: Floats,
    covariance: Covariance,
    outcomes: Floats,
    clusters: Codes | None = None,
) -> Many:
    """Of outcomes (q, n) of the rows that took part; clusters (n,) as for `infer` of these rows.

    Raises as `infer` does, of the first outcome or where one does not vary.
    """
    first = infer(same_design(fit, outcomes[0]), contrast, covariance, clusters)
    root_w = np.sqrt(fit.weights)
    own = _within(outcomes.T, fit) * root_w[:, None]
    coef = np.linalg.solve(fit.root, fit.basis.T @ own)
    residuals: Floats = np.asarray(own - fit.x @ coef, dtype=float)
    direction: Floats = np.asarray(np.linalg.solve(fit.root.T, contrast), dtype=float)
    cells: Codes | None = None
    if covariance == "HC2":
        cells = cells_of(fit)
        squares = _rows(fit, direction, residuals, cells)
    elif covariance == "classical":
        spread = np.sum(residuals**2, axis=0) / (fit.n_obs - fit.n_parameters)
        squares = float(direction @ direction) * spread[:, None]
    else:
        assert clusters is not None
        scores = _scores(fit, codes_of(fit, clusters), residuals / root_w[:, None], covariance)
        squares = np.sum(np.einsum("gkq,k->gq", scores, direction) ** 2, axis=0)[:, None]
        squares *= first.std_error**2 / squares[0]  # CR1: Stata's factor, which knows the design
    least = float(direction @ direction) * (ROUNDING * np.abs(outcomes).max(axis=1)) ** 2
    if (squares.sum(axis=1) <= least).any():
        raise NotEstimable(NOTHING)
    counts = None if cells is None else np.bincount(cells)
    return Many(contrast @ coef, squares, counts, first.df)


def _within(outcomes: Floats, fit: LeastSquares) -> Floats:
    """Deviations (n, q) from the unit's weighted mean, where units are absorbed."""
    if fit.units is None:
        return outcomes
    weights = fit.weights[:, None]
    means = by.sums_by(outcomes * weights, fit.units) / by.sums_by(weights, fit.units)
    return np.asarray(outcomes - means[fit.units])


def _rows(fit: LeastSquares, direction: Floats, residuals: Floats, cells: Codes | None) -> Floats:
    """HC2's squares (q, c) by cell; (q, 1) where the design is no mean per cell."""
    slack = 1 - np.sum(fit.basis**2, axis=1)
    lead = (fit.basis @ direction) ** 2 / np.where(slack < by.SINGULAR, 1.0, slack)
    parts = lead[:, None] * residuals**2
    if cells is None:
        return np.asarray(parts.sum(axis=0)[:, None])
    held = np.eye(int(cells.max()) + 1)[cells]
    return np.asarray(parts.T @ held)


def _scores(fit: LeastSquares, codes: Codes, residuals: Floats, covariance: Covariance) -> Floats:
    """Scores (g, k, q) of each cluster, adjusted for CR2; residuals (n, q), not weighted."""
    sums = by.cluster_sums(fit.basis, residuals[:, 0], fit.weights, codes)
    columns, _ = by.working_residuals(fit.basis, fit.weights)
    order, starts = by.together(codes)
    if order is not None:
        columns, residuals = columns[order], residuals[order]
    products = columns[:, :, None] * residuals[:, None, :]
    score = np.add.reduceat(products, starts, axis=0)
    if covariance == "CR2":
        score = score + sums.gram @ (by.adjustments(sums) @ score)
    return np.asarray(score[:, -sums.size :])
