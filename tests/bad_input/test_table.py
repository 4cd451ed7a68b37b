"""Every bad input of `table.yaml`: what it says, whether it stops, and that nothing is lost.

An entry says which files go where in the small study of `base/` (SOURCES.yaml is written to fit,
unless the entry brings its own), whether the run stops (`exit`), and the `message`:
exit 1: how each line on the terminal begins, all of them in order;
exit 0: each line of data_problems.csv, as `file: line: column: kind: value`.
`until`: the last step that is run, where it is not `check`;
`aside`: reason → records set aside for it; `records`: how many a raw file holds, where it is not
eight. Where a message depends on a library's words, the table has the part before them.
"""

import hashlib
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from small_study import Ran, inside, steps

HERE = Path(__file__).parent
PLAIN = {
    "config.yaml": "base/config.yaml",
    **{f"data/raw/{name}.csv": f"base/{name}.csv" for name in ("people", "before", "after")},
}
OWN = ("table.yaml", ".gitattributes", "make_large.py", *(p.name for p in HERE.glob("test_*.py")))
SOURCES = "data/raw/SOURCES.yaml"


def table() -> dict[str, dict[str, Any]]:
    """Name → entry."""
    text = (HERE / "table.yaml").read_text(encoding="utf-8")
    entries = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return {entry["name"]: entry for entry in entries}


TABLE = table()


def placed(entry: dict[str, Any], folder: Path) -> None:
    """The small study with the entry's files in it."""
    plain = {} if "data/raw/survey.csv" in entry["files"] else PLAIN
    for place, source in {**plain, **entry["files"]}.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(HERE / source, folder / place)
    if SOURCES not in entry["files"]:
        write_sources(folder)


def write_sources(folder: Path) -> None:
    """SOURCES.yaml with every raw file as it is."""
    listed = {
        path.name: {
            "supplier": "test",
            "received": "2026-01-01",
            "row": "a row",
            "licence": "CC0-1.0",
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        for path in sorted((folder / "data/raw").iterdir())
        if path.is_file() and path.suffix != ".yaml"
    }
    (folder / SOURCES).write_text(yaml.safe_dump({"files": listed}), encoding="utf-8")


def ran(folder: Path, until: str) -> Ran:
    """Run the study in a folder up to a step."""
    with inside(folder):
        return Ran(folder, *steps(until))


def listed(result: Ran) -> list[str]:
    """The data problems, a line each."""
    found = result.problems().fillna("")
    return [
        f"{row.file}: line {row.line}: {row.column}: {row.kind}: {row.value}"
        for row in found.itertuples()
    ]


@pytest.mark.parametrize("name", TABLE)
def test_it_is_said_and_nothing_is_lost(name: str, tmp_path: Path) -> None:
    entry = TABLE[name]
    placed(entry, tmp_path)
    result = ran(tmp_path, entry.get("until", "check"))
    assert "Traceback" not in result.shown
    assert not (tmp_path / "ran").exists()  # what a file holds is never run
    assert result.status == entry["exit"], result.shown
    if entry["exit"]:
        _begin(result.lines, entry["message"])
        return
    assert result.shown == ""
    assert listed(result) == entry["message"]
    ledger = result.ledger()
    assert ledger["reason"].value_counts().to_dict() == entry.get("aside", {})
    counts = {"people": 8, "before": 8, "after": 8} | entry.get("records", {})
    assert ledger["file"].value_counts().to_dict() == counts


def _begin(lines: list[str], expected: list[str]) -> None:
    """Each line begins as expected, and there are no others."""
    assert len(lines) == len(expected), lines
    for line, beginning in zip(lines, expected, strict=True):
        assert line.startswith(beginning), f"{line}\n{beginning}"


def test_there_are_two_hundred_of_sixty_kinds_and_no_file_is_idle() -> None:
    used = {source for entry in TABLE.values() for source in entry["files"].values()}
    there = {
        path.relative_to(HERE).as_posix()
        for path in HERE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert there - set(OWN) == used | set(PLAIN.values())
    assert len(TABLE) >= 200
    assert len({entry["kind"] for entry in TABLE.values()}) >= 60
    assert sum((HERE / path).stat().st_size for path in there) < 2**20
