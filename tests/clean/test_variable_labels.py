"""Variables that several files hold, and what their labels say of their codes."""

from typing import Any

import pandas as pd
import pytest

from cesp_analysis.clean.variable_labels import contradictory_variables
from cesp_analysis.declared.files import RawFile

GOOD = {1: "Very bad", 2: "Bad", 3: "Fair", 4: "Good", 5: "Very good"}
BACK = {code: GOOD[6 - code] for code in GOOD}
RANGE = {"range": [1, 5]}
NAMED = {"type": "category", "values": {str(i): word for i, word in enumerate("abcde", 1)}}
Given = tuple[str, dict[int, str], dict[str, Any], dict[str, Any]]


def found(*given: Given) -> list[str]:
    """Files by name: labels, the entry of the variable srh, more of the file's entry."""
    tables, files = {}, {}
    for name, labels, entry, more in given:
        said = {"path": f"data/raw/{name}.sav", "level": "person", "unit": "id"}
        files[name] = RawFile.model_validate(said | {"variables": {"srh": entry}} | more)
        tables[name] = pd.DataFrame({"line": [2], "srh": ["1"]})
        if labels:
            tables[name].attrs["labels"] = {"srh": {str(c): word for c, word in labels.items()}}
    return list(contradictory_variables(tables, files))


@pytest.mark.parametrize(
    "labels",
    [
        GOOD | {9: "Refused"},
        {1: "very bad ", 5: "5 - Very good"},
        {1: "Sehr schlecht", 5: "Sehr gut"},
        {1: "Poor", 3: "Fair"},
        {},
    ],
)
@pytest.mark.parametrize("entry", [RANGE, NAMED, {"type": "text"}])
def test_labels_that_agree_say_nothing(labels: dict[int, str], entry: dict[str, Any]) -> None:
    assert found(("a", GOOD, entry, {}), ("b", labels, entry, {})) == []


def test_what_is_compared_is_what_config_has_codes_read_as() -> None:
    values = {"values": {c: 6 - c for c in GOOD}}
    assert found(("a", GOOD, RANGE, {}), ("b", BACK, RANGE | values, {})) == []
    turned = {"level": "respondent", "crosswalk": {"srh": {"reversed": True}}}
    assert found(("a", GOOD, RANGE, {}), ("b", BACK, RANGE, turned)) == []
    names = {"type": "category", "values": dict(zip("54321", "abcde", strict=True))}
    assert found(("a", GOOD, NAMED, {}), ("b", BACK, names, {})) == []


def test_codes_of_no_answer_are_none_of_the_scale() -> None:
    more = {4: "Page torn out", 5: "Very good"}
    less = {5: "Page torn out"}
    for none in ({"missing": ["5"]}, RANGE | {"missing": [5]}):
        of_file = none if "range" not in none else {}
        entry = RANGE | none if "range" in none else RANGE
        assert found(("a", more, RANGE, {}), ("b", less, entry, of_file)) == []


@pytest.mark.parametrize(
    "more",
    [
        {"wrong_labels": ["srh"]},
        {"level": "respondent", "crosswalk": {"srh": {"values": {c: c for c in GOOD}}}},
        {"level": "respondent", "crosswalk": {"srh": {"asked": False}}},
    ],
)
def test_labels_that_config_overrules_are_not_looked_at(more: dict[str, Any]) -> None:
    assert found(("a", GOOD, RANGE, {}), ("b", BACK, RANGE, more)) == []


def test_two_entries_that_read_one_column_do_not_differ() -> None:
    """What labels are in one entry's codes they are in the other's."""
    same = {"path": "data/raw/a.sav"}
    other = {"type": "category", "values": dict(zip("12345", "edcba", strict=True))}
    assert found(("a", GOOD, NAMED, same), ("b", GOOD, other, same)) == []
    assert len(found(("a", GOOD, NAMED, {}), ("b", GOOD, other, {}))) == 1


