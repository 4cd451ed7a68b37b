"""Codes of nested groups: which group of the next level each belongs to, and patterns of rows."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


class NotIdentified(Exception):
    """A level's groups hold one group (or row) of the level below each; `level` is its index."""

    def __init__(self, level: int) -> None:
        self.level = level
        super().__init__(f"each group of level {level} holds just one unit of the level below it")


class NotNested(ValueError):
    """`count` groups of `level` (its index) belong to more than one group of the level above."""

    def __init__(self, level: int, count: int) -> None:
        self.level, self.count = level, count
        super().__init__(f"{count} groups of level {level} stand in several of level {level + 1}")


def patterns_of(key: Floats) -> tuple[Codes, Floats]:
    """For each row (g, c) of key which of its distinct rows (s, c) it is, and those."""
    which, count = np.zeros(len(key), dtype=np.intp), 1
    for column in key.T:  # a column at a time: sorting whole rows is many times slower
        if (column == column[0]).all():
            continue
        whole = column.astype(np.intp)
        part = whole if np.array_equal(whole, column) else np.unique(column, return_inverse=True)[1]
        which, count = _renumbered(which * (int(part.max()) + 1) + part)
    first = np.zeros(count, dtype=np.intp)
    first[which] = np.arange(len(key))
    return which, key[first]


def nested_codes(
    groups: Sequence[NDArray[np.integer]],
) -> tuple[Codes, list[Codes], tuple[Floats, ...]]:
    """Codes 0.. of the innermost level by row, each group's parent, level by level, and effects.

    Rows without an effect of a level stand in one group of it without effect for each group of the
    level above, so that levels nest.
    """
    above: Codes | None = None
    coded: list[tuple[Codes, Floats]] = []
    for codes in reversed(groups):
        coded.append(_dense(codes, above))
        above = coded[-1][0]
    coded.reverse()
    chain = list[Codes]()
    for level, ((below, effect), (dense, _)) in enumerate(pairwise(coded)):
        parent = np.zeros(len(effect), dtype=np.intp)
        parent[below] = dense
        if not np.array_equal(parent[below], dense):
            raise NotNested(level, len(np.unique(below[parent[below] != dense])))
        chain.append(parent)
    return coded[0][0], chain, tuple(effect for _, effect in coded)


def _dense(codes: NDArray[np.integer], above: Codes | None) -> tuple[Codes, Floats]:
    """Codes as 0.. and 1 for each that has an effect; rows below 0 by group of the level above."""
    blank = codes < 0
    if not blank.any():
        dense, count = _renumbered(codes)
        return dense, np.ones(count)
    dense = np.zeros(len(codes), dtype=np.intp)
    count = 0
    if not blank.all():
        dense[~blank], count = _renumbered(codes[~blank])
    others, more = _renumbered(np.zeros(blank.sum(), int) if above is None else above[blank])
    dense[blank] = count + others
    return dense, np.append(np.ones(count), np.zeros(more))


def _renumbered(codes: NDArray[np.integer]) -> tuple[Codes, int]:
    """Codes as 0..count-1; without sorting where they are small whole numbers already."""
    low, high = int(codes.min()), int(codes.max())
    if low >= 0 and high < 4 * len(codes):
        used = np.zeros(high + 1, dtype=bool)
        used[codes] = True
        renumbered = np.cumsum(used) - 1
        return renumbered[codes].astype(np.intp), int(used.sum())
    names, dense = np.unique(codes, return_inverse=True)
    return dense.astype(np.intp), len(names)


def identified(codes: Codes, chain: list[Codes], effects: tuple[Floats, ...]) -> None:
    below = codes
    for level, effect in enumerate(effects):
        units = np.bincount(below, minlength=len(effect))
        if (effect.any() and units[effect > 0].max() <= 1) or not effect.any():
            raise NotIdentified(level)
        below = chain[level] if level < len(chain) else below
