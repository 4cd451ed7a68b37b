"""Labels that contradict what codes are taken for: the run stops, whichever file is wrong."""

import pandas as pd
import pytest

from cesp_analysis.clean.labels import contradictions
from cesp_analysis.declared.columns import ItemRange
from cesp_analysis.declared.files import RawFile

WORDS = ("Not at all", "Several days", "More than half", "Nearly every day")
ITEMS = {"gad7": {str(i): ItemRange(low=0, high=3) for i in (1, 2)}}


def table(codes: dict[int, str], columns: tuple[str, ...] = ("g1", "g2")) -> pd.DataFrame:
    frame = pd.DataFrame({"line": [2], **{column: ["0"] for column in columns}})
    frame.attrs["labels"] = {c: {str(code): word for code, word in codes.items()} for c in columns}
    return frame


def file(name: str, **more: object) -> RawFile:
    said = {"path": f"data/raw/{name}.sav", "level": "person", "unit": "id"}
    return RawFile.model_validate(said | {"instruments": {"gad7": "g{item}"}} | more)


def found(*given: tuple[str, dict[int, str], dict[str, object]]) -> list[str]:
    tables = {name: table(codes) for name, codes, _ in given}
    files = {name: file(name, **more) for name, _, more in given}
    return list(contradictions(tables, files, ITEMS))


RIGHT, TURNED = dict(enumerate(WORDS)), dict(enumerate(reversed(WORDS)))
SHIFTED = dict(enumerate(WORDS, 1))


def test_labels_that_agree_say_nothing() -> None:
    assert (
        found(("six", RIGHT, {}), ("twelve", {0: "NOT AT ALL ", 3: "nearly every day"}, {})) == []
    )
    assert found(("six", RIGHT | {9: "Refused"}, {})) == []
    assert found(("six", {}, {}), ("twelve", TURNED, {})) == []  # nothing to compare with


def test_a_turned_scale_stops_with_what_to_write() -> None:
    (line,) = found(("six", RIGHT, {}), ("twelve", TURNED, {}))
    assert line.startswith(
        "data/raw/twelve.sav: g1: 'nearly every day' is 0 by the file's labels, 3"
    )
    assert "files.twelve.item_values: {gad7: {0: 3, 1: 2, 2: 1, 3: 0}}" in line


def test_a_shifted_scale_stops_with_what_to_write() -> None:
    (line,) = found(("twelve", SHIFTED, {}))
    assert "4 is 'nearly every day' by the file's labels, and gad7 has codes 0 to 3" in line
    assert "where 1 ('not at all') is its 0 (turned where it is its 3)" in line
    assert "files.twelve.item_values: {gad7: {1: 0, 2: 1, 3: 2, 4: 3}}" in line


@pytest.mark.parametrize("codes", [TURNED, SHIFTED])
def test_what_is_written_out_is_as_it_says(codes: dict[int, str]) -> None:
    own = {"item_values": {"gad7": {str(c): str(i) for i, c in enumerate(codes)}}}
    assert found(("six", RIGHT, {}), ("twelve", codes, own)) == []


def test_codes_of_no_answer_are_no_labels_of_answers() -> None:
    assert found(("six", {1: "Not at all", 2: "Often", 3: "Always", 4: "Refused"},
                  {"missing": [4]})) == []  # fmt: skip
    assert len(found(("six", SHIFTED | {9: "Refused"}, {"missing": [9]}))) == 1


def test_labels_in_place_of_codes_are_told_with_the_codes() -> None:
    own = {"item_values": {"gad7": dict(zip(WORDS, "0123", strict=True))}}
    (line,) = found(("twelve", SHIFTED, own))
    assert "holds codes of gad7's answers" in line
    assert "write the codes there: {gad7: {1: 0, 2: 1, 3: 2, 4: 3}}" in line


def test_a_scale_shifted_and_turned_is_told_by_the_other_file_s_labels() -> None:
    (line,) = found(("six", RIGHT, {}), ("twelve", dict(enumerate(reversed(WORDS), 1)), {}))
    assert "files.twelve.item_values: {gad7: {1: 3, 2: 2, 3: 1, 4: 0}}" in line
    (line,) = found(("twelve", dict(enumerate(reversed(WORDS), 1)), {}), ("six", RIGHT, {}))
    assert "files.twelve.item_values: {gad7: {1: 3, 2: 2, 3: 1, 4: 0}}" in line


def test_one_item_turned_is_told_as_one_item() -> None:
    tables = {"six": table(RIGHT), "twelve": table(RIGHT)}
    tables["twelve"].attrs["labels"]["g2"] = {str(c): w for c, w in TURNED.items()}
    (line,) = contradictions(tables, {name: file(name) for name in tables}, ITEMS)
    assert "files.twelve.item_values: {gad7.2: {0: 3, 1: 2, 2: 1, 3: 0}}" in line


@pytest.mark.parametrize(
    "codes", [SHIFTED | {9: "Refused"}, SHIFTED | {0: "No answer"}, {1: WORDS[0], 4: WORDS[3]}]
)
def test_codes_beyond_the_instrument_s_stop_beside_labels_of_no_answer(
    codes: dict[int, str],
) -> None:
    assert len(found(("twelve", codes, {}))) == 1


def test_labels_that_do_not_tell_all_codes_leave_them_to_be_written() -> None:
    (line,) = found(("six", {0: WORDS[0], 3: WORDS[3]}, {}), ("twelve", TURNED, {}))
    assert "{gad7: {CODE: …}, each of its codes}" in line


def test_a_file_whose_codes_are_written_out_tells_others() -> None:
    own = {"item_values": {"gad7": {str(c): str(3 - c) for c in range(4)}}}
    (line,) = found(("six", TURNED, own), ("twelve", TURNED, {}))
    assert line.startswith("data/raw/twelve.sav") and "{gad7: {0: 3, 1: 2, 2: 1, 3: 0}}" in line
