"""Rows of one file: which are records of the entry, whose they are, which of several counts."""

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.clean.answered import answered, codes_of_no_answer, without_answer
from cesp_analysis.clean.cut import with_cut
from cesp_analysis.clean.long_format import clashes, of_others, spread
from cesp_analysis.clean.parts import (
    faulty_parts,
    respelled_choices,
    set_apart,
    unclaimed,
    unticked_blank,
)
from cesp_analysis.clean.problems import ProblemList
from cesp_analysis.declared.columns import ItemRange, Items
from cleaned_parts import entry, listed, part, raw, records, values

ITEMS: Items = {"q": {"1": ItemRange(low=1, high=3), "2": ItemRange(low=1, high=3, optional=True)}}


# ------------------------------------------------------------------ which records hold an answer


def test_blanks_codes_and_unticked_boxes_are_no_answers_and_ids_are_none_either() -> None:
    table = raw(
        {"checkboxes": {"b": "help"}},
        who=["P1", "P1", "P1", "P1", "P1", "P1"], s=["-9", " ", "0", "-8", "7", "-8"],
        b=["0", "0", "0", "1", "0", "0"], q1=["", "", "", "", "", "2"],
    )  # fmt: skip
    variables = {"who": {"type": "id"}, "s": {"missing": [-9]}, "b": {}}
    file = entry(variables=variables, instruments={"q": "q{item}"}, missing=[-8])
    silent = without_answer(table, file, ITEMS)
    assert silent.tolist() == [True, True, False, False, False, False]
    assert without_answer(table, entry(), {}).tolist() == [False] * 6  # no question is declared


def test_codes_of_no_answer_are_the_files_own_and_those_that_occur_in_a_range() -> None:
    attrs = {"user_missing": {"s": [("-9", "-9"), ("90", "99"), ("7", "7")]}}
    table = raw(attrs, s=["90", "99", "89", "100", "95.5", "x", None], t=["95"] * 7)
    file = entry(missing=[-1], answers=[99, 7])
    assert codes_of_no_answer(table, "s", file) == ("-1", "-9", "90", "95.5")
    assert codes_of_no_answer(table, "t", file) == ("-1",)


def test_a_record_is_answered_by_a_variable_or_an_item_but_not_by_an_id() -> None:
    held = records(["a", "b", "c", "d"], who=["x", "x", "x", "x"])
    held = held.assign(
        score=[1.0, np.nan, np.nan, np.nan],
        **{"q.1": [np.nan, 2.0, np.nan, np.nan], "box": [0.0, 0.0, 0.0, 1.0]},
    )
    variables = {"who": {"type": "id"}, "score": {}, "box": {}}
    file = entry(variables=variables, instruments={"q": "q{item}"})
    assert answered(held, file, ["box"]).tolist() == [True, True, False, True]
    assert answered(held, file, []).tolist() == [True] * 4
    of_ids = entry(variables={"who": {"type": "id"}})
    whole = answered(held, of_ids, [])  # it asks nothing
    assert whole.tolist() == [True] * 4 and whole.dtype == bool


def test_a_box_whose_codes_are_renamed_is_unticked_by_its_own_word_for_0() -> None:
    held = records(["a", "b", "c"]).assign(box=["no", "yes", None])
    variables = {"box": {"type": "category", "values": {"0": "no", "1": "yes"}}}
    assert answered(held, entry(variables=variables), ["box"]).tolist() == [False, True, False]


# ------------------------------------------------------------------ which rows an entry reads


def test_a_row_has_the_first_reason_that_holds() -> None:
    table = raw(
        id=["P1", "", "P3", "P4", "P5"], kind=["real", " ", "test", "real", "other"],
        status=["ok", "", "draft", "draft", "draft"],
    )  # fmt: skip
    file = entry(unit="id", rows={"kind": ["real"]}, left_out={"status": ["draft"]})
    assert set_apart(table, file).tolist() == [
        "", "blank_record", "other_rows", "left_out", "other_rows",
    ]  # fmt: skip
    assert set_apart(table, file).dtype == "str"


