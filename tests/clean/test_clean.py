"""Cleaning: what does not fit is listed with its place; no record is lost."""

import io
import itertools
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from cesp_analysis.clean.answered import answered, boxes_of, codes_of_no_answer, without_answer
from cesp_analysis.clean.columns import categories, dates, numbers
from cesp_analysis.clean.derive import derived
from cesp_analysis.clean.file import Cleaned, clean_file
from cesp_analysis.clean.problems import ProblemList
from cesp_analysis.clean.records import Words
from cesp_analysis.declared.columns import needed_columns
from cesp_analysis.declared.derived import Derived
from cesp_analysis.declared.files import RawFile
from cesp_analysis.declared.problems import KINDS
from cesp_analysis.intake.columns import missing_columns
from cesp_analysis.schemas import Records
from small_study import PEOPLE, Study, answers

BEFORE = answers(0)
ROW = "P01,2024-01-11,11,2,2,2\n"
assert ROW in BEFORE


def column(*cells: str) -> "pd.Series[Any]":
    """A raw column."""
    return pd.Series(list(cells), name="q", dtype="str")


def read(how: Any, *cells: str, **given: Any) -> tuple[list[Any], list[tuple[str, int, str]]]:
    """Typed values (None: missing), and (kind, line, value) of what was listed."""
    problems = ProblemList("a.csv")
    raw = column(*cells)
    values = how(raw, np.arange(2, len(raw) + 2), problems, **given)
    listed = [row for frame in problems.frames for row in frame.to_dict("records")]
    return (
        [None if value != value else value for value in values],
        [(row["kind"], row["line"], row["value"]) for row in listed],
    )


def test_numbers_are_read_as_a_person_would(study: Study) -> None:
    values, listed = read(
        numbers, " 2 ", "1.0", "", "-9", "-9.0", "8", "two", "1e1", "inf", "nan", "1,5",
        allowed=(0, 7), missing=["-9"],
    )  # fmt: skip
    assert values == [2.0, 1.0, *[None] * 9]
    assert listed == [
        ("not_a_number", 8, "two"),
        ("not_a_number", 10, "inf"),
        ("not_a_number", 11, "nan"),
        ("not_a_number", 12, "1,5"),
        ("out_of_range", 7, "8"),
        ("out_of_range", 9, "1e1"),
    ]


def test_a_declared_decimal_comma(study: Study) -> None:
    values, listed = read(numbers, "1,5", "2", "1.000", allowed=None, missing=[], decimal=",")
    assert (values, listed) == ([1.5, 2.0, None], [("not_a_number", 4, "1.000")])
    values, listed = read(numbers, "1,5", "2.5", allowed=None, missing=[], decimal=".,")
    assert (values, listed) == ([1.5, 2.5], [])


def test_whole_codes(study: Study) -> None:
    values, listed = read(numbers, "2.0", "2.5", allowed=(1, 3), missing=[], whole=True)
    assert (values, listed) == ([2.0, None], [("not_a_code", 3, "2.5")])


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ("0 12 30 -999 -888 -999", ["-888", "-999", "-999"]),  # beside each other
        ("1 2 5 99 98", ["99", "98"]),
        ("20 88 90 99", []),  # ages
        ("-12 4 3 -9 -8", []),  # changes
        ("97 98 99", []),
        ("-9 -8", []),
        ("0 1 2 -7 x", ["-7"]),
        ("1 2 3 inf 99", ["99"]),
    ],
)
def test_numbers_that_usually_mean_no_answer_are_listed(cells: str, found: list[str]) -> None:
    """They stay what they are; with a range somebody has said what is possible."""
    values, listed = read(numbers, *cells.split(), allowed=None, missing=[])
    assert sorted(what for kind, _, what in listed if kind == "likely_code") == sorted(found)
    assert all(float(one) in values for one in found)
    _, listed = read(numbers, *cells.split(), allowed=(-999, 999), missing=[])
    assert "likely_code" not in {kind for kind, *_ in listed}


def test_codes_in_another_spelling_are_read_and_listed() -> None:
    values, listed = read(
        categories, "North", " NORTH ", "East", "", "-9", "north",
        values={"North": "n"}, missing=["-9"],
    )  # fmt: skip
    assert values == ["n", "n", None, None, None, "n"]
    assert listed == [
        ("respelled", 3, " NORTH "),
        ("respelled", 7, "north"),
        ("undeclared_value", 4, "East"),
    ]


def test_dates_in_two_formats() -> None:
    values, listed = read(
        dates, "2024-03-05", "05/03/2024", "31/02/2024", "2203-01-01", "", "-9", "2024-3-5 ",
        formats=["%Y-%m-%d", "%d/%m/%Y"], missing=["-9"], period=("2024-01-01", "2024-12-31"),
    )  # fmt: skip
    assert values == ["2024-03-05", "2024-03-05", None, None, None, None, "2024-03-05"]
    assert listed == [("not_a_date", 4, "31/02/2024"), ("impossible_date", 5, "2203-01-01")]


def one(study: Study, name: str, old: str, new: str) -> None:
    """Change one place of a raw file."""
    content = str(study.files[name])
    assert content.count(old) == 1
    study.files[name] = content.replace(old, new)


