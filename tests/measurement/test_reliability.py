"""Alpha and omega: R, closed forms, order, items that run against the rest, what has no answer."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pytest import approx

from cesp_analysis.measurement.directions import directions
from cesp_analysis.measurement.omega import (
    drawn_correlations,
    influence,
    omega_total,
    standardised,
)
from cesp_analysis.measurement.one_factor import em_steps, misfit, one_factor
from cesp_analysis.measurement.reliability import alpha
from cesp_analysis.measurement.resampling import POOLED, resampled_means
from psychometric_records import R, attitude, items, one_trait, with_covariance

SHARED = Path(__file__).parents[3] / "shared"
LOCKDOWN, CASE = SHARED / "data/loneliness_lockdown1", SHARED / "cases/15-alpha-below-zero"
PRINTED = 14  # digits of R's output, of which rounding leaves eleven
EXACT = 1e-11


def test_alpha_of_attitude() -> None:
    """Cronbach's alpha and Feldt's interval of R's 30 × 7 `attitude`, as methods.md has them."""
    found = alpha(attitude())
    assert found.value == approx(0.84314277, abs=5e-9)
    assert (found.low, found.high) == approx((0.73937569, 0.91577307), abs=5e-9)
    assert (found.value, found.low, found.high) == approx(
        (R["attitude"]["alpha"], *R["attitude"]["feldt"]), rel=EXACT
    )


def test_alpha_as_psych() -> None:
    found, known = alpha(items()), R["items"]
    assert (found.value, found.low, found.high) == approx(
        (known["alpha"], *known["feldt"]), rel=EXACT
    )
    assert (found.n, found.k, found.against, found.reason) == (80, 6, (), None)


def test_alpha_is_that_of_the_average_covariance() -> None:
    """alpha = k² × average covariance / variance of the sum, another way to the formula."""
    answers = items()
    found = alpha(answers)
    covariance = np.cov(answers, rowvar=False)
    average = covariance[np.triu_indices(6, 1)].mean()
    assert found.average_covariance == approx(average, rel=1e-12)
    assert found.value == approx(36 * average / answers.sum(axis=1).var(ddof=1), rel=1e-12)


@pytest.mark.skipif(not CASE.is_dir(), reason="shared/cases is absent")
def test_case_15() -> None:
    """A negative alpha is shown, with the two items that run against the rest, in any order."""
    frame = pd.read_csv(CASE / "items.csv").iloc[:, 1:]
    stored = frame.to_numpy(float)
    found = alpha(stored)
    assert found.value == approx(-0.568047337278, rel=1e-6)
    assert found.directions is not None
    assert found.directions.rest_correlation[[2, 4]] == approx([-0.59013963, -0.7750743], rel=1e-6)
    said = (
        "average covariance is negative; "
        "item3 and item5 run against the rest: check their direction"
    )
    assert found.sentence(list(frame)) == said
    rng = np.random.default_rng(0)
    for _ in range(10):
        order = rng.permutation(6)
        again = alpha(stored[rng.permutation(28)][:, order])
        assert again.value == approx(found.value, rel=1e-12)
        assert again.sentence([frame.columns[j] for j in order]) == said
    turned = stored.copy()
    turned[:, [2, 4]] = 6 - turned[:, [2, 4]]
    right = alpha(turned)
    assert (right.value, right.low, right.high) == approx(
        (0.895734489911, 0.8219150056, 0.945741872), rel=1e-6
    )
    assert right.sentence(list(frame)) is None


def test_items_against_the_rest() -> None:
    """One turned item of three, of which the rest correlates with neither; two sides equally
    large; items of another dimension, which run against nothing."""
    answers = one_trait(300, 6, 1)
    names = [f"q{j}" for j in range(6)]
    one = answers[:, :3] * [1, -1, 1]
    assert directions(one).against == (1,)
    half = answers * [1, -1, 1, -1, 1, -1]
    found = directions(half)
    assert found.against == () and {found.halves} <= {
        ((0, 2, 4), (1, 3, 5)),
        ((1, 3, 5), (0, 2, 4)),
    }
    assert found.words(names) == "q0, q2 and q4 run against q1, q3 and q5: check their direction"
    two = directions(answers[:, :2] * [1, -1])
    assert two.words(["a", "b"]) == "a runs against b: check their direction"
    assert directions(answers[:, :2]).words(["a", "b"]) is None
    apart = np.hstack([answers[:, :3], one_trait(300, 3, 2)])
    signs = np.corrcoef(apart.T)[:3, 3:]
    assert np.abs(signs).max() < 0.2
    weak = directions(apart)
    assert all(weak.rest_correlation > 0) and weak.words(names) is None


