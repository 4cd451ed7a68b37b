"""Simulated trials: exact where a formula is, the same bytes whoever makes them."""

from dataclasses import replace
from math import comb

import numpy as np
import pytest
from scipy import special, stats

from cesp_analysis.declared.planning import Analysis
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning import power as on_t
from cesp_analysis.planning.alike_formulas import people_alike
from cesp_analysis.planning.ancova import adjusted
from cesp_analysis.planning.critical import critical
from cesp_analysis.planning.level_draws import counted
from cesp_analysis.planning.parting import parts_from
from cesp_analysis.planning.performance import added, performance_of, tally
from cesp_analysis.planning.scenarios import Scenarios
from cesp_analysis.planning.trial_analyses import ANALYSES, analysed, block_size, must_be_answerable
from cesp_analysis.planning.trial_draws import by_location, scatter
from cesp_analysis.planning.trial_people import BinaryTrial, CountTrial
from cesp_analysis.planning.trial_permutation import must_be_able, smallest_p
from cesp_analysis.planning.trials import Trial, same_arms
from planned_trials import by_location_of, people_of, scatter_of
from simulated_trials import simulated, tallies

COHORT = Trial((5, 6), 12, 0.4, 0.05, sd=2.0, cac=0.8, iac=0.6, baseline="cohort")


def exact_power(trial: Trial, level: float = 0.95) -> float:
    """Of the t on k - 2 df, post only, locations of one size: noncentral t, both sides."""
    m = trial.people
    assert isinstance(m, int)
    variance = trial.sd**2 * (trial.icc + (1 - trial.icc) / m) * sum(1 / k for k in trial.locations)
    df, off = trial.k - 2, trial.effect / variance**0.5
    t = stats.t.ppf(0.5 + level / 2, df)
    return float(stats.nct.sf(t, df, off) + stats.nct.cdf(-t, df, off))


def test_power_of_locations_means_is_the_noncentral_t() -> None:
    """Twelve scenarios; |z| below the limit of 5% for all of them together, 2.87."""
    worst = 0.0
    for at, (k, m, icc) in enumerate(
        (k, m, icc) for k in (6, 20) for m in (5, 40) for icc in (0.0, 0.02, 0.2)
    ):
        trial = same_arms(k, m, 0.5, icc)
        own = simulated(trial, "location_means_t", 40_000, 1, f"exact {at}")
        true = exact_power(trial)
        worst = max(worst, abs(own.power - true) / (true * (1 - true) / own.n) ** 0.5)
    assert worst < special.ndtri(1 - 0.05 / 24)


@pytest.mark.parametrize("analysis", ANALYSES)
@pytest.mark.parametrize("locations", [6, 20])
def test_type_one_error(analysis: Analysis, locations: int) -> None:
    """Nominal in trials without an effect (2,000 to 8,192 of them, 4 Monte Carlo errors), but for
    the normal, which with six locations rejects too often."""
    trial = same_arms(locations, 25, 0.0, 0.05, cac=0.8, iac=0.5, baseline="cohort")  # type: ignore[arg-type]
    if analysis == "permutation" and locations == 6:
        with pytest.raises(NotEstimable, match=r"no p below 0\.100"):
            must_be_answerable(trial, analysis, 0.95)
        return
    own = simulated(trial, analysis, 2_000, 1, "null")
    assert own.n_failed == 0
    if analysis == "z" and locations == 6:
        assert own.power > 0.05 + 8 * own.power_mcse
    elif analysis != "z":
        assert own.power < 0.05 + 4 * (0.05 * 0.95 / own.n) ** 0.5
        assert own.coverage == pytest.approx(1 - own.power, abs=1e-12)


def test_what_is_drawn_has_the_law_of_the_people() -> None:
    """Scatter and location means against those of people drawn one by one: means of all sums within
    4.5 Monte Carlo errors, and both ways to fit give one power."""
    rng = np.random.default_rng(1)
    people = [people_of(COHORT, np.full(11, 12), rng) for _ in range(2_000)]
    true, own = scatter_of(people, 5), scatter(COHORT, rng, 2_000)
    for stratum in ("within", "between"):
        for name in ("xx", "slope", "rest"):
            alike(getattr(getattr(true, stratum), name), getattr(getattr(own, stratum), name))
    for name in ("gap_x", "gap_y"):
        alike(getattr(true, name), getattr(own, name))
        alike(getattr(true, name) ** 2, getattr(own, name) ** 2)
    each, drawn = by_location_of(people, 5, True), by_location(COHORT, rng, 2_000, True)
    for first, second in zip(each.within, drawn.within, strict=True):
        alike(first[0], second[0])
        alike(first[0] ** 2, second[0] ** 2)
    for power in (1, 2):
        alike((each.x[0] * each.y[0]) ** power, (drawn.x[0] * drawn.y[0]) ** power)
    one = simulated(COHORT, "mixed_satterthwaite", 16_000, 1, "equal")
    other = simulated(replace(COHORT, people=(12,) * 11), "mixed_satterthwaite", 16_000, 1, "by")
    assert abs(one.power - other.power) < 4 * np.hypot(one.power_mcse, other.power_mcse)
    assert abs(one.bias) < 4 * one.bias_mcse and abs(other.bias) < 4 * other.bias_mcse


