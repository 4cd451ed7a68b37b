"""Trials of people with link workers in one arm: lmerTest, nlme, the formula, themselves."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytest import approx

from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning.individual import Individual, answered_individual
from cesp_analysis.planning.individual_blocks import block_size, fits_of
from cesp_analysis.planning.individual_draws import drawn_alike, drawn_unequal
from cesp_analysis.planning.individual_trials import IndividualTrial, lead_of
from cesp_analysis.planning.level_individual import LevelIndividual
from cesp_analysis.planning.level_individual_draws import counts_of, in_rows, in_strata, shares_of
from cesp_analysis.planning.mixed_trials import fitted
from cesp_analysis.planning.task_trials import power_of_people
from planned_individuals import (
    ALIKE,
    OF_EACH,
    SOME,
    VARY,
    People,
    people_of,
    strata_alike,
    strata_by_worker,
)
from simulated_trials import simulated

SAID = json.loads(
    (Path(__file__).parents[1] / "reference" / "planning_individuals.json").read_text("utf-8")
)
ROWS = {
    "alike": people_of(ALIKE, OF_EACH, 3, 5),
    "alike_none": people_of(ALIKE, OF_EACH, 3, 0),
    "unequal": people_of(VARY, SOME, 3, 5),
    "unequal_none": people_of(VARY, SOME, 3, 0),
    "alike_by_arm": people_of(ALIKE, OF_EACH, 3, 6, wide=4),
    "unequal_by_arm": people_of(VARY, SOME, 3, 6, wide=4),
    "differs": people_of(ALIKE, OF_EACH, 3, 4, far=6),
}
TRIAL = IndividualTrial(4, 3, 6, 15, 0.0, correlation=0.5)
PLANNED = IndividualTrial(6, 3, 8, 24, 0.35, worker_icc=0.08, correlation=0.5)


@pytest.mark.parametrize(
    ("locations", "effect_sd", "answered"),
    [(2, 0.0, False), (3, 0.0, True), (3, 0.5, True), (2, 0.5, False), (1, 0.0, False)],
)
def test_a_link_worker_a_location_is_answered_by_formula_where_a_trial_is(
    locations: int, effect_sd: float, answered: bool
) -> None:
    said = answered_individual(
        Individual.of(
            locations=locations, workers=locations, caseload=20, controls=20 * locations,
            effect=0.5, sd=1.0, worker_icc=0.05, effect_sd=effect_sd,
        )
    )  # fmt: skip
    assert (said.reason[0] == "") == answered == bool(np.isfinite(said.power[0]))
    try:
        IndividualTrial(locations, 1, 20, 20, 0.5, worker_icc=0.05, effect_sd=effect_sd)
        made = True
    except NotEstimable:
        made = False
    assert made == answered


DRAW = {"binary": shares_of, "count": counts_of}


def fits(name: str, unequal: bool) -> tuple[list[float], np.ndarray]:
    trial = replace(TRIAL, sd_served=1.2 if "by_arm" in name else np.nan)
    trial = replace(trial, effect_sd=1.0 if name == "differs" else 0.0)
    trial = replace(trial, caseload_cv=0.5) if unequal else trial
    own = (strata_by_worker if unequal else strata_alike)(trial, ROWS[name])
    found = fitted(own, lead_of(trial), "satterthwaite")
    assert not found.failed.any()
    return [found.estimate[0], found.std_error[0], found.df[0]], found.variances[0]


@pytest.mark.parametrize("name", ROWS)
def test_fits_are_those_of_lme4_and_nlme(name: str) -> None:
    """Estimate, standard error, Satterthwaite's df, variances; at the boundary workers' is 0."""
    ways = (True,) if name.startswith("unequal") else (False, True)
    for unequal in ways:
        arm, variances = fits(name, unequal)
        assert arm[:2] == approx(SAID[name]["arm"][:2], rel=2e-6)
        assert variances == approx(SAID[name]["variances"], rel=2e-4, abs=1e-8)
        if "by_arm" not in name:
            assert arm[2] == approx(SAID[name]["arm"][2], rel=2e-4)
        assert (variances[0] == 0) == name.endswith("none")


def test_both_ways_are_the_same_fit() -> None:
    for name in ("alike", "alike_none", "alike_by_arm"):
        one, other = (fits(name, unequal) for unequal in (False, True))
        assert one[0] == approx(other[0], rel=1e-7)
        assert one[1] == approx(other[1], rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("spread", [8.0, 0.0])
def test_a_worker_a_location_is_seen_between_locations(spread: float) -> None:
    own = people_of([6] * 5, [15] * 5, 1, spread)
    trial = IndividualTrial(5, 1, 6, 15, 0.0, correlation=0.5, sd_served=1.2)
    one = fitted(strata_alike(trial, own), lead_of(trial), "satterthwaite")
    trial = replace(trial, caseload_cv=0.5)
    other = fitted(strata_by_worker(trial, own), lead_of(trial), "satterthwaite")
    assert one.variances == approx(other.variances, rel=1e-6, abs=1e-9)
    for name in ("estimate", "std_error", "df"):
        assert getattr(one, name) == approx(getattr(other, name), rel=1e-6)
    assert (one.variances[0, 0] > 0) == (spread > 0)


def test_a_worker_of_whom_nobody_answers_is_left_out() -> None:
    """The rows' fit is that of a trial in which the worker was never there."""
    own = ROWS["unequal"]
    nobody = (own.j == 2) & (own.w == 3)
    trial = replace(TRIAL, caseload_cv=0.5)
    rest = People(own.j[~nobody], own.w[~nobody], own.v[~nobody])
    with np.errstate(invalid="ignore"), pytest.warns(RuntimeWarning, match="Mean of empty slice"):
        strata = strata_by_worker(trial, rest)
    found = fitted(strata, lead_of(trial), "satterthwaite")
    assert strata.n[0] == len(rest.j)
    assert np.isfinite([found.estimate[0], found.std_error[0], found.df[0]]).all()
    assert 1.5 < found.estimate[0] < 3.0


