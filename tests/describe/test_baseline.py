"""Who was in the study: summaries and standardised differences, against R and closed forms."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cesp_analysis.describe.baseline import variable_rows
from cesp_analysis.describe.standardised_difference import (
    APART,
    NO_SPREAD,
    NOBODY,
    ONE_VALUE,
    of_categories,
    of_numbers,
    quantile,
    variance,
)

HERE = Path(__file__).parents[1] / "reference"
R: dict[str, Any] = json.loads((HERE / "baseline.json").read_text(encoding="utf-8"))
BANDS = ["low", "middle", "high", "top"]
ARMS = ["control", "intervention"]
# R's numbers have 15 digits; sums of 90 terms in another order differ in the last ones.
CLOSE = 1e-12


@pytest.fixture(scope="module")
def units() -> pd.DataFrame:
    """The reference's rows as the panel has them."""
    table = pd.read_csv(HERE / "baseline.csv")
    arm = pd.Categorical(np.where(table["arm"] == 1, "intervention", "control"), ARMS)
    band = pd.Categorical(table["band"], BANDS)
    return table.assign(arm=arm, group=arm, band=band)


@pytest.mark.parametrize(("weighted", "name"), [("no", "plain"), ("yes", "weighted")])
def test_summaries_and_differences_are_those_of_r(
    units: pd.DataFrame, weighted: str, name: str
) -> None:
    right = R[name]
    for variable in ("number", "share", "band"):
        rows = list(variable_rows("respondent", variable, units, variable, weighted))
        for row in rows:
            own = right[str(row["group"])]
            assert abs(row["difference"]) == pytest.approx(abs(right[variable]), rel=CLOSE)
            if variable == "band":
                share = own["bands"][BANDS.index(row["category"])]
                assert row["share"] == pytest.approx(share, rel=CLOSE)
            elif variable == "share":
                assert row["mean"] == pytest.approx(own["share"], rel=CLOSE)
            else:
                assert (row["mean"], row["sd"]) == pytest.approx(
                    (own["mean"], own["sd"]), rel=CLOSE
                )
                found = [row["q1"], row["median"], row["q3"]]
                assert found == pytest.approx(own["quartiles"], rel=CLOSE)
            missing = int(units.loc[units["group"] == row["group"], variable].isna().sum())
            assert row["n_missing"] == missing > 0
    for variable in ("number", "share"):  # another program's own function, with its sign
        row = next(variable_rows("person", variable, units, variable, "no"))
        assert row["difference"] == pytest.approx(R["plain"]["matchit"][variable], rel=CLOSE)


def test_two_categories_are_the_size_of_the_share() -> None:
    for p, q in [(0.2, 0.5), (0.9, 0.1), (0.5, 0.5), (0.3, 1.0)]:
        pooled = np.sqrt((p * (1 - p) + q * (1 - q)) / 2)
        found = of_categories(np.array([p, 1 - p]), np.array([q, 1 - q]))
        assert found.value == pytest.approx(abs(p - q) / pooled, rel=1e-12)


def test_a_shift_of_one_sd_is_one() -> None:
    """Closed form: the same spread in both arms, means one SD apart."""
    values = np.array([1.0, 2.0, 3.0, 4.0])
    sd = float(np.std(values, ddof=1))
    even = np.ones(4)
    assert of_numbers(values + sd, values, even, even).value == pytest.approx(1, rel=1e-12)
    # another unit and another origin change nothing
    assert of_numbers(7 - 3 * values, 7 - 3 * values - 3 * sd, even, even).value == pytest.approx(
        1, rel=1e-12
    )


SHARES = st.lists(st.floats(0.01, 1), min_size=2, max_size=6)


@given(SHARES, st.data())
def test_which_category_is_left_out_does_not_matter(one: list[float], data: st.DataObject) -> None:
    other = data.draw(st.lists(st.floats(0.01, 1), min_size=len(one), max_size=len(one)))
    order = data.draw(st.permutations(range(len(one))))
    p, q = np.array(one) / sum(one), np.array(other) / sum(other)
    found, turned = of_categories(p, q), of_categories(p[list(order)], q[list(order)])
    # shares of .01 / 6 at least: the covariance's condition is below 1e4, of 1e-16 that leaves 1e-9
    assert turned.value == pytest.approx(found.value, rel=1e-8, abs=1e-8)
    assert of_categories(q, p).value == pytest.approx(found.value, rel=1e-8, abs=1e-8)


