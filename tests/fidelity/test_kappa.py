"""Kappa and ICC of pairs of ratings: psych and vcd, closed forms, invariance, coverage."""

import json
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cesp_analysis.fidelity.intraclass import pair_icc
from cesp_analysis.fidelity.kappa import (
    ONE_CATEGORY,
    PERFECT,
    TOO_FEW,
    Weights,
    agreement_weights,
    kappa,
)

REFERENCE: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "reference/kappa.json").read_text(encoding="utf-8")
)
FIRST, SECOND = (np.array(REFERENCE[name]) - 1 for name in ("first", "second"))
PEOPLE = np.arange(len(FIRST))


def cohen() -> tuple[np.ndarray, np.ndarray]:
    """The ratings of Cohen's (1968) table."""
    counts = np.array(REFERENCE["counts"])
    i, j = np.indices(counts.shape)
    return np.repeat(i.ravel(), counts.ravel()), np.repeat(j.ravel(), counts.ravel())


@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
def test_kappa_and_its_error_are_those_of_psych_and_vcd(weights: Weights) -> None:
    value, variance = REFERENCE["ratings"][weights]
    found = kappa(FIRST, SECOND, 5, PEOPLE, weights)
    n = len(FIRST)
    assert found.value.value == pytest.approx(value, rel=1e-12)
    assert found.std_error is not None
    # theirs is without the factor n / (n - 1)
    assert found.std_error**2 * (n - 1) / n == pytest.approx(variance, rel=1e-10)


@pytest.mark.parametrize("weights", ["none", "quadratic"])
def test_cohens_own_table(weights: Weights) -> None:
    value, variance = REFERENCE["cohen"][weights]
    found = kappa(*cohen(), 3, np.arange(200), weights)
    assert found.value.value == pytest.approx(value, rel=1e-12)
    assert found.std_error is not None
    assert found.std_error**2 * 199 / 200 == pytest.approx(variance, rel=1e-10)


@pytest.mark.parametrize("form", ["one_way", "agreement"])
def test_icc_of_people_rated_once_is_psychs(form: Any) -> None:
    found = pair_icc(FIRST, SECOND, PEOPLE, form)
    assert found.value is not None and found.low is not None and found.high is not None
    # the lower limit of ICC(A,1) is of psych's own df, rounded in its 8th digit
    assert [found.value, found.low, found.high] == pytest.approx(REFERENCE["icc"][form], rel=1e-7)


def test_two_steps_have_one_kappa_whatever_the_weights() -> None:
    a, b = FIRST > 2, SECOND > 2
    values = [
        kappa(a.astype(int), b.astype(int), 2, PEOPLE, w).value for w in ("none", "quadratic")
    ]
    assert values[0].value == pytest.approx(values[1].value, rel=1e-12)


def test_quadratic_kappa_is_the_concordance_of_the_codes() -> None:
    """Fleiss & Cohen (1973): 2 cov / (var + var + (difference of means)²), variances over n."""
    x, y = FIRST.astype(float), SECOND.astype(float)
    alike = 2 * np.cov(x, y, bias=True)[0, 1] / (x.var() + y.var() + (x.mean() - y.mean()) ** 2)
    found = kappa(FIRST, SECOND, 5, PEOPLE, "quadratic").value.value
    assert found == pytest.approx(alike, rel=1e-12)


def test_order_does_not_matter_where_raters_are_interchangeable() -> None:
    swapped = np.arange(len(FIRST)) % 3 == 0
    one, two = np.where(swapped, SECOND, FIRST), np.where(swapped, FIRST, SECOND)
    plain = kappa(FIRST, SECOND, 5, PEOPLE, "quadratic", interchangeable=True)
    mixed = kappa(one, two, 5, PEOPLE, "quadratic", interchangeable=True)
    assert plain.value == mixed.value and plain.std_error == pytest.approx(mixed.std_error)
    shares = (np.bincount(FIRST, minlength=5) + np.bincount(SECOND, minlength=5)) / 80
    scott = kappa(FIRST, SECOND, 5, PEOPLE, interchangeable=True)
    expected = float((shares**2).sum())
    same = float((FIRST == SECOND).mean())
    assert scott.value.value == pytest.approx((same - expected) / (1 - expected), rel=1e-12)


def test_the_error_is_that_of_leaving_out_one_person_after_the_other() -> None:
    """The jackknife, of people rated twice: the same to order 1 / n."""
    people = np.repeat(np.arange(20), 2)
    found = kappa(FIRST, SECOND, 5, people, "quadratic")
    left = [
        kappa(FIRST[people != i], SECOND[people != i], 5, people[people != i], "quadratic").value
        for i in range(20)
    ]
    values = np.array([quantity.value for quantity in left], dtype=float)
    jackknife = sqrt(19 / 20 * float(((values - values.mean()) ** 2).sum()))
    assert found.std_error == pytest.approx(jackknife, rel=0.1)


