"""What a trial is worth: economics' own functions at the design's variance."""

import numpy as np
import pytest

from cesp_analysis.economics.value_of_information import enbs, evsi, unit_normal_loss
from cesp_analysis.planning.layouts import parallel_post
from cesp_analysis.planning.outside import published
from cesp_analysis.planning.uncertain import Uncertain
from cesp_analysis.planning.worth import ASSUMED, Decision, alone_of, for_net_benefit, worth
from planning_answers import of_layout
from planning_closed import post_only
from planning_reference import MADE

ICC = np.array([pair.rho for pair in published("decay").pairs])
KNOWN = Uncertain({"sd": np.ones(16), "icc": ICC, "retention": np.ones(16)})
DECISION = Decision(150, 400, incidence=1000, years=10)
GRID = {"locations": np.array([8.0, 24, 80, 24]), "people": np.array([30.0, 30, 30, 1])}


def test_averaged_over_pairs_as_r_integrates() -> None:
    made = worth(post_only, GRID, for_net_benefit(KNOWN, 4000.0), DECISION, np.zeros(4))
    assert made.per_person[1] == pytest.approx(MADE["evsi"], rel=1e-6)


def test_one_by_one_it_is_economics_own_trial() -> None:
    """No likeness: n people an arm, variance 2 σ² / n, as `economics.informed` reckons."""
    known = Uncertain({"sd": np.full(3, 4000.0), "icc": np.zeros(3)})
    costs = np.array([100.0, 200, 300, 400])
    made = worth(post_only, GRID, known, DECISION, costs)
    arms = GRID["locations"] * GRID["people"] / 2
    own = evsi(np.array(150.0), np.array(400.0**2), 2 * 4000**2 / arms)
    assert made.per_person == pytest.approx(own)
    assert made.error == pytest.approx(0, abs=1e-9)
    assert made.alone == pytest.approx(2 * arms)
    people = DECISION.people()
    assert made.net == pytest.approx(enbs(own, people, costs))
    assert made.population == pytest.approx(people * own)


def test_likeness_costs_people() -> None:
    """Alone: the people over the design effect."""
    known = Uncertain({"sd": np.full(2, 4000.0), "icc": np.full(2, 0.05)})
    made = worth(post_only, GRID, known, DECISION, np.zeros(4))
    n = GRID["locations"] * GRID["people"]
    assert made.alone == pytest.approx(n / (1 + (GRID["people"] - 1) * 0.05))
    assert alone_of(np.array([2.0]), np.array([0.4]))[0] == pytest.approx(100)


def test_no_trial_is_worth_more_than_knowing_all() -> None:
    huge = {"locations": np.array([4.0, 1e9]), "people": np.array([2.0, 1e6])}
    made = worth(post_only, huge, for_net_benefit(KNOWN, 4000.0), DECISION, np.zeros(2))
    most = unit_normal_loss(np.array(150.0), np.array(400.0))
    assert made.per_person[0] < made.per_person[1] < most * (1 + 1e-12)
    assert made.per_person[1] == pytest.approx(float(most), rel=1e-3)


def test_the_best_leaves_most_and_nothing_pays_at_any_price() -> None:
    costs = 500 * GRID["locations"]
    made = worth(post_only, GRID, for_net_benefit(KNOWN, 4000.0), DECISION, costs)
    assert made.best is not None and made.net[made.best] == made.net.max() > 0
    dear = worth(post_only, GRID, for_net_benefit(KNOWN, 4000.0), DECISION, 1e6 * costs)
    assert dear.best is None


def test_a_trial_without_an_answer_has_no_worth() -> None:
    two = {"locations": np.array([2.0, 24]), "people": np.array([30.0, 30])}
    made = worth(
        of_layout(parallel_post()), two, for_net_benefit(KNOWN, 4000.0), DECISION, np.ones(2)
    )
    assert np.isnan(made.per_person[0]) and np.isnan(made.net[0]) and np.isnan(made.alone[0])
    assert made.best == 1


def test_a_late_result_serves_fewer() -> None:
    late = Decision(150, 400, 1000, 10, delay=3)
    assert late.people() == pytest.approx(1000 * (1.035 ** -np.arange(3, 10)).sum())
    assert Decision(150, 1, 1000, 10, delay=12).people() == 0
    with pytest.raises(ValueError, match="before it began"):
        Decision(150, 1, 1000, 10, delay=-1).people()


def test_net_benefit_is_not_foretold_unless_declared() -> None:
    made = for_net_benefit(KNOWN, np.full(16, 4000.0))
    assert not made.values["cac"].any() and not made.values["iac"].any()
    assert made.values["sd"] ** 2 * (1 - ICC) == pytest.approx(4000.0**2)
    assert for_net_benefit(KNOWN, 4000.0, iac=0.3).values["iac"].tolist() == [0.3] * 16


def test_assumptions_are_plain() -> None:
    for sentence in ASSUMED:
        assert sentence.endswith(".") and "effective" not in sentence
        assert "significant" not in sentence
