"""Wild bootstrap and relabelling: vectors of another program, brute force, smallest p, refusals."""

from itertools import product
from math import comb, sin

import numpy as np
import pytest
from pytest import approx

from cesp_analysis.few_sites.draws import DrawTest
from cesp_analysis.few_sites.relabel import relabelled
from cesp_analysis.few_sites.wild import SIX, wild_bootstrap
from cesp_analysis.models.cluster_means import cluster_changes, two_step
from cesp_analysis.models.least_squares import LeastSquares, least_squares
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.student import t_p_value

Rng = np.random.default_rng
LAST = np.array([0.0, 0.0, 0.0, 1.0])


def cos(x: float) -> float:
    return float(np.cos(x))


def survey() -> tuple[np.ndarray, ...]:
    """Vector A3 of the methods: y, arm, wave, neighbourhood of 160 respondents."""
    rows, k = [], 0
    for nb, w in product(range(10), (0, 1)):
        for _ in range(6 + (3 * nb + w) % 5):
            k += 1
            s = float(nb >= 5)
            base = 20 + s + 0.5 * w + 1.2 * s * w
            y = base + 2 * sin(2.7 * nb + 1) + 0.9 * cos(4.1 * nb + 3 * w) + 3 * sin(1.3 * k)
            rows.append((y, s, w, nb))
    y, arm, wave, nb = map(np.array, zip(*rows, strict=True))
    return y, arm, wave, nb


def regression(y: np.ndarray, arm: np.ndarray, wave: np.ndarray) -> LeastSquares:
    return least_squares(y, np.column_stack([np.ones(len(y)), arm, wave, arm * wave]))


def test_a3_is_the_vector_of_the_methods() -> None:
    y, *_ = survey()
    assert (len(y), y.sum()) == approx((160, 3366.5647980216))


def test_a3_wild_bootstrap_enumerated_counts_ties() -> None:
    y, arm, wave, nb = survey()
    found = wild_bootstrap(regression(y, arm, wave), LAST, nb, arm == 1, Rng(1))
    assert (found.draws, found.strict, found.extreme) == (1024, 216, 218)
    assert (found.enumerated, found.clusters) == (True, (5, 5))
    assert found.p_value == 218 / 1024
    assert found.smallest_p == 2 / 1024
    assert found.estimate == approx(1.3212003779)


def test_a3_neighbourhood_means() -> None:
    y, arm, wave, nb = survey()
    changes = cluster_changes(y, nb, arm, wave == 1)
    found = two_step(changes)
    assert (found.estimate, found.std_error) == approx((1.3371873699, 1.0321189615))
    assert t_p_value(found.estimate, found.std_error, found.df) == approx(0.2312521926)
    again = relabelled(changes.values, changes.treated, Rng(1))
    assert (again.extreme, again.draws) == (60, 252)
    assert again.smallest_p == 2 / 252
    assert again.estimate == approx(found.estimate)


def brute(y: np.ndarray, x: np.ndarray, codes: np.ndarray, points: np.ndarray) -> np.ndarray:
    """|t| of every vector of weights by a full refit, null imposed on the last column."""

    def t_of(y: np.ndarray) -> float:
        bread = np.linalg.inv(x.T @ x)
        e = y - x @ (b := bread @ x.T @ y)
        scores = np.array([x[codes == g].T @ e[codes == g] for g in np.unique(codes)])
        return float(abs(b[-1]) / np.sqrt((bread @ scores.T @ scores @ bread)[-1, -1]))

    rest = x[:, :-1]
    fitted = rest @ np.linalg.lstsq(rest, y, rcond=None)[0]
    draws = product(points, repeat=len(np.unique(codes)))
    return np.array([t_of(fitted + (y - fitted) * np.array(v)[codes]) for v in draws])


@pytest.mark.parametrize("weights", ["rademacher", "webb"])
def test_sums_by_cluster_are_the_full_refit(weights: str) -> None:
    rng = Rng(5)
    codes = np.repeat(np.arange(5), [4, 7, 5, 6, 3])
    arm = (codes >= 3).astype(float)
    y = rng.normal(size=25) + rng.normal(size=5)[codes] + arm
    x = np.column_stack([np.ones(25), rng.normal(size=25), arm])
    contrast = np.array([0, 0, 1.0])
    fit = least_squares(y, x)
    found = wild_bootstrap(fit, contrast, codes, arm == 1, rng, weights)  # type: ignore[arg-type]
    points = np.array([-1.0, 1.0]) if weights == "rademacher" else np.concatenate([SIX, -SIX])
    sizes = brute(y, x, codes, points)
    own = brute(y, x, codes, np.array([1.0]))[0]
    assert found.extreme == (sizes >= own * (1 - 1e-9)).sum()
    assert found.strict == (sizes > own * (1 + 1e-9)).sum()
    assert found.draws == len(points) ** 5


