"""Costs by a log link: against R's glm with sandwich, and where there is no answer."""

import numpy as np
import pytest

from cesp_analysis.economics.by_log import log_rows
from cesp_analysis.economics.data import data_of
from cesp_analysis.economics.estimated import quantities
from cesp_analysis.economics.gamma_cost import cost_model, gamma, incremental, variance
from economics_reference import DATA, REFERENCE, N, columns
from evaluated_study import answers, framed, people, spec

X = columns("arm", "age", "before") / np.array([1.0, 1.0, 100.0, 1000.0])
WORKERS = np.where(DATA["worker"] < 0, 1000 + np.arange(N), DATA["worker"]).astype(int)
CODES = np.unique(WORKERS, return_inverse=True)[1]


@pytest.mark.parametrize(("cost", "which"), [("cost", "one_part"), ("zeros", "two_parts")])
def test_r_finds_the_same(cost, which):
    there = REFERENCE[which]
    found = cost_model(DATA[cost], X)
    assert found.two_parts == (which == "two_parts") and not found.reason
    assert found.estimate == pytest.approx(there["estimate"], rel=1e-6, abs=1e-5)
    assert np.sqrt(variance(found.influence)) == pytest.approx(there["se"], rel=1e-6)
    assert np.sqrt(variance(found.influence, CODES)) == pytest.approx(there["clustered"], rel=1e-6)


def test_coefficients_are_glms():
    beta = gamma(DATA["cost"], X, np.ones((1, N)))[0][0] / [1, 1, 100, 1000]
    assert beta == pytest.approx(REFERENCE["one_part"]["coef"], rel=1e-6)


def test_without_covariates_it_is_the_difference_in_means():
    x = columns("arm")
    for cost in (DATA["cost"], DATA["zeros"]):
        found = cost_model(cost, x)
        arm = DATA["arm"] == 1
        assert found.estimate == pytest.approx(cost[arm].mean() - cost[~arm].mean(), rel=1e-7)
        plain = sum(cost[own].var() / own.sum() for own in (arm, ~arm)) * N / (N - 1)
        assert variance(found.influence) == pytest.approx(plain, rel=1e-6)


def test_weights_are_rows_repeated():
    times = DATA["times"].astype(int)
    repeated = np.repeat(np.arange(N), times)
    for cost, two in ((DATA["cost"], False), (DATA["zeros"], True)):
        one = incremental(cost, X, times[None].astype(float), two).values
        written = incremental(cost[repeated], X[repeated], np.ones((1, len(repeated))), two).values
        assert one == pytest.approx(written, rel=1e-7)


def test_the_unit_of_costs_does_not_matter():
    pence = cost_model(DATA["zeros"] * 100, X)
    pounds = cost_model(DATA["zeros"], X)
    assert pence.estimate == pytest.approx(100 * pounds.estimate, rel=1e-6)
    assert variance(pence.influence) == pytest.approx(1e4 * variance(pounds.influence), rel=1e-6)


def test_two_parts_where_more_than_a_fifth_cost_nothing():
    cost = np.linspace(1, 2, 10)
    x = np.column_stack([np.ones(10), np.tile([0.0, 1.0], 5)])
    for zeros, two in ((2, False), (3, True)):
        made = cost.copy()
        made[:zeros] = 0
        found = cost_model(made, x)
        assert (found.two_parts, found.zeros) == (two, zeros / 10)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c, a: np.where(a, 0.0, c), "nobody of the intervention arm cost anything"),
        (lambda c, a: np.where(a, c, 0.0), "nobody of the control arm cost anything"),
        (lambda c, a: np.where(a, c + 1, c * (np.arange(N) % 3 == 0)), "everybody of the inter"),
        (lambda c, a: np.full(N, 5.0), "everybody cost the same"),
    ],
)
def test_a_reason_in_place_of_a_number(change, said):
    found = cost_model(change(DATA["cost"], DATA["arm"] == 1), X)
    assert found.reason.startswith(said) and np.isnan(found.estimate)


def test_separation_by_a_covariate_has_no_answer():
    """Nobody of one category cost anything: its odds run away."""
    old = (DATA["age"] > 65).astype(float)
    x = np.column_stack([columns("arm"), old])
    found = cost_model(np.where(old == 1, 0.0, DATA["cost"]), x)
    assert found.two_parts and "did not converge" in found.reason


def test_rows_of_sets_and_of_one_table():
    frame = framed(spec(), people(answers(40)))
    data = data_of(frame, frame.table)
    kind, rows = log_rows([data], quantities((20_000,)), "HC2", 0.95)
    assert kind == "gamma" and [one.quantity.name for one in rows] == ["cost", "inmb"]
    _, same = log_rows([data] * 3, quantities((20_000,)), "HC2", 0.95)
    for one, three in zip(rows, same, strict=True):
        assert three.estimate == pytest.approx(one.estimate, rel=1e-9)
        assert three.std_error == pytest.approx(one.std_error, rel=1e-9)
        assert three.df < one.df  # as if it were pooled, of which nothing was imputed