@pytest.mark.parametrize("sd_served", [np.nan, 1.3])
def test_two_ways_of_drawing_are_one_law(sd_served: float) -> None:
    """Strata of squares, or a row a worker: means of what both fits estimate."""
    trial = replace(PLANNED, sd_served=sd_served)
    rng, count = np.random.default_rng(4), 2000
    ways = [
        (drawn_alike, lead_of(trial)),
        (drawn_unequal, lead_of(replace(trial, caseload_cv=0.1))),
    ]
    one, other = (fitted(draw(trial, rng, count), lead, "satterthwaite") for draw, lead in ways)
    for name in ("estimate", "std_error", "df"):
        a, b = getattr(one, name), getattr(other, name)
        assert abs(a.mean() - b.mean()) < 3.5 * np.hypot(a.std(), b.std()) / count**0.5
    zero = [(own.variances[:, 0] == 0).mean() for own in (one, other)]
    assert 0.005 < zero[0] < 0.5
    assert abs(zero[0] - zero[1]) < 3.5 * (2 * zero[0] * (1 - zero[0]) / count) ** 0.5


@pytest.mark.parametrize(("locations", "workers"), [(1, 40), (12, 1), (8, 3)])
@pytest.mark.parametrize("cv", [0.4, 0.9])
def test_caseloads_that_differ_cost_what_a_mixed_model_loses_by_them(
    locations: int, workers: int, cv: float
) -> None:
    """Means over caseloads that are drawn of what least squares with known variances tells."""
    u, e, c, m = 0.06, 0.9, 0.03, 20
    said = answered_individual(
        Individual.of(
            locations=locations, workers=locations * workers, caseload=m, controls=locations / c,
            effect=0.5, sd=1.0, sd_served=(u + e) ** 0.5, worker_icc=u / (u + e), caseload_cv=cv,
        )
    )  # fmt: skip
    rng = np.random.default_rng(8)
    sizes = np.maximum(rng.standard_gamma(cv**-2, (40_000, locations, workers)) * m * cv**2, 1)
    weights = (1 / (u + e / sizes)).sum(axis=2)
    told = (1 / (1 / weights + c)).sum(axis=1).mean()
    assert said.std_error[0] == approx(told**-0.5, rel=2e-3)  # sums of weights are not gamma


