"""Sums by which the likelihood of nested random intercepts is exact at the cost of one pass.

The columns z = [X y] of n rows are summed within each innermost group and class of residual
variance. Innermost groups alike in size are then pooled by group of the next level wherever that is
less to keep: the criterion costs groups-of-the-next-level × distinct sizes × columns, whatever n
is. What is made of the sums at given variances is in nested_absorbed.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.models.nested_codes import (
    Codes,
    Floats,
    NotIdentified,
    NotNested,
    identified,
    nested_codes,
    patterns_of,
)


@dataclass(frozen=True)
class Pooled:
    """Innermost groups by pattern: the same effect and information in each of c classes.

    information (s, c), effect (s,): of each of s patterns; groups (r, s): how many it has; cross
    (r, s, c, c, p, p): sums of a a' over its groups, a being a group's column sums by class;
    a (r, s, c, q, p), count (s, q): column sums and number of groups by group of the next level (q
    of them).
    """

    information: Floats
    effect: Floats
    groups: Floats
    cross: Floats
    a: Floats
    count: Floats


@dataclass(frozen=True)
class NestedSums:
    """What the criterion needs of n rows, p columns z = [X y], c classes of residual variance.

    r replicates of it, 1 for a single model: n (r,); cross (r, c, p, p): Z'WZ by class, W the
    weights (1 without); rows (r, c): rows of each class; log_weight (r,): sum of the weights'
    logarithms; pooled, or else a (r, c, g, p) and information (c, g) of each of the g innermost
    groups: column sums and sum of weights by class; effects: for each level 1 for the groups that
    have an effect, 0 for what stands in for a blank; parents: for each level but the innermost (but
    the two innermost where pooled) the group that each group below it belongs to; n_groups: groups
    with an effect, by level; between (r,): sum of the squared sums of the last column over the
    innermost groups, each by its information; drawn: for each level (r, g) how often a group
    counts, where outermost groups are drawn with replacement; empty: each once; innermost (n,): the
    innermost group of each row, where they may not be pooled.
    """

    n: NDArray[np.intp]
    cross: Floats
    rows: Floats
    log_weight: Floats
    pooled: Pooled | None
    a: Floats
    information: Floats
    effects: tuple[Floats, ...]
    parents: tuple[Codes, ...]
    n_groups: tuple[int, ...]
    between: Floats
    drawn: tuple[Floats, ...] = ()
    innermost: Codes = field(default_factory=lambda: np.zeros(0, dtype=np.intp))

    @property
    def shape(self) -> tuple[int, int]:
        """How many levels and classes of residual variance."""
        return len(self.n_groups), self.rows.shape[1]

    def mapped(self, to_basis: Floats) -> "NestedSums":
        """The sums of [X @ to_basis, y] from those of [X, y]: sums are linear in the columns."""
        change = np.eye(len(to_basis) + 1)
        change[:-1, :-1] = to_basis
        pooled = self.pooled
        if pooled:
            pooled = replace(pooled, cross=change.T @ pooled.cross @ change, a=pooled.a @ change)
        return replace(self, cross=change.T @ self.cross @ change, a=self.a @ change, pooled=pooled)

    def some(self, which: NDArray[np.intp]) -> "NestedSums":
        """The replicates at these places."""

        def of(part: Floats) -> Floats:
            return part[which] if len(part) == len(self.n) else part

        pooled = self.pooled
        if pooled:
            groups, cross, a = (of(part) for part in (pooled.groups, pooled.cross, pooled.a))
            pooled = replace(pooled, groups=groups, cross=cross, a=a)
        return replace(
            self,
            n=self.n[which],
            cross=of(self.cross),
            rows=of(self.rows),
            log_weight=of(self.log_weight),
            pooled=pooled,
            a=of(self.a),
            between=of(self.between),
            drawn=tuple(of(part) for part in self.drawn),
        )


def nested_sums(
    columns: Sequence[Floats] | Floats,
    groups: Sequence[NDArray[np.integer]],
    classes: NDArray[np.integer] | None = None,
    weight: Floats | None = None,
    gram: Floats | None = None,
    pool: bool = True,
) -> NestedSums:
    """Sum p columns (n,), y last, by nested groups, innermost first.

    A code below 0 in `groups`: this row has no effect of that level. classes (n,): 0.. for rows
    that share a residual variance; weight (n,): a row's residual variance is divided by it; gram:
    X'X, if it is known; pool: whether innermost groups may be pooled. Raises NotNested,
    NotIdentified.
    """
    n, p = len(columns[0]), len(columns)
    kind = np.zeros(n, dtype=np.intp) if classes is None else classes.astype(np.intp)
    count = int(kind.max()) + 1
    weighted = columns if weight is None else [column * weight for column in columns]
    known = gram if count == 1 and weight is None else None
    without = NestedSums(
        n=np.array([n]),
        cross=crosses(columns, weighted, kind, count, known)[None],
        rows=np.bincount(kind, minlength=count).astype(float)[None],
        log_weight=np.array([0.0 if weight is None else float(np.log(weight).sum())]),
        pooled=None,
        a=np.zeros((1, count, 0, p)),
        information=np.zeros((count, 0)),
        effects=(),
        parents=(),
        n_groups=(),
        between=np.zeros(1),
    )
    if not groups:
        return without
    codes, chain, effects = nested_codes(groups)
    held = len(effects[0])
    cells = codes if count == 1 else kind * held + codes
    by_cell = summed(weighted, cells, count * held)
    a = np.moveaxis(by_cell.T.reshape(p, count, held), 0, -1)  # columns still lie together
    information = np.bincount(cells, weights=weight, minlength=count * held).astype(float)
    information = information.reshape(count, held)
    identified(codes, chain, effects)
    sums = replace(
        without,
        a=a[None],
        information=information,
        effects=effects,
        parents=tuple(chain),
        n_groups=tuple(int(effect.sum()) for effect in effects),
        between=np.array([np.sum(a[:, :, -1].sum(0) ** 2 / information.sum(0))]),
    )
    return pooled_by_pattern(sums) if pool else replace(sums, innermost=codes)


def summed(columns: Sequence[Floats] | Floats, codes: Codes, groups: int) -> Floats:
    """Sums (groups, p) of p columns (n,) by codes (n,); its own columns lie together."""
    if len(columns) == 0:
        return np.zeros((groups, 0))
    sums = [np.bincount(codes, weights=column, minlength=groups) for column in columns]
    return np.array(sums, dtype=float).T


def crosses(
    columns: Sequence[Floats] | Floats,
    weighted: Sequence[Floats] | Floats,
    kind: Codes,
    count: int,
    known: Floats | None = None,
) -> Floats:
    """Products (c, p, p) of columns and weighted ones by class; those that are known are taken."""
    p = len(columns)
    cross = np.empty((count, p, p))
    for c in range(count):
        rows = slice(None) if count == 1 else kind == c
        left, right = [column[rows] for column in weighted], [column[rows] for column in columns]
        first = 0
        if known is not None:
            first = len(known)
            cross[c, :first, :first] = known
        for i in range(first, p):
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


def pooled_by_pattern(sums: NestedSums) -> NestedSums:
    """The sums with innermost groups pooled by pattern, if that is less to keep and to go through.

    Weights make nearly every group a pattern of its own: then they stay as they are.
    """
    replicates, classes, held, p = sums.a.shape
    key = np.column_stack([sums.information.T, sums.effects[0]])
    which, patterns = patterns_of(key)
    outer = len(sums.effects[1]) if sums.parents else 1
    if len(patterns) * (outer + classes * p) > held:
        return sums
    parent = sums.parents[0] if sums.parents else np.zeros(held, dtype=np.intp)
    cells, s = which * outer + parent, len(patterns)
    inside, where = np.unique(cells, return_inverse=True) if replicates > 1 else (None, cells)
    by_cell = np.zeros((replicates, classes, s * outer, p))
    for at in range(classes):
        if inside is None:
            by_cell[:, at] = gathered(sums.a[:, at], cells, s * outer)
        else:
            by_cell[:, at, inside] = gathered(sums.a[:, at], where, len(inside))
    drawn = sums.drawn[0] if sums.drawn else None
    groups = np.ones((1, held)) if drawn is None else drawn
    pooled = Pooled(
        information=patterns[:, :-1],
        effect=patterns[:, -1],
        groups=np.stack([groups[:, which == at].sum(1) for at in range(s)], axis=1),
        cross=np.stack([_products(sums.a, drawn, which == at) for at in range(s)], axis=1),
        a=np.moveaxis(by_cell.reshape(replicates, classes, s, outer, p), 2, 1).copy(),
        count=np.bincount(cells, minlength=s * outer).astype(float).reshape(s, outer),
    )
    none = np.zeros((classes, 0))
    rest = sums.parents[1:]
    return replace(sums, pooled=pooled, a=sums.a[:, :, :0], information=none, parents=rest)


def _products(a: Floats, drawn: Floats | None, of: NDArray[np.bool_]) -> Floats:
    """Sums (r, c, c, p, p) of products of the column sums of some innermost groups."""
    replicates, classes, _, p = a.shape
    rows = np.moveaxis(a, -1, 2)[..., of].reshape(replicates, classes * p, -1)
    other = rows if drawn is None else rows * drawn[:, None, of]
    products = (rows @ np.swapaxes(other, 1, 2)).reshape(-1, classes, p, classes, p)
    return np.swapaxes(products, 2, 3)


__all__ = ["Codes", "Floats", "NestedSums", "NotIdentified", "NotNested", "nested_sums"]
