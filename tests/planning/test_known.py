"""Draws of what this study tells: closed forms, R, calibration, and what it does not tell."""

import numpy as np
import pytest

from cesp_analysis.arrays import Floats
from cesp_analysis.measurement.cluster_icc import cluster_icc, parts_of
from cesp_analysis.planning.clusters_known import cluster_draws, icc_at, walds
from cesp_analysis.planning.known import retention, share, spreads
from cesp_analysis.streams import stream
from planning_reference import MADE, SIZES, neighbourhoods, people

DRAWS = 30_000
CHANCES = np.array(MADE["probabilities"])


def same_law(draws: Floats | None, quantiles: list[float], least: float = -np.inf) -> None:
    """Shares of draws below R's quantiles are the quantiles' chances, within 4.5 Monte Carlo
    errors; quantiles at the least value are at or above."""
    assert draws is not None
    for chance, at in zip(CHANCES, quantiles, strict=True):
        below = (draws <= at).mean()
        error = 4.5 * np.sqrt(chance * (1 - chance) / len(draws))
        assert below >= chance - error
        assert at <= least or below <= chance + error


def even(ranks: list[int], most: int) -> bool:
    """Whether ranks 0 … most are uniform: chi-squared of ten groups, at .001."""
    counts = np.bincount(np.array(ranks) * 10 // (most + 1), minlength=10)
    expected = len(ranks) / 10
    return float(((counts - expected) ** 2 / expected).sum()) < 27.88


def test_the_sd_is_scaled_inverse_chi_squared() -> None:
    first, last, site = people()
    found = spreads(first, last, site, DRAWS, stream(1, "sd"))
    same_law(found.first.draws, MADE["sd"])
    assert "38 df" in found.first.method


def test_the_correlation_has_fishers_law() -> None:
    """R: the exact law of a sample's correlation, by integration."""
    first, last, site = people()
    same_law(spreads(first, last, site, DRAWS, stream(2, "r")).correlation.draws,
             MADE["correlation"])  # fmt: skip


def test_the_last_sd_is_the_first_turned_round() -> None:
    """Its law is near scaled inverse chi-squared of its own; rows belong together."""
    first, last, site = people()
    found = spreads(first, last, site, DRAWS, stream(3, "both"))
    other = spreads(last, first, site, DRAWS, stream(3, "other"))
    assert found.last.draws is not None and other.first.draws is not None
    assert np.median(found.last.draws) == pytest.approx(np.median(other.first.draws), rel=0.02)
    assert found.correlation.draws is not None
    assert np.corrcoef(found.correlation.draws, found.last.draws)[0, 1] > 0.02


def test_units_do_not_matter() -> None:
    first, last, site = people()
    one = spreads(first, last, site, 50, stream(4, "x"))
    ten = spreads(10 * first - 3, 10 * last + site, site, 50, stream(4, "x"))
    assert one.last.draws is not None and ten.last.draws is not None
    assert ten.last.draws == pytest.approx(10 * one.last.draws)
    assert ten.correlation.draws == pytest.approx(one.correlation.draws)


def test_calibration_of_spread_and_correlation() -> None:
    """500 studies of true values drawn at random, a quarter lost by their first value: the rank of
    the truth among 99 draws is uniform."""
    ranks: dict[str, list[int]] = {"first": [], "last": [], "correlation": []}
    for study in range(500):
        rng = stream(5, f"study {study}")
        sd, r = np.exp(rng.normal(0, 1)), rng.uniform(-0.3, 0.95)
        z = rng.standard_normal((2, 30))
        first, last = 5 + sd * z[0], sd * (r * z[0] + np.sqrt(1 - r**2) * z[1])
        last[rng.random(30) < 0.25 + 0.15 * np.sign(z[0])] = np.nan
        found = spreads(first, last, np.arange(30) % 2, 99, rng)
        for name, truth in (("first", sd), ("last", sd), ("correlation", r)):
            draws = getattr(found, name).draws
            ranks[name].append(int((draws < truth).sum()))
    assert even(ranks["first"], 99)
    assert even(ranks["correlation"], 99)
    assert even(ranks["last"], 99)


def test_calibration_of_retention() -> None:
    """Truth from Jeffreys' prior: the rank is uniform."""
    ranks = []
    for study in range(500):
        rng = stream(6, f"study {study}")
        truth = rng.beta(0.5, 0.5)
        draws = share(int(rng.binomial(40, truth)), 40, 99, rng).draws
        assert draws is not None
        ranks.append(int((draws < truth).sum()))
    assert even(ranks, 99)


def test_calibration_of_clusters() -> None:
    """500 studies of 7 neighbourhoods of unequal size in two sites: the correlation's rank is
    uniform."""
    own = np.repeat(np.arange(7), SIZES)
    site = (own > 2).astype(int)
    iccs = []
    for study in range(500):
        rng = stream(7, f"study {study}")
        icc = rng.uniform(0.02, 0.5)
        y = 3 * site + np.sqrt(icc) * rng.standard_normal(7)[own]
        y = y + np.sqrt(1 - icc) * rng.standard_normal(60)
        found = cluster_draws(y, own, site, 99, rng)
        assert found.draws is not None
        iccs.append(int((found.draws < icc).sum()))
    assert even(iccs, 99)


def test_shares_have_jeffreys_law() -> None:
    same_law(share(17, 24, DRAWS, stream(8, "a")).draws, MADE["retention"][0])
    same_law(share(30, 36, DRAWS, stream(8, "b")).draws, MADE["retention"][1])
    both = retention([17, 30], [24, 36], DRAWS, stream(8, "both")).draws
    assert both is not None
    assert both.mean() == pytest.approx(MADE["harmonic_mean"], abs=4 * both.std() / DRAWS**0.5)


def test_clusters_have_walds_law() -> None:
    y, own, site = neighbourhoods()
    found = cluster_draws(y, own, site, DRAWS, stream(9, "icc"))
    same_law(found.draws, MADE["icc"], least=0)
    assert found.draws is not None
    zero = MADE["icc_at_zero"]
    assert (found.draws == 0).mean() == pytest.approx(zero, abs=0.008)


def test_quantiles_of_clusters_are_walds_limits() -> None:
    y, own, site = neighbourhoods()
    made, parts = cluster_icc(y, own, site, 0.8), parts_of(y, own, site)
    assert made.high is not None
    f = walds(parts, np.array([made.high]))
    assert icc_at(parts, f) == pytest.approx(np.array([made.high]), abs=1e-10)
    assert np.all(np.diff(walds(parts, np.linspace(0, 0.999, 50))) < 0)


NAN = np.full(6, np.nan)
SITE = np.array([0, 0, 0, 1, 1, 1])
VALUES = np.array([1.0, 3.0, 2.0, 5.0, 4.0, 7.0])


def test_what_this_study_does_not_tell_has_a_reason() -> None:
    rng = stream(11, "none")
    nobody = spreads(VALUES, NAN, SITE, 9, rng)
    assert nobody.first.draws is not None
    assert nobody.correlation.reason == "nobody has a first and a last value"
    assert nobody.last.reason == "nobody has a last value"
    after = spreads(NAN, VALUES, SITE, 9, rng)
    assert after.first.reason == "nobody has a first value" and after.last.draws is not None
    alone = spreads(VALUES, VALUES[::-1], np.arange(6), 9, rng)
    assert alone.first.reason == "no group has two people with a first value"
    same = spreads(np.full(6, 0.1), VALUES, SITE, 9, rng)
    assert same.first.reason == "within groups all values are the same"
    assert same.correlation.draws is None and same.last.draws is not None
    exact = spreads(VALUES, 2 * VALUES, SITE, 9, rng)
    assert exact.correlation.reason is not None and "without error" in exact.correlation.reason
    few = spreads(VALUES, np.where(np.arange(6) < 2, VALUES[::-1], np.nan), SITE, 9, rng)
    assert few.correlation.reason == (
        "2 people with a first and a last value are too few for their groups"
    )


def test_no_clusters_no_people() -> None:
    rng = stream(12, "none")
    assert share(0, 0, 9, rng).reason == "there is nobody to count"
    assert retention([3, 0], [4, 0], 9, rng).reason == "1 of the 2 arms had nobody to follow"
    assert retention([3], [4], 9, rng).method == "beta posterior, Jeffreys' prior (3 of 4)"
    assert retention([], [], 9, rng).reason == "all of the arms had nobody to follow"
    with pytest.raises(ValueError, match="5 of 4 is no share"):
        share(5, 4, 9, rng)
    one = cluster_draws(VALUES, np.zeros(6), None, 9, rng)
    assert one.reason == "1 cluster: at least 2 are needed"
    assert one.draws is None
    none = cluster_draws(VALUES, SITE, SITE, 9, rng)
    assert none.reason is not None and "one cluster in each group" in none.reason
    empty = cluster_draws(np.zeros(0), np.zeros(0), None, 9, rng)
    assert empty.draws is None and empty.reason is not None
