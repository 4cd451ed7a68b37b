"""QALYs: weights of utilities against the integral computed point by point."""

import numpy as np
import pytest

from cesp_analysis.economics.qalys import cost_weights, duration, utility_weights

NOBODY = np.array([np.nan])


def integral(times, utilities, died, horizon, discount, steps=400_000):
    """The integral of one person's curve, by the midpoints of small steps."""
    t = (np.arange(steps) + 0.5) * horizon / steps
    x, y = list(times), list(utilities)
    if died is not None:
        keep = [at for at in range(len(x)) if x[at] < died]
        x, y = [*(x[at] for at in keep), died], [*(y[at] for at in keep), 0.0]
    u = np.interp(t, x, y)
    return float((u / (1 + discount) ** np.floor(t)).mean() * horizon)


def test_trapezoids_of_a_year():
    weights = utility_weights(np.array([[0, 0.5, 1.0]]), [0, 0.5, 1], NOBODY, 1.0, 0.035)
    assert weights.tolist() == [[0.25, 0.5, 0.25]]


@pytest.mark.parametrize(
    ("times", "died", "horizon"),
    [
        ([0, 0.46, 1.1], None, 1.0),  # the last answer after the end
        ([0, 0.46, 0.9], None, 1.0),  # the last one stays until the end
        ([0, 0.5, 1.0], 0.7, 1.0),
        ([0, 0.5, 1.0], 0.3, 1.0),
        ([0, 0.5, 0.9], 0.95, 1.0),
        ([0, 1.2, 2.6], None, 3.0),  # discounted in the second and third year
        ([0, 1.2, 2.6], 2.1, 3.0),
    ],
)
def test_weights_give_the_integral(times, died, horizon):
    utilities = np.array([0.7, 0.5, 0.9])
    end = np.array([np.nan if died is None else died])
    weights = utility_weights(np.array([times]), times, end, horizon, 0.035)
    found = float(weights[0] @ utilities)
    assert found == pytest.approx(integral(times, utilities, died, horizon, 0.035), abs=1e-5)


def test_a_time_without_an_answer_stands_at_its_planned_place():
    weights = utility_weights(np.array([[0, np.nan, 1.0]]), [0, 0.5, 1], NOBODY, 1.0, 0.0)
    assert weights.tolist() == [[0.25, 0.5, 0.25]]


def test_after_a_death_no_answer_counts():
    weights = utility_weights(np.array([[0, 0.5, 1.0]]), [0, 0.5, 1], np.array([0.25]), 1.0, 0.0)
    assert weights.tolist() == [[0.125, 0, 0]]


def test_a_utility_of_one_gives_the_duration():
    weights = utility_weights(np.array([[0, 1.0, 2.5]]), [0, 1, 2.5], NOBODY, 2.5, 0.035)
    assert weights.sum() == pytest.approx(duration(2.5, 0.035), rel=1e-12)
    assert duration(2.5, 0.035) == pytest.approx(1 + 1 / 1.035 + 0.5 / 1.035**2, rel=1e-12)


def test_costs_are_discounted_by_the_years_in_which_they_fall():
    weights = cost_weights([0, 1, 2.5], 0.035)
    expected = [0, 1, (1 / 1.035 + 0.5 / 1.035**2) / 1.5]
    assert weights == pytest.approx(expected, rel=1e-12)
