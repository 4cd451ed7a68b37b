"""Answers are held to the choices of their field in a REDCap data dictionary."""

from typing import Any

import pandas as pd
import pytest
import yaml

from cesp_analysis.cells import MASK
from small_study import Study

HEAD = (
    "Variable / Field Name,Form Name,Field Type,Field Label,"
    '"Choices, Calculations, OR Slider Labels"\n'
)
DICTIONARY = HEAD + (
    "id,survey,text,Id,\n"
    'mood,survey,radio,Mood,"0, low | 1, middling | 2, high"\n'
    'home,survey,dropdown,Home,"a, alone | b, with others"\n'
    "known,survey,yesno,Known,\n"
    "score,survey,text,Score,\n"
    'u_1,survey,radio,U1,"1, never | 2, sometimes | 3, often"\n'
    'u_2,survey,radio,U2,"1, never | 2, sometimes"\n'
    'u_3,survey,radio,U3,"1, never | 2, sometimes | 3, often"\n'
    'help,survey,checkbox,Help,"1, Family"\n'
)
COLUMNS = ("id", "mood", "home", "known", "score", "u_1", "u_2", "u_3", "help___1")
LABELS = {
    "mood": {"0": "low", "1": "middling", "2": "high"}, "home": {"a": "alone", "b": "with others"},
    "known": {"0": "No", "1": "Yes"}, "help___1": {"0": "Unchecked", "1": "Checked"},
} | {f"u_{i}": {"1": "never", "2": "sometimes", "3": "often"} for i in (1, 2, 3)}  # fmt: skip
HEADERS = ("Id", "Mood", "Home", "Known", "Score", "U1", "U2", "U3", "Help (choice=Family)")


def exported(study: Study, labelled: bool, **cells: str) -> None:
    """`before` as an export of twelve people; `cells` stand in the first row, as written."""
    rows = []
    for i in range(1, 13):
        row = {"id": f"P{i:02}", "mood": str(i % 3), "home": "ab"[i % 2], "known": str(i % 2),
               "score": str(i), "u_1": "1", "u_2": "2", "u_3": "3", "help___1": "0"}  # fmt: skip
        if labelled:
            row = {name: LABELS.get(name, {}).get(cell, cell) for name, cell in row.items()}
        rows.append(row | (cells if i == 1 else {}))
    head = (*HEADERS, "Complete?") if labelled else (*COLUMNS, "survey_complete")
    done = "Complete" if labelled else "2"
    lines = [",".join(head), *(",".join((*row.values(), done)) for row in rows)]
    study.files["before.csv"] = "\n".join(lines) + "\n"
    study.files["dictionary.csv"] = DICTIONARY
    entry: dict[str, Any] = study.config["files"]["before"]
    entry.pop("date", None)
    entry |= {
        "redcap": {"dictionary": "data/raw/dictionary.csv", "labelled": labelled},
        "redcap_forms": ["survey"], "ignored": ["survey_complete"],
    }  # fmt: skip
    entry["variables"] = {
        "score": {}, "mood": {}, "known": {"range": [0, 9]},
        "home": {"type": "category", "values": {"a": "a", "b": "b", "c": "c"}},
        "help": {"column": "help___1", "range": [0, 2]},
    }  # fmt: skip


def listed(study: Study) -> tuple[list[tuple[Any, ...]], pd.DataFrame]:
    """line, column, value and action of what is no choice; the first record of `before`."""
    ran = study.run(until="clean")
    assert ran.status == 0, ran.shown
    found = ran.problems()
    own = found[found["kind"] == "no_choice"]
    assert set(own["file"]) <= {"data/raw/before.csv"}
    told = own[["line", "column", "value", "action"]].itertuples(index=False, name=None)
    return list(told), ran.records("before")


def test_choices_alone_are_no_problem(study: Study) -> None:
    exported(study, labelled=False)
    assert listed(study)[0] == []
    exported(study, labelled=True)
    assert listed(study)[0] == []


def test_a_code_of_a_raw_export_that_is_no_choice_is_listed(study: Study) -> None:
    """What config declares is kept; of numbers that the dictionary alone declares nothing is
    known but their choices."""
    exported(study, labelled=False, mood="3", home="c", known="7", u_2="3", help___1="2")
    found, records = listed(study)
    assert found == [
        (2, "help___1", "2", "kept"), (2, "home", "c", "kept"), (2, "known", "7", "kept"),
        (2, "mood", "3", "set to missing"), (2, "u_2", "3", "kept"),
    ]  # fmt: skip
    first = records.iloc[0]
    assert pd.isna(first["mood"]) and first["home"] == "c" and first["known"] == 7
    assert first["ucla3.2"] == 3


