"""What this study tells of people's likeness within neighbourhoods or link workers.

The correlation's draws are a generalised pivotal quantity (Weerahandi 1993, J Am Stat Assoc
88:899-905): Wald's function of the ratio of variances is F where people and clusters are normal,
whatever the clusters' sizes, so that the ratio at which it is a draw of F has the right frequency
below every value: quantiles of the draws are Wald's exact limits (measurement/cluster_icc.py).
Where the draw of F lies above what a ratio of 0 gives, the correlation is 0; how often is said.
"""

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.measurement.cluster_icc import Parts, cluster_icc, parts_of
from cesp_analysis.planning.known import Told

HALVINGS = 35  # of an interval of 1: to 3e-11


def cluster_draws(
    values: Floats,
    clusters: NDArray[np.generic],
    groups: NDArray[np.generic] | None,
    draws: int,
    rng: np.random.Generator,
) -> Told:
    """The correlation within clusters, of values (n,) of people in clusters (n,), compared within
    groups (n,), such as sites.

    People and clusters are taken as normal with one variance each; for answers of yes or no that is
    rough.
    """
    found = cluster_icc(values, clusters, groups)
    if reason := found.reason:
        return Told(None, found.n, reason=reason)
    parts = parts_of(values, clusters, groups)
    within = rng.chisquare(parts.df_within, draws)
    f = rng.chisquare(parts.df_between, draws) / parts.df_between / (within / parts.df_within)
    icc = icc_at(parts, f)
    who = f"{found.n} people in {found.clusters} clusters"
    said = f"Wald's F as a pivot, {who}; {(icc == 0).mean():.0%} of draws at 0"
    return Told(icc, found.n, said)


def icc_at(parts: Parts, f: Floats) -> Floats:
    """The correlation (n,) at which Wald's function is f (n,) > 0; 0 where that would be less."""
    low, high = np.zeros(len(f)), np.ones(len(f))
    above = walds(parts, low) > f
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        higher = walds(parts, middle) > f
        low, high = np.where(higher, middle, low), np.where(higher, high, middle)
    return np.where(above, (low + high) / 2, 0.0)


def walds(parts: Parts, icc: Floats) -> Floats:
    """Wald's function (n,) of correlations (n,) in [0, 1), which falls, and is F at the true one.

    Σ w (mean - weighted mean)² over df MSW, w = size / (1 + size × icc / (1 - icc)).
    """
    of_group = np.eye(int(parts.group.max()) + 1)[parts.group]  # (clusters, groups)
    mean = parts.mean - (of_group @ ((parts.mean @ of_group) / of_group.sum(axis=0)))
    weight = parts.size * (1 - icc[:, None]) / (1 - icc[:, None] + parts.size * icc[:, None])
    centred = (weight * mean) @ of_group
    squares = weight @ mean**2 - (centred**2 / (weight @ of_group)).sum(axis=1)
    return np.asarray(squares / (parts.df_between * parts.within))
