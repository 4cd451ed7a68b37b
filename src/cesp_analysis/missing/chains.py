"""The state of a batch of chains: standardised tables with their moments, always in step."""

from collections.abc import Sequence

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.chance import Streams
from cesp_analysis.missing.gathered import gathered
from cesp_analysis.missing.grouped import Clusters
from cesp_analysis.missing.imputed import Cells
from cesp_analysis.missing.levels import Sums, without_levels
from cesp_analysis.missing.parts_now import PartsNow
from cesp_analysis.missing.plan import Plan
from cesp_analysis.missing.recipe import Recipe
from cesp_analysis.missing.target import Target

EVERYBODY = 0
"""The constant's place, among those of targets: whose gaps sums of everybody are of."""


def picked(block: Floats, columns: Sequence[int] | Codes) -> Floats:
    """Some columns of (b, k, P), in order in memory: else a product's last digits depend on b."""
    return np.asarray(np.take(block, columns, axis=2))


class Chains:
    """b chains of one group's n people: z (b, n, P), columns [1, table, passive], standardised.

    moments (b, P, P) is z'z. A change of some cells moves it by those rows' products, so that a
    regression costs the rows without an answer and not the table. people (b, n): who a chain's rows
    are, of those of the plan; None: all of them in order. targets: the plan's, or those of people,
    which may have gaps in one chain that another lacks; z has then one more row, of zeros, which
    counts for nothing in any product. completed: cells that were drawn before (values (b, k)).
    parts: total in parts → all of them.
    """

    def __init__(
        self,
        plan: Plan,
        recipe: Recipe,
        streams: Streams,
        clusters: Clusters | None = None,
        people: Codes | None = None,
        targets: tuple[Target, ...] | None = None,
        completed: Sequence[Cells] = (),
    ) -> None:
        own = plan.targets if targets is None else targets
        plan, recipe, self.targets, levels = without_levels(plan, recipe, own)
        self.plan, self.recipe, self.streams, self.clusters = plan, recipe, streams, clusters
        self.people, self.parts = people, dict[str, PartsNow]()
        self.levels = None if levels is None else levels.of(people)
        base = len(recipe.columns)
        columns = plan.columns
        self.centre = np.concatenate([[0.0], columns.centre])
        self.scale = np.concatenate([[1.0], columns.scale])
        n = len(columns.z) if people is None else people.shape[1]
        spare = people is not None and any(
            one.filled is not None or one.lacking_parts for one in self.targets
        )
        self.z = np.zeros((len(streams), n + spare, columns.z.shape[1] + 1))
        self.starts = np.arange(len(streams))[:, None] * (n + spare)
        self.z[:, :n, 0] = 1.0
        self.z[:, :n, 1:] = columns.z if people is None else columns.z[people]
        for cells in completed:
            at = recipe.names.index(cells.column) + 1
            self.z[:, cells.rows, at] = self.standard(cells.values, at)
        for one in self.targets:  # answers of others at random, to begin with
            if one.lacking_parts:  # it is as usual
                continue
            self._put(one, [one.at], self.standard(self._begun(one), one.at)[:, :, None])
        for number in range(len(recipe.passive)):
            self.z[:, :n, base + 1 + number] = self._passive(self.z[:, :n], number)
        self.moments = self.z.transpose(0, 2, 1) @ self.z
        self.memory: dict[tuple[int, int], tuple[Floats, ...]] = {}
        self.by_level: dict[int, Sums] = {}
        self.givers: dict[tuple[int, ...], tuple[Floats, Floats]] = {}
        self.sums = self.known_sums = self._all_sums()

    def _begun(self, one: Target) -> Floats:
        """Answers (b, gaps) of anybody."""
        b = len(self.streams)
        picks = np.zeros((b, one.gaps.shape[-1]), dtype=int)
        counts = zip(one.answers(b).tolist(), one.lacking(b).tolist(), strict=True)
        for row, stream, (answers, gaps) in zip(picks, self.streams, counts, strict=True):
            row[:gaps] = stream.integers(answers, size=gaps)
        return self.answers(one, picks)

    def _each(self, rows: Codes) -> Codes:
        """Rows (k,) or (b, k) as (b, k)."""
        return np.broadcast_to(rows, (len(self.streams), rows.shape[-1]))

    def answers(self, one: Target, places: Codes) -> Floats:
        """Answers (b, k) to a target at places (b, k) among those of a chain who answered."""
        if one.raw.ndim == 1:
            return np.asarray(one.raw[places])
        return gathered(one.raw, places)

    def whose(self, rows: Codes) -> Codes:
        """Who of the plan's people stands at rows (k,) or (b, k) of chains: (b, k); of nobody's
        row the first."""
        if self.people is None:
            return self._each(rows)
        own = self._each(rows)
        there = own < self.people.shape[1]
        return np.where(there, gathered(self.people, np.where(there, own, 0)), 0)

    def rows(self, index: Codes) -> Floats:
        """Rows (b, k, P) at an index (k,), or (b, k) of each chain's own."""
        if index.ndim == 1:
            return np.take(self.z, index, axis=1)
        return np.take(self.z.reshape(-1, self.z.shape[2]), index + self.starts, axis=0)

    def standard(self, raw: Floats, at: int) -> Floats:
        """Values in a column's unit, standardised as column `at` is."""
        return np.asarray((raw - self.centre[at]) / self.scale[at])

    def _passive(self, block: Floats, number: int) -> Floats:
        """A passive column of rows (b, k, P), standardised."""
        one, names = self.recipe.passive[number], self.recipe.names
        inputs = [names.index(name) + 1 for name in one.inputs]
        raw = block[:, :, inputs] * self.scale[inputs] + self.centre[inputs]
        return self.standard(one.of(raw), len(self.recipe.columns) + 1 + number)

    def passive(self, number: int, raw: Floats) -> Floats:
        """What a passive column of one input makes of raw values (b, k), standardised."""
        at = len(self.recipe.columns) + 1 + number
        return self.standard(self.recipe.passive[number].of(raw[..., None]), at)

    def _all_sums(self) -> Floats:
        """Sums of everybody by exclusive group (b, J, P)."""
        if self.levels is None:
            return np.zeros((len(self.streams), 0, self.z.shape[2]))
        return self.sums_of_all(self.z)

    def sums_of_all(self, block: Floats) -> Floats:
        """Sums of rows (b, n, P) of everybody by exclusive group (b, J, P)."""
        assert self.levels is not None
        if EVERYBODY not in self.by_level:
            rows = np.arange(self.z.shape[1])
            self.by_level[EVERYBODY] = self.levels.sums(rows, len(self.z))
        return self.by_level[EVERYBODY](block)

    def _gap_sums(self, one: Target, block: Floats) -> Floats:
        """Sums of rows (b, gaps, ...) without an answer by exclusive group."""
        if self.levels is None:
            return np.zeros((len(block), 0, block.shape[2]))
        if one.at not in self.by_level:
            self.by_level[one.at] = self.levels.sums(one.gaps, len(block))
        return self.by_level[one.at](block)

    def opened(self, one: Target) -> tuple[Floats, Floats]:
        """Rows (b, gaps, P) without an answer, and the moments (b, P, P) of the rows with one."""
        block = self.rows(one.gaps)
        if one.known.shape[-1] < one.gaps.shape[-1] or self._others(one):
            rest = self.rows(one.known)
            if self.levels is not None:
                self.known_sums = self.levels.sums(one.known, len(rest))(rest)
            return block, rest.transpose(0, 2, 1) @ rest
        self.known_sums = self.sums - self._gap_sums(one, block)
        return block, self.moments - block.transpose(0, 2, 1) @ block

    def _others(self, one: Target) -> bool:
        """Whether some who answered a target are not in its model."""
        if one.lacking_parts or one.leaves_out:
            return True
        return bool(one.known.shape[-1] + one.gaps.shape[-1] < self.z.shape[1])

    def put(self, one: Target, raw: Floats, block: Floats, known: Floats) -> None:
        """Impute raw values (b, gaps) of one target, and what is made of it."""
        base = len(self.recipe.columns) + 1
        block[:, :, one.at] = self.standard(raw, one.at)
        for number in self.plan.derived[one.at]:
            block[:, :, base + number] = self._passive(block, number)
        changed = [one.at, *(base + number for number in self.plan.derived[one.at])]
        new = self._put(one, changed, picked(block, changed))
        if self._others(one):
            self.moments, self.sums = self.z.transpose(0, 2, 1) @ self.z, self._all_sums()
            return
        moved = new.transpose(0, 2, 1) @ block + known[:, changed]
        self.moments[:, changed] = moved
        self.moments[:, :, changed] = moved.transpose(0, 2, 1)
        self.sums[:, :, changed] = self.known_sums[:, :, changed] + self._gap_sums(one, new)

    def _put(self, one: Target, changed: list[int], new: Floats) -> Floats:
        """Put columns (b, gaps, k) in their places; nobody's row stays 0, as it is returned."""
        if one.gaps.ndim == 1:
            self.z[:, one.gaps[:, None], changed] = new
            return new
        if one.filled is not None:
            new = new * one.filled[:, :, None]
        flat = self.z.reshape(-1, self.z.shape[2])
        flat[(one.gaps + self.starts)[:, :, None], changed] = new
        return new

    def predicted(self, one: Target, block: Floats, rows: Codes, coef: Floats) -> Floats:
        """Linear predictors (b, k) of rows (b, k, P), which stand at `rows`: coefficients (b, q) of
        a model's predictors, then of its exclusive groups."""
        k = len(one.predictors)
        mean = (block @ self.wide(coef[:, :k], one.predictors))[:, :, 0]
        if self.levels is None or not len(one.levels):
            return np.asarray(mean)
        return np.asarray(mean + self.levels.values(coef[:, k:], one.levels, rows))

    def design(self, one: Target, block: Floats, rows: Codes, slopes: Codes) -> Floats:
        """Columns `slopes` of rows (b, k, P), which stand at `rows`, then 0 and 1 for each
        exclusive group of a model (b, k, q)."""
        x = picked(block, slopes)
        if self.levels is None or not len(one.levels):
            return x
        more = self.levels.indicators(one.levels, rows, len(x))
        return np.concatenate([x, more], axis=2)

    def spread(self, one: Target, slopes: Codes) -> Floats:
        """SDs of the design's columns, which priors hold slopes by: 1 of standardised ones."""
        own = np.zeros(0) if self.levels is None else self.levels.scale[one.levels]
        return np.concatenate([np.ones(len(slopes)), own])

    def unstandard(self, z: Floats, at: int) -> Floats:
        """Standardised values of column `at` in its own unit."""
        return np.asarray(z * self.scale[at] + self.centre[at])

    def wide(self, coef: Floats, predictors: np.ndarray) -> Floats:
        """Coefficients (b, k) of some columns as (b, P, 1) of all."""
        full = np.zeros((len(coef), self.z.shape[2], 1))
        full[:, predictors, 0] = coef
        return full