def messy(kind: str, study: Study) -> None:
    """Make the smallest change that trips a kind of problem."""
    cells = {
        "not_a_number": ("before.csv", "11,11,2", "11,x,2"),
        "out_of_range": ("before.csv", "11,11,2", "11,41,2"),
        "not_a_code": ("before.csv", "11,11,2", "11,11,2.5"),
        "likely_code": ("people.csv", "n1,31,f", "n1,-999,f"),
        "not_a_date": ("before.csv", "P01,2024-01-11", "P01,11.1.2024"),
        "date_serial": ("before.csv", "P01,2024-01-11", "P01,45302"),
        "impossible_date": ("before.csv", "P01,2024-01-11", "P01,1924-01-11"),
        "date_before_baseline": ("after.csv", "P01,2024-02-11", "P01,2024-01-10"),
        "undeclared_value": ("people.csv", "n1,31,f", "n1,31,w"),
        "respelled": ("people.csv", "P01,North", "P01,NORTH "),
        "short_record": ("before.csv", ROW, "P01,2024-01-11,11\n"),
        "blank_id": ("before.csv", "P01,", " ,"),
        "unknown_person": ("before.csv", "P01,", "P91,"),
        "near_id": ("people.csv", "P02,", "p1,"),
        "near_word": ("people.csv", "P01,North,n1", "P01,North,N1"),
        "empty_duplicate": ("before.csv", ROW, "P01,2024-01-11,-9,,,\n" + ROW),
        "undeclared_site": ("people.csv", "P12,South", "P12,Suoth"),
        "exact_duplicate": ("before.csv", ROW, ROW + ROW),
        "conflicting_duplicate": ("before.csv", ROW, ROW + ROW.replace("11,2,", "12,2,")),
    }
    if kind == "likely_code":
        del study.config["files"]["people"]["variables"]["age"]["range"]
    if kind in cells:
        one(study, *cells[kind])
    elif kind == "undeclared_time":
        study.config["files"]["before"]["time"] = {"column": "when"}
        lines = BEFORE.splitlines()
        rows = [line + (",before" if i else ",when") for i, line in enumerate(lines)]
        rows[1] = lines[1] + ",bfore"
        study.files["before.csv"] = "\n".join(rows) + "\n"
    elif kind == "not_a_state":
        lines = BEFORE.splitlines()
        rows = [f"{line},{'11221' if i else 'state'}" for i, line in enumerate(lines)]
        rows[1] = f"{lines[1]},121"
        study.files["before.csv"] = "\n".join(rows) + "\n"
        own = study.config["files"]["before"]
        own["instruments"] = own["instruments"] | {"eq5d_3l": {"state": "state"}}
    elif kind == "not_derived":
        rule = {"expression": "log(score - 12)"}
        study.config["files"]["before"]["derived"] = {"steps": rule}
    elif kind == "unclaimed_record":
        study.config["files"]["before"]["rows"] = {"u_3": ["2"]}
        one(study, "before.csv", "11,2,2,2", "11,2,2,1")
    elif kind == "unticked_unfinished":
        redcap(study)
    elif kind == "no_choice":
        redcap(study)
        book = str(study.files["dictionary.csv"])
        chosen = 'score,survey,radio,score,"11, low | 12, high"'
        study.files["dictionary.csv"] = book.replace("score,survey,text,score,", chosen)
        one(study, "before.csv", ",11,", ",13,")
    elif kind == "register_contradicts":
        study.config["files"]["people"]["one_row_per"] = "any"
        one(study, "people.csv", "P02,South", "P01,South,n1,31,f\nP02,South")
    elif kind == "undeclared_arm":
        del study.config["sites"], study.config["files"]["people"]["site"]
        study.config["files"]["people"]["arm"] = {
            "column": "sex", "values": {"f": "control", "m": "intervention"},
        }  # fmt: skip
        one(study, "people.csv", "n1,31,f", "n1,31,")
    elif kind == "other_site":
        at = re.sub(r"(?m)^(P\d\d,[-0-9]+,\d+),", r"\1,,", BEFORE)
        at = at.replace("date,score,", "date,score,at,", 1).replace(",11,,2", ",11,South,2", 1)
        study.files["before.csv"] = at
        study.config["files"]["before"]["site"] = {"column": "at"}
    elif kind == "other_neighbourhood":
        at = re.sub(r"(?m)^(P\d\d,[-0-9]+,\d+),", r"\1,,", BEFORE)
        at = at.replace("date,score,", "date,score,part,", 1).replace(",11,,2", ",11,N 1,2", 1)
        study.files["before.csv"] = at
        study.config["files"]["before"]["neighbourhood"] = {"column": "part"}
    elif kind in ("undated_visit", "outside_windows", "other_visit"):
        by_window(study)
        if kind == "undated_visit":
            one(study, "before.csv", "P01,2024-01-11", "P01,")
        elif kind == "outside_windows":
            one(study, "before.csv", "P01,2024-01-11", "P01,2024-06-11")
        else:
            one(study, "before.csv", "P02,2024-01-12", "P01,2024-01-12,11,2,2,2\nP02,2024-01-12")
    elif kind in ("after_death", "after_withdrawal", "event_before_start"):
        by_window(study)
        gone = "2023-12-31" if kind == "event_before_start" else "2024-01-10"
        people = str(study.files["people.csv"]).replace(",start\n", ",start,gone\n", 1)
        study.files["people.csv"] = people.replace("2024-01-01", f"2024-01-01,{gone}", 1).replace(
            "2024-01-01\n", "2024-01-01,\n"
        )
        study.config["files"]["people"]["variables"]["gone"] = DATED
        study.config["events"] = {
            "gone": {
                "label": "Gone",
                "kind": "death" if kind == "after_death" else "withdrawal",
                "file": "people",
                "date": "gone",
            }
        }
    elif kind == "event_after_death":
        rows = PEOPLE.splitlines()
        rows = [f"{rows[0]},died,gone", f"{rows[1]},2024-01-20,2024-02-01"] + [
            f"{row},," for row in rows[2:]
        ]
        study.files["people.csv"] = "\n".join(rows) + "\n"
        study.config["files"]["people"]["variables"] |= {"died": DATED, "gone": DATED}
        event = {"label": "Gone", "kind": "withdrawal", "file": "people", "date": "gone"}
        study.config["events"] = {
            "gone": event,
            "died": event | {"label": "Died", "kind": "death", "date": "died"},
        }
    elif kind == "date_without_event":
        messy("event_not_known", study)
        rows = str(study.files["people.csv"]).splitlines()
        rows = [f"{rows[0]},died_on", f"{rows[1]},", f"{rows[2]},2024-02-01",
                *(f"{row}," for row in rows[3:])]  # fmt: skip
        study.files["people.csv"] = "\n".join(rows) + "\n"
        study.config["files"]["people"]["variables"] |= {"died_on": DATED}
        study.config["events"]["died"] |= {"date": "died_on"}
    elif kind == "event_not_known":
        rows = PEOPLE.splitlines()
        rows = [f"{rows[0]},died", f"{rows[1]},", *(f"{row},no" for row in rows[2:])]
        study.files["people.csv"] = "\n".join(rows) + "\n"
        study.config["files"]["people"]["variables"] |= {
            "died": {"type": "category", "values": ["yes", "no"]},
        }
        study.config["events"] = {
            "died": {
                "label": "Died", "kind": "death", "file": "people", "where": 'died == "yes"',
            }
        }  # fmt: skip
    elif kind == "undated_event":
        rows = PEOPLE.splitlines()
        rows = [f"{rows[0]},gone,why", f"{rows[1]},,ill", *(f"{row},," for row in rows[2:])]
        study.files["people.csv"] = "\n".join(rows) + "\n"
        study.config["files"]["people"]["variables"] |= {
            "gone": DATED,
            "why": {"type": "category", "values": ["ill"]},
        }
        study.config["events"] = {
            "gone": {
                "label": "Gone",
                "kind": "withdrawal",
                "file": "people",
                "date": "gone",
                "reason": "why",
            }
        }
    elif kind == "date_order":
        one(study, "before.csv", "P01,2024-01-11", "P01,01/13/2024")
        study.config["files"]["before"]["date"] = {
            "column": "date",
            "format": ["%Y-%m-%d", "%d/%m/%Y"],
        }
    elif kind == "cut_record":
        study.config["files"]["before"]["last_line"] = 12
    elif kind == "no_records":
        study.files["after.csv"] = str(study.files["after.csv"]).splitlines()[0] + "\n"
        study.config["files"]["after"]["may_be_empty"] = True
    elif kind == "unread_sheet":
        study.files["before.csv"] = with_a_hidden_row(BEFORE, 99, further="More")
        study.config["files"]["before"] |= {"format": "xlsx", "sheet": "Sheet"}
    elif kind == "hidden_row":
        study.files["before.csv"] = with_a_hidden_row(BEFORE, 2)
        study.config["files"]["before"]["format"] = "xlsx"
    elif kind == "times_swapped":
        before, after = (study.config["files"][name] for name in ("before", "after"))
        before["time"], after["time"] = after["time"], before["time"]
    elif kind == "misread_item":
        words = str(study.files["before.csv"])
        study.files["before.csv"] = "\n".join(
            line if line.startswith("id") else line.rpartition(",")[0] + ",Rarely"
            for line in words.splitlines()
        )
    elif kind == "misread_column":
        study.config["files"]["before"]["date"]["format"] = "%d/%m/%Y"
    elif kind == "unlinked_id":
        study.files["log.csv"] = "no,who\n1,P99\n2,P01\n"
        study.config["files"]["log"] = {
            "path": "data/raw/log.csv",
            "level": "other",
            "variables": {"person": {"type": "id", "column": "who"}},
        }


