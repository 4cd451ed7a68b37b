"""Intervals of kind `group_time` that hold together, and what else the kind knows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.group_time_plan import Average, Cell
from cesp_analysis.models.group_time_sums import Parts, critical_value
from cesp_analysis.models.results import Estimate
from cesp_analysis.models.student import t_interval, t_p_value
from cesp_analysis.streams import stream

if TYPE_CHECKING:
    from cesp_analysis.models.group_time import GroupTime


@dataclass(frozen=True)
class Behind:
    """Who stands behind a group-time effect.

    records (k,): places in the frame; treated, others: codes of sites on either side; n: units on
    either side; sides: who, and when where people differ each time → the units (k,); same: a
    sentence for each side whose changes (or answers) are all the same.
    """

    records: Codes
    treated: Codes
    others: Codes
    n: tuple[int, int]
    sides: dict[str, Codes]
    same: tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """A group-time effect that has an estimate of its own: its parts by cluster."""

    behind: Behind
    parts: Parts


@dataclass(frozen=True)
class Lost:
    """Why a group-time effect has no estimate, and what is made of it has none either.

    refused: whether asking was a mistake of design; unheld: why there is no such comparison
    whoever answers, or nobody of the group at all: then the average of the others stands, and says
    without whom it is; '' where there is one.
    """

    behind: Behind
    reason: str
    refused: bool = False
    unheld: str = ""


Found = dict[Cell, Known | Lost]
"""Each cell with its effect, or why it has none."""


@dataclass(frozen=True)
class Made:
    """A row, which average it is, and each cluster's part (c,) in its error, None without one."""

    row: Estimate
    average: Average
    scaled: Floats | None = None
    known: Parts | None = None


def with_joint(
    spec: "GroupTime", outcome: str, made: Sequence[Made]
) -> tuple[list[Estimate], dict[str, float]]:
    """The rows with intervals that hold together, and the critical value of each set of them."""
    values: dict[str, float] = {}
    context = spec.context
    for of in dict.fromkeys(one.average.of for one in made):
        own = [one.scaled for one in made if one.average.of == of and one.scaled is not None]
        if len(own) > 1 and context.seed is not None:
            rng = stream(context.seed, "group_time", context.model, outcome, of)
            parts = np.column_stack(own)
            values[of] = critical_value(parts, context.ci_level, spec.draws, spec.multiplier, rng)
    rows = [
        _joint(one.row, values[one.average.of])
        if one.scaled is not None and one.average.of in values
        else one.row
        for one in made
    ]
    return rows, values


def _joint(row: Estimate, value: float) -> Estimate:
    """The row with its simultaneous interval: that of a t at the level that the value has in a
    normal, so that few clusters widen it as they widen the other; never narrower than that."""
    level = max(1 - t_p_value(value, 1.0, np.inf), row.ci_level)
    low, high = t_interval(float(row.estimate or 0), float(row.std_error or 0),
                           float(row.df or 0), level)  # fmt: skip
    return replace(row, ci_low_joint=low, ci_high_joint=high)


def diagnostics_of(
    spec: "GroupTime", found: Found, made: Sequence[Made], values: dict[str, float]
) -> dict[str, Any]:
    """Every group-time effect, and large-sample errors of the rows."""
    moments = spec.moments()
    cells: dict[str, Any] = {}
    for cell, one in found.items():
        known: dict[str, Any] = {"reason": one.reason} if isinstance(one, Lost) else {
            "estimate": one.parts.estimate,
            "std_error_large_sample": one.parts.large_sample_error,
            "n_treated": one.behind.n[0],
            "n_compared": one.behind.n[1],
        }  # fmt: skip
        known["base"] = moments[cell.base].name
        cells.setdefault(f"from_{moments[cell.group].name}", {})[moments[cell.time].name] = known
    errors = {
        one.average.tail or "overall": one.known.large_sample_error
        for one in made
        if one.known is not None
    }
    return {
        "level": spec.level,
        "group_time": cells,
        "std_error_large_sample": errors,
        "critical_value": values,
    }
