"""What is said of how far other bootstrap samples would move numbers."""

import pytest

from cesp_analysis.report.sections.economics_drawn import of_estimates, of_probabilities
from cesp_analysis.withheld import Rounded, Withheld

ROW = {"std_error": 200.0, "monte_carlo": 7.0, "monte_carlo_end": 13.0}
NONE = {"std_error": 200.0, "monte_carlo": None, "monte_carlo_end": 13.0}


def test_the_largest_errors_are_told_in_standard_errors() -> None:
    other = {"std_error": 0.02, "monte_carlo": 0.0009, "monte_carlo_end": 0.001}
    (note,) = of_estimates([ROW, other, NONE])
    assert note.text == (
        "Monte Carlo error: up to 0.04 standard errors, of ends of intervals 0.07."
    )


@pytest.mark.parametrize("row", [NONE, ROW | {"monte_carlo": Withheld()}, ROW | {"std_error": 0.0},
                                 ROW | {"std_error": Withheld()}])  # fmt: skip
def test_nothing_is_told_where_an_error_is_not_known(row: dict[str, object]) -> None:
    assert not list(of_estimates([row]))


def test_released_numbers_tell_them_too() -> None:
    own = {name: Rounded(text) for name, text in
           (("std_error", "200"), ("monte_carlo", "7"), ("monte_carlo_end", "13"))}  # fmt: skip
    assert len(list(of_estimates([own]))) == 1


@pytest.mark.parametrize(
    ("error", "said"), [(0.0163, "1.6"), (0.0049, "0.5"), (Rounded("0.02"), "2")]
)
def test_of_probabilities_in_percentage_points(error: float, said: str) -> None:
    (note,) = of_probabilities([{"monte_carlo": 0.001}, {"monte_carlo": error}])
    assert note.text == f"Monte Carlo error of probabilities: up to {said} percentage points."
    assert not list(of_probabilities([{"monte_carlo": None}, {"monte_carlo": Withheld()}]))