def test_ids_are_chosen_as_they_are_written_and_other_cells_in_whatever_case() -> None:
    table = raw(id=["p1", "P1", "P2"], of=["P1", "p1", "x"], kind=["Real", "real", "REAL "])
    problems = ProblemList("f.csv")
    by_id = entry(unit="id", rows={"id": ["P1"]})
    assert set_apart(table, by_id).tolist() == ["other_rows", "", "other_rows"]
    of = {"person": {"type": "id", "column": "of"}}
    by_other = entry(unit="id", variables=of, left_out={"of": ["P1"]})
    assert set_apart(table, by_other).tolist() == ["left_out", "", ""]
    by_kind = entry(unit="id", variables={"kind": {"type": "text"}}, rows={"kind": ["real"]})
    assert set_apart(table, by_kind).tolist() == ["", "", ""]
    for file in (by_id, by_other, by_kind):
        respelled_choices(table, file, problems)
    assert listed(problems) == [
        (2, "kind", "respelled", "Real", "chosen by rows"),
        (4, "kind", "respelled", "REAL ", "chosen by rows"),
    ]


FORMS = {
    "forms": {"s": "one", "b___1": "one", "b___2": "one", "one_complete": "one",
              "sum": "one", "t": "two", "two_complete": "two"},
    "field_kinds": {"s": "text", "b___1": "checkbox", "b___2": "checkbox", "sum": "calc",
                    "one_complete": "status", "t": "text", "two_complete": "status"},
    "checkboxes": {"b___1": "b", "b___2": "b"},
}  # fmt: skip


def exported(**columns: list[str]) -> pd.DataFrame:
    """A REDCap export of two forms; columns that are not given are blank."""
    n = len(next(iter(columns.values())))
    blank = {name: [""] * n for name in ("id", *FORMS["forms"])}
    return raw(FORMS, **(blank | {"id": [f"P{i}" for i in range(n)]} | columns))


def test_a_form_was_opened_if_it_has_an_answer_a_tick_or_another_status() -> None:
    table = exported(
        one_complete=["", "0", "0", "0", "1", "2", "", ""],
        s=["", "", "x", "", "", "", "y", ""],
        b___1=["", "0", "0", "0", "0", "0", "0", "0"],
        b___2=["", "0", "0", "1", "0", "0", "0", "0"],
        sum=["9"] * 8,  # calculated, of whatever is there
    )
    one = entry(unit="id", redcap_forms=["one"])
    assert set_apart(table, one).tolist() == [
        "form_not_in_event", "form_not_opened", "", "", "", "", "", "form_not_in_event",
    ]  # fmt: skip


def test_what_is_calculated_or_stands_in_another_form_opens_no_form() -> None:
    """A calculated 1 is no tick, and an answer to form two is none to form one."""
    table = exported(one_complete=["0", "0", ""], sum=["1"] * 3, t=["", "x", "y"],
                     two_complete=["1"] * 3)  # fmt: skip
    assert set_apart(table, entry(unit="id", redcap_forms=["one"])).tolist() == [
        "form_not_opened", "form_not_opened", "form_not_in_event",
    ]  # fmt: skip


def test_a_row_is_read_if_any_of_the_entrys_forms_was_opened() -> None:
    table = exported(one_complete=["0", "", "2", ""], two_complete=["2", "0", "", ""])
    both = entry(unit="id", redcap_forms=["one", "two"])
    assert set_apart(table, both).tolist() == ["", "form_not_opened", "", "form_not_in_event"]


def test_a_repeating_form_is_read_from_its_repeats_and_others_from_the_base_rows() -> None:
    table = exported(one_complete=["2"] * 3, two_complete=["2"] * 3)
    table["redcap_repeat_instrument"] = ["", "two", "three"]
    told = {
        name: set_apart(table, entry(unit="id", redcap_forms=[name])).tolist()
        for name in ("one", "two")
    }
    assert told == {
        "one": ["", "other_form", "other_form"],
        "two": ["other_form", "", "other_form"],
    }


