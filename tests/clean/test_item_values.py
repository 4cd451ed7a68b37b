"""Answers in words: codes of an instrument's items, and numbers of a variable."""

import io
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from small_study import Study

CODES = {"Hardly ever": 1, "Some of the time": 2, "Often": 3}


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """The tiny study, whose file `before` has its items in words."""
    study = Study(tmp_path)
    in_words(study, "before.csv")
    return study


def in_words(study: Study, path: str, **cells: str) -> None:
    """The items of a file as words; `cells` stand in the first row."""
    head, *rows = str(study.files[path]).splitlines()
    words = dict(zip("123", CODES, strict=True))
    lines = []
    for at, row in enumerate(rows):
        first = row.split(",")
        row_cells = dict(zip(head.split(","), first, strict=True))
        row_cells |= {name: words[row_cells[name]] for name in ("u_1", "u_2", "u_3")}
        lines.append(",".join((row_cells | (cells if at == 0 else {})).values()))
    study.files[path] = "\n".join((head, *lines)) + "\n"


def before(study: Study, until: str = "check") -> Any:
    """The first two records of `before`, and what was listed."""
    ran = study.run(until=until)
    assert ran.status == 0, ran.shown
    found = ran.problems()
    return ran.records("before").iloc[:2], found[found["file"] == "data/raw/before.csv"]


@pytest.mark.parametrize("place", ["file", "form"])
def test_words_are_the_codes_of_items_in_files_of_people(study: Study, place: str) -> None:
    if place == "file":
        study.config["files"]["before"]["item_values"] = {"ucla3": CODES}
    else:
        study.config["forms"] = {"asked": {"item_values": {"ucla3": CODES}}}
        study.config["files"]["before"]["form"] = "asked"
    records, listed = before(study)
    assert records[["ucla3.1", "ucla3.2", "ucla3.3"]].to_numpy().tolist() == [
        [2.0, 2.0, 2.0], [3.0, 1.0, 2.0],
    ]  # fmt: skip
    assert listed.empty


@pytest.mark.parametrize("codes", [(3, 2, 1), (1, 1, 2)])
def test_words_with_other_codes_than_the_instrument_s_stop_the_run(
    study: Study, codes: tuple[int, ...]
) -> None:
    """Turned, or two of them at one code; what the message says to write is right."""
    given = study.config["files"]["before"]["item_values"] = {
        "ucla3": dict(zip(CODES, codes, strict=True))
    }
    ran = study.run(until="clean")
    assert ran.status == 1
    (line,) = ran.lines
    assert line.startswith("data/raw/before.csv: u_1: item_values has '")
    said = "{ucla3: {Hardly ever: 1, Some of the time: 2, Often: 3}}"
    assert f"write files.before.item_values: {said};" in line
    given |= yaml.safe_load(said)
    assert before(study)[0]["ucla3.1"].tolist() == [2.0, 3.0]


def test_a_word_that_is_none_is_missing_and_listed(study: Study) -> None:
    in_words_again = str(study.files["before.csv"]).replace("Some of the time", "Rarely", 1)
    study.files["before.csv"] = in_words_again.replace("Often", "OFTEN ", 1)
    study.config["files"]["before"]["item_values"] = {"ucla3": CODES}
    records, listed = before(study)
    assert records["ucla3.1"].isna().tolist() == [True, False]
    told = listed[["line", "column", "kind", "value"]].to_numpy().tolist()
    assert told == [[2, "u_1", "undeclared_value", "Rarely"], [3, "u_1", "respelled", "OFTEN "]]


def test_one_item_may_have_words_of_its_own(study: Study) -> None:
    asked = pd.read_csv(io.StringIO(str(study.files["before.csv"])), dtype=str)
    study.files["before.csv"] = asked.assign(u_3="Most often").to_csv(index=False)
    study.config["files"]["before"]["item_values"] = {"ucla3": CODES, "ucla3.3": {"Most often": 3}}
    records, _ = before(study)
    assert records["ucla3.2"].tolist() == [2.0, 1.0]
    assert records["ucla3.3"].tolist() == [3.0, 3.0]


def test_words_pass_into_the_tables_of_a_real_study(study: Study) -> None:
    study.config["study"]["pseudonyms"] = True
    study.config["files"]["before"]["item_values"] = {"ucla3": CODES}
    records, listed = before(study)
    assert records["ucla3.1"].notna().all()
    assert listed.empty


AND_MISSING = " has a code and is declared missing, too"


@pytest.mark.parametrize(
    ("name", "missing"), [("ucla3", ["Often"]), ("ucla3.3", ["Often", -9]), ("ucla3", ["-9"])]
)
@pytest.mark.parametrize("form", [False, True])
def test_a_word_with_a_code_is_not_declared_missing(
    study: Study, name: str, missing: list[Any], form: bool
) -> None:
    """Of the file or of its form; a code of no answer may be declared beside."""
    part = {"item_values": {"ucla3": CODES, name: CODES}}
    study.config["files"]["before"] |= {"missing": missing} | ({"form": "asked"} if form else part)
    study.config |= {"forms": {"asked": part}} if form else {}
    ran = study.run(until="intake")
    at = "forms.asked" if form else "files.before"
    wanted = [
        f"{at}.item_values.{one}: 'Often'{AND_MISSING}" for one in dict.fromkeys(("ucla3", name))
    ]
    told = [line for line in ran.lines if AND_MISSING in line]
    assert len(told) == (len(wanted) if "Often" in missing else 0)
    assert all(line in ran.shown for line in wanted) == ("Often" in missing)


