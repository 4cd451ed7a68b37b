"""Sums of columns by group and products of columns: the passes over the rows of a mixed model."""

from collections.abc import Sequence

import numpy as np

from cesp_analysis.arrays import Codes, Floats


def summed(columns: Sequence[Floats] | Floats, codes: Codes, groups: int) -> Floats:
    """Sums (groups, p) of p columns (n,) by codes (n,); its own columns lie together."""
    sums = np.empty((len(columns), groups))
    for own, column in zip(sums, columns, strict=True):
        own[:] = np.bincount(codes, weights=column, minlength=groups)
    return sums.T


def crosses(
    columns: Sequence[Floats] | Floats,
    weighted: Sequence[Floats] | Floats,
    kind: Codes,
    count: int,
    known: Floats | None = None,
) -> Floats:
    """Products (c, p, p) of columns and weighted ones by class; known (p, p) where it is."""
    if known is not None:
        return known[None]
    p = len(columns)
    cross = np.empty((count, p, p))
    for c in range(count):
        rows = slice(None) if count == 1 else kind == c
        left, right = [column[rows] for column in weighted], [column[rows] for column in columns]
        for i in range(p):
            for j in range(i + 1):
                cross[c, i, j] = cross[c, j, i] = left[i] @ right[j]
    return cross


def gathered(values: Floats, codes: Codes, groups: int) -> Floats:
    """Sums (r, groups, p) of values (r, n, p) by codes (n,), each of which occurs."""
    if len(values) == 1:
        return summed(values[0].T, codes, groups)[None]
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(groups))
    return np.add.reduceat(values[:, order], starts, axis=1)