def test_what_has_no_difference_says_why() -> None:
    none, one = np.array([]), np.array([5.0])
    assert of_numbers(none, one, none, np.ones(1)).reason == NOBODY
    assert of_numbers(one, one, np.ones(1), np.ones(1)).reason == ONE_VALUE
    assert of_numbers(one, np.array([5.0, 7.0]), np.ones(1), np.ones(2)).reason == ONE_VALUE
    same = np.array([3.0, 3.0])
    assert of_numbers(same, same + 1, np.ones(2), np.ones(2)).reason == NO_SPREAD
    assert of_numbers(np.ones(3), np.zeros(3), np.ones(3), np.ones(3)).reason == NO_SPREAD
    assert of_categories(np.array([1.0, 0.0]), np.array([0.0, 1.0])).reason == APART
    assert of_categories(np.array([1.0, 0.0]), np.array([1.0, 0.0])).reason == NO_SPREAD
    assert of_categories(np.full(2, np.nan), np.array([1.0, 0.0])).reason == NOBODY
    for found in (of_numbers(one, one, np.ones(1), np.ones(1)), of_categories(one, one)):
        assert np.isnan(found.value)


def test_everybody_alike_has_no_difference_whatever_the_weights() -> None:
    """Weighted means of 0.1 are 0.1 but for rounding, and so is their spread."""
    rng = np.random.default_rng(4)
    for value in (0.1, 3.3, 1e6 / 3):
        one, other = np.full(31, value), np.full(57, value)
        weights = rng.uniform(0.5, 2, 31), rng.uniform(0.5, 2, 57)
        found = of_numbers(one, other, *weights)
        assert np.isnan(found.value) and found.reason == NO_SPREAD
        assert variance(one, weights[0]) == 0
        # who weighs nothing differs from nobody
        none = np.append(weights[0], 0.0)
        assert of_numbers(np.append(one, 9.0), other, none, weights[1]).reason == NO_SPREAD


def test_a_category_that_one_arm_lacks_is_no_obstacle() -> None:
    found = of_categories(np.array([0.5, 0.5, 0.0]), np.array([0.25, 0.5, 0.25]))
    assert found.reason == "" and found.value > 0
    # one that nobody has adds nothing
    wider = of_categories(np.array([0.5, 0.5, 0, 0]), np.array([0.25, 0.5, 0.25, 0]))
    assert wider.value == pytest.approx(found.value, rel=1e-12)


@given(st.lists(st.integers(1, 5), min_size=2, max_size=12), st.data())
def test_whole_weights_are_as_many_people(weights: list[int], data: st.DataObject) -> None:
    """The weighted quantile is the plain one of people repeated (type 1); the variance the same but
    for n / (n - 1)."""
    values = np.array(data.draw(st.lists(st.integers(0, 9), min_size=len(weights),
                                         max_size=len(weights))), dtype=float)  # fmt: skip
    many, w = np.repeat(values, weights), np.array(weights, dtype=float)
    for share in (0.25, 0.5, 0.75):
        right = np.quantile(many, share, method="inverted_cdf")
        assert quantile(values, w, share) == right
    n = len(values)
    assert variance(values, w) == pytest.approx(many.var() * n / (n - 1), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("weighted", ["no", "yes"])
def test_what_few_respondents_have_is_not_told(weighted: str) -> None:
    """Three of one arm are 'other': they and 'male' stand without a number there, and the distance
    of all shares, from which they would follow, in neither arm."""
    words = ["female"] * 40 + ["male"] * 20 + ["other"] * 3 + ["female"] * 30 + ["male"] * 20
    arm = pd.Categorical(np.repeat(ARMS, [63, 50]), ARMS)
    own = pd.DataFrame({"sex": pd.Categorical(words), "arm": arm, "group": arm})
    own["weight"] = np.linspace(1, 2, len(own))
    own["score"] = np.where(own.index < 108, np.nan, 3.0)  # five of the second arm alone
    told = pd.DataFrame(variable_rows("respondent", "sex", own, "sex", weighted, 10))
    told = told.set_index(["group", "category"])
    gone = [("control", "male"), ("control", "other")]
    assert told.index[told["count"].isna()].tolist() == gone
    assert told.index[told["share"].isna()].tolist() == gone
    assert told["difference"].isna().all() and told["n"].tolist() == [63] * 3 + [50] * 3
    assert told.loc[gone[1], "reason"] == "not shown: fewer than 10 respondents"
    assert told["reason"].str.startswith("not shown: ").all()
    rows = list(variable_rows("respondent", "score", own, "score", weighted, 10))
    assert [(row["n"], row.get("mean"), row.get("median")) for row in rows][1] == (5, None, None)
    people = list(variable_rows("person", "sex", own, "sex", weighted))
    assert all(row["count"] is not None and row["difference"] > 0 for row in people)
