"""Cells, one column at a time: what they are read as, and what is listed of them."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.cells import MASKED_DATE, MASKED_NUMBER, MASKED_ORDER, MASKED_SERIAL
from cesp_analysis.clean.columns import (
    categories,
    dates,
    is_blank,
    numbers,
    stripped,
    stripped_words,
    variable,
)
from cesp_analysis.clean.crosswalk import recoded, turned
from cesp_analysis.clean.derive import complete, derived
from cesp_analysis.clean.evaluate import evaluated
from cesp_analysis.clean.problems import ProblemList
from cesp_analysis.declared.derived import Derived
from cesp_analysis.declared.files import Variable
from cleaned_parts import listed, values

MISSING = "set to missing"


def read(how: Any, cells: list[Any], *given: Any, **named: Any) -> tuple[list[Any], list[Any]]:
    """Values of cells that stand on lines 2, 3, …, and what is listed without the column."""
    problems = ProblemList("f.csv")
    raw = pd.Series(cells, name="q", dtype="str")
    found = how(raw, np.arange(2, len(raw) + 2), problems, *given, **named)
    told = listed(problems)
    assert {column for _, column, *_ in told} <= {"q"}
    return values(found), [(line, *rest) for line, _, *rest in told]


def test_space_around_a_word_and_absent_cells_say_nothing() -> None:
    raw = pd.Series([" a", None, " ", "b ", "a"], name="q", dtype="str")
    assert stripped(raw).tolist() == ["a", "", "", "b", "a"]
    words = stripped_words(raw)
    assert words.tolist() == ["a", "", "", "b", "a"] and words.dtype == "category"
    assert is_blank(raw).tolist() == [False, True, True, False, False]


def test_a_date_that_lost_its_first_zero_is_none_and_no_serial_number() -> None:
    cells = ["011124", "11124", "41124", "45302"]
    found = read(dates, cells, formats=["%d%m%y"], missing=[], period=None)
    assert found == (
        ["2024-11-01", None, None, None],
        [
            (5, "date_serial", "45302", MISSING),
            (3, "not_a_date", "11124", MISSING),
            (4, "not_a_date", "41124", MISSING),
        ],
    )


def test_both_ends_of_a_range_are_possible() -> None:
    found = read(numbers, ["0", "7", "-0.1", "7.1"], allowed=(0, 7), missing=[])
    assert found == (
        [0, 7, None, None],
        [(4, "out_of_range", "-0.1", MISSING), (5, "out_of_range", "7.1", MISSING)],
    )


def test_a_number_hidden_at_intake_is_out_of_range_and_nothing_else() -> None:
    found = read(numbers, ["3", MASKED_NUMBER], allowed=(0, 7), missing=[])
    assert found == ([3, None], [(3, "out_of_range", MASKED_NUMBER, MISSING)])
    # five answers of which three are hidden: no sign that the column is no number
    cells = ["1", "2", *[MASKED_NUMBER] * 3]
    _, told = read(numbers, cells, allowed=(0, 7), missing=[])
    assert [kind for _, kind, *_ in told] == ["out_of_range"] * 3


def test_a_number_out_of_range_is_not_called_broken_too() -> None:
    found = read(numbers, ["8.5", "2.5", "x", "", "3"], allowed=(1, 7), missing=[], whole=True)
    assert found == (
        [None, None, None, None, 3],
        [
            (4, "not_a_number", "x", MISSING),
            (2, "out_of_range", "8.5", MISSING),
            (3, "not_a_code", "2.5", MISSING),
        ],
    )


def test_a_code_that_is_declared_missing_is_never_listed() -> None:
    """Neither as out of range, nor as no number, nor as no whole code."""
    cells = ["-9", " -9.0 ", "none", "8.5", "1"]
    found = read(numbers, cells, allowed=(1, 7), missing=["-9", "none", "8.5"], whole=True)
    assert found == ([None, None, None, None, 1], [])


def test_a_likely_code_is_kept_on_each_of_its_lines() -> None:
    found = read(numbers, ["1", "-999", "2", "-999", "-888"], allowed=None, missing=["-888"])
    assert found == (
        [1, -999, 2, -999, None],
        [(3, "likely_code", "-999", "kept"), (5, "likely_code", "-999", "kept")],
    )


def test_a_code_that_is_declared_does_not_hide_a_likely_one() -> None:
    """Beside 500, were it an answer, 99 would not lie apart."""
    _, told = read(numbers, ["1", "2", "99", "500"], allowed=None, missing=["500"])
    assert told == [(4, "likely_code", "99", "kept")]


def test_a_column_most_of_whose_answers_cannot_be_read() -> None:
    for cells, told in (
        (["x", "x", "x", "1"], None),  # four answers: may be slips
        (["x", "x", "x", "1", "2"], "3 of 5"),
        (["x", "x", "x", "1", "2", "3"], None),  # half
        (["x", "x", "x", "1", "", "-9"], None),  # a blank and a code are no answers
        (["x", "x", "x", "1", "2", "-9"], "3 of 5"),
    ):
        _, found = read(numbers, cells, allowed=(0, 9), missing=["-9"])
        misread = [row for row in found if row[1] == "misread_column"]
        assert misread == ([(0, "misread_column", told, "the run stops")] if told else []), cells


def test_a_declared_word_with_space_around_it_is_read_and_listed() -> None:
    found = read(
        categories, ["a", " a", "B", "b", "A", None, "c"],
        values={"a": "first", "b": "second"}, missing=[],
    )  # fmt: skip
    assert found == (
        ["first", "first", "second", "second", "first", None, None],
        [
            (3, "respelled", " a", "read as 'first'"),
            (6, "respelled", "A", "read as 'first'"),
            (4, "respelled", "B", "read as 'second'"),
            (8, "undeclared_value", "c", MISSING),
        ],
    )


def test_a_word_that_config_writes_in_capitals_is_read_in_small_letters() -> None:
    found = read(categories, ["yes"], values={" YES ": "y"}, missing=[])
    assert found == (["y"], [(2, "respelled", "yes", "read as 'y'")])


def test_a_declared_word_that_is_a_code_of_no_answer_is_none() -> None:
    found = read(categories, ["a", "na", "NA"], values={"a": "1", "na": "2"}, missing=["na"])
    assert found == (["1", None, "2"], [(4, "respelled", "NA", "read as '2'")])


def test_places_are_categories_and_are_set_aside_if_undeclared() -> None:
    raw = pd.Series(["x", "y", ""], name="q", dtype="str")
    problems = ProblemList("f.csv")
    found = categories(
        raw, np.array([2, 3, 4]), problems, values={"x": "north"}, missing=(),
        kind="undeclared_site", action="set aside", as_text=False,
    )  # fmt: skip
    assert found.dtype == "category" and values(found) == ["north", None, None]
    assert listed(problems) == [(3, "q", "undeclared_site", "y", "set aside")]


def dated(cells: list[Any], *formats: str, period: Any = None) -> tuple[list[Any], list[Any]]:
    return read(dates, cells, formats=formats, missing=["-9", "na"], period=period)


def test_the_first_and_last_day_of_the_period_are_possible() -> None:
    found = dated(
        ["2024-01-01", "2024-12-31", "2023-12-31", "2025-01-01"],
        period=("2024-01-01", "2024-12-31"),
    )
    assert found == (
        ["2024-01-01", "2024-12-31", None, None],
        [
            (4, "impossible_date", "2023-12-31", MISSING),
            (5, "impossible_date", "2025-01-01", MISSING),
        ],
    )


def test_codes_of_no_answer_are_no_dates_and_are_not_listed() -> None:
    assert dated(["-9", " na", "", None, "2024-05-06"]) == ([*[None] * 4, "2024-05-06"], [])


def test_what_is_no_date_is_listed_once_as_what_it_seems_to_be() -> None:
    """Also beside dates that can be read, and beside one that cannot."""
    for cell, kind in (
        (MASKED_DATE, "impossible_date"),
        (MASKED_ORDER, "date_order"),
        (MASKED_SERIAL, "date_serial"),
        ("01/13/2024", "date_order"),
        ("45302", "date_serial"),
        ("soon", "not_a_date"),
    ):
        cells = ["05/06/2024", cell, "", "-9", "later"]
        found, told = dated(cells, "%d/%m/%Y")
        assert found == ["2024-06-05", None, None, None, None]
        assert sorted(told) == [(3, kind, cell, MISSING), (6, "not_a_date", "later", MISSING)]


def test_a_date_that_can_be_read_is_not_held_against_the_other_order() -> None:
    """05/06 is a date both ways; 45302 is one where Excel's days are declared."""
    assert dated(["05/06/2024", "x"], "%d/%m/%Y")[1] == [(3, "not_a_date", "x", MISSING)]
    found = dated(["45302", "x", "06/05/2024"], "excel", "%d/%m/%Y")
    assert found == (["2024-01-11", None, "2024-05-06"], [(3, "not_a_date", "x", MISSING)])


