"""Variance and degrees of freedom of a planned effect, against R on all answers of all people."""

from typing import Any

import numpy as np
import pytest
from pytest import approx

from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning.answers import answer
from cesp_analysis.planning.degrees import estimating, satterthwaite
from cesp_analysis.planning.layouts import parallel_post, stepped_wedge
from cesp_analysis.planning.precision import variance
from cesp_analysis.planning.scenarios import Scenarios
from cesp_analysis.planning.sizes import design_effect, of_sizes
from closed_forms import correlation_of_means, hussey_hughes
from planned import LAYOUTS, REFERENCE, model, scenario

CASES = REFERENCE["cases"]
KEYS = ("structure", "sampling", "analysis")


def named(case: dict[str, Any]) -> str:
    return "-".join(str(case[key]) for key in ("layout", *KEYS, "icc", "cac", "retention"))


def of(case: dict[str, Any], people: float) -> Scenarios:
    values = {key: case[key] for key in ("icc", "cac", "iac", "retention")}
    return scenario(locations=len(case["sequence"]), people=people, **values)


@pytest.mark.parametrize("case", [c for c in CASES if isinstance(c["people"], int)], ids=named)
def test_variance_and_df_are_those_of_all_answers_in_r(case: dict[str, Any]) -> None:
    own = model(case["layout"], **{key: case[key] for key in KEYS})
    one = of(case, case["people"])
    assert variance(own, one)[0] == approx(case["variance"], rel=1e-9)
    assert satterthwaite(own, one)[0] == approx(case["df"], rel=1e-6)


@pytest.mark.parametrize("case", [c for c in CASES if isinstance(c["people"], list)], ids=named)
def test_known_sizes_are_weighted_least_squares_in_r(case: dict[str, Any]) -> None:
    own = model(case["layout"], weights="best", **{key: case[key] for key in KEYS})
    found = of_sizes(own, of(case, 1), case["sequence"], case["people"])
    assert found.std_error**2 == approx(case["variance"], rel=1e-9)


@pytest.mark.parametrize("fit", REFERENCE["kenward_roger"], ids=["cross_section", "cohort"])
def test_kenward_and_roger_at_the_variances_of_a_fit(fit: dict[str, Any]) -> None:
    """pbkrtest: expected information at lme4's estimates."""
    sizes = [fit[key] for key in ("location", "period", "person", "residual")]
    total, of_locations, of_people = sum(sizes), sum(sizes[:2]), sum(sizes[2:])
    one = scenario(
        locations=8, people=fit["people"], sd=total**0.5, icc=of_locations / total,
        cac=sizes[0] / of_locations, iac=sizes[2] / of_people,
    )  # fmt: skip
    sampling = "cohort" if fit["cohort"] else "cross_section"
    own = model("stepped_wedge", structure="block_exchangeable", sampling=sampling)
    assert variance(own, one)[0] == approx(fit["variance"], rel=1e-5)
    df, added = estimating(own, one)
    assert df[0] == approx(fit["df"], rel=1e-4)
    assert 1 + 2 * added[0] == approx(fit["adjusted"] / fit["variance"], rel=1e-5)
    planned = answer(own, one, "kenward_roger")
    assert planned.std_error[0] ** 2 == approx(fit["variance"] * (1 + added[0]), rel=1e-5)


def wedge(tau2: float, gamma2: float, psi2: float, sigma2: float, **values: float) -> Scenarios:
    """A stepped wedge from its variances, 24 locations."""
    total = tau2 + gamma2 + psi2 + sigma2
    icc = (tau2 + gamma2) / total
    usual = {"locations": 24, "people": 100, "effect": 0.018, "sd": total**0.5, "icc": icc}
    cac, iac = tau2 / (tau2 + gamma2), psi2 / (psi2 + sigma2)
    return Scenarios.of(**(usual | {"cac": cac, "iac": iac} | values))


def kasza(x: np.ndarray, s: Scenarios, churn: float) -> float:
    """Kasza and colleagues 2020, as SteppedPower has it (its argument chi is our churn)."""
    i, j, n = *x.shape, s.people[0]
    u, v, w = x.sum(), (x.sum(1) ** 2).sum(), (x.sum(0) ** 2).sum()
    within, between = s.icc[0], s.icc[0] * s.cac[0]
    same = between + (1 - s.icc[0]) * s.iac[0]
    moved = churn * (same - between)
    first = 1 + (n - 1) * (within - between) - same + moved
    second = 1 + (n - 1) * within + (j - 1) * ((n - 1) * between + same - moved)
    below = (u**2 + i * j * u - j * w - i * v) * second - (u**2 - i * v) * first
    return float(s.sd[0] ** 2 / n * i * j * first * second / below)


