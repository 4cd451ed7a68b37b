"""Small tables of a planned trial, for its figures and section: numbers that are easy to follow."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.columns import Table
from cesp_analysis.planning import tables

DESIGNS: dict[str, Any] = {
    "arms": {
        "label": "Two arms", "kind": "parallel_baseline", "locations": [10, 20, 40],
        "people": [10, 20], "simulate": True,
    },
    "wedge": {
        "label": "A wedge", "kind": "stepped_wedge", "steps": 3, "locations": [6, 12],
        "people": [10], "sampling": "cross_section", "observed": [1, 1], "months": 6,
    },
    "people": {
        "label": "People", "kind": "individual", "locations": [4], "people": [60],
    },
}  # fmt: skip
WORDS: dict[str, Any] = {
    "outcome": "score", "time": "after", "difference": 2.0, "difference_source": "A paper",
    "important": True, "power": 0.8, "assurance": 0.7, "locations_at_most": 40, "months": 12,
    "designs": DESIGNS, "simulated": ["arms"], "valued": True,
    "costs": {"location": 1000, "assessment": 10, "source": "guessed"},
}  # fmt: skip
"""What wording says of the section."""


def planned() -> pd.DataFrame:
    """Two arms: power a fortieth a location with 10 people, twice that with 20, at most .9, and
    assurance .1 less, so that 20 locations × 20 people reach both; the wedge falls short of power;
    people reach both for least."""
    rows = []
    for people in (10, 20):
        for locations in (10, 20, 40):
            power = min(locations / 40 * people / 10 * 0.85, 0.9)
            rows.append(_row("arms", locations, people, power, power - 0.1, people * locations))
    rows[3] |= {"power": 0.5, "assurance": 0.4}
    rows += [
        _row("wedge", locations, 10, 0.05 * locations, 0.04 * locations + 0.25, 5000.0)
        for locations in (6, 12)
    ]
    rows.append(_row("people", 4, 60, 0.95, 0.9, 100.0))
    for row in rows:
        both = (row["power"] >= 0.8, row["assurance"] >= 0.7)
        row["reaches"] = {
            (True, True): "both",
            (True, False): "power",
            (False, True): "assurance",
        }.get(both, "neither")
    rows[-1] |= {"front": "yes", "cheapest": "yes"}
    rows[6] |= {"ceiling": 0.6, "needed": 18.0, "needed_mcse": 0.64}
    rows[7] |= {"ceiling": 0.7, "needed": 18.0, "needed_mcse": 0.64}
    return _frame(rows, tables.Planning)


def _row(
    design: str, locations: int, people: int, power: float, assurance: float, cost: float
) -> dict[str, Any]:
    return {
        "design": design, "kind": DESIGNS[design]["kind"], "locations": locations,
        "people": people, "periods": 2, "recruited": locations * people,
        "assessments": 2 * locations * people, "difference": 2.0, "power": power,
        "assurance": assurance, "power_low": assurance - 0.2, "power_high": assurance + 0.05,
        "detectable": 1.5, "cost": cost * 1000, "front": "", "cheapest": "", "warnings": "",
    }  # fmt: skip


def known() -> pd.DataFrame:
    """All parameters: of this study, published, assumed."""
    rows = [
        _told("sd", "study", 5.0, 1.0, n=80, clusters=2, method="a regression, 80 people"),
        _told("correlation", "study", 0.5, 0.1, n=80, clusters=2, method="Fisher"),
        _told("retention", "study", 0.8, 0.05, n=100, clusters=2, method="beta"),
        _told("icc", "published", 0.05, 0.02, n=16, method="pairs"),
        _told("cac", "published", 0.9, 0.1, n=16, method="pairs"),
        _told("icc_link_worker", "study", None, 0, n=30, clusters=1, reason="1 link worker"),
        _told("size_cv", "assumed", 0.4, 0.0, source="guessed"),
    ]
    return _frame(rows, tables.PlanningKnown)


def _told(
    name: str, origin: str, median: float | None, half: float, **other: Any
) -> dict[str, Any]:
    ends = (None, None) if median is None else (median - half, median + half)
    return {
        "parameter": name,
        "origin": origin,
        "median": median,
        "low": ends[0],
        "high": ends[1],
    } | other


def trials(analyses: Sequence[str] = ("mixed_kenward_roger", "location_means_t")) -> pd.DataFrame:
    """Two sizes of two arms; the last analysis has no answer, if there are three."""
    rows = []
    for locations in (10, 20):
        for at, analysis in enumerate(analyses):
            for truth in ("difference", "none"):
                none = truth == "none"
                own = {
                    "design": "arms", "locations": locations, "people": 10, "analysis": analysis,
                    "truth": truth, "drawn": "normal", "difference": 0.0 if none else 2.0,
                }  # fmt: skip
                rows.append(own | (NOT_MADE if at == 2 else _numbers(locations, none)))
    return _frame(rows, tables.PlanningTrials)


NOT_MADE = {"trials": 0, "failed": 0, "reason": "it is of something else"}


def _numbers(locations: int, none: bool) -> dict[str, Any]:
    return {
        "trials": 1000, "failed": 3, "found": 0.05 if none else locations / 50,
        "found_mcse": 0.01, "formula": 0.05 if none else locations / 50 + 0.01, "bias": 0.01,
        "bias_mcse": 0.02, "empirical_se": 0.5, "empirical_se_mcse": 0.01, "model_se": 0.45,
        "model_se_mcse": 0.001, "relative_error": -0.1,
        "relative_error_mcse": 0.018, "coverage": 0.94, "coverage_mcse": 0.007,
        "warnings": "3 failed",
    }  # fmt: skip


def worth() -> pd.DataFrame:
    """A design's best size by one approach."""
    row = {
        "approach": "gain", "design": "arms", "locations": 20, "people": 20, "threshold": 20_000.0,
        "alone": 150.0, "per_person": 640.4, "per_person_mcse": 0.8,
        "population": 3e6, "cost": 1e6, "net": 2e6, "best": "yes",
    }  # fmt: skip
    return _frame([row, row | {"people": 10, "best": ""}], tables.PlanningWorth)


def _frame(rows: Sequence[dict[str, Any]], contract: type[Table]) -> pd.DataFrame:
    """The rows with all columns of their contract, blank where nothing is said."""
    frame = pd.DataFrame(rows)
    for name, column in contract.columns().items():
        if name not in frame:
            blank = column.kind in ("number", "whole", "count")
            frame[name] = np.nan if blank else ""
        elif column.kind not in ("number", "whole", "count"):
            frame[name] = frame[name].fillna("")
    return frame[list(contract.columns())]


MADE = {
    "planning": (planned, tables.Planning),
    "planning_known": (known, tables.PlanningKnown),
    "planning_trials": (trials, tables.PlanningTrials),
    "planning_worth": (worth, tables.PlanningWorth),
}


def written(folder: Path) -> None:
    """All of them as the steps leave them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (make, contract) in MADE.items():
        contracts.write(make(), folder / f"{name}.csv", contract)