def with_a_hidden_row(text: str, row: int, further: str = "") -> bytes:
    """A table as a workbook in which a row is hidden, perhaps with a further sheet."""
    book, stream = Workbook(), io.BytesIO()
    assert book.active is not None
    for line in text.splitlines():
        book.active.append(line.split(","))
    if further:
        sheet = book.create_sheet(further)
        sheet.append(["id", "score"])
        sheet.append(["P01", 1])
    book.active.row_dimensions[row].hidden = True
    book.save(stream)
    return stream.getvalue()


DATED = {"type": "date", "format": "%Y-%m-%d"}


def by_window(study: Study) -> None:
    """The times of `before` are the windows in which its dates lie; all began on one day."""
    header, *rows = str(study.files["people.csv"]).splitlines()
    rows = [f"{row},2024-01-01" for row in rows]
    study.files["people.csv"] = "\n".join([f"{header},start", *rows]) + "\n"
    study.config["files"]["people"]["variables"]["start"] = DATED
    study.config["visits"] = {"since": "start"}
    study.config["times"]["before"]["window"] = [0, 1]
    study.config["times"]["after"]["window"] = [1.2, 4]
    study.config["times"]["after"]["position"] = 2
    study.config["files"]["before"]["time"] = {"by": "window"}


def redcap(study: Study) -> None:
    """`before` as a REDCap export with a checkbox; P01's form was left unfinished."""
    study.files["dictionary.csv"] = (
        "Variable / Field Name,Form Name,Field Type,Field Label,"
        '"Choices, Calculations, OR Slider Labels"\n'
        "id,survey,text,Id,\n"
        + "".join(
            f"{name},survey,text,{name},\n" for name in ("date", "score", "u_1", "u_2", "u_3")
        )
        + 'help,survey,checkbox,Help,"1, Family | 2, Friends"\n'
    )
    lines = BEFORE.splitlines()
    rows = [lines[0] + ",help___1,help___2,survey_complete"]
    rows += [f"{line},0,{int(i > 1)},{0 if i == 0 else 2}" for i, line in enumerate(lines[1:])]
    study.files["before.csv"] = "\n".join(rows) + "\n"
    study.config["files"]["before"] |= {
        "redcap": {"dictionary": "data/raw/dictionary.csv"},
        "redcap_forms": ["survey"],
        "ignored": ["help___1", "help___2", "survey_complete"],
    }


OF_SURVEYS = {"two_sites", "not_constant", "fell_back", "turned_scale", "no_weight", "not_a_weight",
              "one_id_two_sites", "one_id_two_files"}  # fmt: skip
