"""A number of a table by the name that published numbers have: which step made it."""

from pathlib import Path

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.economics.tables import Economics
from cesp_analysis.provenance.explain import _of_table
from cesp_analysis.provenance.record import Made

ROW = {
    "scenario": "base", "perspective": "nhs", "value_set": "EQ-5D", "missing_data": "imputed",
    "approach": "gain", "model": "net_benefit", "quantity": "inmb", "threshold": 20_000.0,
    "status": "estimated", "estimate": 120.5, "ci_level": 0.95, "n_obs": 10, "n_units": 12,
    "n_smaller_arm": 6, "unit": "£",
}  # fmt: skip
NUMBER = "economics/base/imputed/gain/net_benefit/inmb/20000/estimate"


def test_a_number_of_costs_is_of_the_step_that_made_its_table(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    frame = pd.DataFrame([ROW], columns=list(Economics.columns()))
    contracts.write(frame, tmp_path / "tables/economics.csv", Economics)
    job = Made("evaluate", "evaluate", "", {}, {}, {}, "", 0, "", "", "")
    known = {"tables/economics.csv": job, "economics": job}
    assert _of_table(NUMBER, tmp_path, known)[NUMBER] is job
    assert NUMBER.replace("20000", "2000") not in _of_table(NUMBER, tmp_path, known)
    assert not _of_table("did/score/after", tmp_path, known)
    assert not _of_table(NUMBER, tmp_path, {})