def test_respondents_have_it_in_the_crosswalk() -> None:
    of = {"level": "respondent"}
    (line,) = found(("a", GOOD, RANGE, of), ("b", BACK, RANGE, of))
    whole = "{1: 5, 2: 4, 3: 3, 4: 2, 5: 1}"
    assert f"write files.b.crosswalk.srh.values: {whole} where the codes of b are wrong" in line
    assert f"files.a.crosswalk.srh.values: {whole} where those of a are" in line
    turned = of | {"crosswalk": {"srh": {"reversed": True}}}
    (line,) = found(("a", GOOD, RANGE, of), ("b", GOOD, RANGE, turned))
    same = "{1: 1, 2: 2, 3: 3, 4: 4, 5: 5}"
    assert f"files.b.crosswalk.srh.values: {same} in place of reversed where" in line
    (line,) = found(("a", GOOD, NAMED, of), ("b", BACK, NAMED, of))
    assert "files.b.crosswalk.srh.values: {1: e, 2: d, 3: c, 4: b, 5: a} where" in line


def test_a_code_that_the_file_does_not_declare_widens_what_it_declares() -> None:
    yes = ({0: "No", 1: "Yes"}, {1: "Yes", 2: "No"})
    ranges = ({"range": [0, 1]}, {"range": [1, 2]})
    (line,) = found(("a", yes[0], ranges[0], {}), ("b", yes[1], ranges[1], {}))
    wider = "files.b.variables.srh.values: {1: 1, 2: 0} and files.b.variables.srh.range: [0, 2]"
    assert f"write {wider} where" in line
    entries = [{"type": "category", "values": [*codes]} for codes in ("01", "12")]
    (line,) = found(("a", yes[0], entries[0], {}), ("b", yes[1], entries[1], {}))
    assert "files.b.variables.srh.values: {1: 1, 2: 0} where" in line


def test_what_labels_do_not_tell_is_asked_for() -> None:
    (line,) = found(("a", {0: "None", 9: "Many"}, {}, {}), ("b", {1: "None", 7: "Some"}, {}, {}))
    assert "files.b.variables.srh.values: {1: 0, 7: …} (and further codes, if there are)" in line
    assert "(… stands for the code that is meant)" in line
    (line,) = found(("a", {0: "None"}, {"values": {"0": 0.5}}, {}), ("b", {1: "None"}, {}, {}))
    assert "files.b.variables.srh.values: {1: 0.5}" in line


def test_a_file_whose_codes_a_crosswalk_writes_out_tells_others() -> None:
    of = {"level": "respondent"}
    own = of | {"crosswalk": {"srh": {"values": {c: 6 - c for c in GOOD}}}}
    (line,) = found(("a", BACK, RANGE, own), ("b", BACK, RANGE, of))
    assert "files.b.crosswalk.srh.values: {1: 5," in line and "files.a" not in line


def test_a_code_that_is_no_number_is_none_of_a_number() -> None:
    odd: Any = {"A1": "Very bad", "²": "Good"}
    assert found(("a", odd, {}, {}), ("b", GOOD, {}, {})) == []


def test_of_three_files_each_that_differs_is_told_beside_the_first() -> None:
    lines = found(("a", GOOD, RANGE, {}), ("b", BACK, RANGE, {}), ("c", BACK, RANGE, {}))
    assert [line[:14] for line in lines] == ["data/raw/b.sav", "data/raw/c.sav"]
    assert all("data/raw/a.sav (srh)" in line for line in lines)


@pytest.mark.parametrize("back", [True, False])
def test_columns_of_one_file_are_held_against_each_other(back: bool) -> None:
    """A wide file has a column a time: turned between two, the change is of opposite codings."""
    said = {"path": "data/raw/w.sav", "level": "person", "unit": "id"}
    columns = {"baseline": "srh_0", "6m": "srh_6", "12m": "srh_12"}
    entry = RANGE | {"columns": columns}
    file = RawFile.model_validate(said | {"variables": {"srh": entry}})
    table = pd.DataFrame({"line": [2], **{name: ["1"] for name in columns.values()}})
    labels = dict(zip(columns.values(), (GOOD, BACK if back else GOOD, GOOD), strict=True))
    table.attrs["labels"] = {
        c: {str(code): w for code, w in of.items()} for c, of in labels.items()
    }
    lines = list(contradictory_variables({"w": table}, {"w": file}))
    assert [line.startswith(
        "data/raw/w.sav: srh_6: 'Very good' is 1 by the file's labels, 5 by those of srh_0, and"
        " both are variable srh: give srh_6 an entry of its own under files:"
    ) for line in lines] == [True] * back  # fmt: skip
    file = RawFile.model_validate(said | {"variables": {"srh": entry}, "wrong_labels": ["srh"]})
    assert not list(contradictory_variables({"w": table}, {"w": file}))
