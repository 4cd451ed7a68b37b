"""Residuals and influence: closed forms against refits without the unit, and against R."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cesp_analysis.models.check import Check, Nested
from cesp_analysis.models.examined import Examined, LeftOut
from cesp_analysis.models.least_squares import LeastSquares, least_squares
from cesp_analysis.models.residuals import diagnostics_of, examined
from small_panel import model, panel_of

REFERENCE = Path(__file__).parents[1] / "reference"
DID: list[dict[str, Any]] = [
    {"design": "change", "covariates": ["age"]},
    {"design": "change", "weighted": True},
    {"design": "cross_sections", "covariates": ["age"], "covariance": "CR2", "cluster": "person"},
    {"design": "unit_effects", "covariance": "CR2", "cluster": "neighbourhood"},
    {"design": "unit_effects", "covariance": "CR2", "cluster": "person", "covariates": ["age"]},
    {"kind": "ancova", "covariates": ["age"]},
    {"kind": "ancova", "weighted": True, "covariance": "CR2", "cluster": "neighbourhood"},
]
CORRELATED: list[dict[str, Any]] = [
    {"kind": "mixed", "random": ["person"]},
    {"kind": "mixed", "random": ["person", "neighbourhood"], "covariates": ["age"]},
    {"kind": "mixed", "random": ["neighbourhood"]},
    {"kind": "mixed", "random": ["person"], "residual": "by_arm"},
    {"kind": "mmrm"},
    {"kind": "mmrm", "structure": "ar1", "covariates": ["age"]},
    {"kind": "mixed", "random": ["person", "neighbourhood"], "weighted": True},
    {"kind": "mixed", "random": ["person"], "weighted": True, "residual": "by_arm"},
]


def some_lost(times: int = 3) -> pd.DataFrame:
    """A panel with gaps, weights, and neighbourhoods that differ."""
    rng = np.random.default_rng(5)
    panel = panel_of(people=36, times=times)
    near = panel["neighbourhood"].astype("str").map(lambda name: 2.0 * (int(name[1]) % 3))
    values = panel["value"] + near
    first = panel["time"].astype("str") == "t0"
    lost = (rng.random(len(panel)) < 0.2) & ~first.to_numpy()
    weight = np.repeat(rng.uniform(0.5, 2, 36), times)
    return panel.assign(value=values.mask(lost), weight=weight)


def of(settings: dict[str, Any]) -> tuple[Check, Examined]:
    fitted = model(times=3, **({"kind": "did"} | settings)).fit(some_lost())
    check = fitted.checks[-1]
    return check, examined(check)


def left_out(found: Examined, level: str) -> LeftOut:
    return next(left for left in found.left_out if left.level == level)


def refitted(check: Check, keep: np.ndarray) -> np.ndarray:
    """The coefficients of the rows kept, by a fit that knows nothing of the others."""
    fit = check.engine
    if isinstance(fit, LeastSquares):
        x = fit.x / np.sqrt(fit.weights)[:, None]
        units = None if fit.units is None else fit.units[keep]
        return least_squares(check.y[keep], x[keep], fit.weights[keep], units).coef
    v = covariance(check)[np.ix_(keep, keep)]
    x, y = check.x[keep], check.y[keep]
    return np.linalg.solve(x.T @ np.linalg.solve(v, x), x.T @ np.linalg.solve(v, y))


def within(engine: Nested, n: int) -> np.ndarray:
    """The residual variance of each row (n,)."""
    classes = np.zeros(n, int) if engine.classes is None else engine.classes
    variance = np.array(engine.fit.residual_variances)[classes]
    return variance if engine.weights is None else variance / engine.weights


def covariance(check: Check) -> np.ndarray:
    """V (n, n), row by row, from its definition."""
    engine = check.engine
    if isinstance(engine, Nested):
        v = np.diag(within(engine, len(check.y)))
        for variance, codes in zip(engine.fit.variances, engine.codes, strict=True):
            same = (codes[:, None] == codes) & (codes[:, None] >= 0)
            v += variance * same
        return v
    assert not isinstance(engine, LeastSquares)
    same = engine.person[:, None] == engine.person
    return same * engine.fit.covariance[np.ix_(engine.time, engine.time)]


@pytest.mark.parametrize("settings", [*DID, *CORRELATED])
def test_leaving_out_a_unit_is_what_a_refit_says(settings: dict[str, Any]) -> None:
    check, found = of(settings)
    coef = check.engine.coef if isinstance(check.engine, LeastSquares) else check.engine.fit.coef
    for level in ("person", "neighbourhood"):
        left = left_out(found, level)
        codes = check.frame.codes[level]
        assert list(left.codes) == sorted(set(codes))
        for code, change in zip(left.codes, left.change, strict=True):
            expected = refitted(check, codes != code) - coef
            # rounding of solving normal equations whose columns have a condition number of some 20
            assert change == pytest.approx(expected, rel=1e-8, abs=1e-9)


@pytest.mark.parametrize("settings", CORRELATED)
def test_correlated_residuals_are_those_of_dense_matrices(settings: dict[str, Any]) -> None:
    check, found = of(settings)
    assert not isinstance(check.engine, LeastSquares)
    v = covariance(check)
    inverse = np.linalg.inv(v)
    hat = check.x @ np.linalg.solve(check.x.T @ inverse @ check.x, check.x.T @ inverse)
    assert found.leverage == pytest.approx(np.diag(hat), rel=1e-9)
    assert found.standardised == pytest.approx(found.residual / np.sqrt(np.diag(v)), rel=1e-9)
    if found.conditional is not None:
        engine = check.engine
        assert isinstance(engine, Nested)
        own = found.residual.copy()
        for level, codes in zip(engine.levels, engine.codes, strict=True):
            left = left_out(found, level)
            assert left.effect is not None
            own -= left.effect[np.searchsorted(left.codes, codes)]
        scale = np.sqrt(within(engine, len(own)))
        assert found.conditional == pytest.approx(own / scale, rel=1e-8, abs=1e-9)


def test_a_mixed_models_rows_have_the_weights_that_gave_its_coefficients() -> None:
    check, _ = of(CORRELATED[-2])
    assert isinstance(check.engine, Nested)
    everybody = np.ones(len(check.y), dtype=bool)
    # generalised least squares with dense matrices: rounding alone
    assert refitted(check, everybody) == pytest.approx(check.engine.fit.coef, rel=1e-8, abs=1e-9)


@pytest.mark.parametrize(
    ("settings", "part"),
    [
        ({"random": ["person"], "slope": "uncorrelated"}, "random slopes"),
        ({"random": ["person", "neighbourhood_time"]}, "neighbourhood_time"),
        ({"random": []}, "a mixed model without random effects"),
    ],
)
def test_where_residuals_are_not_made_it_is_said(settings: dict[str, Any], part: str) -> None:
    fitted = model(kind="mixed", times=3, **settings).fit(some_lost())
    assert {row.status for row in fitted.estimates} == {"estimated"}
    assert fitted.checks == ()
    assert fitted.diagnostics["y"]["residuals_not_available"] == (
        f"residuals and influence are not available for {part}"
    )


@pytest.mark.parametrize("settings", [DID[3], {"kind": "mmrm"}])
def test_an_average_is_read_from_its_equation_but_is_not_the_main_estimate(
    settings: dict[str, Any],
) -> None:
    fitted = model(times=3, **({"kind": "did"} | settings | {"average": True})).fit(some_lost())
    (check,) = fitted.checks
    coef = check.engine.coef if isinstance(check.engine, LeastSquares) else check.engine.fit.coef
    assert set(check.contrasts) == {row.estimate_id for row in fitted.estimates}
    for row in fitted.estimates:
        assert row.estimate == pytest.approx(check.contrasts[row.estimate_id] @ coef, rel=1e-12)
    assert check.main == next(row.estimate_id for row in fitted.estimates if row.time == "t2")


def test_a_unit_that_alone_determines_a_coefficient_has_no_influence_but_is_counted() -> None:
    panel = panel_of(people=12)
    panel["age"] = (panel["unit"].astype("str") == "p003").astype(float)
    (check,) = model(kind="did", design="change", covariates=["age"]).fit(panel).checks
    found = examined(check)
    left = left_out(found, "person")
    alone = check.frame.names["person"].index("p003")
    assert np.isnan(left.change[left.codes == alone]).all()
    assert np.isfinite(left.change[left.codes != alone]).all()
    known = diagnostics_of(check, found, 1.0)["residuals"]
    assert known["without_one_person"]["not_determined"] == 1
    assert known["largest_leverage"] == {"value": pytest.approx(1.0), "unit": "p003"}


@pytest.fixture(scope="module")
def from_r() -> dict[str, Any]:
    """What R says of the same fits: tests/reference/residuals.R."""
    return dict(json.loads((REFERENCE / "residuals.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def by_row() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "residuals.csv")


def test_the_reference_data_are_this_panel(by_row: pd.DataFrame) -> None:
    panel = some_lost().dropna(subset=["value"]).reset_index(drop=True)
    assert list(by_row["unit"]) == list(panel["unit"].astype("str"))
    assert by_row["value"].to_numpy() == pytest.approx(panel["value"].to_numpy(), rel=1e-12)


@pytest.mark.parametrize("which", ["lm", "lm_weighted"])
def test_least_squares_is_as_in_r(from_r: dict[str, Any], which: str) -> None:
    settings = DID[1] if which == "lm_weighted" else DID[0]
    check, found = of(settings)
    expected = from_r[which]
    left = left_out(found, "person")
    assert found.leverage == pytest.approx(expected["hatvalues"], rel=1e-9)
    assert found.standardised == pytest.approx(expected["rstudent"], rel=1e-9)
    assert left.cook == pytest.approx(expected["cooks"], rel=1e-9)
    at = check.names.index("arm")
    assert -left.change[:, at] == pytest.approx(expected["dfbeta_arm"], rel=1e-8, abs=1e-12)
    if which == "lm":
        known = diagnostics_of(check, found, None)["residuals"]["covariates"]
        assert known["f"] == pytest.approx(expected["f"], rel=1e-9)
        assert known["p_value"] == pytest.approx(expected["p"], rel=1e-9)


def test_mixed_residuals_and_effects_are_as_in_nlme(from_r: dict[str, Any]) -> None:
    _, found = of(CORRELATED[0])
    expected = from_r["lme"]
    # nlme stops where its optimiser does: its variances have some five digits
    assert found.conditional == pytest.approx(expected["conditional"], rel=1e-4, abs=1e-5)
    left = left_out(found, "person")
    assert left.effect == pytest.approx(expected["effects"], rel=1e-4, abs=1e-5)
    assert found.residual == pytest.approx(expected["marginal"], rel=1e-6, abs=1e-6)


def test_repeated_residuals_are_as_in_nlme(from_r: dict[str, Any]) -> None:
    _, found = of(CORRELATED[4])
    expected = from_r["gls"]
    assert found.standardised == pytest.approx(expected["pearson"], rel=1e-3, abs=1e-4)


def test_mixed_covariates_are_tested_together_as_in_pbkrtest(from_r: dict[str, Any]) -> None:
    check, found = of({"kind": "mixed", "random": ["person"], "covariates": ["age"]})
    known = diagnostics_of(check, found, None)["residuals"]["covariates"]
    expected = from_r["kr"]
    for name in ("f", "df", "p_value"):
        assert known[name] == pytest.approx(expected[name], rel=1e-5)  # lme4's optimiser
