"""Quadrants, net benefit, acceptability, ellipse: by hand, limits, what always holds."""

from math import erf, inf, log, sqrt

import numpy as np
import pytest
from pytest import approx
from scipy.stats import f as f_law

from cesp_analysis.economics.decision import above_zero, ellipse
from cesp_analysis.economics.law import Law
from cesp_analysis.economics.quadrants import law_quadrants
from plane_draws import counted

POINT = np.array([100.0, 0.02])
COV = np.array([[6000.0, 0.2], [0.2, 0.0005]])
AT = np.array([20_000.0, 25_000.0, 30_000.0, 35_000.0])


def drawn(rows: int, seed: int = 1) -> np.ndarray:
    """Draws of the normal law above."""
    return np.random.default_rng(seed).multivariate_normal(POINT, COV, rows)


def test_boundaries_belong_to_the_south_and_the_west() -> None:
    draws = [[1, 1], [-1, 1], [-1, -1], [1, -1], [0, 1], [0, 0], [1, 0], [-1, 0]]
    found = counted(np.array(draws, dtype=float))
    assert (found.ne, found.se, found.sw, found.nw) == (1 / 8, 2 / 8, 3 / 8, 2 / 8)
    assert found.gain() == 3 / 8 and found.dearer() == 3 / 8


@pytest.mark.parametrize("correlation", [-0.95, -0.3, 0.0, 0.7])
def test_law_quadrants_of_no_difference(correlation: float) -> None:
    """Sheppard: P(both above 0) = 1/4 + asin ρ / 2π."""
    cov = np.array([[4.0, 0.02 * correlation], [0.02 * correlation, 1e-4]])
    found = law_quadrants(np.zeros(2), cov)
    assert found.ne == approx(0.25 + np.arcsin(correlation) / (2 * np.pi), abs=1e-9)
    assert found.ne == approx(found.sw) and found.se == approx(found.nw)


def test_draws_of_a_normal_law_are_where_it_says() -> None:
    found, known = counted(drawn(200_000)), law_quadrants(POINT, COV)
    for name in ("ne", "se", "sw", "nw"):  # four Monte Carlo errors of 200,000 draws at most
        assert getattr(found, name) == approx(getattr(known, name), abs=4 * sqrt(0.25 / 200_000))


def net_benefit(point: np.ndarray, cov: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, ...]:
    """Estimates and errors of the law of both."""
    return Law(point, cov, inf).net_benefit(at)


def test_net_benefit_is_that_of_people_valued_one_by_one() -> None:
    """λq − c of each person, Welch's error: the same estimate and error as from the pair."""
    rng = np.random.default_rng(3)
    a, b = (rng.multivariate_normal(at, COV * 50, 30) for at in ([500, 0.6], [400, 0.58]))
    point = a.mean(axis=0) - b.mean(axis=0)
    cov = np.cov(a.T) / 30 + np.cov(b.T) / 30
    estimate, error = net_benefit(point, cov, AT)
    for number, at in enumerate(AT):
        x, y = (at * one[:, 1] - one[:, 0] for one in (a, b))
        assert estimate[number] == approx(x.mean() - y.mean())
        assert error[number] == approx(sqrt(x.var(ddof=1) / 30 + y.var(ddof=1) / 30))


def test_acceptability_by_draws_and_in_closed_form() -> None:
    draws = drawn(100_000)
    by_draws = (AT[:, None] * draws[:, 1] - draws[:, 0] > 0).mean(axis=1)
    estimate, error = net_benefit(POINT, COV, AT)
    known = above_zero(estimate, error)
    assert np.abs(by_draws - known).max() < 4 * 0.0016
    assert known == approx([(1 + erf(one / sqrt(2))) / 2 for one in estimate / error])
    few = above_zero(estimate, error, 3)  # the t has longer tails
    assert (np.abs(few - 0.5) < np.abs(known - 0.5)).all()
    assert above_zero(-estimate, error) == approx(1 - known)


def test_at_no_threshold_the_curve_is_the_probability_of_saving() -> None:
    known = law_quadrants(POINT, COV)
    first, far = above_zero(*net_benefit(POINT, COV, np.array([0.0, 1e12])))
    assert first == approx(1 - known.dearer())
    assert far == approx(known.gain(), abs=1e-6)


