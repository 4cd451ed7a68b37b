"""Files beside the raw ones: what they hold decides, not their times."""

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from cesp_analysis.errors import CespError
from cesp_analysis.given import given, hold
from cesp_analysis.intake.sources import SOURCES
from cesp_analysis.pipeline import faults_of_files
from cesp_analysis.study.read import read_study
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
