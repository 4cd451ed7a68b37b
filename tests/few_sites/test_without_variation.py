"""The step `ladder` of an outcome that does not vary: a reason in each row, never a stop."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.few_sites.bracket import brackets
from few_sites.test_bracket import context, models, people
from few_sites.test_study import laddered
from small_study import Study

KINDS: dict[str, dict[str, Any]] = {
    "did": {"design": "change"},
    "ancova": {},
    "weighted_did": {"design": "change", "method": "entropy", "covariates": ["age"]},
    "dr_did": {"design": "change", "covariates": ["age"]},
    "glm": {"design": "panel", "family": "poisson"},
    "ordinal": {"design": "panel", "at_least": [9]},
    "mixed": {"random": ["person"]},
    "mmrm": {},
}


def _one_value(panel: pd.DataFrame) -> None:
    panel["value"] = panel["value"].where(panel["value"].isna(), 5.0)


def _a_value_a_time(panel: pd.DataFrame) -> None:
    for number, time in enumerate(("before", "after", "late")):
        own = (panel["time"] == time) & panel["value"].notna()
        panel.loc[own, "value"] = 5.0 + number


def _a_value_a_cell(panel: pd.DataFrame) -> None:
    _a_value_a_time(panel)
    panel["value"] += panel["value"] * (panel["arm"] == "intervention")


def _the_same_change(panel: pd.DataFrame) -> None:
    start = panel[panel["time"] == "before"].set_index("unit")["value"]
    moved = panel["unit"].astype(str).map(start).astype(float) + 2 * (panel["time"] != "before")
    panel["value"] = moved.where(panel["value"].notna())


def _all_zero(panel: pd.DataFrame) -> None:
    panel["value"] = panel["value"] * 0.0


@pytest.mark.parametrize(
    "spoil", [_one_value, _a_value_a_time, _a_value_a_cell, _the_same_change, _all_zero]
)
def test_a_check_without_an_answer_is_not_applicable(
    spoil: Callable[[pd.DataFrame], None],
) -> None:
    panel = people(np.random.default_rng(1))
    spoil(panel)
    rows, checks = brackets(models(context()), panel)
    assert {row.status for row in rows} <= {"estimated", "not_estimable"}
    assert "failed" not in {check.status for check in checks}
    unanswered = [check for check in checks if check.status == "not applicable"]
    assert unanswered and all(check.reason for check in unanswered)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("values", [("5", "5"), ("5", "9")])
def test_the_step_gives_a_reason(tmp_path: Path, kind: str, values: tuple[str, str]) -> None:
    """Everybody's value the same at both times, or one at each."""
    study = Study(tmp_path)
    for name, value in zip(("before.csv", "after.csv"), values, strict=True):
        first, *lines = str(study.files[name]).splitlines()
        cells = [line.split(",") for line in lines]
        written = [",".join([*cell[:2], value, *cell[3:]]) for cell in cells]
        study.files[name] = "\n".join([first, *written]) + "\n"
    study.config["models"] = {"did": {"kind": kind, "outcomes": ["score"], **KINDS[kind]}}
    found, _ = laddered(study)
    assert found and all(rung["estimate"] is not None or rung["reason"] for rung in found.values())
