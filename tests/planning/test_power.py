"""Power on the noncentral t, numbers that reach it, and the values that other programs print."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from scipy import integrate, stats

from cesp_analysis.planning.ancova import adjusted
from cesp_analysis.planning.answers import answer
from cesp_analysis.planning.layouts import stepped_wedge
from cesp_analysis.planning.power import noncentrality_for, power
from cesp_analysis.planning.precision import Model
from cesp_analysis.planning.scenarios import Scenarios
from cesp_analysis.planning.solved import locations_for, people_for
from closed_forms import correlation_of_means, fewest_locations, people_of_fixed_locations
from planned import FITS, REFERENCE, ROOT, lower_tail, model, scenario

DATA = ROOT.parent / "shared" / "data" / "power_reference_dev" / "power_examples.csv"
COHORT = {"structure": "block_exchangeable", "sampling": "cohort"}
PUBLISHED = {  # clusterPower 0.7.0, swCRTdesign: computed elsewhere (power_examples.csv)
    "par_k": 15.9327828487,
    "par_power16": 0.801766022833,
    "par_cv": 0.455988061006,
    "hh2007_like": 0.805917184537,
}


@pytest.mark.skipif(not DATA.is_file(), reason="shared/data is absent")
def test_published_values_are_those_of_the_file() -> None:
    with Path(DATA).open(encoding="utf-8") as file:
        values = {row["id"]: float(row["value"]) for row in csv.DictReader(file)}
    assert values == PUBLISHED


def test_power_is_rs() -> None:
    said = REFERENCE["powers"]
    shift, df, alpha = (np.array([row[key] for row in said]) for key in ("shift", "df", "alpha"))
    assert power(shift, df, alpha) == approx([row["power"] for row in said], abs=1e-9)


def test_power_far_out_and_on_the_normal() -> None:
    assert power([0, 50, 1e3, -50], 6, 0.05) == approx([0.05, 1, 1, 1], abs=1e-12)
    assert power(2.8, [1e6, 1e9, np.inf], 0.05) == approx(float(power(2.8, np.inf, 0.05)), abs=1e-6)
    assert np.isnan(power([1.0, np.nan, 1.0], [0, 5, np.nan], 0.05)).all()


@given(st.floats(1.5, 500), st.floats(0.001, 0.2), st.floats(0.25, 0.999))
def test_the_noncentrality_for_a_power_has_it(df: float, alpha: float, target: float) -> None:
    shift = noncentrality_for(target, df, alpha)
    assert power(shift, df, alpha) == approx(target, abs=1e-9)


@pytest.mark.parametrize(
    ("df", "least", "shift"), [(3.7, 0.9, 2.5), (8, 0.5, 0.0), (38, 0.95, 3.0), (1.0, 0.8, 2.0)]
)
def test_power_where_an_error_is_never_small_is_its_integral(
    df: float, least: float, shift: float
) -> None:
    """Over the law of the squared error, by scipy's quad, in the root of it."""
    t = stats.t.ppf(0.975, df)

    def beyond(root: float) -> float:
        at = t * max(root, least**0.5)
        weight = 2 * root * df * stats.chi2.pdf(df * root**2, df)
        return float((stats.norm.sf(at - shift) + stats.norm.sf(at + shift)) * weight)

    parts = [integrate.quad(beyond, *ends)[0] for ends in ((0, least**0.5), (least**0.5, np.inf))]
    assert power(shift, df, 0.05, least) == approx(sum(parts), abs=1e-7)
    own = noncentrality_for(0.8, df, 0.05, least)
    assert power(own, df, 0.05, least) == approx(0.8, abs=1e-9)
    assert power(shift, df, 0.05, 0.0) == power(shift, df, 0.05)


def test_no_noncentrality_for_what_is_no_target() -> None:
    assert np.isnan(noncentrality_for([0.05, 0.04, 1.0], 10, 0.05)).all()


def test_parallel_examples_of_clusterpower() -> None:
    """It leaves out the wrong tail; ours less that tail is its value."""
    one = scenario(people=10, effect=1, sd=5**0.5, icc=0.1, locations=32)
    found = answer(model(), one)
    assert locations_for(model(), one).exact[0] / 2 == approx(PUBLISHED["par_k"], abs=1e-4)
    tail = lower_tail(1 / found.std_error[0], 30)
    assert found.power[0] - tail == approx(PUBLISHED["par_power16"], abs=1e-10)
    uneven = scenario(people=100, locations=40, effect=0.2, icc=0.1, size_cv=0.5)
    best = answer(model(weights="best"), uneven)
    tail = lower_tail(0.2 / best.std_error[0], 38)
    # clusterPower's is of second order in the CV, on locations - 2 df, for any 40 locations
    assert best.power[0] - tail == approx(PUBLISHED["par_cv"], abs=2e-3)
    four = scenario(locations=8, people=100, effect=0.5, sd=1.05**0.5, icc=0.05 / 1.05)
    found = answer(model(), four)
    tail = lower_tail(0.5 / found.std_error[0], 6)
    assert found.power[0] - tail == approx(0.674194, abs=5e-7)


