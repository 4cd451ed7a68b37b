"""Agreement of coders: psych, statsmodels, published values, closed forms, simulation."""

import json
from itertools import permutations
from math import nan
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from statsmodels.stats.inter_rater import fleiss_kappa

from cesp_analysis.interviews.agreement import (
    NO_UNITS,
    NOT_ALL,
    ONE_CATEGORY,
    ONE_CODER,
    Agreement,
    Draws,
    cohen,
    krippendorff,
    percent,
    several,
)
from cesp_analysis.interviews.alpha import counts
from cesp_analysis.interviews.tallies import FEWEST, PERFECT

REFERENCE: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "reference/interviews_agreement.json").read_text(encoding="utf-8")
)
MARKS = np.array(REFERENCE["marks"]["codes"], dtype=float)
STEPS = np.array(REFERENCE["steps"]["codes"], dtype=float) - 1
QUICK = Draws(draws=400)


def at(found: Agreement) -> float:
    """The value, which must be there."""
    assert found.value.value is not None, found.value.reason
    return found.value.value


@pytest.mark.parametrize(("what", "codes"), [("marks", MARKS), ("steps", STEPS)])
def test_kappa_of_two_is_that_of_psych(what: str, codes: np.ndarray) -> None:
    pairs = [cohen(codes[:, p], int(codes.max()) + 1, how=QUICK) for p in ([0, 1], [0, 2], [1, 2])]
    assert [at(one) for one in pairs] == pytest.approx(REFERENCE[what]["pairs"], rel=1e-12)


def test_kappa_worked_by_hand() -> None:
    """20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no: .7 observed, .5 × .6 + .5 × .4 = .5 by chance."""
    codes = np.repeat([[1, 1], [1, 0], [0, 1], [0, 0]], [20, 5, 10, 15], axis=0).astype(float)
    found = cohen(codes, 2, how=QUICK)
    assert at(found) == pytest.approx(0.4, rel=1e-12)
    assert at(percent(codes, 2, how=QUICK)) == pytest.approx(0.7, rel=1e-12)
    assert (found.units, found.left_out) == (50, 0)


RATED = [
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
]  # fmt: skip


def test_fleiss_of_fourteen_coders() -> None:
    """The well-known worked example: 10 units, 5 categories, κ = .210; and statsmodels."""
    codes = np.array([np.repeat(np.arange(5), row) for row in RATED], dtype=float)
    found = several(codes, 5, how=QUICK)
    assert at(found) == pytest.approx(0.210, abs=5e-4)
    assert at(found) == pytest.approx(fleiss_kappa(np.array(RATED)), rel=1e-12)
    assert found.value.low is None and "10 excerpts" in str(found.value.reason)
    of_three = at(several(STEPS, 3, how=QUICK))
    assert of_three == pytest.approx(fleiss_kappa(counts(STEPS, 3)), rel=1e-12)


# Krippendorff (2011), Computing Krippendorff's alpha-reliability: examples A, B and C; and the
# example of the Python package krippendorff, which gives .691.
A = [[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]
B = [["abcde".index(code) for code in own] for own in ("aabbdcccedda", "babbbccceddd")]
C = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, nan, nan, nan],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, nan, 3],
    [nan, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, nan],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, nan],
]
D = [
    [nan, nan, nan, nan, nan, 3, 4, 1, 2, 1, 1, 3, 3, nan, 3],
    [1, nan, 2, 1, 3, 3, 4, 3, nan, nan, nan, nan, nan, nan, nan],
    [nan, nan, 2, 1, 3, 4, 4, nan, 2, 1, 1, 3, 3, nan, 4],
]


@pytest.mark.parametrize(
    ("data", "published", "digits"),
    [
        (A, 0.095, 5e-4), (B, 0.692, 5e-4), (C, 0.743, 5e-4), (D, 0.691358024691358, 1e-14),
    ],
)  # fmt: skip
def test_alpha_is_as_published(data: Any, published: float, digits: float) -> None:
    codes = np.array(data, dtype=float).T
    low = np.nanmin(codes)
    found = at(krippendorff(codes - low, int(np.nanmax(codes) - low) + 1))
    assert found == pytest.approx(published, abs=digits)


def by_definition(codes: np.ndarray) -> float:
    """Alpha by all pairs of codings: 1 − those that differ within units over those of all."""
    paired = codes[(~np.isnan(codes)).sum(axis=1) > 1]
    units = [row[~np.isnan(row)] for row in paired]
    n = sum(map(len, units))
    within = sum(sum(a != b for a, b in permutations(unit, 2)) / (len(unit) - 1) for unit in units)
    whole = np.concatenate(units)
    return 1 - (within / n) / (sum(a != b for a, b in permutations(whole, 2)) / (n * (n - 1)))


