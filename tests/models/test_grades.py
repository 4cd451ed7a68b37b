"""Grades of evidence: the two rows that were read, and no others."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cesp_analysis import contracts
from cesp_analysis.models.grades import NONE, Design, grade_of, shipped
from cesp_analysis.models.standardise import standardise
from cesp_analysis.models.tables import GradesTable
from cesp_analysis.schemas import Estimates, Panel
from cesp_analysis.study import model_specs
from cesp_analysis.study.read import read_study
from small_panel import model, panel_of
from small_study import Study

WEAK, REASONABLE = "weak or misleading evidence", "reasonable evidence"


def of(sites: tuple[int, int] | None = (1, 1), before: int = 1, after: int = 1,
       **known: Any) -> dict[str, str]:  # fmt: skip
    facts = {"randomised": False, "same_people": True} | known
    return grade_of(Design(sites=sites, before=before, after=after, **facts))


def test_the_rows_are_those_of_the_source_in_its_words() -> None:
    """Schmidt (2017), tables 1 and 2: the two rows that were read, as quoted there."""
    rows = {row.design: row.grade for row in shipped().rows}
    assert rows == {
        "CBA with only one cluster per arm AND single outcome measure before and after": WEAK,
        "CBA with only one cluster per arm AND multiple outcome measures before and after":
            REASONABLE,
    }  # fmt: skip
    assert "10.1186/s12982-017-0063-5" in shipped().source


@pytest.mark.parametrize("same", [True, False])
@pytest.mark.parametrize(
    ("before", "after", "grade"),
    [(1, 1, WEAK), (1, 5, WEAK), (5, 1, WEAK), (2, 2, REASONABLE), (3, 4, REASONABLE)],
)
def test_one_site_against_one(before: int, after: int, grade: str, same: bool) -> None:
    """Repeated: at least two before and two after; anything less is the lower row."""
    found = of(before=before, after=after, same_people=same)
    assert (found["grade"], found["reason"]) == (grade, "")
    assert found["published_design"] and found["source"]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"randomised": True}, "chance allocated"),
        ({"randomised": True, "sites": None}, "chance allocated"),
        ({"sites": None}, "one by one"),
        ({"sites": (1, 24)}, "1 site against 24 (the source asks for at least 2 clusters per arm"),
        ({"sites": (6, 6)}, "6 sites against 6"),
        ({"before": 0}, "both before and after"),
        ({"after": 0, "before": 3}, "both before and after"),
        ({"dose": True}, "by a dose"),
    ],
)
def test_a_design_whose_row_was_not_read_has_no_grade(facts: dict[str, Any], reason: str) -> None:
    found = of(**facts)
    assert (found["grade"], found["published_design"], found["source"]) == (NONE, "", "")
    assert reason in found["reason"]


def table(folder: Path, panel: pd.DataFrame, fit: Any, compared: dict[str, Any], times: int = 2,
          **spec: Any) -> dict[str, dict[str, Any]]:  # fmt: skip
    """grades.csv by estimate_id, of a study of one site against one unless `spec` says otherwise"""
    outcome = {"label": "Y", "variable": "y", "unit": "points", "direction": "neither"}
    named = [{"name": f"t{t}", "label": f"time {t}", "position": t} for t in range(times)]
    told = {"ci_level": 0.95, "arms": {"intervention": "New", "control": "Usual"},
            "sites": {"intervention": 1, "control": 1}, "times": {"person": named},
            "outcomes": {"y": outcome}, "models": {"m": compared}} | spec  # fmt: skip
    contracts.write(panel, folder / "panel.parquet", Panel)
    contracts.write(fit.fit(panel).table(), folder / "estimates.csv", Estimates)
    names = ("panel.parquet", "estimates.csv", "standardised.csv", "grades.csv")
    standardise(json.dumps(told), *(folder / name for name in names))
    return {row["estimate_id"]: row for row in contracts.rows(folder / "grades.csv", GradesTable)}


def test_measures_count_only_where_both_arms_were_measured(tmp_path: Path) -> None:
    panel = panel_of(times=4)
    fit = model(kind="did", design="change", times=4, reference="t1")
    compared = {"before": ["t0", "t1"], "after": ["t2", "t3"]}
    whole = table(tmp_path, panel, fit, compared, times=4)
    assert {row["grade"] for row in whole.values()} == {REASONABLE}
    first = (panel["time"] == "t0") & (panel["arm"] == "control")
    half = panel.assign(value=panel["value"].mask(first, np.nan))
    found = table(tmp_path, half, fit, compared, times=4)
    assert set(found) == set(whole)
    assert {row["grade"] for row in found.values()} == {WEAK}
    assert {(row["measures_before"], row["measures_after"]) for row in found.values()} == {(1, 2)}


def test_an_estimate_without_a_number_is_graded_by_its_design_too(tmp_path: Path) -> None:
    refused = model(kind="did", design="change", covariance="CR2", cluster="site")
    (row,) = table(tmp_path, panel_of(), refused, {"before": ["t0"], "after": ["t1"]}).values()
    assert (row["grade"], row["n_sites_treated"], row["n_sites_control"]) == (WEAK, 1, 1)
    assert row["design"].startswith("not randomised; 1 site against 1; 1 measured before and 1")


@pytest.mark.parametrize(("baseline", "before", "grade"), [({"y": "t0"}, 1, WEAK), ({}, 0, NONE)])
def test_a_baseline_that_is_a_covariate_was_measured_before(
    tmp_path: Path, baseline: dict[str, str], before: int, grade: str
) -> None:
    """One difference at one time: the study's first time counts where it is adjusted for."""
    fit = model(kind="mixed", random=[], effect="constant").model_copy(update={"times": ("t1",)})
    compared = {"before": [], "after": ["t1"], "baseline": baseline}
    (row,) = table(tmp_path, panel_of(), fit, compared).values()
    assert (row["measures_before"], row["measures_after"], row["grade"]) == (before, 1, grade)


def test_without_sites_there_are_none_in_the_table(tmp_path: Path) -> None:
    fit = model(sites=False, kind="did", design="change")
    compared = {"before": ["t0"], "after": ["t1"]}
    told = {"sites": {}, "randomised": True}
    (row,) = table(tmp_path, panel_of(sites=False), fit, compared, **told).values()
    assert (row["n_sites_treated"], row["randomised"], row["grade"]) == (None, "yes", NONE)


def test_each_model_s_times_are_told_by_its_reference(tmp_path: Path) -> None:
    study = Study(tmp_path)
    study.config["study"]["randomised"] = True
    study.config["models"]["late"] = {
        "kind": "did", "design": "change", "outcomes": ["score"], "reference": "after",
    }  # fmt: skip
    study.write()
    told = json.loads(model_specs.standardise(read_study(tmp_path)))
    assert told["randomised"] is True
    assert told["models"] == {
        "did": {"before": ["before"], "after": ["after"]},
        "late": {"before": ["before", "after"], "after": []},
    }