def test_boxes_are_blank_where_nobody_saw_the_question() -> None:
    table = exported(
        one_complete=["0", "0", "0", "2", "2"],
        s=["", "x", "x", "x", ""],
        b___1=["0", "0", "1", "0", "0"],
        b___2=["0"] * 5,
    )
    problems = ProblemList("f.csv")
    found = unticked_blank(table, problems)
    assert found["b___1"].tolist() == ["", "", "1", "0", "0"]
    assert found["b___2"].tolist() == ["", "", "0", "0", "0"]
    assert listed(problems) == [(3, "b", "unticked_unfinished", "0", "set to missing")]


def test_boxes_are_blank_where_another_form_alone_was_opened() -> None:
    """A row that is read for its form two says nothing of the boxes of form one."""
    table = exported(one_complete=["2", "", "0"], two_complete=["2"] * 3, t=["x"] * 3,
                     b___1=["0"] * 3, b___2=["1", "0", "0"])  # fmt: skip
    problems = ProblemList("f.csv")
    found = unticked_blank(table, problems)
    assert found["b___1"].tolist() == ["0", "", ""] and not problems.frames
    without = table.drop(columns="one_complete")  # nothing says which forms were opened
    without.attrs = table.attrs
    assert unticked_blank(without, problems)["b___1"].tolist() == ["0"] * 3
    assert unticked_blank(raw(b___1=["0"]), problems)["b___1"].tolist() == ["0"]


def test_a_rule_that_fits_no_row_is_told_with_the_first_eight_words() -> None:
    table = raw(id=["P1"] * 9, kind=list("abcdefghi"))
    file = entry(unit="id", rows={"kind": ["real", "true"], "absent": ["x"]})
    assert list(faulty_parts(table, "people", file)) == [
        "f.csv: kind: no row holds 'real' or 'true'; config.yaml: files.people.rows asks for it"
        " (there are: 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')"
    ]


def test_a_form_that_the_dictionary_lacks_is_told_with_those_it_has() -> None:
    table = exported(one_complete=["2"]).drop(columns="two_complete")
    (first, second) = faulty_parts(table, "f", entry(redcap_forms=["one", "two", "three"]))
    assert "has no form 'two' with its status column 'two_complete'" in first
    assert "has no form 'three'" in second and second.endswith("(forms: one, two)")


@pytest.mark.parametrize("labelled", [True, False])
def test_only_a_labelled_export_calls_repeating_forms_by_other_names(labelled: bool) -> None:
    table = exported(one_complete=["2"] * 4)
    table["redcap_repeat_instrument"] = ["", "one", "First Form", "First Form"]
    how = {"dictionary": "d.csv", "labelled": labelled}
    found = list(faulty_parts(table, "f", entry(redcap=how, redcap_forms=["one"])))
    assert len(found) == int(labelled)
    assert all(
        line.startswith("f.csv: line 4: Repeat Instrument 'First Form' is no") for line in found
    )


def test_a_row_that_no_entry_of_its_file_and_sheet_reads_is_told_with_the_first_entry() -> None:
    def ledger(*reason: str | None) -> pd.DataFrame:
        return pd.DataFrame({"line": [2, 3, 4], "reason": pd.Series(reason, dtype="str")})

    ledgers = {
        "a": ledger("other_rows", "other_form", None),
        "b": ledger("other_rows", "other_rows", "other_rows"),
        "c": ledger("other_rows", None, "blank_record"),  # another sheet
    }
    files = {name: entry(sheet="2" if name == "c" else "1", format="xlsx") for name in "abc"}
    found = unclaimed(ledgers, files)
    assert {name: lines.tolist() for name, lines in found.items()} == {"a": [2, 3], "c": [2]}
    read = {name: ledgers[name].assign(reason=None) for name in "abc"}
    assert unclaimed(read, files) == {}