def alike(first: np.ndarray, second: np.ndarray) -> None:
    error = np.hypot(first.std(), second.std()) / len(first) ** 0.5
    assert abs(first.mean() - second.mean()) < 4.5 * error


def test_a_baseline_of_other_people_adjusts_by_location() -> None:
    """Teerenstra et al. (2012): the variance falls by the squared correlation of the means."""
    trial = Trial((30, 30), 20, 0.0, 0.2, cac=0.9, baseline="cross_section")
    own = simulated(trial, "location_means_t", 16_000, 1, "cross")
    each = 0.2 + 0.8 / 20
    r = 0.2 * 0.9 / each
    known = each * (1 / 30 + 1 / 30) * (1 - r**2) * (1 + 1 / (60 - 4))  # the slope is estimated
    assert own.empirical_se == pytest.approx(known**0.5, abs=4 * own.empirical_se_mcse)
    mixed = simulated(trial, "mixed_kenward_roger", 16_000, 1, "cross")
    assert mixed.empirical_se == pytest.approx(own.empirical_se, rel=0.01)


@pytest.mark.parametrize("analysis", ["mixed_satterthwaite", "gee_cr2", "permutation"])
def test_the_same_bytes_on_any_number_of_processes(analysis: Analysis) -> None:
    trial = replace(COHORT, size_cv=0.4) if analysis != "mixed_satterthwaite" else COHORT
    most = 4 * block_size(trial, analysis)
    own, other = (simulated(trial, analysis, most, 7, "bytes", workers=n) for n in (1, 2))
    assert repr(own) == repr(other)
    parts = [*tallies(trial, analysis, range(2, 4), 7, "bytes")]
    parts += tallies(trial, analysis, range(2), 7, "bytes")
    whole = [*tallies(trial, analysis, range(4), 7, "bytes")]
    assert repr(added(parts)) == repr(added(whole))
    assert own.power != simulated(trial, analysis, most, 7, "other").power


def test_loss_and_sizes_that_vary() -> None:
    """People who answer: a share of those asked; sizes of the CV asked for."""
    rng = np.random.default_rng(1)
    own = by_location(replace(COHORT, people=50, size_cv=0.5), rng, 4_000)
    assert own.size.mean() == pytest.approx(50, rel=0.01)
    assert own.size.std() / own.size.mean() == pytest.approx(0.5, abs=0.01)
    lost = by_location(replace(COHORT, people=50, retention=0.7), rng, 4_000)
    assert lost.size.mean() == pytest.approx(35, rel=0.01)
    few = Trial((3, 3), 2, 0.0, 0.1, retention=0.3)
    own_means = simulated(few, "location_means_t", 4_000, 1, "few")
    assert 0 < own_means.n_failed < own_means.n  # some have an arm in which nobody answers
    assert np.isfinite(own_means.empirical_se)
    relabelled = simulated(few, "permutation", 4_000, 1, "few", level=0.9)
    assert (relabelled.n, relabelled.n_failed) == (own_means.n, own_means.n_failed)
    assert relabelled.bias == pytest.approx(own_means.bias, abs=1e-12)


def test_shares_and_counts_have_the_moments_asked_for() -> None:
    rng = np.random.default_rng(2)
    own = counted(BinaryTrial((1000, 1000), 10, 0.3, 0.5, 0.1), rng, 200)
    share = own.y[:1000]
    assert share.mean() == pytest.approx(0.3, abs=0.003)
    assert share.var() == pytest.approx(0.21 * (1 + 9 * 0.1) / 10, rel=0.02)
    assert own.y[1000:].mean() == pytest.approx(0.3, abs=0.003)  # less the effect
    count = counted(CountTrial((1000, 1000), 10, 2.0, 3.0, 0.25, 0.5), rng, 200)
    y = count.y[:1000]
    assert y.mean() == pytest.approx(2, abs=0.02)
    # Var(mean) = rate/m + (rate cv)² (1 + cv_p²/m) + rate² cv_p²/m
    assert y.var() == pytest.approx(0.2 + 0.25 * (1 + 0.025) + 0.1, rel=0.02)
    for trial in (BinaryTrial((10, 10), 30, 0.3, 0.3, 0.05), CountTrial((10, 10), 30, 2, 2, 0.3)):
        null = simulated(trial, "location_means_t", 8_000, 1, "null")
        assert null.power == pytest.approx(0.05, abs=4 * null.power_mcse)


