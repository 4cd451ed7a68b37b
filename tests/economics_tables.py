"""Small tables of an economic evaluation, for its figures: numbers of closed forms."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.columns import Table
from cesp_analysis.economics import tables

BOTH = ("gain", "adjusted")
MAIN, OTHER = ("nhs", "EQ-5D"), ("society", "EQ-5D")
THRESHOLDS = (20_000.0, 30_000.0)
WORDS: dict[str, Any] = {
    "price_year": "2023/24",
    "value_set": "EQ-5D",
    "thresholds": list(THRESHOLDS),
    "perspectives": {"nhs": "NHS", "society": "Society"},
    "tornado": {
        "hour": {"label": "An hour", "of": "intervention.hourly", "low": 0.5, "high": 2},
        "nights": {"label": "Nights", "of": "services.nights", "low": 0.8, "high": 1.2},
    },
}
"""What wording says of the section."""


def plane(approaches: Sequence[str] = BOTH, shift: float = 0.0) -> pd.DataFrame:
    """Twelve draws on a circle of 0.02 QALYs and £200 about (0.01 + shift, 100)."""
    rows: list[dict[str, Any]] = []
    for approach in approaches:
        rows.append(_point(approach, "estimate", 0, 0.01 + shift, 100.0))
        for part, n, radius in (("draw", 12, 1.0), ("ellipse", 30, 1.5)):
            for at, angle in enumerate(np.linspace(0, 2 * np.pi, n)):
                x, y = 0.02 * radius * np.cos(angle), 200 * radius * np.sin(angle)
                rows.append(_point(approach, part, at, 0.01 + shift + x, 100 + y))
    return pd.DataFrame(rows)


def _point(approach: str, part: str, place: int, qaly: float, cost: float) -> dict[str, Any]:
    return {"approach": approach, "part": part, "place": place, "cost": cost, "qaly": qaly}


def quadrants(approaches: Sequence[str] = BOTH) -> pd.DataFrame:
    """The same shares of each approach: 40, 30, 20 and 10%."""
    shares = {
        "dearer_gains": 0.4, "cheaper_gains": 0.3, "cheaper_loses": 0.2, "dearer_loses": 0.1,
    }  # fmt: skip
    said = {"kind": "straddles", "said": "QALYs may be lost."}
    return _frame([{"approach": a, **shares, **said} for a in approaches], tables.Quadrants)


def curve(
    approaches: Sequence[str] = BOTH,
    others: Sequence[tuple[str, str]] = (OTHER,),
    shocks: bool = True,
) -> pd.DataFrame:
    """Curves that rise by a tenth each £10,000: the base case from 0.2, by imputed sets from 0.3,
    others from 0.4; a shock: a tenth either way, and enough to turn the decision from 0.4."""
    rows = []
    for approach in approaches:
        made = [(*MAIN, "imputed", 0.3), *((*one, "imputed", 0.4) for one in others)]
        for perspective, value_set, way, start in (*made, (*MAIN, "boot_impute", 0.2)):
            for threshold in np.arange(0.0, 40_001, 10_000):
                share = start + threshold / 1e5
                rows.append(
                    {
                        "perspective": perspective, "value_set": value_set, "missing_data": way,
                        "approach": approach, "threshold": threshold, "inmb": 0.0,
                        "probability": share, "frontier": "control",
                        "frontier_probability": 1 - share,
                    }
                    | _shaken(share, shocks)
                )  # fmt: skip
    return _frame(rows, tables.Acceptability)


def _shaken(share: float, shocks: bool) -> dict[str, float]:
    ends = {"low": share - 0.1, "high": share + 0.1, "with_shock": 0.5}
    flip = {"flip": round(20 * abs(share - 0.5), 6), "flip_probability": 0.3}
    return ends | flip | {"shock_sd": 2.0} if shocks else {}


def net_benefits(approaches: Sequence[str] = BOTH) -> pd.DataFrame:
    """Net benefit £100 in the base case; with an hour at its ends £50, £-200; nights £90, £110."""
    scenarios = {
        "base": 100.0, "tornado hour: low": 150.0, "tornado hour: high": -200.0,
        "tornado nights: low": 110.0, "tornado nights: high": 90.0, "perspective society": 7.0,
    }  # fmt: skip
    rows = [
        {
            "scenario": scenario, "perspective": "nhs", "value_set": "EQ-5D",
            "missing_data": "imputed", "approach": approach, "model": "net_benefit",
            "quantity": "inmb", "threshold": threshold, "status": "estimated",
            "estimate": value + threshold - THRESHOLDS[0], "std_error": 300.0, "df": 20.0,
            "ci_low": value - 600, "ci_high": value + 600, "ci_level": 0.95, "n_obs": 40,
            "n_units": 50, "n_smaller_arm": 20, "unit": "£", "method": "linear",
        }
        for approach in approaches
        for scenario, value in scenarios.items()
        for threshold in THRESHOLDS
    ]  # fmt: skip
    return _frame(rows, tables.Economics)


def information(
    approaches: Sequence[str] = BOTH, sizes: Sequence[int] = (50, 500, 5000), fixed: float = 1e6
) -> pd.DataFrame:
    """A trial of n an arm is worth £10 million n / (n + 100) and costs `fixed` and £1,000 a person
    of both arms; knowing all: £10 million."""
    rows: list[dict[str, Any]] = []
    for approach in approaches:
        said = {"approach": approach, "people": 1e4, "shocks": "yes", "threshold": THRESHOLDS[0]}
        rows.append(said | {"of": "all", "per_person": 1000.0, "population": 1e7})
        for n in sizes:
            worth, cost = 1e7 * n / (n + 100), fixed + 2000 * n
            rows.append(
                said | {"of": "trial", "size": n, "per_person": worth / 1e4, "population": worth}
                | {"cost": cost, "net": worth - cost}
            )  # fmt: skip
    return _frame(rows, tables.Information)


def _frame(rows: list[dict[str, Any]], contract: type[Table]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(contract.columns()))


def written(folder: Path) -> None:
    """All of them as the step evaluate leaves them."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {
        "ce_plane": (plane(), tables.Plane),
        "ce_quadrants": (quadrants(), tables.Quadrants),
        "ceac": (curve(), tables.Acceptability),
        "economics": (net_benefits(), tables.Economics),
        "value_of_information": (information(), tables.Information),
    }
    for name, (frame, contract) in made.items():
        contracts.write(frame, folder / f"{name}.csv", contract)
