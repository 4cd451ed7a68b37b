"""Rows of an evaluation: of how many people each is, and whose costs are none."""

import numpy as np
import pytest

from cesp_analysis.economics.by_log import log_row
from cesp_analysis.economics.data import complete_of
from cesp_analysis.economics.estimated import COST_ALONE, Quantity, refused
from cesp_analysis.economics.imputing import observed_of
from cesp_analysis.economics.rows import smaller_arm
from evaluated_study import answers, framed, people, spec


@pytest.mark.parametrize(
    ("name", "treated", "n"),
    [("cost", (0, 30), 0), ("cost", (30, 0), 0), ("inmb", (12, 30), 12), ("cost", (0, 0), 0),
     ("cost_control", (0, 30), 30), ("qaly_intervention", (30, 0), 30)],
)  # fmt: skip
def test_an_empty_arm_is_the_smaller_one(name: str, treated: tuple[int, int], n: int) -> None:
    arms = np.repeat([True, False], treated)
    one = refused(Quantity(name, None, 1.0, 0.0), 0, len(arms), "why")
    assert smaller_arm(one, arms) == n


def test_who_costs_nothing_is_a_number_beside_the_method() -> None:
    found = answers(30)
    found["cost"][:3] = 0
    frame = framed(spec(), people(found))
    kind, one = log_row([complete_of(frame, observed_of(frame))], 0.95)
    assert (kind, one.quantity) == ("gamma", COST_ALONE)
    assert one.zeros == pytest.approx(3 / 60) and "without" not in one.method