"""Kinds that tests/clean/test_members.py, test_turned.py and tests/survey trip."""
IN_WORDS = "item_values: {ucla3: {WORD_1: 1, WORD_2: 2, WORD_3: 3}}"
OF_VISITS = {"first_date_late"}
"""Kinds that tests/clean/test_visits.py trips."""
FOUND: dict[str, tuple[str, int, str, str | None, str]] = {
    "not_a_number": ("before", 2, "score", "x", "set to missing"),
    "out_of_range": ("before", 2, "score", "41", "set to missing"),
    "not_a_code": ("before", 2, "u_1", "2.5", "set to missing"),
    "not_a_state": ("before", 2, "state", "121", "set to missing"),
    "likely_code": ("people", 2, "age", "-999", "kept"),
    "undeclared_value": ("people", 2, "sex", "w", "set to missing"),
    "not_a_date": ("before", 2, "date", "11.1.2024", "set to missing"),
    "date_order": ("before", 2, "date", "01/13/2024", "set to missing"),
    "date_serial": ("before", 2, "date", "45302", "set to missing"),
    "cut_record": ("before", 13, "", "13", "set aside"),
    "no_records": ("after", 0, "", "0 records", "read as no records"),
    "unread_sheet": ("before", 0, "", "'More'", "not read"),
    "impossible_date": ("before", 2, "date", "1924-01-11", "set to missing"),
    "date_before_baseline": ("after", 2, "date", "2024-01-10", "set to missing"),
    "respelled": ("people", 2, "site", "NORTH ", "read as 'north'"),
    "short_record": ("before", 2, "", "P01", "the missing cells were read as blank"),
    "hidden_row": ("before", 2, "", "2", "read like the others"),
    "blank_id": ("before", 2, "id", None, "set aside"),
    "unknown_person": ("before", 2, "id", "P91", "set aside"),
    "near_id": ("people", 2, "id", "P01", "another id"),
    "near_word": ("people", 2, "near", "N1", "kept as another one"),
    "empty_duplicate": ("before", 2, "id", "P01", "set aside"),
    "undeclared_site": ("people", 13, "site", "Suoth", "set aside"),
    "other_site": ("before", 2, "at", "south", "the register's site counts"),
    "other_neighbourhood": ("before", 2, "part", "N 1", "the register's neighbourhood counts"),
    "undated_visit": ("before", 2, "date", None, "set aside"),
    "outside_windows": ("before", 2, "date", "2024-06-11", "set aside"),
    "other_visit": ("before", 3, "date", "2024-01-12", "set aside"),
    "after_death": ("before", 2, "date", "2024-01-11", "kept"),
    "after_withdrawal": ("before", 2, "date", "2024-01-11", "kept"),
    "event_before_start": ("people", 2, "gone", "2023-12-31", "set to missing"),
    "event_after_death": ("people", 2, "gone", "2024-02-01", "counted as it is dated"),
    "event_not_known": ("people", 2, "died", "P01", "counted as not having happened"),
    "date_without_event": (
        "people",
        3,
        "died_on",
        "2024-02-01",
        "counted as not having happened",
    ),
    "undated_event": ("people", 2, "gone", "P01", "counted, without a date"),
    "times_swapped": ("before", 0, "date", "12 of 12 later dates", "the run stops"),
    "misread_item": ("before", 0, "u_3", f"12 of 12; {IN_WORDS}", "the run stops"),
    "misread_column": ("before", 0, "date", "12 of 12", "the run stops"),
    "unlinked_id": ("log", 2, "who", "P99", "kept"),
    "register_contradicts": ("people", 3, "site", "P01", "the first record counts"),
    "undeclared_time": ("before", 2, "when", "bfore", "set aside"),
    "undeclared_arm": ("people", 2, "sex", None, "set aside"),
    "no_choice": ("before", 2, "score", "13", "kept"),
    "not_derived": ("before", 2, "steps", "11.0", "set to missing"),
    "unclaimed_record": ("before", 2, "", "2", "set aside"),
    "unticked_unfinished": ("before", 2, "help", "0", "set to missing"),
    "exact_duplicate": ("before", 3, "id", "P01", "set aside"),
    "conflicting_duplicate": ("before", 3, "id", "P01", "set aside"),
}


def test_every_kind_of_problem_is_tried() -> None:
    assert set(FOUND) | OF_SURVEYS | OF_VISITS == set(KINDS)


@pytest.mark.parametrize("kind", FOUND)
def test_a_kind_of_problem_is_listed_with_its_place(study: Study, kind: str) -> None:
    messy(kind, study)
    ran = study.run(until="clean")
    assert (ran.status, ran.shown) == (0, "")
    file, line, name, value, action = FOUND[kind]
    found = ran.problems()
    rows = found[found["kind"] == kind].fillna("").to_dict("records")
    assert {
        "file": f"data/raw/{file}.csv", "line": line, "column": name, "kind": kind,
        "value": value or "", "action": action,
    } in rows  # fmt: skip
    if line == 0:
        return  # the column as a whole
    ledger = ran.ledger()
    (entry,) = ledger[(ledger["file"] == file) & (ledger["line"] == line)].to_dict("records")
    aside = action == "set aside"
    assert entry["status"] == ("set aside" if aside else "kept")
    reason = {"cut_record": "below_last_line"}.get(kind, kind)
    assert entry["reason"] == reason if aside else entry["reason"] != entry["reason"]


def test_a_blank_says_no_where_the_event_alone_was_written_down(study: Study) -> None:
    """A register that says "yes" of the dead and nothing of the living: nothing is not known."""
    messy("event_not_known", study)
    people = study.files["people.csv"]
    assert isinstance(people, str)
    first, second, *others = people.splitlines()
    lines = [first, second, *(line.removesuffix("no") for line in others)]
    lines[-1] += "yes"
    study.files["people.csv"] = "\n".join(lines) + "\n"
    ran = study.run(until="clean")
    assert (ran.status, ran.shown) == (0, "")
    assert "event_not_known" not in set(ran.problems()["kind"])
    events = pd.read_parquet(study.folder / "data/processed/events.parquet")
    assert list(events["event"]) == ["died"]


@pytest.mark.parametrize("kind", FOUND)
def test_a_kind_named_in_stop_on_stops(study: Study, kind: str) -> None:
    messy(kind, study)
    study.config["problems"] = {"stop_on": [kind]}
    ran = study.run(until="check")
    assert ran.status == 1
    file, line, name, value, _ = FOUND[kind]
    mine = [text for text in ran.lines if f": {KINDS[kind]};" in text]
    place = f"data/raw/{file}.csv: {name}: " if name else f"data/raw/{file}.csv: "
    (told,) = [text for text in mine if text.startswith(place + KINDS[kind])]
    where = f"first on line {line}: " if line else f"; {value or '12 of 12'}; "
    remedy = f"correct the source, or take {kind} out of problems.stop_on"
    if kind == "misread_column":  # stops in any case
        remedy = (
            "correct how config.yaml declares it (type, format, decimal, values), or the source"
        )
    if kind == "misread_item":
        remedy = "if not, correct its columns under instruments:, or the source"
    assert where in told and told.endswith(f"; {remedy}")
    assert kind in set(ran.problems()["kind"])  # the list is there, all of it
    assert not (study.folder / "results/tables/problem_counts.csv").exists()


def test_two_kinds_that_stop_are_both_told(study: Study) -> None:
    messy("not_a_number", study)
    messy("respelled", study)
    study.config["problems"] = {"stop_on": ["respelled", "not_a_number"]}
    assert len(study.run(until="check").lines) == 2


