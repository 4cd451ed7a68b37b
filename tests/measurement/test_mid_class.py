"""How an interval lies to none and to the important difference."""

import pytest

from cesp_analysis.measurement.important import mid_class

NONE, ABOVE = "excludes MID", "above MID"
BOTH, BEYOND = "compatible with none and MID", "excludes none, compatible with MID"


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-1.0, 0.99, NONE),
        (0.2, 0.99, NONE),  # better, but less than important
        (-3.0, -2.0, NONE),  # worse: no improvement as large as the MID
        (-1.0, 1.0, BOTH),  # touches the MID
        (0.0, 2.0, BOTH),  # touches none
        (-2.0, 2.0, BOTH),
        (0.01, 1.0, BEYOND),
        (0.5, 3.0, BEYOND),
        (1.0, 3.0, ABOVE),  # touches the MID from above
        (2.0, 3.0, ABOVE),
    ],
)
def test_the_class_is_seen_from_the_side_that_is_better(low: float, high: float, said: str) -> None:
    assert mid_class(low, high, 1.0, "higher_is_better") == said
    assert mid_class(-high, -low, 1.0, "lower_is_better") == said


def test_without_a_better_side_the_interval_s_own_side_counts() -> None:
    assert mid_class(-3.0, -1.5, 1.0, "neither") == ABOVE
    assert mid_class(1.5, 3.0, 1.0, "neither") == ABOVE
    assert mid_class(-0.9, 0.5, 1.0, "neither") == NONE
