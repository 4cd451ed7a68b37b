"""Exports that are not what config says of them: one line each, file, place, fact, remedy."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from small_study import Study, answers

Change = Callable[[Study], None]
FIELDS = 'Variable / Field Name,Form Name,Field Type,Field Label,"Choices, Calculations, OR Slider Labels"\n'  # noqa: E501


def declared(**entries: Any) -> Change:
    """What config says of the file `before`."""
    return lambda study: study.config["files"]["before"].update(entries)


def dictionary(content: str | bytes, **entries: Any) -> Change:
    """`before` as a REDCap export with this data dictionary."""

    def change(study: Study) -> None:
        study.files["dd.csv"] = content
        how = {"redcap": {"dictionary": "data/raw/dd.csv"}} | entries
        study.config["files"]["before"].update(how)

    return change


def instead(name: str, content: str | bytes) -> Change:
    """Another file in the place of `before`."""

    def change(study: Study) -> None:
        study.files[name] = content
        study.config["files"]["before"]["path"] = f"data/raw/{name}"

    return change


def quoted(content: str) -> str:
    """The CSV with its names in quotation marks."""
    header, *rows = content.splitlines(keepends=True)
    names = ",".join(f'"{name}"' for name in header.strip().split(","))
    return "".join([f"{names}\n", *rows])


def within_a_cell(content: str) -> str:
    """The CSV whose first record's last cell holds a semicolon and a decimal comma."""
    header, first, *rows = content.splitlines(keepends=True)
    cells = first.strip().split(";")
    cells[-1] = '"1,5; or 2"'
    return "".join([header, ";".join(cells) + "\n", *rows])


def bomb() -> bytes:
    """A small workbook that unpacks to 150 MB."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", " " * (150 * 2**20))
    return content.getvalue()


def syntax(study: Study) -> None:
    """A syntax file that names nothing."""
    study.files["x.R"] = "print(1)\n"
    study.config["files"]["before"]["header"] = {"syntax": "data/raw/x.R"}


RAW = "data/raw/before.csv"
CONFIG = "config.yaml: files.before"
STOPS: dict[str, tuple[Change, str]] = {
    "rows of a column that is not there": (
        declared(rows={"evnt": ["a"]}), f"{RAW}: no column is called 'evnt' (it has: date, id,",
    ),
    "rows that fit nothing": (
        declared(rows={"u_1": ["77"]}), f"{RAW}: u_1: no row holds '77'; config.yaml: files.before",
    ),
    "rows as a list": (declared(rows=["a"]), f"{CONFIG}.rows: must be a section"),
    "left out by a column that is not there": (
        declared(left_out={"zz": ["2"]}), f"{RAW}: no column is called 'zz'",
    ),
    "dictionary absent": (
        declared(redcap={"dictionary": "data/raw/dd.csv"}),
        "data/raw/dd.csv: there is no such file",
    ),
    "dictionary outside the study": (
        declared(redcap={"dictionary": "../dd.csv"}),
        f"{CONFIG}.redcap.dictionary: '../dd.csv' leaves the study's folder",
    ),
    "dictionary is another table": (
        dictionary("a,b\n1,2\n"), "data/raw/dd.csv: is no REDCap data dictionary",
    ),
    "dictionary empty": (dictionary(""), "data/raw/dd.csv: is no REDCap data dictionary"),
    "dictionary in another encoding": (
        dictionary((FIELDS + "id,f,text,é,\n").encode("latin-1")), "data/raw/dd.csv: is not UTF-8",
    ),
    "dictionary of another project": (
        dictionary(FIELDS + "zz,f,text,Z,\n"), f"{RAW}: has no column of data/raw/dd.csv",
    ),
    "forms without a dictionary": (
        declared(redcap_forms=["x"]), f"{CONFIG}.redcap_forms: needs the data dictionary",
    ),
    "a form that the dictionary lacks": (
        dictionary(FIELDS + "id,f,text,I,\nscore,f,text,S,\n", redcap_forms=["g"]),
        f"{RAW}: has no form 'g' with its status column",
    ),
    "a form without its status": (
        dictionary(FIELDS + "id,f,text,I,\nscore,f,text,S,\n", redcap_forms=["f"]),
        f"{RAW}: has no form 'f' with its status column 'f_complete'",
    ),
    "labels that are names": (
        dictionary(
            FIELDS + "id,f,text,Id,\n",
            redcap={"dictionary": "data/raw/dd.csv", "labelled": True},
        ),
        f"{RAW}: line 1: column 1 is 'id'; the data dictionary has 'Id' there",
    ),
    "negative header": (
        declared(header={"rows": -1}), f"{CONFIG}.header.rows: must be at least 0; it is -1",
    ),
    "header longer than the file": (
        declared(header={"rows": 99}), f"{RAW}: holds column names but no records",
    ),
    "skip longer than the file": (
        declared(header={"skip": 99}), f"{RAW}: line 100: holds no column names",
    ),
    "no header and no names": (
        declared(header={"rows": 0}), f"{CONFIG}.header.columns: without header rows, list",
    ),
    "too few names": (
        declared(header={"columns": ["id"]}), f"{RAW}: has 6 columns; config.yaml: header.columns",
    ),
    "a name twice in the list": (
        declared(header={"columns": ["id", "id", "score", "u_1", "u_2", "u_3"]}),
        f"{RAW}: line 1: 'id' names columns 1 and 2",
    ),
    "two ways to name columns": (
        declared(header={"columns": ["id"], "syntax": "data/raw/x.R"}),
        f"{CONFIG}.header: columns, syntax, redcap.labelled: write one of them",
    ),
    "syntax file absent": (
        declared(header={"syntax": "data/raw/x.R"}), "data/raw/x.R: there is no such file",
    ),
    "syntax file that names nothing": (syntax, "data/raw/x.R: does not name every column"),
    "last line above the records": (
        declared(last_line=1), f"{RAW}: holds column names but no records",
    ),
    "days between numbers": (
        declared(derived={"d": {"days_between": ["score", "score"]}}),
        f"{CONFIG}.derived.d.days_between: no variable of type date is called 'score'",
    ),
    "header rows of an SPSS file": (
        declared(path="data/raw/b.sav", header={"rows": 2}),
        f"{CONFIG}.header: a sav file names its columns itself",
    ),
    "text called Stata": (instead("b.dta", "hello"), "data/raw/b.dta: cannot be read as Stata"),
    "SPSS cut off": (instead("b.sav", b"$FL2@(#) SPSS"), "data/raw/b.sav: cannot be read as SPSS"),
    "text called Excel": (instead("b.xlsx", "hello"), "data/raw/b.xlsx: cannot be read as XLSX"),
    "zip bomb": (instead("b.xlsx", bomb()), "data/raw/b.xlsx: unpacks to 150 MB from"),
    "semicolons": (
        instead("before.csv", answers(0).replace(",", ";")),
        f"""{RAW}: line 1: ',' separates nothing there; if the columns stand between ";\"""",
    ),
    "semicolons between names in quotes": (
        instead("before.csv", quoted(answers(0)).replace(",", ";")),
        f"""{RAW}: line 1: ',' separates nothing there; if the columns stand between ";\"""",
    ),
    "semicolons and decimal commas, the first record with a semicolon within a cell": (
        instead("before.csv", within_a_cell(answers(0).replace(",", ";"))),
        f"""{RAW}: line 1: ',' separates nothing there; if the columns stand between ";\"""",
    ),
    "tabs": (
        instead("before.csv", answers(0).replace(",", "\t")),
        f"""{RAW}: line 1: ',' separates nothing there; if the columns stand between "\\t\"""",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STOPS)
