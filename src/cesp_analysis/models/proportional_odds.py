"""A score test of proportional odds, from sums by record: no row a record and category is formed.

The columns of slopes beyond those of the first cut are those of the thresholds times x, so that a
record's score and information about them follow from its thresholds' (k - 1 numbers each) and x.

Source: Boos (1992), Am Stat 46:327-33 (score tests with a robust variance).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.cluster_sums import sums_by, together
from cesp_analysis.models.cumulative_logit import CumulativeLogit, cumulative

CELLS = 2**22
"""Numbers of the records' scores that are looked at together: 32 MB."""


@dataclass(frozen=True)
class _Records:
    """What n records say, weighted, at the solution with K - 1 cuts.

    at_cuts (n, K - 1), along (n,): scores about thresholds and about x'b; own (n, K - 1), beside
    (n, K - 2): information about each threshold, and about it with the next; across (n, K - 1):
    about it with x'b.
    """

    at_cuts: Floats
    along: Floats
    own: Floats
    beside: Floats
    across: Floats


def proportional_odds_test(
    fit: CumulativeLogit, x: Floats, clusters: Codes
) -> tuple[float, int, float] | None:
    """Score test that slopes are the same at every cut: chi-squared, df, p; None without a test.

    Robust to dependence within clusters (n,), which should be many (people, not neighbourhoods).
    """
    if len(fit.categories) < 3:
        return None
    records = _records(fit, x)
    root = fit.whitened.root
    shared = np.linalg.solve(root, np.linalg.solve(root.T, _information(records, x)))
    gram, total, count = _sums(records, x, shared, np.unique(clusters, return_inverse=True)[1])
    size = np.sqrt(np.diag(gram))
    if count <= len(size) or not (size > 0).all():
        return None
    values, vectors = np.linalg.eigh(gram / np.outer(size, size))
    held = values > 1e-9 * values.max()
    pulled = vectors[:, held].T @ (total / size)
    chi2, df = float(np.sum(pulled**2 / values[held])), int(held.sum())
    from scipy.special import chdtrc  # type: ignore[import-untyped, unused-ignore]

    return chi2, df, float(chdtrc(df, chi2))


def _records(fit: CumulativeLogit, x: Floats) -> _Records:
    p = np.maximum(fit.probability, np.finfo(float).tiny)
    below = cumulative(fit.coef, x, p.shape[1] - 1)[:, 1:-1]
    slope = below * (1 - below)  # d P(Y <= c_k) by threshold k
    nothing = np.zeros((len(p), 1))
    ratio = -np.diff(np.hstack([nothing, slope, nothing]), axis=1) / p  # d log p by x'b
    weight = fit.whitened.weights.reshape(p.shape)[:, :1]
    error = fit.whitened.residuals.reshape(p.shape) / np.sqrt(p)
    return _Records(
        at_cuts=weight * slope * (error[:, :-1] - error[:, 1:]),
        along=weight[:, 0] * (error * ratio * p).sum(axis=1),
        own=weight * slope**2 * (1 / p[:, :-1] + 1 / p[:, 1:]),
        beside=-weight * slope[:, :-1] * slope[:, 1:] / p[:, 1:-1],
        across=weight * slope * (ratio[:, :-1] - ratio[:, 1:]),
    )


def _information(records: _Records, x: Floats) -> Floats:
    """Of the coefficients (q,) with slopes (K - 2 times p,) beyond those of the first cut."""
    cuts, p = records.own.shape[1], x.shape[1]
    found = np.zeros((cuts + p, cuts - 1, p))
    for k in range(1, cuts):
        found[k, k - 1] = -records.own[:, k] @ x
        found[k - 1, k - 1] = -records.beside[:, k - 1] @ x
        if k + 1 < cuts:
            found[k + 1, k - 1] = -records.beside[:, k] @ x
        found[cuts:, k - 1] = -x.T @ (records.across[:, [k]] * x)
    return found.reshape(cuts + p, -1)


def _sums(records: _Records, x: Floats, shared: Floats, codes: Codes) -> tuple[Floats, Floats, int]:
    """Products and sum of the clusters' scores about further slopes, less what the coefficients
    (q,) explain of them (shared), and how many clusters there are."""
    width = shared.shape[1]
    gram, total, count = np.zeros((width, width)), np.zeros(width), 0
    for rows, own in _in_blocks(codes, max(1, CELLS // width)):
        at_cuts, here = records.at_cuts[rows], x[rows]
        further = -(at_cuts[:, 1:, None] * here[:, None, :]).reshape(len(rows), -1)
        known = np.hstack([at_cuts, records.along[rows, None] * here])
        scores = sums_by(further, own) - sums_by(known, own) @ shared
        gram += scores.T @ scores
        total += scores.sum(axis=0)
        count += len(scores)
    return gram, total, count


def _in_blocks(codes: Codes, most: int) -> Iterator[tuple[Codes, Codes]]:
    """Rows of whole clusters together, about `most` a time, and their clusters from 0."""
    order, starts = together(codes)
    order = np.arange(len(codes)) if order is None else order
    ends = np.append(starts[1:], len(codes))
    first = 0
    while first < len(starts):
        last = max(first + 1, int(np.searchsorted(ends, starts[first] + most, side="right")))
        yield (
            order[starts[first] : ends[last - 1]],
            np.repeat(np.arange(last - first), (ends - starts)[first:last]),
        )
        first = last
