"""What fuzzing found, each once more: one line, or the same table."""

import io
import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import pytest

from cesp_analysis.cli import main
from cesp_analysis.declared.expressions import Holds, fault_in
from cesp_analysis.declared.file_forms import Written
from cesp_analysis.errors import CespError, one_line
from cesp_analysis.intake.read import read_raw
from cesp_analysis.intake.xlsx_file import sheets_of
from cesp_analysis.interviews.archive import opened
from cesp_analysis.planning.sizes_file import read_sizes
from small_study import inside

FOUND = Path(__file__).parent / "found"
ROOT = FOUND.parents[2]


def refused(path: Path, read: Callable[[Path], object]) -> str:
    """The one line that a reader says."""
    with pytest.raises(CespError) as said:
        read(path)
    (line,) = said.value.problems
    assert line.isprintable() and len(line) < 4100
    return line


def raw(path: Path) -> object:
    """A raw file, as `intake` reads it."""
    with inside(path.parent):
        return read_raw(Path(path.name), Written(path=path.name))


def test_a_file_that_kills_its_reader_is_told_as_damaged(tmp_path: Path) -> None:
    """ReadStat writes past its memory; before, the job ended without a word."""
    path = Path(shutil.copy(FOUND / "breaks_its_reader.sav", tmp_path))
    line = refused(path, raw)
    assert line.startswith("breaks_its_reader.sav: is damaged: reading it as SPSS broke off (SIG")


def test_a_file_that_cannot_be_read_the_second_time_either(tmp_path: Path) -> None:
    """A date of no calendar, and a text that is none of its encoding."""
    path = Path(shutil.copy(FOUND / "far_date_and_no_text.sav", tmp_path))
    assert refused(path, raw).startswith("far_date_and_no_text.sav: cannot be read as SPSS (")


def test_a_file_that_says_it_holds_more_records_than_bytes(tmp_path: Path) -> None:
    """530 bytes for which the reader would have made room for 808,791,601 records."""
    path = Path(shutil.copy(FOUND / "says_it_holds_many_records.dta", tmp_path))
    line = refused(path, raw)
    assert "is damaged: it says that it holds 808,791,601 records, which its 530 bytes" in line


def test_words_in_a_column_that_is_said_to_hold_dates(tmp_path: Path) -> None:
    path = tmp_path / "words.sav"
    pyreadstat.write_sav(pd.DataFrame({"said": ["abcdefgh", "x"]}), str(path))
    text, date = b"\x00\x08\x01\x00", b"\x00\x0b\x14\x00"  # formats A8 and DATE11
    assert path.read_bytes().count(text) == 2  # to print and to write
    path.write_bytes(path.read_bytes().replace(text, date))
    assert refused(path, raw).startswith("words.sav: cannot be read as SPSS (STRING type with")


def test_a_file_with_a_column_that_has_no_name(tmp_path: Path) -> None:
    """The reader itself fell over it."""
    path = Path(shutil.copy(FOUND / "nameless.dta", tmp_path))
    assert refused(path, raw).startswith("nameless.dta: cannot be read as Stata (")


def test_reading_that_takes_too_much_memory_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def takes(*_: object, **how: object) -> None:
        raise MemoryError("Unable to allocate 6.03 GiB")

    path = Path(shutil.copy(ROOT / "data/raw/outcomes_6m.sav", tmp_path))
    monkeypatch.setattr("pyreadstat.read_sav", takes)
    assert refused(path, raw).startswith("outcomes_6m.sav: takes more memory than there is (Un")


def test_a_fault_of_the_program_is_no_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """It is told as one, with the words of where it happened."""

    def fails(*_: object, **how: object) -> None:
        raise ZeroDivisionError("ours")

    path = Path(shutil.copy(ROOT / "data/raw/outcomes_6m.sav", tmp_path))
    monkeypatch.setattr("pyreadstat.read_sav", fails)
    with pytest.raises(ChildProcessError, match="its own words stand above"):
        raw(path)
    assert "ZeroDivisionError: ours" in capfd.readouterr().err


