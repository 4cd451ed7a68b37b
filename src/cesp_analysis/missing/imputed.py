"""What multiple imputation returns: imputed cells, traces of the chains, notes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.recipe import Recipe
from cesp_analysis.missing.target import Target

SETTLED = 4
"""Fewest iterations of which a half says anything about convergence."""


@dataclass(frozen=True)
class Cells:
    """A column's imputed cells: rows (k,) of the table, values (m, k); parts (m, k, S): of a total
    in parts (in_parts.py) what each of these is."""

    column: str
    rows: Codes
    values: Floats
    parts: Floats | None = None

    def some(self, which: Codes) -> "Cells":
        """Those at places `which`, in this order."""
        parts = None if self.parts is None else self.parts[:, which]
        return replace(self, rows=self.rows[which], values=self.values[:, which], parts=parts)


def side_by_side(cells: Sequence[Cells], axis: int) -> Cells:
    """Cells of one column: of other rows (axis 1), or of more sets of the same rows (axis 0)."""
    parts = [one.parts for one in cells if one.parts is not None]
    return Cells(
        cells[0].column,
        np.concatenate([one.rows for one in cells]) if axis else cells[0].rows,
        np.concatenate([one.values for one in cells], axis=axis),
        np.concatenate(parts, axis=axis) if parts else None,
    )


@dataclass(frozen=True)
class Trace:
    """Mean and SD (iterations, m) of a column's imputed cells in each chain, in one group."""

    column: str
    group: str
    mean: Floats
    sd: Floats

    @property
    def r_hat(self) -> float | None:
        """Gelman and Rubin's potential scale reduction of the later half of the chains' means.

        Near 1: the chains say the same. None with one chain or too few iterations.
        """
        later = self.mean[len(self.mean) // 2 :]
        steps, chains = later.shape
        if chains < 2 or len(self.mean) < SETTLED:
            return None
        within = float(later.var(axis=0, ddof=1).mean())
        between = float(later.mean(axis=0).var(ddof=1))
        if within == 0:
            return 1.0 if between == 0 else None
        return float(np.sqrt((steps - 1) / steps + between / within))


@dataclass(frozen=True)
class Note:
    """What was done about a column in a group ("" is everybody), in one sentence.

    weighty: it concerns every estimate that uses what was imputed in the column.
    """

    column: str
    group: str
    text: str
    weighty: bool = False


@dataclass(frozen=True)
class Imputations:
    """m imputed sets of n people.

    observed (n, p): the table; cells: what was imputed. refused: columns that keep gaps although
    they were to be imputed, and why: an analysis that needs them has no answer. monotone: groups in
    which one pass was enough. targets: group → its columns that were drawn here, with the model of
    each; not those of sets that were given. first: number of the first of the sets, whose random
    numbers depend on seed, group and number alone.
    """

    recipe: Recipe
    observed: Floats
    cells: tuple[Cells, ...]
    traces: tuple[Trace, ...]
    warnings: tuple[Note, ...]
    refused: tuple[Note, ...]
    monotone: tuple[str, ...]
    targets: Mapping[str, tuple[Target, ...]]
    m: int
    seed: int
    first: int

    def completed(self, number: int) -> Floats:
        """Set `number` (0 to m - 1): the table's columns, then the passive ones (n, p + q)."""
        table = self.observed.copy()
        names = self.recipe.names
        for cells in self.cells:
            table[cells.rows, names.index(cells.column)] = cells.values[number]
        columns = list(table.T)
        for one in self.recipe.passive:
            columns.append(one.of(np.stack([columns[names.index(n)] for n in one.inputs], -1)))
        return np.column_stack(columns)


def extended(one: Imputations, more: Imputations) -> Imputations:
    """All sets of both: `more` was made of the same table, recipe and seed, from where `one` ends.

    Traces are both's side by side; notes are those of `more`, made anew with it.
    """
    if (more.seed, more.first) != (one.seed, one.first + one.m):
        raise ValueError("the sets to add do not follow those there are")
    cells = tuple(side_by_side(both, axis=0) for both in zip(one.cells, more.cells, strict=True))
    traces = tuple(
        replace(own, mean=np.hstack([own.mean, new.mean]), sd=np.hstack([own.sd, new.sd]))
        for own, new in zip(one.traces, more.traces, strict=True)
    )
    return replace(one, cells=cells, traces=traces, warnings=more.warnings, m=one.m + more.m)
