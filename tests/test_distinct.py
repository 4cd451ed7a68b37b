"""Columns by their different values."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from cesp_analysis.distinct import Distinct, names_rows_twice, repeated, stacked

WORDS = st.none() | st.sampled_from(["", "a", "b", "c"])


@given(st.lists(WORDS))
def test_cells_come_back_from_their_different_values(cells: list[str | None]) -> None:
    column = pd.Series(cells, index=range(5, 5 + len(cells)), name="x", dtype="str")
    distinct = Distinct.of(column)
    assert distinct.words.is_unique
    pd.testing.assert_series_equal(distinct.spread(distinct.words), column)
    assert distinct.where(distinct.words == "a").tolist() == (column == "a").tolist()


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