def test_copies_of_people_are_no_more_people() -> None:
    """Everybody twice: the same error as once, were people told apart."""
    twice = kappa(np.tile(FIRST, 2), np.tile(SECOND, 2), 5, np.tile(PEOPLE, 2), "linear")
    once = kappa(FIRST, SECOND, 5, PEOPLE, "linear")
    assert twice.std_error == pytest.approx(once.std_error, rel=1e-12)
    assert (twice.n, twice.people) == (80, 40)
    jack = pair_icc(np.tile(FIRST, 2), np.tile(SECOND, 2), np.tile(PEOPLE, 2), "one_way")
    assert jack.low is not None and jack.high is not None
    exact = pair_icc(FIRST, SECOND, PEOPLE, "one_way")
    # the jackknife assumes no normal ratings, which these steps are not: .80 to .94 by F
    assert [jack.low, jack.high] == pytest.approx([exact.low, exact.high], abs=0.02)


def test_what_has_no_kappa_says_why() -> None:
    same = kappa(FIRST, FIRST, 5, PEOPLE)
    assert same.value.value == 1 and same.value.low is None and same.value.reason == PERFECT
    flat = np.zeros(40, dtype=int)
    assert kappa(flat, flat, 5, PEOPLE).value.reason == ONE_CATEGORY
    assert kappa(flat, flat, 5, PEOPLE).value.value is None
    one = kappa(flat, SECOND, 5, PEOPLE)
    assert one.value.value == pytest.approx(0, abs=1e-12) and one.value.low is None
    assert "used one category alone" in str(one.value.reason)
    few = kappa(FIRST[:2], SECOND[:2], 5, PEOPLE[:2])
    assert few.value.value is None and few.value.reason == TOO_FEW
    none = kappa(FIRST[:0], SECOND[:0], 5, PEOPLE[:0])
    assert none.value.reason == TOO_FEW and none.n == 0
    assert pair_icc(FIRST[:2], SECOND[:2], PEOPLE[:2], "one_way").reason == TOO_FEW
    assert "perfect agreement" in str(pair_icc(FIRST, FIRST, PEOPLE, "agreement").reason)
    assert "nothing varies" in str(pair_icc(flat, flat, PEOPLE, "agreement").reason)


def test_weights_are_cohens() -> None:
    assert agreement_weights(3, "quadratic").tolist() == [[1, 0.75, 0], [0.75, 1, 0.75],
                                                          [0, 0.75, 1]]  # fmt: skip
    assert agreement_weights(3, "linear")[0].tolist() == [1, 0.5, 0]
    assert agreement_weights(3, "none").tolist() == np.eye(3).tolist()


def pairs(rng: np.random.Generator, n: int, per: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two ratings in 5 steps of n people at `per` occasions that a person's level lasts over."""
    level = np.repeat(rng.standard_normal(n) * 0.7, per) + rng.standard_normal(n * per) * 0.5
    cuts = [-1.2, -0.4, 0.4, 1.2]
    rated = [np.searchsorted(cuts, level + rng.standard_normal(n * per) * 0.5) for _ in range(2)]
    return rated[0], rated[1], np.repeat(np.arange(n), per)


@pytest.mark.parametrize(("n", "per"), [(25, 1), (60, 1), (30, 2)])
def test_intervals_hold_the_truth_as_often_as_they_say(n: int, per: int) -> None:
    rng = np.random.default_rng(20260115)
    first, second, people = pairs(rng, 100_000, 1)
    true = kappa(first, second, 5, people, "quadratic").value.value
    icc = pair_icc(first, second, people, "one_way").value
    assert true is not None and icc is not None
    held, held_icc, studies = 0, 0, 1_500
    for _ in range(studies):
        found = kappa(*(own := pairs(rng, n, per))[:2], 5, own[2], "quadratic").value
        alike = pair_icc(*own, "one_way")
        held += found.low is not None and found.low <= true <= (found.high or 2)
        held_icc += alike.low is not None and alike.low <= icc <= (alike.high or 2)
    # 1,500 studies: a standard error of .0056; small samples of steps are not normal
    assert 0.92 < held / studies < 0.98, held / studies
    assert 0.92 < held_icc / studies < 0.98, held_icc / studies
    print(n, per, held / studies, held_icc / studies)