def test_items_that_do_not_vary() -> None:
    answers = np.hstack([items(), np.full((80, 1), 3.0)])
    found, without = alpha(answers), alpha(items())
    assert (found.value, found.low, found.k, found.constant) == (
        without.value,
        without.low,
        6,
        (6,),
    )
    names = [f"q{j}" for j in range(7)]
    assert found.sentence(names) == "everybody gave the same answer to q6: left out"
    assert omega_total(answers, draws=0).value == omega_total(items(), draws=0).value
    assert np.isnan(omega_total(answers, draws=0).loadings[6])


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (items()[:, :1], "a scale of one item has no internal consistency"),
        (items()[:2], "2 people answered all items: at least 3 are needed"),
        (np.column_stack([items()[:, 0], np.ones(80)]), "1 of 2 items vary: at least 2 are needed"),
        (np.ones((80, 4)), "0 of 4 items vary: at least 2 are needed"),
        (
            np.column_stack([items()[:, 0], 6 - items()[:, 0]]),
            "the sum of the items is the same for everybody: alpha is not defined",
        ),
    ],
)
def test_no_alpha(answers: np.ndarray, said: str) -> None:
    found = alpha(answers)
    assert (found.value, found.low, found.high, found.reason) == (None, None, None, said)


def test_perfect_agreement() -> None:
    same = np.repeat(items()[:, :1], 4, axis=1)
    found = alpha(same)
    assert (found.value, found.low) == (1.0, None)
    assert found.reason == "the items agree perfectly: no error to make an interval of"
    omega = omega_total(same)
    assert omega.value is None
    assert omega.reason == "some items follow from others: there is no one-factor fit"


def test_missing_answers_are_not_taken() -> None:
    answers = items()
    answers[3, 2] = np.nan
    with pytest.raises(ValueError, match="complete values"):
        alpha(answers)


def test_omega_of_attitude() -> None:
    """McDonald's omega of factanal's factor; .840544 in methods.md. Where factanal stops by itself
    is 2e-7 away."""
    found, known = omega_total(attitude(), draws=0), R["attitude"]["ml"]
    assert found.value == approx(0.840544, abs=6e-7)
    assert found.value == approx(known["omega"], rel=1e-9)
    assert found.value == approx(R["attitude"]["default_omega"], abs=5e-7)
    assert found.loadings == approx(np.array(known["loadings"]), abs=1e-6)  # where its search stops
    assert found.reason == "no draws were asked for: no interval"


def test_omega_as_factanal() -> None:
    found, known = omega_total(items()), R["items"]["ml"]
    assert found.value == approx(known["omega"], rel=1e-8)
    assert found.loadings == approx(np.array(known["loadings"]), abs=1e-6)
    assert found.low is not None and found.high is not None and found.value is not None
    assert found.low < found.value < found.high
    assert found.method.endswith("BCa bootstrap of people, 2,000 draws")


def test_omega_of_equal_items_is_alpha() -> None:
    """Equal correlations and variances: one loading, and omega = alpha."""
    answers = with_covariance(np.full((5, 5), 0.4) + 0.6 * np.eye(5), 60)
    assert omega_total(answers, draws=0).value == approx(alpha(answers).value, rel=1e-9)