def test_the_change_of_clusterpower_and_our_own_roots_in_r() -> None:
    said = REFERENCE["solved"]
    one = scenario(people=100, effect=0.5, icc=0.05, cac=0.5, iac=0.7)
    change = locations_for(model("before_after", analysis="change", **COHORT), one)
    assert change.exact[0] / 2 == approx(4.683358, abs=2e-5)  # uniroot stops at 1e-4
    assert change.exact[0] / 2 == approx(said["did_k"], rel=1e-7)
    assert change.whole[0] == 10
    ancova = locations_for(model("parallel_baseline", **COHORT), one.with_(effect=0.3))
    assert ancova.exact[0] / 2 == approx(said["ancova_k"], rel=1e-7)
    plain = locations_for(model(), scenario(people=10, effect=1, sd=5**0.5, icc=0.1))
    assert plain.exact[0] / 2 == approx(said["par_k"], rel=1e-7)
    people = people_for(model(), scenario(locations=24, effect=0.3, icc=0.02))
    assert people.exact[0] == approx(said["people"], rel=1e-7)


def test_roots_have_the_power_that_was_asked_and_whole_numbers_no_less() -> None:
    rng, n = np.random.default_rng(7), 60
    many = scenario(
        locations=rng.integers(8, 60, n), effect=rng.uniform(0.2, 0.6, n),
        icc=rng.uniform(0, 0.1, n), cac=rng.uniform(0.5, 1, n), people=rng.integers(10, 100, n),
    )  # fmt: skip
    own = model("stepped_wedge", structure="block_exchangeable")
    free = locations_for(own, many, 0.9)
    inner = free.exact > own.layout.fewest
    at = answer(own, many.with_(locations=free.exact)).power
    assert at[inner] == approx(0.9, abs=1e-6) and (at[~inner] >= 0.9).all()
    assert (free.power >= 0.9 - 1e-9).all() and (free.whole % 4 == 0).all()
    fixed = people_for(own, many, 0.9)
    reached = np.isfinite(fixed.exact)
    assert (fixed.reason[reached] == "").all()
    assert (fixed.power[reached] >= 0.9 - 1e-6).all()


@pytest.mark.parametrize("retention", [0.65, 0.3, 0.04])
def test_people_of_a_cohort_are_found_where_one_would_be_too_few(retention: float) -> None:
    """With loss to follow-up a few people of a location have no answer; more have."""
    model = Model(stepped_wedge(4), "adjusted", "block_exchangeable", "cohort")
    own = Scenarios.of(
        locations=16, people=20, effect=0.3, icc=0.05, cac=0.9, iac=0.6, retention=retention,
        size_cv=0.4,
    )  # fmt: skip
    found = people_for(model, own, 0.9)
    (whole,) = found.whole
    power = [answer(model, own.with_(people=n)).power[0] for n in (whole - 1, whole)]
    assert power[0] < 0.9 <= power[1]


def test_people_cannot_buy_what_locations_lack() -> None:
    """Hemming 2011: with more locations an arm than n icc, and no fewer, people suffice."""
    icc, effect = 0.05, 0.3
    individual = 2 * (1.959963985 + 0.841621234) ** 2 / effect**2
    fewest = float(fewest_locations(individual, icc))
    k = np.array([np.floor(fewest), np.ceil(fewest), 20])
    found = people_for(model(), scenario(locations=2 * k, effect=effect, icc=icc), 0.8, "none")
    closed = people_of_fixed_locations(individual, icc, k)
    assert np.isinf(closed[0]) and np.isnan(found.exact[0])
    assert found.exact[1:] == approx(closed[1:], rel=1e-4)
    assert found.ceiling[0] < 0.8 < found.ceiling[1]
    assert found.reason[0] == (
        f"power cannot exceed {found.ceiling[0]:.3f} with {2 * k[0]:g} locations, however many"
        " people each has"
    )


def test_the_ceiling_is_that_of_locations_alone() -> None:
    one = scenario(locations=12, effect=0.3)
    own = answer(model(), one)
    alone = power(0.3 / (4 * 0.05 / 12) ** 0.5, 10, 0.05)
    assert own.ceiling[0] == approx(float(alone), abs=1e-6)
    assert own.power[0] < own.ceiling[0]
    still = answer(model("stepped_wedge"), one)
    assert still.ceiling[0] == approx(1)  # the location's part does not touch the effect