@pytest.mark.parametrize(
    ("rule", "scores", "lines"),
    [("keep_first", [11.0], [3]), ("keep_last", [12.0], [2]), ("keep_neither", [], [2, 3])],
)
def test_records_that_differ(
    study: Study, rule: str, scores: list[float], lines: list[int]
) -> None:
    messy("conflicting_duplicate", study)
    study.config["files"]["before"]["duplicates"] = rule
    ran = study.run(until="clean")
    records, ledger = ran.records("before"), ran.ledger()
    assert records.loc[records["unit"] == "P01", "score"].tolist() == scores
    assert ledger.loc[ledger["status"] == "set aside", "line"].tolist() == lines


@pytest.mark.parametrize(
    ("rule", "scores", "lines"),
    [
        ("keep_first", [11.0], [3, 4]),
        ("keep_last", [11.0], [2, 3]),
        ("keep_neither", [], [2, 3, 4]),
    ],
)
def test_a_record_that_takes_back_what_was_changed_is_the_last(
    study: Study, rule: str, scores: list[float], lines: list[int]
) -> None:
    """11, then 12, then 11 again: the last line says 11, though it repeats the first."""
    messy("conflicting_duplicate", study)
    before = study.files["before.csv"]
    assert isinstance(before, str)
    head, first, changed, *others = before.splitlines()
    study.files["before.csv"] = "\n".join([head, first, changed, first, *others]) + "\n"
    study.config["files"]["before"]["duplicates"] = rule
    ran = study.run(until="clean")
    records, ledger = ran.records("before"), ran.ledger()
    assert records.loc[records["unit"] == "P01", "score"].tolist() == scores
    assert ledger.loc[ledger["status"] == "set aside", "line"].tolist() == lines


def test_records_that_differ_stop_if_declared(study: Study) -> None:
    messy("conflicting_duplicate", study)
    study.config["files"]["before"]["duplicates"] = "stop"
    (line,) = study.run(until="check").lines
    assert line == (
        "data/raw/before.csv: id: a second record for the same unit and time that differs; 1"
        " record, first on line 3: 'P01'; correct the source, or choose another rule than"
        " duplicates: stop"
    )


def test_a_misnamed_column_is_told_with_the_nearest(study: Study) -> None:
    one(study, "before.csv", "u_3", "u3")
    one(study, "people.csv", "age", "aeg")
    assert study.run(until="clean").lines == [
        "data/raw/people.csv: no column is called 'age'; did you mean 'aeg'? (it has: aeg, id,"
        " near, sex, site); config.yaml: files.people.variables.age asks for it (renamed: says how"
        " this file calls it)",
        "data/raw/before.csv: no column is called 'u_3'; did you mean 'u3'? (it has: date, id,"
        " score, u3, u_1, u_2); config.yaml: files.before.instruments.ucla3 asks for it (renamed:"
        " says how this file calls it)",
    ]


def test_a_file_that_cannot_be_read_hides_no_other_problem(study: Study) -> None:
    one(study, "before.csv", "u_3", "u3")
    study.files["people.csv"] = ""
    empty, misnamed = study.run(until="intake").lines
    assert empty == "data/raw/people.csv: the file is empty; export it again"
    assert misnamed.startswith("data/raw/before.csv: no column is called 'u_3'; did you mean 'u3'?")


def test_a_renamed_column_is_read(study: Study) -> None:
    one(study, "before.csv", "u_3", "u3")
    one(study, "people.csv", "age", "aeg")
    study.config["files"]["before"]["renamed"] = {"u_3": "u3"}
    study.config["files"]["people"]["variables"]["age"]["column"] = "years"
    study.config["files"]["people"]["renamed"] = {"years": "aeg"}
    ran = study.run(until="clean")
    assert (ran.status, ran.shown) == (0, "")
    assert ran.records("before")["ucla3.3"].tolist() == [2.0] * 12
    assert ran.records("people")["age"].tolist() == [30.0 + i for i in range(1, 13)]


def test_missing_codes_of_a_file_hold_in_every_column(study: Study) -> None:
    one(study, "before.csv", ROW, "P01,-9,-9,-9,2,2\n")
    one(study, "people.csv", "n1,31,f", "-9,-9,-9")
    for name in ("people", "before"):
        study.config["files"][name]["missing"] = [-9]
    ran = study.run(until="clean")
    assert len(ran.problems()) == 0
    person, answer = ran.records("people").iloc[0], ran.records("before").iloc[0]
    assert person[["neighbourhood", "age", "sex"]].isna().all()
    assert answer[["date", "score", "ucla3.1"]].isna().all() and answer["ucla3.2"] == 2.0


def test_user_missing_codes_of_spss_are_missing(study: Study) -> None:
    raw = pd.DataFrame({"line": [2, 3, 4], "id": ["a", "b", "c"], "q": ["1", "-8", "98"]})
    raw.attrs["user_missing"] = {"q": [["-8", "-8"], ["97", "99"]]}
    file = RawFile.model_validate(
        {"path": "a.sav", "level": "other", "unit": "id", "variables": {"q": {"range": [0, 5]}}}
    )
    cleaned = clean_file(raw, "a", file, Words({}, {}, {}), {}, None)
    assert cleaned.records["q"].fillna(-1).tolist() == [1.0, -1.0, -1.0]
    assert len(cleaned.problems) == 0


def test_records_without_an_id_are_called_by_file_and_line(study: Study) -> None:
    raw = pd.DataFrame({"line": [2, 3], "q": ["1", "1"]})
    raw.attrs["same_as"] = {"3": 2}  # as intake says
    file = RawFile.model_validate({"path": "w.csv", "level": "respondent", "variables": {"q": {}}})
    cleaned = clean_file(raw, "wave", file, Words({}, {}, {}), {}, None)
    assert cleaned.records["unit"].tolist() == ["wave:2", "wave:3"]
    (problem,) = cleaned.problems.to_dict("records")
    assert problem["kind"] == "exact_duplicate" and problem["action"].startswith("kept: without")