def test_omega_is_a_maximum_and_a_known_factor_is_found() -> None:
    loadings = np.array([0.9, 0.3, 0.6, -0.4, 0.75])
    correlation = np.outer(loadings, loadings)
    np.fill_diagonal(correlation, 1)
    fit = one_factor(correlation[None])
    assert fit.found[0] and fit.loadings[0] == approx(loadings, abs=1e-9)
    answers = standardised(items())
    own = (answers.T @ answers / 80)[None]
    best = one_factor(own)
    least = misfit(own, best.loadings, best.uniqueness)[0]
    rng = np.random.default_rng(1)
    for _ in range(50):
        near = best.loadings + rng.normal(0, 0.01, 6), best.uniqueness + rng.uniform(-0.01, 0.01, 6)
        assert misfit(own, *near)[0] > least
    dense = np.outer(best.loadings[0], best.loadings[0]) + np.diag(best.uniqueness[0])
    direct = np.linalg.slogdet(dense)[1] + np.trace(own[0] @ np.linalg.inv(dense))
    assert least == approx(direct, rel=1e-12)


def test_draws_with_heywood_cases_find_their_optimum() -> None:
    """Thirty people, seven items: in many draws a uniqueness stops at 0.005. EM from there, which
    never makes a fit worse, makes none better; second derivatives rise in every direction."""
    scores = standardised(attitude())
    correlations = drawn_correlations(scores, 400, 1)
    fits = one_factor(correlations)
    assert fits.found.all()
    assert (fits.uniqueness == 0.005).any(axis=1).sum() > 5
    reached = misfit(correlations, fits.loadings, fits.uniqueness)
    further = misfit(correlations, *em_steps(correlations, fits.loadings, fits.uniqueness, 300))
    assert np.all(reached - further < 1e-9)
    free = np.flatnonzero((fits.uniqueness > 0.006).all(axis=1))[:40]
    for r in free:
        at = np.concatenate([fits.loadings[r], fits.uniqueness[r]])
        assert np.linalg.eigvalsh(second_derivatives(correlations[r], at)).min() > 0


def second_derivatives(correlation: np.ndarray, at: np.ndarray, step: float = 1e-4) -> np.ndarray:
    """Of the misfit in loadings and uniquenesses, numerically."""
    k = len(correlation)
    moves = np.eye(2 * k) * step
    shifts = [(a * moves[:, None] + b * moves[None]) for a in (1, -1) for b in (1, -1)]
    ends = [(at + shift).reshape(-1, 2 * k) for shift in shifts]
    many = np.broadcast_to(correlation, (4 * k * k, k, k))
    values = [misfit(many, end[:, :k], end[:, k:]).reshape(2 * k, 2 * k) for end in ends]
    return np.asarray((values[0] - values[1] - values[2] + values[3]) / (4 * step**2))


def test_drawn_correlations_are_those_of_drawn_people() -> None:
    answers = items()
    scores = standardised(answers)
    rng = np.random.default_rng(4)
    drawn = np.bincount(rng.integers(0, 80, 80), minlength=80)
    made = drawn_correlations(scores, 1, 4)[0]
    assert made == approx(np.corrcoef(np.repeat(answers, drawn, axis=0), rowvar=False), abs=1e-12)


@pytest.mark.parametrize("heywood", [False, True])
def test_influence_is_the_derivative_by_a_persons_weight(heywood: bool) -> None:
    answers = items()[:40]
    if heywood:
        answers[:, 0] = answers[:, 1:].sum(axis=1)
        answers[0, 0] += 1
    scores = standardised(answers)
    fit = one_factor((scores.T @ scores / 40)[None])
    assert (fit.uniqueness.min() == 0.005) == heywood
    found = influence(scores, fit)
    assert found.sum() == approx(0, abs=1e-9)
    for person in (0, 7, 23):
        ends = []
        for step in (1e-4, -1e-4):
            weight = np.ones(40)
            weight[person] += step
            weighted = np.cov(answers, rowvar=False, aweights=weight)
            sd = np.sqrt(np.diag(weighted))
            ends.append(one_factor((weighted / np.outer(sd, sd))[None]).omega[0])
        assert 40 * (ends[0] - ends[1]) / 2e-4 == approx(found[person], rel=1e-4, abs=1e-6)


