"""Reference-based imputation worked by hand: three times, two people, covariances that differ."""

import numpy as np
import pytest

from cesp_analysis.missing.reference_based import (
    Profile,
    Strategy,
    expected,
    filled,
    given,
    patterns_of,
)

OWN = Profile(np.array([10.0, 14, 18]), np.array([[2.0, 1, 1], [1, 3, 2], [1, 2, 4]]))
REFERENCE = Profile(np.array([9.0, 10, 12]), np.array([[4.0, 2, 2], [2, 5, 3], [2, 3, 6]]))
PEOPLE = np.array([[11.0, 16, np.nan], [12.0, np.nan, np.nan]])
EXACT = 1e-12  # sums of a dozen small numbers


def test_jump_to_the_references_change() -> None:
    """The reference starts 1 lower: moved to the own start its means are 10, 11, 13.

    First person, lost after the second time. Slopes of the third answer on the first two are the
    reference's: [2 3] [[4 2] [2 5]]^-1, determinant 16, inverse [[5 -2] [-2 4]] / 16, so
    [10 - 6, -4 + 12] / 16 = [1/4, 1/2]. Answers are 1 and 2 above the OWN means 10 and 14:
    13 + 1/4 + 2/2 = 14.25, with variance 6 - (2/4 + 3/2) = 4.

    Second person, lost after the first time, 2 above the own mean. Slopes 2/4 and 2/4, therefore
    11 + 1 = 12 and 13 + 1 = 14. Covariance of both, given the first: [[5 3] [3 6]] less
    [[4 4] [4 4]] / 4 is [[4 2] [2 5]], whose root is [[2 0] [1 2]].
    """
    made = filled(PEOPLE, OWN, REFERENCE, "jump_to_reference", change=True)
    assert made == pytest.approx(np.array([[11, 16, 14.25], [12, 12, 14]]), abs=EXACT)
    first = expected(OWN, REFERENCE, 1, "jump_to_reference", change=True)
    assert given(PEOPLE[:1], np.array([2]), first).cov == pytest.approx(4.0, abs=EXACT)
    second = expected(OWN, REFERENCE, 0, "jump_to_reference", change=True)
    covariance = given(PEOPLE[1:], np.array([1, 2]), second).cov
    assert covariance == pytest.approx(np.array([[4, 2], [2, 5]]), abs=EXACT)


def test_a_draw_is_the_conditional_mean_and_the_root_times_its_numbers() -> None:
    """First: 14.25 + 2 × 0.5 = 15.25. Second, numbers 1 and -1: 12 + 2 = 14, 14 + 1 - 2 = 13."""
    noise = np.array([[9.0, 9, 0.5], [9, 1, -1]])  # those of answers that are there are not used
    made = filled(PEOPLE, OWN, REFERENCE, "jump_to_reference", change=True, noise=noise)
    assert made == pytest.approx(np.array([[11, 16, 15.25], [12, 14, 13]]), abs=EXACT)


def test_the_joint_covariance_of_who_jumps_after_the_second_time() -> None:
    """Before: the own [[2 1] [1 3]]. Across: slopes [1/4 1/2] times it, [1, 1.75].

    After: 4, what the reference leaves unexplained, plus [1/4 1/2] · [1, 1.75] = 1.125.
    """
    made = expected(OWN, REFERENCE, 1, "jump_to_reference", change=True)
    by_hand = np.array([[2, 1, 1], [1, 3, 1.75], [1, 1.75, 5.125]])
    assert made.cov == pytest.approx(by_hand, abs=EXACT)
    assert made.mean == pytest.approx(np.array([10, 14, 13]), abs=EXACT)


@pytest.mark.parametrize(
    ("strategy", "change", "first", "second"),
    [
        # own slopes [1 2] [[2 1] [1 3]]^-1 = [1/5 3/5]: 18 + 1/5 + 6/5; then 1/2 and 1/2 of 2
        ("missing_at_random", True, 19.4, (15, 19)),
        ("jump_to_reference", False, 12 + 1.25, (11, 13)),
        # 14 and the reference's change from the second time on, 2; from the first, 1 and 3
        ("copy_increments", True, 16 + 1.25, (12, 14)),
        ("copy_increments", False, 16 + 1.25, (12, 14)),
        # 1 and 5 above the reference's 10 and 11; unmoved: 2 and 6 above 9 and 10, and 3 above 9
        ("copy_reference", True, 13 + 1 / 4 + 5 / 2, (12, 14)),
        ("copy_reference", False, 12 + 2 / 4 + 6 / 2, (10 + 1.5, 12 + 1.5)),
    ],
)
def test_the_other_strategies(
    strategy: Strategy, change: bool, first: float, second: tuple[float, float]
) -> None:
    made = filled(PEOPLE, OWN, REFERENCE, strategy, change)
    by_hand = np.array([[11, 16, first], [12, *second]])
    assert made == pytest.approx(by_hand, abs=EXACT)


@pytest.mark.parametrize("times", [1, 3, 62, 130])
def test_patterns_are_those_of_sorted_rows(times: int) -> None:
    gone = np.random.default_rng(times).random((300, times)) < 2 / times
    rows, which = np.unique(gone, axis=0, return_inverse=True)
    found, codes = patterns_of(gone)
    assert np.array_equal(found, rows) and np.array_equal(codes, which.ravel())