def test_shares_before_and_after_correlate_as_asked() -> None:
    """Of locations (exact in the control arm) and of their people; means of either time."""
    m, both = 60, {"cac": 0.7, "iac": 0.4, "baseline": "cohort"}
    trial = BinaryTrial((1500, 1500), m, 0.3, 0.4, 0.06, **both)  # type: ignore[arg-type]
    own = counted(trial, np.random.default_rng(3), 30)
    control = slice(0, 1500)
    assert own.x.mean() == pytest.approx(0.3, abs=0.002) and trial.copula > 0.7
    assert own.y.mean(axis=1)[control].mean() == pytest.approx(0.3, abs=0.002)
    assert own.x.var() == pytest.approx(0.21 * (0.06 + 0.94 / m), rel=0.02)
    xx, xy, yy = (part[control].mean() / (m - 1) for part in own.within)
    assert xy / np.sqrt(xx * yy) == pytest.approx(0.4, abs=0.01)
    between = np.cov(own.x[control].ravel(), own.y[control].ravel())[0, 1] - xy / m
    assert between / (0.06 * 0.21) == pytest.approx(0.7, abs=0.02)
    others = replace(trial, baseline="cross_section")
    own = counted(others, np.random.default_rng(4), 30)
    between = np.cov(own.x[control].ravel(), own.y[control].ravel())[0, 1]
    assert between / (0.06 * 0.21) == pytest.approx(0.7, abs=0.02)
    assert not own.within[0].any() and not own.within[1].any()


def test_a_baseline_helps_shares_as_the_formula_says() -> None:
    """Location means adjusted for those before, of 30 locations: within 3 errors and .015."""
    told = {"cac": 0.8, "iac": 0.5}
    trial = BinaryTrial((15, 15), 25, 0.3, 0.42, 0.04, baseline="cohort", **told)  # type: ignore[arg-type]
    found = simulated(trial, "location_means_t", 16_000, 1, "shares")
    sd = ((0.3 * 0.7 + 0.42 * 0.58) / 2) ** 0.5
    said = adjusted(Scenarios.of(locations=30, people=25, effect=0.12, sd=sd, icc=0.04, **told))
    assert abs(found.power - said.power[0]) < 0.015 + 3 * found.power_mcse
    for analysis in ("mixed_satterthwaite", "gee_cr2"):
        null = replace(trial, intervention=0.3)
        assert simulated(null, analysis, 8_000, 1, "null").power == pytest.approx(0.05, abs=0.012)  # type: ignore[arg-type]


def test_counts_one_by_one_have_the_law_of_their_totals() -> None:
    """Means within 4 errors of a difference of two, each of 16,000 locations' means."""
    trial = CountTrial((800, 800), 20, 2.0, 3.0, 0.3, 0.8, retention=0.7)
    each = counted(trial, np.random.default_rng(5), 20)
    total = counted(trial, np.random.default_rng(6), 20, squares=False)
    for part in (slice(0, 800), slice(800, None)):
        one, other = each.y[part], total.y[part]
        alike(one.ravel(), other.ravel())
        assert one.var() == pytest.approx(other.var(), rel=0.05)
    # within a location a count varies by its rate and by people: rate + (.8 rate)^2, the rate's
    # own square having the mean 4 (1 + .3^2)
    of_people = each.within[2][:800].sum() / (each.size[:800] - 1).clip(0).sum()
    assert of_people == pytest.approx(2 + 0.64 * 4 * 1.09, rel=0.02)
    few = CountTrial((10, 10), 20, 2.0, 2.0, 0.3, 0.8, retention=0.7)
    null = simulated(few, "mixed_kenward_roger", 4_000, 1, "null")
    assert null.n_failed == 0 and null.power == pytest.approx(0.05, abs=4 * null.power_mcse)