def test_a_column_of_serial_numbers_is_told_with_its_format() -> None:
    _, told = dated(["45302", "45303", "45304", "soon", "2024-01-01"])
    assert (0, "misread_column", "4 of 5 (3 as Excel counts days: format: excel)", "the run stops")\
        in told  # fmt: skip
    _, told = dated(["a", "b", "c", "2024-01-02", "2024-01-01"])
    assert (0, "misread_column", "3 of 5", "the run stops") in told


@pytest.mark.parametrize(
    ("how", "cell", "value"),
    [
        ({"type": "number", "range": [0, 9]}, "1,5", 1.5),
        ({"type": "number", "range": [0, 9], "missing": [7]}, "7", None),
        ({"type": "number", "range": [0, 9]}, "8", None),  # a code of the file
        ({"type": "category", "values": {"1": "yes"}}, "1", "yes"),
        ({"type": "category", "values": {"8": "yes"}}, "8", None),
        ({"type": "date", "format": "%d/%m/%Y"}, "31/12/2024", "2024-12-31"),
        ({"type": "date", "format": "%d/%m/%Y", "missing": ["01/01/2024"]}, "01/01/2024", None),
        ({"type": "text"}, " as it is ", "as it is"),
        ({"type": "text", "missing": ["none"]}, "none", None),
        ({"type": "text"}, "8", None),
        ({"type": "text"}, " ", None),
        ({"type": "id"}, "P01", "P01"),
    ],
)
def test_a_variable_is_read_as_its_type_says(how: dict[str, Any], cell: str, value: Any) -> None:
    declared = Variable.model_validate(how)
    period = ("2024-01-01", "2024-12-31")
    assert read(variable, [cell], declared, ",", ["8"], period) == ([value], [])


