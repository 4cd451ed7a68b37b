"""Which clusters had the intervention, relabelled: the exact test of a difference of their means.

With one intervention cluster among many this is the placebo in space: how the treated one stands
among the others, each taken as if it had been treated.
"""

from itertools import combinations
from math import comb

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.few_sites.draws import DrawTest, counted, ends, p_value, with_ties
from cesp_analysis.models.refusals import NotEstimable

ALL = 200_000  # arrangements that are all used: 10 of 20 are 184,756


def relabelled(
    values: Floats,
    treated: NDArray[np.bool_],
    rng: np.random.Generator,
    draws: int = 9_999,
    level: float = 0.95,
) -> DrawTest:
    """Test that relabelling clusters changes nothing; values (g,): one mean change a cluster.

    The statistic is the difference of the arms' unweighted means of clusters. The interval holds
    the effects, the same for each cluster, that are not rejected.
    """
    groups, chosen = len(values), int(treated.sum())
    if chosen in (0, groups):
        raise NotEstimable("one arm has no cluster")
    every = comb(groups, chosen)
    enumerated = every <= ALL
    labels = _labels(groups, chosen) if enumerated else _drawn(treated, draws, rng)
    share = labels / chosen - (~labels) / (groups - chosen)
    own_share = treated / chosen - (~treated) / (groups - chosen)
    lines, own = share @ np.column_stack([values, treated]), own_share @ values

    def sizes(theta: float) -> tuple[Floats, float]:
        return np.abs(lines[:, 0] - theta * lines[:, 1]), abs(float(own) - theta)

    def p_at(theta: float) -> float:
        return p_value(with_ties(*sizes(theta)), len(labels), enumerated)

    # its mirror has the same size, but is an arrangement only if the arms are of one size
    smallest = (2 if 2 * chosen == groups else 1) / every if enumerated else 1 / (draws + 1)
    alpha, scale = 1 - level, float(np.std(values)) or 1.0
    limits = ends(p_at, float(own), scale, alpha) if smallest <= alpha + 1e-12 else None
    low, high = limits or (None, None)
    extreme, strict = counted(*sizes(0.0))
    how = f"all {every:,} arrangements" if enumerated else f"{draws:,} random arrangements"
    return DrawTest(
        float(own), extreme, strict, len(labels), enumerated, p_at(0.0), smallest, low, high,
        (chosen, groups - chosen),
        f"labels of clusters rearranged, {how}, ties counted as extreme",
    )  # fmt: skip


def _labels(groups: int, chosen: int) -> NDArray[np.bool_]:
    """All choices (b, g) of `chosen` among `groups`."""
    picks = np.array(list(combinations(range(groups), chosen)), dtype=np.intp)
    labels = np.zeros((len(picks), groups), dtype=bool)
    labels[np.arange(len(picks))[:, None], picks] = True
    return labels


def _drawn(treated: NDArray[np.bool_], draws: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    return rng.permuted(np.tile(treated, (draws, 1)), axis=1)
