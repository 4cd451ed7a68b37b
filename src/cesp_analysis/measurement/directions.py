"""Which items of a scale run against the rest, whatever the order of its columns.

The side of an item is the sign of its weight in the first principal component of the correlations:
turning the items of one side round is what makes their sum vary most. The smaller side runs against
the larger. Nothing is ever turned round here; the answer is a list of items to look at.
"""

from dataclasses import dataclass

import numpy as np

Items = tuple[int, ...]
NOTHING = 1e-9
"""A weight or correlation this near 0 is rounding: it points nowhere."""


@dataclass(frozen=True)
class Directions:
    """Columns, counted from 0.

    against: those of the smaller side that correlate negatively with the sum of the others, the
    smaller side turned round; halves: both sides, if they are equally large and their sums
    correlate negatively, for then neither is the rest; rest_correlation (k,): of each item and the
    sum of the others as they are stored (corrected item-total correlation), NaN if either does not
    vary.
    """

    against: Items
    halves: tuple[Items, Items] | None
    rest_correlation: np.ndarray

    def words(self, names: list[str]) -> str | None:
        """What to check, with the items' names in order of the alphabet; None if nothing."""
        if self.halves:
            one, other = sorted(listed(side, names) for side in self.halves)
            verb = "runs" if len(self.halves[0]) == 1 else "run"
            return f"{one} {verb} against {other}: check their direction"
        if not self.against:
            return None
        verb, whose = ("runs", "its") if len(self.against) == 1 else ("run", "their")
        return f"{listed(self.against, names)} {verb} against the rest: check {whose} direction"


def directions(items: np.ndarray) -> Directions:
    """Of answers (n, k) of items that all vary, two or more."""
    k = items.shape[1]
    stored = rest_correlations(items)
    signs = sides(items)
    one, other = np.flatnonzero(signs > 0), np.flatnonzero(signs < 0)
    if len(one) == len(other):
        sums = items[:, one].sum(axis=1), items[:, other].sum(axis=1)
        apart = rest_correlations(np.column_stack(sums))[0] < -NOTHING
        return Directions((), (_columns(one), _columns(other)) if apart else None, stored)
    smaller = one if len(one) < len(other) else other
    turn = np.ones(k)
    turn[smaller] = -1.0
    turned = rest_correlations(items * turn) * turn  # of the item as stored with the turned others
    return Directions(_columns(smaller[turned[smaller] < -NOTHING]), None, stored)


def sides(items: np.ndarray) -> np.ndarray:
    """+1, -1 or, of an item that goes with none, 0: (k,). Which side is + means nothing."""
    _, vectors = np.linalg.eigh(np.corrcoef(items, rowvar=False))
    first = vectors[:, -1]
    return np.asarray(np.where(np.abs(first) > NOTHING, np.sign(first), 0.0))


def rest_correlations(items: np.ndarray) -> np.ndarray:
    """The correlation of each item with the sum of the others (k,); NaN if one does not vary."""
    centred = items - items.mean(axis=0)
    rest = centred.sum(axis=1, keepdims=True) - centred
    together = (centred * rest).sum(axis=0)
    own, others = (centred**2).sum(axis=0), (rest**2).sum(axis=0)
    none = np.full(items.shape[1], np.nan)
    vary = (own > 0) & (others > NOTHING * own.sum())
    return np.asarray(np.divide(together, np.sqrt(own * others), out=none, where=vary))


def listed(columns: Items, names: list[str]) -> str:
    """'item3 and item5', in order of the alphabet."""
    own = sorted(names[column] for column in columns)
    return own[0] if len(own) == 1 else f"{', '.join(own[:-1])} and {own[-1]}"


def _columns(found: np.ndarray) -> Items:
    return tuple(int(column) for column in found)
