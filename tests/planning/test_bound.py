"""Assurance by planning's own answers: the closed form, partial nesting, bad assumptions."""

import numpy as np
import pytest

from cesp_analysis.planning.ancova import adjusted
from cesp_analysis.planning.assurance import Answer, assured
from cesp_analysis.planning.individual import Individual, answered_individual
from cesp_analysis.planning.layouts import parallel_baseline, parallel_post, stepped_wedge
from cesp_analysis.planning.outside import published, site_pairs
from cesp_analysis.planning.scenarios import Scenarios
from cesp_analysis.planning.uncertain import Uncertain
from cesp_analysis.planning.worth import Decision, for_net_benefit, worth
from cesp_analysis.streams import stream
from planning_answers import of_adjusted, of_individual, of_layout
from planning_closed import post_only, with_baseline

GRID = {"locations": np.array([12.0, 24, 40]), "people": np.array([20.0, 30, 50])}


def drawn(draws: int = 300, structure: str = "block_exchangeable") -> Uncertain:
    """SD and IAC drawn, pairs published."""
    rng = stream(1, "bound")
    pairs = site_pairs(published(structure), structure, 2, draws, rng)
    return Uncertain(
        {"sd": 2 * np.exp(0.1 * rng.standard_normal(draws)), "icc": pairs.icc, "cac": pairs.cac,
         "iac": rng.beta(20, 15, draws)}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("own", "closed"),
    [
        (of_layout(parallel_post()), post_only),
        (of_layout(parallel_baseline(), sampling="cohort"), with_baseline),
    ],
)
def test_two_arms_are_the_closed_form(own: Answer, closed: Answer) -> None:
    one, other = (assured(answer, GRID, drawn(), 0.8) for answer in (own, closed))
    assert one.value == pytest.approx(other.value, abs=1e-12)
    assert one.low == pytest.approx(other.low, abs=1e-12)
    assert one.high == pytest.approx(other.high, abs=1e-12)


def test_a_wedge_lies_between_the_ends_of_its_power() -> None:
    wedge = stepped_wedge(4)
    made = assured(of_layout(wedge, structure="decay"), GRID, drawn(64, "decay"), 0.8)
    assert np.all((made.low < made.value) & (made.value < made.high))
    assert made.unanswered.tolist() == [0, 0, 0]


def test_the_analysis_as_run_has_its_own_power() -> None:
    known = Uncertain({name: one[[0, 0]] for name, one in drawn(2).values.items()})
    made = assured(of_adjusted(), GRID, known, 0.8)
    own = adjusted(Scenarios.of(**GRID, effect=0.8, **{n: v[0] for n, v in known.values.items()}))
    assert made.value == pytest.approx(own.power)


def test_people_randomised_within_locations() -> None:
    known = Uncertain({"sd": np.full(2, 2.0), "worker_icc": np.full(2, 0.04)})
    made = assured(of_individual(caseload=10), GRID, known, 0.6)
    n = GRID["locations"] * GRID["people"]
    own = answered_individual(
        Individual.of(locations=GRID["locations"], workers=n / 20, caseload=10, controls=n / 2,
                      effect=0.6, sd=2, worker_icc=0.04)
    )  # fmt: skip
    assert made.value == pytest.approx(own.power)


def test_an_assumption_that_cannot_be_leaves_no_answer() -> None:
    known = drawn(50)
    wrong = Uncertain({**known.values, "icc": np.where(np.arange(50) < 3, 1.0, 0.05)})
    made = assured(of_layout(parallel_post()), GRID, wrong, 0.8)
    assert made.unanswered.tolist() == [3, 3, 3] and np.isnan(made.value).all()
    few = {"locations": np.array([2.0]), "people": np.array([9.0])}
    assert np.isnan(assured(of_layout(parallel_post()), few, known, 0.8).value[0])


def test_a_trial_of_a_layout_has_a_worth() -> None:
    known = for_net_benefit(drawn(), 4000.0)
    layout = of_layout(parallel_baseline(), sampling="cohort")
    made = worth(layout, GRID, known, Decision(150, 400**2, 1000, 10), np.array([1e4, 2e4, 4e4]))
    after = worth(post_only, GRID, known, Decision(150, 400**2, 1000, 10), np.zeros(3))
    assert made.per_person == pytest.approx(after.per_person)  # a baseline foretells nothing
    assert np.all(np.diff(made.alone) > 0)


def test_many_designs_by_two_thousand_draws() -> None:
    """Seconds of 500: benchmarks/planning_assurance.py."""
    k, m = (one.ravel() for one in np.meshgrid(np.arange(8.0, 48, 8), np.arange(10.0, 60, 10)))
    made = assured(of_layout(parallel_post()), {"locations": k, "people": m}, drawn(2000), 0.8)
    assert len(made.value) == 25 and np.isfinite(made.value).all()
    assert np.all(made.error <= 0.5 / np.sqrt(1999))  # of a share between 0 and 1