WIDE = {
    "path": "w.csv",
    "level": "person",
    "lists_people": True,
    "unit": "id",
    "variables": {
        "sex": {"type": "category", "values": ["f", "m"]},
        "bdi": {"columns": {"t0": "bdi0", "t1": "bdi1"}, "range": [0, 63]},
        "mood": {"columns": {"t1": "mood1"}},
    },
    "derived": {"low": {"expression": "bdi < 10"}},
}


def test_wide_files_become_long(study: Study) -> None:
    raw = pd.DataFrame(
        {
            "line": [2, 3],
            "id": ["a", "b"],
            "sex": ["f", "m"],
            "bdi0": ["5", "64"],
            "bdi1": ["20", ""],
            "mood1": ["1", "2"],
        }
    )
    file = RawFile.model_validate(WIDE)
    cleaned = clean_file(raw, "w", file, Words({}, {}, {"t0": "t0", "t1": "t1"}), {}, None)
    table = cleaned.records.astype("object").fillna("-")
    rows = table[["line", "unit", "time", "sex", "bdi", "mood", "low"]].to_numpy().tolist()
    assert rows == [
        [2, "a", "-", "f", "-", "-", "-"],
        [3, "b", "-", "m", "-", "-", "-"],
        [2, "a", "t0", "-", 5.0, "-", 1.0],
        [3, "b", "t0", "-", "-", "-", "-"],
        [2, "a", "t1", "-", 20.0, 1.0, 0.0],
        [3, "b", "t1", "-", "-", 2.0, "-"],
    ]
    (problem,) = cleaned.problems.to_dict("records")
    assert (problem["column"], problem["line"], problem["value"]) == ("bdi0", 3, "64")


def test_the_columns_of_a_wide_file_must_be_there() -> None:
    raw = pd.DataFrame({"line": [2], "id": ["a"], "sex": ["f"], "bdi0": ["5"], "mood1": ["1"]})
    needed = needed_columns(RawFile.model_validate(WIDE), {})
    (line,) = missing_columns(raw, "w.csv", "w", needed)
    assert line.startswith("w.csv: no column is called 'bdi1' (it has: bdi0,")  # read already


def test_a_question_that_a_wave_does_not_have_is_told_with_the_crosswalk() -> None:
    raw = pd.DataFrame({"line": [2], "id": ["a"], "q7": ["5"]})
    how = {"path": "w.csv", "unit": "id", "time": {"constant": "w2"}}
    variables = {"variables": {"belong": {"range": [1, 4]}}}
    for level, told in (("respondent", True), ("person", False)):
        file = RawFile.model_validate({**how, **variables, "level": level})
        (line,) = missing_columns(raw, "w.csv", "w", needed_columns(file, {}))
        assert "belong asks for it (renamed: says how this file calls it" in line
        assert ("; crosswalk: says so of one question, and with which codes" in line) == told


def make(frame: dict[str, list[Any]], **how: Any) -> list[Any]:
    """A derived variable; missing values as None."""
    values = derived(pd.DataFrame(frame), "new", Derived.model_validate(how))
    return [None if value != value else value for value in values]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a - b / 2", [0.0, None, None]),
        ("a > 0", [1.0, None, 1.0]),
        ("not a > 1", [1.0, None, 0.0]),
        ("a == 1 and b > 1", [1.0, None, 0.0]),
        ("0 < a <= 1", [1.0, None, 0.0]),
        ("log(a)", [0.0, None, pytest.approx(np.log(2))]),
        ("a / 0", [None, None, None]),
        ("log(a - 2)", [None, None, None]),
        ("3", [3.0, 3.0, 3.0]),
        ("w == 'x'", [1.0, 0.0, None]),
        ("w in ['x', 'y']", [1.0, 1.0, None]),
    ],
)
def test_expressions_and_missing_values(text: str, expected: list[Any]) -> None:
    frame = {"a": [1.0, np.nan, 2.0], "b": [2.0, 2.0, np.nan], "w": ["x", "y", np.nan]}
    assert make(frame, expression=text) == expected


def test_cases_the_first_that_holds_counts() -> None:
    """A case may say what counts where a part is missing; an unknown condition decides nothing."""
    frame = {"closed": [1.0, 0.0, np.nan, 0.0, 0.0], "jobs": [np.nan, 4.0, 5.0, np.nan, 9.0]}
    cases = [{"where": "closed == 1", "value": 0}, {"value": "jobs / 2"}]
    assert make(frame, cases=cases) == [0.0, 2.0, None, None, 4.5]
    only = [{"where": "closed == 0", "value": "jobs"}, {"where": "closed > 0", "value": -1}]
    assert make(frame, cases=only) == [-1.0, 4.0, None, None, 9.0]
    assert make(frame, cases=only[:1]) == [None, 4.0, None, None, 9.0]
    assert make(frame, known="jobs") == [0.0, 1.0, 1.0, 0.0, 1.0]


def test_a_value_that_no_case_gives_is_no_data_problem(study: Study) -> None:
    study.config["files"]["before"]["derived"] = {
        "high": {"cases": [{"where": "score > 15", "value": "score"}]}
    }
    ran = study.run(until="clean")
    assert (ran.status, ran.shown) == (0, "") and ran.problems().empty
    high = ran.records("before")["high"]
    assert high.notna().sum() == 7 and high.min() == 16


def test_recoding_and_cutting_and_missing_values() -> None:
    number, word = [1.0, 2.0, np.nan, 2.5], ["x", "y", np.nan, "z"]
    assert make({"v": number}, source="v", values={"1": "low", "2": "high", "2.5": "top"}) == [
        "low",
        "high",
        None,
        "top",
    ]
    assert make({"v": word}, source="v", values={"x": "1", "y": "0"}) == [1.0, 0.0, None, None]
    assert make({"v": number}, source="v", cuts=[2], labels=["below", "from 2"]) == [
        "below",
        "from 2",
        None,
        "from 2",
    ]


