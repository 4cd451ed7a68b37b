"""Which themes are spoken of together: on one excerpt, or in one interview.

Source: Jaccard (1901), Bull Soc Vaud Sci Nat 37:547-79: those with both over those with either.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from cesp_analysis.interviews.counted import By, Within, held


class Edge(NamedTuple):
    """Two names that are together somewhere. each: of the first, of the second."""

    first: str
    second: str
    together: int
    each: tuple[int, int]
    jaccard: float


@dataclass(frozen=True)
class Cooccurrence:
    """k names on `units` excerpts, or in `units` interviews.

    each (k,): units with the name; together (k, k): units with both, `each` on its diagonal;
    jaccard (k, k): together over units with either. unnamed: units with no name, in none of these.
    """

    by: By
    within: Within
    names: tuple[str, ...]
    units: int
    each: np.ndarray
    together: np.ndarray
    jaccard: np.ndarray
    unnamed: int

    def edges(self, at_least: int = 1) -> tuple[Edge, ...]:
        """Pairs that are together so often, the most frequent first, then by name."""
        return tuple(sorted(self._pairs(at_least), key=lambda e: (-e.together, e.first, e.second)))

    def _pairs(self, at_least: int) -> Iterator[Edge]:
        one, two = np.nonzero(np.triu(self.together >= max(at_least, 1), 1))
        for i, j in zip(one.tolist(), two.tolist(), strict=True):
            each = int(self.each[i]), int(self.each[j])
            both, alike = int(self.together[i, j]), float(self.jaccard[i, j])
            yield Edge(self.names[i], self.names[j], both, each, alike)


def cooccurrence(table: pd.DataFrame, by: By = "theme", within: Within = "excerpt") -> Cooccurrence:
    """Of the long table (Excerpts). Excerpts that overlap without being one are two."""
    own = held(table, by, within)
    there = own.matrix()
    together = np.asarray((there.T @ there).toarray(), dtype=np.int64)
    each = together.diagonal().copy()
    jaccard = together / (each[:, None] + each[None, :] - together)
    return Cooccurrence(by, within, own.names, len(own.units), each, together, jaccard, own.unnamed)
