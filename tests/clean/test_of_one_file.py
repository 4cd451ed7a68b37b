"""One file cleaned: who, where and when its records are, which are kept, what is listed."""

from typing import Any

import pandas as pd
import pytest

from cesp_analysis.clean.file import Cleaned, clean_file
from cesp_analysis.clean.records import Words
from cesp_analysis.declared.columns import ItemRange, Items
from cesp_analysis.whole_files import BrokenContract
from cleaned_parts import entry, listed, raw, values

WORDS = Words(
    sites={"North": "north", "South": "south"},
    arms={"new": "intervention", "usual": "control"},
    times={"before": "before", "after": "after"},
    period=("2024-01-01", "2024-12-31"),
)
ITEMS: Items = {"q": {"1": ItemRange(low=1, high=3), "2": ItemRange(low=1, high=3, optional=True)}}


def cleaned(
    table: pd.DataFrame, people: set[str] | None = None, invitations: bool = False, **how: Any
) -> Cleaned:
    """A file cleaned: by id, with a score, unless the entry says otherwise."""
    file = entry(**({"unit": "id", "variables": {"score": {}}} | how))
    return clean_file(table, "f", file, WORDS, ITEMS, people, invitations)


def reasons(found: Cleaned) -> dict[int, str]:
    """Line → why it was set aside."""
    aside = found.ledger[found.ledger["status"] == "set aside"]
    return dict(zip(aside["line"], aside["reason"], strict=True))


def test_a_record_has_one_reason_and_the_blank_id_is_the_last_word() -> None:
    table = raw(
        id=["P1", "", "P3", "P4", "P5"], at=["North", "West", "West", "", "South"],
        when=["before", "later", "later", "before", "After"], score=["1"] * 5,
    )  # fmt: skip
    found = cleaned(table, site={"column": "at"}, time={"column": "when"})
    assert reasons(found) == {
        3: "blank_id", 4: "undeclared_time", 5: "undeclared_site",
    }  # fmt: skip
    assert values(found.ledger["unit"]) == ["P1", None, "P3", "P4", "P5"]
    assert values(found.records["time"]) == ["before", "after"]
    assert listed(found.problems) == [
        (3, "at", "undeclared_site", "West", "set aside"),
        (3, "id", "blank_id", "", "set aside"),
        (3, "when", "undeclared_time", "later", "set aside"),
        (4, "at", "undeclared_site", "West", "set aside"),
        (4, "when", "undeclared_time", "later", "set aside"),
        (5, "at", "undeclared_site", "", "set aside"),
        (6, "when", "respelled", "After", "read as 'after'"),
    ]


def test_places_and_times_are_held_as_categories() -> None:
    """Of the words that occur, once each, however many records there are."""
    table = raw(id=["P1", "P2"], at=["North", "North"], when=["before", "after"], score=["1"] * 2)
    found = cleaned(table, site={"column": "at"}, time={"column": "when"}).records
    assert found["site"].cat.categories.tolist() == ["north"]
    assert found["time"].cat.categories.tolist() == ["after", "before"]


def test_a_blank_id_is_none_in_the_ledger() -> None:
    for ids, units in ((["", " "], [None, None]), (["P1", ""], ["P1", None])):
        found = cleaned(raw(id=ids, score=["1", "2"]))
        assert values(found.ledger["unit"]) == units
        assert values(found.records["unit"]) == [unit for unit in units if unit]


def test_two_respondents_of_an_id_in_one_file_are_listed_with_the_files_id() -> None:
    table = raw(id=["a", "a", "b", "b"], at=["North", "South", "North", ""], score=["1"] * 4)
    how = {"level": "respondent", "site": {"column": "at"}, "missing": []}
    found = cleaned(table, **how)
    assert [row for row in listed(found.problems) if row[2] == "one_id_two_sites"] == [
        (3, "id", "one_id_two_sites", "south here, north on line 2", "set aside")
    ]
    assert reasons(found) == {3: "one_id_two_sites", 5: "undeclared_site"}


