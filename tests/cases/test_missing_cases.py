"""Case 11 as a user has it: multiple imputation where nothing is missing; by Snakemake.

The data of the case are at hand for CI, not for users; where they are absent this test skips.
"""

from pathlib import Path

import pytest
from pytest import approx

from case_study import CASES, MODEL, OUTCOME, TIMES, expected, run
from cesp_analysis import contracts
from cesp_analysis.missing.tables import Fmi
from cesp_analysis.schemas import Estimates

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="shared/cases is absent")

TABLES = ("results/tables/estimates.csv", "results/tables/fmi.csv")


def test_11_nothing_to_impute(tmp_path: Path) -> None:
    case = "11-nothing-to-impute"
    right = expected(case)
    plain = MODEL | {"covariance": "classical", "outcomes": ["y"]}
    answers = {
        "path": "data/raw/people.csv", "level": "person", "unit": "person",
    }  # fmt: skip
    folder = run(
        tmp_path / "study", case, {}, TABLES,
        sites={},
        times=TIMES,
        files={
            "people": answers | {
                "lists_people": True, "one_row_per": "unit",
                "arm": {"column": "site", "values": {
                    "intervention": "intervention", "control": "control"}},
            },
            "before": answers | {
                "time": {"constant": "before"}, "variables": {"y": {"column": "baseline"}}},
            "after": answers | {
                "time": {"constant": "after"}, "variables": {"y": {"column": "follow_up"}}},
        },
        outcomes={"y": OUTCOME | {"label": "Y", "variable": "y", "role": "primary"}},
        models={"imputed": plain | {"missing_data": "imputed"}, "plain": plain},
        missing_data={"imputation": {"sets": 5, "most": 5}},
    )  # fmt: skip
    rows = {
        row["estimate_id"]: row
        for row in contracts.rows(folder / "results/tables/estimates.csv", Estimates)
    }
    row, one = rows["imputed/y/after"], rows["plain/y/after"]
    assert (row["estimate"], row["std_error"]) == (one["estimate"], one["std_error"])
    assert row["estimate"] == approx(right["estimate"], rel=1e-6)
    assert row["std_error"] == approx(right["se"], rel=1e-6)
    assert one["df"] == right["df_complete_data"]
    # closed form: nothing but the rounding of expected.json's decimals
    assert row["df"] == approx(right["df_barnard_rubin"], rel=1e-9)
    assert row["p_value"] == approx(right["p_barnard_rubin"], rel=1e-8)
    assert row["ci_low"] == approx(right["ci_low"], rel=1e-9)
    assert row["ci_high"] == approx(right["ci_high"], rel=1e-9)
    assert row["missing_data"] == "multiple imputation, m = 5"
    assert "no answer that it uses was missing" in row["warnings"]
    (cost,) = contracts.rows(folder / "results/tables/fmi.csv", Fmi)
    assert (cost["m"], cost["fmi"], cost["between"], cost["monte_carlo"]) == (5, 0, 0, 0)
