"""`cesp describe`: what a raw file seems to hold, for who writes config.yaml."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cesp_analysis import contracts
from cesp_analysis.cli import main
from cesp_analysis.intake.layout import drafted, encoding_of, layout_of, separator_of
from cesp_analysis.intake.look import describe
from cesp_analysis.intake.personal import details_in, personal_in
from cesp_analysis.intake.profile import profile_of
from cesp_analysis.schemas import Described


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16", "latin-1"])
def test_the_encoding_is_found(encoding: str) -> None:
    text = "id,Straße\n1,é\x81\n" if encoding == "latin-1" else "id,Straße\n1,é\n"
    assert encoding_of(text.encode(encoding)) == encoding


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(separator: str) -> None:
    rows = [["id", "note, long", "x"], ["1", "a; b", "2"], ["3", "", "4"]]
    lines = [separator.join(f'"{cell}"' if separator in cell else cell for cell in r) for r in rows]
    assert separator_of("\n".join(lines) + "\n") == separator


def one(cells: list[str], name: str = "x", **attrs: Any) -> Any:
    """The profile of one column."""
    frame = pd.DataFrame({"line": range(2, len(cells) + 2), name: cells}, dtype="str")
    frame.attrs.update(attrs)
    return profile_of(frame, name, "a.csv")


@pytest.mark.parametrize(
    ("cells", "kind", "values", "remark"),
    [
        (["1", "3", "", "2"], "whole number", "1 to 3", ""),
        (["1.5", "3"], "number", "1.5 to 3", ""),
        (["1,5", "3,25", "2"], "number", "1.5 to 3.25", "2 with a decimal comma (declare"),
        (["1"] * 20 + ["x"], "whole number", "1 to 1", "1 not a number, e.g. 'x'"),
        (["1", "2", "3", "999"], "whole number", "1 to 3, 999", "999 may mean no answer"),
        (["1,040", "980"], "whole number", "980 to 1040", "1 with a comma before three digits"),
        (["1,040.5", "980"], "number", "980 to 1040.5", "thousands, or decimals? ask"),
        (["0,125", "0,500"], "number", "0.125 to 0.5", "2 with a decimal comma (declare"),
        (["0", "4", "-9", "-9"], "whole number", "0 to 4", "-9 may mean no answer"),
        (["90", "95", "99", "120"], "whole number", "90 to 120", ""),
        (["2024-01-31", "2024-02-01"], "date %Y-%m-%d", "2024-01-31 to 2024-02-01", ""),
        (["31/01/2024", "01/02/2024"], "date %d/%m/%Y", "2024-01-31 to 2024-02-01", ""),
        (["01/02/2024", "03/02/2024"], "date %d/%m/%Y", "2024-02-01", "%d/%m/%Y or %m/%d/%Y: ask"),
        (["yes", "no", "Yes", "no"], "category", "no (2)", "written differently: Yes, yes"),
        (["a ", "b", "b"], "category", "b (2)", "1 with spaces around"),
        (["", " "], "empty", "", "1 with spaces around"),
        (["ann@x.org", "bob@y.org"], "text", "characters", "looks like e-mail addresses"),
        (["M33 4AB", "M1 1AA"], "text", "characters", "looks like postcodes"),
    ],
)  # fmt: skip
def test_a_column_is_described(cells: list[str], kind: str, values: str, remark: str) -> None:
    found = one(cells)
    assert found.type == kind
    assert values in found.values and remark in found.remark
    if not remark:
        assert found.remark == ""


def test_ids_that_stand_twice_are_told() -> None:
    assert "1 id stands more than once" in one(["P1", "P2", "P1"], name="person_id").remark


def test_codes_that_the_file_declares_missing_are_counted() -> None:
    found = one(["1", "2", "-3", ""], user_missing={"x": [["-9", "-1"]]})
    assert (found.missing, found.distinct) == (2, 2)
    assert "1 with a code that the file declares missing" in found.remark


def test_the_command_prints_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = tmp_path / "a.csv", tmp_path / "out.csv"
    path.write_bytes("id;wert\n1;2,5\n2;é\n".encode("cp1252"))
    assert main(["describe", str(path), "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    assert "2 records, 2 columns" in shown
    assert 'declare: encoding: cp1252, separator: ";"' in shown
    assert list(contracts.read(out, Described)["column"]) == ["id", "wert"]


def test_a_missing_file_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["describe", str(tmp_path / "no.csv")]) == 1
    assert (
        capsys.readouterr().err.strip().endswith("no.csv: there is no such file; name a raw file")
    )


def test_other_formats_are_left_to_their_readers(tmp_path: Path) -> None:
    assert drafted(tmp_path / "a.sav").kind_of_file() == "sav"


def test_faulty_options_are_told_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x\n1\n")
    options = ["--encoding", "foo", "--separator", ";;", "--skip", "-1", "--header-rows", "-2"]
    assert main(["describe", str(path), *options]) == 1
    said = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in said] == [
        "--encoding", "--separator", "--skip", "--header-rows",
    ]  # fmt: skip


def test_a_format_that_cannot_be_read_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.md"
    path.write_text("x\n1\n")
    assert main(["describe", str(path)]) == 1
    assert "its ending tells no format that can be read (csv, xlsx" in capsys.readouterr().err


def test_a_comma_before_three_digits_is_never_called_a_decimal_comma() -> None:
    assert "decimal: ','" not in one(["1,040", "2,500", "12,000"]).remark


def test_numbers_beyond_the_labels_are_told() -> None:
    labels = {"x": {"1": "never", "2": "often"}}
    found = one(["1", "2", "3", "7"], labels=labels)
    assert "2 beyond the labels 1 to 2: 3, 7" in found.remark
    assert "beyond" not in one(["1", "2"], labels=labels).remark


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What the command prints."""
    assert main(["describe", *words]) == 0
    return capsys.readouterr().out


