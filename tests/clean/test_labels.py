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


def found(
    *given: tuple[str, dict[int, str], dict[str, object]],
    answers: dict[str, dict[str, int]] | None = None,
) -> list[str]:
    tables = {name: table(codes) for name, codes, _ in given}
    files = {name: file(name, **more) for name, _, more in given}
    return list(contradictions(tables, files, ITEMS, answers or {}))


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
        "data/raw/twelve.sav: g1: 'Nearly every day' is 0 by the file's labels, 3"
    )
    assert "files.twelve.item_values: {gad7: {0: 3, 1: 2, 2: 1, 3: 0}}" in line


def test_a_shifted_scale_stops_with_what_to_write() -> None:
    (line,) = found(("twelve", SHIFTED, {}))
    assert "4 is 'Nearly every day' by the file's labels, and gad7 has codes 0 to 3" in line
    assert "{gad7: {1: 0, 2: 1, 3: 2, 4: 3}} if 1 ('Not at all') is its 0," in line
    assert "files.twelve.item_values: {gad7: {1: 3, 2: 2, 3: 1, 4: 0}} if it is its 3" in line


@pytest.mark.parametrize("codes", [TURNED, SHIFTED])
def test_what_is_written_out_is_as_it_says(codes: dict[int, str]) -> None:
    own = {"item_values": {"gad7": {str(c): str(i) for i, c in enumerate(codes)}}}
    assert found(("six", RIGHT, {}), ("twelve", codes, own)) == []


def test_codes_of_no_answer_are_no_labels_of_answers() -> None:
    assert found(("six", {1: "Not at all", 2: "Often", 3: "Always", 4: "Refused"},
                  {"missing": [4]})) == []  # fmt: skip
    assert len(found(("six", SHIFTED | {9: "Refused"}, {"missing": [9]}))) == 1
    assert found(("six", RIGHT | {4: "Page torn out"}, {"missing": [4]})) == []
    assert found(("six", RIGHT | {4: "Page torn out"}, {"missing": ["4.0"]})) == []


def test_labels_in_place_of_codes_are_told_with_the_codes() -> None:
    own = {"item_values": {"gad7": dict(zip(WORDS, "0123", strict=True))}}
    (line,) = found(("twelve", SHIFTED, own))
    assert "holds codes of gad7's answers" in line
    assert "write the codes there: {gad7: {1: 0, 2: 1, 3: 2, 4: 3}}" in line


def test_a_scale_shifted_and_turned_is_told_by_the_other_file_s_labels() -> None:
    (line,) = found(("six", RIGHT, {}), ("twelve", dict(enumerate(reversed(WORDS), 1)), {}))
    assert "files.twelve.item_values: {gad7: {1: 3, 2: 2, 3: 1, 4: 0}}" in line
    assert "files.six" not in line  # whose codes the instrument has
    (line,) = found(("twelve", dict(enumerate(reversed(WORDS), 1)), {}), ("six", RIGHT, {}))
    assert "files.twelve.item_values: {gad7: {1: 3, 2: 2, 3: 1, 4: 0}}" in line


def test_one_item_turned_is_told_as_one_item() -> None:
    tables = {"six": table(RIGHT), "twelve": table(RIGHT)}
    tables["twelve"].attrs["labels"]["g2"] = {str(c): w for c, w in TURNED.items()}
    (line,) = contradictions(tables, {name: file(name) for name in tables}, ITEMS, {})
    assert "files.twelve.item_values: {gad7.2: {0: 3, 1: 2, 2: 1, 3: 0}}" in line


@pytest.mark.parametrize(
    "codes", [SHIFTED | {9: "Refused"}, SHIFTED | {0: "No answer"}, {1: WORDS[0], 4: WORDS[3]}]
)
def test_codes_beyond_the_instrument_s_stop_beside_labels_of_no_answer(
    codes: dict[int, str],
) -> None:
    assert len(found(("twelve", codes, {}))) == 1


def test_labels_of_the_ends_tell_all_codes_of_a_scale() -> None:
    ends = {0: WORDS[0], 3: WORDS[3]}
    (line,) = found(("six", ends, {}), ("twelve", TURNED, {}))
    assert "files.twelve.item_values: {gad7: {0: 3, 1: 2, 2: 1, 3: 0}}" in line
    (line,) = found(("six", {1: WORDS[0]}, {}), answers=ASKED)
    assert "files.six.item_values: {gad7: {0: …, 1: 0, 2: …, 3: …}} (… stands for" in line
    (line,) = found(("six", {3: WORDS[0]}, {}), answers=ASKED)
    assert "files.six.item_values: {gad7: {0: 3, 1: 2, 2: 1, 3: 0}};" in line


ASKED = {"gad7": {"not at all": 0, "several days": 1, "more than half": 2, "nearly every day": 3}}


