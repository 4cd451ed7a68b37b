"""Polychoric correlations, one factor, parallel analysis: R, integrals, invariances."""

from typing import Any

import numpy as np
import pytest
from pytest import approx
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.special import ndtr
from scipy.stats import ncx2

from cesp_analysis.measurement.bivariate_normal import density, distribution
from cesp_analysis.measurement.factors import approximation, factor_fit, least_squares_factor
from cesp_analysis.measurement.parallel import MANY, normal_scores, parallel_analysis, unrelated
from cesp_analysis.measurement.polychoric import fitted, pairs_of, polychoric
from psychometric_records import R, attitude, items, one_trait

UPPER = np.triu_indices(6, 1)
SEARCH = 1e-4  # where R's searches for each correlation stop


@pytest.mark.parametrize("rho", [-0.999, -0.9, -0.3, 0.0, 0.5, 0.8, 0.81, 0.95, 0.999])
def test_two_normal_variables(rho: float) -> None:
    """Against the integral of the conditional distribution, another formula; symmetry; infinity."""
    rng = np.random.default_rng(5)
    h, k = rng.normal(0, 1.3, (2, 20))
    k[:5] = np.sign(rho) * h[:5] + 0.01
    found = distribution(h, k, np.full(20, rho))
    rest = np.sqrt(1 - rho**2)

    def inner(x: float, limit: float) -> float:
        return float(np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi) * ndtr((limit - rho * x) / rest))

    # quad's own error, where the integrand is steep
    for one, two, value in zip(h, k, found, strict=True):
        turn = [two / rho] if rho and abs(two / rho) < 12 and two / rho < one else None
        direct = quad(inner, -12, one, args=(two,), points=turn, epsabs=1e-12, limit=400)[0]
        assert value == approx(direct, abs=2e-9)
    assert found == approx(distribution(k, h, np.full(20, rho)), abs=1e-12)
    everywhere = distribution(np.array([np.inf]), k[:1], np.array([rho]))
    assert everywhere == approx(ndtr(k[:1]), abs=1e-12)
    step = (distribution(h, k, np.full(20, rho + 1e-6)) - found) / 1e-6
    if abs(rho) < 0.9:
        assert step == approx(density(h, k, np.full(20, rho)), abs=1e-5)


def test_polychoric_as_polycor_and_psych() -> None:
    found = polychoric(items())
    for known in ("rho", "psych"):
        assert found.correlation[UPPER] == approx(np.array(R["polychoric"][known]), abs=SEARCH)
    # polycor's is the observed information, ours the expected
    assert found.std_error[UPPER] == approx(np.array(R["polychoric"]["std_error"]), rel=0.07)
    assert (found.at_limit, found.constant, found.positive) == ((), (), True)


def test_polychoric_is_likelier_than_its_neighbours() -> None:
    """Each pair, given its thresholds; the errors are the expected information's curvature."""
    answers = items()
    pairs, _ = pairs_of(answers)
    found, error = fitted(pairs)

    def likelihood(rho: np.ndarray) -> np.ndarray:
        corners = distribution(pairs.one[:, :, None], pairs.two[:, None], rho[:, None, None])
        cells = np.diff(np.diff(corners, axis=1), axis=2)
        return (pairs.tables * np.log(np.maximum(cells, 1e-300))).sum(axis=(1, 2))

    best = likelihood(found)
    for step in (1e-4, 1e-2):
        assert np.all(likelihood(found + step) < best) and np.all(likelihood(found - step) < best)
    bend = (likelihood(found + 1e-3) + likelihood(found - 1e-3) - 2 * best) / 1e-6
    assert 1 / np.sqrt(-bend) == approx(np.array(R["polychoric"]["std_error"]), rel=5e-4)
    assert 1 / np.sqrt(-bend) == approx(error, rel=0.07)  # observed and expected


def test_polychoric_finds_what_is_behind() -> None:
    """20,000 people: within four standard errors of the truth, and the errors are those of many
    samples."""
    rng = np.random.default_rng(1)
    behind = rng.multivariate_normal([0, 0, 0], [[1, 0.6, -0.3], [0.6, 1, 0], [-0.3, 0, 1]], 20_000)
    answers = np.column_stack([np.digitize(own, [-1, 0.2, 1.5]) for own in behind.T]).astype(float)
    found = polychoric(answers)
    truth = np.array([[1, 0.6, -0.3], [0.6, 1, 0], [-0.3, 0, 1]])
    off = ~np.eye(3, dtype=bool)
    assert np.abs((found.correlation - truth)[off] / found.std_error[off]).max() < 4
    many = np.array([polychoric(answers[i * 200 : i * 200 + 200]).correlation for i in range(100)])
    expected = polychoric(answers).std_error * 10
    assert many[:, off.nonzero()[0], off.nonzero()[1]].std(axis=0) == approx(
        expected[off], rel=4 / np.sqrt(200)
    )


