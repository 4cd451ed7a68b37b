"""Tasks of every kind of design: drawn, analysed and gathered, beside their formula."""

from typing import Any

import numpy as np
import pandas as pd
from pytest import approx

from cesp_analysis.planning.designed import OfPeople
from cesp_analysis.planning.simulate_trials import blocks_of, performance_row
from cesp_analysis.planning.tasks import TrialsSpec, tasks

MIDDLE = {
    "sd": 10.0, "correlation": 0.6, "retention": 0.85, "icc": 0.04, "cac": 0.8, "size_cv": 0.0,
    "icc_link_worker": 0.05,
}  # fmt: skip
PEOPLE = {"label": "People", "kind": "individual", "locations": [6, 12], "people": [80]}


def spec(designs: dict[str, Any], analyses: tuple[str, ...], **other: Any) -> TrialsSpec:
    return TrialsSpec.model_validate(
        {
            "designs": designs, "structure": "decay", "alpha": 0.05, "difference": 2.0,
            "months": 12.0, "seed": 1,
            "trials": {"analyses": analyses, "monte_carlo_error": 0.012, "most": 4000},
        }
        | other
    )  # fmt: skip


def gathered(how: TrialsSpec, **other: Any) -> list[dict[str, Any]]:
    """The rows of all tasks, made in two parts."""
    rows = [row for part in (1, 0) for row in blocks_of(how, MIDDLE, part, 2, **other)]
    blocks = pd.DataFrame(rows)
    keys = ["design", "locations", "people", "analysis", "truth"]
    found = []
    for task in tasks(how, MIDDLE, **other):
        own = blocks
        for name in keys:
            own = own[own[name] == getattr(task, name)]
        found.append(performance_row(how, task, own.sort_values("block")))
    return found


def test_allocated_people_are_simulated_beside_their_formula() -> None:
    how = spec({"people": PEOPLE}, ("mixed_satterthwaite", "gee_cr2"))
    rows = gathered(how)
    assert len(rows) == 8
    refused = [row for row in rows if row["analysis"] == "gee_cr2"]
    assert all("not of this design" in row["reason"] and row["trials"] == 0 for row in refused)
    for row in (row for row in rows if row["analysis"] != "gee_cr2"):
        assert row["reason"] == "" and row["failed"] == 0
        assert abs(row["found"] - row["formula"]) < 0.02 + 3 * row["found_mcse"]
        assert row["truth"] == "difference" or row["formula"] == 0.05
    fields = {name: np.array([value]) for name, value in MIDDLE.items()} | {
        "iac": np.array([0.6]), "locations": np.array([6.0]), "people": np.array([80.0]),
    }  # fmt: skip
    planned = OfPeople(20, 0.05, 2.0)(fields).power[0]
    assert rows[0]["formula"] == approx(planned, abs=1e-12) and 0.3 < planned < 0.95


def test_allocated_people_without_a_known_worker_icc_say_so() -> None:
    how = spec({"people": PEOPLE}, ("mixed_satterthwaite",))
    missing = MIDDLE | {"icc_link_worker": float("nan")}
    assert {task.reason for task in tasks(how, missing)} == {
        "the link workers' ICC must lie in [0, 1)"
    }