def test_alpha_is_its_definition() -> None:
    codes = holes(STEPS, 0.3)
    found = at(krippendorff(codes, 3, how=QUICK))
    assert found == pytest.approx(by_definition(codes), rel=1e-12)


def holes(codes: np.ndarray, share: float, seed: int = 2) -> np.ndarray:
    """Some codings missing."""
    return np.where(np.random.default_rng(seed).random(codes.shape) < share, nan, codes)


def test_alpha_of_complete_codings_is_fleiss_of_a_small_sample() -> None:
    """1 − α = (1 − κ) (n − 1) / n of n codings: chance without replacement."""
    n = STEPS.size
    alpha = at(krippendorff(STEPS, 3, how=QUICK))
    assert 1 - alpha == pytest.approx((1 - at(several(STEPS, 3))) * (n - 1) / n, rel=1e-12)


def test_the_order_of_excerpts_and_coders_does_not_matter() -> None:
    codes = holes(STEPS, 0.2)
    order, who = np.random.default_rng(4).permutation(len(codes)), np.repeat(np.arange(15), 4)
    mixed = codes[order][:, [2, 0, 1]]
    # sums in another order differ in the last digit; the draws are the same
    for one, two in (
        (krippendorff(codes, 3, how=QUICK), krippendorff(mixed, 3, how=QUICK)),
        (percent(codes, 3, how=QUICK), percent(mixed, 3, how=QUICK)),
        (
            krippendorff(codes, 3, groups=who, how=QUICK),
            krippendorff(mixed, 3, groups=who[order], how=QUICK),
        ),
    ):
        assert one.value.low == pytest.approx(two.value.low, rel=1e-9)
        assert (one.units, one.left_out) == (two.units, two.left_out)


def test_who_did_not_code_is_left_out_and_counted() -> None:
    codes = np.vstack([MARKS, [[1, nan, nan]], [[nan, nan, nan]], [[1, 1, nan]]])
    assert (percent(codes, 2, how=QUICK).units, percent(codes, 2, how=QUICK).left_out) == (61, 2)
    assert several(codes, 2, how=QUICK).left_out == 3
    assert at(several(codes, 2, how=QUICK)) == at(several(MARKS, 2, how=QUICK))
    assert krippendorff(codes, 2, how=QUICK).left_out == 2


def width(found: Agreement) -> float:
    """Of the interval, which must be there."""
    assert found.value.low is not None and found.value.high is not None
    return found.value.high - found.value.low


def test_copies_of_excerpts_in_whole_interviews_are_no_more_of_them() -> None:
    """Each interview says everything three times: as wide as once, which excerpts alone are not."""
    groups = np.repeat(np.arange(60), 3)
    thrice = np.repeat(STEPS[:, :2], 3, axis=0)
    once, whole = cohen(STEPS[:, :2], 3), cohen(thrice, 3, groups=groups)
    apart = cohen(thrice, 3)
    # other draws: a limit of 2,000 has an error of about .006
    limits = [once.value.low, once.value.high]
    assert [whole.value.low, whole.value.high] == pytest.approx(limits, abs=0.025)
    assert width(whole) == pytest.approx(width(once), rel=0.05)
    assert width(apart) == pytest.approx(width(once) / 3**0.5, rel=0.05)
    assert "draws of interviews" in whole.value.method


def test_what_is_not_defined_says_why() -> None:
    same, other = np.zeros((30, 2)), np.full((30, 2), nan)
    for found in (cohen(same, 2), several(same, 2), krippendorff(same, 2)):
        assert found.value.value is None and found.value.reason == ONE_CATEGORY
    assert percent(same, 2).value.value == 1.0 and percent(same, 2).value.reason == PERFECT
    for found in (cohen(other, 2), percent(other, 2), krippendorff(other, 2)):
        assert (found.value.reason, found.units, found.left_out) == (NO_UNITS, 0, 30)
    assert several(other, 2).value.reason == NOT_ALL
    assert percent(same[:, :1], 2).value.reason == ONE_CODER
    assert percent(same[:0], 2).value.reason == NO_UNITS
    with pytest.raises(ValueError, match="two coders, not 3"):
        cohen(MARKS, 2)