def test_two_categories_are_tetrachoric() -> None:
    """Equal margins: sin(π/2 × (4 p − 1)), p the share of both."""
    table = {(0, 0): 40, (0, 1): 20, (1, 0): 20, (1, 1): 40}
    answers = np.array([cell for cell, n in table.items() for _ in range(n)], dtype=float)
    found = polychoric(answers)
    assert found.correlation[0, 1] == approx(np.sin(np.pi / 2 * (4 * 40 / 120 - 1)), abs=1e-9)


def test_polychoric_takes_any_numbers_and_orders() -> None:
    answers = items()
    found = polychoric(answers)
    order = np.array([4, 0, 5, 2, 1, 3])
    other = polychoric((10 * answers**2)[::-1][:, order])
    assert other.correlation == approx(found.correlation[np.ix_(order, order)], abs=1e-9)
    turned = answers.copy()
    turned[:, 2] = 6 - turned[:, 2]
    signs = np.where(np.arange(6) == 2, -1, 1)
    assert polychoric(turned).correlation == approx(
        found.correlation * np.outer(signs, signs), abs=1e-9
    )


def test_polychoric_at_its_limits() -> None:
    """The same answers twice, turned round, and an item with one category; the rest goes on."""
    answers = items()
    wide = np.column_stack([answers, answers[:, 0], 6 - answers[:, 1], np.ones(80)])
    found = polychoric(wide)
    assert found.at_limit == ((0, 6), (1, 7)) and found.constant == (8,)
    assert found.correlation[0, 6] == 0.999 and found.correlation[1, 7] == -0.999
    assert np.isnan(found.std_error[0, 6]) and np.isnan(found.correlation[8]).all()
    assert found.correlation[:6, :6] == approx(polychoric(answers).correlation, abs=1e-12)


def test_factor_as_factanal() -> None:
    for answers, known in ((attitude(), R["attitude"]), (items(), R["items"])):
        found = factor_fit(answers)
        assert found.loadings == approx(np.array(known["ml"]["loadings"]), abs=1e-6)
        assert found.chi_squared == approx(known["ml"]["chi_squared"], rel=1e-8)
        assert found.df == known["ml"]["df"]
        # psych's search for the limits, and its factor, stop there
        assert (found.rmsea.low, found.rmsea.high) == approx(tuple(known["rmsea"]), abs=2e-5)


def test_residuals_of_a_factor() -> None:
    """SRMR by hand; RMSEA where chi-squared is its expectation, and the equations of its limits."""
    found = factor_fit(items())
    residual = np.corrcoef(items(), rowvar=False) - np.outer(found.loadings, found.loadings)
    lower = residual[np.tril_indices(6, -1)]
    assert found.srmr == approx(np.sqrt((lower**2).sum() / 21), rel=1e-9)
    assert found.explained == approx((found.loadings**2).mean(), rel=1e-12)
    assert approximation(9.0, 9, 100).value == 0 and approximation(9.0, 9, 100).low == 0
    rmsea = approximation(30.0, 9, 100)
    assert rmsea.value == approx(np.sqrt(21 / (9 * 99)), rel=1e-12)
    for limit, probability in ((rmsea.low, 0.95), (rmsea.high, 0.05)):
        assert limit is not None
        assert ncx2.cdf(30.0, 9, limit**2 * 9 * 99) == approx(probability, abs=1e-8)


def test_three_items_fit_exactly() -> None:
    found = factor_fit(items()[:, :3])
    assert found.df == 0 and found.srmr == approx(0, abs=1e-9)
    assert found.rmsea.reason == "three items: one factor fits any correlations"


def test_ordered_factor_as_psych() -> None:
    """Minres of the polychoric correlations."""
    found = factor_fit(items(), ordinal=True)
    assert found.loadings == approx(np.array(R["polychoric"]["minres"]), abs=1e-4)
    assert found.chi_squared is None and found.rmsea.value is None
    assert found.method == "one factor, polychoric correlations, least squares (minres)"
    own = polychoric(items()).correlation
    best = least_squares_factor(own)
    rest = (own - np.outer(best, best))[UPPER]
    for move in np.random.default_rng(0).normal(0, 0.01, (50, 6)):
        near = (own - np.outer(best + move, best + move))[UPPER]
        assert (near**2).sum() > (rest**2).sum()


