"""Drafts of sheets: decimal commas in text beside true numbers, a row of means at the foot."""

import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from drafting import drafted, part, text_of, written
from test_small import IDS, rows

REGISTER = rows("id,site", "P{i}", "North|South")


def sheet(folder: Path, height: list[Any], *foot: list[Any]) -> Path:
    """A sheet of twenty people: true numbers in one column, `height` in another."""
    book = openpyxl.Workbook()
    book.active.append(["id", "visit_date", "score", "height", "weight_kg"])
    for i in IDS:
        cell = height[i % len(height)]
        book.active.append([f"P{i}", f"2024-01-{i:02}", 2.5 + i, cell, 60 + i])
    for row in foot:
        book.active.append(row)
    folder.mkdir(exist_ok=True)
    path = folder / "baseline.xlsx"
    book.save(path)
    return path


def test_commas_in_text_alone_are_the_sheet_s_mark(tmp_path: Path) -> None:
    """True numbers have no mark; they were taken for points beside the commas."""
    files = [*written(tmp_path / "g", people_csv=REGISTER), sheet(tmp_path / "g", ["1,50", "1,75"])]
    drafted(tmp_path / "s", *files)
    assert part(tmp_path / "s", "baseline")["decimal"] == ","
    assert "Decimal commas stand beside points" not in text_of(tmp_path / "s")


def test_points_in_text_are_asked_about(tmp_path: Path) -> None:
    files = [*written(tmp_path / "g", people_csv=REGISTER), sheet(tmp_path / "g", ["1,50", "1.75"])]
    drafted(tmp_path / "s", *files)
    assert "decimal" not in part(tmp_path / "s", "baseline")
    assert "Decimal commas stand beside points in height" in text_of(tmp_path / "s")


@pytest.mark.parametrize("word", ["Mean", "Total"])
def test_a_row_of_means_above_a_note_is_asked_about(word: str, tmp_path: Path) -> None:
    """It was read as somebody called Mean, since the note stands below it."""
    foot = [word, None, 12.9], [], ["Note: typed in by hand"]
    files = [
        *written(tmp_path / "g", people_csv=REGISTER),
        sheet(tmp_path / "g", [1.5, 2.5], *foot),
    ]
    study = drafted(tmp_path / "s", *files)
    assert study.files["baseline"].last_line == 21
    said = text_of(tmp_path / "s")
    assert "Lines 22, 24 hold something below the last record, as it seems; last_line: 21" in said
