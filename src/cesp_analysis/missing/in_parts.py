"""Totals of which a part may be known: what is imputed is the part that is not.

Whoever lacks one service of six is not somebody of whom nothing is known. A total drawn whole can
lie below what is known of the person; donors held to totals at or above that would be too dear, of
who lacks a cheap service a dear person's others. So a donor, matched by the total, gives the parts
that are lacking (as a sum score whose items are imputed is made of the items that are known).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.models.cluster_sums import Codes, Floats

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Parts:
    """The S parts of a total of n people: known (n, S), what is known of each, 0 where nothing is;
    lacks (n, S): whether it is not known, or not all of it. Of whom none is lacking the total is
    their sum."""

    known: Floats
    lacks: Bools

    @property
    def partly(self) -> Bools:
        """Of whom (n,) a part is lacking and something is known."""
        return np.asarray(self.lacks.any(axis=1) & ~self.nothing)

    @property
    def nothing(self) -> Bools:
        """Of whom (n,) nothing is known: each part is lacking, whole."""
        return np.asarray((self.lacks & (self.known == 0)).all(axis=1))

    @property
    def least(self) -> Floats:
        """The sum (n,) of what is known."""
        return np.asarray(self.known.sum(axis=1))

    def without(self, people: Bools) -> "Parts":
        """The same, of some people (n,) of whom nothing counts as known."""
        return Parts(np.where(people[:, None], 0.0, self.known), self.lacks | people[:, None])

    def of(self, rows: Codes) -> "Parts":
        """Those of some people, in this order."""
        return Parts(self.known[rows], self.lacks[rows])

    def given(self, donors: Codes, people: Codes) -> Floats:
        """Totals (b, k) of people (b, k), of whom donors (b, k) have all parts: of each that is
        lacking the donor's, or what is known of it if that is more."""
        known = self.known[people]
        parts = np.where(self.lacks[people], np.maximum(known, self.known[donors]), known)
        return np.asarray(parts.sum(axis=-1))

    def filled(self, totals: Floats, donors: Codes, people: Codes) -> Floats:
        """The same; of people of whom nothing is known the donor's total (b, k), which a sum in
        another order would miss by its last digit."""
        return np.where(self.nothing[people], totals, self.given(donors, people))
