"""How alike people of one cluster are: the intraclass correlation of neighbourhoods, link workers.

Estimate: one-way analysis of variance (Donner & Koval 1980, Biometrics 36:19-25), within groups if
there are any. Interval: Wald (1940), Ann Math Stat 11:96-100, exact whatever the clusters' sizes
where people and clusters are normal: with w = n / (1 + n θ), θ the ratio of the variances between
and within clusters, Σ w (mean − weighted mean)² / (df MSW) is F. With equal sizes it is Searle's.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cesp_analysis.measurement.quantity import LEVEL, complete, f_quantile

METHOD = "ANOVA, Wald's exact F interval"
ONE_A_GROUP = (
    "there is one cluster in each group: what clusters differ by is what the groups differ by"
)


@dataclass(frozen=True)
class ClusterIcc:
    """The intraclass correlation of `clusters` clusters of n people in `groups` groups.

    May be negative, as may its lower limit: people of a cluster then differ more than people of
    different ones. The estimate may be below what clusters of these sizes can have, -1 / (largest
    size - 1), to which Wald's limit goes; the interval is then drawn out to the estimate.
    typical_size: n0 of the analysis of variance. reason: why there is no value, or no interval.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    clusters: int
    groups: int
    typical_size: float | None
    method: str = METHOD
    reason: str | None = None

    def design_effect(self, size: float) -> float | None:
        """1 + (size - 1) × the correlation, not below 1, for clusters of so many people."""
        return None if self.value is None else max(1.0, 1 + (size - 1) * self.value)


@dataclass(frozen=True)
class Parts:
    """Of each cluster: how many people, their mean, which group; mean squares on their df."""

    size: np.ndarray
    mean: np.ndarray
    group: np.ndarray
    df_between: int
    df_within: int
    between: float
    within: float
    typical: float

    @property
    def icc(self) -> float:
        """The correlation from the mean squares."""
        return (self.between - self.within) / (self.between + (self.typical - 1) * self.within)


def anova_icc(values: np.ndarray, clusters: np.ndarray) -> float | None:
    """The estimate alone, of values (n,) in clusters (n,); None where there is none."""
    cluster_of = _codes(clusters)
    k = _count(cluster_of)
    if _too_few(len(values), k, min(k, 1)):
        return None
    parts = _analysed(values, cluster_of, np.zeros(k, dtype=int))
    return parts.icc if parts.between > 0 or parts.within > 0 else None


def cluster_icc(
    values: np.ndarray,
    clusters: np.ndarray,
    groups: np.ndarray | None = None,
    level: float = LEVEL,
) -> ClusterIcc:
    """Of values (n,) of people in clusters (n,).

    groups (n,): what clusters are compared within, as sites or arms; differences between groups are
    then no part of the correlation. One cluster in each group leaves nothing to estimate, which is
    why two sites have no correlation of sites.
    """
    values = complete(values)
    cluster_of, group_of = _codes(clusters), _codes(groups, len(values))
    n, k, g = len(values), _count(cluster_of), _count(group_of)
    group = np.zeros(k, dtype=int)
    group[cluster_of] = group_of
    if n and not np.array_equal(group[cluster_of], group_of):
        raise ValueError("a cluster has people in several groups")
    if reason := _too_few(n, k, g):
        return ClusterIcc(None, None, None, n, k, g, None, reason=reason)
    parts = _analysed(values, cluster_of, group)
    if parts.between <= 0 and parts.within <= 0:
        reason = "all values are the same"
        return ClusterIcc(None, None, None, n, k, g, parts.typical, reason=reason)
    value = parts.icc
    if parts.within == 0:
        reason = "people of one cluster have the same value: no error to make an interval of"
        return ClusterIcc(value, None, None, n, k, g, parts.typical, reason=reason)
    low, high = wald_limits(parts, level)
    return ClusterIcc(value, min(low, value), max(high, value), n, k, g, parts.typical)


def _too_few(n: int, clusters: int, groups: int) -> str | None:
    if clusters < 2:
        return f"{clusters} cluster{'s' * (clusters != 1)}: at least 2 are needed"
    if clusters == groups:
        return ONE_A_GROUP
    if n == clusters:
        return "no cluster has two people"
    return None


def parts_of(values: np.ndarray, clusters: np.ndarray, groups: np.ndarray | None = None) -> Parts:
    """What the correlation is made of, where `cluster_icc` finds one."""
    cluster_of, group_of = _codes(clusters), _codes(groups, len(values))
    group = np.zeros(_count(cluster_of), dtype=int)
    group[cluster_of] = group_of
    return _analysed(np.asarray(values, dtype=float), cluster_of, group)


def _analysed(values: np.ndarray, cluster_of: np.ndarray, group: np.ndarray) -> Parts:
    values = values - values.mean()  # so that squares do not cancel
    size = np.bincount(cluster_of).astype(float)
    mean = np.bincount(cluster_of, values) / size
    in_group = np.bincount(group, size)
    apart = mean - (np.bincount(group, size * mean) / in_group)[group]
    n, k, g = len(values), len(size), len(in_group)
    within = float(((values - mean[cluster_of]) ** 2).sum())
    between = float((size * apart**2).sum())
    rounding = np.finfo(float).eps * n * float((values**2).sum())
    within, between = (0.0 if part <= rounding else part for part in (within, between))
    typical = (n - float((np.bincount(group, size**2) / in_group).sum())) / (k - g)
    return Parts(size, mean, group, k - g, n - k, between / (k - g), within / (n - k), typical)


def wald_limits(parts: Parts, level: float) -> tuple[float, float]:
    """Both limits of the correlation; the lower one is at least -1 / (largest size - 1)."""
    tail = (1 - level) / 2
    df = parts.df_between, parts.df_within
    least = -1 / float(parts.size.max())

    def ratio(theta: float) -> float:
        weight = parts.size / (1 + parts.size * theta)
        whole = np.bincount(parts.group, weight)
        centre = (np.bincount(parts.group, weight * parts.mean) / whole)[parts.group]
        squares = float((weight * (parts.mean - centre) ** 2).sum())
        return squares / (parts.df_between * parts.within)

    ends = [_where(ratio, f_quantile(p, *df), least) for p in (1 - tail, tail)]
    low, high = (theta / (1 + theta) if np.isfinite(theta) else 1.0 for theta in ends)
    return low, high


def _where(falling: Callable[[float], float], goal: float, least: float) -> float:
    """Where a function that falls from `least` on meets the goal: by halving, to rounding."""
    low, high = least * (1 - 1e-12), 1.0
    if falling(low) <= goal:
        return least
    while falling(high) > goal:
        low, high = high, 2 * high
        if high > 1e12:
            return np.inf
    while high - low > 1e-13 * max(1.0, abs(high)):
        middle = (low + high) / 2
        if not low < middle < high:
            break
        low, high = (middle, high) if falling(middle) > goal else (low, middle)
    return (low + high) / 2


def _codes(labels: np.ndarray | None, n: int = 0) -> np.ndarray:
    """0, 1, … of labels (n,); all 0 without labels."""
    if labels is None:
        return np.zeros(n, dtype=int)
    return np.unique(np.asarray(labels), return_inverse=True)[1]


def _count(codes: np.ndarray) -> int:
    return int(codes.max()) + 1 if len(codes) else 0
