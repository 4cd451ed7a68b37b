"""Whether chains have settled: the drift of their mean, what hangs, and how often that is wrong."""

import numpy as np
import pytest
from scipy import stats

from cesp_analysis.missing.chained import impute
from cesp_analysis.missing.imputed import Trace
from cesp_analysis.missing.settling import HANGS, drift, drifts
from gap_tables import correlated, recipe_of


def trace(means: np.ndarray, column: str = "a") -> Trace:
    return Trace(column, "", means, np.ones_like(means))


def hangs(found: object) -> bool:
    low = getattr(found, "at_least", None)
    return low is not None and low > HANGS


def test_the_drift_is_the_paired_t_test_of_two_rounds_and_ranks_are_spearmans() -> None:
    means = np.random.default_rng(1).normal(size=(10, 30)) + np.arange(10)[:, None] * 0.2
    found = drift(trace(means), columns=12)
    assert found is not None and found.rounds == 4
    test = stats.ttest_rel(means[9], means[5])
    assert found.in_errors == pytest.approx(test.statistic, rel=1e-12)
    assert found.limit == pytest.approx(stats.t.isf(0.05 / 12 / 4, 29), rel=1e-9)
    assert found.follows == pytest.approx(stats.spearmanr(means[5], means[9])[0], rel=1e-12)


def test_a_mean_that_moves_and_chains_that_hang_are_told() -> None:
    rng = np.random.default_rng(2)
    moves = rng.normal(size=(10, 50)) + np.arange(10)[:, None] / 2
    (said,) = list(drifts([trace(moves)])["a", ""].sentences())
    assert said.startswith("the mean of what is imputed still moves: by ") and "iterations" in said
    stays = rng.normal(size=50) + rng.normal(0, 0.3, (10, 50))
    (said,) = list(drifts([trace(stays)])["a", ""].sentences())
    assert said.startswith("what is imputed still follows what was imputed 4 rounds before")
    frozen = np.tile(rng.normal(size=50), (10, 1))
    found = drifts([trace(frozen)])["a", ""]
    assert hangs(found) and found.in_errors is None and len(list(found.sentences())) == 1


def test_what_cannot_be_told_is_not_told() -> None:
    rng = np.random.default_rng(3)
    assert drift(trace(rng.normal(size=(3, 50))), 1) is None  # three rounds
    assert drift(trace(rng.normal(size=(10, 1))), 1) is None  # one chain
    assert drift(trace(np.full((10, 50), 3.3)), 1) is None  # one value
    few = drift(trace(np.tile(rng.normal(size=5), (10, 1))), 1)
    assert few is not None and few.follows is None and not few.drifts


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["normal", "few yes", "skewed"])
def test_chains_that_have_settled_are_called_otherwise_in_one_study_of_twenty(kind: str) -> None:
    """400 studies of 40 columns, 20 chains of 5 rounds; three errors above the limit of 5%."""
    rng = np.random.default_rng(4)
    draws = {
        "normal": lambda: rng.normal(size=(40, 5, 20)),
        "few yes": lambda: rng.binomial(6, 0.15, (40, 5, 20)) / 6,
        "skewed": lambda: rng.exponential(size=(40, 5, 20)) ** 2,
    }
    wrong = 0
    for _ in range(400):
        traces = [trace(means, str(j)) for j, means in enumerate(draws[kind]())]
        wrong += any(one.drifts or hangs(one) for one in drifts(traces).values())
    assert wrong / 400 < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)


def test_chains_of_the_engine() -> None:
    """50 tables of independent gaps, 5 rounds: R-hat is up to 1.3, and no drift is more than 5%."""
    wrong, largest = 0, 0.0
    for seed in range(50):
        recipe = recipe_of((None, *["norm"] * 5), iterations=5)
        made = impute(correlated(80, 6, 0.25, seed=seed), recipe, 20, seed=seed)
        wrong += any(one.drifts or hangs(one) for one in drifts(made.traces).values())
        largest = max(largest, *(one.r_hat or 0 for one in made.traces))
    assert wrong <= 7  # of 50 at 5%, more in one of a thousand
    assert largest > 1.2  # which is why R-hat of few rounds is no yardstick


def test_from_where_random_answers_put_them_slow_chains_still_move() -> None:
    """Correlation 0.94, the same people lack both, and those who do are below the others."""
    rng = np.random.default_rng(5)
    a = np.sort(rng.normal(size=200))
    x, y = (a + rng.normal(0, 0.25, 200) for _ in range(2))
    y = x + rng.normal(0, 0.35, 200)
    x[:80], y[:80] = np.nan, np.nan
    a[100] = np.nan
    recipe = recipe_of(("norm",) * 3, iterations=4, monotone=False)
    made = impute(np.column_stack([a, x, y]), recipe, 100, seed=1)
    found = drifts(made.traces)
    assert found["b", ""].drifts or found["c", ""].drifts