def test_the_order_of_people_and_items_changes_nothing() -> None:
    answers = one_trait(150, 7, 5)
    rng = np.random.default_rng(9)
    found = omega_total(answers, seed=3)
    for _ in range(3):
        order = rng.permutation(7)
        again = omega_total(answers[rng.permutation(150)][:, order], seed=3)
        assert (again.value, again.low, again.high) == approx(
            (found.value, found.low, found.high), rel=1e-10
        )
        assert again.loadings == approx(found.loadings[order], rel=1e-8)
    other = omega_total(answers, seed=4)
    assert other.low != found.low and other.low == approx(found.low, abs=0.01)


def test_the_se_of_draws_is_that_of_influence() -> None:
    """Of 600 people, and of 4,000, who are drawn in groups: the delta method's."""
    for n in (600, 4_000):
        scores = standardised(one_trait(n, 6, n))
        fit = one_factor((scores.T @ scores / n)[None])
        draws = one_factor(drawn_correlations(scores, 2_000, 1), fit.loadings[0]).omega
        delta = np.sqrt((influence(scores, fit) ** 2).sum()) / n
        # 2,000 draws of 500 groups: an SE is known to 3.5% of itself, three times which are allowed
        assert draws.std() == approx(delta, rel=0.11)


def test_the_method_says_what_is_drawn() -> None:
    many = omega_total(one_trait(1_001, 4, 1), draws=100)
    said = "BCa bootstrap of 500 random groups of people, 100 draws"
    assert many.method.endswith(said)
    assert omega_total(one_trait(1_000, 4, 1), draws=100).method.endswith("of people, 100 draws")


def test_groups_are_drawn_with_their_people() -> None:
    """1,203 people in 500 groups of 2 or 3: means of draws are means of people."""
    values = np.random.default_rng(0).normal(10, 2, (1_203, 2))
    values[:, 1] = 1.0
    made = resampled_means(values, 3_000, 1)
    assert np.all(np.abs(made[:, 1] - 1) < 1e-12)
    se = values[:, 0].std() / np.sqrt(1_203)
    assert made[:, 0].mean() == approx(values[:, 0].mean(), abs=4 * se / np.sqrt(3_000))
    assert made[:, 0].std() == approx(se, rel=3 / np.sqrt(2 * POOLED))


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (items()[:, :2], "2 items vary: a factor needs at least 3"),
        (items()[:, :1], "a scale of one item has no internal consistency"),
    ],
)
def test_no_omega(answers: np.ndarray, said: str) -> None:
    found = omega_total(answers)
    assert (found.value, found.low, found.reason) == (None, None, said)


def test_few_people_have_no_bootstrap_interval() -> None:
    found = omega_total(one_trait(9, 3, 6))
    assert found.value is not None and found.low is None
    assert found.reason == "9 people: no bootstrap interval from fewer than 10"


@pytest.mark.skipif(not LOCKDOWN.is_dir(), reason="shared/data is absent")
@pytest.mark.parametrize(
    ("period", "subscale", "value", "n"),
    [
        ("before", "loneliness", 0.8092682742, 220),
        ("during", "loneliness", 0.8023587446, 219),
        ("before", "depression", 0.9281193689, 216),
        ("before", "anxiety", 0.8130869774, 219),
        ("before", "stress", 0.8406841754, 218),
        ("during", "depression", 0.9407344994, 215),
        ("during", "anxiety", 0.8107988047, 217),
        ("during", "stress", 0.8872476828, 218),
    ],
)
def test_alpha_of_the_lockdown_study(period: str, subscale: str, value: float, n: int) -> None:
    """UCLA-3 and DASS-21 of its README, complete answers; there, anxiety before is right to nine
    digits (exact fractions: 0.81308697840)."""
    name = "ucla3" if subscale == "loneliness" else "dass21"
    frame = pd.read_csv(LOCKDOWN / f"{name}_items_long.csv")
    own = frame[(frame["lockdown_period"] == period) & (frame["subscale"] == subscale)]
    answers = own.pivot(index="response_id", columns="item", values="score").dropna()
    found = alpha(answers.to_numpy())
    assert found.n == n
    assert found.value == approx(value, abs=1.1e-9)
