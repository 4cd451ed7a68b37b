"""A run of a study whose sites begin at different times, through Snakemake to its report."""

from pathlib import Path

from running import ROOT, snakemake

from cesp_analysis import contracts
from cesp_analysis.schemas import Estimates
from designs import CASES, study_of


def test_a_staggered_start_runs_to_the_report(tmp_path: Path) -> None:
    study = study_of(CASES["many_staggered"], tmp_path)
    study.write()
    done = snakemake(ROOT, study.folder)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = contracts.rows(study.folder / "results/models/roll_out/estimates.csv", Estimates)
    assert {row["status"] for row in rows} == {"estimated"}
    page = (study.folder / "results/report/index.html").read_text(encoding="utf-8")
    assert "12 months after the first time with the intervention" in page
    assert "event_study_person" in page
    public = (study.folder / "results/public/index.html").read_text(encoding="utf-8")
    assert "event_study_person" in public
