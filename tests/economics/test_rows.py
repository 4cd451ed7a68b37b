"""Rows of an evaluation: of how many people each is, and whose costs are none."""

import numpy as np
import pytest

from cesp_analysis.economics.by_log import log_row
from cesp_analysis.economics.cases import Case
from cesp_analysis.economics.data import complete_of
from cesp_analysis.economics.estimated import COST_ALONE, Quantity, refused
from cesp_analysis.economics.evaluated import _complete
from cesp_analysis.economics.imputing import known_of, observed_of
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


def test_who_is_complete_but_for_what_was_before_is_in_what_is_not_adjusted() -> None:
    found = answers(30)
    found["cost"][:8, 0] = np.nan  # of the intervention arm
    found["cost"][50:53, 2] = np.nan
    how = spec()
    frame = framed(how, people(found))
    rows = list(_complete(how, Case("base", "nhs", "England", frame)))
    sizes = {(row["approach"], row["model"], row["quantity"]): row for row in rows}
    for (approach, _, quantity), row in sizes.items():
        if not quantity.startswith(("cost_", "qaly_")):
            n = 57 if approach == "unadjusted" else 49
            assert (row["n_obs"], row["n_units"]) == (n, n)
    plain = sizes["unadjusted", "net_benefit", "cost"]
    cost = found["cost"][:, 1:].sum(axis=1)
    assert plain["estimate"] == pytest.approx(cost[:30].mean() - np.nanmean(cost[30:]))
    assert sizes["unadjusted", "net_benefit", "cost_intervention"]["n_units"] == 30
    assert sizes["gain", "net_benefit", "cost"]["n_smaller_arm"] == 22
    assert known_of(frame) == 57