def workbook(path: Path, rows: list[list[Any]], *merged: str) -> Any:
    """A sheet of these rows, saved by the caller."""
    from openpyxl import Workbook

    book = Workbook()
    for row in rows:
        book.active.append(row)
    for cells in merged:
        book.active.merge_cells(cells)
    return book


def test_titles_and_merged_names_of_a_sheet_are_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.xlsx"
    rows = [["Survey of 2024"], [], ["id", "Well-being", None], [None, "before", "after"]]
    rows += [[f"P{i}", i, i + 1] for i in range(1, 9)]
    workbook(path, rows, "B3:C3").save(path)
    said = shown(capsys, str(path))
    assert (
        "assumed: names in lines 3 to 4, joined; declare: header: {skip: 2, rows: 2, names:" in said
    )
    assert "Well-being / before" in said and "8 records, 3 columns" in said


def test_the_three_header_rows_of_qualtrics_are_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.csv"
    ids = '"{""ImportId"":""q1""}","{""ImportId"":""q2""}"'
    path.write_text(f"Q1,Q2\nHow old?,How well?\n{ids}\n30,2\n40,3\n")
    said = shown(capsys, str(path))
    assert "names in lines 1 to 3, of which the first names the columns" in said
    assert "declare: header: {rows: 3}" in said and "2 records" in said and "30 to 40" in said
    assert "4 records" in shown(capsys, str(path), "--header-rows", "1")  # what is said counts


@pytest.mark.parametrize("end", ["Total,60,", "Gesamt,7,x", ",60,"])
def test_a_row_of_totals_is_told(
    end: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"id,n,town\nP1,10,a\nP2,20,b\nP3,30,c\n{end}\n")
    said = shown(capsys, str(path))
    assert "Line 5 looks like totals, not like records: last_line: 4 leaves them out" in said
    assert "3 records" in said and "10 to 30" in said


def test_a_last_row_without_an_id_is_kept_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,n\nP1,10\nP2,20\nP3,30\n,7\n")
    said = shown(capsys, str(path))
    assert "Line 5 looks like totals" in said and "write last_line: 4" in said
    assert "4 records" in said