@pytest.mark.slow
@pytest.mark.parametrize(("workers", "icc"), [(3, 0.05), (4, 0.15)])
def test_power_with_caseloads_that_differ_is_near_the_formulas(workers: int, icc: float) -> None:
    """Within .01, and Monte Carlo, up to a CV of .4 from two dozen link workers on."""
    trial = IndividualTrial(
        24 // workers, workers, 16, 16 * workers, 0.0, sd_served=1.0, worker_icc=icc,
        correlation=0.5, retention=0.8, caseload_cv=0.4,
    )  # fmt: skip
    at = 2.9 * (icc * 24**-1 + 2 * 0.75 / 24 / 12.8) ** 0.5
    planned = replace(trial, effect=at)
    said = power_of_people(planned, 0.5, 0.05, True)
    got = simulated(planned, "mixed_kenward_roger", 8_000, 7, "caseloads")
    assert 0.7 < said < 0.9
    assert abs(got.power - said) < 0.01 + 3 * got.power_mcse


@pytest.mark.slow
@pytest.mark.parametrize(
    "other",
    [
        {},
        {"sd_served": 1.2},
        {"correlation": 0.0},
        {"retention": 0.8},
        {"effect_sd": 0.2},
        {"effect_sd": 0.3, "retention": 0.7},
    ],
)
def test_power_is_near_the_formulas(other: dict[str, float]) -> None:
    """Within .02 of it where variances are seldom estimated as zero."""
    trial = replace(PLANNED, locations=12, worker_icc=0.15, **other)
    found = simulated(trial, "mixed_satterthwaite", 4000, 7, "near")
    assert found.n_failed == 0 and abs(found.bias) < 3.5 * found.bias_mcse
    said = answered_individual(
        Individual.of(
            locations=12, workers=36, caseload=8, controls=288, effect=0.35,
            sd=1.0, sd_served=served_sd(trial), worker_icc=0.15, **without(other),
            correlation=trial.correlation,
        )
    )  # fmt: skip
    assert 0.3 < said.power[0] < 0.99
    assert abs(found.power - said.power[0]) < 0.02 + 3 * found.power_mcse
    assert found.empirical_se == approx(said.std_error[0], rel=0.06)


@pytest.mark.slow
@pytest.mark.parametrize("stay", [1.0, 0.8])
def test_one_link_worker_each_and_an_effect_that_varies_is_a_paired_t(stay: float) -> None:
    """On locations - 1 df: the sum of both variances is all that it needs."""
    base = Individual.of(
        locations=12, workers=12, caseload=20, controls=240, effect=0.8, sd=1.0, worker_icc=0.05,
        retention=stay, effect_sd=0.6,
    )  # fmt: skip
    said = answered_individual(base)
    variance = (0.05 + 0.95 / (20 * stay) + 1 / (20 * stay) + 0.36) / 12
    assert said.df[0] == approx(11)
    if stay == 1:
        assert said.std_error[0] == approx(variance**0.5)
    else:  # how many are lost differs by chance, which costs a little
        assert variance**0.5 < said.std_error[0] < 1.001 * variance**0.5
    trial = IndividualTrial(12, 1, 20, 20, 0.8, 1.0, 1.0, 0.05, retention=stay, effect_sd=0.6)
    assert trial.shape == (1, 2), "one effect, of both"
    found = simulated(trial, "mixed_kenward_roger", 4000, 5, "one each")
    assert found.n_failed == 0 and 0.5 < said.power[0] < 0.95
    assert abs(found.power - said.power[0]) < 0.01 + 3 * found.power_mcse
    assert found.empirical_se == approx(said.std_error[0], rel=0.05)


