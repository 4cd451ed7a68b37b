"""The page on interviews: what it shows can be declared in the root study, and runs there."""

import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import yaml

from cesp_analysis import contracts
from cesp_analysis.cli import main
from cesp_analysis.columns import Table
from cesp_analysis.declared.interviews import Interviews
from cesp_analysis.declared.strict_yaml import read_yaml
from cesp_analysis.feasibility.tables import Progression
from cesp_analysis.few_sites.tables import Ladder
from cesp_analysis.integration import specs
from cesp_analysis.integration.inferences import read_inferences
from cesp_analysis.integration.tables import JointDisplay, TheoryLinks
from cesp_analysis.interviews import specs as interview_specs
from cesp_analysis.interviews.read import import_interviews
from cesp_analysis.schemas import Estimates
from cesp_analysis.study.read import read_study
from cesp_analysis.study.study import Study
from cesp_analysis.study_faults import faults_of_files
from small_study import inside
from test_docs import ROOT, howto

PAGE = howto("interviews.md", "yaml")
INTERVIEWS, KINDS, JOINED, INFERENCES = PAGE
SECTIONS = [INTERVIEWS, KINDS, JOINED]
VALUES = {"did_change/loneliness/12m": -0.4, "did_change/wellbeing/12m": 0.3}
"""Estimates that the steps are given, as no model is fitted here."""


