"""Weights of bootstrap replicates, their intervals, the plane: R's boot, moments, refusals."""

from dataclasses import replace

import numpy as np
import pytest
from pytest import approx

from cesp_analysis.economics.bootstrap import (
    Units,
    below,
    bootstrapped,
    units_of,
    weights,
)
from cesp_analysis.economics.bootstrap_intervals import percentile
from cesp_analysis.economics.replicated import prepared, replicated
from cesp_analysis.models.refusals import NotEstimable
from economic_records import COST_X, DATA, QALY_X, Floats, R

COST, QALY, N = DATA["cost"], DATA["qaly"], len(DATA["arm"])
ARM = DATA["arm"].astype(int)
ARM_COLUMN = 1


def one_mean(values: Floats) -> Floats:
    """A statistic: difference of mean cost by weights (b, n)."""
    arms = [values * (a == ARM) for a in (1, 0)]
    return np.stack([one @ COST / one.sum(axis=1) for one in arms], axis=1) @ [[1.0], [-1.0]]


def drawn_by_r() -> Floats:
    """Weights of the replicates that R's boot drew."""
    indices = np.array(R["boot"]["indices"]) - 1
    return np.stack([np.bincount(row, minlength=N) for row in indices]).astype(float)


def test_replicates_are_those_of_rs_boot() -> None:
    theirs = np.array(R["boot"]["drawn"])
    for i, x in enumerate((COST_X, QALY_X)):  # as two lm
        found = replicated(prepared(COST, QALY, x, ARM_COLUMN), drawn_by_r())
        assert found[:, i] == approx(theirs[:, i], rel=1e-9)


def test_intervals_are_those_of_rs_boot() -> None:
    known = R["intervals"]
    found = percentile(np.array(known["drawn"]))
    assert (found.low, found.high) == approx(known["percentile"], rel=1e-12)
    assert found.method == "percentile interval of 999 bootstrap draws" and found.failed == 0


def test_draws_are_multinomial_within_strata() -> None:
    units = units_of(ARM)
    drawn = np.concatenate(list(weights(units, 4000, 1)))
    assert drawn.shape == (4000, N)
    for a in (0, 1):
        own = drawn[:, a == ARM]
        assert np.all(own.sum(axis=1) == 40)
        assert own.mean(axis=0) == approx(np.ones(40), abs=0.08)  # five standard errors
        assert own.var(axis=0).mean() == approx(39 / 40, abs=0.02)


@pytest.mark.parametrize("m", [2, 125, 4096, 4097, 70_000])
def test_each_unit_is_as_likely(m: int) -> None:
    draws = below(m, 300_000, np.random.default_rng(1))
    assert len(draws) == 300_000
    counts = np.bincount(draws, minlength=m)
    assert len(counts) == m
    expected = 300_000 / m
    fit = np.sum((counts - expected) ** 2) / expected
    assert abs(fit - (m - 1)) < 4 * np.sqrt(2 * (m - 1))  # chi-squared, four standard deviations


def test_whole_clusters_are_drawn_and_people_without_one_alone() -> None:
    cluster = DATA["worker"].astype(int)
    units = units_of(ARM, cluster)
    drawn = np.concatenate(list(weights(units, 50, 2)))
    for worker in range(6):
        own = drawn[:, cluster == worker]
        assert np.all(own == own[:, :1])
    assert len(np.unique(drawn[:, (cluster < 0) & (ARM == 0)], axis=1).T) > 30
    assert np.all(drawn[:, ARM == 0].sum(axis=1) == 40)
    assert units.counts == (40, 6 + int(np.sum((cluster < 0) & (ARM == 1))))


@pytest.mark.parametrize("n", [80, 3000, 140_000])
def test_a_replicate_is_the_same_however_many_there_are(n: int) -> None:
    units = units_of(np.zeros(n, dtype=int))
    few, more = (np.concatenate(list(weights(units, draws, 3))) for draws in (2, 3))
    assert np.array_equal(few, more[:2])
    assert units.block * n <= max(n, 2**17)


