"""Tables before they are files: rows of plain cells, in the order of the file."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from cesp_analysis.arrays import Floats, Ints
from cesp_analysis.simulate.spec_parts import Instrument
from cesp_analysis.streams import stream

Cell = str | int | float | date | None
Row = dict[str, Cell]
Table = list[Row]


def table(columns: Mapping[str, Sequence[Cell]]) -> Table:
    """Rows from columns of equal length."""
    names = list(columns)
    return [dict(zip(names, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def answered(codes: Ints, missing: np.ndarray, instrument: Instrument, code: Cell) -> list[Row]:
    """One row of cells per measurement: codes or the words written for them, `code` if missing."""
    written = instrument.written
    return [
        {
            column: code if gone else written.get(value, value)
            for column, value, gone in zip(instrument.items, row, lost, strict=True)
        }
        for row, lost in zip(codes.tolist(), missing.tolist(), strict=True)
    ]


def unanswered(
    seed: int, level: str, name: str, shape: tuple[int, int], item: float, whole: float = 0.0
) -> np.ndarray:
    """Which items have no answer, shape (n, items): single ones, or all of an instrument."""
    rng = stream(seed, level, "unanswered", name)
    skipped = rng.random((shape[0], 1)) < whole
    return np.asarray((rng.random(shape) < item) | skipped)


def joined(parts: Sequence[Sequence[Row]]) -> Table:
    """Put the columns of several tables of the same rows side by side."""
    return [{k: v for part in rows for k, v in part.items()} for rows in zip(*parts, strict=True)]


def rounded(values: Floats) -> list[Cell]:
    """Whole numbers, as ints."""
    return [int(value) for value in np.rint(values)]