@pytest.mark.parametrize(
    "rows", ["P1,1\nP2,2\nP3,3\n", "a,1\n,2\nb,3\n,6\n", "all,1\nb,2\nall,3\n"]
)
def test_records_are_not_taken_for_totals(
    rows: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,n\n" + rows)
    assert "totals" not in shown(capsys, str(path))


def test_hidden_rows_and_columns_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.xlsx"
    book = workbook(path, [["id", "x", "y"], *([f"P{i}", i, i] for i in range(8))])
    for row in (3, 4, 7):
        book.active.row_dimensions[row].hidden = True
    book.active.column_dimensions["C"].hidden = True
    book.save(path)
    for words in ([], ["--header-rows", "1"]):
        told = shown(capsys, str(path), *words)
        assert "rows 3 to 4, 7 and column C are hidden; they are read" in told


def test_a_hidden_sheet_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.xlsx"
    book = workbook(path, [["id", "x"], *([f"P{i}", i] for i in range(8))])
    other = book.create_sheet("Old")
    for row in (["id", "x"], ["P1", 1], ["P2", 2]):
        other.append(row)
    other.sheet_state = "hidden"
    book.save(path)
    told = shown(capsys, str(path))
    assert "Old (hidden); shown: " in told and "is hidden in the workbook" not in told
    for options in (["--sheet", "Old"], ["--sheet", "Old", "--header-rows", "1"]):
        assert "The sheet 'Old' is hidden in the workbook." in shown(capsys, str(path), *options)


def test_serial_numbers_among_dates_are_dates() -> None:
    days = ["2024-01-29", "45320", "45321", "2024-03-01", "2024-03-02"]
    found = one(days)
    assert (found.type, found.values) == ("date %Y-%m-%d, excel", "2024-01-29 to 2024-03-02")
    assert "some are numbers, as Excel counts days" in found.remark
    assert "may be dates, as Excel counts days" in one(["45320", "45321"] * 3, "visit_date").remark
    assert "Excel" not in one(["45320", "45321"] * 3, "income").remark


def test_all_bad_files_are_named_and_the_good_ones_described(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, empty = tmp_path / "a.csv", tmp_path / "b.csv"
    good.write_text("x\n1\n")
    empty.write_text("")
    absent = [tmp_path / "gone1.csv", tmp_path / "gone2.csv"]
    out = tmp_path / "out.csv"
    assert (
        main(["describe", *map(str, [absent[0], good, absent[1], empty]), "--out", str(out)]) == 1
    )
    told = capsys.readouterr()
    assert "1 records, 1 columns" in told.out and not out.exists()
    lines = told.err.splitlines()
    named = [line.rpartition(": ")[0].partition(": ")[0] for line in lines]
    assert named == list(map(str, [*absent, empty, out]))


def test_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "data.csv").write_text("x\n1\n")
    paths = [str(tmp_path / name / "data.csv") for name in ("a", "b")]
    assert main(["describe", *paths, paths[0], "--out", str(tmp_path / "out.csv")]) == 0
    assert list(contracts.read(tmp_path / "out.csv", Described)["file"]) == paths


@pytest.mark.parametrize("name", ["base64", "hex", "undefined", "idna"])
def test_what_encodes_no_text_is_one_line(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x\n1\n")
    assert main(["describe", str(path), "--encoding", name]) == 1
    assert "--encoding: there is no encoding" in capsys.readouterr().err


def test_what_is_written_is_a_csv_and_no_raw_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x\n1\n")
    assert main(["describe", str(path), "--out", str(tmp_path / "o.xlsx")]) == 1
    assert capsys.readouterr().err.strip().endswith("must end in .csv")
    assert main(["describe", str(path), "--out", str(path)]) == 1
    assert path.read_text() == "x\n1\n"


@pytest.mark.parametrize("content", [b"\x00", b"\x00\x00"])
def test_a_file_of_one_nul_byte_is_one_line(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert main(["describe", str(path)]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_records_of_an_id_alone_are_no_notes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,n,town\nP1,1,a\nP2,2,b\nP3,3,c\nP4,,\nSource: own count,,\nx,,\n")
    said = shown(capsys, str(path))
    assert "4 records" in said and "no records below line 5; declare: last_line: 5" in said


def test_a_long_word_is_searched_once() -> None:
    """A search that starts anew at each of these letters would not end within days."""
    long = ["n" * 10**6, "@" + "n" * 10**6, "( " * 10**5]
    assert not details_in(pd.Series(long, dtype="str"))
    assert details_in(pd.Series([*long, "0161 496 0000"], dtype="str"))
    assert personal_in(pd.Series(["a@b.org"] * 9 + long, dtype="str")) == "e-mail addresses"


def test_a_name_that_stands_twice_is_marked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.csv").write_text("id,score,age,score\na,1,30,2\nb,3,40,4\n")
    describe([tmp_path / "a.csv"])
    said = capsys.readouterr().out
    assert said.count("! 'score' names columns 2 and 4") == 2
    assert "they are read as score, score_2" in said


def test_what_lies_below_the_last_record_is_asked_about(tmp_path: Path) -> None:
    rows = [["id", "a", "b"], *([f"P{i}", i, i] for i in range(5)), [], ["Made by the office"]]
    (tmp_path / "a.csv").write_text("\n".join(",".join(map(str, row)) for row in rows))
    (layout,) = layout_of(tmp_path / "a.csv")
    (said,) = layout.doubts()
    assert said == (
        "Line 8 holds something below the last record, as it seems; last_line: 6 leaves it out, and"
        " any record that is added below. Is it no record?"
    )


def test_a_hidden_sheet_and_one_without_a_table_are_told(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = workbook(path, [["id", "a"], ["P1", 1], ["P2", 2]])
    other = book.create_sheet("Old")
    for row in (["id", "a"], ["P1", 1], ["P2", 2]):
        other.append(row)
    other.sheet_state = "hidden"
    book.create_sheet("Notes").append(["what this is"])
    book.save(path)
    shown, hidden = layout_of(path)
    assert list(shown.doubts()) == [
        "Other sheets, which seem to hold no table, are not read: 'Notes'"
    ]
    assert list(hidden.doubts()) == [
        "The sheet 'Old' is hidden in the workbook. Is it meant to be read?"
    ]
