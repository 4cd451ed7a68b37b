"""What a stop over labels says to write, written into config.yaml as it stands: the answers are
then those that were given."""

import io
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest
import yaml

from small_study import Ran, Study, answers
from survey_study import survey

OFTEN = {1: "Hardly ever", 2: "Some of the time", 3: "Often"}
SELTEN = {1: "Selten", 2: "Manchmal", 3: "Oft"}
ITEMS = ["u_1", "u_2", "u_3"]
_KEY = re.compile(r"files\.(\w+)\.([\w.]+): (\{[^{}]*(?:\{[^{}]*\})?[^{}]*\}|\[[^\]]*\])")


def sav(text: str, labels: dict[str, dict[int, str]], folder: Path) -> bytes:
    """A CSV's text as an SPSS file with value labels; numbers are numbers."""
    table = pd.read_csv(io.StringIO(text))
    path = folder / "made.sav"
    pyreadstat.write_sav(table, str(path), variable_value_labels=labels)
    return path.read_bytes()


def put(study: Study, name: str, codes: dict[int, int], labels: dict[int, str]) -> None:
    """A file as SPSS with its items' labels; codes: the instrument's → the file's."""
    table = pd.read_csv(io.StringIO(answers(("before", "after").index(name))))
    for column in ITEMS:
        table[column] = table[column].map(codes)
    text = table.to_csv(index=False)
    study.files[f"{name}.sav"] = sav(text, dict.fromkeys(ITEMS, labels), study.folder)
    study.files.pop(f"{name}.csv", None)
    study.config["files"][name]["path"] = f"data/raw/{name}.sav"


def paste(study: Study, line: str, which: int) -> None:
    """Write one of the entries that a line names into config.yaml."""
    file, place, said = _KEY.findall(line)[which]
    entry = study.config["files"][file]
    *path, last = re.split(r"\.(?!\d)", place)  # ucla3.1 is one name
    for key in path:
        entry = entry.setdefault(key, {})
    value = yaml.safe_load(said)
    entry[last] = {str(key): to for key, to in value.items()} if isinstance(value, dict) else value


def stopped(study: Study) -> list[str]:
    """The lines of a run that stops at labels."""
    ran = study.run("clean")
    assert ran.status == 1 and "labels" in ran.shown, ran.shown
    return ran.lines


def items(ran: Ran, name: str) -> list[list[float]]:
    assert ran.status == 0, ran.shown
    table: pd.DataFrame = ran.records(name)[["ucla3.1", "ucla3.2", "ucla3.3"]]
    return table.to_numpy().tolist()


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return Study(tmp_path)


TURN = {1: 3, 2: 2, 3: 1}
SHIFT = {1: 0, 2: 1, 3: 2}
BOTH = {1: 2, 2: 1, 3: 0}


def relabelled(labels: dict[int, str], codes: dict[int, int]) -> dict[int, str]:
    return {codes[code]: label for code, label in labels.items()}


@pytest.mark.parametrize(
    ("codes", "labels"),
    [
        (TURN, OFTEN),
        (SHIFT, {1: "hardly ever or never", 3: "OFTEN"}),
        (TURN, {1: "Hardly ever", 3: "Often"}),
        (BOTH, {1: "Hardly ever", 2: "Now and then", 3: "Often"}),
    ],
)
def test_labels_that_the_instrument_has_at_another_code_in_every_file(
    study: Study, codes: dict[int, int], labels: dict[int, str]
) -> None:
    asked = [items(study.run("clean"), name) for name in ("before", "after")]
    for name in ("before", "after"):
        put(study, name, codes, relabelled(labels, codes))
    lines = stopped(study)
    assert len(lines) == 2
    for line in lines:
        paste(study, line, 0)
    ran = study.run("score")
    assert [items(ran, name) for name in ("before", "after")] == asked


def test_a_code_in_front_of_its_label_is_not_of_the_label(study: Study) -> None:
    for name, form in (("before", "{} {}"), ("after", "{}. {}")):
        put(study, name, TURN, {TURN[c]: form.format(TURN[c], w) for c, w in OFTEN.items()})
    for line in stopped(study):
        paste(study, line, 0)
    assert items(study.run("clean"), "before")[0] == [2.0, 2.0, 2.0]