def test_no_item_shares_more_than_all_of_its_variance() -> None:
    """Heywood cases: the best of loadings within the limit, by another search."""
    limit = np.sqrt(0.995)
    for first, rest in ((0.8, 0.3), (0.3, 0.01), (0.5, 0.0)):
        own = np.full((4, 4), rest)
        own[0], own[:, 0] = first, first
        np.fill_diagonal(own, 1.0)
        upper = np.triu_indices(4, 1)

        def squares(at: np.ndarray, own: np.ndarray = own, upper: Any = upper) -> float:
            return float(((own - np.outer(at, at))[upper] ** 2).sum())

        found = least_squares_factor(own)
        assert found[0] == approx(limit, rel=1e-12) and np.abs(found).max() <= limit
        best = minimize(squares, np.full(4, 0.5), bounds=[(-limit, limit)] * 4, tol=1e-14)
        assert squares(found) == approx(best.fun, rel=1e-6, abs=1e-12)


def test_a_heywood_case_explains_no_more_than_all() -> None:
    rng = np.random.default_rng(3)
    behind = rng.multivariate_normal(np.zeros(3), [[1, 0.5, 0.5], [0.5, 1, 0], [0.5, 0, 1]], 200)
    found = factor_fit(np.digitize(behind, [-0.7, 0, 0.7]).astype(float), ordinal=True)
    assert found.at_limit == (0,) and found.explained is not None and found.explained < 1
    assert np.abs(found.loadings).max() < 1


@pytest.mark.parametrize("ordinal", [False, True])
@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (items()[:, :1], "a scale of one item has no internal consistency"),
        (items()[:, :2], "2 items vary: a factor needs at least 3"),
        (np.ones((30, 4)), "0 of 4 items vary: at least 2 are needed"),
    ],
)
def test_no_factor(answers: np.ndarray, said: str, ordinal: bool) -> None:
    found = factor_fit(answers, ordinal)
    assert (found.reason, found.srmr, found.rmsea.reason) == (said, None, said)


def test_parallel_analysis_as_permuting_in_r() -> None:
    """95th percentiles of 20,000 permutations in R; one dimension."""
    found = parallel_analysis(items(), draws=4_000)
    assert found.eigenvalues == approx(np.array(R["items"]["eigenvalues"]), abs=1e-10)
    # the percentile of 4,000 draws has an error of 0.003 here
    assert found.reference == approx(np.array(R["permuted"]), abs=0.012)
    assert found.dimensions == 1


@pytest.mark.parametrize("ordinal", [False, True])
@pytest.mark.parametrize("n", [300, 3_000])
def test_parallel_analysis_counts_traits(n: int, ordinal: bool) -> None:
    two = np.hstack([one_trait(n, 5, 1), one_trait(n, 4, 2)])
    found = parallel_analysis(two, ordinal)
    assert found.dimensions == 2
    order = np.random.default_rng(2).permutation(9)
    again = parallel_analysis(two[::-1][:, order], ordinal)
    assert again.reference == approx(found.reference, rel=1e-12)
    alone = np.column_stack([one_trait(n, 1, seed) for seed in range(10, 16)])
    assert parallel_analysis(alone, ordinal).dimensions in (0, 1)  # one time in twenty 1


def test_permuted_polychoric_correlations_are_the_full_ones() -> None:
    """One step of Newton's from 0, beside the maximum of the likelihood for the same answers."""
    answers = one_trait(100, 6, 4)
    full, step = [], []
    for seed in range(40):
        step.append(unrelated(answers, True, 1, np.random.default_rng(seed))[0])
        order = np.tile(np.arange(100)[:, None], (1, 6))
        order = np.random.default_rng(seed).permuted(order, axis=0)
        full.append(polychoric(np.take_along_axis(answers, order, axis=0)).correlation)
    largest = np.linalg.eigvalsh(np.array(full))[:, -1] - np.linalg.eigvalsh(np.array(step))[:, -1]
    assert np.abs(largest).max() < 0.03 and abs(largest.mean()) < 0.005


@pytest.mark.parametrize("ordinal", [False, True])
def test_the_limit_of_permuting_is_near_at_a_thousand(
    ordinal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = one_trait(MANY, 6, 4)
    rng = np.random.default_rng(1)
    permuted = np.linalg.eigvalsh(unrelated(answers, ordinal, 600, rng))
    monkeypatch.setattr("cesp_analysis.measurement.parallel.MANY", MANY - 1)
    limit = np.linalg.eigvalsh(unrelated(answers, ordinal, 20_000, rng))
    near = np.quantile(permuted, 0.95, axis=0) - np.quantile(limit, 0.95, axis=0)
    assert np.abs(near).max() < 0.015


def test_normal_scores_are_means_of_what_is_behind() -> None:
    behind = np.random.default_rng(1).normal(size=200_000)
    answers = np.digitize(behind, [-0.5, 0.8]).astype(float)[:, None]
    one, two = normal_scores(np.hstack([answers, answers[::-1]]))
    for category in range(3):
        own = answers[:, 0] == category
        assert one[own, 0][0] == approx(behind[own].mean(), abs=0.01)  # n 40,000, SD below 0.6
        assert two[own, 0][0] == approx((behind[own] ** 2 - 1).mean(), abs=0.02)
