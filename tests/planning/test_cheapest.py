"""Costs of a trial, the cheapest that reaches its targets, and the front of cost and assurance."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cesp_analysis.declared.planning import TrialCosts
from cesp_analysis.planning.cheapest import Candidates, cheapest, on_front
from cesp_analysis.planning.front import front
from cesp_analysis.planning.trial_costs import Visits, cost_of, visits

HALF = np.array([0.5, 0.5])
BASELINE = np.array([[0.0, 0], [0, 1]])
COSTS = TrialCosts(fixed=1000, location=500, person=20, survey=50, assessment=10, source="s")
Points = list[tuple[float, float]]
points = st.lists(
    st.tuples(st.integers(0, 9).map(float), st.integers(0, 9).map(lambda i: i / 9)), max_size=40
)


def test_costs_by_hand() -> None:
    """10 locations of 8: 1,000 + 10 × 500 + surveys, people and assessments of two periods."""
    cohort = visits(BASELINE, HALF, "cohort")
    assert cohort == Visits(2, 1)
    ten, eight = np.array([10.0]), np.array([8.0])
    assert cost_of(COSTS, cohort, ten, eight)[0] == 1000 + 5000 + 20 * 50 + 80 * 20 + 160 * 10
    others = visits(BASELINE, HALF, "cross_section")
    assert cost_of(COSTS, others, ten, eight)[0] == 1000 + 5000 + 1000 + 160 * 20 + 160 * 10
    assert visits(np.array([[0.0], [1]]), HALF, "cohort") == Visits(1, 1)


def test_cells_that_nobody_measures_cost_nothing() -> None:
    stairs = np.array([[0.0, 1, np.nan], [np.nan, 0, 1], [0, 0, 1]])
    assert visits(stairs, np.array([0.25, 0.25, 0.5]), "cross_section").surveys == 2.5


@given(points)
def test_the_front_is_those_that_none_beats(trials: Points) -> None:
    cost, assurance = (np.array(one) for one in zip(*trials, strict=True)) if trials else ([], [])
    found = front(np.array(cost), np.array(assurance)).tolist()

    def beaten(at: int) -> bool:
        c, a = trials[at]
        return any(x <= c and y >= a and (x, y) != (c, a) for x, y in trials)

    assert sorted(found) == [at for at in range(len(trials)) if not beaten(at)]
    assert [trials[at] for at in found] == sorted(trials[at] for at in found)


@given(points, st.randoms())
def test_the_front_does_not_depend_on_order(trials: Points, rng: "np.random.Generator") -> None:
    turned = trials[::-1]
    made = [
        sorted(some[at] for at in front(*np.array(some, dtype=float).reshape(-1, 2).T))
        for some in (trials, turned)
    ]
    assert made[0] == made[1]


def test_no_answer_is_on_no_front() -> None:
    assert front(np.array([1, 2, 3]), np.array([np.nan, 0.5, 0.6])).tolist() == [1, 2]
    assert front(np.array([1.0]), np.array([np.nan])).tolist() == []


def test_the_cheapest_reaches_both_and_nothing_cheaper_does() -> None:
    rng = np.random.default_rng(1)
    made = Candidates(*rng.random((4, 60)))
    at = cheapest(made, 0.7, 0.6)
    able = (made.power >= 0.7) & (made.assurance >= 0.6)
    assert at is not None and able[at]
    assert made.cost[at] == made.cost[able].min()
    kept = on_front(made)
    assert np.all(np.diff(made.cost[kept]) > 0) and np.all(np.diff(made.assurance[kept]) > 0)
    assert made.assurance[kept[-1]] == made.assurance.max()
    assert cheapest(made, 0.7, 1.5) is None


def test_of_equal_cost_the_most_assurance_then_the_fewest_locations() -> None:
    locations, assurance = np.array([9.0, 8, 7, 6]), np.array([0.9, 0.9, 0.8, np.nan])
    assert cheapest(Candidates(locations, np.ones(4), np.ones(4), assurance), 0.8, 0.7) == 1
