"""Means, proportions and changes of a few answers, by hand; the boundaries of what is shown."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytest import approx
from scipy.special import ndtri
from scipy.stats import t as student

from cesp_analysis.declared.networks import NOT_INDEPENDENT
from cesp_analysis.models.survey_domain import (
    EXACT,
    LOGIT,
    at_random,
    kish_n,
    proportion_interval,
    pulled,
    t_interval,
)
from cesp_analysis.survey.answers import Answers, MeansSpec, Measure, answers_of, inside_of
from cesp_analysis.survey.apart import apart
from cesp_analysis.survey.composition import composition_rows
from cesp_analysis.survey.few_answers import categories_hidden
from cesp_analysis.survey.mean_cells import Drawn, drawn_of
from cesp_analysis.survey.means import described
from cesp_analysis.survey.neighbourhood_changes import change_rows
from cesp_analysis.survey.neighbourhoods import neighbourhood_rows, places_of

Row = dict[str, Any]


def spec(**changed: Any) -> MeansSpec:
    told: Row = {
        "outcomes": {"y": Measure(label="Y", unit="points")},
        "sites": ("north", "south"),
        "waves": ("w1", "w2"),
        "ci_level": 0.9,
        "minimum": 2,
    }
    return MeansSpec(**(told | changed))


def records(rows: list[tuple[str, str, str, str, float]]) -> pd.DataFrame:
    """(unit, site, neighbourhood, wave, weight) of each."""
    frame = pd.DataFrame(rows, columns=["unit", "group", "neighbourhood", "time", "weight"])
    return frame.astype(dict.fromkeys(["unit", "group", "neighbourhood", "time"], "category"))


def answers(values: list[float], measure: Any = "mean") -> Answers:
    return Answers("y", np.array(values)[:, None], ("",), ("Y",), measure, "points")


def test_two_answers_at_random_have_the_textbook_variance() -> None:
    assert at_random(np.array([1.0, 4.0]), np.ones(2)) == approx(4.5 / 2)
    values, weight = np.array([1.0, 2.0, 6.0]), np.array([1.0, 1.0, 2.0])
    # mean 15/4; weighted squares (121 + 49 + 162) / 16 / 4, times n / (n - 1), over n
    assert at_random(values, weight) == approx(332 / 64 / 2)
    assert np.isnan(at_random(np.array([1.0]), np.ones(1)))


@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.9])
def test_the_interval_of_a_proportion_is_that_of_its_log_odds(share: float) -> None:
    found = proportion_interval(share, 0.0004, 7, 0.9, 100.0)
    half = student.ppf(0.95, 7) * 0.02 / (share * (1 - share))
    odds = share / (1 - share)
    low, high = odds * np.exp(-half), odds * np.exp(half)
    assert (found.std_error, found.how) == (0.02, LOGIT)
    assert (found.low, found.high) == approx((low / (1 + low), high / (1 + high)))


def test_of_a_proportion_of_none_or_all_the_far_end_is_clopper_and_pearsons() -> None:
    nobody, everybody = (proportion_interval(at, 0.0, 3, 0.95, 20.0) for at in (0.0, 1.0))
    far = 1 - 0.025 ** (1 / 20)
    assert (nobody.std_error, nobody.low, nobody.high, nobody.how) == (None, 0, approx(far), EXACT)
    assert (everybody.low, everybody.high) == (approx(1 - far), 1)


def test_units_that_do_not_differ_have_no_interval() -> None:
    said = "no interval: the sampling units do not differ"
    assert proportion_interval(0.5, 0.0, 3, 0.95, 20.0).reason == said
    assert t_interval(0.5, 0.0, 3, 0.95, 1.0).reason == said
    found = t_interval(2.0, 0.25, 3, 0.9, 1.0)
    half = student.ppf(0.95, 3) * 0.5
    assert (found.std_error, found.low, found.high) == approx((0.5, 2 - half, 2 + half))


def test_a_mean_counts_those_inside_with_an_answer_and_the_others_do_not_pull() -> None:
    columns = np.array([[1.0], [3.0], [np.nan], [100.0]])
    inside = np.array([True, True, True, False])
    found = pulled(columns, np.array([1.0, 3.0, 5.0, 7.0]), inside)
    assert found is not None and found.n == 2 and found.inside.tolist() == [1, 1, 0, 0]
    assert found.estimate == approx(2.5)
    assert found.influence[:, 0] == approx([-1.5 / 4, 3 * 0.5 / 4, 0, 0])
    assert pulled(columns, np.ones(4), np.array([False, False, True, False])) is None
    assert kish_n(np.array([1.0, 3.0])) == 1.6


def test_a_site_or_wave_that_nobody_knows_has_no_record() -> None:
    own = records([("a", "north", "x", "w1", 1.0), ("b", "south", "x", "w2", 1.0)])
    assert inside_of(own, "north", "w1").tolist() == [True, False]
    assert len(own[inside_of(own, "north", "w9")]) == len(own[inside_of(own, "east", "w1")]) == 0


@pytest.mark.parametrize(
    ("n", "minimum", "said"),
    [
        (0, 10, ""),
        (1, 10, "not shown: fewer than 10 answers"),
        (9, 10, "not shown: fewer than 10 answers"),
        (10, 10, ""),
        (1, 1, "not shown: fewer than 2 answers"),
        (2, 1, ""),
    ],
)
def test_few_are_from_one_to_one_below_the_minimum(n: int, minimum: int, said: str) -> None:
    assert spec(minimum=minimum).too_few(n) == said


@pytest.mark.parametrize(
    ("kind", "values", "measure", "unit"),
    [
        (None, (0.0, 1.0), "proportion", "proportion"),
        (None, (0.0, 2.0), "mean", "points"),
        (None, (np.nan, np.nan), "mean", "points"),  # nobody answered: nothing says it is a share
        ("binary", (np.nan, np.nan), "proportion", "proportion"),
        ("binary", (0.0, 2.0), "mean", "points"),
        ("continuous", (0.0, 1.0), "mean", "points"),
        ("count", (0.0, 1.0), "mean", "points"),
    ],
)
def test_answers_of_0_and_1_are_a_proportion_unless_declared_otherwise(
    kind: Any, values: tuple[float, float], measure: str, unit: str
) -> None:
    own = records([("a", "north", "x", "w1", 1.0), ("b", "north", "x", "w1", 1.0)])
    panel = own.assign(level="respondent", outcome="y", value=values)
    how = spec(outcomes={"y": Measure(label="Y", unit="points", type=kind)})
    (found,) = answers_of(panel, own, how)
    assert (found.measure, found.unit) == (measure, unit)
    assert found.columns[:, 0].tolist() == approx(list(values), nan_ok=True)


def test_no_category_of_few_is_looked_for_in_a_mean() -> None:
    """Its column holds values, not who gave a code: a sum of 3 is no three respondents."""
    everybody = {"x": np.ones(12, dtype=bool)}
    own = answers([0.25] * 12)
    assert categories_hidden(own, everybody, {"x": 0}, spec(minimum=10)) == {"x": [""]}


def test_parts_of_another_site_hide_nothing_here() -> None:
    names = ("1", "2", "3", "at least 2", "at least 3")
    codes = np.repeat([1.0, 2, 3, 1, 2, 3], [30, 12, 3, 20, 20, 20])
    columns = [codes == c for c in (1, 2, 3)] + [codes >= c for c in (2, 3)]
    made = np.column_stack(columns).astype(float)
    own = Answers("y", made, names, names, "proportion", "proportion")
    here = np.arange(len(codes)) < 45
    told = categories_hidden(own, {"a": here, "b": ~here}, {"a": 0, "b": 1}, spec(minimum=10))
    assert told["b"] == [""] * 5
    assert told["a"][2] == "not shown: fewer than 10 answers" and told["a"][0] == ""


def near(values: list[float], weight: list[float], **changed: Any) -> Row:
    """The row of one neighbourhood."""
    n, how = len(values), spec(**changed)
    own = records([(f"u{k}", "north", "x", "w1", weight[k]) for k in range(n)])
    measure = "proportion" if set(values) <= {0, 1} else "mean"
    (row,) = neighbourhood_rows(
        answers(values, measure), np.array(weight), places_of(own, how), how
    )
    return row


def test_a_neighbourhoods_mean_its_interval_and_design_effect() -> None:
    values, weight = [1.0, 2.0, 6.0], [1.0, 1.0, 2.0]
    row = near(values, weight)
    # pulls (-11, -7, 18) / 16: their squares times n / (n - 1)
    variance = 3 / 2 * (121 + 49 + 324) / 256
    plain = at_random(np.array(values), np.array(weight))
    half = student.ppf(0.95, 2) * np.sqrt(variance)
    assert (row["estimate"], row["std_error"], row["df"]) == approx((3.75, np.sqrt(variance), 2))
    assert (row["ci_low"], row["ci_high"]) == approx((3.75 - half, 3.75 + half))
    assert (row["deff"], row["effective_n"]) == approx((variance / plain, 3 * plain / variance))
    assert (row["n"], row["respondents"], row["psus"], row["strata"]) == (3, 3, 3, 1)
    alike = near([1.0, 2.0, 6.0, 3.0], [2.0] * 4)
    assert (alike["deff"], alike["effective_n"]) == approx((1, 4))


def test_a_neighbourhoods_proportion_and_answers_that_do_not_differ() -> None:
    row = near([1.0, 0.0, 0.0, 1.0, 0.0], [1.0] * 5)
    expected = proportion_interval(0.4, 0.24 / 4, 4, 0.9, 5.0)
    assert (row["std_error"], row["ci_low"], row["ci_high"]) == approx(
        (expected.std_error, expected.low, expected.high)
    )
    none = near([0.0] * 5, [1.0] * 5)
    assert (none["ci_low"], none["deff"], none["effective_n"]) == (0, None, None)
    same = near([3.0] * 5, [1.0] * 5)
    assert same["estimate"] == 3 and same["std_error"] is None and same["deff"] is None
    assert same["reason"] == "no interval: the sampling units do not differ"
    assert same["method"] is None


def test_a_value_that_respondents_share_has_no_interval() -> None:
    shared = {"y": Measure(label="Y", unit="points", shared=True)}
    row = near([1.0, 2.0, 6.0], [1.0] * 3, outcomes=shared)
    assert (row["estimate"], row["reason"]) == (3.0, NOT_INDEPENDENT)
    assert "std_error" not in row and row["n"] == 3


def test_codes_of_a_neighbourhood_have_their_names_and_a_mean_has_none() -> None:
    how = spec(waves=("w1",), sites=("north",), minimum=2)
    own = records([(f"u{k}", "north", "x", "w1", 1.0) for k in range(8)])
    codes = np.repeat([1.0, 2.0], 4)
    columns = np.column_stack([codes == 1, codes == 2, codes >= 2]).astype(float)
    names = ("1", "2", "at least 2")
    ordinal = Answers("y", columns, names, names, "proportion", "proportion")
    rows = list(neighbourhood_rows(ordinal, np.ones(8), places_of(own, how), how))
    assert [(row["category"], row["estimate"]) for row in rows] == [
        ("1", 0.5), ("2", 0.5), ("at least 2", 0.5),
    ]  # fmt: skip
    (mean,) = neighbourhood_rows(answers(codes.tolist()), np.ones(8), places_of(own, how), how)
    assert mean["category"] is None


def test_a_change_from_few_answers_counts_those_of_both_waves() -> None:
    rows = [(f"u{k}", "north", f"n{k % 4}", w, 1.0) for w, n in (("w1", 12), ("w2", 3))
            for k in range(n)]  # fmt: skip
    own = records(rows).assign(site=lambda d: d["group"], level="respondent")
    how = spec(sites=("north",), minimum=5)
    drawn = drawn_of(own, how)
    found = list(described(answers([float(k) for k in range(15)]), *apart(drawn)))
    change = found[-1]
    assert (change["since"], change["n"], change["respondents"]) == ("w1", 15, 15)
    assert change["reason"] == "not shown: fewer than 5 answers" and found[1]["n"] == 3


def test_who_answered_has_the_interval_of_a_mean_or_of_a_share() -> None:
    """Four neighbourhoods of three: their totals' spread."""
    rows = [(f"u{k:02}", "north", f"n{k // 3}", "w1", 1.0) for k in range(12)]
    ages = [20.0, 30, 40, 25, 35, 60, 50, 20, 30, 70, 40, 30]
    own = records(rows).assign(site=lambda d: d["group"], level="respondent")
    own = own.assign(age=ages, sex=pd.Categorical(["f"] * 5 + ["m"] * 7))
    how = spec(covariates=("age", "sex"), sites=("north",), waves=("w1",))
    drawn = drawn_of(own, how)
    age, woman, man = composition_rows(apart(drawn), np.ones(12), {})
    sums = np.array(ages).reshape(4, 3).sum(axis=1)
    half = student.ppf(0.95, 3) * np.sqrt(4 * sums.var(ddof=1)) / 12
    mean = np.mean(ages)
    assert (age["weighted"], age["ci_low"], age["ci_high"]) == approx(
        (mean, mean - half, mean + half)
    )
    shares = np.array([3, 2, 0, 0])
    variance = 4 * shares.var(ddof=1) / 144
    expected = proportion_interval(5 / 12, variance, 3, 0.9, 12.0)
    assert (woman["ci_low"], woman["ci_high"]) == approx((expected.low, expected.high))
    assert (man["ci_low"], man["ci_high"]) == approx((1 - expected.high, 1 - expected.low))


