"""Drafts never write names: of staff, carers, or whoever stands in a closed question."""

import sys
from pathlib import Path

import pytest

from cesp_analysis.declared.private import ids_of
from cesp_analysis.study.read import checked

sys.path.insert(0, str(Path(__file__).parent))
from drafting import drafted, part, text_of, written
from test_small import IDS, rows

REGISTER = rows("id,site", "P{i:03d}", "North|South")
NAMES = "Zelda Crumb|Otto Fenwick"


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("Link worker", NAMES),
        ("Link worker", "Zelda|Otto"),
        ("practitioner", "zelda|otto"),
        ("Interviewer", "ZC|OF"),
        ("staff", "Crumb|Fenwick"),
        ("GP name", "Crumb|Fenwick"),
        ("GP", "Crumb|Fenwick"),
        ("carer", "Zelda|Otto|none"),
        ("seen_by", "Crumb|Fenwick"),
        ("Koordinatorin", "Crumb|Fenwick"),
        ("q7", NAMES),
        ("group", NAMES),
        ("session", NAMES),
        ("q7", "Z. Crumb|O Fenwick"),
        ("q7", "Anna van der Berg|José O'Neill-Smith"),
    ],
)
def test_names_of_others_are_ignored_and_asked_about(
    column: str, words: str, tmp_path: Path
) -> None:
    log = rows(f"id,seen_on,{column}", "P{i:03d}", "2024-02-{i:02d}", words)
    files = written(tmp_path / "g", people_csv=REGISTER, contacts_csv=log)
    entry = drafted(tmp_path / "s", *files).files["contacts"]
    assert entry.ignored == (column,) and not entry.variables
    said = text_of(tmp_path / "s")
    assert not [word for word in words.split("|") if word != "none" and word in said]


def test_a_pseudonym_is_offered_and_what_the_question_says_is_valid(tmp_path: Path) -> None:
    log = rows("id,seen_on,Link worker", "P{i:03d}", "2024-02-{i:02d}", NAMES)
    files = written(tmp_path / "g", people_csv=REGISTER, contacts_csv=log)
    drafted(tmp_path / "s", *files)
    said = text_of(tmp_path / "s")
    assert "Link worker may name staff, carers or other people, so ignored." in said
    assert "link_worker: {column: Link worker}, of which a pseudonym leaves" in said
    path = tmp_path / "s/config.yaml"
    text = path.read_text(encoding="utf-8")
    assert "ignored: [Link worker]" in text
    text = text.replace("ignored: [Link worker]", "link_worker: {column: Link worker}")
    text += "feasibility: {link_workers: {file: contacts}}\n"
    path.write_text(text, encoding="utf-8")
    study, problems = checked(tmp_path / "s")
    assert problems == [] and study is not None
    assert "Link worker" in ids_of(study.files["contacts"])


def test_a_register_s_link_workers_leave_under_pseudonyms(tmp_path: Path) -> None:
    people = rows("id,site,Link worker", "P{i:03d}", "North|South", NAMES)
    study = drafted(tmp_path / "s", *written(tmp_path / "g", people_csv=people))
    worker = study.files["people"].link_worker
    assert worker is not None and worker.column == "Link worker" and not worker.values
    assert "Crumb" not in text_of(tmp_path / "s")


def test_so_are_names_among_labels_of_codes(tmp_path: Path) -> None:
    import pandas as pd
    import pyreadstat

    frame = pd.DataFrame({"id": [f"P{i}" for i in IDS], "q7": [i % 2 + 1.0 for i in IDS],
                          "q8": [i % 2 + 1.0 for i in IDS]})  # fmt: skip
    labels = {"q7": {1.0: "Zelda Crumb", 2.0: "Otto Fenwick"}, "q8": {1.0: "Zelda", 2.0: "Otto"}}
    path = tmp_path / "people.sav"
    pyreadstat.write_sav(
        frame, path, variable_value_labels=labels, column_labels=["", "", "Name of key worker"]
    )
    drafted(tmp_path / "s", path)
    assert sorted(part(tmp_path / "s", "people")["ignored"]) == ["q7", "q8"]
    assert "Zelda" not in text_of(tmp_path / "s")


def test_who_somebody_is_is_known_by_a_short_label(tmp_path: Path) -> None:
    import pandas as pd
    import pyreadstat

    frame = pd.DataFrame({"id": [f"P{i}" for i in IDS], "q1": ["Zelda", "Otto"] * 10,
                          "q2": ["a", "b"] * 10})  # fmt: skip
    labels = ["", "First name", "Do you know the names of your neighbours?"]
    pyreadstat.write_sav(frame, tmp_path / "people.sav", column_labels=labels)
    drafted(tmp_path / "s", tmp_path / "people.sav")
    entry = part(tmp_path / "s", "people")
    assert entry["ignored"] == ["q1"] and list(entry["variables"]) == ["q2"]


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("carer", "Yes|No"),
        ("volunteer", "yes|no|don't know"),
        ("referred_by", "GP|Self-referral|Social Services"),
        ("staff_role", "Band six|Band seven"),
        ("q", "Strongly Agree|Neither Agree Nor Disagree|Strongly Disagree"),
        ("ethnic_group", "White British|Black African|South Asian"),
        ("contact", "Home Visit|Phone Call|Group Session"),
        ("home_town", "Moss Nook|Chorlton Hardy"),
        ("language", "Twi|Farsi Dari|Tigrinya"),
    ],
)
def test_answers_that_are_no_names_stay_categories(column: str, words: str, tmp_path: Path) -> None:
    text = rows(f"id,site,{column}", "P{i}", "North|South", words)
    study = drafted(tmp_path / "s", *written(tmp_path / "g", people_csv=text))
    assert len(study.files["people"].variables[column].values or ()) == len(words.split("|"))
