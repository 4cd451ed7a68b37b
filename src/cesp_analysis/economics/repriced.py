"""What a price moves: of each person what is known of its service, and what was imputed of it."""

from collections.abc import Mapping

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.economics.frame import Frame
from cesp_analysis.missing.imputed import Imputations


def rises_of(frame: Frame, made: Imputations, by: Mapping[str, float]) -> Floats | None:
    """What the columns of costs (m, n, p) of each completed table rise by where services cost a
    multiple (service → multiple): their parts, known and as they were drawn, times multiple - 1.
    No draw is another, so that all services at a multiple are the whole at it, and services apart
    add up. What the intervention took and is known rises with its own frame (Frame.took). None
    where no price is another."""
    if not by:
        return None
    found = np.zeros((made.m, *frame.table.shape))
    cells = {one.column: one for one in made.cells}
    for at, column in enumerate(frame.equations.columns):
        parts = frame.equations.in_parts.get(column.name)
        if parts is None:
            continue
        more = np.array([by.get(name, 1.0) - 1.0 for name in parts.names])
        moved = np.flatnonzero(more)  # of others no last digit
        if not len(moved):
            continue
        there = np.isfinite(frame.table[:, at])
        found[:, there, at] = parts.known[np.ix_(there, moved)] @ more[moved]
        if (drawn := cells.get(column.name)) is not None and drawn.parts is not None:
            found[:, drawn.rows, at] = drawn.parts[:, :, moved] @ more[moved]
    return found