def test_weights_and_absorbed_effects_are_the_bootstrap_of_the_written_out_design() -> None:
    """Two records of each of 30 people, an effect for each person, against 30 dummies."""
    rng = Rng(6)
    person = np.repeat(np.arange(30), 2)
    time = np.tile([0.0, 1.0], 30)
    near = person % 6
    arm = (near >= 3).astype(float)
    y = rng.normal(size=30)[person] + rng.normal(size=60) + rng.normal(size=6)[near] * time
    x = np.column_stack([time, arm * time])
    last = np.array([0.0, 1.0])
    one = wild_bootstrap(least_squares(y, x, absorb=person), last, near, arm == 1, rng)
    dummies = (person[:, None] == np.arange(30)).astype(float)
    sizes = brute(y, np.column_stack([dummies, x]), near, np.array([-1.0, 1.0]))
    own = brute(y, np.column_stack([dummies, x]), near, np.array([1.0]))[0]
    assert (one.extreme, one.draws) == ((sizes >= own * (1 - 1e-9)).sum(), 64)
    weight = rng.integers(1, 4, 60).astype(float)
    plain = np.column_stack([np.ones(60), x])
    weighted = least_squares(y, plain, weight)
    two = wild_bootstrap(weighted, np.array([0.0, 0.0, 1.0]), near, arm == 1, rng)
    root = np.sqrt(weight)
    sizes = brute(y * root, plain * root[:, None], near, np.array([-1.0, 1.0]))
    own = brute(y * root, plain * root[:, None], near, np.array([1.0]))[0]
    assert two.extreme == (sizes >= own * (1 - 1e-9)).sum()


def test_intervals_hold_what_is_not_rejected() -> None:
    """Take an effect out of the data and test again: p crosses 5% at the interval's ends."""
    y, arm, wave, nb = survey()

    def wild_p(theta: float) -> float:
        fit = regression(y - theta * arm * wave, arm, wave)
        return wild_bootstrap(fit, LAST, nb, arm == 1, Rng(1)).p_value

    def label_p(theta: float) -> float:
        changes = cluster_changes(y - theta * arm * wave, nb, arm, wave == 1)
        return relabelled(changes.values, changes.treated, Rng(1)).p_value

    wild = wild_bootstrap(regression(y, arm, wave), LAST, nb, arm == 1, Rng(1))
    changes = cluster_changes(y, nb, arm, wave == 1)
    labels = relabelled(changes.values, changes.treated, Rng(1))
    for found, p in ((wild, wild_p), (labels, label_p)):
        assert found.low is not None and found.high is not None
        assert found.low < found.estimate < found.high
        for end, outwards in ((found.low, -1), (found.high, 1)):
            assert p(end - outwards * 1e-4) > 0.05 >= p(end + outwards * 1e-4)


@pytest.mark.parametrize(
    ("sizes", "wild", "labels"),
    [
        ((2, 2), 1 / 8, 1 / 3),
        ((3, 3), 1 / 32, 0.1),
        ((2, 3), 1 / 16, 0.1),
        ((4, 4), 1 / 128, 2 / 70),
    ],
)
def test_the_smallest_p_is_printed_and_reached(
    sizes: tuple[int, int], wild: float, labels: float
) -> None:
    groups = sum(sizes)
    codes = np.repeat(np.arange(groups), 6)
    arm = (codes < sizes[0]).astype(float)
    y = 50 * arm + Rng(3).normal(size=len(codes))  # an effect that nothing can hide
    fit = least_squares(y, np.column_stack([np.ones(len(y)), arm]))
    found = wild_bootstrap(fit, np.array([0, 1.0]), codes, arm == 1, Rng(1))
    assert found.smallest_p == wild and found.p_value >= wild
    assert found.available() == (wild <= 0.05)
    assert (found.low is None) == (wild > 0.05)
    changes = cluster_changes(y, codes, arm)
    again = relabelled(changes.values, changes.treated, Rng(1))
    assert again.smallest_p == approx(labels) and again.p_value == approx(labels)
    assert again.available() == (labels <= 0.05)
    assert (again.low is None) == (labels > 0.05)


def test_one_treated_among_many_is_the_placebo_in_space() -> None:
    values = np.append(Rng(2).normal(size=24), 9.0)
    found = relabelled(values, np.arange(25) == 24, Rng(1))
    assert (found.p_value, found.smallest_p) == (1 / 25, 1 / 25)
    assert found.available() and found.low is not None and found.low > 0
    few = relabelled(values[15:], np.arange(10) == 9, Rng(1))
    assert (few.smallest_p, few.available(), few.low) == (0.1, False, None)
    alone = relabelled(np.array([1.0, 2.0]), np.array([True, False]), Rng(1))
    assert alone.smallest_p == 1.0 == alone.p_value