def test_a_detectable_difference_is_detected() -> None:
    many = scenario(icc=[0.01, 0.05, 0.2], cac=0.8)
    own = model("stepped_wedge", structure="decay")
    found = answer(own, many).detectable(0.85)
    assert answer(own, many.with_(effect=found)).power == approx(0.85, abs=1e-9)


def test_location_means_adjusted_as_they_are_analysed() -> None:
    """Power averaged over the baseline that chance gives (R: integrate)."""
    for said in REFERENCE["adjusted"]:
        values = {key: said[key] for key in ("icc", "cac", "iac", "effect")}
        one = scenario(locations=2 * said["k"], people=said["m"], **values)
        assert adjusted(one).power[0] == approx(said["power"], abs=1e-8)


def test_people_adjusted_by_one_slope() -> None:
    """1,000 fits of lme4 for each of three settings: empirical SE, slope and power."""
    said = {key: [one[key] for one in FITS["adjusted"]] for key in FITS["adjusted"][0]}
    values = {key: said[key] for key in ("icc", "cac", "iac", "effect")}
    one = scenario(locations=2 * np.array(said["k"]), people=said["m"], **values)
    found = adjusted(one, "people")
    assert found.slope == approx(said["people_slope"], abs=3e-3)
    assert found.std_error == approx(said["people_se"], rel=0.05)
    assert found.power == approx(said["people_power"], abs=0.03)
    means = adjusted(one)
    assert means.std_error == approx(said["means_se"], rel=0.05)
    assert means.power == approx(said["means_power"], abs=0.03)


def test_a_small_wedge_as_pbkrtest_fits_it() -> None:
    """400 fits with Kenward and Roger's test. A third of them are singular: with 8 locations their
    mean standard error is larger than the planned one, and power lower."""
    said = FITS["wedge"]
    names = ("locations", "people", "icc", "cac", "effect")
    one = scenario(**{name: said[name] for name in names})
    found = answer(model("stepped_wedge", structure="block_exchangeable"), one)
    assert 1 < said["se"] / found.std_error[0] < 1.05
    assert found.df[0] == approx(said["df"], rel=0.05)
    assert found.power[0] == approx(said["power"], abs=0.05)


def test_people_adjusted_agree_with_the_formula_where_slopes_are_the_same() -> None:
    one = scenario(locations=400, people=30, icc=0.1, cac=0.6, iac=0.6)
    r = correlation_of_means(30, 0.1, 0.6, 0.6)
    plain = 4 / 400 * (0.1 + 0.9 / 30) * (1 - r**2)
    assert r == approx(0.6)
    for analysed in ("people", "location_means"):
        assert adjusted(one, analysed).std_error[0] ** 2 == approx(plain, rel=3e-3)


def test_trials_that_are_drawn_reject_as_often_as_planned() -> None:
    """Location means of 40 settings, 6 to 60 locations, t on locations - 2: below Bonferroni."""
    rng, trials = np.random.default_rng(11), 4000
    for at in range(40):
        k, m, icc = int(rng.integers(3, 31)), int(rng.integers(5, 100)), rng.uniform(0, 0.2)
        error = (2 * (icc + (1 - icc) / m) / k) ** 0.5
        effect = [0, 2, 3][at % 3] * error
        planned = answer(model(), scenario(locations=2 * k, people=m, icc=icc, effect=effect)).power
        means = rng.normal(size=(trials, 2, k)) * error * (k / 2) ** 0.5
        t = (means[:, 1].mean(axis=1) - means[:, 0].mean(axis=1) + effect) / np.sqrt(
            means.var(axis=2, ddof=1).sum(axis=1) / k
        )
        found = (np.abs(t) > stats.t.ppf(0.975, 2 * k - 2)).mean()
        assert abs(found - planned[0]) < 3.2 * (planned[0] * (1 - planned[0]) / trials) ** 0.5


@given(st.integers(4, 40), st.integers(2, 200), st.floats(0.001, 0.3), st.floats(0, 1))
def test_more_locations_and_people_never_lower_power(
    pairs: int, people: int, icc: float, cac: float
) -> None:
    one = {"icc": icc, "cac": cac, "iac": 0.5, "effect": 0.3}
    own = model("parallel_baseline", **COHORT)
    found = answer(
        own,
        scenario(
            locations=[2 * pairs, 2 * pairs + 2, 2 * pairs],
            people=[people, people, people + 1],
            **one,
        ),
    )
    assert (found.power[1:] >= found.power[0] - 1e-12).all()
    assert (found.power <= found.ceiling + 1e-9).all()


def test_what_adjusted_analyses_lack_is_said() -> None:
    one = scenario(locations=[4, 12], cac=0.5, iac=0.5)
    assert adjusted(one).reason.tolist() == ["5 or more locations are needed", ""]
    refused = adjusted(one, "people", sampling="cross_section").reason
    assert refused[1] == "people have a baseline of their own in a cohort alone"
