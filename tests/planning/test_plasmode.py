"""Trials of the study's own people: as spread, as alike and as faithful as they were."""

import numpy as np
import pytest
from scipy import stats

from cesp_analysis.declared.planning import Analysis
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning.performance import performance_of
from cesp_analysis.planning.plasmode import Plasmode, Pool, drawn_people, pool_of
from cesp_analysis.planning.trial_analyses import must_be_answerable
from cesp_analysis.planning.trial_blocks import block, block_size
from cesp_analysis.planning.trial_draws import ByLocation
from simulated_trials import simulated, tallies

Floats = np.ndarray
TRIAL = {"locations": (10, 10), "people": 20, "effect": 0.0, "icc": 0.05, "cac": 0.8}


def study(n: int = 160, shape: float = 1.0) -> tuple[Floats, Floats, Floats]:
    """Skewed answers of two sites that differ, a sixth of follow-ups lost, most of high ones."""
    rng = np.random.default_rng(7)
    site = np.where(np.arange(n) < n // 2, "A", "B")
    far = np.where(site == "A", 0.0, 3.0)
    own = rng.standard_gamma(shape, n)
    first = far + 4 * own + rng.normal(size=n)
    last = 2 * far + 3 * own + 2 * rng.standard_gamma(1.0, n)
    last[rng.random(n) < np.where(own > 1, 0.3, 0.1)] = np.nan
    return first, last, site


@pytest.fixture(scope="module")
def pool() -> Pool:
    return pool_of(*study())


def test_the_pool_is_as_spread_as_the_study_within_its_sites(pool: Pool) -> None:
    """Residual SDs and correlation of regressions on site, of people with both answers."""
    first, last, site = study()
    both = np.isfinite(last)
    x = np.column_stack([site[both] == name for name in ("A", "B")]).astype(float)
    rest = [y - x @ np.linalg.lstsq(x, y, rcond=None)[0] for y in (first[both], last[both])]
    sds = [np.sqrt(one @ one / (both.sum() - 2)) for one in rest]
    assert (pool.sd_first, pool.sd_last) == pytest.approx(sds, rel=1e-12)
    assert pool.correlation == pytest.approx(np.corrcoef(*rest)[0, 1], rel=1e-12)
    assert pool.retention == both.mean()


def totals(own: ByLocation) -> tuple[Floats, Floats, Floats]:
    """Of each trial: mean square of x and y about 0 and of the within-location correlation."""
    n = own.size.sum(0)
    whole = [
        ((own.size * part * part).sum(0) + square.sum(0)) / n
        for part, square in ((own.x, own.within[0]), (own.y, own.within[2]))
    ]
    return whole[0], whole[1], n


@pytest.mark.parametrize("cv", [0.0, 0.5])
def test_trials_are_as_spread_as_the_study(pool: Pool, cv: float) -> None:
    """Total SDs, the within-location correlation and retention: within Monte Carlo error."""
    own = drawn_people(Plasmode(pool, **TRIAL, size_cv=cv), np.random.default_rng(1), 1500)
    x, y, n = totals(own)
    for found, sd in ((x, pool.sd_first), (y, pool.sd_last)):
        assert abs(found.mean() - sd**2) < 3.5 * found.std() / len(found) ** 0.5
    xx, xy, yy = (part.sum(0) for part in own.within)
    gap = (
        xy
        - pool.correlation * np.sqrt(xx.mean() * yy.mean()) * (xx / xx.mean() + yy / yy.mean()) / 2
    )
    assert abs(gap.mean()) < 3.5 * gap.std() / len(gap) ** 0.5
    kept = n / (20 * mean_size(cv)) - pool.retention
    assert abs(kept.mean()) < 3.5 * kept.std() / len(kept) ** 0.5


def mean_size(cv: float) -> float:
    """Of 20 people, or of a gamma law with this CV, rounded to 2 people or more."""
    if cv == 0:
        return 20.0
    shape, n = cv**-2, np.arange(2, 1000)
    below = stats.gamma.cdf(n + 0.5, shape, scale=20 / shape)
    return float((n * np.diff(below, prepend=0.0)).sum())


def test_locations_are_as_alike_as_declared(pool: Pool) -> None:
    """Variance and covariance of location means beyond that of their people."""
    trial = Plasmode(pool, **TRIAL | {"icc": np.array([0.05, 0.15]), "cac": np.array([0.9, 0.5])})
    own = drawn_people(trial, np.random.default_rng(2), 4000)
    over = 1 / own.size
    sd, icc = (pool.sd_first, pool.sd_last), 0.1
    for a, b, square, true in (
        (own.y, own.y, own.within[2], icc * sd[1] ** 2),
        (own.x, own.y, own.within[1], (0.05 * 0.9 + 0.15 * 0.5) / 2 * sd[0] * sd[1]),
    ):
        inside = square.sum(0) / (own.size - 1).sum(0)
        found = (a * b - inside * over).mean(0)
        assert abs(found.mean() - true) < 3.5 * found.std() / len(found) ** 0.5


def test_another_sd_is_that_of_the_trial(pool: Pool) -> None:
    wide = Plasmode(pool, **TRIAL, sd=3 * pool.sd_last)
    rng = (np.random.default_rng(3) for _ in range(2))
    one, three = (drawn_people(own, next(rng), 50) for own in (Plasmode(pool, **TRIAL), wide))
    assert three.y == pytest.approx(3 * one.y, rel=1e-9)
    assert three.within[1] == pytest.approx(9 * one.within[1], rel=1e-9)


@pytest.mark.parametrize(
    "analysis",
    ["mixed_satterthwaite", "mixed_kenward_roger", "location_means_t", "gee_cr2", "permutation"],
)
def test_no_effect_is_found_as_often_as_nominal(pool: Pool, analysis: Analysis) -> None:
    """Skewed answers of twenty people in twenty locations, seeds fixed beforehand."""
    own = simulated(Plasmode(pool, **TRIAL), analysis, 4000, 11, "none")
    assert own.n_failed == 0
    assert abs(own.power - 0.05) < 0.012
    assert abs(own.bias) < 3.5 * own.bias_mcse


@pytest.mark.parametrize("adjusted", [True, False])
def test_power_is_that_of_normal_people_where_answers_are_many(pool: Pool, adjusted: bool) -> None:
    effect = 0.4 if adjusted else 1.0
    trial = Plasmode(pool, (12, 12), 30, effect, 0.03, sd=4.0, adjusted=adjusted)
    own = simulated(trial, "location_means_t", 4000, 5, "power")
    beside = simulated(trial.normal, "location_means_t", 20_000, 5, "normal")
    error = np.hypot(own.power_mcse, beside.power_mcse)
    assert 0.3 < beside.power < 0.95 and abs(own.power - beside.power) < 3.5 * error
    ratio = own.empirical_se / beside.empirical_se
    assert abs(ratio - 1) < 3.5 * own.empirical_se_mcse / own.empirical_se + 0.01


def test_blocks_are_the_same_whoever_makes_them(pool: Pool) -> None:
    """In one or two processes, in shares, and when more trials are asked for."""
    trial = Plasmode(pool, **TRIAL)
    size = block_size(trial, "gee_cr2")
    alone = simulated(trial, "gee_cr2", 6 * size, 3, "same")
    assert alone == simulated(trial, "gee_cr2", 6 * size, 3, "same", workers=2)
    shares = [tallies(trial, "gee_cr2", range(part, 6, 3), 3, "same") for part in range(3)]
    assert alone == performance_of([one for share in shares for one in share])
    assert alone != simulated(trial, "gee_cr2", 6 * size, 3, "other")


def test_analyses_see_the_same_trials(pool: Pool) -> None:
    trial = Plasmode(pool, **TRIAL)
    two: tuple[Analysis, Analysis] = ("mixed_satterthwaite", "mixed_kenward_roger")
    one, other = (block(trial, name, 1, "same", 0, 0.95) for name in two)
    assert one.error == other.error and one.square == other.square


def test_a_study_with_too_few_people_says_so() -> None:
    first, last, site = study(30)
    with pytest.raises(NotEstimable, match=r"^2\d people have both answers; .* need 30 or more$"):
        pool_of(first, last, site)
    many = [str(at) for at in range(160)]
    with pytest.raises(NotEstimable, match=r"people of .* sites: too few to a site to draw from"):
        pool_of(*study()[:2], many)
    with pytest.raises(NotEstimable, match="all people have the same answers"):
        pool_of(np.ones(40), np.ones(40), ["A"] * 40)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"icc": 1.0}, "ICC must lie in"),
        ({"icc": np.array([0.1, np.nan])}, "ICC must lie in"),
        ({"cac": np.array([0.1, 1.2, 0.3])}, "CAC must lie in"),
        ({"locations": (1, 9)}, "at least 2 locations"),
        ({"sd": 0.0}, "SD must be above 0"),
    ],
)
def test_trials_that_can_not_be(pool: Pool, wrong: dict[str, object], said: str) -> None:
    with pytest.raises(NotEstimable, match=said):
        Plasmode(pool, **TRIAL | wrong)  # type: ignore[arg-type]


def test_an_analysis_that_can_not_be(pool: Pool) -> None:
    trial = Plasmode(pool, (3, 3), 20, 0.0, 0.05)
    with pytest.raises(NotEstimable, match="permutation of 3 and 3 locations"):
        must_be_answerable(trial.normal, "permutation", 0.95)
