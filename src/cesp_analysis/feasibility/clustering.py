"""How much people of one link worker are alike, and what that costs in precision."""

from collections.abc import Sequence
from dataclasses import dataclass

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
    """The ANOVA estimate (MSB - MSW) / (MSB + (n0 - 1) MSW) of yes-or-no answers.

    None where it does not exist: fewer than two clusters, all alone, or all answered alike.
    Source: n0 = (N - sum n_i^2 / N) / (k - 1), Donald & Donner 1987; Ridout, Demetrio & Firth 1999.
    """
    told = [(events, n) for events, n in clusters if n]
    k, total = len(told), sum(n for _, n in told)
    events = sum(x for x, _ in told)
    if k < 2 or total <= k or events in (0, total):
        return None
    within = sum(x - x * x / n for x, n in told)
    between = sum(x * x / n for x, n in told) - events * events / total
    msw, msb = within / (total - k), between / (k - 1)
    n0 = (total - sum(n * n for _, n in told) / total) / (k - 1)
    return (msb - msw) / (msb + (n0 - 1) * msw)


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


def icc_of_numbers(groups: Sequence[Sequence[float]]) -> float | None:
    """The same of numbers, from the mean squares of a one-way analysis of variance.

    None with fewer than two groups, one number each, or no spread at all.
    """
    k, total = len(groups), sum(map(len, groups))
    if k < 2 or total <= k:
        return None
    means = [sum(group) / len(group) for group in groups]
    grand = sum(map(sum, groups)) / total
    within = sum((x - m) ** 2 for group, m in zip(groups, means, strict=True) for x in group)
    between = sum(len(group) * (m - grand) ** 2 for group, m in zip(groups, means, strict=True))
    if not within + between > 0:
        return None
    msw, msb = within / (total - k), between / (k - 1)
    n0 = (total - sum(len(group) ** 2 for group in groups) / total) / (k - 1)
    return (msb - msw) / (msb + (n0 - 1) * msw)


def clustered_by(sizes: Sequence[int], alone: int, icc: float | None) -> Clustered | None:
    """The design effect of clusters of these sizes at an ICC; None where there is none."""
    if icc is None or not sizes:
        return None
    total = sum(sizes) + alone
    size = (sum(n * n for n in sizes) + alone) / total
    deff = 1 + (size - 1) * max(icc, 0.0)
    return Clustered(icc, len(sizes), size, deff, total / deff)