@pytest.mark.parametrize("cell", ["2.0", " 2 ", "02", ""])
def test_a_code_written_otherwise_is_the_choice(study: Study, cell: str) -> None:
    exported(study, labelled=False, mood=cell, home="A")
    assert listed(study)[0] == []


@pytest.mark.parametrize("place", ["file", "variable"])
def test_a_code_of_no_answer_is_none_to_be_chosen(study: Study, place: str) -> None:
    exported(study, labelled=False, mood="-9")
    entry = study.config["files"]["before"]
    (entry if place == "file" else entry["variables"]["mood"])["missing"] = ["-9"]
    assert listed(study)[0] == []


def test_what_is_a_problem_already_is_not_listed_again(study: Study) -> None:
    exported(study, labelled=False, home="d", known="12", u_1="9")
    assert listed(study)[0] == []


@pytest.mark.parametrize("pseudonyms", [False, True])
@pytest.mark.parametrize("labelled", [False, True])
def test_words_that_are_no_choice_are_listed_as_that_alone(
    study: Study, labelled: bool, pseudonyms: bool
) -> None:
    """Of items, of numbers with a range and without; also where the words stay in the raw folder.
    What is no field with choices is no number, as before."""
    said = "Hardly ever or never"
    exported(study, labelled, mood=said, known=said, u_1=said, score=said)
    study.config["study"]["pseudonyms"] = pseudonyms
    found, records = listed(study)
    shown = MASK if pseudonyms else said
    assert found == [(2, name, shown, "set to missing") for name in ("known", "mood", "u_1")]
    assert records.iloc[0][["mood", "known", "ucla3.1"]].isna().all()
    other = study.run(until="clean").problems().query("kind == 'not_a_number'")
    assert other["column"].tolist() == ["score"]


def test_a_column_of_words_that_are_no_choices_stops_the_run(study: Study) -> None:
    """Its labels were changed: the declaration is wrong, not one answer."""
    exported(study, labelled=True)
    lines = str(study.files["before.csv"]).replace(",never,", ",not ever,")
    study.files["before.csv"] = lines
    ran = study.run(until="check")
    assert ran.status == 1
    (told,) = [line for line in ran.lines if ": u_1: " in line]
    assert "12 of 12" in told


def test_a_declared_code_of_no_answer_is_none_in_a_labelled_export_either(study: Study) -> None:
    exported(study, labelled=True, mood="2")
    assert listed(study)[0] == [(2, "mood", "2", "set to missing")]
    study.config["files"]["before"]["variables"]["mood"]["missing"] = ["2"]
    assert listed(study)[0] == []


def test_a_labelled_export_is_held_to_labels(study: Study) -> None:
    """A code in place of a label is no label, though it reads like what a label became; a label
    that config alone declares is kept."""
    exported(study, labelled=True, mood="3", home="c", known="1", u_3="3", help___1="Checked")
    found, records = listed(study)
    assert found == [
        (2, "home", "c", "kept"), (2, "known", "1", "kept"),
        (2, "mood", "3", "set to missing"), (2, "u_3", "3", "kept"),
    ]  # fmt: skip
    assert pd.isna(records.iloc[0]["mood"])


def test_a_corrected_cell_is_a_choice_again(study: Study) -> None:
    exported(study, labelled=True, mood="1")
    assert listed(study)[0] == [(2, "mood", "1", "set to missing")]
    entry = {"file": "before", "where": {"id": "P01"}, "column": "mood", "expect": "1",
             "value": "2", "why": "seen on paper"}  # fmt: skip
    path = study.folder / "data" / "raw" / "CORRECTIONS.yaml"
    path.write_text(yaml.safe_dump({"corrections": [entry]}), encoding="utf-8")
    found, records = listed(study)
    assert found == [] and records.iloc[0]["mood"] == 2


def test_of_a_study_with_pseudonyms_codes_are_held_to_choices_too(study: Study) -> None:
    exported(study, labelled=False, mood="3", known="7")
    study.config["study"]["pseudonyms"] = True
    assert listed(study)[0] == [(2, "known", "7", "kept"), (2, "mood", "3", "set to missing")]