@pytest.mark.parametrize(
    ("codes", "whole"),
    [
        (TURNED, "{0: 3, 1: 2, 2: 1, 3: 0}"),
        (SHIFTED, "{1: 0, 2: 1, 3: 2, 4: 3}"),
        (dict(enumerate(reversed(WORDS), 1)), "{1: 3, 2: 2, 3: 1, 4: 0}"),
        ({1: WORDS[3], 2: "Often", 3: "Rarely", 4: WORDS[0]}, "{1: 3, 2: 2, 3: 1, 4: 0}"),
        ({5: WORDS[0], 6: WORDS[3]}, "{5: 0, 6: 3}"),
        (TURNED | {7: "Other"}, "{0: 3, 1: 2, 2: 1, 3: 0, 7: …}"),
        ({0: WORDS[3], 3: WORDS[0], 7: "Other"}, "{0: 3, 1: 2, 2: 1, 3: 0, 7: …}"),
        ({1: WORDS[3], 4: WORDS[0], 7: "Other"}, "{1: 3, 2: 2, 3: 1, 4: 0, 7: …}"),
        ({0: WORDS[1], 1: WORDS[0], 7: "Other"}, "{0: 1, 1: 0, 2: …, 3: …, 7: …}"),
    ],
)
def test_labels_are_held_against_the_instrument_s_words(codes: dict[int, str], whole: str) -> None:
    """In one file alone; where the words are not in order, or not as many, each as it is told."""
    (line,) = found(("six", codes, {}), answers=ASKED)
    assert f"files.six.item_values: {{gad7: {whole}}}" in line
    assert "labels are wrong and codes right, files.six.item_values: {gad7: {0: 0, 1: 1," in line


@pytest.mark.parametrize(
    "codes",
    [
        RIGHT,
        {0: " NOT  AT ALL.", 3: "3 - nearly every day"},
        {0: "0 Not at all", 1: "1", 3: "3 Nearly every day"},
        {1: "Several days"},
        {0: "Überhaupt nicht", 1: "An einzelnen Tagen", 2: "Oft", 3: "Beinahe jeden Tag"},
        RIGHT | {8: "Refused", 9: "Don't know"},
        {0: "least", 3: "most"},
    ],
)
def test_labels_that_agree_with_the_instrument_say_nothing(codes: dict[int, str]) -> None:
    """Partial, with their codes in front, in another language, with words of no answer."""
    assert found(("six", codes, {}), answers=ASKED) == []


def test_what_a_code_beyond_a_scale_of_known_labels_may_be() -> None:
    (line,) = found(("six", RIGHT | {4: "It depends"}, {}), answers=ASKED)
    assert "4 is 'It depends' by the file's labels, and gad7 has codes 0 to 3" in line
    assert "where that is no answer, declare files.six.missing: [4]; where it is one, write" in line
    assert "files.six.item_values: {gad7: {0: 0, 1: 1, 2: 2, 3: 3, 4: …}}" in line
    (line,) = found(("six", {1: WORDS[1], 4: "It depends"}, {}), answers=ASKED)
    assert "files.six.item_values: {gad7: {0: 0, 1: 1, 2: 2, 3: 3, 4: …}}" in line
    (line,) = found(("six", {1: "So", 7: "Thus"}, {}))
    assert "declare files.six.missing: [7]; where it is one, write" in line
    assert found(("six", {7: "Thus"}, {}), answers=ASKED) == []  # one label is no list of answers


@pytest.mark.parametrize("how", [{"reversed": True}, {"asked": False}])
def test_a_question_that_is_not_asked_or_is_turned_is_as_config_says(how: dict[str, bool]) -> None:
    own = {"level": "respondent", "crosswalk": {f"gad7.{i}": how for i in (1, 2)}}
    assert found(("six", TURNED, own), answers=ASKED) == []
    lines = found(("six", RIGHT, own), answers=ASKED)
    assert len(lines) == bool(how.get("reversed"))
    for line in lines:
        assert "write files.six.item_values: {gad7: {0: 0, 1: 1, 2: 2, 3: 3}};" in line
        assert "codes right, files.six.item_values: {gad7: {0: 3, 1: 2, 2: 1, 3: 0}};" in line
    if lines:  # of labels that nothing knows, the file beside it can be the wrong one, too
        (line,) = found(("six", TURNED, own), ("twelve", TURNED, {}))
        assert "files.six" not in line


def test_a_scale_of_many_codes_has_no_list_of_answers() -> None:
    items = {"gad7": {"1": ItemRange(low=0, high=100)}}
    tables = {"six": table({0: WORDS[3], 100: WORDS[0]})}
    assert list(contradictions(tables, {"six": file("six")}, items, ASKED)) == []


def test_the_file_with_the_instrument_s_words_is_believed() -> None:
    """Its other labels tell those of a file that the instrument does not know."""
    known = {0: "Not at all", 1: "A little", 2: "Much"}
    odd = {3: "A little", 2: "Much"}
    for given in ((("a", odd, {}), ("b", known, {})), (("b", known, {}), ("a", odd, {}))):
        (line,) = found(*given, answers=ASKED)
        assert line.startswith("data/raw/a.sav") and "files.b" not in line


def test_wrong_labels_tell_others_nothing() -> None:
    """A file whose codes are written out as they are has right codes and wrong labels."""
    own = {"item_values": {"gad7": {str(c): str(c) for c in range(4)}}}
    assert found(("six", TURNED, own), ("twelve", RIGHT, {})) == []


def test_words_of_two_codes_tell_of_neither() -> None:
    twice = {0: "Not at all", 1: "No answer to that", 2: "Days", 3: "Days"}
    assert found(("six", twice, {}), ("twelve", {1: "Days", 0: "Not at all"}, {})) == []


def test_a_code_that_is_no_number_is_no_code() -> None:
    assert found(("six", {"²": "Nearly every day", "A1": "Not at all"}, {})) == []


def test_a_file_whose_codes_are_written_out_tells_others() -> None:
    own = {"item_values": {"gad7": {str(c): str(3 - c) for c in range(4)}}}
    assert len(found(("twelve", TURNED, {}), ("six", TURNED, own))) == 1
    (line,) = found(("six", TURNED, own), ("twelve", TURNED, {}))
    assert "files.six" not in line
    assert line.startswith("data/raw/twelve.sav") and "{gad7: {0: 3, 1: 2, 2: 1, 3: 0}}" in line
