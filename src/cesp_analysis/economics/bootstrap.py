"""Bootstrap samples of people: how often each is drawn, in strata, whole clusters at a time.

What is drawn is what the effects' models take as independent: people, or link workers (or
neighbourhoods) as a whole; people who are nobody's are drawn by themselves (partial nesting). Sites
are strata: each keeps as many units. Source: Davison & Hinkley 1997, Bootstrap Methods and their
Application, ch. 2 and 3; clusters: Field & Welsh 2007, J R Stat Soc B 69:369-90.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cesp_analysis.models.cluster_sums import Codes, Floats

FEW = 10
"""Units of a stratum below which percentile intervals are too narrow to be left without a word."""
BLOCK = 500
"""Samples that share one stream of random numbers: how many are made at once changes none."""


@dataclass(frozen=True)
class Units:
    """What is drawn: unit (n,) of each person, stratum (u,) of each unit."""

    of: Codes
    stratum: Codes

    @property
    def smallest(self) -> int:
        """Units of the smallest stratum; 0 where there is nobody."""
        return int(np.bincount(self.stratum).min()) if len(self.stratum) else 0


def units_of(strata: Codes, clusters: Codes) -> Units:
    """Units of people (n,): clusters within their stratum; who is nobody's (−1) is one himself.

    A cluster in two strata is drawn in each apart.
    """
    alone = clusters < 0
    own = np.where(alone, -1 - np.arange(len(clusters)), clusters)
    pairs, of = np.unique(np.stack([strata, own], axis=1), axis=0, return_inverse=True)
    strata_of = np.unique(pairs[:, 0], return_inverse=True)[1]
    return Units(np.asarray(of).ravel(), strata_of)


def few_units(units: Units, what: str) -> str:
    """A sentence where percentile intervals are too narrow; '' elsewhere."""
    if units.smallest >= FEW:
        return ""
    return (
        f"{units.smallest} {what} in one site: bootstrap intervals of so few are too narrow"
        " (Cameron, Gelbach & Miller 2008)"
    )


def drawn(
    units: Units, samples: int, seed: int, first: int = 0, fewer: int = 0
) -> Iterator[tuple[Codes, Floats]]:
    """Blocks of samples: their numbers (b,) and how often each unit is drawn (b, u).

    Each block of BLOCK has a stream of its own from (seed, block), so that more can be added.
    fewer: how many units less than it has are drawn of a stratum. With 1 the variance of a mean is
    its usual, unbiased one; with none it is too small by (u - 1) / u (Rao & Wu 1988, J Am Stat
    Assoc 83:231-41).
    """
    if first % BLOCK:
        raise ValueError(f"samples begin at a multiple of {BLOCK}")
    for start in range(first, first + samples, BLOCK):
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(start // BLOCK,)))
        b = min(BLOCK, first + samples - start)
        counts = np.zeros((b, len(units.stratum)))
        for code in range(units.stratum.max() + 1):
            own = np.flatnonzero(units.stratum == code)
            size = (BLOCK, len(own) - fewer)
            picks = rng.integers(len(own), size=size, dtype=np.int32)[:b]
            picks += (np.arange(b, dtype=np.int32) * len(own))[:, None]
            made = np.bincount(picks.ravel(), minlength=b * len(own))
            counts[:, own] = made.reshape(b, len(own))
        yield np.arange(start, start + b), counts


def weights(units: Units, samples: int, seed: int) -> Iterator[Floats]:
    """Blocks (b, n): how often each person is drawn."""
    for _, counts in drawn(units, samples, seed):
        yield counts[:, units.of]


def rows(units: Units, samples: int, seed: int, fewer: int = 0) -> Iterator[Codes]:
    """The people of each sample (n',), as often as drawn; fewer: see `drawn`.

    With clusters of unequal size samples differ in their number of people.
    """
    order = np.argsort(units.of, kind="stable")
    sizes = np.bincount(units.of)
    for _, counts in drawn(units, samples, seed, fewer=fewer):
        for row in counts.astype(int):
            times = np.repeat(row, sizes)
            yield np.repeat(order, times)


def percentile(draws: Floats, level: float) -> tuple[Floats, Floats]:
    """The interval (k,) of draws (B, k) by their quantiles; samples without a number left out."""
    ends = np.nanquantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return ends[0], ends[1]
