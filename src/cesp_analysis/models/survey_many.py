"""Least squares of many outcomes on the same columns, with their linearised covariances, at once.

The numbers of `least_squares` and `linearised`, outcome by outcome, from the same few products of
matrices. Kind `survey` fits its outcomes by these (models/survey_batch.py), simulations by `many`.
Normal equations: for columns that are not nearly dependent.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Bools, Codes, Floats
from cesp_analysis.models.cluster_sums import together
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.survey_design import Sample
from cesp_analysis.models.survey_linear import Linearised, linearised, of_totals
from cesp_analysis.models.survey_margins import residual_of_margins

LEAST = 1e-10
"""Smallest eigenvalue of the columns' correlations: normal equations lose twice the digits."""

Near = tuple[Codes | None, Codes]
"""The order in which rows of a unit stand together, None if they do; where each starts."""

ROWS = 2**14
"""Rows of which products of columns are held at once."""
WIDE = 32
"""Columns from which on an outcome at a time is faster, and their products are not held at all."""


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


@dataclass(frozen=True)
class Solved:
    """coef (q, k) and bread (q, k, k), the inverse of x'wx, of q outcomes on columns x (n, k);
    error (n, q): weight times residual, 0 where there is no answer."""

    x: Floats
    coef: Floats
    bread: Floats
    error: Floats


def many(y: Floats, x: Floats, contrasts: Floats, sample: Sample) -> Many:
    """y (n, q), NaN where there is no answer (a domain of the sample); x (n, k); contrasts (r, k).

    Raises NotEstimable as `linearised` does, and where columns depend on each other.
    """
    there = ~np.isnan(y)
    weight = sample.weight[:, None] * there
    gram = grams(x, weight)
    _refuse_dependent(gram)
    found = solved(y, x, weight, gram)
    q, r = y.shape[1], len(contrasts)
    lead = x @ (found.bread @ contrasts.T).transpose(1, 0, 2).reshape(x.shape[1], q * r)
    pull = residual_of_margins(np.repeat(found.error, r, axis=1) * lead, sample)
    estimate, squares = found.coef @ contrasts.T, (pull**2).sum(axis=0).reshape(q, r)
    if np.any(sample.units_in == 1):
        each = [linearised(pull[:, j * r : (j + 1) * r], sample, there[:, j]) for j in range(q)]
        covariance = np.stack([one.covariance for one in each])
        df = np.array([float(one.df) for one in each])
        return Many(estimate, covariance, df, squares, np.zeros((q, 0, r)))
    near = together(sample.psu)
    apart = centred(_by_unit(pull, near).reshape(-1, q, r), sample)
    psus, strata = counted(there, sample, near)
    if np.any(psus - strata < 1):
        raise NotEstimable("no interval: a domain has no more sampling units than strata")
    covariance = apart.transpose(0, 2, 1) @ apart
    return Many(estimate, covariance, (psus - strata).astype(float), squares, apart)


def grams(x: Floats, weight: Floats) -> Floats:
    """x'wx (q, k, k) by the weights (n, q) of q outcomes."""
    if x.shape[1] > WIDE:  # hundreds where each site has a column
        return np.stack([(x * own[:, None]).T @ x for own in weight.T])
    left, right = np.triu_indices(x.shape[1])
    half = np.zeros((len(left), weight.shape[1]))
    for start in range(0, len(x), ROWS):
        own = x[start : start + ROWS]
        half += (own[:, left] * own[:, right]).T @ weight[start : start + ROWS]
    gram = np.zeros((weight.shape[1], x.shape[1], x.shape[1]))
    gram[:, left, right] = gram[:, right, left] = half.T
    return gram


def smallest(gram: Floats) -> Floats:
    """The smallest eigenvalue (q,) of the columns' correlations; 0 where a column is zero."""
    size = np.sqrt(np.diagonal(gram, axis1=1, axis2=2))
    safe = np.where(size > 0, size, 1.0)
    return np.asarray(np.linalg.eigvalsh(gram / (safe[:, :, None] * safe[:, None, :]))[:, 0])


