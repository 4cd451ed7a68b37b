"""Shock-augmented intervals: values computed elsewhere, limits, and what must always hold."""

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest import approx
from scipy import integrate, stats

from cesp_analysis.models import shock
from cesp_analysis.models.prior import read_prior
from cesp_analysis.models.shock import (
    bounded,
    breakdown,
    half_width,
    shock_sd,
)
from cesp_analysis.models.student import t_quantile

SIX = 5e-7  # values were printed with six decimals
SDS = [shock_sd(1, pair.rho, pair.cac) for pair in read_prior().pairs]


@pytest.mark.parametrize(
    ("error", "df", "sd", "half"),
    [
        (1.2231120193, 3.9305008935, 1.16, 4.060142),
        (1.2231120193, 3.9305008935, 2.4, 5.785413),
        (1, inf, 1, 2.771808),
        (1.79, 118, 2.32, 5.763135),
    ],
)
def test_half_widths_computed_by_another_program(
    error: float, df: float, sd: float, half: float
) -> None:
    assert half_width(error, df, [sd]) == approx(half, abs=SIX)


def test_the_shipped_pairs_as_a_mixture_and_at_their_median() -> None:
    assert half_width(1.79, 118, [10 * sd for sd in SDS]) == approx(6.018100, abs=SIX)
    assert half_width(1.79, 118, [10 * float(np.median(SDS))]) == approx(4.201507, abs=SIX)
    assert half_width(0.18, 118, SDS) == approx(0.602847, abs=SIX)
    assert half_width(1.79, 118, [0.0]) == approx(3.544687, abs=SIX)


def test_the_shipped_pairs_give_the_published_spread_of_shocks() -> None:
    """Methods, finding 3, printed with three decimals."""
    low, high = np.quantile(SDS, [0.25, 0.75])
    said = (np.median(SDS), low, high, min(SDS), max(SDS))
    assert said == approx((0.115, 0.095, 0.195, 0, 0.58), abs=2e-3)
    assert shock_sd(1, 0.05, 0.73) == approx(0.2324, abs=5e-5)  # the two marginal medians


def test_sites_and_slope() -> None:
    assert shock_sd(3, 0.05, 0.73, sites=(4, 4)) == approx(shock_sd(3, 0.05, 0.73) / 2)
    for slope in (0.0, 0.4, 1.0):  # simulated effects of a site at two times
        rng = np.random.default_rng(1)
        u = rng.multivariate_normal([0, 0], 0.05 * np.array([[1, 0.73], [0.73, 1]]), 200_000)
        drawn = (u[::2, 1] - slope * u[::2, 0]) - (u[1::2, 1] - slope * u[1::2, 0])
        # Monte Carlo error of an SD from 100,000: 0.22%
        assert shock_sd(1, 0.05, 0.73, slope) == approx(drawn.std(), rel=0.01)


positive = st.floats(1e-3, 1e3)


@given(
    error=positive,
    df=st.one_of(st.floats(1, 1e6), st.just(inf)),
    sds=st.lists(st.floats(0, 1e3), min_size=1, max_size=6),
    level=st.floats(0.5, 0.999),
)
def test_never_narrower_than_the_sampling_interval(
    error: float, df: float, sds: list[float], level: float
) -> None:
    alone = t_quantile(0.5 + level / 2, df) * error
    assert half_width(error, df, sds, level) >= alone


@pytest.mark.parametrize("df", [1.0, 3.93, 30.0, 1e4])
@pytest.mark.parametrize("sds", [[0.3], [1.0, 0.0], [4.0, 0.2, 1.0]])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_it_covers_as_it_says_by_another_quadrature(
    df: float, sds: list[float], level: float
) -> None:
    """Adaptive integration over t itself, in place of the rule over the chi-square behind it."""
    half = half_width(1.0, df, sds, level)

    def inside(t: float, sd: float) -> float:
        if sd == 0:
            return float(abs(t) <= half)
        return float(stats.norm.cdf((half - t) / sd) - stats.norm.cdf((-half - t) / sd))

    shares = []
    for sd in sds:
        parts = ((-half, half), (half, half + 40 * sd), (-half - 40 * sd, -half))
        shares.append(
            sum(
                integrate.quad(
                    lambda t, sd=sd: stats.t.pdf(t, df) * inside(t, sd), *ends, limit=200
                )[0]
                for ends in parts
                if ends[1] > ends[0]
            )
        )
    assert np.mean(shares) == approx(level, abs=1e-7)  # quad's own error


@pytest.mark.parametrize("df", [1.0, 2.0, 4.0, 8.0, 12.0, 40.0, 1000.0])
@pytest.mark.parametrize("level", [0.5, 0.95])
def test_a_finer_step_gives_the_same_half_widths(
    df: float, level: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    ratios = [0.01, 0.1, 1.0, 10.0, 100.0]
    ours = [half_width(1.0, df, [sd], level) for sd in ratios]
    monkeypatch.setattr(shock, "STEP", shock.STEP / 8)
    monkeypatch.setattr(shock, "LONGEST", shock.LONGEST / 8)
    finer = [half_width(1.0, df, [sd], level) for sd in ratios]
    assert ours == approx(finer, rel=1e-12)  # where Newton's method stops: 1e-13 a step


@given(error=positive, df=st.floats(1, 1e4), sd=st.floats(1e-3, 1e3))
def test_larger_shocks_widen(error: float, df: float, sd: float) -> None:
    assert half_width(error, df, [sd * 1.1]) >= half_width(error, df, [sd])
    both = half_width(error, df, [sd, 2 * sd])
    assert half_width(error, df, [sd]) <= both <= half_width(error, df, [2 * sd])


@given(error=positive, df=st.floats(1, 1e4), sd=st.floats(0, 1e3), scale=st.floats(0.01, 100))
def test_the_unit_does_not_matter(error: float, df: float, sd: float, scale: float) -> None:
    half = half_width(error, df, [sd])
    assert half_width(scale * error, df, [scale * sd]) == approx(scale * half, rel=1e-9)


def test_what_breaks_a_finding() -> None:
    c = t_quantile(0.975, 118)
    assert breakdown(-5.0, 1.79, 118) == approx((5 - c * 1.79, 5))
    assert breakdown(2.4946, 1.79, 118) == (0.0, 2.4946)  # holds no effect without a shock too
    enough, sign = breakdown(5.0, 1.79, 118)
    low, _ = bounded(5.0, 1.79, 118, enough)
    assert low == approx(0, abs=1e-12)
    assert bounded(5.0, 1.79, 118, 0) == approx((5 - c * 1.79, 5 + c * 1.79))
    assert sign == 5.0
