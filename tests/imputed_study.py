"""A study with gaps: two sites of 40, three times, people who leave or die; an imputed model."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.columns import Table
from cesp_analysis.missing.tables import Handled, ImputationTable, Imputed
from small_study import Ran, Study

TIMES = ("start", "mid", "end")


def imputed_study(
    folder: Path, missing: float = 0.2, events: bool = False, people: int = 80, **imputation: Any
) -> Study:
    """The study; its model did is imputed. Unless said otherwise with few sets, to be quick."""
    rng = np.random.default_rng(1)
    n = people
    site = np.where(np.arange(n) % 2, "North", "South")
    age = rng.integers(20, 80, n)
    level = rng.normal(20, 4, n) - 0.05 * age
    register = "id,site,near,age,alone,left,died\n"
    files: dict[str, str | bytes] = {}
    for i in range(n):
        left = "2024-03-01" if events and i in (3, 4) else ""
        died = "2024-04-15" if events and i in (5, 6) else ""
        alone = "" if rng.random() < missing / 4 else ("yes" if rng.random() < 0.4 else "no")
        register += f"P{i:03},{site[i]},n{i % 8},{age[i]},{alone},{left},{died}\n"
    for t, time in enumerate(TIMES):
        value = level + t * (1 + (site == "North")) + rng.normal(0, 2, n)
        items = np.clip(np.round(2 - (value - 18)[:, None] / 8 + rng.normal(0, 0.6, (n, 3))), 1, 3)
        lost = rng.random(n) < missing * (t + 1) / 2
        day = ("2024-01-05", "2024-03-20", "2024-07-05")[t]
        text = "id,date,score,happy,u_1,u_2,u_3\n"
        for i in range(n):
            one = [f"{item:.0f}" for item in items[i]]
            if rng.random() < missing / 2:
                one[int(rng.integers(3))] = ""
            if not lost[i]:
                happy = int(value[i] + rng.normal() > 19)
                text += f"P{i:03},{day},{value[i]:.2f},{happy},{','.join(one)}\n"
        files[f"{time}.csv"] = text
    study = Study(folder)
    study.files = {"people.csv": register, **files}
    study.config |= _config(events)
    study.config["missing_data"] = {
        "imputation": {"sets": 5, "most": 5, "iterations": 3} | imputation
    }
    return study


def _config(events: bool) -> dict[str, Any]:
    answer = {
        "level": "person", "unit": "id", "date": {"column": "date", "format": "%Y-%m-%d"},
        "instruments": {"ucla3": "u_{item}"},
        "variables": {"score": {"range": [-20, 60]}, "happy": {"range": [0, 1]}},
    }  # fmt: skip
    date = {"type": "date", "format": "%Y-%m-%d"}
    yes = {"type": "category", "values": ["yes", "no"]}
    found: dict[str, Any] = {
        "times": {
            "start": {"label": "Start", "position": 0},
            "mid": {"label": "Middle", "position": 3},
            "end": {"label": "End", "position": 6},
        },
        "files": {
            "people": {
                "path": "data/raw/people.csv", "level": "person", "lists_people": True,
                "unit": "id", "one_row_per": "unit", "site": {"column": "site"},
                "neighbourhood": {"column": "near"},
                "variables": {"age": {"range": [18, 110]}, "alone": yes, "left": date,
                              "died": date},
            },
            **{
                time: answer | {"path": f"data/raw/{time}.csv", "time": {"constant": time}}
                for time in TIMES
            },
        },
        "covariates": {
            "age": {"label": "Age", "variable": "age"},
            "alone": {"label": "Lives alone", "variable": "alone", "reference": "no"},
        },
        "outcomes": {
            "score": {"label": "Score", "variable": "score", "unit": "points",
                      "direction": "higher_is_better", "role": "primary"},
            "lonely": {"label": "Lonely", "score": "ucla3.total", "unit": "points",
                       "direction": "lower_is_better"},
            "happy": {"label": "Happy", "variable": "happy", "unit": "proportion",
                      "type": "binary", "direction": "higher_is_better"},
        },
        "models": {
            "did": {"kind": "did", "design": "change", "outcomes": ["score"],
                    "missing_data": "imputed"},
        },
    }  # fmt: skip
    if events:
        found["events"] = {
            "left": {"label": "Left", "kind": "withdrawal", "file": "people", "date": "left"},
            "died": {"label": "Died", "kind": "death", "file": "people", "date": "died"},
        }
    return found


def estimand(**events: Any) -> dict[str, Any]:
    """An estimand of the score at the end, with strategies for events."""
    return {
        "label": "Score at the end", "population": "All", "treatment": "New against usual",
        "variable": {"outcome": "score", "time": "end"}, "intercurrent_events": events,
        "summary_measure": "difference in mean change",
    }  # fmt: skip


def table(ran: Ran, path: str, contract: type[Table]) -> pd.DataFrame:
    """A table that the run made."""
    return contracts.read(ran.folder / path, contract)


def imputed(ran: Ran) -> pd.DataFrame:
    """What was imputed."""
    return table(ran, "data/processed/imputed.parquet", Imputed)


def handled(ran: Ran) -> pd.DataFrame:
    """What events changed."""
    return table(ran, "data/processed/handled.parquet", Handled)


def summary(ran: Ran) -> pd.DataFrame:
    """imputation.csv."""
    return table(ran, "results/tables/imputation.csv", ImputationTable)
