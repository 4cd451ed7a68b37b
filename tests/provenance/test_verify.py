"""A folder of results against its manifest: every byte counts, and nothing hostile is opened."""

import csv
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cesp_analysis.cli import main
from cesp_analysis.provenance.manifest import manifest

Said = Callable[[], tuple[int, list[str]]]


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A folder of results with its manifest, a log, and a nested folder with a manifest."""
    folder = tmp_path / "results of (v2)"
    files = {"tables/a.csv": "a\n1\n", "tables/ü b.csv": "", "public/manifest.csv": "path\n",
             "logs/a.log": "12:00"}  # fmt: skip
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    manifest([folder / name for name in files], folder / "manifest.csv")
    return folder


@pytest.fixture
def said(results: Path, capsys: pytest.CaptureFixture[str]) -> Said:
    """The status of `cesp verify`, and its lines."""

    def ask() -> tuple[int, list[str]]:
        status = main(["verify", str(results)])
        shown = capsys.readouterr()
        return status, (shown.err or shown.out).strip().splitlines()

    return ask


def test_the_manifest_is_what_sha256sum_says(results: Path) -> None:
    text = (results / "manifest.csv").read_text(encoding="utf-8")
    sums = {name: hashlib.sha256((results / name).read_bytes()).hexdigest()
            for name in ("public/manifest.csv", "tables/a.csv", "tables/ü b.csv")}  # fmt: skip
    sizes = {"public/manifest.csv": 5, "tables/a.csv": 4, "tables/ü b.csv": 0}
    rows = [f"{name},{sizes[name]},{sums[name]}\n" for name in sorted(sums)]
    assert text == "path,bytes,sha256\n" + "".join(rows)


def test_results_as_they_were_made_are_one_line(results: Path, said: Said) -> None:
    own = hashlib.sha256((results / "manifest.csv").read_bytes()).hexdigest()
    status, (line,) = said()
    assert status == 0 and "3 files as manifest.csv says, none missing, none besides" in line
    assert own in line
    (results / "logs/b.log").write_text("13:00", encoding="utf-8")  # logs are not checked
    assert said()[0] == 0


def test_every_change_is_named_at_once(results: Path, said: Said) -> None:
    (results / "tables/a.csv").write_text("a\n2\n", encoding="utf-8")
    (results / "tables/ü b.csv").unlink()
    (results / "public/manifest.csv").write_text("path,more\n", encoding="utf-8")
    (results / "tables/c.csv").touch()
    status, lines = said()
    assert status == 1 and [line.removeprefix(f"{results}/") for line in lines] == [
        "public/manifest.csv: has changed: 10 bytes, 5 when it was made",
        "tables/a.csv: has changed: as many bytes (4), others than when it was made",
        "tables/c.csv: is there besides: manifest.csv does not list it",
        "tables/ü b.csv: is missing, though manifest.csv lists it",
    ]


def test_links_are_named_and_not_followed(results: Path, tmp_path: Path, said: Said) -> None:
    """Not even one whose file holds the right bytes, nor a folder that is one."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.csv").write_text("a\n1\n", encoding="utf-8")
    (results / "tables/a.csv").unlink()
    (results / "tables/a.csv").symlink_to(outside / "a.csv")
    (results / "more").symlink_to(outside)
    status, lines = said()
    assert status == 1 and [line.removeprefix(f"{results}/") for line in lines] == [
        "more: is there besides: manifest.csv does not list it",
        "tables/a.csv: is a link, not the file itself",
    ]


def test_a_pipe_in_a_file_s_place_is_not_waited_for(results: Path, said: Said) -> None:
    (results / "tables/a.csv").unlink()
    os.mkfifo(results / "tables/a.csv")
    assert said() == (1, [f"{results}/tables/a.csv: is no file but a pipe or a device"])


@pytest.mark.parametrize(
    "name",
    ["../secret", "/etc/passwd", "tables/../../secret", "./tables/a.csv", "C:\\secret", "C:/secret",
     "tables\\a.csv", "tables//a.csv", "", "~\0"],
)  # fmt: skip
def test_a_path_that_leads_elsewhere_is_not_opened(
    name: str, results: Path, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    (results.parent / "secret").write_text("s", encoding="utf-8")
    path = results / "manifest.csv"
    row = f'"{name}",1,{hashlib.sha256(b"s").hexdigest()}\n'
    path.write_text(path.read_text(encoding="utf-8") + row, encoding="utf-8")
    opened: list[Path] = []
    real = Path.open
    monkeypatch.setattr(
        Path, "open", lambda self, *a, **k: opened.append(self) or real(self, *a, **k)
    )
    status, lines = said()
    assert status == 1 and len(lines) == 1
    assert "line 5: " in lines[0] and "no path within the folder, and is not opened" in lines[0]
    assert all(path.resolve().is_relative_to(results.resolve()) for path in opened)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("tables/a.csv,4,abc", "'abc' is no sha256"),
        ("x,-1," + "0" * 64, "'-1' is no size in bytes"),
        ("x,²," + "0" * 64, "'²' is no size in bytes"),
        ("tables/a.csv,4," + "0" * 64, "'tables/a.csv' stands twice"),
        ("x,1", "has 2 cells, not 3"),
        ('"a""b;\x1b[31m",1', "has 2 cells, not 3"),
    ],
)
def test_a_row_that_says_nothing_is_named(row: str, fault: str, results: Path, said: Said) -> None:
    path = results / "manifest.csv"
    path.write_text(path.read_text(encoding="utf-8") + row + "\n", encoding="utf-8")
    status, lines = said()
    assert status == 1 and any(f"line 5: {fault}" in line for line in lines)
    assert not any("\x1b" in line for line in lines)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: "".join(f'"{part}"' for part in [text]).encode()[1:-1],
    ],
    ids=["line ends of Windows", "mark of UTF-8", "as it is"],
)
def test_line_ends_of_another_system_are_no_difference(
    change: Callable[[str], bytes], results: Path, said: Said
) -> None:
    path = results / "manifest.csv"
    path.write_bytes(change(path.read_text(encoding="utf-8")))
    assert said()[0] == 0


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"\xff\xfe", "is not UTF-8"),
        (b"", "does not begin with path,bytes,sha256"),
        (b"file,md5\n", "does not begin with path,bytes,sha256"),
        (b'path,bytes,sha256\n"' + b"x" * 200_000, "is no CSV"),
    ],
)
def test_what_is_no_manifest_is_said_so(
    content: bytes, fault: str, results: Path, said: Said
) -> None:
    (results / "manifest.csv").write_bytes(content)
    limit = csv.field_size_limit(131_072)  # Python's own, which reading raw files takes off
    try:
        status, (line,) = said()
    finally:
        csv.field_size_limit(limit)
    assert status == 1 and fault in line


def test_results_of_an_earlier_version_have_none(results: Path, said: Said) -> None:
    (results / "manifest.csv").unlink()
    status, (line,) = said()
    assert status == 1 and "manifest.csv: there is no such file" in line
    assert "earlier versions" in line


def test_a_folder_that_is_none_is_said_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(tmp_path / "none")]) == 1
    assert "none: is no folder; name the results to check" in capsys.readouterr().err
