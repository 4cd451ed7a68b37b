"""Exports among the raw files that nothing names: a second one, a copy that a browser numbered."""

import shutil
from pathlib import Path

from cesp_analysis.named_files import unread_files
from cesp_analysis.pipeline import opened
from small_study import Study, inside


def test_a_copy_of_an_export_is_named(tmp_path: Path) -> None:
    study = Study(tmp_path)
    study.write()
    raw = tmp_path / "data" / "raw"
    with inside(tmp_path):
        assert list(unread_files(opened("."))) == []
        shutil.copy(raw / "people.csv", raw / "people (1).csv")
        (raw / "codebook.pdf").touch()  # no export
        (raw / "old").mkdir()
        shutil.copy(raw / "people.csv", raw / "old" / "people.XLSX")
        said = list(unread_files(opened(".")))
    assert [line.partition(": ")[0] for line in said] == [
        "data/raw/old/people.XLSX", "data/raw/people (1).csv",
    ]  # fmt: skip
    assert "no entry of config.yaml reads it, and data/raw/SOURCES.yaml does not list it" in said[1]


def test_what_the_sources_list_is_known_though_no_entry_reads_it(tmp_path: Path) -> None:
    """Files of a later part of the study are listed when they come."""
    study = Study(tmp_path)
    study.files["later.csv"] = "id,cost\nP01,3\n"
    study.write()
    with inside(tmp_path):
        assert list(unread_files(opened("."))) == []
