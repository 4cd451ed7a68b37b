"""Sums by which the likelihood of nested random intercepts is exact at the cost of one pass.

The columns z = [X y] of n rows are summed within each innermost group and class of residual
variance. Innermost groups alike in size are then pooled by group of the next level wherever that is
less to keep: the criterion costs groups-of-the-next-level × distinct sizes × columns, whatever n
is. What is made of the sums at given variances is in nested_absorbed.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.nested_codes import (
    NotIdentified,
    NotNested,
    identified,
    nested_codes,
    patterns_of,
)
from cesp_analysis.models.nested_pooled import (
    Outermost,
    Pooled,
    in_order,
    place_of,
    pooled_groups,
    pooled_outermost,
)
from cesp_analysis.models.nested_totals import crosses, summed


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

    @cached_property
    def outermost(self) -> Outermost | None:
        """The second of two levels pooled too, if the first is and that is less to go through."""
        if self.pooled is None or self.drawn or len(self.n_groups) != 2:
            return None
        return pooled_outermost(self.pooled, self.effects[1])

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
    cross: Floats | None = None,
    pool: bool = True,
) -> NestedSums:
    """Sum p columns (n,), y last, by nested groups, innermost first.

    A code below 0 in `groups`: this row has no effect of that level. classes (n,): 0.. for rows
    that share a residual variance; weight (n,): a row's residual variance is divided by it; cross
    (p, p): the columns' products, if they are known; pool: whether innermost groups may be pooled.
    Raises NotNested, NotIdentified.
    """
    n, p = len(columns[0]), len(columns)
    kind = np.zeros(0, dtype=np.intp) if classes is None else classes.astype(np.intp)
    count = int(kind.max(initial=0)) + 1
    weighted = columns if weight is None else [column * weight for column in columns]
    known = cross if count == 1 and weight is None else None
    without = NestedSums(
        n=np.array([n]),
        cross=crosses(columns, weighted, kind, count, known)[None],
        rows=(np.bincount(kind) if count > 1 else np.array([n])).astype(float)[None],
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
    sizes = np.bincount(codes)
    identified(sizes, chain, effects)
    sums = replace(
        without,
        information=_information(codes, sizes, kind, count, weight),
        effects=effects,
        parents=tuple(chain),
        n_groups=tuple(int(effect.sum()) for effect in effects),
    )
    alike = _alike(sums, count * p) if pool else None
    if alike:  # groups of a pattern stand together: then their products need no copies
        order = in_order(alike[0])
        alike = alike[0][order], alike[1]
        codes, sums = place_of(order)[codes], _ordered(sums, order)
    held = len(sizes)
    cells = codes if count == 1 else kind * held + codes
    by_cell = summed(weighted, cells, count * held)
    a = np.moveaxis(by_cell.T.reshape(p, count, held), 0, -1)  # columns still lie together
    between = np.sum(a[:, :, -1].sum(0) ** 2 / sums.information.sum(0))
    sums = replace(sums, a=a[None], between=np.array([between]))
    if alike:
        return _pooled(sums, *alike)
    return sums if pool else replace(sums, innermost=codes)


def _information(
    codes: Codes, sizes: Codes, kind: Codes, count: int, weight: Floats | None
) -> Floats:
    """Sum (c, g) of the weights of each class in each innermost group."""
    if count == 1 and weight is None:
        return sizes.astype(float)[None]
    cells, held = (codes if count == 1 else kind * len(sizes) + codes), count * len(sizes)
    return np.bincount(cells, weights=weight, minlength=held).astype(float).reshape(count, -1)


def _ordered(sums: NestedSums, order: Codes) -> NestedSums:
    """The innermost groups in another order."""
    return replace(
        sums,
        information=sums.information[:, order],
        effects=(sums.effects[0][order], *sums.effects[1:]),
        parents=(*(parent[order] for parent in sums.parents[:1]), *sums.parents[1:]),
    )


def _alike(sums: NestedSums, columns: int) -> tuple[Codes, Floats] | None:
    """Which pattern each innermost group is of, and those; None if pooling is not less to keep.

    Weights make nearly every group a pattern of its own.
    """
    which, patterns = patterns_of(np.vstack([sums.information, sums.effects[0]]).T)
    outer = len(sums.effects[1]) if sums.parents else 1
    return (which, patterns) if len(patterns) * (outer + columns) <= len(which) else None


def pooled_by_pattern(sums: NestedSums) -> NestedSums:
    """The sums with innermost groups pooled by pattern, if that is less to keep and go through."""
    alike = _alike(sums, sums.a.shape[1] * sums.a.shape[3])
    return _pooled(sums, *alike) if alike else sums


def _pooled(sums: NestedSums, which: Codes, patterns: Floats) -> NestedSums:
    outer = len(sums.effects[1]) if sums.parents else 1
    parent = sums.parents[0] if sums.parents else np.zeros_like(which)
    drawn = sums.drawn[0] if sums.drawn else None
    return replace(
        sums,
        pooled=pooled_groups(sums.a, which, patterns, parent, outer, drawn),
        a=sums.a[:, :, :0],
        information=sums.information[:, :0],
        parents=sums.parents[1:],
    )


__all__ = ["Codes", "Floats", "NestedSums", "NotIdentified", "NotNested", "nested_sums"]
