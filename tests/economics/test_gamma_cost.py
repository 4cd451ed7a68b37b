"""Costs by gamma and in two parts: R, closed forms, invariances, refusals, replicates."""

from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from pytest import approx

from cesp_analysis.economics.gamma_cost import ModelledCost, modelled_cost
from cesp_analysis.models.refusals import Collinear, NotEstimable
from cesp_analysis.models.separation import Separated
from cesp_analysis.models.student import t_interval
from economic_records import COST_X, DATA, R, columns, generated

COST, N = DATA["cost"], len(DATA["arm"])
PERSON = np.arange(N)
CLUSTER = DATA["cluster"].astype(int)
SHARED = np.where(DATA["arm"] == 1, DATA["few"] + 40.0, DATA["few"])
"""Everybody of the intervention has a share of what the site shares; some of control: 0."""


def of(name: str, **more: Any) -> ModelledCost:
    """The model of a column of the reference."""
    return modelled_cost(DATA[name], COST_X, 1, **more)


@pytest.mark.parametrize(("name", "column"), [("gamma", "cost"), ("some", "some")])
def test_one_model_is_rs_quasi_likelihood(name: str, column: str) -> None:
    found, known = of(column, form="gamma"), R[name]
    assert found.amount.coef == approx(known["coef"], rel=1e-8, abs=1e-9)
    assert found.means == approx(known["means"], rel=1e-8)
    assert found.delta == approx(known["delta"], rel=1e-8)
    assert found.std_error == approx(known["hc2"], rel=1e-8)
    assert found.zeros == np.mean(DATA[column] == 0) and found.any_cost is None


def test_two_parts_are_rs_two_models_stacked() -> None:
    found, known = of("few"), R["two_parts"]
    assert found.form == "two parts" and found.any_cost is not None
    assert found.any_cost.fit.coef == approx(known["any"], rel=1e-8)
    assert found.amount.coef == approx(known["amount"], rel=1e-6)  # R's scoring ends that far off
    assert found.means == approx(known["means"], rel=1e-8)
    by_worker = of("few", clusters=CLUSTER)
    for ours, theirs in ((found, known["person"]), (by_worker, known["worker"])):
        assert ours.delta == approx(known["delta"], rel=1e-8)
        assert ours.std_error == approx(theirs["std_error"], rel=1e-8)
        assert ours.df == approx(theirs["df"], rel=1e-8)


@pytest.mark.parametrize("name", ["cost", "some", "few"])
def test_without_covariates_it_is_the_difference_of_means(name: str) -> None:
    """Two parts as well: share × mean of the rest is the mean; the errors are HC2's up to its
    treatment of leverage in the two parts."""
    cost, arm = DATA[name], DATA["arm"] == 1
    found = modelled_cost(cost, columns("arm"), 1)
    assert found.delta == approx(cost[arm].mean() - cost[~arm].mean(), rel=1e-9)
    welch = np.sqrt(sum(cost[own].var(ddof=1) / own.sum() for own in (arm, ~arm)))
    assert found.std_error == approx(welch, rel=1e-9 if found.form == "gamma" else 0.01)


@pytest.mark.parametrize("name", ["cost", "few"])
def test_units_labels_and_clusters_of_one(name: str) -> None:
    plain, cost = of(name), DATA[name]
    pence = modelled_cost(100 * cost, COST_X, 1)
    assert (pence.delta, pence.std_error) == approx((100 * plain.delta, 100 * plain.std_error))
    turned = COST_X.copy()
    turned[:, 1] = 1 - turned[:, 1]
    other = modelled_cost(cost, turned, 1)
    assert (other.delta, other.std_error) == approx((-plain.delta, plain.std_error), rel=1e-8)
    assert of(name, clusters=PERSON).std_error == approx(plain.std_error, rel=1e-9)


def test_where_an_arm_has_no_zero_its_probability_of_a_cost_is_one() -> None:
    """Means as by statsmodels: a logit of the control arm alone, a gamma of all costs above 0."""
    arm, some = DATA["arm"] == 1, SHARED > 0
    assert some[arm].all() and not some[~arm].all()
    found = modelled_cost(SHARED, COST_X, 1, form="two parts")
    rest = COST_X[:, [0, 2, 3]]
    chance = sm.GLM(some[~arm] * 1.0, rest[~arm], sm.families.Binomial()).fit(tol=1e-13)
    gamma = sm.families.Gamma(sm.families.links.Log())
    size = sm.GLM(SHARED[some], COST_X[some], gamma).fit(tol=1e-13, maxiter=200)
    there, here = COST_X.copy(), COST_X.copy()
    there[:, 1], here[:, 1] = 0, 1
    known = np.mean(chance.predict(rest) * size.predict(there)), np.mean(size.predict(here))
    assert found.means == approx(known, rel=1e-7)
    assert (
        "logit for any cost in the control arm (in the intervention arm everybody" in found.method
    )


