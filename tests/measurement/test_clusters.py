"""The correlation of clusters: R's mean squares, exact intervals, what has no answer."""

import numpy as np
import pytest
from pytest import approx
from scipy import stats

from cesp_analysis.measurement.cluster_icc import ONE_A_GROUP, cluster_icc
from cesp_analysis.measurement.intraclass import intraclass, mean_squares
from psychometric_records import R, generated

ROOT = 1e-8  # where R's uniroot stops


@pytest.mark.parametrize(("name", "grouped"), [("clusters", False), ("clusters_in_sites", True)])
def test_unequal_clusters_as_r(name: str, grouped: bool) -> None:
    own, known = generated(), R[name]
    groups = own["site"].to_numpy() if grouped else None
    found = cluster_icc(own["within"].to_numpy(), own["cluster"].to_numpy(), groups)
    assert (found.value, found.typical_size) == approx((known["value"], known["n0"]), rel=1e-10)
    assert (found.low, found.high) == approx((known["low"], known["high"]), abs=ROOT)
    assert (found.n, found.clusters, found.groups) == (80, 12, 2 if grouped else 1)


def test_pairs_as_r() -> None:
    own = generated()
    own = own[own["cluster"].isin([2, 10])]
    found = cluster_icc(own["within"].to_numpy(), np.tile(np.arange(7), 2))
    known = R["pairs"]
    assert (found.value, found.low, found.high) == approx(
        (known["value"], known["low"], known["high"]), abs=ROOT
    )


def test_equal_clusters_have_the_exact_f_interval() -> None:
    """As many people in each cluster: Shrout and Fleiss's ICC(1) of clusters."""
    values = np.random.default_rng(3).normal(size=(9, 6)) + np.arange(9)[:, None] / 4
    expected = intraclass(mean_squares(values)).one_way
    found = cluster_icc(values.ravel(), np.repeat(np.arange(9), 6))
    assert (found.value, found.low, found.high) == approx(
        (expected.value, expected.low, expected.high), rel=1e-9
    )
    assert found.typical_size == approx(6)


def test_order_labels_units_and_differences_of_groups_change_nothing() -> None:
    own = generated()
    values, site = own["within"].to_numpy(), own["site"].to_numpy()
    found = cluster_icc(values, own["cluster"].to_numpy(), site)
    order = np.random.default_rng(0).permutation(80)
    names = np.array([f"place {code * 7 % 12}" for code in own["cluster"]])
    other = cluster_icc((50 + 9 * values + 30 * site)[order], names[order], site[order])
    assert (other.value, other.low, other.high) == approx(
        (found.value, found.low, found.high), rel=1e-9
    )


def test_a_negative_correlation_is_shown() -> None:
    values = np.tile([1.0, 5.0], 10) + np.repeat(np.arange(10), 2) / 100
    found = cluster_icc(values, np.repeat(np.arange(10), 2))
    assert found.value is not None and found.low is not None
    assert -1 <= found.low < found.value < -0.9
    assert found.design_effect(20) == 1.0
    assert cluster_icc(generated()["within"], generated()["cluster"]).design_effect(11) == approx(
        1 + 10 * R["clusters"]["value"], rel=1e-9
    )


def test_limits_hold_the_estimate_and_solve_their_equations() -> None:
    """Random clusters of 1 to 8: limits on both sides of the estimate; at a limit Wald's F, with
    dense matrices, is F's quantile."""
    rng = np.random.default_rng(2)
    for _ in range(200):
        cluster = np.repeat(np.arange(5), rng.integers(1, 9, 5))
        found = cluster_icc(rng.normal(size=len(cluster)), cluster)
        if found.value is None:
            continue
        assert found.low is not None and found.high is not None
        assert found.low <= found.value <= found.high <= 1
    cluster = np.repeat(np.arange(6), [2, 9, 4, 7, 3, 5])
    values = rng.normal(size=30) + np.arange(6)[cluster] / 2
    found = cluster_icc(values, cluster)
    member = (cluster[:, None] == np.arange(6)).astype(float)
    within = values - member @ np.linalg.pinv(member) @ values
    for limit, probability in ((found.low, 0.975), (found.high, 0.025)):
        assert limit is not None
        v = np.eye(30) + limit / (1 - limit) * member @ member.T
        inverse, ones = np.linalg.inv(v), np.ones((30, 1))
        apart = values - ones @ np.linalg.solve(ones.T @ inverse @ ones, ones.T @ inverse @ values)
        between = apart @ inverse @ apart - within @ within
        assert between / 5 / (within @ within / 24) == approx(
            stats.f.ppf(probability, 5, 24), rel=1e-8
        )


@pytest.mark.parametrize(
    ("values", "clusters", "groups", "said"),
    [
        ([1, 2, 3], [0, 0, 0], None, "1 cluster: at least 2 are needed"),
        ([], [], None, "0 clusters: at least 2 are needed"),
        ([1, 2, 3, 4], [0, 0, 1, 1], [0, 0, 1, 1], ONE_A_GROUP),
        ([1, 2, 3], [0, 1, 2], None, "no cluster has two people"),
        ([2, 2, 2, 2], [0, 0, 1, 1], None, "all values are the same"),
    ],
)
def test_no_correlation(
    values: list[float], clusters: list[int], groups: list[int] | None, said: str
) -> None:
    of = None if groups is None else np.array(groups)
    found = cluster_icc(np.array(values), np.array(clusters), of)
    assert (found.value, found.low, found.reason) == (None, None, said)
    assert found.design_effect(10) is None


def test_clusters_that_agree_perfectly() -> None:
    found = cluster_icc(np.repeat([0.1, 0.2, 0.5], 4), np.repeat(np.arange(3), 4))
    assert (found.value, found.low) == (approx(1.0), None)
    assert (
        found.reason == "people of one cluster have the same value: no error to make an interval of"
    )


def test_a_cluster_in_two_groups_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="several groups"):
        cluster_icc(np.arange(4.0), np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]))
