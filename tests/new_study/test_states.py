"""A draft asks about columns that look like states of an instrument, and about no others."""

import sys
from pathlib import Path

import pytest

from small_study import PEOPLE

sys.path.insert(0, str(Path(__file__).parent))
from drafting import drafted, part, text_of, written


def answers(column: str, *cells: str) -> str:
    """A CSV of the twelve people, each with a cell."""
    rows = [f"P{i:02},2024-01-1{i % 10},{cell}" for i, cell in enumerate(cells, 1)]
    return "\n".join([f"id,date,{column}", *rows]) + "\n"


THREE = ("11111", "11221", "33221", "12321", "33333", "11112", "21131", "11421", "22222", "11211",
         "12211", "13331")  # fmt: skip
FIVE = ("11111", "54221", "33221", "12321", "33433", "11112", "21151", "11421", "22222", "11211",
        "12211", "13331")  # fmt: skip


@pytest.mark.parametrize(
    ("column", "cells", "asked"),
    [
        ("eq5d_state", FIVE, "of eq5d_5l. Is it so (instruments: {eq5d_5l: {state: eq5d_state}}"),
        ("eq5d_3l", THREE, "of eq5d_3l. Is it so (instruments: {eq5d_3l: {state: eq5d_3l}}"),
        ("health", THREE, "of eq5d_3l or eq5d_5l or icecap_o. Is it so"),
        ("parcel", tuple(str(10000 + 977 * i) for i in range(12)), ""),
        ("wage", tuple(str(int(cell) // 10) for cell in FIVE), ""),
    ],
)
def test_a_column_of_states_is_asked_about(
    tmp_path: Path, column: str, cells: tuple[str, ...], asked: str
) -> None:
    raw = written(tmp_path / "given", people_csv=PEOPLE, before_csv=answers(column, *cells))
    drafted(tmp_path / "s", *raw)
    text = text_of(tmp_path / "s")
    assert ("seems to hold states, one digit an item" in text) == bool(asked)
    assert asked in text
    assert "instruments" not in part(tmp_path / "s", "before")  # it is asked, not taken
