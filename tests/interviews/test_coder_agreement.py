"""The long table as ratings, and the table of agreement on each theme."""

from math import nan

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.interviews.agreement import Draws, cohen, krippendorff
from cesp_analysis.interviews.coder_agreement import Given, coder_agreement
from cesp_analysis.interviews.coder_units import applied, coded
from cesp_analysis.interviews.described import agreement_rows
from coded_interviews import many, table

QUICK = Draws(draws=200)


def row(excerpt: str, who: str, coder: str, theme: str, valence: str = "") -> dict[str, str]:
    """A coding."""
    return {"excerpt": excerpt, "interview": who, "coder": coder, "theme": theme,
            "valence": valence}  # fmt: skip


ROWS = table(
    row("1", "A", "x", "help", "positive"),
    row("1", "A", "y", "help", "negative"),
    row("2", "A", "x", "help", "positive"),
    row("2", "A", "x", "home", "mixed"),
    row("2", "A", "y", "home", "mixed"),
    row("3", "A", "y", "home"),
    row("4", "B", "x", "help"),
    row("4", "B", "z", "help"),
    row("5", "C", "x", "help"),
    row("6", "A", "", "help"),
)


def test_an_interview_is_seen_by_who_coded_in_it() -> None:
    own = coded(ROWS)
    assert own.coders == ("x", "y", "z") and own.excerpts == ("1", "2", "3", "4")
    assert own.interviews.tolist() == ["A", "A", "A", "B"]
    assert own.seen.tolist() == [[1, 1, 0], [1, 1, 0], [1, 1, 0], [1, 0, 1]]
    assert (own.once, own.nameless) == (1, 1)
    assert applied(ROWS, own, "theme", "help") == pytest.approx(
        np.array([[1, 1, nan], [1, 0, nan], [0, 0, nan], [1, nan, 1]]), nan_ok=True
    )
    two = coded(ROWS[ROWS["coder"].isin(("y", "z"))])
    assert two.excerpts == () and two.once == 4


def test_an_excerpt_that_was_given_is_seen_by_who_coded_it() -> None:
    """Excerpt 3 by y alone is of no pair, though x coded others of the interview."""
    own = coded(ROWS, seen="excerpts")
    assert own.excerpts == ("1", "2", "4")
    assert own.seen.tolist() == [[1, 1, 0], [1, 1, 0], [1, 0, 1]]
    assert own.once == 2


def test_a_sample_that_was_coded_again_alike_is_perfect_agreement() -> None:
    """20 excerpts by x, of which y codes 5, all alike: 1 of those; where each chose the passages,
    what y left alone was left on purpose."""
    first = [row(f"{n}", "A", "x", "help" if n % 2 else "home") for n in range(20)]
    rows = table(*first, *(one | {"coder": "y"} for one in first[:5]))
    given = coder_agreement(rows, how=QUICK, seen="excerpts")
    assert {one.kappa.value.value for one in given.rows} == {1.0} and given.once == 15
    chosen_by_each = coder_agreement(rows, how=QUICK, seen="interviews")
    assert all(one.kappa.value.value < 0.5 for one in chosen_by_each.rows)


def test_a_theme_that_one_coder_never_gave_has_no_interval() -> None:
    """Its kappa is 0 in every draw: limits of 0 and 0 would say that it is known exactly."""
    rows = [
        row(f"{who}{n}", who, coder, "rare" if coder == "x" and n == 0 else "usual")
        for who in "ABCDEFGHIJKL"
        for n in range(3)
        for coder in "xy"
    ]
    found = {one.name: one for one in coder_agreement(table(*rows), how=QUICK).rows}
    kappa = found["rare"].kappa.value
    assert (kappa.value, kappa.low, kappa.high) == (0.0, None, None)
    assert kappa.reason is not None and "a coder never gave it" in kappa.reason


def test_documents_of_a_speaker_are_seen_apart() -> None:
    rows = table(
        row("1", "A", "x", "help") | {"source": "first"},
        row("2", "A", "y", "help") | {"source": "second"},
    )
    assert coded(rows).excerpts == () and coded(rows).once == 2
    assert coded(rows.assign(source=pd.NA)).excerpts == ("1", "2")


