"""Codes that all stand in one folder: NVivo's is left out, any other is told of."""

from pathlib import Path
from typing import Any

import pytest

from cesp_analysis.interviews.read import Imported
from coded_files import code, imported, project, qdpx, selection, text_source

ENTRY = {
    "path": "s.csv", "kind": "segments", "hierarchy": "\\",
    "columns": {"interview": "who", "code": "code", "text": "text"},
}  # fmt: skip


def segments(folder: Path, *codes: str, **more: Any) -> Imported:
    """A row a code, each of its own words."""
    rows = "".join(f"P,{one},words {n}\n" for n, one in enumerate(codes))
    (folder / "s.csv").write_text(f"who,code,text\n{rows}", encoding="utf-8")
    return imported(folder, {"s": ENTRY | more})


def themes(got: Imported) -> list[str]:
    return got.excerpts["theme"].tolist()


@pytest.mark.parametrize("root", ["Nodes", "Codes", "nodes"])
def test_the_folder_of_a_program_is_no_theme(tmp_path: Path, root: str) -> None:
    got = segments(tmp_path, rf"{root}\\Company\friends", rf"{root}\\Bus")
    assert themes(got) == ["Company", "Bus"]
    assert got.excerpts["subtheme"].fillna("").tolist() == ["friends", ""]
    note = got.notes.set_index("kind").loc["folder_of_codes"]
    assert note["n"] == 2 and f"codes stand in '{root}'" in note["fact"]


@pytest.mark.parametrize(
    ("codes", "more"),
    [
        ((r"Nodes\\Company", "Bus"), {}),  # not all
        ((r"Nodes\\Company", "Nodes"), {}),  # it is a code itself
        ((r"Nodes\\Company",), {"codes": {"Nodes / Company": {"theme": "Nodes"}}}),  # named so
    ],
)
def test_a_code_that_is_called_like_it_stays(
    tmp_path: Path, codes: tuple[str, ...], more: dict[str, Any]
) -> None:
    got = segments(tmp_path, *codes, **more)
    assert themes(got)[0] == "Nodes"
    assert not {"folder_of_codes", "one_theme"} & {*got.notes["kind"]}


def test_another_first_level_of_all_codes_is_told_with_what_makes_themes(tmp_path: Path) -> None:
    paths = (r"Round 2\Company\friends", r"Round 2\Bus")
    got = segments(tmp_path, *paths)
    assert set(themes(got)) == {"Round 2"}
    fact = got.notes.set_index("kind").loc["one_theme", "fact"]
    assert "'Round 2', which is so the only theme" in fact and "under codes:" in fact
    said = {f"Round 2 / {one}": {"theme": one} for one in ("Company", "Bus")}
    told = segments(tmp_path, *paths, codes=said)
    assert themes(told) == ["Company", "Bus"] and "one_theme" not in told.notes["kind"].tolist()


def test_parts_of_one_theme_are_told_of_nothing(tmp_path: Path) -> None:
    got = segments(tmp_path, r"Company\friends", r"Company\friends\old ones")
    assert "one_theme" not in got.notes["kind"].tolist()


def test_the_codebook_and_a_project_are_read_without_it_too(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("code\nNodes\nNodes\\Company\nNodes\\Bus\n", encoding="utf-8")
    (tmp_path / "s.csv").write_text("who,code,text\nP,Nodes\\\\Company,w\n", encoding="utf-8")
    book = {"path": "b.csv", "hierarchy": "\\"}
    got = imported(tmp_path, {"s": ENTRY}, codebook=book)
    assert sorted(got.codes["code"]) == ["Bus", "Company"]
    assert "not_in_codebook" not in got.notes["kind"].tolist()
    codes = code(1, "Nodes", code(2, "Company"), code(3, "Bus"))
    spoken = text_source(10, "P1", "abcdef", selection(20, 0, 3, 2))
    qdpx(tmp_path / "p.qdpx", project(codes, spoken))
    got = imported(tmp_path, {"a": {"path": "p.qdpx", "kind": "qdpx"}})
    assert themes(got) == ["Company"] and sorted(got.codes["code"]) == ["Bus", "Company"]