def test_a_number_is_read_with_the_files_decimal_mark() -> None:
    found = read(variable, ["1,5", "2.5"], Variable(), ",", [], None)
    assert found == ([1.5, None], [(3, "not_a_number", "2.5", MISSING)])
    assert read(variable, ["1.5"], Variable(), ".", [], None) == ([1.5], [])


def test_a_date_outside_the_period_is_no_value_of_a_variable() -> None:
    declared = Variable.model_validate({"type": "date", "format": "%Y-%m-%d"})
    found = read(variable, ["2025-01-01"], declared, ".", [], ("2024-01-01", "2024-12-31"))
    assert found == ([None], [(2, "impossible_date", "2025-01-01", MISSING)])


def test_codes_of_a_crosswalk_are_compared_as_words_and_as_numbers() -> None:
    found = read(
        recoded, ["1", "1.0", "01", "2,0", "9", "9.0", "", "x"],
        values={"1": "3", "2": "4"}, missing=("9",), decimal=",",
    )  # fmt: skip
    assert found == ([3, None, 3, 4, None, None, None, None],
                     [(3, "undeclared_value", "1.0", MISSING),
                      (7, "undeclared_value", "9.0", MISSING),
                      (9, "undeclared_value", "x", MISSING)])  # fmt: skip
    found = read(recoded, ["1.0", "9.0"], values={"1": "3"}, missing=("9",), decimal=".")
    assert found == ([3, None], [])


def test_a_scale_is_turned_end_for_end() -> None:
    assert values(turned(pd.Series([1.0, 2.0, 4.0, np.nan]), (1, 4))) == [4, 3, 1, None]


