"""What cannot become a draft: one line for each problem, all at once, and nothing is written."""

import os
import sys
from pathlib import Path

import pytest

from cesp_analysis.cli import main
from cesp_analysis.study.read import checked
from small_study import PEOPLE

sys.path.insert(0, str(Path(__file__).parent))
from drafting import written


def refused(capsys: pytest.CaptureFixture[str], folder: Path, *files: Path) -> list[str]:
    """The lines that the command says, without having written anything."""
    before = sorted(folder.rglob("*")) if folder.is_dir() else []
    assert main(["new-study", str(folder), *map(str, files)]) == 1
    assert (sorted(folder.rglob("*")) if folder.is_dir() else []) == before
    return capsys.readouterr().err.strip().splitlines()


def test_no_file_is_told_by_the_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as error:
        main(["new-study", "study"])
    assert error.value.code == 2
    assert "the following arguments are required: files" in capsys.readouterr().err


def test_every_file_that_cannot_be_taken_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (given,) = written(tmp_path / "a", people_csv=PEOPLE)
    (other,) = written(tmp_path / "b", PEOPLE_csv=PEOPLE)
    (page,) = written(tmp_path, page_html="<html></html>")
    absent = tmp_path / "absent.csv"
    lines = refused(capsys, tmp_path / "s", absent, tmp_path, given, other, page)
    assert lines == [
        f"{absent}: there is no such file; name raw files",
        f"{tmp_path}: is a folder, not a file; name raw files",
        f"{other}: {given} has the same name; rename one of them, or name it once",
        f"{page}: it looks like a web page or XML (a page to sign in?); a raw file ends in .csv,"
        " .tsv, .txt, .xlsx, .sav, .dta, .r; export it as one",
    ]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a_csv", b"", "the file is empty; export it again"),
        ("a_csv", b"id,x\n", "holds column names but no records; export it again, or, where"),
        ("a_csv", b"PK\x03\x04x", "is no CSV file, but looks like XLSX"),
        ("a_csv", b'id,x\n1,"2\n', "a quotation mark is opened and never closed"),
        ("a_xlsx", b"id,x\n1,2\n", "cannot be read as XLSX"),
        ("a_sav", b"id,x\n1,2\n", "cannot be read as SPSS"),
        ("a_dta", b"id,x\n1,2\n", "cannot be read as Stata"),
        ("a_xlsx", b"", "the file is empty"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line(
    name: str, content: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (path,) = written(tmp_path / "given", **{name: content})
    (line,) = refused(capsys, tmp_path / "s", path)
    assert line.startswith(f"{path}: ") and said in line
    assert not (tmp_path / "s").exists()


def test_all_unreadable_files_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = written(tmp_path / "given", a_csv=b"", b_sav=b"x", c_csv=PEOPLE)
    lines = refused(capsys, tmp_path / "s", *files)
    assert [line.partition(":")[0] for line in lines] == [str(path) for path in files[:2]]


def test_a_study_that_is_there_is_not_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = written(tmp_path / "given", people_csv=PEOPLE)
    folder = tmp_path / "s"
    written(folder, config_yaml="study: {}\n")
    (line,) = refused(capsys, folder, *files)
    assert line == f"{folder / 'config.yaml'}: is there already; edit it, or name another folder"


def test_another_raw_file_of_that_name_is_not_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = written(tmp_path / "given", people_csv=PEOPLE)
    (there,) = written(tmp_path / "s/data/raw", people_csv=PEOPLE + "P99,North,n1,30,f\n")
    (line,) = refused(capsys, tmp_path / "s", *files)
    assert line == f"{there}: is another file of that name; rename one of them"


def test_a_folder_inside_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (path,) = written(tmp_path, people_csv=PEOPLE)
    (line,) = refused(capsys, path / "study", path)
    assert line == f"{path / 'study'}: {path} is a file; name a folder"


def test_what_stands_in_the_way_in_the_folder_is_told_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = written(tmp_path / "given", people_csv=PEOPLE)
    folder = tmp_path / "s"
    (folder / ".gitignore").mkdir(parents=True)
    written(folder, schema_json="{}")
    assert refused(capsys, folder, *files) == [
        f"{folder / 'schema.json'}: is there already; edit it, or name another folder",
        f"{folder / '.gitignore'}: is a folder, not a file; move it away, or name another folder",
    ]


def test_a_gitignore_in_another_encoding_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = written(tmp_path / "given", people_csv=PEOPLE)
    (tmp_path / "s").mkdir()
    (tmp_path / "s/.gitignore").write_bytes(b"\xe9\n")
    (line,) = refused(capsys, tmp_path / "s", *files)
    assert line == f"{tmp_path / 's/.gitignore'}: is not written in UTF-8; save it so"


@pytest.mark.parametrize("name", ["data", "data/raw"])
def test_a_file_in_place_of_the_raw_folder_is_one_line(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = written(tmp_path / "given", people_csv=PEOPLE)
    folder = tmp_path / "s"
    (folder / name).parent.mkdir(parents=True)
    (folder / name).write_text("x")
    (line,) = refused(capsys, folder, *files)
    assert line == f"{folder}: {folder / name} is a file; name a folder"


def test_a_name_too_long_for_a_folder_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (path,) = written(tmp_path, people_csv=PEOPLE)
    assert main(["new-study", str(tmp_path / ("é" * 128)), str(path)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("is too long for a folder's name; name it shorter")


def test_of_a_large_file_only_the_beginning_is_looked_at_for_a_dictionary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cesp_analysis.new_study.companions import fields_in

    (path,) = written(tmp_path, a_csv="id,x\n1,2\n")
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("the whole file is read"))
    assert fields_in(path) == ()


@pytest.mark.skipif(os.getuid() == 0, reason="root may read and write everything")
def test_a_folder_that_may_not_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = written(tmp_path / "given", people_csv=PEOPLE)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    (line,) = refused(capsys, closed / "study", *files)
    assert "cannot be written" in line


def test_what_was_written_is_removed_if_the_rest_cannot_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from cesp_analysis.errors import CespError
    from cesp_analysis.new_study import new_study

    def full(*_: object) -> None:
        raise CespError("config.yaml: cannot be written (No space left on device)")

    monkeypatch.setattr(new_study, "write_json", full)
    files = written(tmp_path / "given", people_csv=PEOPLE)
    (line,) = refused(capsys, tmp_path / "s", *files)
    assert "No space left on device" in line and not (tmp_path / "s").exists()


BAD = Path(__file__).resolve().parents[1] / "bad_input"
KINDS = sorted(path.name for path in BAD.iterdir() if path.is_dir())


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_every_bad_raw_file_is_refused_in_lines_or_drafted(
    kind: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The raw files of tests/bad_input, one by one: never a traceback, never an invalid draft."""
    endings = (".csv", ".xlsx", ".sav", ".dta", ".R")
    for number, path in enumerate(sorted((BAD / kind).iterdir())):
        if path.suffix not in endings:
            continue
        folder = tmp_path / str(number)
        if main(["new-study", str(folder), str(path)]) == 0:
            assert checked(folder)[1] == [], path.name
        else:
            lines = capsys.readouterr().err.splitlines()
            assert lines and all(str(path) in line for line in lines), (path.name, lines)
            assert not folder.exists()


def test_a_missing_file_hides_no_fault_of_another(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "cut.csv").write_text('a,b\n"x,1\n')
    (tmp_path / "sound.csv").write_text("a,b\nx,1\n")
    files = [tmp_path / name for name in ("none.csv", "cut.csv", "sound.csv")]
    told = refused(capsys, tmp_path / "s", *files)
    assert [line.removeprefix(f"{tmp_path}/").split(":")[0] for line in told] == [
        "none.csv", "cut.csv",
    ]  # fmt: skip
