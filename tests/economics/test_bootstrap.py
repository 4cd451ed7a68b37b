"""Bootstrap samples: what is drawn, how often, and with which variance."""

import numpy as np
import pytest

from cesp_analysis.economics.bootstrap import (
    BLOCK,
    FEW,
    drawn,
    few_units,
    percentile,
    rows,
    units_of,
    weights,
)

STRATA = np.repeat([0, 1], [12, 20])
CLUSTERS = np.concatenate([np.repeat([0, 1, 2, 3], 3), np.full(20, -1)])


def counted(units, samples, **more):
    return np.concatenate([counts for _, counts in drawn(units, samples, 5, **more)])


def test_strata_keep_their_units():
    units = units_of(STRATA, np.full(32, -1))
    counts = counted(units, 300)
    assert (counts @ (units.stratum == 0) == 12).all()
    assert (counts @ (units.stratum == 1) == 20).all()


def test_clusters_are_drawn_whole_and_people_without_one_alone():
    units = units_of(STRATA, CLUSTERS)
    assert np.bincount(units.stratum).tolist() == [4, 20]
    made = np.concatenate(list(weights(units, 200, 5)))
    for cluster in range(4):
        own = made[:, cluster == CLUSTERS]
        assert (own == own[:, :1]).all()
    alone = made[:, CLUSTERS < 0]
    assert not (alone == alone[:, :1]).all()
    assert (alone.sum(axis=1) == 20).all()


def test_a_cluster_of_two_strata_is_drawn_in_each_apart():
    units = units_of(np.array([0, 0, 1, 1]), np.array([7, 7, 7, 7]))
    assert len(units.stratum) == 2 and units.of.tolist() == [0, 0, 1, 1]


def test_more_samples_leave_the_first_as_they_are():
    units = units_of(STRATA, CLUSTERS)
    fewer, more = counted(units, 700), counted(units, 1000)
    assert len(fewer) == 700 and (fewer == more[:700]).all()
    later = np.concatenate([c for _, c in drawn(units, 500, 5, first=BLOCK)])
    assert (later == more[BLOCK:]).all()
    assert not (more[:BLOCK] == more[BLOCK:]).all()
    with pytest.raises(ValueError, match="multiple"):
        next(drawn(units, 10, 5, first=3))


def test_rows_are_weights_written_out():
    units = units_of(STRATA, CLUSTERS)
    made = np.concatenate(list(weights(units, 40, 9)))
    written = [np.bincount(own, minlength=32) for own in rows(units, 40, 9)]
    assert (np.array(written) == made).all()


def test_one_fewer_has_the_variance_of_a_mean():
    """Means of five clusters of one size, exactly: s² / 5 with one fewer, 4/5 of that with all."""
    y = np.array([1.0, 4.0, -2.0, 8.0, 3.0])
    units = units_of(np.zeros(5, dtype=int), np.arange(5))
    usual = y.var(ddof=1) / 5
    for fewer, share in ((0, 0.8), (1, 1.0)):
        counts = counted(units, 40_000, fewer=fewer)
        means = counts @ y / counts.sum(axis=1)
        assert counts.sum(axis=1).tolist() == [5 - fewer] * 40_000
        error = share * usual * np.sqrt(2.2 / 40_000)  # of a variance; kurtosis near the normal's
        assert abs(means.var() - share * usual) < 4 * error


def test_few_units_are_said():
    few = units_of(STRATA, CLUSTERS)
    assert few_units(few, "link workers as a whole") == (
        "4 link workers as a whole in one site: bootstrap intervals of so few are too narrow"
        " (Cameron, Gelbach & Miller 2008)"
    )
    assert few_units(units_of(np.zeros(FEW, dtype=int), np.full(FEW, -1)), "people") == ""


def test_percentiles_leave_out_samples_without_a_number():
    draws = np.append(np.arange(101.0), np.nan)[:, None]
    low, high = percentile(draws, 0.9)
    assert (low[0], high[0]) == pytest.approx((5.0, 95.0))
