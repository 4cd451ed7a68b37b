"""Wedges fitted many at once give what the engine of mixed models gives for their rows."""

from itertools import product

import numpy as np
import pytest

from cesp_analysis.models.nested_df import judged, judged_many
from cesp_analysis.planning.layouts import (
    crossover,
    parallel_baseline,
    parallel_post,
    staircase,
    stepped_wedge,
)
from cesp_analysis.planning.mixed_trials import Fitted, fitted
from cesp_analysis.planning.wedge_draws import Means, cells_of, sums_of
from cesp_analysis.planning.wedge_strata import of_means
from cesp_analysis.planning.wedge_trials import Wedge
from planned import without
from planned_wedges import Rows, means_of, nested_fits, over_time_fit, rows_of

RULES = ("satterthwaite", "kenward_roger")
WHOLE = {
    "wedge": Wedge(stepped_wedge(3), (2, 2, 2), 4, 0.0, 0.03, cac=0.6),
    "crossover": Wedge(crossover(), (4, 4), 5, 0.0, 0.05, cac=0.5),
    "baseline": Wedge(parallel_baseline(), (4, 5), 5, 0.0, 0.05, cac=0.5),
    "change": Wedge(parallel_baseline(), (4, 5), 5, 0.0, 0.05, cac=0.5, analysis="change"),
    "post": Wedge(parallel_post(), (4, 5), 5, 0.0, 0.05),
}
COHORTS = {
    "wedge": Wedge(stepped_wedge(3), (2, 2, 2), 4, 0.0, 0.05, cac=0.6, iac=0.5, sampling="cohort"),
    "baseline": Wedge(
        parallel_baseline(), (4, 5), 5, 0.0, 0.05, cac=0.5, iac=0.1, sampling="cohort"
    ),
    "change": Wedge(
        parallel_baseline(), (4, 5), 5, 0.0, 0.1, iac=0.7, sampling="cohort", analysis="change"
    ),
}


def by_cells(trial: Wedge, means: Means, rule: str) -> Fitted:
    return fitted(cells_of(trial, means), np.eye(trial.x.shape[-1])[-1], rule)  # type: ignore[arg-type]


def by_sums(trial: Wedge, means: Means, rule: str) -> Fitted:
    return fitted(sums_of(trial, means), np.eye(trial.x.shape[-1])[-1], rule)  # type: ignore[arg-type]


def by_strata(trial: Wedge, means: Means, rule: str) -> Fitted:
    own = of_means(trial, means.means, means.within[0])
    return fitted(own, np.ones(1), rule)  # type: ignore[arg-type]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", WHOLE)
def test_cross_sections_measured_alike_are_fitted_as_their_rows_are(name: str, rule: str) -> None:
    trial, r = WHOLE[name], 1000 if name == "wedge" else 150
    sizes = np.full((trial.k, trial.layout.periods), trial.people)
    rows = rows_of(trial, np.random.default_rng(1), r, sizes, np.zeros(trial.k, dtype=int))
    fits = nested_fits(trial, rows)
    lead = np.eye(rows.x.shape[1])[-1]
    error, df = judged_many(fits, lead, rule, "expected")  # type: ignore[arg-type]
    at_zero = fits.variances == 0
    assert name == "post" or at_zero.any(1).mean() > 0.05
    for way in (by_strata, by_cells, by_sums):
        own = way(trial, means_of(trial, rows), rule)
        assert not own.failed.any()
        assert np.array_equal(own.variances[:, :-1] == 0, at_zero)
        np.testing.assert_allclose(own.estimate, fits.coef[:, -1], atol=1e-8)
        np.testing.assert_allclose(own.std_error, error, rtol=1e-8)
        np.testing.assert_allclose(own.df, df, rtol=1e-6)
        np.testing.assert_allclose(own.variances[:, :-1], fits.variances, rtol=1e-6, atol=1e-8)


@pytest.mark.slow
def test_cross_sections_of_any_size_and_period_are_fitted_as_their_rows_are() -> None:
    rng = np.random.default_rng(3)
    layouts = {
        "unequal": (stepped_wedge(3), (2, 3, 2)),
        "staircase": (staircase(4, 1, 2), (2,) * 4),
        "incomplete": (without(stepped_wedge(2), np.array([[0, 0, 1], [0, 0, 0]]) > 0), (4, 4)),
    }
    for layout, locations in layouts.values():
        trial = Wedge(layout, locations, 6, 0.0, 0.06, cac=0.6, size_cv=0.5)
        sizes = rng.integers(1, 9, (trial.k, layout.periods))
        rows = rows_of(trial, rng, 150, sizes, np.zeros(trial.k, dtype=int))
        fits = nested_fits(trial, rows)
        assert (fits.variances == 0).any(1).mean() > 0.05
        for rule, way in product(RULES, (by_cells, by_sums)):
            own = way(trial, means_of(trial, rows), rule)
            error, df = judged_many(fits, np.eye(rows.x.shape[1])[-1], rule, "expected")  # type: ignore[arg-type]
            np.testing.assert_allclose(own.estimate, fits.coef[:, -1], atol=1e-8)
            np.testing.assert_allclose(own.std_error, error, rtol=1e-7)
            np.testing.assert_allclose(own.df, df, rtol=1e-6)
            assert np.array_equal(own.variances[:, :-1] == 0, fits.variances == 0)


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", COHORTS)
def test_cohorts_are_fitted_as_their_rows_are(name: str, rule: str) -> None:
    trial = COHORTS[name]
    sizes = np.full((trial.k, trial.layout.periods), trial.people)
    rows = rows_of(trial, np.random.default_rng(4), 20, sizes, np.zeros(trial.k, dtype=int))
    for way in (by_strata, by_cells):
        agree_one_by_one(trial, rows, way(trial, means_of(trial, rows), rule), rule)


@pytest.mark.slow
def test_cohorts_of_whom_people_leave_are_fitted_as_their_rows_are() -> None:
    rng = np.random.default_rng(5)
    for layout, locations in ((stepped_wedge(3), (2, 2, 2)), (parallel_baseline(), (4, 4))):
        trial = Wedge(
            layout, locations, 6, 0.0, 0.06, cac=0.6, iac=0.4, sampling="cohort", retention=0.7
        )
        sizes = np.repeat(rng.integers(2, 7, (trial.k, 1)), layout.periods, axis=1)
        rows = rows_of(trial, rng, 15, sizes, rng.integers(0, 4, trial.k))
        for rule in RULES:
            agree_one_by_one(trial, rows, by_cells(trial, means_of(trial, rows), rule), rule)


def agree_one_by_one(trial: Wedge, rows: Rows, own: Fitted, rule: str) -> None:
    """The same estimates, errors and df as of single fits, zeros at the same places."""
    assert not own.failed.any()
    lead = np.eye(rows.x.shape[1])[-1]
    for number in range(len(rows.y)):
        fit = over_time_fit(trial, rows, number)
        error, df = judged(fit, lead, rule, "expected")  # type: ignore[arg-type]
        np.testing.assert_allclose(own.variances[number, :-1], fit.variances, rtol=1e-5, atol=1e-8)
        np.testing.assert_allclose(own.estimate[number], fit.coef[-1], atol=1e-8)
        np.testing.assert_allclose(own.std_error[number], error, rtol=1e-7)
        np.testing.assert_allclose(own.df[number], df, rtol=1e-6)
