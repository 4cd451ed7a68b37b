"""A real trial of which half were lost: pooled effects against R's mice, time by time.

Printed with pytest -s: ours, mice's, their joint Monte Carlo error, how many of those lie between.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.arrays import Floats
from cesp_analysis.missing.chained import Groups, impute
from cesp_analysis.missing.pooling import pool
from cesp_analysis.missing.recipe import Column, Recipe
from cesp_analysis.models.least_squares import least_squares

R: dict[str, Any] = json.loads(Path("tests/reference/beat_the_blues_imputed.json").read_text())
WIDE = pd.read_csv("examples/beat_the_blues/data/raw/btheb.csv")
ARM = (WIDE["treatment"] == "BtheB").to_numpy().astype(int)
TIMES = ("2m", "3m", "5m", "8m")
M = 2_000


@pytest.fixture(scope="module")
def sets() -> Floats:
    """Completed tables (m, people, columns): drug, length, BDI at five times."""
    numbers = WIDE.assign(drug=WIDE["drug"] == "Yes", length=WIDE["length"] == ">6m")
    names = ["drug", "length", "bdi.pre", *(f"bdi.{time}" for time in TIMES)]
    columns = [Column(name, "norm" if name[4:] in TIMES else None) for name in names]
    groups = Groups(ARM, ("control", "intervention"))
    table = numbers[names].to_numpy(dtype=float)
    made = impute(table, Recipe(tuple(columns)), M, seed=1, groups=groups)
    assert set(made.monotone) == {"control", "intervention"}  # who is lost stays lost
    return np.stack([made.completed(number) for number in range(M)])


def change(table: Floats, at: int) -> tuple[float, float]:
    """Difference in mean change and Welch's squared error."""
    parts = [(table[:, at] - table[:, 2])[arm == ARM] for arm in (0, 1)]
    variance = sum(float(part.var(ddof=1)) / len(part) for part in parts)
    return float(parts[1].mean() - parts[0].mean()), variance


def ancova(table: Floats, at: int) -> tuple[float, float]:
    """The arm's coefficient and its squared HC2 error."""
    x = np.column_stack([np.ones(len(ARM)), ARM, table[:, [2, 0, 1]]])
    fit = least_squares(table[:, at], x)
    inverse = np.linalg.inv(x.T @ x)
    leverage = np.einsum("ij,jk,ik->i", x, inverse, x)
    score = x * (fit.residuals / np.sqrt(1 - leverage))[:, None]
    return float(fit.coef[1]), float((inverse @ score.T @ score @ inverse)[1, 1])


@pytest.mark.parametrize("analysis", [change, ancova], ids=["change", "ancova"])
def test_effects_are_mices(sets: Floats, analysis: Any) -> None:
    assert R["m"] >= 200
    for at, time in enumerate(TIMES, 3):
        q, u = np.array([analysis(table, at) for table in sets]).T
        made, there = pool(q, u), R["times"][time][analysis.__name__]
        joint = np.sqrt(made.between[0] / M + there["between"] / R["m"])
        apart = (made.estimate[0] - there["estimate"]) / joint
        print(f"{analysis.__name__:7s} {time} {made.estimate[0]:8.4f} {there['estimate']:8.4f}"
              f" {joint:.4f} {apart:+.1f}")  # fmt: skip
        assert abs(apart) < 3
        # of a variance of m draws the error is sqrt(2 / m); of an SE's, half as much, by its share
        error = there["between"] * np.sqrt(2 / M + 2 / R["m"]) / (2 * there["std_error"])
        error += np.sqrt(u.var() * (1 / M + 1 / R["m"])) / (2 * there["std_error"])
        assert abs(made.std_error[0] - there["std_error"]) < 3 * error


def test_the_example_publishes_these_numbers_with_their_joint_errors() -> None:
    """expected.csv: mice's estimates, tolerance 3 joint Monte Carlo errors at 200 sets here."""
    published = pd.read_csv("examples/beat_the_blues/expected.csv").set_index("quantity")
    models = {"change": "change_imputed", "ancova": "at_equal_baseline_imputed"}
    for time in TIMES:
        for analysis, model in models.items():
            row = published.loc[f"estimates/{model}/bdi/{time}/estimate"]
            there = R["times"][time][analysis]
            assert row["published"] == pytest.approx(there["estimate"], abs=5e-5)  # as printed
            joint = np.sqrt(there["between"] * (1 / R["m"] + 1 / 200))
            assert row["tolerance"] == pytest.approx(3 * joint, abs=5e-4)
