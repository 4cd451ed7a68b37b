"""Numbers that are the same but for rounding are alike wherever a spread is asked for."""

import numpy as np

from cesp_analysis.alike import all_alike
from cesp_analysis.measurement.responsiveness import mean_change, response_mean
from cesp_analysis.measurement.retest import LIMITS_ALIKE, limits_of_agreement
from cesp_analysis.measurement.spread import spread
from cesp_analysis.numbers import by_size

TENTHS = np.array([0.1, 0.1, 0.1, 0.3 - 0.2, 0.4 - 0.3])
"""0.1 five times, two of them rounded; their standard deviation is no exact 0."""


def test_rounding_is_no_difference() -> None:
    assert TENTHS.std() > 0 and all_alike(TENTHS)
    assert all_alike(np.zeros(4)) and all_alike(np.ones(1)) and all_alike(np.zeros(0))
    assert not all_alike(np.array([1.0, 1.0 + 1e-9])) and not all_alike(np.array([0.0, 1e-15]))


def test_changes_and_values_that_are_alike_have_no_spread() -> None:
    assert mean_change(TENTHS).reason == "everybody changed by the same: no interval"
    assert response_mean(TENTHS).value is None
    assert limits_of_agreement(np.zeros(5), TENTHS).bias.reason == LIMITS_ALIKE
    assert spread([TENTHS, TENTHS + 0.1]).reason == "all values are the same"


def test_thousands_have_fewer_decimals() -> None:
    assert [by_size(2, value) for value in (9.5, -100.0, 999.9, 1000.0, -2e4)] == [2, 1, 1, 0, 0]
    assert by_size(0, 1e6) == 0 and by_size(2, None, 3.0) == 2 and by_size(2, None) == 2
