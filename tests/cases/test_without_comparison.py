"""Two examples in which nothing is compared: nobody was followed up; one arm holds nobody.

Run to the end by Snakemake, as a user runs them; their numbers are R's (tests/reference).
"""

import csv
import json
import runpy
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from cesp_analysis import contracts
from cesp_analysis.cli import main
from cesp_analysis.models.tables import PublishedNumbers
from cesp_analysis.schemas import Estimates

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "pipeline"))
from running import copy_of_study, snakemake  # noqa: E402

NUMBERS = {"baseline_only": 27, "empty_control": 52}
READERS = ("report", "public")
SAID = {
    "baseline_only": (
        "They answered questions once: Baseline.",
        "Nobody has answered again. So nobody can tell yet what came after.",
        "Answers are known of one time alone: no change can be told, and nothing here tells a"
        " difference that was made from one that had been there before.",
        "People were asked once: no change can be told.",
    ),
    "empty_control": (
        "This study was to compare two groups: Beat the Blues and Usual treatment. Nobody was in"
        " the Usual treatment group.",
        "Nobody was in the Usual treatment group, so that there was no gap to work out.",
        "By 8 months, Depression (BDI) had gone down by 13",
        "The arm Usual treatment holds nobody: nothing is compared.",
        "The arm Usual treatment holds nobody: what would have happened to the others is not"
        " known.",
        "The gaps were filled 20 times over (not those after a death), with values drawn from what"
        " else is known; no imputed model has an estimate, and Estimates says why.",
    ),
}
FALSE = {
    "baseline_only": (
        "a gap tells of", "the effect of being allocated", "Nobody was asked whether",
        "Each line is one person", "Changes of people since", "results/models/MODEL",
    ),
    "empty_control": (
        "This study compared", "The arms", "the two groups of people alike", "moving apart",
        "Nobody was asked whether", "counts the spread", "asked at two times", "of 2 sites",
        "was not tried",
    ),
}  # fmt: skip
"""What such a report would say if it took the study for one that compares two arms over time."""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Both examples, run to the end."""
    folders = {}
    for name in NUMBERS:
        folder = copy_of_study(ROOT / "examples" / name, tmp_path_factory.mktemp("examples") / name)
        done = snakemake(ROOT, folder)
        assert done.returncode == 0 and "Traceback" not in done.stdout, done.stdout
        folders[name] = folder
    return folders


def blocks(folder: Path, reader: str) -> list[dict[str, Any]]:
    told = json.loads((folder / "results" / reader / "report.json").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = told["blocks"]
    return found


def prose(value: Any) -> str:
    """Every text within a JSON value."""
    if isinstance(value, dict | list):
        return "\n".join(map(prose, value.values() if isinstance(value, dict) else value))
    return str(value)


@pytest.mark.parametrize("name", NUMBERS)
def test_the_numbers_are_r_s(ran: dict[str, Path], name: str) -> None:
    found = contracts.read(ran[name] / "results/tables/published.csv", PublishedNumbers)
    assert list(found.loc[found["agrees"] != "yes", "quantity"]) == []
    assert len(found) == NUMBERS[name]


@pytest.mark.parametrize("name", NUMBERS)
def test_the_records_are_cut_from_the_whole_file(name: str, tmp_path: Path) -> None:
    """export.py makes the file again, byte for byte."""
    examples = Path(shutil.copytree(ROOT / "examples" / name, tmp_path / name))
    shutil.copytree(ROOT / "examples/beat_the_blues/data", tmp_path / "beat_the_blues/data")
    (path,) = (examples / "data" / "raw").glob("*.csv")
    committed = path.read_bytes()
    path.unlink()
    runpy.run_path(str(examples / "export.py"))
    assert path.read_bytes() == committed


@pytest.mark.parametrize("name", NUMBERS)
def test_it_ends_with_both_reports_in_all_forms_and_nothing_is_to_do(
    ran: dict[str, Path], name: str
) -> None:
    results = ran[name] / "results"
    for form, head in (("index.html", b"<!DOCTYPE html>"), ("docx", b"PK"), ("pdf", b"%PDF-")):
        for reader in READERS:
            place = results / reader / (form if "." in form else f"report.{form}")
            assert place.read_bytes().startswith(head), place
    assert "nothing to do" in snakemake(ROOT, ran[name]).stdout.lower()


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", NUMBERS)
def test_no_section_is_empty(ran: dict[str, Path], name: str, reader: str) -> None:
    """Behind every heading stands a part of it, and in every table a row."""
    found = blocks(ran[name], reader)
    for block, after in zip(found, [*found[1:], None], strict=True):
        if block["kind"] == "heading":
            assert after and (after["kind"] != "heading" or after["level"] > block["level"]), block
        if block["kind"] == "table":
            assert all(group["rows"] for group in block["groups"]) and block["groups"], block["id"]


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", NUMBERS)
def test_the_report_says_what_is_so_and_nothing_else(
    ran: dict[str, Path], name: str, reader: str
) -> None:
    text = prose(blocks(ran[name], reader))
    assert [said for said in SAID[name] if said not in text] == []
    assert [said for said in FALSE[name] if said in text] == []


def test_every_model_says_that_nobody_is_in_control(ran: dict[str, Path]) -> None:
    path = ran["empty_control"] / "results/tables/estimates.csv"
    found = list(contracts.rows(path, Estimates))
    assert len(found) == 16
    for row in found:
        assert row["status"] == "not_estimable" and row["estimate"] is None
        assert "the control arm holds nobody" in row["reason"]


def test_the_flow_counts_nobody_in_the_empty_arm(ran: dict[str, Path]) -> None:
    (flow,) = [one for one in blocks(ran["empty_control"], "report") if one.get("id") == "flow"]
    rows = [row["cells"] for group in flow["groups"] for row in group["rows"]]
    assert [treated for treated, _ in rows] == ["52", "52", "37", "15", "29", "8", "27", "2"]
    assert {control for _, control in rows} == {"0"}


@pytest.mark.parametrize("name", NUMBERS)
def test_nothing_follows_from_what_leaves(ran: dict[str, Path], name: str) -> None:
    assert main(["attack", str(ran[name] / "results" / "public")]) == 0


@pytest.mark.parametrize("name", NUMBERS)
def test_published_counts_of_people_do_not_leave(ran: dict[str, Path], name: str) -> None:
    """With the exact n of each time, the few who were lost in between would be known."""
    with (ran[name] / "results/public/tables/published.csv").open(encoding="utf-8") as stream:
        assert list(csv.DictReader(stream)) == []
