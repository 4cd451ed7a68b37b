"""Passages that coders mark with other borders are told of, in one file and between files."""

from pathlib import Path
from typing import Any

import pytest

from coded_files import code, imported, project, qdpx, selection, text_source

TEXT = "abcdefghij" * 20


def made(path: Path, *selections: str) -> None:
    qdpx(path, project(code(1, "help"), text_source(10, "P1", TEXT, "".join(selections))))


def notes(folder: Path, files: dict[str, Any]) -> list[list[Any]]:
    """File, number and first of each note of borders."""
    own = imported(folder, files).notes
    assert "same borders" in " ".join(own.loc[own["kind"] == "other_borders", "fact"])
    of = own[own["kind"] == "other_borders"]
    return [*map(list, of[["file", "n"]].itertuples(index=False, name=None))]


def test_two_users_of_one_project(tmp_path: Path) -> None:
    """Of 10 passages both coders have, a third of the second's end a character later."""
    first = [selection(100 + i, 10 * i, 10 * i + 8, 1) for i in range(10)]
    second = [
        selection(200 + i, 10 * i, 10 * i + 8 + (i % 3 == 0), 1, coder=901) for i in range(10)
    ]
    made(tmp_path / "p.qdpx", *first, *second)
    assert notes(tmp_path, {"a": {"path": "p.qdpx", "kind": "qdpx"}}) == [["p.qdpx", 8]]


def test_two_files(tmp_path: Path) -> None:
    made(tmp_path / "a.qdpx", selection(20, 0, 9, 1), selection(21, 20, 29, 1))
    made(tmp_path / "b.qdpx", selection(30, 0, 9, 1), selection(31, 21, 30, 1))
    files = {
        "a": {"path": "a.qdpx", "kind": "qdpx", "coder": "first"},
        "b": {"path": "b.qdpx", "kind": "qdpx", "coder": "second", "for_agreement": True},
    }
    assert notes(tmp_path, files) == [["a.qdpx", 1], ["b.qdpx", 1]]


@pytest.mark.parametrize(
    "other",
    [
        selection(21, 9, 12, 1, coder=901),  # begins where the first ends
        selection(21, 2, 5, 1),  # the same coder marks a part of it
        selection(21, 0, 9, 1, coder=901),  # the same borders
        selection(21, 0, 9, 1, coder=901) + selection(22, 2, 5, 1, coder=901),  # both have the one
    ],
)
def test_what_is_no_other_border(tmp_path: Path, other: str) -> None:
    made(tmp_path / "p.qdpx", selection(20, 0, 9, 1), other)
    own = imported(tmp_path, {"a": {"path": "p.qdpx", "kind": "qdpx"}}).notes
    assert "other_borders" not in own["kind"].tolist()
