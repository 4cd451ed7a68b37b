"""Who speaks of what, and what is spoken of together."""

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.interviews.cooccurrence import cooccurrence
from cesp_analysis.interviews.counted import held
from cesp_analysis.interviews.matrix import theme_matrix
from coded_interviews import many, said, table

ROWS = table(
    {"excerpt": "1", "interview": "A", "role": "staff", "site": "North", "theme": "help"},
    {"excerpt": "2", "interview": "A", "role": "staff", "site": "North", "theme": "help"},
    {"excerpt": "2", "interview": "A", "role": "staff", "site": "North", "theme": "home"},
    {"excerpt": "3", "interview": "B", "role": "staff", "site": "South", "theme": "help"},
    {"excerpt": "4", "interview": "C", "role": pd.NA, "site": "North", "theme": "home"},
    {
        "excerpt": "4",
        "interview": "C",
        "role": pd.NA,
        "site": "North",
        "theme": "home",
        "code": "x",
    },
    {"excerpt": "5", "interview": "C", "role": pd.NA, "site": "North", "construct": "k"},
)


def test_excerpts_and_interviews_of_each_cell() -> None:
    found = theme_matrix(ROWS)
    assert (found.names, found.roles, found.sites) == (
        ("help", "home"), ("staff", ""), ("North", "South"),
    )  # fmt: skip
    assert found.excerpts.tolist() == [[[2, 1], [0, 0]], [[1, 0], [1, 0]]]
    assert found.interviews.tolist() == [[[1, 1], [0, 0]], [[1, 0], [1, 0]]]
    assert found.interviewed.tolist() == [[1, 1], [1, 0]]
    rows = list(found.rows())
    assert len(rows) == 6  # nobody of no role was interviewed in the South
    assert rows[0] == {"theme": "help", "role": "staff", "site": "North", "excerpts": 2,
                       "interviews": 1, "interviewed": 1}  # fmt: skip


def test_interviews_without_a_code_are_interviewed_too() -> None:
    all_held = pd.DataFrame(
        [("A", "staff", "North"), ("D", "volunteer", "South"), ("E", "staff", "North")],
        columns=["interview", "role", "site"],
    )
    found = theme_matrix(ROWS, interviews=all_held)
    assert found.roles == ("staff", "volunteer", "")
    assert found.interviewed.tolist() == [[2, 1], [0, 1], [1, 0]]
    assert found.excerpts[:, 1].sum() == 0


def test_cells_add_up() -> None:
    rows = many(3_000, 40, 30, coders=2)
    found = theme_matrix(rows)
    once = rows[["excerpt", "theme"]].drop_duplicates()
    assert found.excerpts.sum(axis=(1, 2)).tolist() == once.groupby("theme").size().tolist()
    assert found.interviewed.sum() == rows["interview"].nunique()


def test_themes_of_one_excerpt() -> None:
    found = cooccurrence(said({"A": ["a+b", "a+b+c", "a", ""], "B": ["c"]}))
    assert found.names == ("a", "b", "c") and found.units == 5
    assert found.together.tolist() == [[3, 2, 1], [2, 2, 1], [1, 1, 2]]
    assert found.jaccard == pytest.approx(np.array([[1, 2 / 3, 1 / 4], [2 / 3, 1, 1 / 3],
                                                    [1 / 4, 1 / 3, 1]]))  # fmt: skip
    assert found.each.tolist() == [3, 2, 2]


def test_themes_of_one_interview() -> None:
    found = cooccurrence(said({"A": ["a", "b", "c"], "B": ["c", "a"]}), within="interview")
    assert found.each.tolist() == [2, 1, 2] and found.units == 2
    assert found.together[0].tolist() == [2, 1, 2]


def test_together_is_what_comparing_each_two_gives() -> None:
    rows = many(400, 9, 8, coders=2)
    found = cooccurrence(rows, "code")
    own = {name: set(part["excerpt"]) for name, part in rows.groupby("code")}
    for i, one in enumerate(found.names):
        for j, two in enumerate(found.names):
            assert found.together[i, j] == len(own[one] & own[two])
            alike = len(own[one] & own[two]) / len(own[one] | own[two])
            assert found.jaccard[i, j] == pytest.approx(alike, rel=1e-12)


def test_a_table_without_rows() -> None:
    empty = ROWS[:0]
    assert held(empty, "theme").names == ()
    assert cooccurrence(empty).names == () and cooccurrence(empty).units == 0
    assert list(theme_matrix(empty).rows()) == []
