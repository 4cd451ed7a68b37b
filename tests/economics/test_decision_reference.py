"""The decision against R and mgcv (tests/reference/decision.R)."""

import json
from functools import cache
from math import inf
from pathlib import Path

import numpy as np
import pytest
from pytest import approx
from scipy.special import ndtri

from cesp_analysis.economics.decision import ellipse
from cesp_analysis.economics.parameter_value import evppi
from cesp_analysis.economics.quadrants import law_quadrants
from cesp_analysis.economics.ratio import fieller
from cesp_analysis.economics.value_of_information import evsi, unit_normal_loss
from cesp_analysis.models.shock import probability_above_zero
from plane_draws import holds

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "decision.json").read_text(encoding="utf-8")
)
POINT, ERROR, RHO = np.array([100.80125, 0.0200666667]), np.array([77.92449904, 0.0229729341]), 0.12
COV = np.outer(ERROR, ERROR) * [[1, RHO], [RHO, 1]]
NAMES = ("effect", "utility", "price", "other")
TERMS = {"three": ["effect", "utility", "price"]}


@cache
def draws() -> tuple[np.ndarray, np.ndarray]:
    """The parameters (4000, 4) and net benefits (4000, 3) of decision.R."""
    golden, i = 1.1673039782614187, np.arange(1, 4001)
    z = ndtri(np.stack([(0.5 + i * golden**-j) % 1 for j in range(1, 5)], axis=1))
    p = np.column_stack(
        [0.04 + 0.05 * z[:, 0], np.exp(-0.3 + 0.25 * z[:, 1]), 900 + 300 * z[:, 2], z[:, 3]]
    )
    noise = 500 * np.sin(12.9898 * i) * np.cos(78.233 * i)
    one = 30_000 * p[:, 0] * p[:, 1] - p[:, 2] + noise
    other = 15_000 * p[:, 0] - 500 + 200 * p[:, 3]
    return p, np.column_stack([np.zeros(4000), one, other])


@pytest.mark.parametrize(
    ("name", "kind", "point"),
    [
        ("whole", "whole_line", POINT),
        ("outside", "outside", np.array([250, 0.02])),
        ("interval", "interval", np.array([100.8, 0.06])),
    ],
)
def test_fieller_s_ends(name: str, kind: str, point: np.ndarray) -> None:
    found, known = fieller(point, COV), REFERENCE["fieller"][name]
    assert found.kind == kind and holds(found, 1e9) == (known["far"] < 0)
    if known["ends"]:
        assert (found.low, found.high) == approx(known["ends"], rel=1e-8)


def test_quadrants_by_integration() -> None:
    found = law_quadrants(POINT, COV)
    for name, share in REFERENCE["quadrants"].items():
        assert getattr(found, name) == approx(share, abs=1e-9)


def test_ellipses_by_chi_squared() -> None:
    for level, square in zip((0.5, 0.8, 0.95), REFERENCE["ellipse_radius2"], strict=True):
        away = ellipse(POINT, COV, level) - POINT
        distance = np.einsum("ij,jk,ik->i", away, np.linalg.inv(COV), away)
        assert distance == approx(np.full(len(away), square), rel=1e-9)


def test_losses_by_integration() -> None:
    for row in REFERENCE["losses"]:
        assert unit_normal_loss(row["m"], row["s"]) == approx(row["loss"], rel=1e-9, abs=1e-9)


def test_probabilities_with_a_shock_by_integration() -> None:
    for row in REFERENCE["shocks"]:
        found = probability_above_zero(row["b"], row["se"], row["df"], [row["s"]])
        assert found == approx(row["probability"], abs=1e-9)


def test_trials_simulated() -> None:
    for row in REFERENCE["trials"]:
        worth = evsi(row["m"], row["v0"], np.array([row["v"], inf]))
        assert worth[0] == approx(row["value"], abs=4 * row["error"]) and worth[1] == 0


@pytest.mark.parametrize("name", REFERENCE["evppi"]["gam"])
def test_parameters_as_mgcv_s_gam_values_them(name: str) -> None:
    """Another basis, the same draws: 0.2%, a tenth of the standard error."""
    p, benefit = draws()
    columns = [NAMES.index(one) for one in TERMS.get(name, name.split("_"))]
    found = evppi(benefit, p[:, columns], np.random.default_rng(1))
    assert found.value == approx(REFERENCE["evppi"]["gam"][name], rel=2e-3)


@pytest.mark.parametrize(("name", "columns"), [("curve", [0]), ("both", [0, 2])])
def test_a_gain_that_bends_as_mgcv_s_gam_values_it(name: str, columns: list[int]) -> None:
    """Its knots lie elsewhere: 1%, a quarter of the standard error."""
    golden, i = 1.1673039782614187, np.arange(1, 4001)
    z = ndtri(np.stack([(0.5 + i * golden**-j) % 1 for j in range(1, 5)], axis=1))
    gain = 300 * np.cos(2 * z[:, 0]) * (1 + 0.5 * np.sin(2 * z[:, 2]))
    gain += 500 * np.sin(12.9898 * i) * np.cos(78.233 * i)
    benefit = np.column_stack([np.zeros(4000), gain])
    found = evppi(benefit, z[:, columns], np.random.default_rng(1))
    assert found.value == approx(REFERENCE["evppi"]["bent"][name], rel=0.01)


@pytest.mark.parametrize("name", REFERENCE["evppi"]["exact"])
def test_parameters_as_the_model_s_own_quadrature_values_them(name: str) -> None:
    p, benefit = draws()
    columns = [NAMES.index(one) for one in name.split("_")]
    found = evppi(benefit[:, :2], p[:, columns], np.random.default_rng(1))
    assert abs(found.value - REFERENCE["evppi"]["exact"][name]) < 2 * found.std_error
