"""Least squares of many outcomes on the same columns, with their linearised covariances, at once.

The numbers of `least_squares` and `linearised`, outcome by outcome, from the same few products of
matrices: simulations and large sets of outcomes need no more. Normal equations: for columns that
are not nearly dependent.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.models.cluster_sums import Floats, together
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.survey.design import Sample
from cesp_analysis.survey.linear import linearised, residual_of_margins

LEAST = 1e-10
"""Smallest eigenvalue of the columns' correlations: normal equations lose twice the digits."""


@dataclass(frozen=True)
class Many:
    """estimate (q, r) and covariance (q, r, r) of r contrasts of q outcomes; df (q,).

    squares (q, r): the sum of squared influence, the variance if records were independent; apart
    (q, p, r): the PSUs' totals about their stratum's mean, times the root of n / (n - 1), so that
    the covariance of two sets by one sample is apart' apart; without PSUs where strata have one.
    """

    estimate: Floats
    covariance: Floats
    df: Floats
    squares: Floats
    apart: Floats

    @property
    def std_error(self) -> Floats:
        """Standard errors (q, r)."""
        return np.sqrt(np.diagonal(self.covariance, axis1=1, axis2=2))


def many(y: Floats, x: Floats, contrasts: Floats, sample: Sample) -> Many:
    """y (n, q), NaN where there is no answer (a domain of the sample); x (n, k); contrasts (r, k).

    Raises NotEstimable as `linearised` does, and where columns depend on each other.
    """
    there = ~np.isnan(y)
    whole = bool(there.all())
    weight = sample.weight[:, None] * there
    left, right = np.triu_indices(x.shape[1])
    half = (x[:, left] * x[:, right]).T @ weight
    gram = np.zeros((y.shape[1], x.shape[1], x.shape[1]))
    gram[:, left, right] = gram[:, right, left] = half.T
    _refuse_dependent(gram)
    known = y if whole else np.where(there, y, 0.0)
    coef = np.linalg.solve(gram, (x.T @ (weight * known)).T[:, :, None])[:, :, 0]
    error = weight * (known - x @ coef.T)
    turn = np.linalg.solve(gram, np.broadcast_to(contrasts.T, (len(gram), *contrasts.T.shape)))
    q, _, r = turn.shape
    lead = x @ turn.transpose(1, 0, 2).reshape(x.shape[1], q * r)
    pull = residual_of_margins(np.repeat(error, r, axis=1) * lead, sample)
    estimate, squares = coef @ contrasts.T, (pull**2).sum(axis=0).reshape(q, r)
    if np.any(sample.units_in == 1):
        each = [linearised(pull[:, j * r : (j + 1) * r], sample, there[:, j]) for j in range(q)]
        covariance = np.stack([one.covariance for one in each])
        df = np.array([float(one.df) for one in each])
        return Many(estimate, covariance, df, squares, np.zeros((q, 0, r)))
    order, starts = together(sample.psu)
    totals = np.add.reduceat(pull if order is None else pull[order], starts, axis=0)
    held = np.add.reduceat(there if order is None else there[order], starts, axis=0) > 0
    strata = np.eye(len(sample.units_in))[sample.stratum_of]
    apart = totals - strata @ ((strata.T @ totals) / sample.units_in[:, None])
    scale = np.sqrt(sample.units_in / (sample.units_in - 1))[sample.stratum_of]
    apart = (apart * scale[:, None]).reshape(len(totals), q, r).transpose(1, 0, 2)
    counted = held.sum(axis=0) - (strata.T @ held > 0).sum(axis=0)
    if np.any(counted < 1):
        raise NotEstimable("no interval: a domain has no more sampling units than strata")
    covariance = apart.transpose(0, 2, 1) @ apart
    return Many(estimate, covariance, counted.astype(float), squares, apart)


def _refuse_dependent(gram: Floats) -> None:
    """Raises NotEstimable where a column is zero or hardly more than a sum of others."""
    size = np.sqrt(np.diagonal(gram, axis1=1, axis2=2))
    if np.any(size == 0):
        raise NotEstimable("a column is zero in all records of an outcome")
    smallest = np.linalg.eigvalsh(gram / (size[:, :, None] * size[:, None, :]))[:, 0]
    if smallest.min() < LEAST:
        raise NotEstimable("columns can be computed from one another in the records of an outcome")
