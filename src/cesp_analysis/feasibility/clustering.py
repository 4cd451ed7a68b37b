"""How much people of one link worker are alike, and what that costs in precision."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cesp_analysis.measurement.cluster_icc import anova_icc

Cluster = tuple[int, int]
"""events, n of one cluster."""


@dataclass(frozen=True)
class Clustered:
    """What clusters do to a share: intraclass correlation, mean size of clusters, design effect,
    effective n. icc is the estimate as it came out, or what was declared; deff takes 0 for one
    below 0."""

    icc: float
    clusters: int
    size: float
    deff: float
    effective: float


def icc_of_shares(clusters: Sequence[Cluster]) -> float | None:
    """Intraclass correlation of yes and no, by analysis of variance, of clusters of (events, n).

    May be negative. None with fewer than two clusters, one person each, or all alike.
    Source: n0 = (N - sum n_i^2 / N) / (k - 1), Donald & Donner 1987; Ridout, Demetrio & Firth 1999.
    """
    return icc_of_numbers([[1.0] * events + [0.0] * (n - events) for events, n in clusters])


def icc_of_numbers(groups: Sequence[Sequence[float]]) -> float | None:
    """The same of numbers, cluster by cluster: see measurement/cluster_icc.py."""
    own = [group for group in groups if len(group)]
    which = np.repeat(np.arange(len(own)), [len(group) for group in own])
    return anova_icc(np.array([x for group in own for x in group], dtype=float), which)


def clustered(
    clusters: Sequence[Cluster], alone: int = 0, declared: float | None = None
) -> Clustered | None:
    """Design effect 1 + (m - 1) ICC of a share, m = sum n_i^2 / sum n_i: clusters of unequal size
    count as they do in the variance of the share.

    `alone`: people in no cluster, each a cluster of one; `declared`: the ICC, where it is not to be
    estimated. None where there is none.
    """
    icc = icc_of_shares(clusters) if declared is None else declared
    return clustered_by([n for _, n in clusters if n], alone, icc)


def clustered_by(sizes: Sequence[int], alone: int, icc: float | None) -> Clustered | None:
    """The design effect of clusters of these sizes at an ICC; None where there is none."""
    if icc is None or not sizes:
        return None
    total = sum(sizes) + alone
    size = (sum(n * n for n in sizes) + alone) / total
    deff = 1 + (size - 1) * max(icc, 0.0)
    return Clustered(icc, len(sizes), size, deff, total / deff)
