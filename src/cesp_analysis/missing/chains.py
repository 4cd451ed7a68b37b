"""The state of a batch of chains: standardised tables with their moments, always in step."""

from collections.abc import Sequence

import numpy as np

from cesp_analysis.missing.plan import Plan
from cesp_analysis.missing.recipe import Recipe
from cesp_analysis.missing.target import Target
from cesp_analysis.models.cluster_sums import Codes, Floats

Streams = tuple[np.random.Generator, ...]
"""One stream of random numbers for each chain, which draws from no other."""


def normals(streams: Streams, *shape: int) -> Floats:
    """Standard normal draws (chains, *shape)."""
    return np.stack([stream.standard_normal(shape) for stream in streams])


def uniforms(streams: Streams, *shape: int) -> Floats:
    """Uniform draws on [0, 1) (chains, *shape)."""
    return np.stack([stream.random(shape) for stream in streams])


def chi_squares(streams: Streams, df: float) -> Floats:
    """Chi-squared draws (chains,)."""
    return np.array([stream.chisquare(df) for stream in streams])


def picked(block: Floats, columns: Sequence[int] | Codes) -> Floats:
    """Some columns of (b, k, P), in order in memory: else a product's last digits depend on b."""
    return np.asarray(np.take(block, columns, axis=2))


class Chains:
    """b chains of one group's n people: z (b, n, P), columns [1, table, passive], standardised.

    moments (b, P, P) is z'z. A change of some cells moves it by those rows' products, so that a
    regression costs the rows without an answer and not the table.
    """

    def __init__(self, plan: Plan, recipe: Recipe, streams: Streams) -> None:
        self.plan, self.recipe, self.streams = plan, recipe, streams
        base = len(recipe.columns)
        columns = plan.columns
        self.centre = np.concatenate([[0.0], columns.centre])
        self.scale = np.concatenate([[1.0], columns.scale])
        n = len(columns.z)
        self.z = np.empty((len(streams), n, columns.z.shape[1] + 1))
        self.z[:, :, 0] = 1.0
        self.z[:, :, 1:] = columns.z
        for one in plan.targets:  # answers of others at random, to begin with
            picks = [stream.integers(len(one.raw), size=len(one.gaps)) for stream in streams]
            self.z[:, one.gaps, one.at] = self._standard(one.raw[np.stack(picks)], one.at)
        for number in range(len(recipe.passive)):
            self.z[:, :, base + 1 + number] = self._passive(self.z, number)
        self.moments = self.z.transpose(0, 2, 1) @ self.z
        self.memory: dict[tuple[int, int], tuple[Floats, ...]] = {}

    def _standard(self, raw: Floats, at: int) -> Floats:
        return np.asarray((raw - self.centre[at]) / self.scale[at])

    def _passive(self, block: Floats, number: int) -> Floats:
        """A passive column of rows (b, k, P), standardised."""
        one, names = self.recipe.passive[number], self.recipe.names
        inputs = [names.index(name) + 1 for name in one.inputs]
        raw = block[:, :, inputs] * self.scale[inputs] + self.centre[inputs]
        return self._standard(one.of(raw), len(self.recipe.columns) + 1 + number)

    def opened(self, one: Target) -> tuple[Floats, Floats]:
        """Rows (b, gaps, P) without an answer, and the moments (b, P, P) of the rows with one."""
        block = np.take(self.z, one.gaps, axis=1)
        if len(one.known) < len(one.gaps):
            rest = np.take(self.z, one.known, axis=1)
            return block, rest.transpose(0, 2, 1) @ rest
        return block, self.moments - block.transpose(0, 2, 1) @ block

    def put(self, one: Target, raw: Floats, block: Floats, known: Floats) -> None:
        """Impute raw values (b, gaps) of one target, and what is made of it."""
        base = len(self.recipe.columns) + 1
        block[:, :, one.at] = self._standard(raw, one.at)
        for number in self.plan.derived[one.at]:
            block[:, :, base + number] = self._passive(block, number)
        changed = [one.at, *(base + number for number in self.plan.derived[one.at])]
        new = picked(block, changed)
        self.z[:, one.gaps[:, None], changed] = new
        moved = new.transpose(0, 2, 1) @ block + known[:, changed]
        self.moments[:, changed] = moved
        self.moments[:, :, changed] = moved.transpose(0, 2, 1)

    def unstandard(self, z: Floats, at: int) -> Floats:
        """Standardised values of column `at` in its own unit."""
        return np.asarray(z * self.scale[at] + self.centre[at])

    def wide(self, coef: Floats, predictors: np.ndarray) -> Floats:
        """Coefficients (b, k) of some columns as (b, P, 1) of all."""
        full = np.zeros((len(coef), self.z.shape[2], 1))
        full[:, predictors, 0] = coef
        return full
