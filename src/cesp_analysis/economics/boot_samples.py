"""The people of each bootstrap sample that is imputed, by how many of each arm they are."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from cesp_analysis.arrays import Codes
from cesp_analysis.economics.bootstrap import Units, weights
from cesp_analysis.streams import seed_of, stream


def by_size(
    groups: Codes, units: Units, samples: int, seed: int
) -> Iterator[tuple[str, Codes, Codes]]:
    """Samples with as many people in each group: a name of the sizes, numbers (b,), rows (b, n)."""
    people = list(people_of(units, samples, seed))
    sizes = np.array([np.bincount(groups[one], minlength=groups.max() + 1) for one in people])
    for size in np.unique(sizes, axis=0):
        numbers = np.flatnonzero((sizes == size).all(axis=1))
        yield ", ".join(map(str, size)), numbers, np.stack([people[at] for at in numbers])


def people_of(units: Units, samples: int, seed: int) -> Iterator[Codes]:
    """The people of each sample, as often as drawn: of each stratum a unit fewer than it has.

    What is drawn is as many as there are, of which one, whichever it is, is given back.
    """
    everybody = np.arange(len(units.unit))
    first = np.unique(units.unit, return_index=True)[1]
    ends = np.cumsum((0, *units.counts))
    for number, block in enumerate(weights(units, samples, seed_of(seed, "draw"))):
        rng = stream(seed, "give back", str(number))
        drawn = block[:, first]
        for start, stop in pairwise(ends.tolist()):
            back = rng.integers(stop - start, size=units.block)[: len(block)]
            unit = (drawn[:, start:stop].cumsum(axis=1) > back[:, None]).argmax(axis=1)
            drawn[np.arange(len(block)), start + unit] -= 1
        for row in drawn[:, units.unit].astype(int):
            yield np.repeat(everybody, row)
