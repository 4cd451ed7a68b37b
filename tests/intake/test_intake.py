"""Raw files: read as they are, each cell with its line, or refused with one line of words."""

import datetime
import hashlib
import io
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest

from cesp_analysis.cli import main
from cesp_analysis.declared.file_forms import Written
from cesp_analysis.declared.source_list import read_sources
from cesp_analysis.errors import CespError
from cesp_analysis.intake.read import read_raw
from small_study import Study, answers


def csv(folder: Path, content: str | bytes, **how: Any) -> pd.DataFrame:
    """Read a CSV file with this content."""
    path = folder / "a.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_raw(path, Written(path="a.csv", **how))


def cells(frame: pd.DataFrame) -> list[list[object]]:
    """All cells; absent ones as None."""
    return [[None if v != v else v for v in row] for row in frame.to_numpy(dtype=object).tolist()]


def fault(folder: Path, content: str | bytes, **how: Any) -> str:
    """The message with which a CSV file is refused."""
    with pytest.raises(CespError) as caught:
        csv(folder, content, **how)
    return str(caught.value)


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    frame = csv(tmp_path, 'a,b\n1,"x\ny, z"\n2,"say ""no"""\n\n3,w\n\n\n')
    assert cells(frame) == [
        [2, "1", "x\ny, z"],
        [4, "2", 'say "no"'],
        [5, None, None],
        [6, "3", "w"],
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(tmp_path: Path, end: str) -> None:
    assert cells(csv(tmp_path, end.join(["a,b", "1,2", "3,4", ""]))) == [
        [2, "1", "2"],
        [3, "3", "4"],
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf8", "UTF_8"])
def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path, encoding: str) -> None:
    frame = csv(tmp_path, b"\xef\xbb\xbfid,b\n1,2\n", encoding=encoding)
    assert list(frame.columns) == ["line", "id", "b"]


def test_separator_and_encoding_as_declared(tmp_path: Path) -> None:
    frame = csv(tmp_path, "a;b\n1,5;é\n".encode("cp1252"), separator=";", encoding="cp1252")
    assert cells(frame) == [[2, "1,5", "é"]]
    frame = csv(tmp_path, "a,b\n1,é\n".encode("utf-16"), encoding="utf-16")
    assert cells(frame) == [[2, "1", "é"]]


def test_nothing_is_interpreted(tmp_path: Path) -> None:
    frame = csv(tmp_path, "a,b,c,d,e\n007,NA,1.0, x ,2024-01-05\n")
    assert cells(frame) == [[2, "007", "NA", "1.0", " x ", "2024-01-05"]]


def test_absent_cells_are_not_blank_cells(tmp_path: Path) -> None:
    assert cells(csv(tmp_path, "a,b,c\n1\n2,,\n3,4,5\n")) == [
        [2, "1", None, None],
        [3, "2", "", ""],
        [4, "3", "4", "5"],
    ]


@pytest.mark.parametrize("separator", [",", ";"])
def test_a_name_with_a_comma_is_one_column(separator: str, tmp_path: Path) -> None:
    """In quotation marks in the header alone, it separates nothing in the records."""
    path = tmp_path / "ages.csv"
    path.write_text('"age, years"\n5\n6\n', encoding="utf-8")
    table = read_raw(path, Written.model_validate({"path": str(path), "separator": separator}))
    assert list(table["age, years"]) == ["5", "6"]


@pytest.mark.parametrize(
    "content", ["a,b\n1,2,\n3,4,\n", "a,b,\n1,2,\n3,4\n", "a,b,,\n1,2\n3,4\n,,\n"]
)
def test_separators_at_the_end_make_no_columns(tmp_path: Path, content: str) -> None:
    assert cells(csv(tmp_path, content)) == [[2, "1", "2"], [3, "3", "4"]]


def test_long_free_text_is_read(tmp_path: Path) -> None:
    text = "x" * 200_000
    assert csv(tmp_path, f'a,b\n1,"{text}"\n')["b"].tolist() == [text]


REFUSED: dict[str, tuple[str | bytes, dict[str, str], str]] = {
    "empty": ("", {}, "a.csv: the file is empty; export it again"),
    "mark alone": (b"\xef\xbb\xbf", {}, "a.csv: line 1: holds no column names; export it again"),
    "blank line": ("\n", {}, "a.csv: line 1: holds no column names; export it again"),
    "blank first line": ("\na,b\n1,2\n", {}, "a.csv: line 1: holds no column names"),
    "header only": ("a,b\n", {}, "a.csv: holds column names but no records; export it again, or"),
    "header and blanks": ("a,b\n\n,\n", {}, "a.csv: holds column names but no records"),
    "too many fields": (
        'a,b\n"x\ny",2\n1,2,3\n',
        {},
        "a.csv: line 4: has 3 fields, the header 2; a cell that holds ',' must stand in quotes",
    ),
    "NUL": (
        b"a,b\n1,2\n\x00,3\n",
        {},
        "a.csv: line 3: holds a NUL byte, so it is binary or UTF-16; if UTF-16, write encoding:"
        " utf-16; else export it as CSV, or write nul_bytes: drop",
    ),
    "UTF-16 without a mark": (
        "a,b\n1,2\n".encode("utf-16-le"),
        {},
        "a.csv: line 1: holds a NUL byte (3 such lines: lines 1 to 3), so it is binary or"
        " UTF-16; if UTF-16, write encoding: utf-16; else",
    ),
    "UTF-16 of the other order without a mark": (
        "a,b\n1,2\n".encode("utf-16-be"),
        {},
        "a.csv: line 1: holds a NUL byte (2 such lines: lines 1 to 2), so it is binary or"
        " UTF-16; if UTF-16, write encoding: utf-16-be; else",
    ),
    "UTF-16": (
        "a,b\n1,2\n".encode("utf-16"),
        {},
        "a.csv: line 1: byte 0xff is not utf-8; it begins with the mark of utf-16: write encoding:",
    ),
    "cp1252": (
        "a,b\n1,2\n3,é\n".encode("cp1252"),
        {},
        "a.csv: line 3: byte 0xe9 is not utf-8; declare the right encoding in config.yaml",
    ),
    "cp1252 after a mark": (
        b"\xef\xbb\xbf" + "a,b\n3,é\n".encode("cp1252"),
        {},
        "a.csv: line 2: byte 0xe9 is not utf-8",
    ),
    "not cp1252": (b"a\n\x81\n", {"encoding": "cp1252"}, "a.csv: line 2: byte 0x81 is not cp1252"),
    "unknown encoding": (
        "a\n1\n",
        {"encoding": "utf-88"},
        "a.csv: Python knows no encoding 'utf-88'",
    ),
    "cut off": (
        "a,b,c\n1,2,3\n4,5",
        {},
        "a.csv: line 3: the last record has fewer fields than the header and no end of line: the"
        " file was cut off; export it again",
    ),
    "column twice": (
        "a,b,a\n1,2,3\n",
        {},
        "a.csv: line 1: 'a' names columns 1 and 3; name them apart in the source",
    ),
    "nameless column": (
        "a,,b,\n1,2,3,4\n",
        {},
        "a.csv: line 1: column 2, 4 has no name and holds values; name it in the source",
    ),
    "a column called line": ("line,b\n1,2\n", {}, "a.csv: line 1: column 1 is called 'line'"),
    "unclosed quote": (
        'a,b\n1,"2\n3,4\n',
        {},
        "a.csv: line 2: a quotation mark is opened and never closed; the file may be cut off",
    ),
    "unclosed quote in the header": (
        '"a,b\n1,2\n',
        {},
        "a.csv: line 1: a quotation mark is opened and never",
    ),
    "XLSX": (b"PK\x03\x04abc", {}, "a.csv: is no CSV file, but looks like XLSX"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_csv_file_is_refused_in_words(tmp_path: Path, name: str) -> None:
    content, how, message = REFUSED[name]
    said = fault(tmp_path, content, **how)
    assert said.startswith(message) and "\n" not in said


def xlsx(path: Path, rows: list[list[object]], sheet: str = "answers") -> Written:
    """Write a sheet."""
    import openpyxl

    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    book.save(path)
    return Written(path=path.name)


def test_a_sheet_is_read_as_text(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    day = datetime.datetime(2024, 3, 5)
    file = xlsx(
        path,
        [
            ["id", " when ", "n", "t", "yes"],
            ["P1", day, 3.0, "03", True],
            [None, None, None, None, None],
            ["P2", day.replace(hour=14), 0.25, " x", None],
            [None, None, None, None, None],
        ],
    )
    frame = read_raw(path, file)
    assert list(frame.columns) == ["line", "id", "when", "n", "t", "yes"]
    assert cells(frame) == [
        [2, "P1", "2024-03-05", "3", "03", "TRUE"],
        [3, "", "", "", "", ""],
        [4, "P2", "2024-03-05 14:00:00", "0.25", " x", ""],
    ]


@pytest.mark.parametrize(
    ("rows", "how", "message"),
    [
        ([["a"], [1]], {"sheet": "anwers"}, "no sheet is called 'anwers'; did you mean 'answers'?"),
        ([], {}, "sheet 'answers' is empty; export it again"),
        ([["a", "b"]], {}, "holds column names but no records; export it again, or"),
        ([["a", None], [1, 2]], {}, "line 1: column 2 has no name"),
    ],
)
def test_a_sheet_is_refused_in_words(
    tmp_path: Path, rows: list[list[object]], how: dict[str, str], message: str
) -> None:
    path = tmp_path / "a.xlsx"
    xlsx(path, rows)
    with pytest.raises(CespError) as caught:
        read_raw(path, Written(path="a.xlsx", **how))
    assert str(caught.value).startswith(f"a.xlsx: {message}")


@pytest.mark.parametrize("part", [0.2, 0.6, 0.99])
def test_a_corrupt_workbook_is_refused_in_words(tmp_path: Path, part: float) -> None:
    path = tmp_path / "a.xlsx"
    file = xlsx(path, [["a"], [1]])
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * part)])
    with pytest.raises(
        CespError, match=r"^a.xlsx: cannot be read as XLSX \(.*\); open it in Excel"
    ):
        read_raw(path, file)


def test_csv_called_xlsx_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(CespError, match=r"^a.xlsx: cannot be read as XLSX"):
        read_raw(path, Written(path="a.xlsx"))


def test_spss_codes_labels_and_user_missing_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.sav"
    frame = pd.DataFrame({"id": ["P1", "P2", "P3"], "q": [1.0, -9.0, None], "h": [1.5, 98.0, 2.0]})
    pyreadstat.write_sav(
        frame,
        str(path),
        variable_value_labels={"q": {1.0: "never", 2.0: "often", -9.0: "refused"}},
        missing_ranges={"q": [-9.0], "h": [{"lo": 97.0, "hi": 99.0}]},
    )
    read = read_raw(path, Written(path="a.sav"))
    assert cells(read) == [[2, "P1", "1", "1.5"], [3, "P2", "-9", "98"], [4, "P3", "", "2"]]
    assert read.attrs["labels"] == {"q": {"1": "never", "2": "often", "-9": "refused"}}
    assert read.attrs["user_missing"] == {"q": [["-9", "-9"]], "h": [["97", "99"]]}


def test_spss_dates_and_times(tmp_path: Path) -> None:
    path = tmp_path / "a.sav"
    frame = pd.DataFrame(
        {"d": [datetime.date(2024, 3, 5)], "t": [datetime.datetime(2024, 3, 5, 14, 30)]}
    )
    pyreadstat.write_sav(frame, str(path))
    assert cells(read_raw(path, Written(path="a.sav"))) == [
        [2, "2024-03-05", "2024-03-05 14:30:00"]
    ]


@pytest.mark.parametrize("content", [b"$FL2 and then nothing", b"id,q\n1,2\n"])
def test_a_corrupt_spss_file_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.sav"
    path.write_bytes(content)
    with pytest.raises(CespError, match=r"^a.sav: cannot be read as SPSS \(.*\); save it again"):
        read_raw(path, Written(path="a.sav"))


def entry(**changed: str) -> str:
    """A section of SOURCES.yaml for before.csv."""
    words = {
        "supplier": "x", "received": "x", "row": "x", "licence": "x",
        "sha256": hashlib.sha256(answers(0).encode()).hexdigest(),
    } | changed  # fmt: skip
    return "files:\n  before.csv:\n" + "".join(f"    {k}: {v}\n" for k, v in words.items() if v)


SOURCES = {
    "no entry": (
        entry(),
        "data/raw/SOURCES.yaml: lists no file 'after.csv'; add where it came from and its sha256"
        " ('cesp checksum' prints it)",
    ),
    "changed": (
        entry(sha256="0" * 64),
        "data/raw/before.csv: has changed since SOURCES.yaml was written (sha256 now",
    ),
    "missing key": (
        entry(licence=""),
        "data/raw/SOURCES.yaml: files.before.csv: 'licence' is missing; add it",
    ),
    "unknown key": (
        entry(licnce="x"),
        "data/raw/SOURCES.yaml: files.before.csv: no entry is called 'licnce'; did you mean"
        " 'licence'?",
    ),
    "not text": (
        entry(row="[1]"),
        "data/raw/SOURCES.yaml: files.before.csv: row: must be text; it is [1]",
    ),
    "a list": ("files: [before.csv]\n", "data/raw/SOURCES.yaml: files: must be a section"),
    "no section": (
        "files:\n  before.csv: x\n",
        "data/raw/SOURCES.yaml: files.before.csv: must be a",
    ),
    "not YAML": ("files: [", "data/raw/SOURCES.yaml: line 1, column 9: "),
}


@pytest.mark.parametrize("name", SOURCES)
def test_sources_that_do_not_hold(study: Study, name: str) -> None:
    study.sources, message = SOURCES[name]
    ran = study.run(until="intake")
    assert ran.status == 1 and "Traceback" not in ran.shown
    assert [line for line in ran.lines if line.startswith(message)], ran.shown


def test_no_sources_at_all(tmp_path: Path) -> None:
    with pytest.raises(
        CespError, match=r"SOURCES.yaml: there is no such file; it lists where each"
    ):
        read_sources(tmp_path / "SOURCES.yaml")


def test_several_faults_are_named_at_once(
    study: Study, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from cesp_analysis.study import specs
    from cesp_analysis.study.read import read_study

    study.files |= {"people.csv": "", "before.csv": answers(0).replace("u_3", "u_2")}
    study.write()
    (study.folder / "data/raw/after.csv").unlink()
    monkeypatch.chdir(study.folder)
    read = read_study(".")
    spec = specs.intake(read)
    files = ["--checksums", specs.checksums(read), "--out", "out", "--corrected", "c.csv"]
    status = main(["intake", "--spec", spec, *files])
    shown = capsys.readouterr()
    assert (status, shown.out) == (1, "")
    assert [line.split(": ")[0] for line in shown.err.splitlines()] == [
        "data/raw/after.csv",
        "data/raw/people.csv",
        "data/raw/before.csv",
    ]


def test_raw_files_are_not_written_to(study: Study) -> None:
    study.write()
    raw = sorted((study.folder / "data/raw").iterdir())
    before = [(path.read_bytes(), path.stat().st_mtime_ns) for path in raw]
    from cesp_analysis.study import specs
    from cesp_analysis.study.read import read_study
    from small_study import inside

    with inside(study.folder):
        read = read_study(".")
        spec = specs.intake(read)
        files = ["--checksums", specs.checksums(read), "--out", "out", "--corrected", "c.csv"]
        assert main(["intake", "--spec", spec, *files]) == 0
    assert raw == sorted((study.folder / "data/raw").iterdir())
    assert [(path.read_bytes(), path.stat().st_mtime_ns) for path in raw] == before


def test_a_sheet_of_the_same_workbook_twice_is_named_once(study: Study) -> None:
    stream = io.BytesIO()
    pd.DataFrame({"id": ["P01"]}).to_excel(stream, index=False)
    study.files["both.xlsx"] = stream.getvalue()
    for name in ("before", "after"):
        study.config["files"][name]["path"] = "data/raw/both.xlsx"
    study.sources = entry()
    ran = study.run(until="intake")
    assert sum("lists no file 'both.xlsx'" in line for line in ran.lines) == 1


def test_checksum_prints_what_sources_wants(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.csv"
    content = b"a\n"
    path.write_bytes(content)
    assert main(["checksum", str(path)]) == 0
    assert capsys.readouterr().out == f"a.csv:\n  sha256: {hashlib.sha256(content).hexdigest()}\n"
    assert main(["checksum", str(tmp_path / "b.csv")]) == 1


def test_every_cell_merged_over_records_is_told_in_one_line(tmp_path: Path) -> None:
    """Two pairs of one person each in column A, one in C."""
    import openpyxl

    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for row in (["id", "v", "w"], ["a", 1, 1], ["", 2, 2], ["b", 3, 3], ["", 4, 4]):
        sheet.append(row)
    for cells in ("A2:A3", "A4:A5", "C2:C5"):
        sheet.merge_cells(cells)
    workbook.save(tmp_path / "a.xlsx")
    with pytest.raises(CespError) as raised:
        read_raw(tmp_path / "a.xlsx", Written(path="a.xlsx"))
    assert [line.split("; ")[0] for line in raised.value.problems] == [
        "a.xlsx: rows 2 to 3, 4 to 5: column 1: 2 merged cells, each of which would count for"
        " its first row alone",
        "a.xlsx: rows 2 to 5: column 3: one merged cell, whose value would count for the first row"
        " alone",
    ]
