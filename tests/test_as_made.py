"""A result that somebody edited: told by its time and checksum, and nothing else is."""

import json
import os
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest

from cesp_analysis.as_made import edited
from cesp_analysis.provenance.manifest import manifest

MADE = 1_700_000_000.25


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A study's folder with two results as their steps left them, and their manifest."""
    monkeypatch.chdir(tmp_path)
    tables = [made(tmp_path, f"results/tables/{name}.csv") for name in ("estimates", "n" * 250)]
    manifest(tables, tmp_path / "results" / "manifest.csv")
    made(tmp_path, "data/processed/panel.parquet")
    return tmp_path


def made(folder: Path, name: str) -> Path:
    """A file with Snakemake's record of it: the path, coded and cut, in `.snakemake/metadata`."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("outcome,estimate\nwellbeing,3.5\n", encoding="utf-8")
    os.utime(path, (MADE, MADE))
    record = folder / ".snakemake" / "metadata" / coded(name)
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps({"endtime": MADE, "incomplete": False}), encoding="utf-8")
    return path


def coded(name: str) -> Path:
    code = urlsafe_b64encode(name.encode()).decode()
    parts = [code[i : i + 254] for i in range(0, len(code), 254)]
    return Path(*[f"@{part}" for part in parts[:-1]], parts[-1])


def test_nothing_is_said_of_files_as_they_were_made(folder: Path) -> None:
    assert edited() == []


@pytest.mark.parametrize(
    "name", ["results/tables/estimates.csv", f"results/tables/{'n' * 250}.csv",
             "data/processed/panel.parquet"],
)  # fmt: skip
def test_an_edited_file_is_named_with_the_remedy(folder: Path, name: str) -> None:
    (folder / name).write_text("outcome,estimate\nwellbeing,9.5\n", encoding="utf-8")
    (said,) = edited()
    assert said.startswith(f"{name}: was changed at ")
    assert "2023-11-14 22:13:20" in said or "2023-11-15" in said  # in this machine's time zone
    remedy = "then delete it here and run the study (cesp run DIR), which makes it again"
    assert said.endswith(remedy)
    (folder / name).unlink()
    assert edited() == []


def test_a_folder_that_was_copied_has_other_times_and_the_same_bytes(folder: Path) -> None:
    for path in (folder / "results" / "tables").iterdir():
        os.utime(path)
    assert edited() == []


def test_what_a_run_made_after_the_manifest_is_as_it_was_made(folder: Path) -> None:
    """A run that was stopped leaves files of which no manifest tells."""
    path = folder / "results" / "tables" / "estimates.csv"
    path.write_text("outcome,estimate\nwellbeing,9.5\n", encoding="utf-8")
    os.utime(path, (MADE + 60, MADE + 60))
    record = folder / ".snakemake" / "metadata" / coded("results/tables/estimates.csv")
    record.write_text(json.dumps({"endtime": MADE + 60}), encoding="utf-8")
    assert edited() == []


def test_a_file_that_a_stopped_step_was_making_is_not_judged(folder: Path) -> None:
    name = "results/tables/estimates.csv"
    (folder / name).write_text("outcome,estimate\n", encoding="utf-8")
    assert len(edited()) == 1
    marked = folder / ".snakemake" / "incomplete" / coded(name)
    marked.parent.mkdir()
    marked.touch()
    assert edited() == []


def test_checksums_between_raw_data_and_results_are_those_of_the_record(folder: Path) -> None:
    path = folder / "data" / "processed" / "panel.parquet"
    os.utime(path)
    assert len(edited()) == 1
    from cesp_analysis.checksums import sha256_of

    told = {"jobs": [{"files": {"data/processed/panel.parquet": sha256_of(path), "x": ""}}]}
    (folder / "results" / "provenance.json").write_text(json.dumps(told), encoding="utf-8")
    assert edited() == []
    for spoilt in ("{", '{"jobs": 3}', '{"jobs": [{}]}', "[]"):
        (folder / "results" / "provenance.json").write_text(spoilt, encoding="utf-8")
        assert len(edited()) == 1


def test_records_that_say_nothing_are_passed_over(folder: Path) -> None:
    (folder / "results" / "tables" / "estimates.csv").write_text("x", encoding="utf-8")
    record = folder / ".snakemake" / "metadata" / coded("results/tables/estimates.csv")
    for spoilt in ("", "{", "[]", "{}", '{"endtime": null}'):
        record.write_text(spoilt, encoding="utf-8")
        assert edited() == []
    (record.parent / "no code").write_text("{}", encoding="utf-8")
    (record.parent / "_w==").write_text('{"endtime": 1.0}', encoding="utf-8")  # no UTF-8
    assert edited() == []


def test_of_a_copy_nothing_is_said_that_its_checksums_do_not_tell(folder: Path) -> None:
    """A single rule was run after the whole: what it made is newer than the manifest."""
    record = folder / ".snakemake" / "metadata" / coded("results/manifest.csv")
    record.write_text(json.dumps({"endtime": MADE + 10}), encoding="utf-8")
    estimates = folder / "results" / "tables" / "estimates.csv"
    estimates.write_text("outcome,estimate\nwellbeing,4.5\n", encoding="utf-8")
    own = folder / ".snakemake" / "metadata" / coded("results/tables/estimates.csv")
    own.write_text(json.dumps({"endtime": MADE + 60}), encoding="utf-8")
    for path in (folder / "results").rglob("*"):  # as cp -r leaves it
        os.utime(path)
    os.utime(folder / "data" / "processed" / "panel.parquet")
    told = {"jobs": []}
    (folder / "results" / "provenance.json").write_text(json.dumps(told), encoding="utf-8")
    assert [line.partition(":")[0] for line in edited()] == ["data/processed/panel.parquet"]
    (folder / "results" / "manifest.csv").unlink()  # a first run that was stopped, copied
    assert edited() == []