def test_wrong_labels_beside_right_codes_have_their_remedy(study: Study) -> None:
    asked = items(study.run("clean"), "before")
    for name in ("before", "after"):
        put(study, name, {1: 1, 2: 2, 3: 3}, relabelled(OFTEN, TURN))
    for line in stopped(study):
        assert ".wrong_labels: [ucla3]" in line
        paste(study, line, -1)
    assert items(study.run("clean"), "before") == asked


@pytest.mark.parametrize("codes", [{1: 1, 2: 2, 3: 3}, SHIFT, TURN])
def test_a_person_s_codes_that_the_labels_contradict_stop_with_both_remedies(
    study: Study, codes: dict[int, int]
) -> None:
    """Codes of an export before it was corrected, or turned by mistake: right by the labels, or,
    where these are wrong, by what is written."""
    asked = items(study.run("clean"), "before")
    put(study, "before", codes, relabelled(OFTEN, codes))
    file = study.config["files"]["before"]
    stale = {"0": 1, "1": 2, "2": 3} if codes != SHIFT else {"0": 3, "1": 2, "2": 1}
    for which in (0, -1):
        file["item_values"] = {"ucla3": dict(stale)}
        (line,) = stopped(study)
        assert line.startswith("data/raw/before.sav: u_1: item_values has '")
        paste(study, line, which)
        found = items(study.run("clean"), "before")
        assert (found == asked) == (which == 0)


@pytest.mark.parametrize("labels", [OFTEN, SELTEN])
def test_each_code_as_itself_is_a_person_s_word_against_labels(
    study: Study, labels: dict[int, str]
) -> None:
    asked = items(study.run("clean"), "before")
    put(study, "before", {1: 1, 2: 2, 3: 3}, relabelled(labels, TURN))
    study.config["files"]["before"]["item_values"] = {"ucla3": {"1": 1, "2": 2, "3": 3}}
    assert items(study.run("clean"), "before") == asked


@pytest.mark.parametrize(("codes", "which"), [(SHIFT, 1), (BOTH, 2)])
def test_words_that_nothing_knows_have_both_ways(
    study: Study, codes: dict[int, int], which: int
) -> None:
    """The first entry that is named is for codes of no answer."""
    asked = items(study.run("clean"), "before")
    put(study, "before", codes, relabelled(SELTEN, codes))
    (line,) = stopped(study)
    assert f"if 0 ('{relabelled(SELTEN, codes)[0]}') is its 1" in line and "if it is its 3" in line
    paste(study, line, which)
    assert items(study.run("clean"), "before") == asked


@pytest.mark.parametrize("wrong", ["before", "after"])
def test_of_two_files_that_differ_either_can_be_written(study: Study, wrong: str) -> None:
    asked = [items(study.run("clean"), name) for name in ("before", "after")]
    for name in ("before", "after"):
        codes = TURN if name == wrong else {1: 1, 2: 2, 3: 3}
        put(study, name, codes, relabelled(SELTEN, codes))
    (line,) = stopped(study)
    assert line.startswith("data/raw/after.sav: u_1: '")
    paste(study, line, 0 if wrong == "after" else 1)
    ran = study.run("clean")
    assert [items(ran, name) for name in ("before", "after")] == asked


def test_of_two_files_with_one_wrongly_labelled_codes_stay(study: Study) -> None:
    asked = [items(study.run("clean"), name) for name in ("before", "after")]
    put(study, "before", {1: 1, 2: 2, 3: 3}, SELTEN)
    put(study, "after", {1: 1, 2: 2, 3: 3}, relabelled(SELTEN, TURN))
    (line,) = stopped(study)
    paste(study, line, -1)
    ran = study.run("clean")
    assert [items(ran, name) for name in ("before", "after")] == asked


