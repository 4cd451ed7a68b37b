"""Intervals, zones and predictions against R (tests/reference/feasibility.R), and closed forms."""

import json
from pathlib import Path
from typing import Any

import pytest
from pytest import approx

from cesp_analysis.feasibility.clustering import clustered, icc_of_shares
from cesp_analysis.feasibility.projection import at_most, dispersion, quantile, wait
from cesp_analysis.feasibility.zones import (
    Limits,
    Shares,
    beyond_red,
    n_corrected,
    n_plain,
    of_mean,
    of_rate,
    of_share,
    people,
)
from cesp_analysis.intervals import clopper_pearson, garwood, wilson

R: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "reference" / "feasibility.json").read_text("utf-8")
)
EXACT = 1e-9
"""Relative: special functions of two libraries, each right to some 1e-12."""
METHODS = {
    (81, 263): (0.255289, 0.366210, 0.252737, 0.367622),
    (15, 148): (0.062386, 0.160487, 0.057844, 0.161650),
    (0, 20): (0, 0.161125, 0, 0.168433),
    (1, 29): (0.006113, 0.171755, 0.000873, 0.177644),
}
"""Wilson and Clopper-Pearson as the methods page has them, to six decimals."""


@pytest.mark.parametrize("told", R["shares"], ids=lambda r: f"{r['x']}_of_{r['n']}")
def test_intervals_of_shares(told: dict[str, Any]) -> None:
    x, n = told["x"], told["n"]
    # prop.test leaves 1e-17 in place of 0 and 1 at the ends
    assert wilson(x, n, 0.95) == approx(told["wilson"], rel=EXACT, abs=1e-12)
    assert clopper_pearson(x, n, 0.95) == approx(told["exact"], rel=EXACT)
    both = (*wilson(x, n, 0.95), *clopper_pearson(x, n, 0.95))
    assert min(both) >= 0 and max(both) <= 1
    assert (x != 0) or (both[0] == both[2] == 0)
    assert (x != n) or (both[1] == both[3] == 1)


@pytest.mark.parametrize("pair", METHODS)
def test_intervals_of_the_methods_page(pair: tuple[int, int]) -> None:
    found = (*wilson(*pair, 0.95), *clopper_pearson(*pair, 0.95))
    assert found == approx(METHODS[pair], abs=1e-6)  # printed to six decimals