def test_what_has_no_interval_says_why() -> None:
    agreed = np.repeat(MARKS[:, :1], 2, axis=1)
    found = cohen(agreed, 2)
    assert (at(found), found.value.low, found.value.reason) == (1.0, None, PERFECT)
    few = krippendorff(STEPS[: FEWEST["excerpts"] - 1], 3)
    assert few.value.low is None and "needs at least 20" in str(few.value.reason)
    all_apart = np.array([[0.0, 1.0]] * 25)
    assert "coded alike" in str(krippendorff(all_apart, 2).value.reason)
    once = np.vstack([np.zeros((40, 2)), [[0, 1]]])  # drawn in 63 of 100 draws
    assert "too few excerpts differ" in str(krippendorff(once, 2).value.reason)
    groups = np.repeat(np.arange(6), 10)
    assert "6 interviews" in str(cohen(STEPS[:, :2], 3, groups=groups).value.reason)


def drawn(
    rng: np.random.Generator, n: int, shares: list[float], coders: int, lost: float
) -> np.ndarray:
    """Codings of n excerpts: with .8 what is true, else by chance; some are missing."""
    k = len(shares)
    true = rng.choice(k, n, p=shares)[:, None]
    own = np.where(rng.random((n, coders)) < 0.8, true, rng.choice(k, (n, coders), p=shares))
    return np.where(rng.random((n, coders)) < lost, nan, own)


KINDS = {
    "cohen": lambda codes, k: cohen(codes, k, how=QUICK),
    "fleiss": lambda codes, k: several(codes, k, how=QUICK),
    "alpha": lambda codes, k: krippendorff(codes, k, how=QUICK),
}


@pytest.mark.parametrize(
    ("kind", "n", "shares", "coders", "lost"),
    [
        ("cohen", 40, [0.5, 0.5], 2, 0.0), ("cohen", 100, [0.8, 0.2], 2, 0.0),
        ("fleiss", 60, [0.8, 0.2], 3, 0.0), ("alpha", 100, [0.8, 0.2], 3, 0.2),
        ("alpha", 60, [0.2] * 5, 3, 0.2),
    ],
)  # fmt: skip
def test_intervals_hold_the_truth_about_as_often_as_they_say(
    kind: str, n: int, shares: list[float], coders: int, lost: float
) -> None:
    rng, studies = np.random.default_rng(20260115), 300
    # what is true of many: both coders keep what is true with .8, so that .64 of agreement is not
    # by chance, whatever the shares
    true = 0.64
    held = 0
    for _ in range(studies):
        found = KINDS[kind](drawn(rng, n, shares, coders, lost), len(shares)).value
        if found.low is not None and found.high is not None:
            held += found.low <= true <= found.high
    print(kind, n, shares, held / studies)
    # a standard error of .013 of 300 studies
    assert 0.915 < held / studies < 0.985, held


def by_interview(rng: np.random.Generator, interviews: int) -> tuple[np.ndarray, np.ndarray]:
    """Codings of 20 excerpts of each interview, and whose they are: some interviews are hard."""
    whose = np.repeat(np.arange(interviews), 20)
    keep = np.where(rng.random(interviews) < 0.4, 0.5, 0.95)[whose, None]
    true = (rng.random(len(whose)) < rng.beta(1, 2, interviews)[whose])[:, None]
    kept, by_chance = rng.random((len(whose), 2)) < keep, rng.random((len(whose), 2)) < 1 / 3
    return np.where(kept, true, by_chance).astype(float), whose


def test_interviews_drawn_whole_hold_the_truth_where_excerpts_do_not() -> None:
    rng, studies = np.random.default_rng(20260115), 150
    true = at(cohen(by_interview(rng, 10_000)[0], 2, how=Draws(draws=2)))
    held = np.zeros(2)
    for _ in range(studies):
        codes, whose = by_interview(rng, 20)
        whole, apart = cohen(codes, 2, whose, QUICK).value, cohen(codes, 2, how=QUICK).value
        for i, one in enumerate((whole, apart)):
            assert one.low is not None and one.high is not None
            held[i] += one.low <= true <= one.high
    print(held / studies)
    # a standard error of .018 of 150 studies; of excerpts' intervals two in three hold it
    assert held[0] / studies > 0.90 and held[1] / studies < 0.82, held


def test_plain_agreement_is_of_all_pairs_whether_three_coders_coded_or_two() -> None:
    """One unit of three codings, of which one pair of three agrees, and one of two that agree."""
    codes = np.array([[1, 1, 0], [1, 1, nan], [1, nan, nan]])
    found = percent(codes, 2, how=QUICK)
    assert at(found) == pytest.approx(2 / 4, rel=1e-12)
    assert (found.units, found.left_out) == (2, 1)
    assert "share of all pairs of codings that agree" in str(found.value.method)
