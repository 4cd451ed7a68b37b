"""Raw files in git: a real study's stop the run unless they are openly licensed."""

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cesp_analysis.intake.tracked import is_open, tracked_without_licence
from cesp_analysis.study.read import read_study
from small_study import Study, inside


def lines(
    study: Study, synthetic: bool = False, licence: str = "not open", git: bool = True
) -> Any:
    """What is said of the tiny study's raw files."""
    study.config["study"]["synthetic"] = synthetic
    study.write()
    sources = study.folder / "data/raw/SOURCES.yaml"
    sources.write_text(sources.read_text().replace("CC0-1.0", licence))
    with inside(study.folder):
        if git:
            subprocess.run(["git", "init", "-q"], check=True)
            subprocess.run(["git", "add", "data/raw"], check=True)
        return list(tracked_without_licence(read_study("."), Path("data/raw/SOURCES.yaml")))


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """The tiny study in a folder with an odd name."""
    folder = tmp_path / "anne's study (v2)"
    folder.mkdir()
    return Study(folder)


def test_tracked_files_of_a_real_study_are_named(study: Study) -> None:
    said = lines(study)
    assert [line.split(":")[0] for line in said] == [
        "data/raw/after.csv", "data/raw/before.csv", "data/raw/people.csv",
    ]  # fmt: skip
    assert "git rm --cached data/raw/after.csv" in said[0]


@pytest.mark.parametrize(
    "how",
    [
        {"synthetic": True},
        {"licence": "CC-BY-4.0"},
        {"licence": "GPL-2.0-only"},
        {"licence": "OGL-UK-3.0"},
        {"git": False},
    ],
    ids=["synthetic", "CC-BY", "GPL", "OGL", "no repository"],
)
def test_nothing_is_said_where_it_may_be_passed_on(study: Study, how: dict[str, Any]) -> None:
    assert lines(study, **how) == []


def test_a_repository_that_git_will_not_read_is_told(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines(study)
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with inside(study.folder):
        (line,) = tracked_without_licence(read_study("."), Path("data/raw/SOURCES.yaml"))
    assert line.startswith("data/raw: git does not say whether it tracks the raw files: fatal: ")
    assert "dubious ownership" in line and "\n" not in line and "git config --global" in line


def test_a_name_that_is_no_utf_8_is_named_too(study: Study) -> None:
    odd = study.folder / "data/raw" / os.fsdecode(b"caf\xe9.csv")
    odd.parent.mkdir(parents=True)
    odd.write_text("a\n")
    (first, *_) = [line for line in lines(study) if "caf" in line]
    assert "is tracked by git" in first


@pytest.mark.parametrize(
    "licence",
    ["CC0-1.0", "CC-BY-4.0", "CC-BY-SA-4.0", "OGL-UK-3.0", "MIT", "public domain", "GPL-2",
     "odbl-1.0", "GPL-2.0-only OR GPL-3.0-only", "(MIT OR Apache-2.0)"],
)  # fmt: skip
def test_an_open_licence_is_known_by_its_name(licence: str) -> None:
    assert is_open(licence)


@pytest.mark.parametrize(
    "licence",
    ["Confidential; use limited to the study team", "submitted under a data sharing agreement",
     "committee approval needed", "Google Drive of the team", "no MIT licence; do not share",
     "MIT AND confidential", "CC-BY-NC-4.0", "CC-BY-ND-4.0", "none", "", "public domain?"],
)  # fmt: skip
def test_words_that_hold_a_licences_letters_open_nothing(licence: str) -> None:
    assert not is_open(licence)