def test_a_respondent_in_another_site_than_the_one_that_counts_is_another() -> None:
    """Of three records the second; people have one site, so theirs contradict each other."""
    table = raw(id=["a"] * 3, at=["North", "South", "North"], score=list("123"))
    for rule, aside, line in (
        ("keep_first", [3, 4], 2), ("keep_last", [2, 3], 4), ("keep_neither", [2, 3, 4], 2),
    ):  # fmt: skip
        how: dict[str, Any] = {"site": {"column": "at"}, "duplicates": rule}
        found = cleaned(table, level="respondent", **how)
        conflicting = dict.fromkeys(aside, "conflicting_duplicate")
        assert reasons(found) == conflicting | {3: "one_id_two_sites"}, rule
        (said,) = [row[3] for row in listed(found.problems) if row[0] == 3]
        assert said == f"south here, north on line {line}"
        assert reasons(cleaned(table, **how)) == conflicting


def test_a_record_that_is_lost_on_the_way_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cesp_analysis.clean.file._typed", lambda raw, frame, *_: frame[1:])
    with pytest.raises(BrokenContract, match="f: records were lost between raw and processed"):
        cleaned(raw(id=["a", "b"], score=["1", "2"]))


def test_a_code_of_no_answer_is_no_site() -> None:
    """Of a site it says as little as any other word that is none."""
    found = cleaned(raw(id=["P1"], at=["-9"], score=["1"]), site={"column": "at"}, missing=[-9])
    assert reasons(found) == {2: "undeclared_site"}


def test_places_and_times_may_be_constants_of_the_file() -> None:
    how = {"site": "north", "arm": "control", "neighbourhood": "n1", "link_worker": "w"}
    constants = {name: {"constant": word} for name, word in how.items()}
    found = cleaned(
        raw(id=["P1", "P2"], score=["1", "2"]), time={"constant": "before"},
        date={"constant": "2024-05-06"}, weight={"constant": "2.5"}, **constants,
    ).records  # fmt: skip
    for name, word in {**how, "time": "before", "date": "2024-05-06", "weight": 2.5}.items():
        assert values(found[name]) == [word, word], name


def test_what_a_file_does_not_say_is_missing_and_everybody_counts_once() -> None:
    table = raw(id=["P1", "x", "P2"], score=["1", "2", "3"], status=["", "out", ""])
    found = cleaned(table, left_out={"status": ["out"]}).records
    for name in ("time", "date", "site", "arm", "neighbourhood", "link_worker"):
        assert values(found[name]) == [None, None] and found[name].dtype == "str", name
    assert found["weight"].tolist() == [1.0, 1.0]
    assert "answering_mode" not in found and "questionnaire_version" not in found


def test_dates_of_records_are_read_in_the_files_format_and_within_the_period() -> None:
    table = raw(id=["P1", "P2", "P3"], day=["31/12/2024", "01/01/2025", "-9"], score=["1"] * 3)
    how = {"date": {"column": "day", "format": "%d/%m/%Y"}, "missing": [-9]}
    found = cleaned(table, **how)
    assert values(found.records["date"]) == ["2024-12-31", None, None]
    assert [row[2] for row in listed(found.problems)] == ["impossible_date"]


def test_a_weight_that_is_missing_or_not_above_zero_is_listed() -> None:
    table = raw(id=list("abcdef"), w=["1,5", "0", "-1", "", "-9", "x"], score=["1"] * 6)
    found = cleaned(table, weight={"column": "w"}, decimal=",", missing=[-9])
    assert values(found.records["weight"]) == [1.5, None, None, None, None, None]
    assert listed(found.problems) == [
        (3, "w", "not_a_weight", "0", "set to missing"),
        (4, "w", "not_a_weight", "-1", "set to missing"),
        (5, "w", "no_weight", "", "the weight is missing"),
        (6, "w", "no_weight", "-9", "the weight is missing"),
        (7, "w", "not_a_number", "x", "set to missing"),
    ]


def test_names_that_mean_no_answer_are_none_in_whatever_case() -> None:
    near = ["n1", "N 1", "na", "NA", "n1", "", "N1"]
    table = raw(id=list("abcdefg"), near=near, score=["1"] * 7)
    found = cleaned(table, neighbourhood={"column": "near"}, missing=["NA"])
    assert values(found.records["neighbourhood"]) == ["n1", "N 1", None, None, "n1", None, "N1"]
    assert listed(found.problems) == [
        (4, "near", "respelled", "na", "no answer"),
        (8, "near", "near_word", "N1", "kept as another one"),
    ]


