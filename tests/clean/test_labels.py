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
    assert line.endswith(
        "; or, where labels are wrong and codes right, files.six.wrong_labels: [gad7]"
    )
    assert found(("six", codes, {"wrong_labels": ["gad7"]}), answers=ASKED) == []


def codes(*pairs: tuple[object, object], at: str = "gad7") -> dict[str, object]:
    """item_values of raw codes, or words, each with its code."""
    return {"item_values": {at: {str(raw): str(code) for raw, code in pairs}}}


BACKWARDS, UP = tuple(enumerate((3, 2, 1, 0))), tuple(enumerate(range(4)))


@pytest.mark.parametrize(
    ("labels", "written", "said", "whole"),
    [
        (RIGHT, BACKWARDS, "'Not at all' (0 by the file's labels) as 3, 0",
         "0: 0, 1: 1, 2: 2, 3: 3"),
        (RIGHT, ((1, 0), (2, 1), (3, 2)), "(1 by the file's labels) as 0, 1",
         "0: 0, 1: 1, 2: 2, 3: 3"),
        ({0: WORDS[0], 3: WORDS[3]}, BACKWARDS, "as 3, 0", "0: 0, 1: 1, 2: 2, 3: 3"),
        (TURNED, ((0, 3), (1, 2), (2, 1), (3, 1)), "(3 by the file's labels) as 1, 0",
         "0: 3, 1: 2, 2: 1, 3: 0"),
        ({"A1": WORDS[0], "A4": WORDS[3]}, (("A1", 3), ("A2", 2), ("A4", 0)),
         "'Not at all' (A1 by the file's labels) as 3, 0", "A1: 0, A2: …, A4: 3"),
    ],
)  # fmt: skip
def test_written_codes_are_held_against_the_instrument_s_words(
    labels: dict[int, str], written: tuple[tuple[int, int], ...], said: str, whole: str
) -> None:
    (line,) = found(("six", labels, codes(*written)), answers=ASKED)
    assert line.startswith("data/raw/six.sav: g1: item_values has '") and said in line
    assert f"in gad7; write files.six.item_values: {{gad7: {{{whole}}}}}" in line
    assert line.endswith("files.six.wrong_labels: [gad7]")


@pytest.mark.parametrize(
    ("labels", "more"),
    [
        (RIGHT, codes(*BACKWARDS) | {"wrong_labels": ["gad7"]}),
        (RIGHT, codes(*BACKWARDS) | {"wrong_labels": ["gad7.1", "gad7.2"]}),
        (TURNED, codes(*UP)),  # each as itself: the person's word against the labels
        (TURNED, codes(*BACKWARDS)),
        (SHIFTED, codes(*((code + 1, code) for code in range(4)))),
        (dict(enumerate(("Nie", "Manchmal", "Oft", "Immer"))), codes(*BACKWARDS)),
    ],
)
def test_written_codes_that_agree_or_are_a_person_s_word_say_nothing(
    labels: dict[int, str], more: dict[str, object]
) -> None:
    assert found(("six", labels, more), answers=ASKED) == []


def test_written_codes_that_the_labels_contradict_tell_others_nothing() -> None:
    """A word that the instrument does not know is told by none whose known ones are elsewhere."""
    odd, right = {0: WORDS[0], 3: "Lots"}, {0: WORDS[0], 3: "Much", 2: "Lots"}
    lines = found(("six", odd, codes(*BACKWARDS)), ("twelve", right, {}), answers=ASKED)
    assert [line.partition(":")[0] for line in lines] == ["data/raw/six.sav"]


