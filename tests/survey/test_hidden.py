"""Small parts of a whole, and what would tell of them, are not shown in any survey table."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from cesp_analysis import contracts
from cesp_analysis.models.hidden import BESIDE, hidden, hidden_cells, reasons_by
from cesp_analysis.survey.weight_tables import Margins, Weighting
from generated_survey import study_of


@pytest.mark.parametrize(
    ("counts", "gone"),
    [
        ([30, 20, 40], [False, False, False]),
        ([30, 3, 40], [True, True, False]),  # alone it is the total less the others
        ([30, 3, 4, 40], [True, True, True, False]),  # two that hold 7: their sum is told
        ([30, 6, 4, 40], [False, True, True, False]),
        ([30, 0, 40], [False, False, False]),  # nobody is no secret
        ([3], [True]),
        ([3, 0], [True, False]),
    ],
)
def test_what_is_left_cannot_be_subtracted(counts: list[int], gone: list[bool]) -> None:
    assert hidden(np.array(counts), 10).tolist() == gone


def test_of_parts_of_one_size_the_first_by_name_goes() -> None:
    """Tables in another order hide the same: the two together would tell of both otherwise."""
    for names in itertools.permutations("bcd"):
        counts = np.array([3 if name == "b" else 20 for name in names])
        gone = hidden(counts, 10, names)
        assert {name for name, hides in zip(names, gone, strict=True) if hides} == {"b", "c"}


@given(
    st.sampled_from([(2, 2), (3, 2), (3, 4), (4, 4), (2, 2, 2), (3, 2, 2)]),
    st.integers(0, 2**32 - 1),
)
@settings(max_examples=150, deadline=None)
def test_no_small_cell_of_a_cross_follows_from_its_variables(
    shape: tuple[int, ...], seed: int
) -> None:
    """By linear programming: other numbers of people fit all that is shown."""
    rng = np.random.default_rng(seed)
    table = rng.integers(0, 40, shape) * (rng.random(shape) < 0.9)
    counts, least = table.ravel(), 10
    cells = list(itertools.product(*(map(str, range(size)) for size in shape)))
    gone = hidden_cells(counts, cells, least)
    few = (counts > 0) & (counts < least)
    assert gone[few].all() and (few.any() or not gone.any())
    rows = [np.ones(len(counts))] + [np.eye(len(counts))[at] for at in np.flatnonzero(~gone)]
    for axis, size in enumerate(shape):
        own = np.array([[cell[axis] == str(at) for cell in cells] for at in range(size)])
        rows += list(own[~hidden(own @ counts, least, [str(at) for at in range(size)])] * 1.0)
    known = np.array(rows)
    if not counts[~gone].any():  # nothing of the cross is told: the variables' own numbers are left
        return
    for at in np.flatnonzero(few):
        aim = np.eye(len(counts))[at]
        ends = [linprog(sign * aim, A_eq=known, b_eq=known @ counts).fun * sign for sign in (1, -1)]
        assert ends[1] - ends[0] > 0.5, (table, gone)  # integers: the next one fits, or the last


def test_a_cross_hides_no_more_than_its_rows_and_columns_need() -> None:
    counts = np.array([5, 20, 30, 40, 50, 60, 70, 80, 90])
    cells = list(itertools.product("abc", "xyz"))
    gone = hidden_cells(counts, cells, 10)
    assert gone.tolist() == [True, True, False, True, True, False, False, False, False]


def test_a_cross_hides_no_more_than_needed_beside_rows_whose_sums_are_told() -> None:
    """Rows of 45 and 43 are told, the last column's 5 are not: 8 and 5 go, 13 of one row."""
    counts, cells = np.array([15, 30, 0, 30, 8, 5]), list(itertools.product("ab", "xyz"))
    gone = hidden_cells(counts, cells, 10, np.zeros(6, dtype=bool))
    assert gone.tolist() == [False, False, False, False, True, True]


def test_parts_are_held_against_their_own_whole() -> None:
    counts = {"a": 3, "b": 20, "c": 20, "d": 30}
    said = reasons_by(counts, {"a": 1, "b": 1, "c": 2, "d": 2}, 10, "answers")
    assert said == {"a": "not shown: fewer than 10 answers", "b": BESIDE, "c": "", "d": ""}


def test_margins_and_weighting_hide_few_respondents_and_keep_the_population(tmp_path: Path) -> None:
    study = study_of(tmp_path)
    first = study.run("weigh")
    assert (first.status, first.shown) == (0, "")
    before = contracts.read(tmp_path / "results/tables/margins.csv", Margins)
    one = (before["site"] == "north") & (before["wave"] == "w1") & (before["variable"] == "age")
    counts = before.loc[one, "respondents"].sort_values()
    study.config["surveys"]["minimum"] = int(counts.iloc[0]) + 1
    ran = study.run("weigh")
    assert (ran.status, ran.shown) == (0, "")
    after = contracts.read(tmp_path / "results/tables/margins.csv", Margins)
    gone = after.loc[one, "respondents"].isna()
    assert set(counts.index[:2]) <= set(gone.index[gone]) and not gone.all()
    hidden_rows = after[after["respondents"].isna()]
    assert hidden_rows[["share_design", "share_weighted"]].isna().all(axis=None)
    assert hidden_rows["reason"].str.startswith("not shown: ").all()
    assert after["population"].tolist() == before["population"].tolist()
    study.config["surveys"]["minimum"] = 10_000
    study.run("weigh")
    rows = contracts.read(tmp_path / "results/tables/weighting.csv", Weighting)
    assert (rows["n"] > 0).all() and rows["warnings"].eq(
        "not shown: fewer than 10000 respondents"
    ).all()
    shown = ["sum_design", "deff_design", "deff", "effective_n", "smallest_weight", "trimmed"]
    assert rows[shown].isna().all(axis=None)