def test_names_that_intake_noted_as_near_are_listed_by_their_lines() -> None:
    table = raw({"near_words": {"near": [3]}}, id=["a", "b"], near=["x", "y"], score=["1", "1"])
    found = cleaned(table, neighbourhood={"column": "near"})
    assert listed(found.problems) == [(3, "near", "near_word", "y", "kept as another one")]


# ------------------------------------------------------------------ records that repeat others


def test_copies_and_people_who_are_nobody_are_set_aside_with_their_ids() -> None:
    table = raw({"same_as": {3: 2, 5: 2}}, id=["P1", "P1", "P9", "P1"], score=["1", "1", "2", "1"])
    found = cleaned(table, people={"P1"})
    assert reasons(found) == {3: "exact_duplicate", 4: "unknown_person", 5: "exact_duplicate"}
    assert listed(found.problems) == [
        (3, "id", "exact_duplicate", "P1", "set aside"),
        (4, "id", "unknown_person", "P9", "set aside"),
        (5, "id", "exact_duplicate", "P1", "set aside"),
    ]


def test_respondents_and_the_register_itself_are_linked_to_no_register() -> None:
    table = raw(id=["P9"], score=["1"])
    for how in ({"level": "respondent"}, {"lists_people": True}):
        assert reasons(cleaned(table, people={"P1"}, **how)) == {}


def test_equal_rows_without_an_id_are_kept_and_listed_unless_they_are_invitations() -> None:
    table = raw({"same_as": {3: 2}}, site=["North", "North"], score=["1", "1"])
    how: dict[str, Any] = {"unit": None, "level": "other", "one_row_per": "unit_and_time"}
    found = cleaned(table, **how)
    assert reasons(found) == {} and found.records["unit"].tolist() == ["f:2", "f:3"]
    action = "kept: without an id, equal records may be different units"
    assert listed(found.problems) == [(3, "", "exact_duplicate", "3", action)]
    assert listed(cleaned(table, invitations=True, **how).problems) == []
    # with an id a row that repeats another is a copy, invitation or not
    both = raw({"same_as": {3: 2}}, id=["a", "a"], score=["1", "1"])
    assert reasons(cleaned(both, invitations=True, level="other")) == {3: "exact_duplicate"}


def test_the_study_says_whether_copies_are_the_same_row_twice() -> None:
    """Not said: as set_aside; keep: rows like others, and no problem."""
    table = raw({"same_as": {3: 2}}, id=["a", "a", "a"], score=["1", "1", "2"])
    for copies in (None, "set_aside"):
        found = cleaned(table, one_row_per="any", copies=copies)
        assert reasons(found) == {3: "exact_duplicate"}
    kept = cleaned(table, one_row_per="any", copies="keep")
    assert reasons(kept) == {} and kept.problems.empty
    assert kept.records["score"].tolist() == [1, 1, 2]


def test_what_repeats_a_record_is_declared() -> None:
    table = raw(id=["a"] * 3, when=["before", "after", "after"], score=["1", "2", "3"])
    for per, aside in (("unit", [3, 4]), ("unit_and_time", [4]), ("any", [])):
        found = cleaned(table, time={"column": "when"}, one_row_per=per)
        assert reasons(found) == dict.fromkeys(aside, "conflicting_duplicate"), per
        assert [row[:4] for row in listed(found.problems)] == [
            (line, "id", "conflicting_duplicate", "a") for line in aside
        ]


def test_visits_without_a_date_are_not_known_to_be_the_same() -> None:
    days = ["2024-05-06", "2024-05-06", "", "", "2024-05-07"]
    table = raw(id=["a"] * 5, day=days, score=list("12345"))
    found = cleaned(table, time={"by": "window"}, date={"column": "day"})
    assert reasons(found) == {3: "conflicting_duplicate"}


def test_answers_to_different_questions_of_a_long_file_do_not_repeat_each_other() -> None:
    table = raw(
        id=["a"] * 3, item=["s", "t", " s"], said=["1", "2", "3"], s=["1", "", "3"], t=["", "2", ""]
    )
    how = {"question": "item", "answer": "said"}
    found = cleaned(table, variables={"s": {}, "t": {}}, long_format=how)
    assert reasons(found) == {4: "conflicting_duplicate"}