def test_neighbourhoods_stand_in_the_order_of_sites_and_waves_not_of_their_names() -> None:
    own = records(
        [(f"{s}{n}{w}{k}", s, n, w, 1.0) for s in ("north", "south") for n in ("b", "a")
         for w in ("w2", "w1") for k in range(2)]
    )  # fmt: skip
    how = spec(sites=("south", "north"), waves=("w2", "w1"))
    rows = neighbourhood_rows(answers([1.0, 2.0] * 8), np.ones(16), places_of(own, how), how)
    found = [(row["site"], row["group"], row["wave"]) for row in rows]
    assert found == [(s, n, w) for s in ("south", "north") for n in "ab" for w in ("w2", "w1")]


def test_neighbourhoods_of_another_site_have_no_change_here() -> None:
    rows = [(f"{s}{w}{k}", s, n, w, 1.0) for s, n in (("north", "x"), ("south", "y"))
            for w in ("w1", "w2") for k in range(3)]  # fmt: skip
    own, how = records(rows), spec()
    values = answers([1.0, 2.0, 3.0, 2.0, 4.0, 6.0, 5.0, 6.0, 7.0, 5.0, 5.0, 8.0])
    unit = np.asarray(own["unit"].cat.codes)
    found = list(change_rows(values, np.ones(12), unit, places_of(own, how), how))
    assert [(row["site"], row["neighbourhood"]) for row in found] == [
        ("north", "x"),
        ("south", "y"),
    ]
    for row, change, variance in zip(found, (2.0, 0.0), ((1 + 4) / 3, (1 + 3) / 3), strict=True):
        half = student.ppf(0.95, row["df"]) * np.sqrt(variance)
        assert (row["estimate"], row["std_error"]) == approx((change, np.sqrt(variance)))
        assert (row["ci_low"], row["ci_high"]) == approx((change - half, change + half))
        assert (row["n_before"], row["n"], row["panel"]) == (3, 3, 0)


