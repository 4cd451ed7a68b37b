"""What settings cut off: every row is in the ledger; what looks like a record stops the run."""

import io
from typing import Any

import pytest
from openpyxl import Workbook

from small_study import PEOPLE, Study, answers

BEFORE = answers(0)
NOTES = "Source: survey office\n\nTotal,,138,20,18,24\n"


def book(sheets: dict[str, str], hidden: tuple[str, ...] = ()) -> bytes:
    """A workbook with these tables."""
    found, stream = Workbook(), io.BytesIO()
    found.remove(found.worksheets[0])
    for name, text in sheets.items():
        sheet = found.create_sheet(name)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
        for line in text.splitlines():
            sheet.append([float(c) if c.isdigit() else c for c in line.split(",")])
    found.save(stream)
    return stream.getvalue()


def as_workbook(study: Study, content: str) -> None:
    """`before` as an XLSX file."""
    study.files["before.xlsx"] = book({"One": content})
    study.config["files"]["before"]["path"] = "data/raw/before.xlsx"


@pytest.mark.parametrize("kind", ["csv", "quoted", "xlsx"])
def test_records_below_the_last_line_stop_the_run(study: Study, kind: str) -> None:
    content = BEFORE if kind != "quoted" else BEFORE.replace("P01", '"P01"') + '"x\ny"\n'
    study.files["before.csv"] = content
    if kind == "xlsx":
        as_workbook(study, content)
    study.config["files"]["before"]["last_line"] = 10
    ran = study.run("check")
    assert ran.status == 1
    path = study.config["files"]["before"]["path"]
    assert ran.lines == [
        f"{path}: a row above the records or below last_line that looks like a record; 3 records,"
        " first on line 11: '11' (results/tables/data_problems.csv lists each); correct last_line"
        " or header in config.yaml; or write problems: {only_listed: [cut_record]}"
    ]


def test_they_are_in_the_ledger_and_the_sums_are_right(study: Study) -> None:
    study.config["files"]["before"]["last_line"] = 10
    study.config["problems"] = {"only_listed": ["cut_record"]}
    ran = study.run("check")
    assert ran.status == 0, ran.shown
    own = ran.ledger().query("file == 'before'").set_index("line")
    assert list(own.index) == list(range(2, 14))
    assert dict(own["reason"].dropna().astype(str)) == dict.fromkeys(
        (11, 12, 13), "below_last_line"
    )
    assert own["unit"].isna().tolist() == [False] * 9 + [True] * 3
    found = ran.problems()
    assert found[found["kind"] == "cut_record"]["line"].tolist() == [11, 12, 13]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_notes_and_totals_below_are_counted_and_stop_nothing(study: Study, kind: str) -> None:
    study.files["before.csv"] = BEFORE + NOTES
    if kind == "xlsx":
        as_workbook(study, BEFORE + NOTES)
    study.config["files"]["before"]["last_line"] = 13
    ran = study.run("panel")
    assert ran.status == 0, ran.shown
    own = ran.ledger().query("file == 'before' and reason == 'below_last_line'")
    assert list(own["line"]) == [14, 16]
    assert ran.problems().empty


@pytest.mark.parametrize(
    "header",
    [
        {"rows": 3},
        {"skip": 2, "rows": 1, "columns": ["id", "date", "score", "u_1", "u_2", "u_3"]},
    ],
)
def test_records_that_the_header_swallows_stop_the_run(
    study: Study, header: dict[str, Any]
) -> None:
    study.config["files"]["before"]["header"] = header
    ran = study.run("check")
    assert ran.status == 1 and "looks like a record; 2 records, first on line 2" in ran.shown
    assert ran.ledger().query("reason == 'above_records'")["line"].tolist() == [2, 3]


def test_titles_labels_and_units_above_are_no_records(study: Study) -> None:
    labels = "Id,Day,Score 2024,1st,2nd,3rd\n,,points,,,\n"
    study.files["before.csv"] = "Report,2024\n" + BEFORE.replace("u_3\n", f"u_3\n{labels}", 1)
    study.config["files"]["before"]["header"] = {"skip": 1, "rows": 3}
    ran = study.run("check")
    assert ran.status == 0, ran.shown
    assert len(ran.ledger().query("file == 'before'")) == 12


def test_sheets_with_tables_are_read_or_told(study: Study) -> None:
    """Without `sheet:` the first was read in silence."""
    sheets = {"Jan": BEFORE, "Feb": BEFORE, "Codes": "u_1", "Mar": BEFORE}
    study.files["before.xlsx"] = book(sheets, hidden=("Mar",))
    entry = study.config["files"]["before"]
    entry["path"] = "data/raw/before.xlsx"
    ran = study.run("check")
    assert ran.lines == [
        "data/raw/before.xlsx: sheet 'Jan' is read, being the first; 'Feb' and 'Mar' (hidden) hold"
        " tables too, which no entry reads; config.yaml: files.before: write sheet: Jan if that is"
        " meant"
    ]
    entry["sheet"] = "Jan"
    ran = study.run("check")
    assert ran.status == 0, ran.shown
    listed = ran.problems()
    assert listed[["line", "kind", "value"]].to_numpy().tolist() == [
        [0, "unread_sheet", "'Feb'"],
        [0, "unread_sheet", "'Mar' (hidden)"],
    ]
    study.config["problems"] = {"stop_on": ["unread_sheet"]}
    ran = study.run("check")
    assert ran.status == 1 and "that no entry reads; 'Feb'" in ran.shown


