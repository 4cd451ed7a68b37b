"""Files beside the raw ones: what they hold decides, not their times."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from running import ROOT, snakemake, would_run

from cesp_analysis.cli import main
from cesp_analysis.declared.source_list import SOURCES
from cesp_analysis.errors import CespError
from cesp_analysis.given import given, hold
from cesp_analysis.study.read import read_study
from cesp_analysis.study_faults import faults_of_files
from generated_survey import study_of
from small_study import inside


def test_an_older_file_that_holds_something_else_is_told_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "margins.csv"
    path.write_text("a", encoding="utf-8")
    (before,) = given([str(path)])
    path.write_text("b", encoding="utf-8")
    os.utime(path, ns=(0, 0))
    assert given([str(path)]) != [before] and given([]) == []
    with pytest.raises(CespError, match=r"margins\.csv: has changed since the run began"):
        hold(before)
    path.write_text("a", encoding="utf-8")
    hold(before)


GIVEN = {
    "weigh": ["--panel", "--margins", "--out", "--weights", "--weighting", "--margin-table"],
    "replicate": ["--panel", "--margins", "--out"],
    "value": ["--records", "--paths", "--out", "--problems"],
    "external": ["--paths", "--out", "--divergences"],
    "ladder": ["--panel", "--estimates", "--out", "--curves", "--bracket", "--identities"],
    "specification_curve": ["--panel", "--out"],
    "progression": ["--rates", "--records", "--panel", "--out", "--sample-size"],
    "cost": [
        "--records", "--panel", "--visits", "--scores", "--events", "--problems", "--ledger",
        "--out", "--table", "--prices", "--exceptions", "--use",
    ],
    "evaluate": [
        "--panel", "--events", "--visits", "--records", "--scores", "--out", "--curve", "--plane",
        "--quadrants", "--information", "--known", "--means", "--imputation",
    ],
    "import_interviews": ["--out", "--interviews", "--codes", "--notes", "--pseudonyms"],
    "join": [
        "--excerpts", "--pseudonyms", "--estimates", "--ladder", "--out", "--themes", "--quotes",
    ],
    "process": ["--records", "--panel", "--out"],
    "learn": ["--panel", "--out", "--known"],
    "size": ["--draws", "--out"],
    "worth": ["--draws", "--planned", "--net-benefit", "--out"],
    "fit": [
        "--model", "--panel", "--estimates", "--means", "--diagnostics", "--residuals",
        "--influence",
    ],
}  # fmt: skip
"""Each step that is told checksums of files beside the raw ones → its other arguments."""


@pytest.mark.parametrize("step", GIVEN)
def test_a_step_holds_its_files_to_their_checksums_before_anything_else(
    step: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """None of its other inputs is there, and its spec is none: it does not come so far."""
    (tmp_path / "own.csv").write_text("a", encoding="utf-8")
    (before,) = given([str(tmp_path / "own.csv")])
    (tmp_path / "own.csv").write_text("b", encoding="utf-8")
    others = [part for name in GIVEN[step] for part in (name, str(tmp_path / "none"))]
    with inside(tmp_path):
        assert main([step, "--spec", "none", *others, "--checksums", before]) == 1
    shown = capsys.readouterr().err
    assert shown.strip() == (
        f"{tmp_path}/own.csv: has changed since the run began; let it be written to its end, and"
        " run again"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["own.csv"]


def test_every_step_that_takes_checksums_of_such_files_is_held_to_them() -> None:
    told_in = r'"cesp (\w+) (?:(?!"cesp ).)*?\{params\.checksums'
    told = {
        name
        for path in (ROOT / "rules").glob("*.smk")
        for name in re.findall(told_in, read(path), re.DOTALL)
    }
    assert told == set(GIVEN) | {"intake"}


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_margins_that_changed_under_an_older_time_weigh_again(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    study.write()
    weights, margins = tmp_path / "results/tables/weights.csv", tmp_path / "margins.csv"
    target = "results/tables/weights.csv"
    done = snakemake(ROOT, tmp_path, target)
    assert done.returncode == 0, done.stdout
    assert would_run(ROOT, tmp_path, target) == []
    before, text = weights.read_bytes(), read(margins)
    os.utime(margins)
    assert would_run(ROOT, tmp_path, target) == []
    changed = text.replace("north,w1,sex,f,510", "north,w1,sex,f,530")
    changed = changed.replace("north,w1,sex,m,490", "north,w1,sex,m,470")
    assert sum(one != other for one, other in zip(changed.split(), text.split(), strict=True)) == 2
    margins.write_text(changed, encoding="utf-8")
    os.utime(margins, ns=(0, 0))
    assert would_run(ROOT, tmp_path, target) == ["weigh"]
    done = snakemake(ROOT, tmp_path, target)
    assert done.returncode == 0, done.stdout
    assert weights.read_bytes() != before
    margins.write_text(text, encoding="utf-8")
    os.utime(margins, ns=(0, 0))
    assert snakemake(ROOT, tmp_path, target).returncode == 0 and weights.read_bytes() == before


@pytest.mark.parametrize("listed", ["0" * 64, None])
def test_a_listed_file_of_margins_that_changed_is_one_line(
    tmp_path: Path, listed: str | None
) -> None:
    study = study_of(tmp_path)
    study.write()
    with inside(tmp_path):
        entries: dict[str, Any] = yaml.safe_load(SOURCES.read_text(encoding="utf-8"))
        if listed:
            first = next(iter(entries["files"].values()))
            entries["files"]["../../margins.csv"] = first | {"sha256": listed}
        SOURCES.write_text(yaml.safe_dump(entries), encoding="utf-8")
        found = faults_of_files(read_study())
    assert len(found) == bool(listed)
    assert all(line.startswith("margins.csv: has changed since SOURCES.yaml") for line in found)