def test_what_labels_do_not_tell_is_named_and_asked_for(study: Study) -> None:
    """Two of four answers are the instrument's, and no order of its codes fits them."""
    put(study, "before", {1: 1, 2: 3, 3: 4}, {1: "Hardly ever", 2: "Now", 3: "Then", 4: "Often"})
    (line,) = stopped(study)
    assert "{ucla3: {1: 1, 2: …, 3: …, 4: 3}} (… stands for the code that is meant" in line
    paste(study, line, 0)
    assert "item_values.ucla3.2: the study's code must be a whole number, not '…'" in (
        study.run("clean").shown
    )


FIELDS = {"id": "Record ID", "date": "Day", "score": "Score", "u_1": "One", "u_2": "Two",
          "u_3": "Three"}  # fmt: skip
HEAD = (
    "Variable / Field Name,Form Name,Section Header,Field Type,Field Label,"
    '"Choices, Calculations, OR Slider Labels"\n'
)


@pytest.mark.parametrize("labelled", [False, True])
def test_a_dictionary_that_turns_a_scale_stops_both_exports(study: Study, labelled: bool) -> None:
    """In both exports of a project: codes, and words that the dictionary turns into codes."""
    asked = [items(study.run("clean"), name) for name in ("before", "after")]
    choices = " | ".join(f"{code}, {word}" for code, word in relabelled(OFTEN, TURN).items())
    lines = [
        f"{name},survey,,{'radio' if name in ITEMS else 'text'},{label},"
        + (f'"{choices}"\n' if name in ITEMS else "\n")
        for name, label in FIELDS.items()
    ]
    study.files["dict.csv"] = HEAD + "".join(lines)
    for at, name in enumerate(("before", "after")):
        table = pd.read_csv(io.StringIO(answers(at)), dtype={"date": str})
        for column in ITEMS:
            table[column] = table[column].map(OFTEN if labelled else TURN)
        table = table.rename(columns=FIELDS) if labelled else table
        study.files[f"{name}.csv"] = table.to_csv(index=False)
        how = {"dictionary": "data/raw/dict.csv"} | ({"labelled": True} if labelled else {})
        study.config["files"][name]["redcap"] = how
    for line in stopped(study):
        assert "{ucla3: {1: 3, 2: 2, 3: 1}}" in line
        paste(study, line, 0)
    ran = study.run("clean")
    assert [items(ran, name) for name in ("before", "after")] == asked


# ------------------------------------------------------------------ beside a crosswalk


def waves(
    folder: Path,
    codes: dict[int, int],
    labels: dict[int, str],
    second_s: dict[int, str] | None = None,
) -> Study:
    """Two waves of the same respondents, as SPSS: the second has other codes (the instrument's →
    its own), and is said to be reversed; second_s: labels of its own, that its codes have not."""
    study = survey(folder)
    first = pd.read_csv(io.StringIO(str(study.files["one.csv"])))
    second = first.drop(columns="how").assign(**{item: first[item].map(codes) for item in ITEMS})
    one, two = study.config["files"]["one"], study.config["files"]["two"]
    for name, table, own in (
        ("one", first, labels),
        ("two", second, second_s or relabelled(labels, codes)),
    ):
        labelled = dict.fromkeys(ITEMS, own)
        study.files[f"{name}.sav"] = sav(table.to_csv(index=False), labelled, folder)
        study.config["files"][name]["path"] = f"data/raw/{name}.sav"
        del study.files[f"{name}.csv"]
    two |= {"crosswalk": {f"ucla3.{item}": {"reversed": True} for item in (1, 2, 3)}}
    for key in ("renamed", "mode", "version"):
        one.pop(key, None)
        two.pop(key, None)
    return study


@pytest.mark.parametrize("labels", [OFTEN, SELTEN])
def test_codes_beside_reversed_are_raw_ones(tmp_path: Path, labels: dict[int, str]) -> None:
    study = waves(tmp_path, BOTH, labels)
    (line,) = stopped(study)
    assert f"'{labels[1]}' is 2 by the file's labels and crosswalk's reversed, 1 " in line
    assert "{ucla3: {0: 3, 1: 2, 2: 1}}" in line
    assert "take reversed out of files.two.crosswalk: ucla3.1, ucla3.2, ucla3.3 (and" in line
    paste(study, line, 0)
    del study.config["files"]["two"]["crosswalk"]
    ran = study.run("clean")
    assert items(ran, "two") == items(ran, "one")