def test_a_sheet_that_another_entry_reads_is_no_matter(study: Study) -> None:
    study.files["all.xlsx"] = book({"People": PEOPLE, "Before": BEFORE, "Notes": "Made by us"})
    study.config["files"]["people"] |= {"path": "data/raw/all.xlsx", "sheet": "People"}
    study.config["files"]["before"] |= {"path": "data/raw/all.xlsx", "sheet": "Before"}
    ran = study.run("check")
    assert ran.status == 0, ran.shown
    assert ran.problems().empty


@pytest.mark.parametrize("pseudonyms", [False, True])
def test_a_date_in_the_other_order_stops_the_run(study: Study, pseudonyms: bool) -> None:
    """01/13/2024 cannot be %d/%m; then 01/02/2024 may be the second of January, too."""
    study.config["study"]["pseudonyms"] = pseudonyms
    study.files["before.csv"] = BEFORE.replace("2024-01-11,11", "01/13/2024,11").replace(
        "2024-01-12,12", "12/01/2024,12"
    )
    formats = ["%Y-%m-%d", "%d/%m/%Y"]
    study.config["files"]["before"]["date"]["format"] = formats
    ran = study.run("check")
    assert ran.status == 1
    shown = "(in the raw file: a date in another order)" if pseudonyms else "01/13/2024"
    assert ran.shown.startswith(
        "data/raw/before.csv: date: a date whose day and month stand in another order than the"
        f" declared format's; 1 record, first on line 2: '{shown}'; its other dates may be misread"
    )
    study.config["problems"] = {"only_listed": ["date_order"]}
    assert study.run("check").status == 0


@pytest.mark.parametrize("pseudonyms", [False, True])
def test_serial_numbers_are_told_and_read_if_declared(study: Study, pseudonyms: bool) -> None:
    study.config["study"]["pseudonyms"] = pseudonyms
    study.files["before.csv"] = BEFORE.replace("2024-01-11,11", "45302,11")
    ran = study.run("check")
    listed = ran.problems()
    assert listed[["line", "kind"]].to_numpy().tolist() == [[2, "date_serial"]]
    study.config["files"]["before"]["date"]["format"] = ["%Y-%m-%d", "excel"]
    ran = study.run("check")
    assert ran.status == 0, ran.shown
    assert ran.problems().empty
    assert ran.records("before")["date"].iloc[0] == "2024-01-11"
    study.files["before.csv"] = BEFORE.replace("2024-01-11,11", "43840.5,11")
    study.config["files"]["before"]["date"]["format"] = ["%Y-%m-%d", "excel_1904"]
    assert study.run("check").status == 0
    assert ran.records("before")["date"].iloc[0] == "2024-01-11"


def test_a_column_of_serial_numbers_says_how_to_declare_it(study: Study) -> None:
    rows = [f"{line.split(',')[0]},4530{i % 10}," for i, line in enumerate(BEFORE.splitlines())]
    lines = [
        row + line.split(",", 2)[2] for row, line in zip(rows, BEFORE.splitlines(), strict=True)
    ]
    study.files["before.csv"] = "\n".join([BEFORE.splitlines()[0], *lines[1:]]) + "\n"
    ran = study.run("check")
    assert ran.status == 1
    assert "12 of 12 (12 as Excel counts days: format: excel)" in ran.shown


def test_an_outcome_of_a_repeating_form_is_told_with_what_to_do(study: Study) -> None:
    row = "P01,2024-01-11,11,2,2,2\n"
    study.files["before.csv"] = BEFORE.replace(row, row + row.replace("11,2", "12,2"))
    study.config["files"]["before"]["one_row_per"] = "any"
    study.config["files"]["before"]["instruments"] = {}
    ran = study.run("panel")
    assert ran.status == 1 and len(ran.lines) == 1
    assert ran.shown.startswith(
        "config.yaml: files.before: 'score' of unit 'P01' at before stands more than once: the"
        " file has several rows a person and time (a repeating form?), which have no single value;"
        " write one_row_per: unit_and_time"
    )


def test_an_instrument_of_a_repeating_form_is_told_too(study: Study) -> None:
    row = "P01,2024-01-11,11,2,2,2\n"
    study.files["before.csv"] = BEFORE.replace(row, row + row.replace("11,2", ",1"))
    study.config["files"]["before"]["one_row_per"] = "any"
    ran = study.run("panel")
    assert ran.status == 1 and len(ran.lines) == 1
    assert "several rows a person and time" in ran.shown