def test_hussey_and_hughes_published_settings() -> None:
    """Methods h: swCRTdesign's binary example, and Hussey and Hughes' own setting."""
    own, x = model("stepped_wedge"), np.repeat(stepped_wedge(4).treated, 6, axis=0)
    first = wedge(0.01**2, 0, 0, 0.0425 * 0.9575, people=120, effect=0.015, cac=1)
    second = wedge(0.025**2, 0, 0, 0.041 * 0.959)
    found = [answer(own, one, "none") for one in (first, second)]
    assert found[0].std_error[0] ** 2 == approx(2.96823e-5, rel=5e-6)
    assert found[0].power[0] == approx(0.7861896, abs=5e-7)
    assert found[1].std_error[0] ** 2 == approx(4.065847e-5, rel=5e-7)
    assert found[1].power[0] == approx(0.805917184537, abs=1e-11)
    closed = hussey_hughes(x, 0.025**2, 0.041 * 0.959 / 100)
    assert found[1].std_error[0] ** 2 == approx(float(closed), rel=1e-12)


@pytest.mark.parametrize(
    ("sampling", "churn", "said", "power"),
    [
        ("cohort", 0.0, 5.074726e-5, 0.714582),
        ("cross_section", 1.0, 5.957383e-5, 0.645108),
    ],
)
def test_cohorts_and_cross_sections_published(
    sampling: str, churn: float, said: float, power: float
) -> None:
    own = model("stepped_wedge", structure="block_exchangeable", sampling=sampling)
    one = wedge(0.025**2, 0.01**2, 0.1**2, 0.041 * 0.959)
    found = answer(own, one, "none")
    x = np.repeat(stepped_wedge(4).treated, 6, axis=0)
    assert found.std_error[0] ** 2 == approx(said, rel=5e-7)
    assert found.power[0] == approx(power, abs=5e-7)
    assert found.std_error[0] ** 2 == approx(kasza(x, one, churn), rel=1e-11)


def test_swpwr_by_icc_and_cac() -> None:
    one = Scenarios.of(
        locations=24, people=120, effect=0.015, sd=0.1 / 0.98**0.5, icc=0.02, cac=0.125
    )
    own = model("stepped_wedge", structure="block_exchangeable")
    assert answer(own, one, "none").power[0] == approx(0.917189, abs=5e-7)


def test_decay_of_locations_and_people_alike_has_a_closed_form() -> None:
    """Li 2020: both autocorrelations the same."""
    rho, a, m, k = 0.06, 0.6, 30, 24
    x = np.repeat(stepped_wedge(4).treated, 6, axis=0)
    u, w = x.sum(), (x.sum(0) ** 2).sum()
    p, q = (x[:, :-1] * x[:, 1:]).sum(), (x[:, :-1].sum(0) * x[:, 1:].sum(0)).sum()
    above = k / m * (1 - a**2) * (1 + (m - 1) * rho)
    closed = above / ((k * u - w) * (1 + a**2) - 2 * (k * p - q) * a)
    own = model("stepped_wedge", structure="decay", sampling="cohort")
    assert variance(own, scenario(people=m, icc=rho, cac=a, iac=a))[0] == approx(closed, rel=1e-11)


def test_parallel_trials_are_the_textbook_formulas() -> None:
    rng, n = np.random.default_rng(2), 50
    many = scenario(
        locations=rng.integers(4, 60, n), people=rng.integers(2, 300, n),
        icc=rng.uniform(0, 0.3, n), cac=rng.uniform(0, 1, n),
        iac=rng.uniform(0, 0.95, n), sd=rng.uniform(0.5, 20, n),
    )  # fmt: skip
    plain = 4 * many.sd**2 * design_effect(many.people, many.icc)
    plain = plain / (many.locations * many.people)
    assert variance(model(), many) == approx(plain, rel=1e-12)
    own = {"structure": "block_exchangeable", "sampling": "cohort"}
    r = correlation_of_means(many.people, many.icc, many.cac, many.iac)
    as_change = variance(model("before_after", analysis="change", **own), many)
    assert variance(model("parallel_baseline", **own), many) == approx(plain * (1 - r**2), rel=1e-9)
    assert as_change == approx(plain * 2 * (1 - r), rel=1e-9)


def test_people_weighed_alike_have_the_published_design_effect() -> None:
    rng, n = np.random.default_rng(3), 40
    many = scenario(
        people=rng.uniform(5, 200, n),
        icc=rng.uniform(0.001, 0.3, n),
        size_cv=rng.uniform(0, 1.2, n),
    )
    base = 4 * many.sd**2 / (many.locations * many.people)
    own = base * design_effect(many.people, many.icc, many.size_cv)
    assert variance(model(), many) == approx(own, rel=1e-12)


def test_best_weights_are_the_mean_over_many_sizes() -> None:
    """A wedge of locations with sizes of CV .4: mean weights against each location's covariance."""
    sizes = np.clip(np.random.default_rng(4).normal(60, 24, 4000), 2, None)
    own = model("stepped_wedge", structure="block_exchangeable", weights="best")
    where = np.arange(len(sizes)) % 4
    one = scenario(people=1, cac=0.8)
    exact = of_sizes(own, one, where, sizes).std_error
    near = one.with_(locations=4000, people=sizes.mean(), size_cv=sizes.std() / sizes.mean())
    assert answer(own, near).std_error[0] == approx(exact, rel=5e-3)
    equal = answer(own, near.with_(size_cv=0)).std_error[0]
    assert abs(exact - equal) > 1.5 * abs(exact - answer(own, near).std_error[0])