def test_two_silent_records_of_one_person_are_not_beside_anothers_answers() -> None:
    table = raw(id=["a", "a", "b", "b"], score=["", "5", "", ""])
    assert reasons(cleaned(table)) == {2: "empty_duplicate", 5: "conflicting_duplicate"}


def test_a_record_without_an_answer_beside_one_with_answers() -> None:
    """Another person's record, with answers of other places, is no part of it."""
    for near, score, line, kind in (
        (["n1", "n1"], ["", "5"], 2, "empty_duplicate"),
        (["n1", "n2"], ["", "5"], 3, "conflicting_duplicate"),  # two places are two answers
        (["n1", ""], ["", "5"], 2, "empty_duplicate"),  # a blank names no place
        (["n1", "n1"], ["", ""], 3, "conflicting_duplicate"),
        (["n1", "n1"], ["4", "5"], 3, "conflicting_duplicate"),
    ):
        table = raw(id=["a", "a", "b"], near=[*near, "n3"], score=[*score, "9"])
        found = cleaned(table, neighbourhood={"column": "near"})
        assert reasons(found) == {line: kind}, (near, score)
        assert [row[:4] for row in listed(found.problems)] == [(line, "id", kind, "a")]


# ------------------------------------------------------------------ what the records then hold


def test_rows_that_are_short_hidden_or_near_others_ids_are_listed_by_line() -> None:
    attrs = {"hidden_rows": [3, 99], "near_ids": {"id": [4]}}
    table = raw(attrs, id=["a", " b ", " c "], score=["1", None, "2"])
    assert listed(cleaned(table).problems) == [
        (3, "", "hidden_row", "3", "read like the others"),
        (3, "", "short_record", " b ", "the missing cells were read as blank"),
        (4, "id", "near_id", "c", "another id"),
    ]


def test_rows_that_are_set_apart_are_asked_nothing() -> None:
    attrs = {"hidden_rows": [3], "near_ids": {"id": [3]}}
    table = raw(attrs, id=["a", "b"], status=["ok", "no"], score=["1", None])
    found = cleaned(table, left_out={"status": ["no"]})
    assert listed(found.problems) == [] and reasons(found) == {3: "left_out"}


def test_rows_of_another_entrys_questions_are_left_to_it() -> None:
    table = raw(id=["a", "a", ""], item=["s", "u", ""], said=["1", "2", ""], s=["1", "", ""])
    how = {"variables": {"s": {}}, "long_format": {"question": "item", "answer": "said"}}
    assert reasons(cleaned(table, **how)) == {3: "other_rows", 4: "blank_record"}


def test_questions_are_asked_as_the_crosswalk_says() -> None:
    table = raw(
        id=["a", "b"],
        score=["1", "9"],
        kind=["1", "2"],
        q1=["1", "3"],
        q2=["x1", "x3"],
        d=["0", "4"],
    )
    variables = {
        "score": {"range": [0, 10], "missing": [9]},
        "kind": {"type": "category", "values": {"1": "yes", "2": "no"}},
        "gone": {}, "word": {"type": "text"}, "deep": {"column": "d", "range": [0, 4]},
    }  # fmt: skip
    crosswalk = {
        "score": {"values": {"1": "7", "9": "8"}}, "kind": {"values": {"1": "no", "2": "yes"}},
        "gone": {"asked": False}, "word": {"asked": False}, "deep": {"reversed": True},
        "q.1": {"reversed": True}, "q.2": {"values": {"x1": "3", "x3": "1"}},
    }  # fmt: skip
    found = cleaned(
        table, level="respondent", variables=variables, instruments={"q": "q{item}"},
        crosswalk=crosswalk,
    ).records  # fmt: skip
    held = {name: values(found[name]) for name in (*variables, "q.1", "q.2")}
    assert held == {
        "score": [7, None],  # 9 is declared missing, whatever the crosswalk says of it
        "kind": ["no", "yes"], "gone": [None, None], "word": [None, None], "deep": [4, 0],
        "q.1": [3, 1], "q.2": [3, 1],
    }  # fmt: skip
    assert found["gone"].dtype == "float64" and found["word"].dtype == "str"


