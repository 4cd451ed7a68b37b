"""Numbers that are the same but for rounding are alike wherever a spread is asked for."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from cesp_analysis.alike import all_alike
from cesp_analysis.figures.contacts import alt_text, people_by_contacts
from cesp_analysis.measurement.change import _no_pairs
from cesp_analysis.measurement.responsiveness import mean_change, response_mean
from cesp_analysis.measurement.retest import LIMITS_ALIKE, limits_of_agreement
from cesp_analysis.measurement.spread import spread
from cesp_analysis.numbers import by_size
from cesp_analysis.report.sections.fidelity import _parts

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


@pytest.mark.parametrize(
    ("times", "known", "said"),
    [
        (["a", "b"], [], "no people have a value at any time"),
        (["a", "b"], ["a"], "no people have values at more than one time"),
        (["a"], ["a"], "was measured once"),
        (["a", "b"], ["a", "b"], "no people have values at the first and the last time"),
    ],
)
def test_why_nobody_has_a_first_and_a_last_value(
    times: list[str], known: list[str], said: str
) -> None:
    own: Any = SimpleNamespace(
        first=known[0] if known else None,
        last=known[-1] if known else None,
        time=np.array(times),
    )
    assert _no_pairs(own, "people") == said


def test_which_components_the_overall_score_is_of() -> None:
    assert _parts(3, 3) == "the 3 components" and _parts(1, 1) == "the one component"
    assert _parts(3, 2).startswith("those of the 3 components that are known, where at least 2 are")


def test_a_contact_that_may_have_been_kept_has_a_bar_of_its_own() -> None:
    assert people_by_contacts([0, 2, 2]) == [("0", 1), ("1", 0), ("2", 2)]
    bars = people_by_contacts([0], unknown=3)
    assert bars == [("0", 1), ("not\nknown", 3)]
    assert "not known contacts: 3" in alt_text(bars)