def solved(y: Floats, x: Floats, weight: Floats, gram: Floats) -> Solved:
    """Least squares of y (n, q) by weights (n, q), 0 where y is NaN, from their `grams`."""
    known = np.where(weight > 0, y, 0.0)
    bread = np.asarray(np.linalg.inv(gram), dtype=np.float64)
    coef, error = np.zeros(gram.shape[:2]), weight * known
    for _ in range(2):  # the second step takes away what rounding left of the first
        coef = coef + (bread @ (x.T @ error).T[:, :, None])[:, :, 0]
        np.matmul(x, coef.T, out=error)
        np.subtract(known, error, out=error)
        error *= weight
    return Solved(x, coef, bread, error)


def of_all_coefficients(
    found: Solved, there: Bools, sample: Sample
) -> Iterator[Linearised | NotEstimable]:
    """The linearised covariance of the k coefficients of each outcome, or why it has none.

    there (n, q): the outcomes' domains. Influence is error times the row of x turned by the bread:
    the turn waits until the sampling units' totals are made.
    """
    near = together(sample.psu)
    totals = np.stack(list(_scores(found, sample, near)), axis=-1).transpose(1, 0, 2) @ found.bread
    if np.any(sample.units_in == 1):
        yield from (_alone(own, sample, there[:, j]) for j, own in enumerate(totals))
        return
    apart = centred(totals.transpose(1, 0, 2), sample)
    covariance = apart.transpose(0, 2, 1) @ apart
    for j, (psus, strata) in enumerate(zip(*counted(there, sample, near), strict=True)):
        if psus - strata < 1:
            yield _alone(totals[j], sample, there[:, j])
        else:
            df = int(psus - strata)
            yield Linearised(covariance[j], df, int(psus), int(strata), (), apart[j])


def _scores(found: Solved, sample: Sample, near: Near) -> Iterator[Floats]:
    """Totals (p, q) by PSU of error times each column of x, residual of the margins."""
    if sample.margins:
        for column in found.x.T:
            pull = residual_of_margins(found.error * column[:, None], sample)
            yield _by_unit(pull, near)
        return
    order, starts = near
    error, x = found.error, found.x
    if order is not None:
        error, x = error[order], x[order]
    pull = np.empty_like(error)
    for column in x.T:
        yield np.add.reduceat(np.multiply(error, column[:, None], out=pull), starts, axis=0)


def _alone(totals: Floats, sample: Sample, inside: Bools) -> Linearised | NotEstimable:
    try:
        return of_totals(totals, sample, inside)
    except NotEstimable as error:
        return error


def _by_unit(values: np.ndarray, near: Near) -> np.ndarray:
    """Sums (p, ...) of values (n, ...) in each unit."""
    order, starts = near
    return np.asarray(np.add.reduceat(values if order is None else values[order], starts, axis=0))


def centred(totals: Floats, sample: Sample) -> Floats:
    """Totals (p, q, r) of PSUs about their stratum's mean, scaled to a variance: (q, p, r)."""
    means = _by_unit(totals, together(sample.stratum_of))
    means = means / sample.units_in[:, None, None]
    scale = np.sqrt(sample.units_in / (sample.units_in - 1))[sample.stratum_of]
    apart = (totals - means[sample.stratum_of]) * scale[:, None, None]
    return np.ascontiguousarray(apart.transpose(1, 0, 2))


def counted(there: Bools, sample: Sample, near: Near) -> tuple[np.ndarray, np.ndarray]:
    """PSUs (q,) and strata (q,) with a record of each domain (n, q); near: `together` of the
    PSUs."""
    held = _by_unit(there, near) > 0
    strata = _by_unit(held, together(sample.stratum_of)) > 0
    return held.sum(axis=0), strata.sum(axis=0)


def _refuse_dependent(gram: Floats) -> None:
    """Raises NotEstimable where a column is zero or hardly more than a sum of others."""
    if np.any(np.diagonal(gram, axis1=1, axis2=2) == 0):
        raise NotEstimable("a column is zero in all records of an outcome")
    if smallest(gram).min() < LEAST:
        raise NotEstimable("columns can be computed from one another in the records of an outcome")
