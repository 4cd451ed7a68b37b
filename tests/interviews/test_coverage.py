"""What each interview adds, and the published stopping rules: by hand, by all orders there are."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.interviews.coverage import any_order, coverage
from cesp_analysis.interviews.described import rule_rows
from cesp_analysis.interviews.stopping_rules import found_after, little_new, nothing_new
from coded_interviews import many, said, table

TWELVE = {
    "A": ["a", "b+c", "a"],
    "B": ["b", "d"],
    "C": [],
    "D": ["a+e", "f", "g", "h", "i", "j"],
    "E": ["k"],
    "F": ["a"],
    "G": ["b", "c"],
    "H": ["l"],
    "I": ["a"],
    "J": ["b"],
    "K": ["c"],
    "L": ["a"],
}
HELD = pd.DataFrame({"interview": list(TWELVE), "order": range(1, 13)})


def test_what_each_interview_adds() -> None:
    found = coverage(said(TWELVE), interviews=HELD)
    assert found.names == tuple("abcdefghijkl")
    assert found.interviews == tuple(TWELVE)
    assert found.counts[0].tolist() == [2, 0, 0, 1, 0, 1, 0, 0, 1, 0, 0, 1]
    assert found.first.tolist() == [0, 0, 0, 1, 3, 3, 3, 3, 3, 3, 4, 7]
    assert found.new.tolist() == [3, 1, 0, 6, 1, 0, 0, 1, 0, 0, 0, 0]
    assert found.so_far.tolist() == [3, 4, 4, 10, 11, 11, 11, 12, 12, 12, 12, 12]
    assert found.tied == ()


def test_the_order_of_rows_and_who_coded_do_not_matter() -> None:
    rows = said(TWELVE)
    twice = pd.concat([rows.assign(coder="x"), rows.assign(coder="y")]).sample(
        frac=1, random_state=3
    )
    one, two = coverage(rows), coverage(twice.reset_index(drop=True))
    assert one.names == two.names and np.array_equal(one.counts, two.counts)
    assert len(one.interviews) == 11  # C has no coding, and nobody said that it was held


def test_names_by_level_and_what_has_none() -> None:
    rows = table(
        {"excerpt": "1", "theme": "help", "subtheme": "first", "code": "help / first"},
        {"excerpt": "1", "theme": "help", "subtheme": pd.NA, "code": "help"},
        {"excerpt": "2", "theme": "home", "subtheme": "first", "code": "home / first"},
    )
    assert coverage(rows, "code").names == ("help", "help / first", "home / first")
    nothing = coverage(rows.assign(theme=""))
    assert nothing.names == () and nothing.any_order.tolist() == [0]
    assert found_after(nothing, (1,)) == ()


def test_interviews_of_one_place_are_told_and_bad_orders_refused() -> None:
    rows = said({"A": ["a"], "B": ["b"]})
    tied = coverage(rows.assign(order=1))
    assert tied.tied == ("A", "B") and tied.interviews == ("A", "B")
    with pytest.raises(ValueError, match="not held"):
        coverage(rows, interviews=HELD[:1])
    with pytest.raises(ValueError, match="two places: A"):
        coverage(pd.concat([rows, rows.assign(order=5)]))
    with pytest.raises(ValueError, match="no place"):
        coverage(rows.assign(order=np.nan))


def test_any_order_is_the_mean_over_all_orders() -> None:
    has = np.array([[1, 1, 0, 0, 0], [0, 0, 1, 0, 0], [1, 1, 1, 1, 1], [1, 0, 1, 0, 1]])
    each = [
        [(has[:, order[: i + 1]].sum(axis=1) > 0).sum() for i in range(5)]
        for order in map(list, permutations(range(5)))
    ]
    # logarithms of factorials: a few digits of the last
    assert any_order(has.sum(axis=1), 5) == pytest.approx(np.mean(each, axis=0), rel=1e-12)


def test_little_new_by_hand() -> None:
    """10 names in the first four; runs of two: 5-6 has 1, 6-7 none; of three, 9-11 the first."""
    found = little_new(coverage(said(TWELVE), interviews=HELD))
    assert found.reached == 5  # theirs: 5 + 2
    looser = little_new(coverage(said(TWELVE), interviews=HELD), threshold=0.1)
    assert looser.reached == 4
    of_three = little_new(coverage(said(TWELVE), interviews=HELD), run=3, threshold=0)
    assert of_three.reached == 8
    # the base of four has ten names, so that one more is a tenth
    assert little_new(coverage(said(TWELVE), interviews=HELD), threshold=0.0999).reached == 5


def test_a_share_at_the_threshold_has_reached_it() -> None:
    """1 of 20 is .05."""
    names = {"A": [f"t{i}" for i in range(20)], "B": ["t0"], "C": ["t1"], "D": ["t2"]}
    found = coverage(said(names | {"E": ["new"], "F": ["t3"]}))
    assert little_new(found).reached == 4
    assert little_new(found, threshold=0.04).reached is None


def test_nothing_new_by_hand() -> None:
    found = coverage(said(TWELVE), interviews=HELD)
    assert nothing_new(found).reason == "12 interviews were held; the rule needs 13"
    five = nothing_new(found, initial=5)
    assert (five.reached, five.longest) == (11, 4)  # 6, 7 | 8 is new | 9, 10, 11, 12
    seven = nothing_new(found, initial=7, criterion=5)
    assert (seven.reached, seven.longest, seven.reason) == (None, 4, None)
    more = {f"M{i:02}": ["a"] for i in range(13)}
    assert nothing_new(coverage(said(more))).reached == 13


def test_rules_that_do_not_apply_say_why() -> None:
    few = coverage(said({"A": ["a"]}))
    assert little_new(few).reason == "1 interview was held; the rule needs 6"
    assert little_new(few).reached is None
    empty = {name: [] for name in "ABCD"} | {"E": ["a"], "F": ["a"]}
    held = pd.DataFrame({"interview": list(empty), "order": range(6)})
    bare = little_new(coverage(said(empty), interviews=held))
    assert bare.reason == "the first 4 interviews have no theme"


def test_share_found_after_so_many() -> None:
    six, twelve = found_after(coverage(said(TWELVE), interviews=HELD))
    assert (six.interviews, six.share, six.published) == (6, 11 / 12, 0.73)
    assert (twelve.share, twelve.published) == (1.0, 0.92)


def test_twenty_thousand_excerpts() -> None:
    found = coverage(many(20_000, 100, 60), "code")
    assert found.so_far[-1] == 60 and found.counts.sum() >= 20_000


def test_both_rules_are_met_with_their_runs() -> None:
    """In the table: little new after 5, as 7 show; nothing new by interview 13."""
    more = {f"M{i:02}": ["a"] for i in range(13)}
    rows = {row["rule"]: row for row in rule_rows([coverage(said(TWELVE), interviews=HELD)])}
    assert rows["little_new"]["reached"] == 7
    rows = {row["rule"]: row for row in rule_rows([coverage(said(more))])}
    assert (rows["little_new"]["reached"], rows["nothing_new"]["reached"]) == (6, 13)
