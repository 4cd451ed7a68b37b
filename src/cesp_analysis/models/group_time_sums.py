"""Averages of group-time effects, their standard errors by cluster, simultaneous intervals.

Each effect is known with every cluster's part in it (c,): estimate - truth = sum of parts, to first
order. An average's part is the average of parts. Two corrections stand beside the large-sample
error sqrt(sum of part^2), because groups have few sites: a start's clusters (of different people
each time: those of one time) are a stratum, in which a part is smaller than the error that it
stands for (as HC2: of g alike clusters by (g - 1) / g), and the df are Bell & McCaffrey's of each
stratum, put together as Welch's (see `influence`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.influence import BLURRED, variance_of
from cesp_analysis.models.least_squares import ROUNDING
from cesp_analysis.models.lost_variance import refuse_without_df, shown_in_words
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.sandwich import Inference

Multiplier = Literal["rademacher", "mammen", "webb"]
METHOD = "cluster-robust influence-function standard error, corrected {strata}, Satterthwaite df"
MANY = 1_000
LITTLE = 0.01  # of an estimate's variance
_BLOCK = 4_000_000  # numbers of a block of draws: 32 MB
_GOLD = float(np.sqrt(5))
SIX = np.sqrt(np.array([0.5, 1.0, 1.5]))


class OneCluster(NotEstimable):
    """A start of which one cluster alone takes part; group: its place in the order of times."""

    def __init__(self, group: int) -> None:
        self.group = group
        super().__init__(f"start {group} has one cluster")


@dataclass(frozen=True)
class Strata:
    """Within which of the c clusters errors are alike: the stratum (c,) of each, its weight (c,),
    its start (c,); said: what strata are."""

    of: Codes
    share: Floats
    start: Codes
    said: str = "start by start"


@dataclass(frozen=True)
class Parts:
    """An estimate and what each of c clusters adds to its error.

    part (c,); involved (c,): whether the cluster's records enter; size: largest absolute outcome;
    expected (c,): of part^2, and variance: of the estimate, for independent errors of variance 1.
    """

    estimate: float
    part: Floats
    involved: NDArray[np.bool_]
    size: float
    expected: Floats
    variance: float

    @property
    def large_sample_error(self) -> float:
        """The standard error without corrections for small samples, as other programs print it."""
        return float(np.sqrt(self.part @ self.part))


def averaged(parts: Sequence[Parts], weights: Floats) -> Parts:
    """The average of some effects; weights sum to 1. What is expected is so of effects whose errors
    are independent of one another."""
    return Parts(
        float(sum(w * one.estimate for w, one in zip(weights, parts, strict=True))),
        np.asarray(sum(w * one.part for w, one in zip(weights, parts, strict=True))),
        np.any([one.involved for one in parts], axis=0),
        max(one.size for one in parts),
        np.asarray(sum(w**2 * one.expected for w, one in zip(weights, parts, strict=True))),
        float(sum(w**2 * one.variance for w, one in zip(weights, parts, strict=True))),
    )


def drawn_shares(groups: Codes, cells: Sequence[int], effects: Floats, sampling: Floats) -> Floats:
    """What each unit (m,) adds to the error of an average whose groups' shares are estimated too.

    groups (m,); cells: the group of each effect that is averaged by its group's weight. As `wif` of
    R's did: with T the weight of the cells' groups, counted once a cell, unit i of group g adds
    weight_i * sum over g's cells of (effect - average) / T.
    """
    masses = np.array([sampling[groups == group].sum() for group in cells])
    total = float(masses.sum())
    mean = float(masses @ effects) / total
    found = np.zeros(len(groups))
    for group in set(cells):
        gap = sum(e - mean for g, e in zip(cells, effects, strict=True) if g == group)
        found[groups == group] = gap / total
    return found * sampling


def inferred_by_clusters(found: Parts, strata: Strata) -> tuple[Inference, Floats]:
    """The estimate with its standard error and df, and the parts (c,) of that error.

    Raises OneCluster, and NotEstimable where weights leave a stratum no df or nothing varies.
    """
    squares, freedoms, scaled, expected = [], [], np.zeros(len(found.part)), 0.0
    for stratum in np.unique(strata.of[found.involved]):
        own = found.involved & (strata.of == stratum)
        if own.sum() < 2:
            raise OneCluster(int(strata.start[own][0]))
        part, lead = found.part[own], strata.share[own] / strata.share[own].sum()
        ones = np.ones((len(part), 1))
        square, df = variance_of(part, lead, ones)
        refuse_without_df(df, BLURRED)
        expected += variance_of(np.sqrt(found.expected[own]), lead, ones)[0]
        plain = float(part @ part)
        scaled[own] = part * (np.sqrt(square / plain) if plain else 1.0)
        squares.append(square)
        freedoms.append(df)
    n = int(found.involved.sum())
    said = METHOD.format(strata=strata.said) + shown_in_words(expected / found.variance, n)
    variance, each = float(sum(squares)), np.array(squares)
    if variance <= (ROUNDING * found.size) ** 2:
        raise NotEstimable("the outcome does not vary around the groups' means in these clusters")
    df = variance**2 / float(np.sum(each**2 / np.array(freedoms)))
    refuse_without_df(df, BLURRED)
    return Inference(found.estimate, float(np.sqrt(variance)), df, said, n), scaled


def critical_value(
    parts: Floats, level: float, draws: int, kind: Multiplier, rng: np.random.Generator
) -> float:
    """What the largest of k standardised estimates stays below with probability `level`.

    parts (c, k): each cluster's part in each estimate's error. A draw multiplies the clusters by
    random numbers (multiplier bootstrap: Callaway & Sant'Anna 2021, algorithm 1). Of more than MANY
    clusters, none of which carries much, such sums are normal, and are drawn from that law at once.
    """
    c, k = parts.shape
    unit = parts / np.sqrt(np.sum(parts**2, axis=0))
    if c > MANY and float((unit**2).max()) < LITTLE:
        values, axes = np.linalg.eigh(unit.T @ unit)
        root = axes * np.sqrt(np.maximum(values, 0))
        drawn = np.abs(rng.standard_normal((draws, k)) @ root.T).max(axis=1)
        return float(np.quantile(drawn, level, method="higher"))
    largest = np.empty(draws)
    step = max(1, _BLOCK // max(c, k))
    for start in range(0, draws, step):
        n = min(step, draws - start)
        largest[start : start + n] = np.abs(_multipliers(kind, (n, c), rng) @ unit).max(axis=1)
    return float(np.quantile(largest, level, method="higher"))


def _multipliers(kind: Multiplier, shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """Random numbers of mean 0 and variance 1: two signs; Mammen's two points; Webb's six."""
    if kind == "mammen":
        low = rng.random(shape) < (_GOLD + 1) / (2 * _GOLD)
        return np.where(low, (1 - _GOLD) / 2, (1 + _GOLD) / 2)
    signs = np.where(rng.integers(0, 2, shape) == 1, 1.0, -1.0)
    return np.asarray(signs * SIX[rng.integers(0, 3, shape)]) if kind == "webb" else signs