CELLS = {
    "id": st.sampled_from(["P01", "P02", "P03", " P03 ", "P99", ""]),
    "date": st.sampled_from(["2024-01-01", "31/01/2024", "x", "", "1900-01-01"]),
    "site": st.sampled_from(["North", "south ", "SOUTH", "West", ""]),
    "time": st.sampled_from(["before", "After", "later", ""]),
    "score": st.sampled_from(["1", " 2 ", "-9", "99", "", "x", "1,5"]) | st.text(max_size=3),
}
MESSY = RawFile.model_validate(
    {
        "path": "m.csv",
        "level": "person",
        "unit": "id",
        "time": {"column": "time"},
        "site": {"column": "site"},
        "date": {"column": "date", "format": ["%Y-%m-%d", "%d/%m/%Y"]},
        "variables": {"score": {"range": [0, 10], "missing": [-9]}},
    }
)
WORDS = Words(
    sites={"North": "north", "South": "south"},
    arms={},
    times={"before": "before", "after": "after"},
    period=("2023-01-01", "2025-01-01"),
)


def cleaned_messy(rows: list[dict[str, str]], rule: str, per: str) -> tuple[pd.DataFrame, Cleaned]:
    """Clean generated rows."""
    raw = pd.DataFrame(rows, columns=list(CELLS), dtype="str")
    raw.insert(0, "line", np.arange(2, len(raw) + 2))
    file = MESSY.model_copy(update={"duplicates": rule, "one_row_per": per})
    return raw, clean_file(raw, "m", file, WORDS, {}, {"P01", "P02", "P03"})


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.fixed_dictionaries(CELLS), min_size=1, max_size=12),
    rule=st.sampled_from(["keep_first", "keep_last", "keep_neither"]),
    per=st.sampled_from(["unit", "unit_and_time", "any"]),
)
def test_in_is_kept_and_set_aside(rows: list[dict[str, str]], rule: str, per: str) -> None:
    raw, cleaned = cleaned_messy(rows, rule, per)
    kept = cleaned.ledger[cleaned.ledger["status"] == "kept"]
    aside = cleaned.ledger[cleaned.ledger["status"] == "set aside"]
    assert cleaned.ledger["line"].tolist() == raw["line"].tolist()
    assert kept["line"].tolist() == cleaned.records["line"].tolist()
    assert len(kept) + len(aside) == len(raw)
    blank = {(line, "blank_record") for line in raw["line"][(raw.iloc[:, 1:] == "").all(axis=1)]}
    assert set(aside["reason"]) <= {*KINDS, "blank_record"} and kept["reason"].isna().all()
    # whatever is set aside is listed, in the words of the ledger; a blank row is no problem
    listed = set(zip(cleaned.problems["line"], cleaned.problems["kind"], strict=True))
    assert set(zip(aside["line"], aside["reason"], strict=True)) <= listed | blank
    if per != "any":
        by = ["unit"] if per == "unit" else ["unit", "time"]
        assert not cleaned.records.duplicated(by).any()
    scores = cleaned.records["score"].dropna()
    assert scores.between(0, 10).all()


def test_types_of_records_are_never_nullable(study: Study) -> None:
    ran = study.run(until="clean")
    for name, column_name in itertools.product(["people", "before"], Records.columns()):
        dtype = ran.records(name)[column_name].dtype
        assert dtype in ("int64", "float64", "str", "category"), column_name


def test_a_file_of_which_nothing_can_be_placed_stops(study: Study) -> None:
    study.files["people.csv"] = PEOPLE.replace("North", "N").replace("South", "S")
    ran = study.run()
    assert ran.status == 1
    assert ran.lines == [
        "data/raw/people.csv: none of its records could be placed (12 ×"
        f" {KINDS['undeclared_site']}); results/tables/data_problems.csv lists them: correct"
        " files.people in config.yaml"
    ]
    assert (ran.ledger()["status"] == "set aside").all()


def test_empty_lines_are_accounted_for_and_are_no_problem(study: Study) -> None:
    lines = BEFORE.splitlines(keepends=True)
    study.files["before.csv"] = "".join([*lines[:3], "\n", ", ,,,,\n", *lines[3:]])
    ran = study.run(until="clean")
    assert (ran.status, ran.shown, len(ran.problems())) == (0, "", 0)
    aside = ran.ledger().query("status == 'set aside'")
    assert list(zip(aside["line"], aside["reason"], strict=True)) == [
        (4, "blank_record"),
        (5, "blank_record"),
    ]


def test_boxes_belong_to_the_question_that_the_dictionary_names(study: Study) -> None:
    """REDCap calls the box of code -99 `help____99`, that of B `help___b`: one question, with
    1 and 2, in whose unfinished form a tick of any of them is an answer."""
    redcap(study)
    book = str(study.files["dictionary.csv"])
    study.files["dictionary.csv"] = book.replace("2, Friends", "-99, None | B, Both")
    lines = BEFORE.splitlines()
    ticks = {2: "0,1,0", 3: "0,0,1"}  # all forms were left unfinished
    rows = [f"{lines[0]},help___1,help____99,help___b,survey_complete"]
    rows += [f"{line},{ticks.get(i, '0,0,0')},0" for i, line in enumerate(lines[1:], start=1)]
    study.files["before.csv"] = "\n".join(rows) + "\n"
    entry = study.config["files"]["before"]
    entry["ignored"] = ["survey_complete"]
    codes = {"family": "help___1", "none": "help____99", "both": "help___b"}
    boxes = {name: {"column": column} for name, column in codes.items()}
    entry["variables"] = entry["variables"] | boxes
    ran = study.run(until="clean")
    assert ran.status == 0, ran.shown
    found = ran.records("before")[list(codes)]
    assert found.iloc[0].isna().all()
    assert found.iloc[1:3].to_numpy().tolist() == [[0, 1, 0], [0, 0, 1]]
    kinds = ran.problems()
    unticked = kinds[kinds["kind"] == "unticked_unfinished"]
    assert set(unticked["column"]) == {"help"} and list(unticked["line"]) == [2, *range(5, 14)]


def test_a_box_that_the_dictionary_does_not_list_is_a_box_too(study: Study) -> None:
    redcap(study)
    book = str(study.files["dictionary.csv"])
    study.files["dictionary.csv"] = book.replace(" | 2, Friends", "")
    lines = str(study.files["before.csv"]).splitlines()
    for row in (2, 3):  # unfinished; the second has help___2 ticked
        lines[row] = lines[row][: lines[row].rindex(",")] + ",0"
    study.files["before.csv"] = "\n".join(lines) + "\n"
    entry = study.config["files"]["before"]
    entry["variables"] = entry["variables"] | {"family": {"column": "help___1"}}
    ran = study.run(until="clean")
    assert ran.status == 0, ran.shown
    assert ran.records("before")["family"].iloc[1:3].fillna(-1).tolist() == [-1, 0]


