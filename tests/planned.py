"""What tests of planning share: scenarios, values of tests/reference/planning_analytic.R."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.planning.layouts import (
    Layout,
    batched,
    before_after,
    crossover,
    parallel_baseline,
    parallel_post,
    staircase,
    stepped_wedge,
)
from cesp_analysis.planning.precision import Model
from cesp_analysis.planning.scenarios import Scenarios

ROOT = Path(__file__).resolve().parents[1]
REFERENCE: dict[str, Any] = json.loads(
    (ROOT / "tests" / "reference" / "planning_analytic.json").read_text(encoding="utf-8")
)
FITS: dict[str, Any] = json.loads(
    (ROOT / "tests" / "reference" / "planning_fits.json").read_text(encoding="utf-8")
)
"""What tests/reference/planning_fits.R found in trials it drew and fitted."""


def hole() -> NDArray[np.bool_]:
    """Cells (4, 5) that the incomplete wedge of the R script leaves out."""
    cells = np.zeros((4, 5), dtype=bool)
    cells[0, 4] = cells[3, 0] = cells[1, 2] = True
    return cells


def without(layout: Layout, cells: NDArray[np.bool_]) -> Layout:
    """The layout with cells (sequences, periods) that nobody measures."""
    return replace(layout, treated=np.where(cells, np.nan, layout.treated))


LAYOUTS: dict[str, Layout] = {
    "parallel_post": parallel_post(),
    "parallel_baseline": parallel_baseline(),
    "before_after": before_after(),
    "crossover": crossover(),
    "stepped_wedge": stepped_wedge(4),
    "incomplete": without(stepped_wedge(4), hole()),
    "staircase": staircase(4),
    "batched": batched(stepped_wedge(2), 2, 2),
}


def model(layout: str | Layout = "parallel_post", **values: Any) -> Model:
    """A model; exchangeable cross-section, adjusted, unless said."""
    own = LAYOUTS[layout] if isinstance(layout, str) else layout
    usual = {"analysis": "adjusted", "structure": "exchangeable", "sampling": "cross_section"}
    return Model(own, **(usual | values))


def scenario(**values: Any) -> Scenarios:
    """One scenario: 24 locations of 50 people, effect .3, ICC .05, unless said."""
    usual = {"locations": 24, "people": 50, "effect": 0.3, "icc": 0.05}
    return Scenarios.of(**(usual | values))


def lower_tail(shift: float, df: float) -> float:
    """Power in the wrong direction, which clusterPower leaves out; alpha .05."""
    from scipy import stats

    return float(stats.nct.cdf(-stats.t.isf(0.025, df), df, shift))
