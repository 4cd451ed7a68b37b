"""Effects in SDs: R's number, the equations that limits solve, invariances; words on intervals."""

from itertools import product
from math import gamma, inf, sqrt

import numpy as np
import pytest
from pytest import approx
from scipy import stats

from cesp_analysis.models.effect_sizes import (
    Spread,
    correction,
    hedges_g,
    noncentral_limits,
    pooled,
    scaled,
    sd_limits,
)
from cesp_analysis.models.important import reading
from reference_panels import ROOT, R

# mtcars (Henderson & Velleman 1981): miles a gallon of automatic and manual cars
AUTOMATIC = np.array(
    [21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2, 10.4, 10.4, 14.7, 21.5, 15.5,
     15.2, 13.3, 19.2]
)  # fmt: skip
MANUAL = np.array([21.0, 21, 22.8, 32.4, 30.4, 33.9, 27.3, 26, 30.4, 15.8, 19.7, 15, 21.4])
NONCENTRAL = 1e-6  # scipy's inverse of the noncentral t, checked below


def test_hedges_g_as_effectsize() -> None:
    """R's effectsize 0.8, hedges_g(mpg ~ am): its printed digits, and its formula in full."""
    found = hedges_g(AUTOMATIC, MANUAL, 0.95)
    assert found is not None
    assert (found.size, found.low, found.high) == approx(
        (-1.440635, -2.208767, -0.653640), abs=1e-6
    )
    r = R["hedges_mtcars"]
    assert found.size == approx(r["g"], rel=1e-9)
    assert (found.low, found.high) == approx((r["low"], r["high"]), rel=NONCENTRAL)


@pytest.mark.parametrize("df", [2, 3, 10, 101, 250])
def test_the_correction_is_the_exact_one(df: int) -> None:
    assert correction(df) == approx(gamma(df / 2) / (sqrt(df / 2) * gamma((df - 1) / 2)), rel=1e-11)
    assert correction(10_000) == approx(1 - 3 / (4 * 10_000 - 1), rel=1e-8)
    assert correction(1) == 0


@pytest.mark.parametrize(("t", "df"), [(0.0, 8), (-4.1, 30), (12.0, 6), (40.0, 5000)])
def test_limits_of_the_noncentral_t_solve_their_equations(t: float, df: int) -> None:
    low, high = noncentral_limits(t, df, 0.95)
    assert stats.nct.cdf(t, df, low) == approx(0.975, abs=1e-6)
    assert stats.nct.cdf(t, df, high) == approx(0.025, abs=1e-6)
    mirrored = noncentral_limits(-t, df, 0.95)
    assert mirrored == approx((-high, -low), rel=NONCENTRAL, abs=1e-6)


def test_there_is_no_sd_of_one_value_or_of_equal_values() -> None:
    one, three = np.array([1.0]), np.array([1.0, 2, 3])
    assert pooled(one, three) is None and hedges_g(one, three, 0.95) is None
    assert pooled(np.full(3, 2.0), np.full(4, 2.0)) is None
    assert pooled(three, three + 5) == Spread(1.0, 4, 6)


def test_sd_limits_are_chi_squared() -> None:
    low, high = sd_limits(Spread(4.0, 20, 22), 0.9)
    expected = sqrt(20 * 16 / stats.chi2.ppf(0.95, 20)), sqrt(20 * 16 / stats.chi2.ppf(0.05, 20))
    assert (low, high) == approx(expected, rel=1e-10)


CASES = list(
    product([(1.0, 0.3, 1.7), (1.0, -0.5, 2.5), (-2.0, -3.0, -1.1), (0.1, -4.0, 4.2)], [3, 30, 400])
)


@pytest.mark.parametrize(("given", "df"), CASES)
def test_scaled_limits_solve_movers_equation(given: tuple[float, float, float], df: int) -> None:
    """At a limit, estimate - limit × SD has a limit of its MOVER interval at 0."""
    estimate, low, high = given
    spread = Spread(2.5, df, df + 2)
    small, large = sd_limits(spread, 0.95)
    found = scaled(estimate, low, high, spread, 0.95)
    assert found.low < estimate / spread.sd < found.high
    for limit, end in ((found.low, low), (found.high, high)):
        outer = (limit > 0) == (end == low)  # which limit of the SD is the far one
        far = (large if outer else small) - spread.sd
        assert (estimate - limit * spread.sd) ** 2 == approx(
            (estimate - end) ** 2 + (limit * far) ** 2, rel=1e-9
        )
        assert np.sign(limit) == np.sign(end)  # zero is in both intervals or in neither
    assert found.size == approx(correction(df) * estimate / spread.sd)