def test_rows_that_share_an_effect_are_absorbed_as_by_the_whole_covariance() -> None:
    """Value and derivatives, against inverses of 9 by 9 matrices and central differences."""
    trial = replace(PLANNED, locations=3, workers=2, effect_sd=0.5, retention=0.6)
    own = drawn_unequal(trial, np.random.default_rng(3), 4)
    assert (own.rows.shape[1], trial.shape) == (9, (2, 1))

    def dense(theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        matrix, logs = [], []
        together = np.zeros((9, 9))
        for at in range(3):
            together[2 * at : 2 * at + 2, 2 * at : 2 * at + 2] = theta[1]
        strata = own.made[:, 0] + own.made[:, 1:] @ theta
        for r in range(4):
            v = np.diag(own.made_rows[r, :, 0] + own.made_rows[r, :, 1:] @ theta)
            there = own.made_rows[r, :, 1:].any(1)
            v += together * np.outer(there, there)
            z = own.rows[r]
            inner = np.einsum("i,iab->ab", 1 / strata, own.scatter[r])
            matrix.append(inner + z.T @ np.linalg.inv(v) @ z)
            logs.append(np.linalg.slogdet(v)[1] + own.df[r] @ np.log(strata))
        return np.array(matrix), np.array(logs)

    theta = np.array([0.3, 0.4])
    got = own.absorbed(np.tile(theta, (4, 1)), 2)
    matrix, logs = dense(theta)
    assert got.matrix.value == approx(matrix, rel=1e-10, abs=1e-10)
    assert got.logdet.value == approx(logs, rel=1e-10)
    for at in range(2):
        step = 1e-5 * np.eye(2)[at]
        up, down = dense(theta + step), dense(theta - step)
        assert got.matrix.first[at] == approx((up[0] - down[0]) / 2e-5, rel=1e-5, abs=1e-6)
        assert got.logdet.first[at] == approx((up[1] - down[1]) / 2e-5, rel=1e-6)
        above, below = (own.absorbed(np.tile(theta + s, (4, 1)), 1) for s in (step, -step))
        second = (above.matrix.first - below.matrix.first) / 2e-5
        assert got.matrix.second[at] == approx(second, rel=1e-5, abs=1e-5)


FEW = [  # locations, workers and controls of one, ICC, share that stays
    (8, 1, 20, 0.03, 1.0), (8, 1, 20, 0.03, 0.65), (6, 1, 20, 0.0, 1.0), (6, 2, 40, 0.1, 0.65),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("locations", "workers", "controls", "icc", "stay"), FEW)
def test_power_of_few_link_workers_is_that_of_their_tests(
    locations: int, workers: int, controls: int, icc: float, stay: float
) -> None:
    """Within .02; as if workers alone told how they differ, .02 to .24 more would be promised."""
    base = Individual.of(
        locations=locations, workers=locations * workers, caseload=20,
        controls=locations * controls, effect=1.0, sd=1.0, worker_icc=icc, correlation=0.44,
        retention=stay,
    )  # fmt: skip
    effect = 3 * float(answered_individual(base).std_error[0])
    trial = IndividualTrial(locations, workers, 20, controls, effect, 1.0, 1.0, icc, 0.44, stay)
    for analysis in ("mixed_kenward_roger", "mixed_satterthwaite"):
        cautious = analysis == "mixed_kenward_roger"
        said = answered_individual(base.with_(effect=effect), cautious)
        found = simulated(trial, analysis, 6000, 3, "few workers")  # type: ignore[arg-type]
        assert abs(found.power - said.power[0]) < 0.02 + 2 * found.power_mcse
        if cautious:
            more = answered_individual(base.with_(effect=said.detectable(0.7)))
            assert more.power[0] == approx(0.7, abs=1e-8)


def served_sd(trial: IndividualTrial) -> float:
    """Without an SD of its own, the arm has the controls' and its workers' variance."""
    return trial.sd_served if trial.by_arm else (1 / (1 - trial.worker_icc)) ** 0.5


def without(other: dict[str, float]) -> dict[str, float]:
    return {key: value for key, value in other.items() if key in ("retention", "effect_sd")}


@pytest.mark.parametrize("icc", [0.0, 0.1])
def test_no_effect_is_found_as_often_as_nominal(icc: float) -> None:
    """Never much more often; less where workers do not differ, for variances stay above 0."""
    trial = replace(PLANNED, effect=0.0, worker_icc=icc)
    found = simulated(trial, "mixed_satterthwaite", 8000, 9, "none")
    assert found.power < 0.05 + 3.5 * found.power_mcse + (0.005 if icc else 0)
    assert found.power > 0.03


def test_blocks_are_the_same_on_any_processes() -> None:
    for trial in (PLANNED, replace(PLANNED, retention=0.9)):
        size = block_size(trial)
        one, two = (
            simulated(trial, "mixed_satterthwaite", 4 * size, 2, "same", workers=n) for n in (1, 2)
        )
        assert one == two


@pytest.mark.parametrize("sd_served", [np.nan, 1.3])
def test_trials_that_lose_too_many_have_failed_and_are_counted(sd_served: float) -> None:
    """Few people of whom half leave: some trials tell nothing, none stops the others."""
    trial = IndividualTrial(2, 2, 2, 2, 0.0, sd_served=sd_served, worker_icc=0.3, retention=0.5)
    found = fits_of(trial, "satterthwaite", np.random.default_rng(1), 500)
    assert 0.1 < found.failed.mean() < 0.95
    assert np.isnan(found.std_error[found.failed]).all()
    assert np.isfinite(found.df[~found.failed]).all()
    own = simulated(trial, "mixed_satterthwaite", 500, 1, "few")
    assert own.n_failed > 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"locations": 0}, "1 or more locations"),
        ({"workers": 0}, "a location needs a link worker"),
        ({"workers": 1, "locations": 2}, "3 or more locations"),
        ({"workers": 1, "effect_sd": 1.0, "locations": 2}, "3 or more locations"),
        ({"caseload": 1}, "at least 2 people"),
        ({"controls": 1}, "at least 2 controls"),
        ({"effect": np.nan}, "effect is not a number"),
        ({"sd": 0.0}, "SDs must be above 0"),
        ({"worker_icc": 1.0}, r"ICC must lie in \[0, 1\)"),
        ({"correlation": 1.0}, "between -1 and 1"),
        ({"retention": 0.0}, "retention must lie in"),
        ({"caseload_cv": 2.0}, "CV of caseloads"),
        ({"effect_sd": -1.0}, "must not be below 0"),
        ({"effect_sd": 1.0, "locations": 2}, "3 or more locations"),
    ],
)
def test_trials_that_can_not_be(wrong: dict[str, float], said: str) -> None:
    with pytest.raises(NotEstimable, match=said):
        replace(PLANNED, **wrong)