# ------------------------------------------------------------------ long format, rows cut off

LONG = {"question": "item", "answer": "said"}


def test_each_answer_of_a_long_file_stands_in_its_questions_column_and_row() -> None:
    table = raw(
        {"user_missing": {"said": [("-9", "-9")], "id": [("x", "x")]}},
        id=["P1", "P1", "P2"], item=[" s", "other", "q1"], said=["5", "6", None],
    )  # fmt: skip
    table.index = pd.Index([5, 6, 7])
    variables = {"s": {}, "t": {}}
    file = entry(unit="id", long_format=LONG, variables=variables, instruments={"q": "q{item}"})
    found = spread(table, file, ITEMS)
    assert found.columns.tolist() == ["line", "id", "item", "said", "s", "q1"]
    assert found["s"].tolist() == ["5", "", ""] and len(found) == 3
    assert values(found["q1"]) == ["", "", None]
    assert found.attrs["user_missing"] == {
        "said": [("-9", "-9")], "id": [("x", "x")], "s": [("-9", "-9")], "q1": [("-9", "-9")],
    }  # fmt: skip
    assert of_others(table, file, ITEMS).tolist() == [False, True, False]
    assert of_others(table, entry(unit="id"), ITEMS).tolist() == [False] * 3


def test_a_long_file_without_its_columns_is_left_as_it_is() -> None:
    """What it lacks is told elsewhere."""
    file = entry(unit="id", long_format=LONG, variables={"s": {}})
    for table in (raw(id=["P1"], item=["s"]), raw(id=["P1"], said=["1"])):
        assert spread(table, file, ITEMS) is table


def test_a_question_called_like_a_column_of_the_file_is_told() -> None:
    table = raw(id=["P1"] * 3, item=["s", "id", "t"], said=["1"] * 3, s=["9"] * 3)
    file = entry(unit="id", long_format=LONG, variables={"s": {}, "t": {}})
    (line,) = clashes(table, "f", file, ITEMS)
    assert line.startswith("f.csv: 's' is a column, and a question in column 'item';")
    assert list(clashes(table.drop(columns="item"), "f", file, ITEMS)) == []
    assert list(clashes(table, "f", entry(unit="id", variables={"s": {}}), ITEMS)) == []


def test_rows_that_are_cut_off_stand_in_the_ledger_and_those_like_records_are_listed() -> None:
    table = raw(
        {"cut": {"above": [1, 2], "below": [9, 10], "alike": [10]},
         "unread_sheets": ["'A'", "'B'"]},
        id=["P1"],
    )  # fmt: skip
    table["line"] = 5
    found = with_cut(part(records(["P1"])).ledger, table, "f", problems := ProblemList("f.csv"))
    assert set(found["file"]) == {"f"}
    assert list(zip(found["line"], found["status"], values(found["reason"]), strict=True)) == [
        (2, "kept", None),
        (1, "set aside", "above_records"), (2, "set aside", "above_records"),
        (9, "set aside", "below_last_line"), (10, "set aside", "below_last_line"),
    ]  # fmt: skip
    assert found.index.tolist() == [0, 1, 2, 3, 4]
    assert values(found["unit"]) == ["P1", None, None, None, None]
    assert listed(problems) == [
        (0, "", "unread_sheet", "'A'", "not read"),
        (0, "", "unread_sheet", "'B'", "not read"),
        (1, "", "cut_record", "1", "set aside"),
        (2, "", "cut_record", "2", "set aside"),
        (10, "", "cut_record", "10", "set aside"),
    ]


def test_a_file_of_column_names_alone_is_listed() -> None:
    empty = raw(id=[])
    with_cut(part(records([])).ledger, empty, "f", problems := ProblemList("f.csv"))
    assert listed(problems) == [(0, "", "no_records", "0 records", "read as no records")]