def made(frame: dict[str, list[Any]], index: list[int] | None = None, **how: Any) -> list[Any]:
    """A derived variable of rows, whatever their index."""
    table = pd.DataFrame(frame, index=index)
    found = derived(table, "new", Derived.model_validate(how))
    assert found.name == "new" and found.index.tolist() == table.index.tolist()
    return values(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b", [3, 1, None]),
        ("a * b", [2, -2, None]),
        ("a ** 2", [1, 4, None]),
        ("a % 2", [1, 0, None]),
        ("-a", [-1, -2, None]),
        ("+a", [1, 2, None]),
        ("sqrt(b + 1)", [pytest.approx(3**0.5), 0, 2]),
        ("a != 1", [0, 1, None]),
        ("a >= 2", [0, 1, None]),
        ("a < b < 5", [1, 0, None]),
        ("a < 3 > b", [1, 1, 0]),  # b < 3 fails, whatever a is
        ("(a == 1) & (b == 2)", [1, 0, 0]),
        ("(a == 1) | (b == 3)", [1, 0, 1]),
        ("(a == 1) | (b == 2)", [1, 0, None]),
        ("a == 2 or b == 3", [0, 1, 1]),
        ("a == 2 and b == 3", [0, 0, None]),
        ("~(a == 1)", [0, 1, None]),
        ("a in [1, 3]", [1, 0, None]),
        ("a not in [1, 3]", [0, 1, None]),
        ("w == 'x' and a > 0", [1, None, 0]),  # of the second nobody knows w
        ("w != 'x'", [0, None, 1]),
        ("a / (b - 2)", [None, pytest.approx(-2 / 3), None]),
    ],
)
def test_parts_of_an_expression(text: str, expected: list[Any]) -> None:
    frame = {"a": [1.0, 2.0, np.nan], "b": [2.0, -1.0, 3.0], "w": ["x", None, "y"]}
    assert made(frame, index=[4, 7, 5], expression=text) == expected


def test_a_chain_of_comparisons_holds_if_each_does() -> None:
    frame: dict[str, list[Any]] = {"a": [1.0, 3.0, 1.0], "b": [2.0, 2.0, 9.0]}
    assert made(frame, expression="a < b < 5") == [1, 0, 0]
    assert made(frame, expression="a in [1, 2] and b < 5") == [1, 0, 0]


def test_an_expression_that_names_no_variable_has_a_value_in_every_row() -> None:
    frame = pd.DataFrame(index=[3, 8])
    found = evaluated(frame, "1 + 2 == 3")
    assert found.tolist() == [1.0, 1.0] and found.index.tolist() == [3, 8]


def test_codes_are_recoded_to_numbers_or_words() -> None:
    frame: dict[str, list[Any]] = {"v": [1.0, 2.5, np.nan], "w": ["a", "b", None]}
    assert made(frame, source="v", values={"1": "10", "2.5": "-1"}) == [10.0, -1.0, None]
    assert made(frame, source="w", values={"a": "x"}) == ["x", None, None]
    assert made(frame, source="w", values={"a": "0", "b": "inf"}) == ["0", "inf", None]


def test_days_between_two_dates_are_counted_from_the_first() -> None:
    frame = {"first": ["2024-02-28", "2024-01-02", None], "last": ["2024-03-01", "2024-01-01", "x"]}
    frame["last"][2] = "2024-01-01"
    assert made(frame, days_between=("first", "last")) == [2.0, -1.0, None]


def test_a_value_on_a_cut_belongs_to_the_group_above() -> None:
    frame = {"v": [1.9, 2.0, 3.0, 99.0, -99.0, np.nan]}
    labels = ("low", "middle", "high")
    found = made(frame, source="v", cuts=(2, 3), labels=labels)
    assert found == ["low", "middle", "high", "high", "low", None]


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({"expression": "a + b"}, [True, False, False]),
        ({"source": "a", "values": {"1": "x"}}, [True, False, True]),
        ({"cases": [{"where": "a > 0", "value": 1}]}, [False, False, False]),
    ],
)
def test_rows_in_which_all_sources_are_known(how: dict[str, Any], expected: list[bool]) -> None:
    frame = pd.DataFrame({"a": [1.0, np.nan, 2.0], "b": [1.0, 2.0, np.nan]})
    assert complete(frame, Derived.model_validate(how)).tolist() == expected
