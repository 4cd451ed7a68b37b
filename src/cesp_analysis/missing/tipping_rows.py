"""Rows of tipping.csv and tipping_points.csv: one estimate over the plane of shifts."""

from typing import Any

import numpy as np

from cesp_analysis.columns import Row
from cesp_analysis.missing.deltas import SEARCHED
from cesp_analysis.missing.pushed import Pushed
from cesp_analysis.missing.tipping import (
    COARSE,
    COARSE_SETS,
    Coarse,
    Exact,
    coarse,
)
from cesp_analysis.missing.tipping_points import tipping_point
from cesp_analysis.missing.tipping_words import (
    EXACTLY,
    NO_DIFFERENCE,
    RAYS,
    important_reading,
    tipping_sentence,
)

POINT_BY_POINT = (
    f"{COARSE} by {COARSE} points: as imputed by fits to all sets, elsewhere to the first"
    f" {COARSE_SETS}"
)


def tipping_rows(pushed: Pushed, points: int) -> tuple[list[Row], list[Row], str]:
    """The grid and the tipping points, or why there are none."""
    size, analysis = pushed.size, pushed.analysis
    if isinstance(size, str) or pushed.lost:
        return [], [], pushed.lost or str(size)
    plane: Exact | Coarse | str | None = pushed.plane
    side, far, how = np.linspace(-size.most, size.most, points), SEARCHED * size.sd, EXACTLY
    if not analysis.linear:
        plane = coarse(analysis, pushed.estimate, size.most, pushed.as_imputed)
        side, far, how = np.linspace(-size.most, size.most, COARSE), size.most, POINT_BY_POINT
    if plane is None:
        return [], [], pushed.at(size.step, 0.0).reason
    if isinstance(plane, str):
        return [], [], plane
    return _grid(pushed, plane, side, how), _points(pushed, plane, far, how), ""


def _start(pushed: Pushed) -> Row:
    row = pushed.row
    return {"estimate_id": pushed.estimate, "outcome": row.outcome, "time": row.time}


def none_of(pushed: Pushed) -> float:
    """No difference: 1 of a ratio, else 0."""
    return 1.0 if pushed.row.unit == "ratio" else 0.0


def _grid(pushed: Pushed, plane: Any, side: Any, how: str) -> list[Row]:
    assert not isinstance(pushed.size, str)
    side = np.where(np.abs(side) < 1e-12 * pushed.size.most, 0.0, side)  # linspace's rounding
    a, b = (one.ravel() for one in np.meshgrid(side, side, indexing="ij"))
    found, none = plane(a, b), none_of(pushed)
    held = (found.low <= none) & (none <= found.high)
    return [
        _start(pushed)
        | {
            "unit": pushed.unit,
            "shift_intervention": float(a[g]),
            "shift_control": float(b[g]),
            "estimate": float(found.estimate[g]),
            "std_error": float(found.std_error[g]),
            "df": float(found.df[g]) if np.isfinite(found.df[g]) else None,
            "ci_low": float(found.low[g]),
            "ci_high": float(found.high[g]),
            "ci_level": pushed.row.ci_level,
            "none": none,
            "holds_none": "yes" if held[g] else "no",
            "sd": pushed.size.sd,
            "computed": how,
        }
        for g in range(len(a))
    ]


def _points(pushed: Pushed, plane: Any, far: float, how: str) -> list[Row]:
    size = pushed.size
    assert not isinstance(size, str)
    values = {"none": (none_of(pushed), NO_DIFFERENCE)}
    outcome = pushed.analysis.spec.context.outcomes[pushed.analysis.outcome]
    if size.mid is not None and pushed.row.unit == outcome.unit and outcome.direction != "neither":
        value = -size.worse * size.mid
        values["mid"] = (value, important_reading(value, pushed.decimals))
    rows = []
    for of, (value, read) in values.items():
        for along in RAYS:
            point = tipping_point(plane, value, along, far)
            shifts = point.shifts or (None, None)
            rows.append(
                _start(pushed)
                | {
                    "of": of,
                    "value": value,
                    "along": along,
                    "held": "yes" if point.inside else "no",
                    "shift_intervention": shifts[0],
                    "shift_control": shifts[1],
                    "in_sd": None if point.shift is None else abs(point.shift) / size.sd,
                    "searched": far,
                    "unit": pushed.unit,
                    "computed": how,
                    "sentence": tipping_sentence(
                        point, read, pushed.unit, pushed.decimals, size.sd, pushed.names
                    ),
                }
            )
    return rows
