"""Ids in one row of a record only, or written in several ways: one id in every row, if declared."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cesp_analysis.declared.ids import LOOSE, IdForm
from small_study import PEOPLE, Ran, Study

BOTH = {"case": "ignore", "zeros": "ignore"}


@pytest.fixture(params=[False, True], ids=["as written", "pseudonyms"])
def study(tmp_path: Path, request: pytest.FixtureRequest) -> Study:
    """The tiny study, with ids as written or as pseudonyms."""
    study = Study(tmp_path)
    study.config["study"]["pseudonyms"] = request.param
    return study


def near(ran: Ran) -> list[tuple[str, int, str]]:
    """File, line and column of ids that are nearly alike."""
    found = ran.problems().query("kind == 'near_id'")
    return [
        (str(row.file).split("/")[-1], int(row.line), str(row.column)) for row in found.itertuples()
    ]


def spelt(study: Study, name: str, *changes: tuple[str, str]) -> None:
    """Write ids at the beginning of lines differently."""
    for old, new in changes:
        text = str(study.files[name])
        assert text.count(f"\n{old},") == 1
        study.files[name] = text.replace(f"\n{old},", f"\n{new},")


def test_ids_that_differ_in_zeros_or_capitals_are_listed(study: Study) -> None:
    """Nothing is guessed: they stay other ids, and each is named with its line."""
    spelt(study, "before.csv", ("P03", "p3"), ("P04", "P004"), ("P05", "P5 "), ("P06", "X6"))
    ran = study.run("clean")
    assert ran.status == 0, ran.shown
    assert near(ran) == [("before.csv", line, "id") for line in (4, 5, 6)]
    assert ran.ledger()["reason"].value_counts().to_dict() == {"unknown_person": 4}


def test_ids_of_the_register_that_are_nearly_alike_are_listed(study: Study) -> None:
    spelt(study, "people.csv", ("P12", "p03"))
    ran = study.run("clean")
    assert near(ran) == [("people.csv", 4, "id"), ("people.csv", 13, "id")]


@pytest.mark.parametrize(
    ("form", "known"),
    [(BOTH, [2, 3, 4]), ({"case": "ignore"}, [2]), ({"zeros": "ignore"}, [3]), ({}, [])],
)
def test_what_is_declared_to_say_nothing_says_nothing(
    study: Study, form: dict[str, str], known: list[int]
) -> None:
    """Each is then the register's id, in the register's spelling; nothing is listed."""
    spelt(study, "before.csv", ("P01", "p01"), ("P02", "P2"), ("P03", "p003"))
    study.config["study"]["id_form"] = form
    ran = study.run("panel")
    assert ran.status == 0, ran.shown
    assert near(ran) == []
    aside = ran.ledger().query("reason == 'unknown_person'")
    assert list(aside["line"]) == [line for line in (2, 3, 4) if line not in known]
    people, before = ran.records("people"), ran.records("before")
    assert set(before["unit"]) <= set(people["unit"])
    panel = ran.panel().query("time == 'before' and outcome == 'score'")
    assert panel["value"].notna().sum() == 9 + len(known)


def test_ids_that_config_names_are_found_in_any_spelling(study: Study) -> None:
    spelt(study, "before.csv", ("P04", "p4"))
    study.config["study"]["id_form"] = BOTH
    study.config["files"]["before"]["left_out"] = {"id": ["P004"]}
    ran = study.run("clean")
    assert ran.status == 0, ran.shown
    assert list(ran.ledger().query("reason == 'left_out'")["line"]) == [5]


def test_other_rows_ids_are_left_alone(study: Study) -> None:
    """C1 and c01 are two contacts; the person in each is one."""
    study.files["log.csv"] = "no,who\nC1,P01\nc01,p1\n"
    study.config["files"]["log"] = {
        "path": "data/raw/log.csv", "level": "other", "unit": "no", "one_row_per": "unit",
        "variables": {"person": {"type": "id", "column": "who"}},
    }  # fmt: skip
    assert near(study.run("clean")) == [("log.csv", 3, "who")]
    study.config["study"]["id_form"] = BOTH
    ran = study.run("clean")
    assert ran.records("log")["unit"].nunique() == 2
    assert ran.records("log")["person"].nunique() == 1


def test_respondents_are_not_expected_in_the_register(study: Study) -> None:
    """A survey numbers its own respondents; a column that links them to people is looked at."""
    study.files["survey.csv"] = "no,place,person,score\np1,North,p3,10\np2,South,P04,11\n"
    study.config["waves"] = {"w1": {"label": "One", "position": 0}}
    study.config["files"]["survey"] = {
        "path": "data/raw/survey.csv", "level": "respondent", "unit": "no", "one_row_per": "unit",
        "time": {"constant": "w1"}, "site": {"column": "place"},
        "variables": {"person": {"type": "id"}, "score": {"range": [0, 40]}},
    }  # fmt: skip
    ran = study.run("clean")
    assert ran.status == 0, ran.shown
    assert near(ran) == [("survey.csv", 2, "person")]


@given(st.text(alphabet="aB07", max_size=6), st.text(alphabet="aB07", max_size=6))
def test_a_plain_form_is_one_of_its_own(one: str, other: str) -> None:
    """Plain forms stay as they are; they are alike if numbers and letters are, one by one."""

    def parts(word: str) -> list[Any]:
        found = re.findall(r"[0-9]+|[^0-9]+", word.lower())
        return [int(part) if part.isdigit() else part for part in found]

    assert LOOSE.plain(LOOSE.plain(one)) == LOOSE.plain(one)
    assert (LOOSE.plain(one) == LOOSE.plain(other)) == (parts(one) == parts(other))
    assert IdForm().plain(one) == one


def in_events(study: Study, *rows: str) -> None:
    """One file of events, whose first one alone has the study's id."""
    study.files["events.csv"] = "record,event,study_id,score\n" + "\n".join(rows) + "\n"
    visits = study.config["files"]["before"] | {
        "path": "data/raw/events.csv", "unit": "study_id", "carried": {"study_id": "record"},
        "time": {"column": "event"}, "ignored": ["record"],
    }  # fmt: skip
    for key in ("date", "instruments"):
        del visits[key]
    study.config["files"] = {"people": study.config["files"]["people"], "events": visits}
    study.files = {"people.csv": PEOPLE, "events.csv": study.files["events.csv"]}
    del study.config["outcomes"]["lonely"]