def test_it_stops_with_its_line(name: str, tmp_path: Path) -> None:
    study = Study(tmp_path)
    change, message = STOPS[name]
    change(study)
    ran = study.run(until="clean")
    assert ran.status == 1
    assert [line for line in ran.lines if line.startswith(message)], ran.shown
    assert "Traceback" not in ran.shown


@pytest.mark.parametrize(("mark", "shown"), [(",", ","), ("\t", "\\t"), ("|", "|")])
def test_a_header_of_one_column_is_told_once(mark: str, shown: str, tmp_path: Path) -> None:
    """A separator stands in a cell, too, so that header and first record do not have as many."""
    study = Study(tmp_path)
    header, first, *rows = answers(0).splitlines()
    lines = [header, f"{first},{first}", *rows]
    study.files["before.csv"] = "\n".join(lines).replace(",", mark) + "\n"
    declared(separator=";")(study)
    ran = study.run(until="clean")
    assert ran.status == 1
    assert ran.lines == [
        f"{RAW}: the header is one column, as the separator is '{shown}'; {CONFIG}: declare"
        f' separator: "{shown}"'
    ]


def test_a_file_of_one_column_says_which_others_it_lacks(tmp_path: Path) -> None:
    study = Study(tmp_path)
    study.files["before.csv"] = "id,of whom\nP01\nP02\n"  # one name, that holds a comma
    declared(separator=";")(study)
    ran = study.run(until="clean")
    assert ran.status == 1 and len(ran.lines) > 1
    assert all("no column is called" in line for line in ran.lines), ran.shown


LABELS = "Id,Day,Score,Complete?\n"
DICTIONARY = FIELDS + "id,q,text,Id,\nday,q,text,Day,\nscore,q,text,<b>Score</b>,\n"


def test_labels_of_a_raw_redcap_export_are_told_as_labels(tmp_path: Path) -> None:
    study = Study(tmp_path)
    dictionary(DICTIONARY)(study)
    study.files["before.csv"] = LABELS + "P01,2024-01-11,11,Complete\n"
    ran = study.run(until="clean")
    assert ran.status == 1
    assert ran.lines == [
        f"{RAW}: line 1: holds labels of fields ('Id'), not their names; write redcap:"
        " {dictionary: data/raw/dd.csv, labelled: true}, or export the raw data"
    ]
    for header in ({"columns": ["id", "date", "score", "done"]}, {"skip": 1}):  # other names
        declared(header=header)(study)
        study.files["before.csv"] = LABELS + "id,day,score,q_complete\nP01,2024-01-11,11,2\n"
        assert "holds labels" not in study.run(until="clean").shown


def test_what_looks_dangerous_is_text(tmp_path: Path) -> None:
    """A formula is a word among ids (ten thousand columns: tests/bad_input/test_large.py)."""
    study = Study(tmp_path)
    study.files["before.csv"] = answers(0).replace("P03,", "=cmd|'/c calc'!A1,")
    ran = study.run(until="clean")
    assert (ran.status, ran.shown) == (0, "")
    (problem,) = ran.problems().to_dict("records")
    assert (problem["kind"], problem["value"]) == ("unknown_person", "=cmd|'/c calc'!A1")