@pytest.mark.parametrize(
    ("entry", "missing", "said"),
    [
        ({"type": "category", "values": {"1": "yes", "9": "no"}}, [9], "'9'"),
        ({"type": "category", "values": ["yes", "no"]}, ["no"], "'no'"),
        ({"values": {"none": 0, "9": 1}}, ["9.0"], "'9'"),
        ({"values": {"none": 0, "9": 1}}, [-9], ""),
        ({"type": "category", "values": {"01": "a", "2": "b"}}, [1], ""),  # as text
        ({"type": "category", "values": {"1": "yes", "9": "refused"}, "missing": [9]}, [9], ""),
        ({"type": "text"}, ["no"], ""),
    ],
)
def test_an_answer_of_a_variable_is_not_declared_missing(
    study: Study, entry: dict[str, Any], missing: list[Any], said: str
) -> None:
    """Of the file; one that a variable lists among its own stands beside them."""
    file = study.config["files"]["before"]
    file |= {"item_values": {"ucla3": CODES}, "missing": missing}
    file["variables"] = file["variables"] | {"asked": entry | {"column": "u_1"}}
    told = [line for line in study.run(until="intake").lines if AND_MISSING in line]
    place = f"files.before.variables.asked.values: {said}{AND_MISSING}"
    assert len(told) == bool(said)
    assert all(place in line for line in told)


def test_raw_codes_of_a_crosswalk_are_not_declared_missing(study: Study) -> None:
    file = study.config["files"]["before"]
    file |= {"level": "respondent", "missing": [9], "crosswalk": {"ucla3.1": {"values": {"9": 1}}}}
    shown = study.run(until="intake").shown
    assert f"files.before.crosswalk.ucla3.1.values: '9'{AND_MISSING}" in shown


def test_without_codes_the_run_stops_with_the_line_to_copy(study: Study) -> None:
    ran = study.run(until="check")
    assert ran.status == 1
    (told,) = [line for line in ran.lines if ": u_1: " in line]
    assert "12 of 12; item_values: {ucla3: {WORD_1: 1, WORD_2: 2, WORD_3: 3}}; if the" in told
    assert "decimal" not in told


def test_codes_that_fit_few_answers_stop_the_run(study: Study) -> None:
    study.config["files"]["before"]["item_values"] = {"ucla3": {"Seldom": 1, "Always": 3}}
    ran = study.run(until="check")
    assert ran.status == 1
    assert all(f": u_{item}: most answers" in ran.shown for item in (1, 2, 3))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"ucla4": {"a": 1}}, "files.before.item_values.ucla4: no instrument is called 'ucla4'"),
        ({"ucla3.9": {"a": 1}}, "files.before.item_values.ucla3.9: no item is called '9'"),
        ({"ucla3": {}}, "files.before.item_values.ucla3: list the words"),
        ({"ucla3": {"a": 4}}, "files.before.item_values.ucla3.a: 4 is not within 1 to 3"),
        ({"ucla3": {"a": "b"}}, "ucla3.a: the study's code must be a whole number, not 'b'"),
        ({"ucla3": {"a": 1.5}}, "ucla3.a: the study's code must be a whole number, not '1.5'"),
    ],
)
def test_what_cannot_be_is_refused(study: Study, given: Any, said: str) -> None:
    study.config["files"]["before"]["item_values"] = given
    ran = study.run(until="intake")
    assert ran.status == 1
    assert said in ran.shown


def test_a_column_of_states_has_no_words(study: Study) -> None:
    entry = study.config["files"]["before"]
    entry |= {"instruments": {"ucla3": {"state": "u_1"}}, "item_values": {"ucla3": CODES}}
    ran = study.run(until="intake")
    assert ran.lines == [
        "config.yaml: files.before.item_values.ucla3: its answers are digits of one column"
        " (state), no words; remove it"
    ]


def test_a_crosswalk_of_people_is_refused_with_what_stands_in_its_place(study: Study) -> None:
    study.config["files"]["before"]["crosswalk"] = {"ucla3.1": {"values": CODES}}
    ran = study.run(until="intake")
    assert "item_values: {INSTRUMENT: {WORD: CODE, …}}" in ran.shown


def numbered(study: Study, values: Any, **how: Any) -> None:
    """u_1 as a variable of type number."""
    entry = study.config["files"]["before"]
    entry["instruments"] = {}
    lonely = {"column": "u_1", "values": values} | how
    entry["variables"] = entry["variables"] | {"lonely": lonely}


def test_a_number_in_words_is_read(study: Study) -> None:
    numbered(study, CODES, range=[1, 3])
    records, listed = before(study)
    assert records["lonely"].tolist() == [2.0, 3.0]
    assert listed.empty


def test_a_number_that_is_not_listed_is_missing(study: Study) -> None:
    numbered(study, {"Often": 3, "Hardly ever": 1})
    records, listed = before(study)
    assert records["lonely"].isna().tolist() == [True, False]
    assert set(listed["kind"]) == {"undeclared_value"}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"a": "b"}, "variables.lonely.values.a: 'b' is no number; write one, or type: category"),
        ({"a": "inf"}, "variables.lonely.values.a: 'inf' is no number"),
        ({"a": 4}, "variables.lonely.values.a: 4 is not within 1 to 3"),
        ({}, "variables.lonely.values: list the words, each with its number"),
    ],
)
def test_words_of_a_number_that_are_none_are_refused(study: Study, values: Any, said: str) -> None:
    numbered(study, values, range=[1, 3])
    ran = study.run(until="intake")
    assert ran.status == 1
    assert said in ran.shown