def test_an_id_of_one_event_is_carried_to_the_others(study: Study) -> None:
    in_events(
        study, "1,before,P01,10", "1,after,,12", "7,after,,13", "7,before,P02,11", "8,after,,1"
    )
    ran = study.run("panel")
    assert ran.status == 0, ran.shown
    kept = ran.records("events")
    people = dict(zip(ran.records("people")["unit"], ["P01", "P02"], strict=False))
    assert list(zip(kept["unit"].map(people), kept["time"], strict=True)) == [
        ("P01", "before"), ("P01", "after"), ("P02", "after"), ("P02", "before"),
    ]  # fmt: skip
    assert list(ran.ledger().query("reason == 'blank_id'")["line"]) == [6]  # none has its id


def test_without_it_they_are_nobodys(study: Study) -> None:
    in_events(study, "1,before,P01,10", "1,after,,12")
    del study.config["files"]["events"]["carried"]
    assert list(study.run("clean").ledger().query("reason == 'blank_id'")["line"]) == [3]


def test_a_record_with_two_ids_stops_without_naming_them(study: Study) -> None:
    in_events(study, "1,before,P01,10", "2,before,P03,9", "2,after,P03,9", "1,after,P02,12")
    ran = study.run("clean")
    assert ran.status == 1
    assert ran.lines == [
        "data/raw/events.csv: study_id: lines 2 and 5 are of one record and say different things;"
        " correct the source (CORRECTIONS.yaml), or config.yaml: files.events.carried"
    ]


def test_what_is_carried_may_be_corrected_first(study: Study) -> None:
    in_events(study, "1,before,P91,10", "1,after,,12")
    study.write()
    (study.folder / "data/raw/CORRECTIONS.yaml").write_text(
        "corrections: [{file: events, where: {record: '1', event: before}, column: study_id,"
        " expect: P91, value: P01, why: typing error}]\n"
    )
    ran = study.run("clean")
    assert ran.status == 0, ran.shown
    assert len(ran.records("events")) == 2


def test_columns_that_are_not_there_are_told(study: Study) -> None:
    in_events(study, "1,before,P01,10")
    study.config["files"]["events"]["carried"] = {"studyid": "record", "study_id": "recrod"}
    ran = study.run("clean")
    assert ran.status == 1 and len(ran.lines) == 2
    assert "no column is called 'studyid'; did you mean 'study_id'?" in ran.lines[0]
    assert "no column is called 'recrod'; did you mean 'record'?" in ran.lines[1]
    assert all("config.yaml: files.events.carried" in line for line in ran.lines)
