"""The tiny study with a trial that could follow, and the commands of its steps."""

import json
from pathlib import Path
from typing import Any

from cesp_analysis import contracts
from cesp_analysis.economics.tables import NetBenefitKnown
from cesp_analysis.planning import specs
from cesp_analysis.study.read import read_study
from small_study import Study

SECTION: dict[str, Any] = {
    "outcome": "score", "difference": 2, "difference_source": "x", "draws": 200,
    "known": {
        "sd": {"value": 5, "sd": 0.5, "source": "x"},
        "correlation": {"value": 0.5, "source": "x"},
        "retention": {"value": 0.8, "sd": 0.05, "source": "x"},
    },
    "designs": {
        "arms": {
            "label": "Arms", "kind": "parallel_baseline", "locations": [8, 16], "people": [10],
            "simulate": True,
        },
    },
    "costs": {"location": 1000, "assessment": 10, "source": "x"},
    "trials": {"monte_carlo_error": 0.05, "most": 1000, "parts": 1},
}  # fmt: skip
WORTH = {
    "alpha": 0.05, "structure": "decay", "delay": 0, "incidence": 1000, "years": 5,
    "discount": 0.0, "designs": {},
}  # fmt: skip


def planned_study(folder: Path) -> Study:
    """The study, not yet written."""
    study = Study(folder)
    study.config["planning"] = SECTION
    return study


def commands(folder: Path) -> dict[str, list[str]]:
    """The steps, in the folder of a study of their own."""
    study = planned_study(folder)
    assert study.run("panel").status == 0
    told = read_study(folder)
    net_benefit(folder / "net_benefit.parquet")
    trials = specs.trials(told)

    def at(name: str) -> str:
        return str(folder / name)

    worth = json.dumps(WORTH | {"designs": json.loads(specs.size(told))["designs"]})
    return {
        "learn": ["learn", "--spec", specs.learn(told),
                  "--panel", at("data/processed/panel.parquet"), "--out", at("draws.parquet"),
                  "--known", at("known.csv")],
        "size": ["size", "--spec", specs.size(told), "--draws", at("draws.parquet"),
                 "--out", at("planning.csv")],
        "worth": ["worth", "--spec", worth, "--draws", at("draws.parquet"),
                  "--planned", at("planning.csv"), "--net-benefit", at("net_benefit.parquet"),
                  "--out", at("worth.csv")],
        "simulate_trials": ["simulate_trials", "--spec", trials, "--draws", at("draws.parquet"),
                            "--part", "1-of-1", "--out", at("part.parquet")],
        "gather_trials": ["gather_trials", "--spec", trials, "--draws", at("draws.parquet"),
                          "--parts", at("part.parquet"), "--out", at("trials.csv")],
    }  # fmt: skip


def net_benefit(path: Path) -> None:
    """What an evaluation would know of net benefit."""
    import pandas as pd

    known = pd.DataFrame({
        "approach": "gain", "pair": [0, 1], "threshold": 20_000.0, "expected": 100.0,
        "std_error": 300.0, "shock_sd": [200.0, 900.0], "among": 5000.0,
    })  # fmt: skip
    contracts.write(known, path, NetBenefitKnown)
