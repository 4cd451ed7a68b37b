"""Respondents of one site and wave by their categories of each margin, and what these must sum to.

Respondents who share all categories are one cell: raking and calibration give them one factor, so
that engines work on cells, whatever the number of respondents.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True)
class Groups:
    """Columns sorted by a code, so that sums by code are slices: order (cells,), starts (k,)."""

    order: np.ndarray
    starts: np.ndarray

    @classmethod
    def of(cls, codes: np.ndarray) -> "Groups":
        """Of codes 0 to k - 1, each of which occurs."""
        order = np.argsort(codes, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(codes))[:-1]])
        return cls(order, starts)

    def sums(self, weights: np.ndarray) -> np.ndarray:
        """(r, cells) → (r, k)."""
        return np.add.reduceat(weights[:, self.order], self.starts, axis=1)


@dataclass(frozen=True)
class Target:
    """One margin: codes (n,), the category of each respondent, 0 to k - 1, each of which somebody
    has; people (k,), the population of each, above 0.

    unknown: the last category is of those whose category is not known. Its people are not known
    either: it keeps the share that the base weights give it, and the others share the rest as the
    population does.
    """

    codes: np.ndarray
    people: np.ndarray
    unknown: bool = False

    @cached_property
    def groups(self) -> Groups:
        """The categories as slices."""
        return Groups.of(self.codes)

    def totals(self, base: np.ndarray, population: float) -> np.ndarray:
        """What the categories must sum to, (r, k), for base weights (r, n or cells).

        Of a replicate in which a category has nobody, the others share its people.
        """
        held = self.groups.sums(base)
        if not self.unknown:
            shares = np.where(held > 0, self.people, 0.0)
            return np.asarray(population * shares / shares.sum(axis=1, keepdims=True))
        shares = np.where(held[:, :-1] > 0, self.people[:-1], 0.0)
        without = held[:, -1:] / held.sum(axis=1, keepdims=True)
        shares *= (1 - without) / shares.sum(axis=1, keepdims=True)
        return np.asarray(population * np.hstack([shares, without]))


LARGE = 2**40
"""How many combinations are numbered at once: a whole number holds them with room to spare."""


def _compact(place: np.ndarray, size: int) -> tuple[np.ndarray, int]:
    """The numbers that occur (n,), renumbered 0 to k - 1, and k; by a table where it is small."""
    if size > 4 * len(place):
        found, codes = np.unique(place, return_inverse=True)
        return codes, len(found)
    there = np.bincount(place, minlength=size) > 0
    return (np.cumsum(there) - 1)[place], int(there.sum())


@dataclass(frozen=True)
class Cells:
    """The distinct combinations of categories: of (n,), the cell of each respondent; targets whose
    codes (cells,) are the cells'."""

    of: np.ndarray
    targets: tuple[Target, ...]

    @classmethod
    def made(cls, targets: Sequence[Target]) -> "Cells":
        """Of targets whose codes are respondents'."""
        place, size = np.zeros(len(targets[0].codes), dtype=np.int64), 1
        for target in targets:
            if size > LARGE // len(target.people):
                place, size = _compact(place, size)
            place, size = place * len(target.people) + target.codes, size * len(target.people)
        place, size = _compact(place, size)
        first = np.empty(size, dtype=np.int64)
        first[place] = np.arange(len(place))
        return cls(place, tuple(Target(t.codes[first], t.people, t.unknown) for t in targets))

    @property
    def count(self) -> int:
        """How many cells."""
        return len(self.targets[0].codes)

    def sums(self, weights: np.ndarray) -> np.ndarray:
        """Sums of respondents' weights (n,) by cell."""
        return np.bincount(self.of, weights, self.count)

    @cached_property
    def indicators(self) -> np.ndarray:
        """(cells, p): 1 where a cell is in a category; all of the first margin, and of the others
        all but one, which the totals imply."""
        columns = []
        for at, target in enumerate(self.targets):
            own = target.codes[:, None] == np.arange(len(target.people) - (at > 0))
            columns.append(own.astype(float))
        return np.column_stack(columns)

    def wanted(self, base: np.ndarray, population: float) -> np.ndarray:
        """What the columns of `indicators` must sum to, (r, p)."""
        totals = [target.totals(base, population) for target in self.targets]
        return np.column_stack([own[:, : own.shape[1] - (at > 0)] for at, own in enumerate(totals)])

    def miss(self, base: np.ndarray, weights: np.ndarray, population: float) -> np.ndarray:
        """By how much the worst category misses what it must sum to, as a share of it, (r,).

        base, weights: (r, cells). A category that the base weights of a replicate leave empty is
        not counted.
        """
        worst = np.zeros(len(base))
        for target in self.targets:
            wanted, filled = target.totals(base, population), target.groups.sums(base) > 0
            off = np.abs(target.groups.sums(weights) / wanted.clip(np.finfo(float).tiny) - 1)
            worst = np.maximum(worst, np.where(filled, off, 0).max(axis=1))
        return worst
