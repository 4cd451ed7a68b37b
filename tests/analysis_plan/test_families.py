"""Holm's p-values are R's and statsmodels'; a family's intervals hold all at once."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx

from cesp_analysis.analysis_plan.multiplicity import bonferroni_level, holm
from cesp_analysis.analysis_plan.plan import adjusted
from cesp_analysis.declared.analysis_plan import Family
from cesp_analysis.models.student import t_interval, t_p_value

REFERENCE = Path(__file__).parents[1] / "reference" / "holm.json"
CASES = json.loads(REFERENCE.read_text(encoding="utf-8"))["cases"]


def row(name: str, estimate: float, error: float, df: float | None = 20.0) -> dict[str, Any]:
    """A row of estimates.csv."""
    low, high = t_interval(estimate, error, df or float("inf"), 0.95)
    p = t_p_value(estimate, error, df or float("inf"))
    return {
        "estimate_id": name, "status": "estimated", "estimate": estimate, "std_error": error,
        "df": df, "ci_low": low, "ci_high": high, "ci_level": 0.95, "p_value": p,
    }  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_holm_is_that_of_r(case: dict[str, Any]) -> None:
    unknown = [None] * (case.get("n", len(case["p"])) - len(case["p"]))
    found = holm([*case["p"], *unknown])
    assert found[: len(case["p"])] == approx(case["holm"], rel=1e-12)  # the same arithmetic
    assert found[len(case["p"]) :] == unknown


@given(st.lists(st.floats(1e-12, 1.0), min_size=1, max_size=12))
def test_holm_is_that_of_statsmodels(p_values: list[float]) -> None:
    from statsmodels.stats.multitest import multipletests

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gc.collect", int)  # it looks for garbage at each call, for 0.1 s
        theirs = multipletests(p_values, method="holm")[1]
    assert holm(p_values) == approx(theirs, rel=1e-12)


def test_intervals_of_a_family_hold_all_at_once() -> None:
    """Of two independent estimates without an effect 97.5% intervals both hold in .975²."""
    rng = np.random.default_rng(1)
    level = bonferroni_level(0.95, 2)
    low, high = t_interval(0.0, 1.0, float("inf"), level)
    held = (np.abs(rng.normal(size=(20_000, 2))) < high).all(axis=1).mean()
    assert low == -high
    assert held == approx(0.975**2, abs=4 * np.sqrt(0.05 * 0.95 / 20_000))  # four standard errors


def test_an_estimate_of_a_family_has_its_p_and_interval() -> None:
    family = Family(label="F", estimates=("a", "b", "c"))
    found = adjusted("f", family, [row("a", 2.0, 0.8), row("b", 0.1, 1.0, None)])
    a, b = row("a", 2.0, 0.8), row("b", 0.1, 1.0, None)
    assert found["a"].p_holm == approx(3 * a["p_value"])  # the one that nobody made counts
    assert found["b"].p_holm == approx(min(1, 2 * b["p_value"]))
    assert (found["a"].low, found["a"].high) == approx(t_interval(2.0, 0.8, 20.0, 1 - 0.05 / 3))
    assert found["c"].p_holm is None and found["c"].method.startswith("no model made this")
    assert "3 p-values (2 known)" in found["a"].method and "98.33%" in found["a"].method


def test_a_ratio_s_interval_is_not_made_from_its_standard_error() -> None:
    ratio = row("a", 2.0, 0.5) | {"ci_low": 1.2, "ci_high": 3.3}
    found = adjusted("f", Family(label="F", estimates=("a",)), [ratio])["a"]
    assert (found.low, found.high) == (None, None) and "Bonferroni" not in found.method


def test_a_refused_estimate_counts_without_a_number() -> None:
    none = dict.fromkeys(row("a", 1.0, 1.0), None) | {
        "estimate_id": "a", "status": "refused", "ci_level": 0.95,
    }  # fmt: skip
    found = adjusted("f", Family(label="F", estimates=("a", "b")), [none, row("b", 2.0, 0.5)])
    assert found["a"].p_holm is None and found["a"].low is None
    assert found["b"].p_holm == approx(2 * row("b", 2.0, 0.5)["p_value"])