def test_closed_forms_at_the_ends() -> None:
    z = 1.959963984540054
    for n in (1, 2, 18, 500):
        assert wilson(0, n, 0.95)[1] == approx(z * z / (n + z * z), rel=1e-12)
        assert clopper_pearson(0, n, 0.95)[1] == approx(1 - 0.025 ** (1 / n), rel=1e-12)
        for x in range(0, n + 1, max(1, n // 7)):  # exchanged, they are each other's mirror
            low, high = wilson(x, n, 0.95)
            assert wilson(n - x, n, 0.95) == approx((1 - high, 1 - low), abs=1e-12)
            low, high = clopper_pearson(x, n, 0.95)
            assert clopper_pearson(n - x, n, 0.95) == approx((1 - high, 1 - low), abs=1e-12)


@pytest.mark.parametrize("told", R["monthly"], ids=lambda r: str(r["x"]))
def test_events_a_month(told: dict[str, Any]) -> None:
    found = garwood(told["x"], told["months"], 0.95)
    assert found == approx(told["garwood"], rel=EXACT)
    assert garwood(12, 6, 0.95) == approx((1.03343, 3.49360), abs=5e-6)  # the methods page


@pytest.mark.parametrize("told", R["lewis"], ids=lambda r: f"{r['red']}_{r['green']}")
def test_sample_sizes_of_lewis(told: dict[str, Any]) -> None:
    limits = Limits(told["red"], told["green"], told["red"] < told["green"])
    assert n_plain(limits, 0.05, 0.9) == approx(told["plain"], rel=EXACT)
    assert n_corrected(limits, 0.05, 0.9) == approx(told["corrected"], rel=EXACT)
    mirrored = Limits(1 - told["red"], 1 - told["green"], not limits.higher)
    assert n_plain(mirrored, 0.05, 0.9) == approx(told["plain"], rel=EXACT)


def test_published_sample_sizes() -> None:
    """Table 4 has the corrected form, the abstract the plain one; both within one person."""
    for red, green, published in ((0.2, 0.35, 78), (0.5, 0.75, 34), (0.65, 0.85, 44)):
        assert abs(people(n_corrected(Limits(red, green), 0.05, 0.9)) - published) <= 1
    assert people(n_plain(Limits(0.4, 0.7), 0.05, 0.9)) == 22


def of(told: dict[str, Any]) -> Shares:
    return Shares(told["below_red"], told["between"], told["above_green"])


def close(found: Shares, expected: Shares) -> bool:
    pairs = zip(vars(found).values(), vars(expected).values(), strict=True)
    return all(one == approx(other, rel=EXACT, abs=1e-14) for one, other in pairs)


@pytest.mark.parametrize("told", R["zones"], ids=lambda r: f"{r['x']}_of_{r['n']}")
def test_zones_of_shares(told: dict[str, Any]) -> None:
    x, n, limits = told["x"], told["n"], Limits(told["red"], told["green"])
    found = of_share(x, n, limits)
    assert close(found, of(told))
    assert beyond_red(x, n, limits) == approx(told["above_red_exact"], rel=EXACT)
    # the same question asked of those who are not counted: less is better
    other = of_share(n - x, n, Limits(1 - told["red"], 1 - told["green"], higher=False))
    assert close(other, found)
    low = Limits(told["red"], told["red"] / 2, higher=False)
    assert beyond_red(x, n, low) == approx(told["below_red_exact"], rel=EXACT)


def test_zones_of_rates_and_means() -> None:
    for told in R["rate_zones"]:
        limits = Limits(told["red"], told["green"])
        assert close(of_rate(told["x"], told["months"], limits), of(told))
    for told in R["mean_zones"]:
        limits, error = Limits(told["red"], told["green"]), told["sd"] / told["n"] ** 0.5
        assert close(of_mean(told["mean"], error, told["n"] - 1, limits), of(told))


def test_an_estimate_on_a_limit_lies_in_the_limits_zone() -> None:
    higher, lower = Limits(0.5, 0.7), Limits(0.2, 0.1, higher=False)
    assert [higher.zone(x) for x in (10 / 20, 0.6, 21 / 30)] == ["red", "amber", "green"]
    assert [lower.zone(x) for x in (4 / 20, 0.15, 3 / 30)] == ["red", "amber", "green"]


@pytest.mark.parametrize("told", R["ahead"], ids=lambda r: str(r["x"]))
def test_predictions(told: dict[str, Any]) -> None:
    events, months, left, more = (told[name] for name in ("x", "months", "left", "more"))
    found = [quantile(share, events, months, left) for share in (0.025, 0.5, 0.975)]
    assert found == told["quantiles"]
    assert at_most(more - 1, events, months, left) == approx(told["at_most"], rel=EXACT)
    waits = [wait(share, more, events, months) for share in (0.025, 0.5, 0.975)]
    assert waits == approx(told["wait"], rel=1e-6)  # R integrates and searches to 1e-8 or so
    for share, months_ahead in zip((0.025, 0.5, 0.975), waits, strict=True):
        assert 1 - at_most(more - 1, events, months, months_ahead) == approx(share, rel=1e-9)


def test_intraclass_correlation_and_dispersion() -> None:
    for told in R["icc"]:
        clusters = list(zip(told["events"], told["n"], strict=True))
        assert icc_of_shares(clusters) == approx(told["icc"], rel=EXACT)
    for told in R["dispersion"]:
        found = dispersion(told["counts"], told["months"])
        assert found is not None and found[0] == approx(told["ratio"], rel=EXACT)
        assert found[1] == (told["ratio"] > told["limit"])


def test_design_effects() -> None:
    even = clustered([(5, 10), (5, 10), (6, 10), (4, 10)], declared=0.05)
    assert even is not None and even.deff == approx(1 + 9 * 0.05, rel=1e-12)
    assert even.effective == approx(40 / 1.45, rel=1e-12)
    below = clustered([(5, 10), (5, 10), (5, 10)])
    assert below is not None and below.icc < 0 and below.deff == 1
    alone = clustered([(5, 10), (9, 10)], alone=20, declared=0.1)
    assert alone is not None and alone.deff == approx(1 + 0.1 * ((200 + 20) / 40 - 1), rel=1e-12)
    assert clustered([(5, 5), (7, 7)]) is None  # all alike: nothing is known of link workers
    assert clustered([(1, 1), (0, 1)]) is None  # one each
    assert icc_of_shares([(3, 9)]) is None
