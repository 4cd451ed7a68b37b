"""Reference-based imputation against its equations in R (tests/reference/reference_based.R)."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cesp_analysis.missing.departures import conditional_mean, profiles_of
from cesp_analysis.missing.linear_estimate import LinearEstimate

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference/reference_based.json").read_text(encoding="utf-8")
)
Y = np.array(REFERENCE["y"], dtype=float)
ARM = np.array(REFERENCE["arm"])
GLS = 2e-6
"""gls maximises by finite differences: a relative 1e-6 of means and covariances remains."""


def test_means_and_covariances_are_those_of_gls() -> None:
    for group, profile in enumerate(profiles_of(Y, ARM).whole):
        assert profile.mean == pytest.approx(np.array(REFERENCE["mean"][group]), rel=GLS)
        assert profile.cov == pytest.approx(np.array(REFERENCE["cov"][group]), rel=50 * GLS)


@pytest.mark.parametrize(
    "row", REFERENCE["rows"], ids=lambda row: f"{row['strategy']}-{row['change']}"
)
def test_estimates_and_jackknife_are_those_of_the_equations(row: dict[str, Any]) -> None:
    n = len(ARM)
    x = np.column_stack([np.ones(n), ARM]).astype(float)
    analysis = LinearEstimate(x, np.array([0.0, 1.0]), np.arange(n), np.ones(n), first=0, last=2)
    made = conditional_mean(Y, ARM, row["strategy"], analysis, row["change"])
    assert made.estimate == pytest.approx(row["estimate"], rel=10 * GLS)
    assert made.std_error == pytest.approx(row["std_error"], rel=50 * GLS)
