"""One mean change a cluster, and the difference of the arms' means of them.

Donald & Lang (2007), Rev Econ Stat 89:221-33: first each cluster's mean, adjusted for covariates;
then a t-test on as many numbers as there are clusters, with clusters - 2 degrees of freedom.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.least_squares import ROUNDING
from cesp_analysis.models.refusals import NotEstimable


@dataclass(frozen=True)
class ClusterChanges:
    """values (g,): mean change of each cluster; treated (g,); alone: clusters seen at only one of
    the times, which say nothing about change."""

    values: Floats
    treated: NDArray[np.bool_]
    alone: int = 0


@dataclass(frozen=True)
class TTest:
    """A t-test: estimate and std_error in the values' unit; df."""

    estimate: float
    std_error: float
    df: float


def cluster_changes(
    y: Floats,
    clusters: Codes,
    arm: Floats,
    later: NDArray[np.bool_] | None = None,
    covariates: Floats | None = None,
    weight: Floats | None = None,
) -> ClusterChanges:
    """The mean change of each cluster.

    y (n,): changes; or values, some of them at the `later` time (n,), others before: then the
    change is that of the cluster's mean. covariates (n, p) are taken out within clusters and times.
    """
    codes = np.unique(clusters, return_inverse=True)[1]
    groups = int(codes.max()) + 1
    at = np.zeros(len(y), dtype=np.intp) if later is None else later.astype(np.intp)
    cells, kept = codes * 2 + at, np.ones(len(y)) if weight is None else weight
    means = _cell_means(y, cells, 2 * groups, covariates, kept).reshape(groups, 2)
    treated = np.zeros(groups, dtype=bool)
    treated[codes] = arm == 1
    if later is None:
        return ClusterChanges(means[:, 0], treated)
    change = means[:, 1] - means[:, 0]
    seen = np.isfinite(change)
    return ClusterChanges(change[seen], treated[seen], int((~seen).sum()))


def _cell_means(
    y: Floats, cells: Codes, size: int, covariates: Floats | None, weight: Floats
) -> Floats:
    """Weighted means (size,) by cell, at covariates 0; nan where a cell is empty."""
    total = np.bincount(cells, weight, size)
    with np.errstate(invalid="ignore", divide="ignore"):
        means: Floats = np.bincount(cells, weight * y, size) / total
        if covariates is None or covariates.shape[1] == 0:
            return means
        centre = np.column_stack(
            [np.bincount(cells, weight * column, size) / total for column in covariates.T]
        )
    root = np.sqrt(weight)
    within = (covariates - centre[cells]) * root[:, None]
    slope = np.linalg.lstsq(within, (y - means[cells]) * root, rcond=None)[0]
    return np.asarray(means - centre @ slope)


def two_step(changes: ClusterChanges) -> TTest:
    """The difference of the arms' means of clusters with its t-test, equal variances."""
    one, other = changes.values[changes.treated], changes.values[~changes.treated]
    n, df = (len(one), len(other)), len(one) + len(other) - 2
    if min(n) < 1:
        arm = "intervention" if n[0] < 1 else "control"
        raise NotEstimable(f"no cluster of the {arm} arm was seen at both times")
    if df < 1:
        raise NotEstimable(
            f"{n[0]} against {n[1]} clusters leave no degree of freedom between clusters"
        )
    squares = sum(float(((part - part.mean()) ** 2).sum()) for part in (one, other))
    size = float(np.max(np.abs(changes.values)))
    if squares <= (ROUNDING * size) ** 2 * len(changes.values):
        raise NotEstimable("the clusters' mean changes do not vary within arms")
    error = float(np.sqrt(squares / df * (1 / n[0] + 1 / n[1])))
    return TTest(float(one.mean() - other.mean()), error, float(df))