def test_items_are_whole_codes_in_their_range_and_an_absent_one_is_missing() -> None:
    table = raw(id=list("abcdef"), q1=["1", "4", "1.5", "-9", "3,0", "1,5"])
    found = cleaned(
        table, variables={}, instruments={"q": "q{item}"}, missing=[-9], decimal=","
    )  # fmt: skip
    assert values(found.records["q.1"]) == [1, None, None, None, 3, None]
    assert values(found.records["q.2"]) == [None] * 6
    assert [(row[0], row[2]) for row in listed(found.problems)] == [
        (3, "out_of_range"), (4, "not_a_number"), (7, "not_a_code"),
    ]  # fmt: skip


def test_modes_are_those_that_are_known_and_versions_are_called_as_they_are() -> None:
    table = raw(id=["a", "b", "c"], how=["web", "pigeon", ""], v=["1a", "2", ""], score=["1"] * 3)
    found = cleaned(table, mode={"column": "how"}, version={"column": "v"}, level="respondent")
    assert values(found.records["answering_mode"]) == ["web", None, None]
    assert values(found.records["questionnaire_version"]) == ["1a", "2", None]
    assert listed(found.problems) == [(3, "how", "undeclared_value", "pigeon", "set to missing")]


def test_a_wide_file_has_one_more_row_a_time_and_its_plain_variables_stay_where_they_are() -> None:
    table = raw(id=["a", "b"], age=["30", "40"], s0=["1", "2"], s1=["3", "x"], g1=["5", "6"],
                how=["web", "paper"])  # fmt: skip
    variables = {
        "age": {}, "s": {"columns": {"before": "s0", "after": "s1"}},
        "g": {"columns": {"after": "g1"}},
    }  # fmt: skip
    found = cleaned(
        table, variables=variables, site={"constant": "north"}, version={"constant": "v1"},
        mode={"column": "how"}, level="respondent",
    )  # fmt: skip
    rows = found.records[["line", "time", "age", "s", "g", "site", "answering_mode"]]
    said = [values(row) for _, row in rows.iterrows()]
    assert said == [
        [2, None, 30, None, None, "north", "web"], [3, None, 40, None, None, "north", "paper"],
        [2, "before", None, 1, None, "north", "web"],
        [3, "before", None, 2, None, "north", "paper"],
        [2, "after", None, 3, 5, "north", "web"], [3, "after", None, None, 6, "north", "paper"],
    ]  # fmt: skip
    assert set(found.records["questionnaire_version"]) == {"v1"}
    assert listed(found.problems) == [(3, "s1", "not_a_number", "x", "set to missing")]


def test_a_variable_is_derived_at_each_time_of_a_wide_file() -> None:
    table = raw(id=["a", "b"], age=["30", "40"], s0=["1", "2"], s1=["2", "9"])
    found = cleaned(
        table, variables={"age": {}, "s": {"columns": {"before": "s0", "after": "s1"}}},
        derived={"word": {"source": "s", "values": {"1": "one", "2": "two"}}},
    )  # fmt: skip
    assert values(found.records["word"]) == [None, None, "one", "two", "two", None]
    assert listed(found.problems) == [(3, "word", "not_derived", "9.0", "set to missing")]


def test_a_rule_that_does_not_cover_a_value_is_listed_with_the_value() -> None:
    derived = {"log": {"expression": "log(score - 2)"}, "code": {"source": "score",
               "values": {"3": "x"}}}  # fmt: skip
    found = cleaned(raw(id=list("abc"), score=["3", "1", ""]), derived=derived)
    assert listed(found.problems) == [
        (3, "code", "not_derived", "1.0", "set to missing"),
        (3, "log", "not_derived", "1.0", "set to missing"),
    ]
    assert values(found.records["code"]) == ["x", None, None]


def test_boxes_to_be_ticked_are_known_of_the_file() -> None:
    table = raw({"checkboxes": {"b___1": "b", "c___1": "c"}}, id=["a"], b___1=["1"], score=["1"])
    variables = {"box": {"column": "b___1"}, "score": {}}
    assert cleaned(table, variables=variables).boxes == {"box"}