def test_loss_lies_between_nobody_lost_and_those_who_stay_alone() -> None:
    own = {"structure": "block_exchangeable", "sampling": "cohort"}
    one = scenario(cac=0.6, iac=0.7, retention=0.7)
    all_answers = variance(model("parallel_baseline", **own), one)[0]
    nobody = variance(model("parallel_baseline", **own), one.with_(retention=1))[0]
    as_fewer = variance(model("parallel_baseline", **own), one.with_(retention=1, people=35))[0]
    assert nobody < all_answers < as_fewer
    once = variance(model(), one)[0]
    assert once == approx(variance(model(), one.with_(retention=1, people=35))[0], rel=1e-12)


def little_by_little(of_people: list[float]) -> float:
    """Standard error of a wedge of five periods, 24 locations of 20 people, of whom these shares
    stay one, two, ... periods; icc .05, cac .8, iac .5."""
    alike = np.eye(5)
    location, person = 0.05 * (0.8 + 0.2 * alike), 0.95 * (0.5 + 0.5 * alike)
    told, total = np.zeros((5, 5)), np.zeros((6, 6))
    for last, share in enumerate(of_people, 1):
        told[:last, :last] += 20 * share * np.linalg.inv(person[:last, :last])
    middle = np.linalg.inv(location + np.linalg.inv(told))
    for sequence in range(4):
        x = np.column_stack([alike, np.arange(5) > sequence])
        total += 6 * x.T @ middle @ x
    return float(np.linalg.inv(total)[-1, -1] ** 0.5)


def test_who_is_lost_in_a_long_cohort_leaves_after_the_first_period() -> None:
    """As the how-to has it: of .6 at the end, lost little by little, the error is 8 to 10% less,
    and the mean share of the later periods is within 1.5%."""
    own = model("stepped_wedge", structure="block_exchangeable", sampling="cohort")
    one = scenario(people=20, cac=0.8, iac=0.5, retention=np.array([0.6, 0.75]))
    at_once, middle = np.sqrt(variance(own, one))
    assert at_once == approx(little_by_little([0.4, 0, 0, 0, 0.6]), rel=1e-9)
    slowly = little_by_little([0.1, 0.1, 0.1, 0.1, 0.6])
    assert 0.9 < slowly / at_once < 0.92
    assert 0 < middle / slowly - 1 < 0.015
    assert "those who are lost answer in their first period alone" in answer(own, one).method


def test_scale_shares_and_relabelling() -> None:
    one = scenario(cac=0.7, iac=0.4)
    for name in ("crossover", "stepped_wedge", "incomplete", "staircase"):
        own = model(name, structure="decay", sampling="cohort")
        plain = variance(own, one)[0]
        assert variance(own, one.with_(sd=3))[0] == approx(9 * plain, rel=1e-12)
        assert variance(own, one.with_(locations=240))[0] == approx(plain / 10, rel=1e-12)
    unequal = variance(model(parallel_post(0.25)), one)[0]
    assert unequal == approx(variance(model(), one)[0] * 4 / 3, rel=1e-12)


def test_two_groups_have_locations_less_two_by_either_rule() -> None:
    """Satterthwaite's formula gives the same where nothing but the difference is estimated."""
    one = scenario(locations=14, cac=0.6, iac=0.4)
    for name, analysis in (
        ("parallel_post", "adjusted"), ("before_after", "change"), ("crossover", "adjusted"),
    ):  # fmt: skip
        own = model(name, analysis=analysis, structure="block_exchangeable", sampling="cohort")
        assert satterthwaite(own, one)[0] == approx(12, rel=1e-9)
        assert answer(own, one).df[0] == 12


def test_a_layout_that_cannot_tell_the_effect_says_so() -> None:
    with pytest.raises(NotEstimable, match="cannot tell the effect from periods and arms"):
        variance(model(analysis="change"), scenario())
    with pytest.raises(NotEstimable, match="analysed as a change"):
        variance(model("before_after"), scenario(cac=1))


def test_scenarios_do_not_depend_on_their_neighbours() -> None:
    rng, n = np.random.default_rng(5), 5000
    many = scenario(icc=rng.uniform(0, 0.2, n), cac=rng.uniform(0, 1, n))
    own = model("stepped_wedge", structure="decay")
    found = answer(own, many)
    for at in (0, 1999, 2000, 4999):
        alone = answer(own, many.take(np.array([at])))
        assert found.std_error[at] == approx(alone.std_error[0], rel=1e-12)
        assert found.df[at] == approx(alone.df[0], rel=1e-9)


def test_nobody_lost_beside_scenarios_that_lose_people() -> None:
    """Where others lose people, those who leave here are none: their part cancels."""
    own = model("stepped_wedge", structure="decay", sampling="cohort")
    many = scenario(cac=0.7, iac=0.5, retention=[1, 0.7])
    alone = answer(own, many.take(np.array([0])))
    assert answer(own, many).df[0] == approx(alone.df[0], rel=1e-6)


def test_every_layout_of_the_reference_is_held() -> None:
    assert {case["layout"] for case in CASES} == set(LAYOUTS)
