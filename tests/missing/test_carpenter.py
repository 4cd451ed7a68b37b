"""Reference-based imputation against its equations in R: tests/reference/reference_based.R for
conditional means and the jackknife, reference_rubin.R for draws and Rubin's rules at m = 1000."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cesp_analysis.missing.departures import conditional_mean, drawn_sets, draws, profiles_of
from cesp_analysis.missing.linear_estimate import LinearEstimate
from cesp_analysis.missing.pooling import Pooled, pool
from cesp_analysis.missing.reference_based import Strategy
from cesp_analysis.models.sandwich import welch_df


def reference(name: str) -> Any:
    path = Path(__file__).parents[1] / f"reference/{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))


REFERENCE, RUBIN = reference("reference_based"), reference("reference_rubin")
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


def pooled(strategy: Strategy) -> Pooled:
    """Difference in mean change, Welch, over as many sets as in R."""
    drawn = draws(Y, ARM, RUBIN["m"], seed=1)
    assert not isinstance(drawn, str)
    sets = drawn_sets(Y, ARM, strategy, drawn)
    change = sets[:, :, 2] - sets[:, :, 0]
    parts = [change[:, group == ARM] for group in (1, 0)]
    counts = np.array([part.shape[1] for part in parts])
    squares = np.stack([part.var(axis=1, ddof=1) / part.shape[1] for part in parts], axis=-1)
    estimates = parts[0].mean(axis=1) - parts[1].mean(axis=1)
    df = welch_df(squares[:, None, :], counts)
    return pool(estimates, squares.sum(axis=-1), df)


@pytest.mark.parametrize("row", RUBIN["rows"], ids=lambda row: row["strategy"])
def test_rubins_rules_are_those_of_a_thousand_sets_in_r(row: dict[str, Any]) -> None:
    """Other random numbers: four Monte Carlo errors of the difference of two runs.

    A variance between 1,000 sets is off by a root of 2 / 999, 4.5%; it is at most a third of the
    total, which the standard error takes the root of: 4 x 1.41 x 4.5% / 6.
    """
    made = pooled(row["strategy"])
    apart = 4 * np.hypot(made.monte_carlo[0], row["monte_carlo"])
    assert made.estimate[0] == pytest.approx(row["estimate"], abs=apart)
    assert made.between[0] == pytest.approx(row["between"], rel=4 * 1.41 * 0.045)
    assert made.std_error[0] == pytest.approx(row["std_error"], rel=0.045)
    assert made.df[0] == pytest.approx(row["df"], rel=0.1)  # a share of imputing, squared


@pytest.mark.parametrize("row", RUBIN["rows"], ids=lambda row: row["strategy"])
def test_which_variance_is_which(row: dict[str, Any]) -> None:
    """At random the two are of one thing; with a reference Rubin's keeps what at random is lost.

    The jackknife's, of R: what the estimate varies by. Rubin's is at least that of at random.
    """
    (means,) = [r for r in REFERENCE["rows"] if r["strategy"] == row["strategy"] and r["change"]]
    error = float(pooled(row["strategy"]).std_error[0])
    if row["strategy"] == "missing_at_random":
        # 36 people: each variance is itself off by a quarter of itself; they share most of it
        assert error == pytest.approx(means["std_error"], rel=0.1)
    else:
        assert error > 1.1 * means["std_error"]
        assert error > float(pooled("missing_at_random").std_error[0])
