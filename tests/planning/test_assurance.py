"""Assurance: R's integrals, the limit of no uncertainty, bounds that hold for any draws."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cesp_analysis.arrays import Floats
from cesp_analysis.planning.assurance import assured, success
from cesp_analysis.planning.known import spreads
from cesp_analysis.planning.outside import published
from cesp_analysis.planning.uncertain import Uncertain, crossed
from cesp_analysis.streams import stream
from planning_closed import Closed, post_only, with_baseline
from planning_reference import MADE, even_sds, people

R = MADE["assurance"]
ONE = {"locations": np.array([24.0]), "people": np.array([30.0])}
EVEN = (np.arange(4000) + 0.5) / 4000


def known(**values: Floats | float) -> Uncertain:
    """Draws of one length, numbers repeated."""
    arrays = np.broadcast_arrays(*(np.atleast_1d(one) for one in values.values()))
    return Uncertain(dict(zip(values, arrays, strict=True)))


def normal_at(at: Floats, mean: float, sd: float) -> Floats:
    """Quantiles of a normal law."""
    from scipy.special import ndtri

    return mean + sd * np.asarray(ndtri(at))


def at_medians(design: dict[str, Floats], drawn: Uncertain, effect: float) -> float:
    """Power at the medians of what is drawn."""
    held = {"effect": np.array([effect]), "alpha": np.array([0.05])}
    return float(post_only(crossed(design, drawn.middle() | held)).power[0])


def test_over_the_sd_as_r_integrates() -> None:
    drawn = known(sd=even_sds(4000), icc=0.05)
    made, power = assured(post_only, ONE, drawn, 0.9), at_medians(ONE, drawn, 0.9)
    assert made.value[0] == pytest.approx(R["sd"], abs=5e-6)
    assert power == pytest.approx(MADE["power"], abs=1e-6)
    assert made.low[0] < made.value[0] < power < made.high[0]


def test_over_few_people_as_r_integrates() -> None:
    """Eight locations, an SD on 5 degrees of freedom."""
    from scipy.special import chdtri

    squares = even_sds(1)[0] ** 2 * chdtri(38, 0.5) / 38 * 5
    few = {"locations": np.array([8.0]), "people": np.array([30.0])}
    sd = np.sqrt(squares / chdtri(5, EVEN))
    made = assured(post_only, few, known(sd=sd, icc=0.05), 0.9)
    assert made.value[0] == pytest.approx(R["sd_few"], abs=5e-5)


def test_over_published_pairs_as_r_integrates() -> None:
    icc = np.repeat([pair.rho for pair in published("decay").pairs], 2000)
    sd = np.tile(even_sds(2000), 16) / np.sqrt(1 - icc)
    made = assured(post_only, ONE, known(sd=sd, icc=icc), 0.9)
    assert made.value[0] == pytest.approx(R["pairs"], abs=1e-5)


def test_over_retention_as_r_integrates() -> None:
    from scipy.special import betaincinv

    kept = betaincinv(17.5, 7.5, EVEN)
    made = assured(post_only, ONE, known(sd=2.2, icc=0.05, retention=kept), 0.9)
    assert made.value[0] == pytest.approx(R["retention"], abs=1e-5)


def test_over_a_law_of_the_effect_as_r_integrates() -> None:
    steps = (np.arange(400) + 0.5) / 400
    effect = np.repeat(normal_at(steps, 0.6, 0.5), 400)
    made = assured(post_only, ONE, known(sd=np.tile(even_sds(400), 400), icc=0.05), effect)
    assert made.value[0] == pytest.approx(R["effect"], abs=2e-4)
    assert made.most == pytest.approx(0.885, abs=0.002)


def test_over_the_correlation_as_r_integrates() -> None:
    """Draws of this study's correlation, in a trial with a baseline: within 4 Monte Carlo errors of
    R's integral over the exact law."""
    first, last, site = people()
    iac = spreads(first, last, site, 50_000, stream(1, "r")).correlation.draws
    assert iac is not None
    made = assured(with_baseline, ONE, known(sd=2.6, icc=0.05, cac=0.8, iac=iac), 0.6)
    assert made.value[0] == pytest.approx(R["correlation"], abs=4 * made.error[0])