@pytest.mark.parametrize("kind", ["binary", "count"])
def test_shares_and_counts_are_fitted_alike_as_strata_and_as_rows(kind: str) -> None:
    """The same sums of people, both ways: the same estimates, errors and variances."""
    frame = IndividualTrial(4, 2, 10, 20, 0.1, worker_icc=0.05, correlation=0.4, sd_served=1.0)
    trial = LevelIndividual(frame, kind, 0.4 if kind == "binary" else 2.0, 0.05, cv=1.0)  # type: ignore[arg-type]
    rng = np.random.default_rng(3)
    sizes = np.full((20, 8), 10.0), np.full((20, 4), 20.0)
    sums = DRAW[kind](trial, rng, *sizes)
    one = fitted(in_strata(trial, sizes, sums), lead_of(frame), "kenward_roger")
    by_rows = np.eye(6)[4]  # behind four locations' means: arm, first answer
    other = fitted(in_rows(trial, sizes, sums), by_rows, "kenward_roger")
    np.testing.assert_allclose(one.estimate, other.estimate, atol=1e-7)
    np.testing.assert_allclose(one.std_error, other.std_error, rtol=1e-6)
    np.testing.assert_allclose(one.df, other.df, rtol=1e-4)


def test_shares_and_counts_of_the_served_are_as_spread_as_controls() -> None:
    """Means and SDs of both arms by what is declared: 4,000 locations' people of a trial."""
    frame = IndividualTrial(4000, 2, 10, 20, 0.0, worker_icc=0.1, correlation=0.3, sd_served=1.0)
    rng = np.random.default_rng(3)
    sizes = np.full((1, 8000), 10.0), np.full((1, 4000), 20.0)
    for kind, mean, variance in (("binary", 0.4, 0.24), ("count", 2.0, 4.0)):
        trial = LevelIndividual(frame, kind, mean, 0.05, cv=1.0)  # type: ignore[arg-type]
        for (x, y, squares), people in zip(DRAW[kind](trial, rng, *sizes), sizes, strict=True):
            # 4,000 locations: a mean's SE is below 1% of the SD, a variance's below 2%
            assert x.mean() == pytest.approx(mean, abs=4 * 0.01 * variance**0.5)
            assert y.mean() == pytest.approx(mean, abs=4 * 0.01 * variance**0.5)
            within = squares[2].sum() / (people - 1).sum()
            between = y.var() - within / people[0, 0]
            assert within + between == pytest.approx(variance, rel=0.06)


def test_one_control_a_location_tells_nothing_of_controls() -> None:
    """Each location's mean is one person's: no df, and a reason; with fewer they were below 0."""
    told = {"locations": 10, "workers": 10, "caseload": 1, "effect": 0.5, "sd": 1}
    told |= {"worker_icc": 0.05}
    for controls, retention in ((10, 1.0), (11, 0.9)):
        found = answered_individual(Individual.of(**told, controls=controls, retention=retention))
        assert np.isnan(found.power[0]) and found.reason[0].startswith(
            "each link worker needs" if retention < 1 else "with fewer controls who answer"
        )
    enough = answered_individual(Individual.of(**told, controls=30))
    assert enough.reason[0] == "" and enough.df[0] > 0
