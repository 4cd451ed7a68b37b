"""Two regressions of many completed tables at once: as replicates, as R's systemfit, row by row."""

import numpy as np
import pytest
from pytest import approx

from cesp_analysis.economics.bivariate import fitted
from cesp_analysis.economics.completed_pairs import stacked
from economic_records import COST_X, DATA, QALY_X, R, columns

COST, QALY, N = DATA["cost"], DATA["qaly"], len(DATA["arm"])
RNG = np.random.default_rng(11)
ROWS = RNG.integers(N, size=(6, N))


def arranged(cost_x: np.ndarray, qaly_x: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Columns (b, n, m): constant, age, arm; cost's own; QALYs' own; cost, QALYs."""
    both = np.column_stack([cost_x[:, [0, 2]], DATA["arm"]])
    whole = np.column_stack([both, cost_x[:, 3:], qaly_x[:, 3:], COST, QALY])
    return np.asarray(whole[rows])


def test_the_table_itself_is_rs_systemfit() -> None:
    found = stacked(arranged(COST_X, QALY_X, np.arange(N)[None]), (3, 1, 1))
    assert found.effects[0] == approx(R["adjusted"]["delta"], rel=1e-10)


def test_without_columns_of_their_own_it_is_least_squares() -> None:
    x = columns("arm", "age")
    found = stacked(arranged(x, x, np.arange(N)[None]), (3, 0, 0))
    assert found.effects[0] == approx(R["same"]["delta"], rel=1e-10)


def test_each_table_is_fitted_by_itself() -> None:
    found = stacked(arranged(COST_X, QALY_X, ROWS), (3, 1, 1))
    for rows, own in zip(ROWS, found.effects, strict=True):
        alone = fitted(COST[rows], QALY[rows], COST_X[rows], QALY_X[rows], (1, 1)).delta
        assert own == approx(alone, rel=1e-8)


def test_pence_and_arms_exchanged() -> None:
    tables = arranged(COST_X, QALY_X, ROWS)
    plain = stacked(tables, (3, 1, 1)).effects
    pence, turned = tables.copy(), tables.copy()
    pence[:, :, -2] *= 100
    turned[:, :, 2] = 1 - turned[:, :, 2]
    assert stacked(pence, (3, 1, 1)).effects == approx(plain * [100, 1], rel=1e-9)
    assert stacked(turned, (3, 1, 1)).effects == approx(-plain, rel=1e-9)


def test_a_category_that_nobody_of_a_table_has_takes_no_part() -> None:
    """A column of zeros changes nothing."""
    tables = arranged(COST_X, QALY_X, ROWS)
    more = np.insert(tables, 1, 0.0, axis=2)
    plain = stacked(tables, (3, 1, 1)).effects
    assert stacked(more, (4, 1, 1)).effects == approx(plain, rel=1e-12)


def test_tables_that_cannot_be_fitted_are_flagged_and_no_others() -> None:
    tables = arranged(COST_X, QALY_X, ROWS)
    tables[1, :, 2] = 0.0  # nobody in an arm
    tables[3, :, 1] = tables[3, :, 2]  # age is the arm
    found = stacked(tables, (3, 1, 1))
    assert found.singular.tolist() == [False, True, False, True, False, False]
    assert np.isnan(found.effects[[1, 3]]).all()
    assert np.isfinite(found.effects[[0, 2, 4, 5]]).all()


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_units_of_covariates_do_not_matter(scale: float) -> None:
    tables = arranged(COST_X, QALY_X, ROWS)
    plain = stacked(tables, (3, 1, 1)).effects
    tables[:, :, 1] *= scale
    assert stacked(tables, (3, 1, 1)).effects == approx(plain, rel=1e-8)
