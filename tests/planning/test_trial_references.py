"""Trials against R's programs (planning_trials.R) and numbers of publications."""

import json
from pathlib import Path

import numpy as np
import pytest

from cesp_analysis.planning.performance import (
    mcse_of_bias,
    mcse_of_empirical_se,
    mcse_of_share,
    performance_of,
    tally,
)
from cesp_analysis.planning.trial_gee import gee
from cesp_analysis.planning.trial_means import location_means_unequal
from cesp_analysis.planning.trial_reml import Fits, fitted
from cesp_analysis.planning.trial_reml_unequal import fitted_unequal
from planned_trials import People, by_location_of, scatter_of

R = json.loads(
    (Path(__file__).parents[1] / "reference" / "planning_trials.json").read_text(encoding="utf-8")
)
UNEQUAL = (4, 9, 14, 6, 20, 3, 11, 7, 15, 5, 8)


def people(sizes: tuple[int, ...], controls: int, spread: float) -> People:
    """The data of planning_trials.R."""
    location = np.repeat(np.arange(len(sizes)), sizes)
    j = location + 1
    i = np.concatenate([np.arange(1, m + 1) for m in sizes])
    arm = (j > controls).astype(float)
    x = 50 + 4 * np.sin(1.7 * j) + 9 * np.sin(2.3 * i + 0.9 * j)
    y = 20 + 0.5 * x + 3 * arm + spread * np.sin(2.9 * j + 0.4) + 7 * np.sin(1.3 * i + 2.1 * j)
    return People(y, x, arm, location)


CASES = {
    "equal": ((8,) * 12, 6, 4.0),
    "unequal": (UNEQUAL, 5, 4.0),
    "none": (UNEQUAL, 5, 0.0),
}


def row(fits: Fits) -> tuple[float, float, float]:
    return float(fits.estimate[0]), float(fits.std_error[0]), float(fits.df[0])


@pytest.mark.parametrize("case", CASES)
def test_the_mixed_model_is_lme4s(case: str) -> None:
    """lmerTest differentiates numerically and lme4 stops at a tolerance: 2e-6 at best."""
    sizes, controls, spread = CASES[case]
    one, own = people(sizes, controls, spread), R[case]
    for rule in ("satterthwaite", "kenward_roger"):
        fits = fitted_unequal(by_location_of([one], controls), rule)  # type: ignore[arg-type]
        assert row(fits) == pytest.approx(own[rule], rel=2e-6)
        assert fits.ratio[0] == pytest.approx(own["ratio"], rel=2e-5)
        if case == "equal":
            sums = scatter_of([one], controls)
            assert row(fitted(sums, rule)) == pytest.approx(own[rule], rel=2e-6)  # type: ignore[arg-type]


@pytest.mark.parametrize("case", CASES)
def test_estimating_equations_are_clubsandwichs(case: str) -> None:
    sizes, controls, spread = CASES[case]
    own = by_location_of([people(sizes, controls, spread)], controls, each=True)
    assert row(gee(own)) == pytest.approx(R[case]["gee_cr2"], rel=1e-8)


@pytest.mark.parametrize("case", CASES)
def test_means_of_locations_are_lms(case: str) -> None:
    sizes, controls, spread = CASES[case]
    fits = location_means_unequal(by_location_of([people(sizes, controls, spread)], controls))
    assert row(fits)[:2] == pytest.approx(R[case]["location_means_t"], rel=1e-10)
    assert fits.df[0] == len(sizes) - 3


def test_monte_carlo_errors_are_those_of_rsimsum() -> None:
    """Three analyses of the MIsim example, n 1,000: shared methods h (printed to six digits)."""
    for empirical, bias, error in (
        (0.151115, 0.004779, 0.003381),
        (0.134428, 0.004251, None),
        (0.132006, 0.004174, None),
    ):
        assert mcse_of_bias(empirical, 1000) == pytest.approx(bias, abs=5e-7)
        if error:
            assert mcse_of_empirical_se(empirical, 1000) == pytest.approx(error, abs=5e-7)
    assert mcse_of_share(0.943, 1000) == pytest.approx(0.007332, abs=5e-7)
    assert mcse_of_share(0.949, 1000) == pytest.approx(0.006957, abs=5e-7)


def test_performance_is_the_formulas_of_morris() -> None:
    rng = np.random.default_rng(1)
    estimate, error = rng.normal(0.6, 0.2, 500), rng.uniform(0.1, 0.3, 500)
    df, failed = np.full(500, 17.0), np.zeros(500, dtype=bool)
    failed[[3, 77]] = True
    estimate[3] = np.nan
    own = performance_of([tally(estimate - 0.5, error, df, 0.5, 0.95, failed)])
    e, s = estimate[~failed], error[~failed]
    assert (own.n, own.n_failed) == (500, 2)
    assert own.bias == pytest.approx(e.mean() - 0.5)
    assert own.empirical_se == pytest.approx(e.std(ddof=1))
    model = np.sqrt((s**2).mean())
    assert own.model_se == pytest.approx(model)
    spread = np.var(s**2, ddof=1)
    assert own.model_se_mcse == pytest.approx(np.sqrt(spread / (4 * 498 * model**2)))
    ratio = model / e.std(ddof=1)
    assert own.relative_error == pytest.approx(ratio - 1)
    assert own.relative_error_mcse == pytest.approx(
        ratio * np.sqrt(spread / (4 * 498 * model**4) + 1 / (2 * 497))
    )
    t = 2.1098155778331806  # R: qt(.975, 17)
    assert own.power == (np.abs(e) > t * s).mean()
    assert own.coverage == (np.abs(e - 0.5) <= t * s).mean()
