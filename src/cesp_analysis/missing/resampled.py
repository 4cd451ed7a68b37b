"""Bootstrap samples that are completed, batch by batch: chains whose rows are their own."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Bools, Codes, Floats
from cesp_analysis.missing.chains import Chains
from cesp_analysis.missing.draws import rounds
from cesp_analysis.missing.grouped import Clusters
from cesp_analysis.missing.imputed import Note
from cesp_analysis.missing.recipe import Recipe
from cesp_analysis.missing.sampled import Samples, alike

AT_ONCE = 8e6
"""Bytes of a batch's tables by default: the least time of 1.5e6 to 24e6, measured on two cores at
once; small batches pay for calls, large ones for memory."""
UNSOLVED = "the equations of imputation have no solution in the computer's numbers"
Analysis = Callable[[Floats, Codes], Floats]
"""Completed tables (s, m, n, p + q), who their rows are (s, n) → estimates (s, m) or (s, m, k)."""


@dataclass(frozen=True)
class Failed:
    """A sample that is not imputed, its group, and why."""

    number: int
    group: str
    reason: str


@dataclass(frozen=True)
class Completed:
    """Samples numbers (s,), completed: tables (s, m, n, p + q), the passive columns last; row j of
    a sample is the person rows[number, j]. failed: samples that turned out to have no solution."""

    numbers: Codes
    tables: Floats
    failed: tuple[Failed, ...]


@dataclass(frozen=True)
class Part:
    """A group that is imputed apart: its code and label, where its people stand in each sample
    (B, n_g), and its samples; clusters: of their rows, or None."""

    code: int
    label: str
    places: Codes
    samples: Samples
    clusters: Clusters | None


@dataclass(frozen=True)
class Resampled:
    """B samples rows (B, n) of the people of a table (N, p), to be imputed m times each.

    failed: samples that cannot be imputed; blank (N, p): cells that stay gaps, with the columns
    that are refused.
    """

    values: Floats
    recipe: Recipe
    rows: Codes
    m: int
    seed: int
    parts: tuple[Part, ...]
    blank: Bools
    failed: tuple[Failed, ...]
    warnings: tuple[Note, ...]
    refused: tuple[Note, ...]

    def completed(self, batches: Iterable[Codes] | None = None) -> Iterator[Completed]:
        """Completed samples, those of a batch at once (by default of all `batches`), and those that
        have failed on the way."""
        for numbers in self.batches() if batches is None else batches:
            yield from self._solved(numbers)

    def batches(self, at_once: int | None = None) -> Iterator[Codes]:
        """Numbers of the samples that are completed at once, so many: in the same batch a sample's
        numbers are the same to the last digit, whoever completes the other batches."""
        lost = {one.number for one in self.failed}
        live = np.array([b for b in range(len(self.rows)) if b not in lost], dtype=int)
        occurring = np.concatenate([one.samples.occurring() for one in self.parts], axis=1)
        size = 8 * self.m * self.rows.shape[1] * (len(self.recipe.names) + 1)
        step = at_once or max(1, int(AT_ONCE // max(size, 1)))
        for same in alike(occurring, live):
            for start in range(0, len(same), step):
                yield same[start : start + step]

    def _solved(self, numbers: Codes) -> Iterator[Completed]:
        """Of some samples; one by one where the equations of any have no solution."""
        try:
            tables, finite = self._tables(numbers)
        except np.linalg.LinAlgError:
            if len(numbers) > 1:
                for number in numbers:
                    yield from self._solved(np.array([number]))
                return
            tables, finite = np.empty((1, *self._shape)), np.zeros(1, dtype=bool)
        failed = tuple(Failed(int(b), "", UNSOLVED) for b in numbers[~finite])
        yield Completed(numbers[finite], tables[finite], failed)

    @property
    def _shape(self) -> tuple[int, int, int]:
        return self.m, self.rows.shape[1], len(self.recipe.names)

    def _tables(self, numbers: Codes) -> tuple[Floats, Bools]:
        """Tables (s, m, n, p + q), and in which (s,) all that was imputed is finite."""
        chains, n = len(numbers) * self.m, self.rows.shape[1]
        people = np.repeat(self.rows[numbers], self.m, axis=0)
        made = np.empty((chains, n + 1, len(self.recipe.names)))  # the last row is nobody's
        made[:, :n, : self.values.shape[1]] = self.values[people]
        finite = np.ones(chains, dtype=bool)
        for part in self.parts:
            places = np.repeat(part.places[numbers], self.m, axis=0)
            places = np.column_stack([places, np.full(chains, n)])
            for at, gaps, raw in _drawn(self, part, numbers):
                made[np.arange(chains)[:, None], np.take_along_axis(places, gaps, 1), at] = raw
                finite &= np.isfinite(raw).all(axis=1)
        made = made[:, :n]
        if self.blank.any():
            made[:, :, : self.values.shape[1]][self.blank[people]] = np.nan
        names, base = self.recipe.names, len(self.recipe.columns)
        for number, one in enumerate(self.recipe.passive):
            made[:, :, base + number] = one.of(made[:, :, [names.index(i) for i in one.inputs]])
        whole = np.asarray(finite.reshape(-1, self.m).all(axis=1))
        return made.reshape(-1, *self._shape), whole


def _drawn(all_of: Resampled, part: Part, numbers: Codes) -> list[tuple[int, Codes, Floats]]:
    """Of one group: column, gaps (b, k) and what was drawn last (b, k)."""
    plan = part.samples.plan
    if not plan.targets:
        return []
    streams = tuple(
        np.random.default_rng(np.random.SeedSequence(all_of.seed, spawn_key=(part.code, b, i)))
        for b in numbers.tolist()
        for i in range(all_of.m)
    )
    clusters = part.clusters
    if clusters is not None:
        clusters = Clusters(np.repeat(clusters.codes[numbers], all_of.m, axis=0), clusters.number)
    chains = Chains(
        plan, all_of.recipe, streams, clusters,
        people=np.repeat(part.samples.people[numbers], all_of.m, axis=0),
        targets=part.samples.targets(numbers, all_of.m),
    )  # fmt: skip
    drawn = rounds(chains, plan.rounds(all_of.recipe))
    last = {one.column.name: (one.gaps, raw) for one, raw in drawn}
    names = all_of.recipe.names
    return [(names.index(name), gaps, raw) for name, (gaps, raw) in last.items()]
