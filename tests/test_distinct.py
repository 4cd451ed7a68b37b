"""Columns by their different values."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from cesp_analysis.distinct import (
    Distinct,
    as_text,
    coded,
    names_rows_twice,
    recoded,
    repeated,
    stacked,
)

WORDS = st.none() | st.sampled_from(["", "a", "b", "c"])


@given(st.lists(WORDS))
def test_cells_come_back_from_their_different_values(cells: list[str | None]) -> None:
    column = pd.Series(cells, index=range(5, 5 + len(cells)), name="x", dtype="str")
    distinct = Distinct.of(column)
    assert distinct.words.is_unique
    pd.testing.assert_series_equal(distinct.spread(distinct.words), column)
    assert distinct.where(distinct.words == "a").tolist() == (column == "a").tolist()


@given(st.lists(WORDS))
def test_categories_are_the_same_different_values(cells: list[str | None]) -> None:
    column = pd.Series(cells, index=range(5, 5 + len(cells)), name="x", dtype="str")
    categories = coded(column.to_frame())["x"]
    distinct = Distinct.of(categories)
    pd.testing.assert_series_equal(distinct.spread(distinct.words), column)
    assert distinct.where(distinct.words == "a").tolist() == (column == "a").tolist()
    assert distinct.where(distinct.words.isna()).tolist() == column.isna().tolist()
    pd.testing.assert_series_equal(as_text(categories.to_frame())["x"], column)


@given(st.lists(WORDS))
def test_categories_are_changed_once_each(cells: list[str | None]) -> None:
    column = pd.Series(cells, name="x", dtype="str")
    categories = coded(column.to_frame())["x"]
    merged = recoded(categories, lambda words: words.replace({"a": "b", "c": ""}))
    assert merged.cat.categories.is_unique
    expected = column.replace({"a": "b", "c": ""})
    pd.testing.assert_series_equal(merged.astype("str"), expected)
    assert recoded(categories, lambda words: words.copy()) is categories


@given(st.lists(WORDS, min_size=1), st.booleans())
def test_words_are_spread_as_categories(cells: list[str | None], in_order: bool) -> None:
    column = pd.Series(cells, index=range(5, 5 + len(cells)), name="x", dtype="str")
    distinct = Distinct.of(coded(column.to_frame())["x"][1:])  # the first word may not occur
    spread = distinct.spread_words(distinct.words.replace({"a": "b"}), in_order)
    expected = column[1:].replace({"a": "b"})
    pd.testing.assert_series_equal(spread.astype("str"), expected)
    if in_order:
        assert spread.cat.categories.tolist() == sorted(set(expected.dropna()))


def test_a_table_keeps_what_is_noted_of_it() -> None:
    table = pd.DataFrame({"line": [2], "x": pd.Series(["a"], dtype="str")})
    table.attrs["labels"] = {"x": {"a": "yes"}}
    assert coded(table).attrs == as_text(coded(table)).attrs == table.attrs
    assert coded(table).dtypes.tolist() == ["int64", "category"]


@given(st.lists(st.tuples(WORDS, WORDS, st.integers(0, 2))))
def test_a_key_that_names_rows_twice_is_found(
    rows: list[tuple[str | None, str | None, int]],
) -> None:
    table = pd.DataFrame(rows, columns=["x", "y", "n"]).astype({"x": "str", "y": "category"})
    assert names_rows_twice(table, ["x", "y", "n"]) == table.duplicated().any()
    in_order = table.sort_values(["y", "n"], ignore_index=True)
    assert names_rows_twice(in_order, ["y", "n"]) == in_order.duplicated(["y", "n"]).any()


def test_tables_are_stacked_with_their_categories() -> None:
    first = pd.DataFrame({"x": repeated("a", 2), "none": pd.Categorical([None, None])})
    second = pd.DataFrame({"x": repeated("b", 1), "none": repeated("z", 1), "n": [1.5]})
    table = stacked([first, second])
    assert table["x"].tolist() == ["a", "a", "b"] and table["x"].dtype == "category"
    assert table["none"].isna().tolist() == [True, True, False]
    assert table["n"].isna().tolist() == [True, True, False] and table["n"].dtype == "float64"
