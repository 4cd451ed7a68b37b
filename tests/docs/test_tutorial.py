"""The tutorial, done as it says; other pages' commands in the study that it makes."""

import csv
from pathlib import Path

import made_study
import page_commands
import pytest
import table_page
from made_study import ROOT

from cesp_analysis.provenance.row_keys import contract_of

TUTORIAL = ROOT / "docs" / "tutorial"
RUN = {command: told["run"] for command, told in page_commands.table().items() if "run" in told}
STOPS = 2
"""Dry runs of a draft: they end with a status of their own."""


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[str, str]]]:
    """The study's folder, and what each command of the page printed."""
    study = tmp_path_factory.mktemp("tutorial") / "walk"
    return study, list(made_study.made(study))


@pytest.fixture(scope="module")
def study(done: tuple[Path, list[tuple[str, str]]]) -> Path:
    """The finished study, with what other pages' commands take as given."""
    made_study.prepared(done[0])
    return done[0]


def test_the_tutorial_is_done_as_it_says(done: tuple[Path, list[tuple[str, str]]]) -> None:
    """Dry runs of the draft stop, as the page says; everything else goes through."""
    ended = [(command, told.rpartition(" ")[2].strip()) for command, told in done[1]]
    assert [command for command, status in ended if status != "0"] == [
        f"snakemake -n --directory {made_study.FOLDER}"
    ] * STOPS
    assert "7 things are still to decide" in done[1][2][1]
    assert "nothing is left to decide" in done[1][3][1]


@pytest.mark.parametrize("name", ["flow", "means", "forest", "shock"])
def test_the_pictures_are_what_a_run_draws(study: Path, name: str) -> None:
    """After a change: python docs/tutorial/pictures.py with the study's folder."""
    drawn = study / "results" / "figures" / f"{name}_person.svg"
    assert drawn.read_bytes() == (TUTORIAL / f"{name}_person.svg").read_bytes()


def test_the_numbers_of_the_page_are_the_run_s(study: Path) -> None:
    page = made_study.PAGE.read_text(encoding="utf-8")
    with (study / "results/tables/estimates.csv").open(encoding="utf-8") as stream:
        rows = {row["estimate_id"]: row for row in csv.DictReader(stream)}
    assert f"{float(rows['change/swemwbs/six_months']['estimate']):.4f}" in page
    assert (TUTORIAL / "report.png").stat().st_size < 150_000


def test_every_table_of_the_run_is_in_the_reference_as_it_is(study: Path) -> None:
    page = (ROOT / "docs/reference/tables.md").read_text(encoding="utf-8")
    named = set(table_page.files_on(page))
    tables = sorted((study / "results/tables").glob("*.csv"))
    assert len(tables) >= 30
    for path in tables:
        assert f"results/tables/{path.name}" in named, path.name
        head = path.read_text(encoding="utf-8").partition("\n")[0].split(",")
        part = next(p for p in page.split("\n### ") if f"`results/tables/{path.name}`" in p)
        told = [line.split("`")[1] for line in part.splitlines() if line.startswith("| `")]
        assert head == told, path.name
        assert contract_of(head) is not None


@pytest.mark.parametrize("command", [c for c, how in RUN.items() if how == "study"])
def test_a_command_of_another_page_runs(study: Path, command: str) -> None:
    ran = made_study.elsewhere(command, study)
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize("command", [c for c, how in RUN.items() if how == "apart"])
def test_a_command_that_writes_a_study_runs_apart(study: Path, command: str) -> None:
    ran = made_study.run(command, study / "apart")
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize("command", [c for c, how in RUN.items() if how == "program"])
def test_a_command_in_the_program_s_folder_runs(command: str) -> None:
    ran = made_study.run(command, ROOT)
    assert ran.returncode == 0, ran.stdout


def test_a_locked_plan_is_amended_by_the_command_of_the_page(study: Path) -> None:
    (command,) = (c for c, how in RUN.items() if how == "amended")
    made_study.elsewhere("cesp lock-plan --date 2026-01-15", study)
    config = study / "config.yaml"
    text = config.read_text(encoding="utf-8")
    config.write_text(
        text.replace("label: Six months, position: 6", "label: Half a year, position: 7")
    )
    ran = made_study.elsewhere(command, study)
    assert ran.returncode == 0, ran.stdout
    config.write_text(text, encoding="utf-8")
