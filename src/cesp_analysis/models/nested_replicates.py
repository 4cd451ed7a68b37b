"""The sums of many replicates of a mixed model: outcomes on one design, or clusters drawn anew."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.nested_sums import NestedSums, pooled_by_pattern


class Replicates:
    """What all replicates have in common, and the sums of some of them."""

    def __init__(
        self,
        one: NestedSums,
        basis: Floats,
        groups: Sequence[NDArray[np.integer]],
        classes: NDArray[np.integer] | None,
        weight: Floats | None,
    ) -> None:
        self.one, n = one, len(basis)
        self.kind = np.zeros(n, dtype=np.intp) if classes is None else classes.astype(np.intp)
        self.weight = np.ones(n) if weight is None else weight
        self.weighted = np.ascontiguousarray((basis * self.weight[:, None]).T)
        self.outer = groups[-1].astype(np.intp) if len(groups) else np.zeros(n, dtype=np.intp)
        held = one.a.shape[2]
        self.cells = self.kind * held + (one.innermost if held else 0)
        self.order = np.argsort(self.cells, kind="stable")
        self.inside, starts = np.unique(self.cells[self.order], return_index=True)
        self.starts = starts
        self.basis = basis

    def sums(self, y: Floats, drawn: Floats | None) -> NestedSums:
        """The sums with each outcome of y (r or 1, n), outermost groups as often as drawn."""
        one, (classes, held) = self.one, self.one.a.shape[1:3]
        often = np.ones((1, len(self.outer))) if drawn is None else drawn[:, self.outer]
        r, k = max(len(y), len(often)), one.cross.shape[-1] - 1
        cross = np.empty((r, classes, k + 1, k + 1))
        rows = np.empty((len(often), classes))
        for c in range(classes):
            of = self.kind == c
            rows[:, c] = often[:, of].sum(1)
            cross[:, c, :k, :k] = self._gram(c, of, drawn)
            mine = often[:, of] * y[:, of]
            cross[:, c, :k, k] = cross[:, c, k, :k] = mine @ self.weighted[:, of].T
            cross[:, c, k, k] = (mine * y[:, of]) @ self.weight[of]
        sums = replace(
            one,
            n=np.rint(rows.sum(1)).astype(np.intp).repeat(r // len(rows)),
            cross=cross,
            rows=rows,
            log_weight=(often @ np.log(self.weight)).repeat(r // len(often)),
        )
        if not held:
            return sums
        a = np.empty((len(y), classes, held, k + 1))
        a[..., :k] = one.a[..., :k]
        own = np.zeros((len(y), classes * held))
        own[:, self.inside] = np.add.reduceat((y * self.weight)[:, self.order], self.starts, axis=1)
        a[..., k] = own.reshape(len(y), classes, held)
        levels = self._often(drawn)
        squares = a[..., -1].sum(1) ** 2 / one.information.sum(0)
        between = (squares * levels[0]).sum(1) if levels else squares.sum(1)
        return pooled_by_pattern(replace(sums, a=a, between=between, drawn=levels))

    def _gram(self, c: int, of: NDArray[np.bool_], drawn: Floats | None) -> Floats:
        """X'WX (1 or r, k, k) of one class."""
        k = self.one.cross.shape[-1] - 1
        if drawn is None:
            return self.one.cross[:, c, :k, :k]
        columns, outer, groups = self.basis[of], self.outer[of], drawn.shape[1]
        left = self.weighted[:, of]
        found = np.empty((len(drawn), k, k))
        for i in range(k):
            for j in range(i + 1):
                by_group = np.bincount(outer, weights=left[i] * columns[:, j], minlength=groups)
                found[:, i, j] = found[:, j, i] = drawn @ by_group
        return found

    def _often(self, drawn: Floats | None) -> tuple[Floats, ...]:
        """How often each group of each level counts (r, g)."""
        if drawn is None:
            return ()
        one, found = self.one, list[Floats]()
        above = np.zeros(len(one.effects[-1]), dtype=np.intp)
        code: Codes = one.innermost
        for parent in one.parents:
            code = parent[code]
        above[code] = self.outer
        found.append(drawn[:, above])
        for parent in reversed(one.parents):
            found.append(found[-1][:, parent])
        return tuple(reversed(found))