def test_error_is_the_spread_over_the_root_of_draws() -> None:
    """Against the spread of 200 repetitions."""
    values = []
    for again in range(200):
        sd = 2 * np.exp(0.2 * stream(2, f"{again}").standard_normal(100))
        values.append(assured(post_only, ONE, known(sd=sd, icc=0.05), 0.9))
    spread = np.std([one.value[0] for one in values])
    assert np.mean([one.error[0] for one in values]) == pytest.approx(spread, rel=0.15)


@given(st.floats(0.2, 3), st.floats(0.3, 2), st.integers(4, 60), st.integers(2, 90))
def test_assurance_nears_power_as_draws_shrink(
    effect: float, spread: float, locations: int, size: int
) -> None:
    """Shrunk to their median, draws give the power at the median; a tenth of the spread, much less
    of the difference."""
    design = {"locations": np.array([float(locations)]), "people": np.array([float(size)])}
    z = normal_at((np.arange(301) + 0.5) / 301, 0, 1)

    def of(scale: float) -> float:
        drawn = known(sd=2 * np.exp(spread * scale * z), icc=0.05 * np.exp(scale * z))
        made = assured(post_only, design, drawn, effect)
        return float(made.value[0]) - at_medians(design, drawn, effect)

    assert abs(of(0.0)) < 1e-12
    assert abs(of(1e-3)) < 1e-4
    assert abs(of(1e-3)) <= max(0.02 * abs(of(1e-2)), 1e-9)


@given(st.lists(st.floats(0.5, 9), min_size=2, max_size=20), st.floats(-2, 2), st.integers(2, 30))
def test_assurance_lies_within_power_and_rises_with_locations(
    sds: list[float], effect: float, half: int
) -> None:
    designs = {"locations": 2.0 * np.array([half, half + 1]), "people": np.array([20.0, 20.0])}
    made = assured(post_only, designs, known(sd=np.array(sds), icc=0.05), effect, level=1.0)
    assert np.all(made.low <= made.value + 1e-12) and np.all(made.value <= made.high + 1e-12)
    assert made.value[1] >= made.value[0] - 1e-12
    law = assured(post_only, designs, known(sd=np.array(sds), icc=0.05), np.full(len(sds), effect))
    assert law.most == float(effect > 0)
    assert np.all(law.value <= 0.025 + 1e-12) if effect <= 0 else law.value[1] >= law.value[0]


def test_success_is_on_the_side_of_benefit() -> None:
    """Two-sided power splits into success at an effect and at its opposite."""
    effect, df = np.array([0.0, 2.5, -2.5, 9.0]), np.array([10.0, 10, 10, np.inf])
    one = np.ones(4)
    power = np.array([0.05, 0.6, 0.6, 1.0])
    made = success(Closed(one, df, power), effect, 0.05)
    assert made[0] == pytest.approx(0.025) and made[3] == pytest.approx(1)
    assert made[1] + made[2] == pytest.approx(0.6) and made[2] < 1e-4
    gone = success(Closed(one, np.full(4, np.nan), np.full(4, np.nan)), effect, 0.05)
    assert np.isnan(gone).all()


def test_a_draw_without_an_answer_leaves_no_assurance() -> None:
    def gaps(values: Mapping[str, Floats]) -> Closed:
        made = post_only(values)
        return Closed(made.std_error, made.df, np.where(values["icc"] > 0.5, np.nan, made.power))

    made = assured(gaps, ONE, known(sd=2.0, icc=np.array([0.02, 0.6, 0.05, 0.7])), 0.9)
    assert made.unanswered.tolist() == [2] and made.why == ("no power",)
    assert np.isnan([made.value[0], made.low[0], made.high[0], made.error[0]]).all()


def test_one_draw_has_no_error() -> None:
    with pytest.raises(ValueError, match="2 draws or more"):
        assured(post_only, ONE, known(sd=np.ones(1), icc=0.05), 0.9)


def test_in_parts_it_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    designs = {"locations": np.arange(10.0, 30, 2), "people": np.full(10, 20.0)}
    drawn = known(sd=even_sds(50), icc=0.05)
    whole = assured(post_only, designs, drawn, 0.9)
    monkeypatch.setattr("cesp_analysis.planning.assurance.AT_ONCE", 120)
    parts = assured(post_only, designs, drawn, 0.9)
    assert np.array_equal(whole.value, parts.value) and np.array_equal(whole.high, parts.high)