def test_the_table_of_agreement() -> None:
    found = coder_agreement(ROWS, how=QUICK)
    assert found.coders == ("x", "y", "z") and (found.once, found.nameless) == (1, 1)
    assert [(one.name, one.coders) for one in found.rows] == [
        (name, pair) for name in ("help", "home")
        for pair in (("x", "y", "z"), ("x", "y"), ("x", "z"))  # y and z saw nothing in common
    ]  # fmt: skip
    everybody, x_and_y, _ = found.rows[:3]
    assert everybody.given == Given(3, 2) and everybody.given_in_kappa == Given(0, 0)
    assert everybody.percent.value.value == pytest.approx(3 / 4)
    assert everybody.kappa.value.reason == "no excerpt was coded by all of them"
    assert (x_and_y.given, x_and_y.percent.units) == (Given(2, 1), 3)
    assert x_and_y.given_in_kappa == x_and_y.given
    # 2 of 3 agree; by chance 2/3 × 1/3 + 1/3 × 2/3 = 4/9
    assert x_and_y.kappa.value.value == pytest.approx((2 / 3 - 4 / 9) / (5 / 9))


def test_many_codings_agree_with_ratings_by_hand() -> None:
    rows = many(600, 25, 12, coders=2)
    found = coder_agreement(rows, how=QUICK)
    assert len(found.rows) == 12 and found.reason is None
    first = found.rows[0]
    excerpts = sorted(set(rows["excerpt"]))
    has = [set(part["excerpt"]) for _, part in
           rows[rows["theme"] == first.name].groupby("coder")]  # fmt: skip
    ratings = np.array([[float(one in own) for own in has] for one in excerpts])
    assert first.kappa.value.value == cohen(ratings, 2, how=QUICK).value.value
    alpha = krippendorff(ratings, 2, how=QUICK)
    assert first.alpha.value.value == alpha.value.value
    assert "draws of interviews" in first.kappa.value.method


def test_why_there_is_no_agreement() -> None:
    assert coder_agreement(ROWS.assign(coder="")).reason == "the codings do not name their coders"
    assert coder_agreement(ROWS.assign(coder="x")).reason == "x coded alone: agreement needs two"
    apart = table(row("1", "A", "x", "help"), row("2", "B", "y", "help"))
    found = coder_agreement(apart)
    assert found.reason == "no interview was coded by two of the coders" and found.once == 2
    assert coder_agreement(ROWS[:0]).rows == ()


def test_a_third_coder_of_other_interviews_adds_no_rows() -> None:
    """Whom nobody can be compared with is in no pair, and neither are two without an excerpt in
    common."""
    alone = table(*(row(f"9{i}", "Z", "third", "help") for i in range(4)))
    both = pd.concat([ROWS[ROWS["coder"] != "z"], alone], ignore_index=True)
    found = coder_agreement(both, how=QUICK)
    assert found.coders == ("third", "x", "y")
    assert [(one.name, one.coders) for one in found.rows] == [
        ("help", ("x", "y")), ("home", ("x", "y")),
    ]  # fmt: skip
    assert found.once == 6


def test_what_coders_gave_is_counted_of_the_excerpts_of_its_own_measure() -> None:
    """Three coders of whom the third saw one excerpt of three: Fleiss' kappa is of that one."""
    codes = {"1": ("xyz", ""), "2": ("xy", ""), "3": ("x", "y")}
    rows = table(
        *(row(one, "A", who, "help") for one, (gave, _) in codes.items() for who in gave),
        *(row(one, "A", who, "home") for one, (_, other) in codes.items() for who in other),
    )
    found = {
        one["measure"]: (one["excerpts"], one["marked"], one["by_all"])
        for one in agreement_rows(rows, 0.95, 1, "excerpts")
        if one["theme"] == "help" and one["coders"] == "x | y | z"
    }
    assert found == {"percent": (3, 3, 2), "kappa": (1, 1, 1), "alpha": (3, 3, 2)}