def test_how_often_each_statistic_is_asked_does_not_matter() -> None:
    units = units_of(ARM)
    system = prepared(COST, QALY, COST_X, ARM_COLUMN)
    whole = bootstrapped(lambda w: replicated(system, w), units, 700, 4)
    first = bootstrapped(lambda w: replicated(system, w), units, 100, 4)
    assert whole[:100] == approx(first, rel=1e-11)
    # the bootstrap's variance of a mean is known: that of the sample times (n - 1) / n
    spread = bootstrapped(one_mean, units, 4000, 5).std()
    exact = np.sqrt(sum(COST[a == ARM].var() / 40 for a in (0, 1)))
    assert spread == approx(exact, rel=0.05)


def test_few_units_are_said_and_one_is_refused() -> None:
    names = ["north", "south"]
    assert units_of(ARM).warnings == ()
    (said,) = units_of(ARM, np.where(ARM == 1, np.arange(N) % 6, -1), names).warnings
    assert said.startswith("south has 6 clusters (of unequal size: as good as")
    assert said.endswith("; prefer the linear estimate's, on Student's t")
    some = np.where((ARM == 1) & (np.arange(N) % 9 > 0), np.arange(N) % 3, -1)
    mixed = units_of(ARM, some, names)
    assert mixed.warnings[0].startswith(f"south has 3 clusters and {mixed.alone[1]} people without")
    assert mixed.alone == (40, int((some[ARM == 1] < 0).sum()))
    assert "Cameron, Gelbach & Miller 2008" in said and "89% with 6" in said
    with pytest.raises(NotEstimable, match="south has a single cluster"):
        units_of(ARM, np.where(ARM == 1, 1, -1), names)
    lone = np.where(ARM == 1, 1, -1)
    lone[-3:] = -1
    with pytest.raises(NotEstimable, match="one cluster has 37 of the 40 people of south"):
        units_of(ARM, lone, names)
    with pytest.raises(NotEstimable, match="1 has a single person"):
        units_of(np.array([0, 0, 0, 1]))
    with pytest.raises(NotEstimable, match="more than one stratum"):
        units_of(ARM, np.arange(N) % 6)


def test_few_units_of_many_strata_are_one_sentence() -> None:
    """Clusters and people without one, 1 to 3 of each; two arms of people alone by themselves."""
    strata = np.repeat(np.arange(9), 6)
    clusters = np.tile([0, 0, 1, 1, 2, -1], 9) + 3 * strata
    clusters[np.arange(54) % 6 == 5] = -1
    clusters[6:10], clusters[10:12] = 200, -1  # a cluster of four, two people without one
    clusters[:6] = clusters[-6:] = -1
    names = [f"arm {at}" for at in range(9)]
    whole, alone = units_of(strata, clusters, names).warnings
    assert whole.startswith(
        "arm 1, arm 2, arm 3, arm 4, arm 5 and 2 more have 1 to 3 clusters and 1 to 2 people"
        " without one (of unequal size: as good as 2.0 to 3.6 equal ones): intervals by percentiles"
    )
    assert alone.startswith("arm 0 and arm 8 have 6 people: intervals by percentiles of fewer")
    (same,) = units_of(strata[12:48], clusters[12:48], names[2:8]).warnings
    assert "arm 6 and 1 more have 3 clusters and 1 person without one (of" in same


def test_intervals_that_have_no_answer() -> None:
    drawn = np.random.default_rng(6).normal(size=1000)
    drawn[:24] = np.nan
    found = percentile(drawn)
    assert found.failed == 24 and "24 of them without an estimate" in found.method
    drawn[24] = np.nan
    with pytest.raises(NotEstimable, match="25 of 1000 bootstrap draws have no estimate"):
        percentile(drawn)
    with pytest.raises(NotEstimable, match="too few"):
        percentile(drawn[25:60])


def test_units_are_drawn_whatever_their_order() -> None:
    """People of a stratum need not stand together."""
    order = np.random.default_rng(8).permutation(N)
    mixed = units_of(ARM[order])
    drawn = next(weights(replace(mixed), 20, 9))
    for a in (0, 1):
        assert np.all(drawn[:, ARM[order] == a].sum(axis=1) == 40)
    assert isinstance(mixed, Units)