def test_who_answered_without_a_sample_or_any_answer() -> None:
    own = records([(f"u{k}", "north", "x", "w1", 1.0 + k) for k in range(4)])
    own = own.assign(age=[20.0, 30.0, 40.0, 60.0], sex=pd.Categorical([None] * 4, ["f", "m"]))
    how = spec(covariates=("age", "sex"), sites=("north",), waves=("w1",))
    drawn = Drawn(own, ("no interval: why",), how)
    age, *sex = composition_rows(apart(drawn), np.ones(4), {})
    assert (age["category"], age["n"], age["known"], age["reason"]) == (
        None,
        4,
        4,
        "no interval: why",
    )
    assert (age["mean"], age["weighted"], age["by_design"]) == approx((37.5, 44.0, 37.5))
    assert "unweighted" not in age
    assert age["ci_low"] is None and age["respondents"] == 4
    for row, word in zip(sex, ("f", "m"), strict=True):
        assert (row["category"], row["n"], row["known"]) == (word, 0, 0)
        assert row["reason"] == "not known of anybody" and row["by_design"] is None


def test_the_quantile_behind_a_shrunken_change_is_the_normals() -> None:
    """Neighbourhoods of one site with the same answers but for their mean: four changes."""
    rows = [(f"{n}{w}{k}", "north", n, w, 1.0) for n in "abcd" for w in ("w1", "w2")
            for k in range(3)]  # fmt: skip
    moved = {"a": 0.0, "b": 3.0, "c": 6.0, "d": 11.0}
    own, how = records(rows), spec(sites=("north",), ci_level=0.8)
    values = answers([k + moved[n] * (w == "w2") for n in "abcd" for w in ("w1", "w2")
                      for k in range(3)])  # fmt: skip
    unit = np.asarray(own["unit"].cat.codes)
    found = list(change_rows(values, np.ones(24), unit, places_of(own, how), how))
    v, site = 2 / 3, 5.0
    spread = float(np.var(list(moved.values()), ddof=1))
    lost = 1 / 3 * v / spread
    for row, own_change in zip(found, moved.values(), strict=True):
        assert row["site_change"] == approx(site) and row["between_sd"] == approx(
            np.sqrt(spread - v)
        )
        assert row["shrunken"] == approx(site + (1 - lost) * (own_change - site))
        variance = v * (1 - 3 / 4 * lost) + 2 * lost**2 * (own_change - site) ** 2
        half = ndtri(0.9) * np.sqrt(variance)
        assert row["shrunken_low"] == approx(row["shrunken"] - half)
        assert row["shrunken_high"] == approx(row["shrunken"] + half)
