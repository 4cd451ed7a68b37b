"""Two regressions of many completed tables at once: as R's systemfit, row by row."""

import numpy as np
import pytest
from pytest import approx

from cesp_analysis.economics.completed_pairs import stacked
from cesp_analysis.models.least_squares import least_squares
from economic_records import DATA, R, columns

COST, QALY, N = DATA["cost"], DATA["qaly"], len(DATA["arm"])
ROWS = np.random.default_rng(11).integers(N, size=(6, N))
X = columns("age", "before", "utility", "arm")


def arranged(x: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Columns (b, n, m): those of both, the arm last; cost, QALYs."""
    return np.asarray(np.column_stack([x, COST, QALY])[rows])


def test_the_table_itself_is_rs_systemfit() -> None:
    found = stacked(arranged(columns("age", "arm"), np.arange(N)[None]))
    assert found.effects[0] == approx(R["same"]["delta"], rel=1e-10)


def test_each_table_is_fitted_by_itself() -> None:
    found = stacked(arranged(X, ROWS))
    for rows, own in zip(ROWS, found.effects, strict=True):
        alone = [least_squares(y[rows], X[rows]).coef[-1] for y in (COST, QALY)]
        assert own == approx(alone, rel=1e-8)


def test_pence_and_arms_exchanged() -> None:
    tables = arranged(X, ROWS)
    plain = stacked(tables).effects
    pence, turned = tables.copy(), tables.copy()
    pence[:, :, -2] *= 100
    turned[:, :, -3] = 1 - turned[:, :, -3]
    assert stacked(pence).effects == approx(plain * [100, 1], rel=1e-9)
    assert stacked(turned).effects == approx(-plain, rel=1e-9)


def test_a_category_that_nobody_of_a_table_has_takes_no_part() -> None:
    """A column of zeros changes nothing."""
    tables = arranged(X, ROWS)
    more = np.insert(tables, 1, 0.0, axis=2)
    assert stacked(more).effects == approx(stacked(tables).effects, rel=1e-12)


def test_tables_that_cannot_be_fitted_are_flagged_and_no_others() -> None:
    tables = arranged(X, ROWS)
    tables[1, :, -3] = 0.0  # nobody in an arm
    tables[3, :, 1] = tables[3, :, -3]  # age is the arm
    found = stacked(tables)
    assert found.singular.tolist() == [False, True, False, True, False, False]
    assert np.isnan(found.effects[[1, 3]]).all()
    assert np.isfinite(found.effects[[0, 2, 4, 5]]).all()


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_units_of_covariates_do_not_matter(scale: float) -> None:
    tables = arranged(X, ROWS)
    plain = stacked(tables).effects
    tables[:, :, 1] *= scale
    assert stacked(tables).effects == approx(plain, rel=1e-8)
