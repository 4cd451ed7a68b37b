"""Cases that users of mixed models hit, run by Snakemake as studies of their own.

The data are at hand for CI, not for users; where they are absent these tests skip.
"""

from pathlib import Path
from typing import Any

import pytest
from pytest import approx

from case_study import CASES, OUTCOME, TIMES, expected, run
from cesp_analysis import contracts
from cesp_analysis.schemas import Estimates

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="shared/cases is absent")

PEOPLE = {
    "path": "data/raw/people.csv", "level": "person", "lists_people": True, "unit": "person",
    "one_row_per": "unit",
    "site": {"column": "site", "values": {"intervention": "a", "control": "b"}},
}  # fmt: skip
OUTCOMES = {"score": OUTCOME | {"label": "Score", "variable": "score"}}


def rows(folder: Path) -> dict[str, Any]:
    """The estimates of a run, by model."""
    table = contracts.read(folder / "results/tables/estimates.csv", Estimates)
    return {str(row["model"]): row for _, row in table.iterrows()}


def test_05_a_variance_at_zero_is_a_result_with_both_df(tmp_path: Path) -> None:
    case = "05-variance-at-zero"
    people = PEOPLE | {"neighbourhood": {"column": "neighbourhood"}, "ignored": ["change"]}
    change = {
        "path": "data/raw/people.csv", "level": "person", "unit": "person",
        "time": {"constant": "after"}, "variables": {"score": {"column": "change"}},
        "ignored": ["site", "neighbourhood"],
    }  # fmt: skip
    mixed = {
        "kind": "mixed", "outcomes": ["score"], "times": ["after"], "effect": "constant",
        "random": ["neighbourhood"],
    }  # fmt: skip
    folder = run(
        tmp_path / "study", case, {},
        times=TIMES, files={"people": people, "change": change}, outcomes=OUTCOMES,
        models={"kenward_roger": mixed, "satterthwaite": mixed | {"df": "satterthwaite"}},
    )  # fmt: skip
    right = expected(case)
    for name, row in rows(folder).items():
        assert (row["estimate"], row["std_error"]) == approx(
            (right["estimate"], right["se"]), rel=1e-6
        )
        assert row["df"] == approx(right[f"df_{name}"], rel=1e-4)
        assert row["p_value"] == approx(right[f"p_{name}"], rel=1e-4)
        assert (row["status"], row["n_clusters"]) == ("estimated", 10)
        assert "variance between neighbourhoods is estimated as zero" in row["warnings"]
        assert "df of 8" in row["warnings"] and "58" in row["warnings"]


def test_07_one_link_worker_is_refused_and_the_rest_goes_on(tmp_path: Path) -> None:
    case = "07-one-link-worker"
    people = PEOPLE | {
        "link_worker": {"column": "link_worker"}, "ignored": ["follow_up"],
        "variables": {"baseline": {}},
    }  # fmt: skip
    answers = {
        name: {
            "path": "data/raw/people.csv", "level": "person", "unit": "person",
            "time": {"constant": time}, "variables": {"score": {"column": column}},
            "ignored": ["site", "link_worker", other],
        }
        for name, time, column, other in (
            ("first", "before", "baseline", "follow_up"),
            ("last", "after", "follow_up", "baseline"),
        )
    }  # fmt: skip
    ancova = {
        "kind": "mixed", "outcomes": ["score"], "times": ["after"], "effect": "constant",
        "covariates": ["start"], "random": [],
    }  # fmt: skip
    folder = run(
        tmp_path / "study", case, {},
        times=TIMES, files={"people": people, **answers}, outcomes=OUTCOMES,
        covariates={"start": {"label": "Baseline", "variable": "baseline"}},
        models={
            "change": {
                "kind": "did", "design": "change", "covariance": "classical", "outcomes": ["score"]
            },
            "ancova": ancova,
            "workers": ancova | {"random": ["link_worker"]},
        },
        targets=("results/report/index.html", "results/tables/estimates.csv"),
    )  # fmt: skip
    right, found = expected(case), rows(folder)
    for name in ("change", "ancova"):
        assert (found[name]["estimate"], found[name]["std_error"]) == approx(
            (right[f"{name}_estimate"], right[f"{name}_se"]), rel=1e-6
        )
    assert found["change"]["df"] == right["change_df"]
    refused = found["workers"]
    assert refused["status"] == "refused" and refused["std_error"] != refused["std_error"]
    assert "link_worker has one level, LW1 (20 people)" in refused["reason"]
    page = (folder / "results/report/index.html").read_text(encoding="utf-8")
    assert "link_worker has one level, LW1 (20 people)" in page