@pytest.mark.parametrize("rule", ["keep_first", "keep_last", "keep_neither", "stop"])
@pytest.mark.parametrize("first", [True, False])
def test_an_empty_record_does_not_compete(study: Study, rule: str, first: bool) -> None:
    empty = "P01,2024-01-11,-9,,,\n"
    one(study, "before.csv", ROW, empty + ROW if first else ROW + empty)
    study.config["files"]["before"]["duplicates"] = rule
    ran = study.run(until="check")
    assert ran.status == 0, ran.shown
    records = ran.records("before")
    assert records.loc[records["unit"] == "P01", "score"].tolist() == [11]
    ledger = ran.ledger()
    aside = ledger[ledger["reason"] == "empty_duplicate"]
    assert aside["line"].tolist() == [2 if first else 3]


@pytest.mark.parametrize(
    ("rule", "arms"), [("keep_first", ["intervention"]), ("keep_last", ["control"]), ("stop", [])]
)
def test_two_places_are_two_answers_and_the_rule_decides(
    study: Study, rule: str, arms: list[str]
) -> None:
    one(study, "people.csv", "P01,North,n1,31,f\n", "P01,North,n1,,\nP01,South,n2,31,f\n")
    study.config["files"]["people"]["duplicates"] = rule
    ran = study.run(until="panel")
    if rule == "stop":
        assert ran.status and "a second record for the same unit" in ran.shown
        return
    panel = ran.panel()
    assert panel.loc[panel["unit"] == "P01", "arm"].unique().tolist() == arms
    assert ran.problems()["kind"].tolist().count("conflicting_duplicate") == 1


def test_a_box_that_is_not_ticked_is_no_answer_of_a_visit_either() -> None:
    """One rule for records that repeat others and for visits that compete for a window."""
    file = RawFile.model_validate(
        {
            "path": "a.csv", "level": "person", "unit": "id",
            "variables": {"box": {"column": "q___1"}, "score": {}},
        }
    )  # fmt: skip
    raw = pd.DataFrame({"id": ["a", "a"], "q___1": ["0", "1"], "score": ["", "-7"]}, dtype="str")
    raw.attrs = {"checkboxes": {"q___1": "q"}, "user_missing": {"score": [["-9", "-5"]]}}
    assert without_answer(raw, file, {}).tolist() == [True, False]
    records = pd.DataFrame({"box": [0.0, 1.0], "score": [float("nan"), float("nan")]})
    assert answered(records, file, boxes_of(raw, file)).tolist() == [False, True]
    assert codes_of_no_answer(raw, "score", file) == ("-7",)


def test_of_two_empty_records_the_rule_decides(study: Study) -> None:
    one(study, "before.csv", ROW, "P01,2024-01-11,-9,,,\nP01,2024-01-11,,,,\n")
    ran = study.run(until="clean")
    assert ran.ledger()["reason"].dropna().tolist() == ["conflicting_duplicate"]


@pytest.mark.parametrize(("part", "kept"), [("rows", ["P01", "P02"]), ("left_out", [])])
def test_rows_are_chosen_in_whatever_case_and_listed(
    study: Study, part: str, kept: list[str]
) -> None:
    """As sites are read: `test` is `Test`, in config's spelling or another."""
    lines = [f"{line},Real" for line in BEFORE.splitlines()]
    lines[0], lines[1] = lines[0].replace("Real", "status"), lines[1].replace("Real", "test")
    lines[2] = lines[2].replace("Real", "Test")
    study.files["before.csv"] = "\n".join(lines) + "\n"
    study.config["files"]["before"][part] = {"status": ["Test"]}
    ran = study.run(until="clean")
    assert ran.status == 0, ran.shown
    units = ran.records("before")["unit"].tolist()
    assert [unit for unit in units if unit in ("P01", "P02")] == kept
    found = ran.problems()
    listed = found[(found["kind"] == "respelled") & (found["column"] == "status")]
    assert listed[["line", "value", "action"]].to_numpy().tolist() == [
        [2, "test", f"chosen by {part}"]
    ]


def test_rows_of_two_entries_may_not_differ_in_capitals_alone(study: Study) -> None:
    files = study.config["files"]
    files["before"]["rows"] = {"u_3": ["a"]}
    files["again"] = files["before"] | {"rows": {"u_3": ["A"]}}
    assert any("differ in capitals alone" in line for line in study.lines())


def test_a_code_of_no_answer_in_another_case_is_no_neighbourhood(study: Study) -> None:
    one(study, "people.csv", "P01,North,n1", "P01,North,na")
    study.config["files"]["people"]["missing"] = ["NA"]
    ran = study.run(until="clean")
    assert ran.records("people")["neighbourhood"].isna().tolist()[:2] == [True, False]
    listed = ran.problems()[["line", "column", "kind", "value"]].to_numpy().tolist()
    assert [2, "near", "respelled", "na"] in listed


def test_link_workers_spelt_in_two_ways_are_listed_though_they_are_pseudonyms(
    study: Study,
) -> None:
    rows = [f"{line},Anne" for line in PEOPLE.splitlines()]
    rows[0], rows[3] = rows[0].replace("Anne", "worker"), rows[3].replace("Anne", "anne ")
    study.files["people.csv"] = "\n".join(rows) + "\n"
    study.config["files"]["people"]["link_worker"] = {"column": "worker"}
    study.config["study"]["pseudonyms"] = True
    ran = study.run(until="clean")
    assert ran.status == 0, ran.shown
    found = ran.problems()
    assert found[found["kind"] == "near_word"]["line"].tolist() == [4]
    assert "nne" not in str(found["value"].tolist())
    study.files["people.csv"] = study.files["people.csv"].replace("anne ", "Anne")
    study.files["before.csv"] = "\n".join(
        f"{line},{'worker' if n == 0 else 'ANNE'}"
        for n, line in enumerate(str(study.files["before.csv"]).splitlines())
    )
    study.config["files"]["before"]["link_worker"] = {"column": "worker"}
    found = study.run(until="clean").problems().query("kind == 'near_word'")
    assert set(found["file"]) == {"data/raw/before.csv"}