def with_sections(folder: Path, *blocks: str) -> Path:
    """The root study, its sections those of the page in place of its own, and its raw files."""
    config: dict[str, Any] = read_yaml(ROOT / "config.yaml")
    for block in blocks:
        config |= yaml.safe_load(block)
    (folder / "config.yaml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    shutil.copytree(ROOT / "data", folder / "data", ignore=shutil.ignore_patterns("processed"))
    for path in ROOT.glob("*.json"):
        shutil.copy(path, folder)
    return folder


@pytest.mark.parametrize("block", SECTIONS, ids=["interviews", "kinds", "integration"])
def test_each_section_of_the_page_may_be_declared_in_the_root_study(
    block: str, tmp_path: Path
) -> None:
    study = read_study(with_sections(tmp_path, block))
    (name,) = yaml.safe_load(block)
    assert getattr(study, name) is not None
    with inside(tmp_path):
        faults = [line for line in faults_of_files(study) if not _not_there(line, block)]
    assert faults == []


def _not_there(line: str, block: str) -> bool:
    """A file of the block of kinds, which the root study does not have."""
    return block == KINDS and any(
        f"{name}: there is no such file" in line
        for name in ("interviews.qdpx", "highlights.csv", "matrix.xlsx")
    )


def made_up(folder: Path) -> None:
    """Tables that other steps make: two estimates, one criterion, no rung of the ladder."""

    def put(name: str, rows: list[dict[str, Any]], contract: type[Table]) -> None:
        table = pd.DataFrame(rows, columns=list(contract.columns()))
        contracts.write(table, folder / "results/tables" / f"{name}.csv", contract)

    blank = {name: 0 if c.kind == "count" else None for name, c in Estimates.columns().items()}
    told = {"model": "did_change", "time": "12m", "status": "estimated", "level": "person",
            "unit": "points", "ci_level": 0.95}  # fmt: skip
    words = {name: "-" for name, c in Estimates.columns().items() if c.kind in ("text", "category")}
    rows = [
        blank | words | told | {
            "estimate_id": name, "outcome": name.split("/")[1], "estimate": value,
            "ci_low": value - 0.2, "ci_high": value + 0.2, "reason": None,
        }
        for name, value in VALUES.items()
    ]  # fmt: skip
    put("estimates", rows, Estimates)
    zone = {"criterion": "fidelity", "label": "Fidelity", "kind": "mean", "zone": "green"}
    also = [zone, zone | {"criterion": "uptake", "zone": "amber"}]
    put("progression", also, Progression)
    put("ladder", [], Ladder)


def ran(told: Study) -> None:
    """Import, join, theorise."""
    done, tables = "data/processed", "results/tables"
    numbers = ["--estimates", f"{tables}/estimates.csv",
               "--progression", f"{tables}/progression.csv"]  # fmt: skip
    excerpts = ["--excerpts", f"{done}/excerpts.parquet"]
    assert main([
        "import_interviews", "--spec", interview_specs.imported(told),
        "--out", f"{done}/excerpts.parquet", "--interviews", f"{tables}/interviews.csv",
        "--codes", f"{tables}/codes.csv", "--notes", f"{tables}/import_notes.csv",
        "--pseudonyms", "data/processed/interview_pseudonyms.csv",
        "--before", f"{done}/before.parquet", "--codes-before", f"{done}/codes_before.csv",
    ]) == 0  # fmt: skip
    assert main([
        "join", "--spec", specs.joined(told), *excerpts, *numbers,
        "--pseudonyms", f"{done}/interview_pseudonyms.csv",
        "--ladder", f"{tables}/ladder.csv", "--out", f"{tables}/joint_display.csv",
        "--themes", f"{tables}/joint_themes.csv", "--quotes", f"{tables}/joint_quotes.csv",
        "--inferences", "data/inferences.csv",
    ]) == 0  # fmt: skip
    assert main([
        "theorise", "--spec", specs.theory(told), *excerpts, *numbers,
        "--nodes", f"{tables}/theory_nodes.csv", "--links", f"{tables}/theory_links.csv",
    ]) == 0  # fmt: skip


def test_the_sections_of_the_page_run_from_import_to_theory(tmp_path: Path) -> None:
    told = read_study(with_sections(tmp_path, INTERVIEWS, JOINED))
    made_up(tmp_path)
    with inside(tmp_path):
        ran(told)
        display = contracts.read(Path("results/tables/joint_display.csv"), JointDisplay)
        links = contracts.read(Path("results/tables/theory_links.csv"), TheoryLinks)
    rows = display.set_index("construct")
    declared = list(yaml.safe_load(JOINED)["integration"]["constructs"])
    assert list(rows.index[: len(declared)]) == declared
    assert rows.loc["loneliness", "estimate"] == VALUES["did_change/loneliness/12m"]
    assert (rows.loc[declared[:4], "excerpts"] > 0).all()
    assert rows.loc["delivery", "light"] == "green"
    inferred = read_inferences(ROOT / "data/inferences.csv", declared)
    assert rows.loc[list(inferred), "inference"].tolist() == [
        o.inference for o in inferred.values()
    ]
    assert rows.loc["recruitment", "inference"] == "to be written"
    assert set(links["link"]) == set(yaml.safe_load(JOINED)["integration"]["links"])


def test_files_of_each_kind_of_the_page_are_read(tmp_path: Path) -> None:
    """The project that another program wrote, highlights as Taguette has them, a matrix."""
    raw = tmp_path / "data/raw"
    raw.mkdir(parents=True)
    shutil.copy(ROOT / "tests/reference/interviews_root.qdpx", raw / "interviews.qdpx")
    highlights = "id,document,tag,content\n1,trafford_staff_Heron,limits.buses,No bus\n"
    (raw / "highlights.csv").write_text(highlights, encoding="utf-8")
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Case", "Site", "Role", "A : limits", "B : being known", "Notes"])
    sheet.append(["1 : Ibis", "Wexmoor", "person", "The fare.\n\nThe rain.", None, "long"])
    book.save(raw / "matrix.xlsx")
    declared = Interviews.model_validate(yaml.safe_load(KINDS)["interviews"])
    got = import_interviews(declared, tmp_path, ("trafford", "wexmoor"))
    first = got.excerpts["interview"].isin(["Heron", "Ibis"])
    own = got.excerpts[first][["interview", "site", "role", "theme", "subtheme", "text"]]
    assert own.astype("object").where(own.notna(), "").to_numpy().tolist() == [
        ["Heron", "trafford", "staff", "limits", "buses", "No bus"],
        ["Ibis", "wexmoor", "service_user", "limits", "", "The fare."],
        ["Ibis", "wexmoor", "service_user", "limits", "", "The rain."],
    ]
    assert len(got.excerpts) > 60 and got.excerpts["cleared"].eq("yes").any()


def test_inferences_of_the_page_are_read(tmp_path: Path) -> None:
    path = tmp_path / "inferences.yaml"
    path.write_text(INFERENCES, encoding="utf-8")
    (name,) = read_inferences(path, ("wellbeing", "loneliness"))
    assert name == "wellbeing"
