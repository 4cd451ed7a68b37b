"""Codes of nested groups: which group of the next level each belongs to, and patterns of rows."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Codes, Floats


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
        which, count = _renumbered(part if count == 1 else which * (int(part.max()) + 1) + part)
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
    if (found := _without_blanks(groups)) is not None:
        return found
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


def _without_blanks(
    groups: Sequence[NDArray[np.integer]],
) -> tuple[Codes, list[Codes], tuple[Floats, ...]] | None:
    """As `nested_codes`, by innermost group instead of by row; None with blanks or no nesting."""
    if any(codes.min() < 0 for codes in groups):
        return None
    rows, held = _renumbered(groups[0])
    chain, effects, below = list[Codes](), [np.ones(held)], np.arange(held)
    for codes in groups[1:]:
        own = _constant(codes, rows, held)
        if own is None:
            return None
        dense, count = _renumbered(own)
        parent = _constant(dense, below, len(effects[-1])) if chain else dense
        if parent is None:
            return None
        chain.append(parent)
        effects.append(np.ones(count))
        below = dense
    return rows, chain, tuple(effects)


def _constant(values: NDArray[np.integer], codes: Codes, groups: int) -> Codes | None:
    """The value of each group of codes 0.., each of which occurs; None where one has several."""
    own = np.empty(groups, dtype=np.intp)
    own[codes] = values
    return own if np.array_equal(own[codes], values) else None


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
        if used.all():
            return codes.astype(np.intp, copy=False), high + 1
        renumbered = np.cumsum(used) - 1
        return renumbered[codes].astype(np.intp), int(used.sum())
    names, dense = np.unique(codes, return_inverse=True)
    return dense.astype(np.intp), len(names)


def identified(sizes: Codes, chain: list[Codes], effects: tuple[Floats, ...]) -> None:
    """NotIdentified for a level whose groups hold one unit each; sizes: rows by innermost group."""
    units = sizes
    for level, effect in enumerate(effects):
        if (units * effect).max() <= 1:
            raise NotIdentified(level)
        if level < len(chain):
            units = np.bincount(chain[level], minlength=len(effects[level + 1]))