def test_many_clusters_are_drawn_from_the_seed() -> None:
    rng = Rng(8)
    codes = np.repeat(np.arange(40), 5)
    arm = (codes % 2).astype(float)
    y = rng.normal(size=200) + rng.normal(size=40)[codes]
    fit = least_squares(y, np.column_stack([np.ones(200), arm]))
    same = [
        wild_bootstrap(fit, np.array([0, 1.0]), codes, arm == 1, Rng(1), draws=999)
        for _ in range(2)
    ]
    assert same[0] == same[1]
    assert (same[0].enumerated, same[0].smallest_p) == (False, 1 / 1000)
    assert same[0].p_value == (same[0].extreme + 1) / 1000
    changes = cluster_changes(y, codes, arm)
    assert comb(40, 20) > 200_000
    drawn = relabelled(changes.values, changes.treated, Rng(1))
    exact = two_step(changes)
    # 9,999 draws: Monte Carlo error of p at most .005; the t-test is the permutation's limit
    p = t_p_value(exact.estimate, exact.std_error, exact.df)
    assert drawn.p_value == approx(p, abs=0.02)


def test_what_has_no_valid_answer_is_refused() -> None:
    codes = np.repeat(np.arange(6), 4)
    one = (codes == 0).astype(float)
    y = Rng(1).normal(size=24)
    fit = least_squares(y, np.column_stack([np.ones(24), one]))
    with pytest.raises(NotEstimable, match="the intervention arm has one cluster"):
        wild_bootstrap(fit, np.array([0, 1.0]), codes, one == 1, Rng(1))
    many = np.repeat(np.arange(12), 2)
    half = (many < 6).astype(float)
    fit = least_squares(y, np.column_stack([np.ones(24), half]))
    with pytest.raises(NotEstimable, match="Webb's weights are for 10 clusters or fewer"):
        wild_bootstrap(fit, np.array([0, 1.0]), many, half == 1, Rng(1), "webb")
    flat = least_squares(half, np.column_stack([np.ones(24), half]))
    with pytest.raises(NotEstimable, match="there is nothing to draw"):
        wild_bootstrap(flat, np.array([0, 1.0]), many, half == 1, Rng(1))
    with pytest.raises(NotEstimable, match="one arm has no cluster"):
        relabelled(y[:4], np.ones(4, dtype=bool), Rng(1))
    with pytest.raises(NotEstimable, match="no degree of freedom"):
        two_step(cluster_changes(y[:2], np.arange(2), np.array([0, 1.0])))


def test_a_cluster_seen_at_one_time_only_says_nothing_about_change() -> None:
    y, arm, wave, nb = survey()
    keep = ~((nb == 3) & (wave == 1))
    changes = cluster_changes(y[keep], nb[keep], arm[keep], wave[keep] == 1)
    assert (len(changes.values), changes.alone) == (9, 1)


def test_covariates_are_taken_out_within_clusters_and_times() -> None:
    """The first step against least squares with a dummy for each neighbourhood and wave."""
    y, arm, wave, nb = survey()
    x = Rng(4).normal(size=len(y)) + wave
    y = y + 2 * x
    weight = Rng(5).uniform(0.5, 2, len(y))
    changes = cluster_changes(y, nb, arm, wave == 1, x[:, None], weight)
    cells = (nb * 2 + wave)[:, None] == np.arange(20)
    root = np.sqrt(weight)
    design = np.column_stack([cells, x]) * root[:, None]
    coef = np.linalg.lstsq(design, y * root, rcond=None)[0]
    assert changes.values == approx(coef[1:20:2] - coef[0:20:2], rel=1e-9)


@pytest.mark.parametrize("own_levels", [False, True])
def test_many_clusters_by_columns_are_the_draws_of_all_clusters(
    own_levels: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """80 clusters at two times, also with an effect each: as each cluster's score written out."""
    rng = Rng(5)
    codes = rng.integers(0, 80, 900)
    later, arm = rng.integers(0, 2, 900), codes % 2
    y = rng.normal(size=900) + rng.normal(size=80)[codes] * later + 0.3 * arm * later
    levels = np.eye(80)[codes] if own_levels else np.column_stack([np.ones(900), arm])
    fit = least_squares(y, np.column_stack([levels, later, arm * later]), rng.uniform(1, 2, 900))
    contrast = np.eye(fit.x.shape[1])[-1]

    def tested() -> DrawTest:
        return wild_bootstrap(fit, contrast, codes, arm == 1, Rng(1), draws=999)

    found = tested()
    monkeypatch.setattr("cesp_analysis.few_sites.wild.SEVERAL", 80)
    monkeypatch.setattr("cesp_analysis.few_sites.wild.MANY", 1000)
    whole = tested()
    assert (found.extreme, found.strict) == (whole.extreme, whole.strict)
    assert (found.low, found.high) == approx((whole.low, whole.high), rel=1e-9)
    assert whole.low is not None and whole.extreme > 0