def test_its_error_is_that_of_leaving_out_each_person() -> None:
    """Of 200 people the jackknife's variance is CR3's, CR2's but for leverage (a person's is
    some 2%); turned arms and pence change nothing; clusters of one are people."""
    whole = modelled_cost(SHARED, COST_X, 1, form="two parts")
    without = [
        modelled_cost(SHARED[keep], COST_X[keep], 1, form="two parts").delta
        for keep in (person != PERSON for person in range(N))
    ]
    jackknife = np.sqrt((N - 1) / N * np.sum((np.array(without) - np.mean(without)) ** 2))
    assert whole.std_error == approx(jackknife, rel=0.05)
    turned = COST_X.copy()
    turned[:, 1] = 1 - turned[:, 1]
    other = modelled_cost(100 * SHARED, turned, 1, form="two parts")
    assert (other.delta, other.std_error) == approx((-100 * whole.delta, 100 * whole.std_error))
    alone = modelled_cost(SHARED, COST_X, 1, PERSON, form="two parts")
    assert alone.std_error == approx(whole.std_error, rel=1e-9)


def test_without_covariates_a_certain_arm_is_a_difference_of_means() -> None:
    """HC2's error up to its treatment of leverage in the two parts."""
    arm = DATA["arm"] == 1
    found = modelled_cost(SHARED, columns("arm"), 1, form="two parts")
    assert found.delta == approx(SHARED[arm].mean() - SHARED[~arm].mean(), rel=1e-9)
    welch = np.sqrt(sum(SHARED[own].var(ddof=1) / own.sum() for own in (arm, ~arm)))
    assert found.std_error == approx(welch, rel=0.01)


def test_costs_that_have_no_answer() -> None:
    arm, x = DATA["arm"], COST_X
    for cost, said in (
        (np.zeros(N), "all costs are 0"),
        (np.full(N, 5.0), "every cost is 5"),
        (COST - 300, "costs are below zero"),
        (COST * arm, "all costs of the control arm are 0"),
    ):
        with pytest.raises(NotEstimable, match=said):
            modelled_cost(cost, x, 1)
    with pytest.raises(NotEstimable, match="everybody has a cost"):
        modelled_cost(COST, x, 1, form="two parts")
    alone = np.column_stack([x, arm * (PERSON % 7 == 0)])  # a category of the intervention's
    with pytest.raises(NotEstimable, match="a category that nobody of the control arm has"):
        modelled_cost(SHARED, alone, 1, form="two parts")
    with pytest.raises(NotEstimable, match="0 for some and 1 for others"):
        modelled_cost(COST, x, 2)
    same = np.where(DATA["few"] > 0, 7.0, 0.0)
    with pytest.raises(NotEstimable, match="every cost above 0 is 7"):
        modelled_cost(same, x, 1)
    with pytest.raises(NotEstimable, match="do not vary around the gamma model"):
        modelled_cost(np.where(arm == 1, 5.0, 7.0), columns("arm"), 1)


def test_categories_in_which_all_or_none_are_zero() -> None:
    group = (PERSON % 10 == 0).astype(float)
    x = np.column_stack([COST_X, group])
    with pytest.raises(NotEstimable, match="no finite coefficients: costs of 0 lie apart"):
        modelled_cost(np.where(group == 1, 0.0, COST), x, 1, form="gamma")
    with pytest.raises(Separated):
        modelled_cost(np.where(group == 1, COST, DATA["few"]), x, 1, form="two parts")
    with pytest.raises(Collinear):
        modelled_cost(COST, np.column_stack([x, group]), 1)


def test_very_skewed_costs_reach_their_minimum() -> None:
    """Forty people, shape .3: Fisher scoring does not, one time in ten."""
    rng = np.random.default_rng(9)
    for _ in range(30):
        arm, before = np.arange(40) % 2 * 1.0, rng.gamma(1.0, 300, 40)
        x = np.column_stack([np.ones(40), arm, before])
        cost = rng.gamma(0.3, (200 + 0.6 * before) / 0.3)
        cost[3] = 0.0
        found = modelled_cost(cost, x, 1)
        score = x.T @ (cost * np.exp(-(x @ found.amount.coef)) - 1)
        assert score / np.abs(x).sum(axis=0) == approx(np.zeros(3), abs=1e-11)


@pytest.mark.parametrize("zeros", [0.1, 0.4])
def test_intervals_hold_the_truth(zeros: float) -> None:
    """Simulated: bias, standard error and coverage of both forms within four Monte Carlo errors."""
    rng = np.random.default_rng(10)
    found, truth = [], 60 * (1 - zeros)
    for _ in range(250):
        d = generated(100, rng, zeros)
        one = modelled_cost(d["cost"], columns("arm", "before", data=d), 1)
        assert one.form == ("gamma" if one.zeros <= 0.2 else "two parts")
        low, high = t_interval(one.delta, one.std_error, one.df)
        found.append((one.delta, one.std_error, low <= truth <= high))
    delta, error, held = np.array(found, dtype=float).T
    spread = delta.std(ddof=1)
    assert abs(delta.mean() - truth) < 4 * spread / np.sqrt(250)
    assert np.sqrt(np.mean(error**2)) == approx(spread, rel=4 / np.sqrt(500))
    assert held.mean() > 0.95 - 4 * np.sqrt(0.95 * 0.05 / 250)