def test_nothing_uncertain_is_certain() -> None:
    for point, probability in (([-5.0, 0.1], 1.0), ([5.0, 0.0], 0.0), ([0.0, 0.0], 0.5)):
        found = above_zero(*net_benefit(np.array(point), np.zeros((2, 2)), AT))
        assert (found == probability).all()


@pytest.mark.parametrize("level", [0.5, 0.95])
def test_the_ellipse_holds_what_it_says(level: float) -> None:
    outline = ellipse(POINT, COV, level)
    away = outline - POINT
    distance = np.einsum("ij,jk,ik->i", away, np.linalg.inv(COV), away)
    assert distance == approx(np.full(len(outline), -2 * log(1 - level)))
    assert outline[0] == approx(outline[-1])
    away = drawn(100_000) - POINT
    inside = np.einsum("ij,jk,ik->i", away, np.linalg.inv(COV), away) <= distance[0]
    assert inside.mean() == approx(level, abs=4 * sqrt(level * (1 - level) / 100_000))


@pytest.mark.parametrize("df", [3.0, 9.4, 500.0])
@pytest.mark.parametrize("correlation", [-1.0, -0.6, 0.0, 0.35, 0.97])
def test_all_shares_are_of_one_law(df: float, correlation: float) -> None:
    """Student's t of both with one scale: by drawing it; margins are the curve's probabilities."""
    scale = np.sqrt(np.diag(COV))
    cov = np.array([[1.0, correlation], [correlation, 1.0]]) * np.outer(scale, scale)
    found = law_quadrants(POINT, cov, df)
    at = np.array([0.0, 1e12])
    saves, gains = above_zero(*net_benefit(POINT, cov, at), df)
    assert 1 - found.dearer() == approx(saves, abs=1e-12)
    assert found.gain() == approx(gains, abs=1e-6)
    rng = np.random.default_rng(4)
    scaled = np.sqrt(df / rng.chisquare(df, 200_000))[:, None]
    away = rng.multivariate_normal([0, 0], cov, 200_000) * scaled
    known = counted(POINT + away)
    for name in ("ne", "se", "sw", "nw"):
        assert getattr(found, name) == approx(getattr(known, name), abs=4 * sqrt(0.25 / 200_000))


@pytest.mark.parametrize("df", [3.0, 9.4])
def test_the_ellipse_of_few_df_holds_that_much_of_students_law(df: float) -> None:
    away = ellipse(POINT, COV, 0.95, df) - POINT
    distance = np.einsum("ij,jk,ik->i", away, np.linalg.inv(COV), away)
    assert distance == approx(np.full(len(away), 2 * f_law.ppf(0.95, 2, df)), rel=1e-9)
    assert distance[0] > 1.2 * 5.9915
    far = ellipse(POINT, COV, 0.95, 1e9) - POINT
    assert far == approx(ellipse(POINT, COV) - POINT, rel=1e-6)


def test_an_ellipse_of_perfectly_correlated_differences_is_a_line() -> None:
    cov = np.array([[4.0, 0.02], [0.02, 1e-4]])
    away = ellipse(POINT, cov) - POINT
    assert away[:, 0] / 2 == approx(away[:, 1] / 0.01, abs=1e-7)
    assert ellipse(POINT, np.zeros((2, 2))) == approx(np.tile(POINT, (181, 1)))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: law_quadrants(np.full(2, np.nan), COV), "finite"),
        (lambda: ellipse(POINT, -COV), "no covariance"),
        (lambda: ellipse(POINT, np.array([[6000.0, 5.0], [5.0, 0.0005]])), "beyond 1"),
        (lambda: ellipse(POINT[:1], COV), "(1,)"),
        (lambda: law_quadrants(POINT, np.zeros((2, 2))), "vary"),
        (lambda: law_quadrants(POINT, np.diag([1.0, 0.0])), "vary"),
        (lambda: law_quadrants(POINT, np.diag([0.0, 1.0])), "vary"),
        (lambda: ellipse(POINT, COV, 1.0), "between 0 and 1"),
    ],
)
def test_what_is_no_draw_or_covariance_is_refused(call: object, said: str) -> None:
    with pytest.raises(ValueError, match=".*" + said.replace("(", r"\(").replace(")", r"\)")):
        call()  # type: ignore[operator]
