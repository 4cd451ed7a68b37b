"""What stands where a run needs a folder is one line before any job, not a traceback."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from running import ROOT, snakemake

from cesp_analysis.made_folders import folders_of, in_the_way
from small_study import Study


def test_folders_are_those_before_a_wildcard() -> None:
    rule = SimpleNamespace(
        output=["results/models/{model}/means.csv", "results/tables/a.csv"], log=["results/logs/a"]
    )
    found = ["results/models", "results/tables", "results/logs"]
    assert list(folders_of([rule])) == found


def test_each_thing_in_the_way_is_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("results").mkdir()
    Path("elsewhere").mkdir()
    Path("data").symlink_to("elsewhere")
    Path("results/tables").write_text("", encoding="utf-8")
    Path("results/logs").symlink_to("nowhere")
    lines = [*in_the_way(["results/tables", "results/logs/fit", "data/processed", "none/there"])]
    assert lines == [
        "results/logs: is a link to a folder that is not there, and a run needs a folder there;"
        " move it away, and run again",
        "results/tables: is a file, and a run needs a folder there; move it away, and run again",
    ]


def a_file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine", encoding="utf-8")


def a_link(path: Path) -> None:
    path.symlink_to("nowhere")


@pytest.mark.parametrize(
    ("path", "put"),
    [
        ("results", a_file), ("results", a_link), ("results/tables", a_file),
        ("results/logs/fit", a_file), ("data/processed", a_file), (".snakemake", a_file),
        (".snakemake/cesp.code", a_file),
    ],
)  # fmt: skip
def test_a_run_says_it_in_one_line(study: Study, path: str, put: Callable[[Path], None]) -> None:
    study.write()
    put(study.folder / path)
    done = snakemake(ROOT, study.folder)
    own = ("Using ", "Failed to setup log file")  # Snakemake's, before it reads the Snakefile
    said = [line for line in done.stdout.splitlines() if line and not line.startswith(own)]
    assert done.returncode == 1 and len(said) == 1, done.stdout
    assert said[0].startswith(f"{path}: is a ") and said[0].endswith("and run again")