def misplaced(content: bytes) -> bytes:
    """An archive whose parts lie before its beginning, as its list of parts says."""
    at = content.rindex(b"PK\x05\x06") + 16
    (place,) = struct.unpack_from("<I", content, at)
    return content[:at] + struct.pack("<I", place + 10_000) + content[at + 4 :]


def test_an_archive_whose_parts_lie_before_its_beginning(tmp_path: Path) -> None:
    stream = io.BytesIO()
    openpyxl.Workbook().save(stream)
    path = tmp_path / "a.xlsx"
    path.write_bytes(misplaced(stream.getvalue()))
    assert "a.xlsx: is damaged (" in refused(path, sheets_of)
    project = io.BytesIO()
    with zipfile.ZipFile(project, "w") as archive:
        archive.writestr("project.qde", "<Project/>")
    path = tmp_path / "a.qdpx"
    path.write_bytes(misplaced(project.getvalue()))

    def read(path: Path) -> None:
        with opened(path, path.name) as archive:
            archive.tree("project.qde", "Project")

    assert refused(path, read).startswith("a.qdpx: project.qde: is damaged (")


SIZES = "location,arm,people\na,control,30\nb,control,20\nc,intervention,10\nd,intervention,{}\n"


@pytest.mark.parametrize("people", ["1" * 5000, "0", "-1", "1e3", "²", "1000000000"])
def test_people_of_a_location_that_are_no_number(tmp_path: Path, people: str) -> None:
    path = tmp_path / "sizes.csv"
    path.write_text(SIZES.format(people), encoding="utf-8")
    assert f"{path}: line 5: people: must be a number" in refused(path, read_sizes)
    path.write_text(SIZES.format("0040"), encoding="utf-8")
    assert read_sizes(path).people.tolist() == [30, 20, 10, 40]


def test_sizes_that_are_no_csv(tmp_path: Path) -> None:
    path = tmp_path / "sizes.csv"
    path.write_bytes(SIZES.format("40").encode().replace(b"30", b"3\x000"))
    assert f"{path}: line 2: holds a NUL byte" in refused(path, read_sizes)
    path.write_text(SIZES.format('"40\n'), encoding="utf-8")
    assert f"{path}: is no CSV (unexpected end of data)" in refused(path, read_sizes)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("-" * 2000 + "a", "nested more than 100 levels"),
        ("not " * 400 + "a", "nested more than 100 levels"),
        ("+".join(["a"] * 120), "nested more than 100 levels"),
        ("(" * 300, "too many nested parentheses"),
        ("a + " + "9" * 400, "too large a number"),
        ("a in [1, " + "9" * 400 + "]", "too large a number"),
        ("a > 1e400", "too large a number"),
    ],
)
def test_an_expression_without_end(text: str, words: str) -> None:
    fault = fault_in(text, {"a": Holds("number")})
    assert fault is not None and words in fault


def test_a_sum_of_ninety_terms_is_no_depth() -> None:
    assert fault_in("+".join(["a"] * 90), {"a": Holds("number")}) is None


ITEMS = "id,ucla3_1,ucla3_2,ucla3_3\n" + "".join(f"P{i},1,2,{{}}\n" for i in range(9))


@pytest.mark.parametrize(
    "words", [["x", "", "often", "x y"], ["", "", "", ""], ["(", "3", "x", ""]]
)
def test_a_draft_of_a_questionnaire_with_words_for_answers(
    tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(ITEMS.format(*(words[i % 4] for i in range(9))), encoding="utf-8")
    assert main(["new-study", str(tmp_path / "new"), str(path)]) == 0
    assert "a draft;" in capsys.readouterr().out


def test_a_line_stays_short_though_what_it_shows_is_written_out() -> None:
    assert len(one_line("é\x00" * 50_000)) < 4100
    assert one_line("a\nb") == "a\\nb" and one_line("x" * 4000) == "x" * 4000