def test_reversed_stays_where_labels_are_wrong(tmp_path: Path) -> None:
    study = waves(tmp_path, TURN, OFTEN, OFTEN)
    (line,) = stopped(study)
    paste(study, line, -1)
    ran = study.run("clean")
    assert items(ran, "two") == items(ran, "one")


def test_codes_of_a_crosswalk_are_written_there(tmp_path: Path) -> None:
    study = waves(tmp_path, BOTH, OFTEN)
    own = {"values": {"0": 1, "1": 2, "2": 3}}
    study.config["files"]["two"]["crosswalk"] = {f"ucla3.{item}": dict(own) for item in (1, 2, 3)}
    lines = stopped(study)
    assert len(lines) == 3
    for line in lines:
        paste(study, line, 0)
    ran = study.run("clean")
    assert items(ran, "two") == items(ran, "one")


def test_a_scale_that_is_turned_and_said_to_be_stops_nothing(tmp_path: Path) -> None:
    ran = waves(tmp_path, TURN, OFTEN).run("clean")
    assert items(ran, "two") == items(ran, "one")


# ------------------------------------------------------------------ variables

GOOD = {1: "Very bad", 2: "Bad", 3: "Fair", 4: "Good", 5: "Very good"}


def variable(study: Study, entry: dict[str, Any], turned: dict[str, dict[int, str]]) -> None:
    """A variable srh 1 to 5 in both files, labels as given."""
    for at, name in enumerate(("before", "after")):
        table = pd.read_csv(io.StringIO(answers(at)))
        table["srh"] = 1.0 + table["u_1"] + at
        labels = {"srh": turned[name]}
        study.files[f"{name}.sav"] = sav(table.to_csv(index=False), labels, study.folder)
        study.files.pop(f"{name}.csv", None)
        file = study.config["files"][name]
        file["path"] = f"data/raw/{name}.sav"
        file["variables"] = file["variables"] | {"srh": dict(entry)}


BACK = {code: GOOD[6 - code] for code in GOOD}
NAMED = {"type": "category", "values": {str(i): word for i, word in enumerate("abcde", 1)}}


@pytest.mark.parametrize(
    ("entry", "which"), [({"range": [1, 5]}, 0), ({}, 1), (NAMED, 0), (NAMED, 1), (NAMED, 2)]
)
def test_a_variable_that_two_files_label_otherwise_stops(
    study: Study, entry: dict[str, Any], which: int
) -> None:
    variable(study, entry, {"before": GOOD, "after": BACK})
    (line,) = stopped(study)
    assert line.startswith("data/raw/after.sav: srh: 'Very good' is ") or "'Very bad' is" in line
    paste(study, line, which)
    ran = study.run("clean")
    assert ran.status == 0, ran.shown
    found = [ran.records(name)["srh"].astype("str").tolist()[:3] for name in ("before", "after")]
    as_it_is = [["3.0", "4.0", "2.0"], ["4.0", "5.0", "3.0"]]
    back = {0: (1,), 1: (0,), 2: ()}[which]
    told = [
        [f"{6 - float(x)}" if at in back else x for x in codes] for at, codes in enumerate(as_it_is)
    ]
    if entry is NAMED:
        told = [["abcde"[int(float(x)) - 1] for x in codes] for codes in told]
    assert found == told


def test_a_name_in_wrong_labels_is_a_variable_or_instrument_of_the_file(study: Study) -> None:
    study.config["files"]["before"]["wrong_labels"] = ["scor"]
    assert study.lines() == [
        "config.yaml: files.before.wrong_labels: no variable or instrument is called 'scor'; did"
        " you mean 'score'? (it has: score, ucla3)"
    ]
    study.config["files"]["before"]["wrong_labels"] = ["ucla3.9", "ucla3.1", "ucla3", "score"]
    assert study.lines() == [
        "config.yaml: files.before.wrong_labels: ucla3.9: no item is called '9' (declared: 1, 2, 3)"
    ]