def test_codes_of_one_item_are_written_where_they_stand() -> None:
    """In item_values under its own name, or in the crosswalk, which both go before."""
    both = codes(*UP)["item_values"] | codes(*BACKWARDS, at="gad7.2")["item_values"]  # type: ignore
    (line,) = found(("six", RIGHT, {"item_values": both}), answers=ASKED)
    assert "g2: item_values has" in line and "{gad7.2: {0: 0, 1: 1, 2: 2, 3: 3}}" in line
    assert line.endswith("files.six.wrong_labels: [gad7.2]")
    how = {f"gad7.{item}": {"values": dict(BACKWARDS)} for item in (1, 2)}
    lines = found(("six", RIGHT, {"level": "respondent", "crosswalk": how}), answers=ASKED)
    assert len(lines) == 2
    for item, line in enumerate(lines, 1):
        assert f"g{item}: crosswalk has 'Not at all'" in line
        assert f"write files.six.crosswalk.gad7.{item}.values: {{0: 0, 1: 1, 2: 2, 3: 3}};" in line


@pytest.mark.parametrize(
    ("words", "wrong", "whole"),
    [
        (tuple(zip(WORDS, (3, 2, 1, 0), strict=True)), "'Not at all' as 3, 0 in gad7",
         "Not at all: 0, Several days: 1, More than half: 2, Nearly every day: 3"),
        (tuple(zip(WORDS, (0, 0, 1, 2), strict=True)), "'Several days' as 0, 1 in gad7",
         "Not at all: 0, Several days: 1, More than half: 2, Nearly every day: 3"),
        ((("NOT AT  ALL", 0), ("Now and then", 1), ("nearly every day.", 2)),
         "'nearly every day.' as 2, 3 in gad7",
         'NOT AT  ALL: 0, Now and then: …, nearly every day.: 3'),
    ],
)  # fmt: skip
def test_words_in_place_of_codes_are_held_against_the_instrument_s(
    words: tuple[tuple[str, int], ...], wrong: str, whole: str
) -> None:
    """Wrong labels are no reason to leave them: an answer is what it says."""
    own = codes(*words)
    for more in ({}, {"wrong_labels": ["gad7"]}):
        (line,) = found(("six", {}, own | more), answers=ASKED)
        assert line.startswith(f"data/raw/six.sav: g1: item_values has {wrong}; write")
        assert f"files.six.item_values: {{gad7: {{{whole}}}}}" in line
        assert line.endswith(
            "; a questionnaire with its words at other codes than gad7 is an instrument of its own"
        )


@pytest.mark.parametrize(
    "words",
    [
        tuple(zip(WORDS, range(4), strict=True)),
        (("Nie", 3), ("Oft", 2), ("Immer", 0)),
        ((0, 3), (1, 2), (3, 0)),  # codes without labels are whatever config.yaml says
        (("A1", 3), ("A4", 0)),
        (("Not at all", 0), ("Nie", 0)),
    ],
)
def test_words_that_are_right_or_not_known_say_nothing(words: list[tuple[str, int]]) -> None:
    assert found(("six", {}, codes(*words)), answers=ASKED) == []


def test_codes_in_place_of_words_are_the_instrument_s() -> None:
    """What is written in place of the words is not refused in its turn."""
    own = codes(*zip(WORDS, (3, 2, 1, 0), strict=True))
    (line,) = found(("twelve", SHIFTED, own), answers=ASKED)
    assert "write the codes there: {gad7: {1: 0, 2: 1, 3: 2, 4: 3}}" in line


def test_what_one_file_s_labels_tell_another_s_is_never_against_the_instrument() -> None:
    """A word that both have and nobody knows, beside one that the instrument has."""
    one, two = {1: "Thus", 0: WORDS[0]}, {3: WORDS[3], 2: "Thus"}
    (line,) = found(("six", one, {}), ("twelve", two, {}), answers=ASKED)
    assert "files.twelve.item_values: {gad7: {0: …, 1: …, 2: 1, 3: 3}} where" in line
    assert "files.six.item_values: {gad7: {0: 0, 1: 2, 2: …, 3: …}} where" in line


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
        assert "write files.six.item_values: {gad7: {0: 0, 1: 1, 2: 2, 3: 3}}; with" in line
        assert line.endswith("codes right, files.six.wrong_labels: [gad7]")
    assert found(("six", RIGHT, own | {"wrong_labels": ["gad7"]}), answers=ASKED) == []
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