def test_quantiles_are_scipys() -> None:
    df = np.concatenate([[0.4, 1.0, 1.99], np.geomspace(2, 1e7, 500), [np.inf]])
    for level in (0.8, 0.95, 0.999):
        known = np.append(special.stdtrit(df[:-1], 0.5 + level / 2), special.ndtri(0.5 + level / 2))
        assert critical(level, df) == pytest.approx(known, rel=1e-11)
    assert np.isnan(critical(0.95, np.array([np.nan, -1.0]))).all()
    with pytest.raises(ValueError, match="between 0 and 1"):
        critical(1.0, df)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"icc": 1.0}, r"the ICC must lie in \[0, 1\), not 1"),
        ({"icc": -0.1}, "ICC"),
        ({"cac": 1.2}, r"the CAC must lie in \[-1, 1\], not 1.2"),
        ({"iac": 1.0}, "IAC"),
        ({"locations": (1, 10)}, "an arm needs at least 2 locations; one of them has 1"),
        ({"people": 1}, "at least 2 people"),
        ({"people": (3, 4)}, "2 numbers of people for 11 locations"),
        ({"sd": 0.0}, "SD"),
        ({"retention": 0.0}, "retention"),
        ({"size_cv": 2.0}, "CV of sizes"),
        ({"effect": float("nan")}, "effect"),
        ({"people": (12,) * 11, "size_cv": 0.3}, "not both"),
    ],
)
def test_what_no_trial_can_have_is_one_clear_line(wrong: dict[str, object], why: str) -> None:
    with pytest.raises(NotEstimable, match=why):
        replace(COHORT, **wrong)  # type: ignore[arg-type]


def test_what_an_analysis_can_not_do_is_one_clear_line() -> None:
    with pytest.raises(NotEstimable, match="share must lie"):
        BinaryTrial((5, 5), 10, 0.0, 0.5, 0.1)
    with pytest.raises(NotEstimable, match="mean count"):
        CountTrial((5, 5), 10, 0.0, 0.5, 0.1)
    with pytest.raises(NotEstimable, match="CV must be"):
        CountTrial((5, 5), 10, 1.0, 0.5, -0.1)
    with pytest.raises(NotEstimable, match="no analysis is called 'anova'"):
        must_be_answerable(COHORT, "anova", 0.95)  # type: ignore[arg-type]
    assert smallest_p(4, 4) == 2 / comb(8, 4)
    assert smallest_p(20, 20) == 1 / 2000
    must_be_able(4, 4, 0.95)
    with pytest.raises(ValueError, match="differ in size"):
        scatter(replace(COHORT, size_cv=0.1), np.random.default_rng(1), 10)
    ones = np.ones(3)
    with pytest.raises(NotEstimable, match="3 of 3 simulated trials have no answer"):
        performance_of([tally(ones, ones, ones, 0.0, 0.95, ones > 0)])
    assert analysed(COHORT, "z", np.random.default_rng(1), 10, 0.95).n == 10


def test_chance_is_judged_by_the_binomials_own_law() -> None:
    """All of 64 trials where 97.9% are promised are no surprise, though their error is 0."""
    assert not parts_from(64, 64, 0.979, 0.01)
    assert parts_from(55, 64, 0.979, 0.01) and parts_from(40, 64, 0.9, 0.01)
    assert parts_from(4_000, 10_000, 0.45, 0.01) and not parts_from(4_350, 10_000, 0.45, 0.01)
    assert parts_from(4_900, 10_000, 0.45, 0.01) and not parts_from(10, 20, float("nan"), 0.01)


def test_people_alike_reckon_with_gamma_sizes() -> None:
    """The mean of the sum of squared shares of people, by drawing sizes."""
    k, m, cv, icc = 12, 30.0, 0.6, 0.1
    sizes = np.random.default_rng(3).gamma(cv**-2, size=(k // 2, 200_000))
    share = sizes / sizes.sum(0)
    arm = icc * (share**2).sum(0).mean() + (1 - icc) / (k / 2 * m)
    whole = icc * (1 + cv**2) / (k / 2 + cv**2) + (1 - icc) / (k / 2 * m)
    assert arm == pytest.approx(whole, rel=0.005)
    of = {"locations": float(k), "people": m, "sd": 1.0, "icc": icc, "effect": 3 * (2 * arm) ** 0.5}
    said = float(people_alike(Scenarios.of(size_cv=cv, **of), None)[0])
    of_people = (1 - icc) / (icc * m + 1 - icc)
    df = (k - 2) / (1 + cv**2 * (1 + of_people) / 2)
    assert said == pytest.approx(float(on_t.power(3.0, df, 0.05)), abs=0.003)
    even = float(people_alike(Scenarios.of(**of), None)[0])
    trial = same_arms(k, int(m), of["effect"], icc)
    assert even == pytest.approx(exact_power(trial), abs=1e-9)