def test_scaled_effects_do_not_depend_on_the_unit_or_on_who_is_first() -> None:
    spread = Spread(2.0, 25, 27)
    one = scaled(1.2, 0.2, 2.2, spread, 0.95)
    other = scaled(12.0, 2.0, 22.0, Spread(20.0, 25, 27), 0.95)
    turned = scaled(-1.2, -2.2, -0.2, spread, 0.95)
    assert (other.size, other.low, other.high) == approx((one.size, one.low, one.high), rel=1e-12)
    assert (-turned.high, -turned.low) == approx((one.low, one.high), rel=1e-12)


def test_a_known_sd_only_divides_and_a_limit_at_zero_stays() -> None:
    known = scaled(1.2, 0.2, 2.2, Spread(2.0, 10_000_000, 10_000_002), 0.95)
    assert (known.low, known.high) == approx((0.1, 1.1), rel=1e-5)
    assert scaled(1.0, 0.0, 2.0, Spread(2.0, 10, 12), 0.95).low == 0


READINGS = [
    ((1.0, 3.0), "whole interval lies at or beyond"),
    ((0.5, 3.0), "excludes zero (better with New) and includes differences below and beyond"),
    ((0.2, 0.9), "excludes zero (better with New) and lies wholly below"),
    ((-0.2, 0.9), "includes zero; important differences either way are excluded"),
    ((-0.9, 1.0), "includes zero and important differences (better with New); important ones"),
    ((-1.0, 1.0), "includes zero and important differences either way"),
    ((0.0, 0.5), "includes zero; important"),
    ((0.0, 1.5), "includes zero and important differences (better with New); important ones"),
    ((-inf, inf), "includes zero and important differences either way"),
]


@pytest.mark.parametrize(("limits", "words"), READINGS)
def test_an_interval_is_read_in_words(limits: tuple[float, float], words: str) -> None:
    low, high = limits
    said = reading(low, high, 1.0, "higher_is_better", "New")
    assert words in said and said.endswith(".")
    lower = reading(-high, -low, 1.0, "lower_is_better", "New")
    assert lower == said  # fewer points of what is bad are as good
    worse = reading(-high, -low, 1.0, "higher_is_better", "New")
    assert worse == said.replace("better", "worse")
    plain = reading(low, high, 1.0, "neither", "New")
    assert plain == said.replace("better", "higher")


def test_readings_cover_every_order_of_limits_and_contradict_none() -> None:
    """Each word against its meaning, over a grid of intervals and both sides of every border."""
    grid = [-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0]
    for low, high in ((a, b) for a in grid for b in grid if a < b):
        said = reading(low, high, 1.0, "higher_is_better", "New")
        assert ("includes zero" in said) == (low <= 0 <= high), (low, high)
        assert ("whole interval" in said) == (low >= 1 or high <= -1), (low, high)
        assert ("either way are excluded" in said) == (-1 < low <= 0 <= high < 1), (low, high)
        assert ("differences either way." in said) == (low <= -1 and high >= 1), (low, high)
        assert ("wholly below" in said) == ((low > 0 and high < 1) or (high < 0 and low > -1))


def test_simulated_intervals_in_sds_hold_what_they_should() -> None:
    """docs/validation.md, as `make benchmark NAME=baseline_simulation` wrote it: normal values."""
    page = (ROOT / "docs/validation.md").read_text(encoding="utf-8")
    section = page.partition("## Intervals in SDs, simulated")[2].partition("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in section.splitlines() if line[:2] == "| "][1:]
    assert len(lines) == 18
    for cells in (line for line in lines if line[2] == "normal"):
        assert 0.943 <= float(cells[5].split()[0]) <= 0.961, cells  # MOVER; MC error 0.0022
        assert 0.943 <= float(cells[6].split()[0]) <= 0.957, cells  # exact: 3 MC errors
        size, error = (float(word.strip("()")) for word in cells[3].split())
        assert abs(size - float(cells[1])) <= 3 * error + 0.0005, cells  # printed to 3 digits


def test_simulated_estimates_are_right_where_their_assumption_holds() -> None:
    page = (ROOT / "docs/validation.md").read_text(encoding="utf-8")
    section = page.partition("## Change or equal baseline, simulated")[2].partition("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in section.splitlines() if line[:2] == "| "][1:]
    wrong = {("places that differ lastingly", "equal"), ("referred because they did badly", "mean")}
    for design, what, bias, *_, coverage in lines:
        found, error = (float(word.strip("()")) for word in bias.split())
        held = float(coverage.split()[0])
        right = (design, what.split()[0]) not in wrong
        assert (abs(found) <= 3 * error) == right, design
        assert (abs(held - 0.95) <= 0.007) == right, design  # 3 MC errors
    assert len(lines) == 8
