"""Sums for random effects that differ between times: slopes, and neighbourhoods at each time.

Every effect is a combination of functions of the study's times, so the rows count only by the
column sums of each person at each time. People with the same weights at the same times are alike in
everything but those sums and are pooled by pattern, and by neighbourhood where that has an effect:
the criterion then costs patterns × times² and neighbourhoods × times, however many people there
are. What is made of them at given variances is in over_time_absorbed.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.nested_codes import NotIdentified, nested_codes, patterns_of
from cesp_analysis.models.nested_totals import crosses, summed


@dataclass(frozen=True)
class Effects:
    """The random effects of one level's groups.

    codes (n,): a row's group, below 0 for none; basis (t, q): q functions of the t times; parts
    (m, q, q): the effects' covariance is the sum of these, each by a variance ratio of its own.
    """

    codes: NDArray[np.integer]
    basis: Floats
    parts: Floats


@dataclass(frozen=True)
class TimeSums:
    """What the criterion needs of n rows at t times, p columns z = [X y], c residual classes.

    n (1,), cross (1, c, p, p), rows (1, c), log_weight (1,), between (1,): as in `NestedSums`.
    Innermost groups by pattern (s): information (s, t) their weights at each time, 0 where there is
    no answer; kind (s, t) the class; effect (s,); groups (s,) how many; products (1, s, t, t, p, p)
    sums of a a' over them, or None where patterns are single groups. Units (u), the groups of a
    pattern in one group of the next level: a (1, u, t, p) sums, pattern (u,), parent (u,), often
    (u,). effects: of each level's groups; parents: from the second level on; bases, parts: of
    `Effects`; n_groups: of each ratio; shape: how many ratios of effects, and classes.
    """

    n: NDArray[np.intp]
    cross: Floats
    rows: Floats
    log_weight: Floats
    between: Floats
    information: Floats
    kind: Codes
    effect: Floats
    groups: Floats
    products: Floats | None
    a: Floats
    pattern: Codes
    parent: Codes
    often: Floats
    effects: tuple[Floats, ...]
    parents: tuple[Codes, ...]
    bases: tuple[Floats, ...]
    parts: tuple[Floats, ...]
    n_groups: tuple[int, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """How many ratios of effects and classes of residual variance."""
        return sum(map(len, self.parts)), self.rows.shape[1]

    def mapped(self, to_basis: Floats) -> "TimeSums":
        """The sums of [X @ to_basis, y] from those of [X, y]."""
        change = np.eye(len(to_basis) + 1)
        change[:-1, :-1] = to_basis
        products = None if self.products is None else change.T @ self.products @ change
        return replace(
            self, cross=change.T @ self.cross @ change, a=self.a @ change, products=products
        )


def time_sums(
    columns: Sequence[Floats],
    levels: Sequence[Effects],
    time: NDArray[np.integer],
    classes: NDArray[np.integer] | None = None,
    weight: Floats | None = None,
    cross: Floats | None = None,
) -> TimeSums:
    """Sum p columns (n,), y last, by the nested groups of `levels`, innermost first, and time (n,).

    classes, weight, cross: as in `nested_sums`; rows of a group at one time must share a class.
    Raises ValueError, NotNested, NotIdentified.
    """
    n, p, times = len(columns[0]), len(columns), len(levels[0].basis)
    kind = np.zeros(n, dtype=np.intp) if classes is None else classes.astype(np.intp)
    share = np.ones(n) if weight is None else weight
    weighted = columns if weight is None else [column * weight for column in columns]
    codes, chain, effects = nested_codes([level.codes for level in levels])
    held, count = len(effects[0]), int(kind.max()) + 1
    known = cross if count == 1 and weight is None else None
    cells = codes * times + time
    a = summed(weighted, cells, held * times).reshape(held, times, p)
    information = np.bincount(cells, weights=share, minlength=held * times).reshape(held, times)
    kinds = np.zeros(held * times, dtype=np.intp)
    kinds[cells] = kind
    if not np.array_equal(kinds[cells], kind):
        raise ValueError("a group has two classes of residual variance at one time")
    _told_apart(levels, codes, chain, effects, time)
    key = np.column_stack([information, kinds.reshape(held, times), effects[0]])
    which, patterns = patterns_of(key)
    pool = len(patterns) * times * p <= held
    parent = chain[0] if chain else np.zeros(held, dtype=np.intp)
    unit, often = np.arange(held), np.ones(held)
    pattern, products, by_unit = which, None, a
    if pool:
        cell = which * (int(parent.max()) + 1) + parent
        units, unit = np.unique(cell, return_inverse=True)
        often = np.bincount(unit).astype(float)
        pattern, parent = np.divmod(units, int(parent.max()) + 1)
        products = _products(a, which, len(patterns))[None]
        by_unit = summed(a.reshape(held, -1).T, unit, len(units)).reshape(-1, times, p)
    else:
        patterns, pattern = key, np.arange(held)
    return TimeSums(
        n=np.array([n]),
        cross=crosses(columns, weighted, kind, count, known)[None],
        rows=np.bincount(kind, minlength=count).astype(float)[None],
        log_weight=np.array([np.log(share).sum()]),
        between=np.array([(a[..., -1].sum(1) ** 2 / information.sum(1)).sum()]),
        information=patterns[:, :times],
        kind=patterns[:, times:-1].astype(np.intp),
        effect=patterns[:, -1],
        groups=np.bincount(which).astype(float) if pool else np.ones(held),
        products=products,
        a=by_unit[None],
        pattern=pattern,
        parent=parent,
        often=often,
        effects=effects,
        parents=tuple(chain[1:]),
        bases=tuple(level.basis for level in levels),
        parts=tuple(level.parts for level in levels),
        n_groups=tuple(
            int(effect.sum())
            for effect, level in zip(effects, levels, strict=True)
            for _ in level.parts
        ),
    )


def _products(a: Floats, which: Codes, patterns: int) -> Floats:
    """Sums (s, t, t, p, p) over a pattern's groups of products of their sums a (g, t, p)."""
    _, times, p = a.shape
    found = np.empty((patterns, times, times, p, p))
    for at in range(patterns):
        rows = a[which == at].reshape(-1, times * p)
        found[at] = np.swapaxes((rows.T @ rows).reshape(times, p, times, p), 1, 2)
    return found


def _told_apart(
    levels: Sequence[Effects],
    codes: Codes,
    chain: list[Codes],
    effects: tuple[Floats, ...],
    time: NDArray[np.integer],
) -> None:
    """NotIdentified for a level each of whose groups holds one unit of the level below.

    An effect of each time is not told from what is below where each group has one row at a time.
    """
    below, at = codes, codes
    for level, (own, effect) in enumerate(zip(levels, effects, strict=True)):
        times = len(own.basis)
        most = int(np.bincount(below, minlength=len(effect))[effect > 0].max(initial=0))
        if times > 1 and np.array_equal(own.basis, np.eye(times)):
            most = min(most, int(np.bincount(at * times + time).max()))
        if most <= 1:
            raise NotIdentified(level)
        if level < len(chain):
            below, at = chain[level], chain[level][at]
