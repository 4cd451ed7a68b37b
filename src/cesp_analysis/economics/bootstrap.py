"""Which people a bootstrap draws how often: weights of replicates, within strata, whole clusters.

A unit is a person or a cluster (a link worker's people, a neighbourhood); people without a cluster
are units of their own (partial nesting). In each stratum (a site) as many units are drawn, with
replacement, as it has: Davison & Hinkley (1997), Bootstrap Methods and their Application, sections
3.2 and 3.8. Draws come in blocks, each with its own stream of random numbers: a replicate is the
same whatever the number of replicates, of cores and of replicates held at once.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.economics.few_units import Stratum, few_units
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.streams import stream

HELD = 2**17
"""Weights of a block (1 MB): it is used while a core's cache still holds it."""
BLOCK = 512
"""Most replicates in a block."""
COUNTED = 2**14
"""Counters that are filled at once: they stay in a core's nearest caches; 16 bits number them."""
SHORT = 2**12
"""Units up to which 16 random bits a draw do: at most a sixteenth of them is thrown away."""

Statistic = Callable[[Floats], Floats]
"""Weights (b, n) → what is estimated in each replicate (b, q), NaN where it can not be."""


@dataclass(frozen=True)
class Units:
    """What is drawn: unit (n,): of each person, numbered stratum by stratum; counts: units of each
    stratum; alone: of them people without a cluster; warnings: sentences for a report."""

    unit: Codes
    counts: tuple[int, ...]
    alone: tuple[int, ...]
    warnings: tuple[str, ...]

    @property
    def block(self) -> int:
        """Replicates of a block."""
        return int(np.clip(HELD // len(self.unit), 1, BLOCK))


def units_of(
    strata: Codes, clusters: Codes | None = None, names: Sequence[str] | None = None
) -> Units:
    """The units of people in strata (n,), in clusters (n,), -1 for people without one.

    names: of the strata, in the order of their codes, for sentences. Raises NotEstimable: a
    stratum of one unit, of one cluster that outweighs all others, a cluster in two strata.
    """
    own, stratum = np.unique(strata, return_inverse=True)
    called = [str(one) for one in own] if names is None else names
    codes = np.full(len(stratum), -1) if clusters is None else np.asarray(clusters)
    own_unit = apart(codes)
    _refuse_across(stratum, own_unit)
    keys, unit = np.unique(np.stack([stratum, own_unit]), axis=1, return_inverse=True)
    counts = tuple(int(one) for one in np.bincount(keys[0]))
    alone = np.bincount(stratum[codes < 0], minlength=len(own)).tolist()
    sizes = np.bincount(unit.ravel())
    strata_of = [Stratum(called[s], sizes[keys[0] == s], alone[s]) for s in range(len(own))]
    return Units(unit.ravel(), counts, tuple(alone), few_units(strata_of))


def apart(clusters: Codes) -> Codes:
    """Codes in which each person without a cluster has one of their own."""
    alone = clusters < 0
    return np.where(alone, clusters.max() + 1 + np.cumsum(alone), clusters)


def _refuse_across(stratum: Codes, unit: Codes) -> None:
    pairs = np.unique(np.stack([unit, stratum]), axis=1)
    if len(np.unique(pairs[0])) < pairs.shape[1]:
        raise NotEstimable(
            "a cluster has people in more than one stratum, so it can not be drawn within one:"
            " give each stratum's part a cluster of its own, or draw without strata"
        )


def weights(units: Units, draws: int, seed: int) -> Iterator[Floats]:
    """Blocks (b, n) of how often each person is in a replicate, `draws` replicates in all."""
    for block, start in enumerate(range(0, draws, units.block)):
        counts = _drawn(units, stream(seed, "bootstrap", f"block {block}"))
        yield _of_people(units, counts[: draws - start])


def _drawn(units: Units, rng: np.random.Generator) -> Floats:
    """How often each unit is drawn (block, units)."""
    b = units.block
    found = np.empty((b, sum(units.counts)))
    start = 0
    for m in units.counts:
        rows = max(1, COUNTED // m)
        for at in range(0, b, rows):
            firsts = np.arange(0, min(rows, b - at) * m, m, dtype=np.uint16)[:, None]
            places = below(m, firsts.size * m, rng).reshape(-1, m) + firsts
            counts = np.bincount(places.ravel(), minlength=places.size)
            found[at : at + rows, start : start + m] = counts.reshape(-1, m)
        start += m
    return found


def below(m: int, size: int, rng: np.random.Generator) -> np.ndarray:
    """size whole numbers, each of 0 .. m - 1 equally likely: `rng.integers`, three times as fast.

    16 random bits a number, divided by how often m goes into their range; what is above the last
    multiple of m is thrown away.
    """
    if m > SHORT:
        return rng.integers(0, m, size=size, dtype=np.uint32)
    width = 2**16 // m
    kept = np.zeros(0, dtype=np.uint16)
    while len(kept) < size:
        words = (size - len(kept)) * 2**16 // (4 * m * width) + 64
        raw = rng.integers(0, 2**64 - 1, size=words, dtype=np.uint64, endpoint=True)
        bits = raw.view(np.uint16)
        new = bits[bits <= m * width - 1]
        kept = np.concatenate([kept, new]) if len(kept) else new
    return np.asarray(kept[:size] // np.uint16(width))


def _of_people(units: Units, counts: Floats) -> Floats:
    """Weights (b, n) of people from those of units."""
    if np.array_equal(units.unit, np.arange(counts.shape[1])):
        return counts
    return np.asarray(np.take(counts, units.unit, axis=1))


def bootstrapped(statistic: Statistic, units: Units, draws: int, seed: int) -> Floats:
    """The statistic of each replicate (draws, q), NaN rows where it has no answer."""
    return np.concatenate([statistic(block) for block in weights(units, draws, seed)])
