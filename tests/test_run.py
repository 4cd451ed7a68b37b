"""`cesp run`: what Snakemake is told, and what a person is told where there is nothing to run."""

import sys
from pathlib import Path
from typing import Any

import pytest

from cesp_analysis import run as running
from cesp_analysis.cli import main
from small_study import Study

ROOT = Path(__file__).resolve().parents[1]
TOLD = ["-P", "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--directory"]
PROFILE = ["--workflow-profile", str(ROOT / "profiles" / "default")]


@pytest.fixture
def study(tmp_path: Path) -> Path:
    Study(tmp_path / "study").write()
    return tmp_path / "study"


@pytest.mark.parametrize(
    ("words", "handed"),
    [
        ([], PROFILE),
        (["--"], PROFILE),
        (["results/a.csv"], [*PROFILE, "results/a.csv"]),
        (["-n"], [*PROFILE, "-n"]),
        (["--", "-n", "--cores", "4"], [*PROFILE, "-n", "--cores", "4"]),
        (["results/a.csv", "--", "--help"], [*PROFILE, "results/a.csv", "--help"]),
        (["--workflow-profile", "mine"], ["--workflow-profile", "mine"]),
        (["--workflow-profile=none", "-n"], ["--workflow-profile=none", "-n"]),
    ],
)
def test_words_go_to_snakemake_as_they_are(
    words: list[str], handed: list[str], study: Path, monkeypatch: Any
) -> None:
    """In a checkout with the checkout's Snakefile."""
    seen: list[Any] = []
    monkeypatch.setattr(running.os, "execv", lambda *call: seen.append(call))
    assert main(["run", str(study), *words]) == 0
    assert seen == [(sys.executable, [sys.executable, *TOLD, str(study), *handed])]


def test_where_there_is_no_study_it_says_so_and_makes_nothing(tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["run", str(tmp_path / "none"), "-n"]) == 1
    assert main(["run", str(tmp_path / "empty")]) == 1
    none, empty = capsys.readouterr().err.splitlines()
    remedy = "name the folder of a study, or make one: cesp new-study DIR FILE…"
    assert none == f"{tmp_path / 'none'}: there is no such folder; {remedy}"
    assert empty == f"{tmp_path / 'empty'}: holds no config.yaml; {remedy}"
    assert [path.name for path in tmp_path.rglob("*")] == ["empty"]


def test_an_installation_without_its_snakefile_is_told(
    study: Path, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    lone = tmp_path / "a" / "b" / "cesp_analysis"
    monkeypatch.setattr(running, "_PACKAGE", lone)
    assert main(["run", str(study)]) == 1
    assert "has no Snakefile; install cesp-analysis again" in capsys.readouterr().err
    (lone / "workflow").mkdir(parents=True)
    (lone / "workflow" / "Snakefile").write_text("")
    assert running.workflow() == lone / "workflow"
