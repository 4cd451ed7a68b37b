"""Reference-based imputation: worked by hand, closed forms, what variances are."""

import numpy as np
import pytest

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.departures import conditional_mean, drawn_sets, draws
from cesp_analysis.missing.linear_estimate import LinearEstimate
from cesp_analysis.missing.normal_profiles import drawn_profiles, likeliest
from cesp_analysis.missing.pooling import Pooled, pool
from cesp_analysis.missing.reference_based import Profile, Strategy, expected, filled, given

# Three times; equal covariances with variance 4 and covariance 2. Somebody of the intervention
# answered 11 and 16, 1 and 2 above the own group's means, and is lost. Each earlier answer tells a
# third of its distance: (2, 2) [[4, 2], [2, 4]]^-1 = (1/3, 1/3).
COV = np.full((3, 3), 2.0) + 2 * np.eye(3)
OWN = Profile(np.array([10.0, 14.0, 18.0]), COV)
REFERENCE = Profile(np.array([9.0, 10.0, 12.0]), COV)
PERSON = np.array([[11.0, 16.0, np.nan]])


def bayesian(
    y: Floats, arm: Codes, strategy: Strategy, df_complete: float, m: int, seed: int
) -> Pooled | str:
    """The difference in mean change by m drawn sets and Rubin's rules; or why there is none."""
    drawn = draws(y, arm, m, seed)
    if isinstance(drawn, str):
        return drawn
    return pool(*change_compared(drawn_sets(y, arm, strategy, drawn), arm), df_complete)


@pytest.mark.parametrize(
    ("strategy", "change", "by_hand"),
    [
        ("missing_at_random", True, 18 + 3 / 3),
        ("jump_to_reference", False, 12 + 3 / 3),
        ("jump_to_reference", True, 12 + 1 + 3 / 3),  # the reference starts 1 lower
        ("copy_increments", False, 14 + 2 + 3 / 3),
        ("copy_increments", True, 14 + 2 + 3 / 3),  # increments have no level
        ("copy_reference", False, 12 + (2 + 6) / 3),
        ("copy_reference", True, 13 + (1 + 5) / 3),
    ],
)
def test_a_person_by_hand(strategy: Strategy, change: bool, by_hand: float) -> None:
    made = filled(PERSON, OWN, REFERENCE, strategy, change)
    assert made[0, :2].tolist() == [11, 16]
    assert made[0, 2] == pytest.approx(by_hand, rel=1e-13)


def test_lost_after_the_first_time() -> None:
    """Two answers at once, with half of the distance, 2, at both; and somebody never seen."""
    y = np.array([[14.0, np.nan, np.nan], [np.nan, np.nan, np.nan]])
    made = filled(y, OWN, REFERENCE, "jump_to_reference", True)
    assert made[0] == pytest.approx([14, 11 + 2, 13 + 2]) and made[1] == pytest.approx([10, 11, 13])
    made = filled(y, OWN, REFERENCE, "copy_increments", False)
    assert made[0] == pytest.approx([14, 10 + 1 + 2, 10 + 3 + 2])
    assert made[1] == pytest.approx([9, 10, 12])  # no own level to begin with


def test_a_gap_before_the_last_answer_is_missing_at_random() -> None:
    y = np.array([[11.0, np.nan, 20.0]])
    for strategy in ("jump_to_reference", "copy_reference", "missing_at_random"):
        made = filled(y, OWN, REFERENCE, strategy)
        assert made[0, 1] == pytest.approx(14 + (1 + 2) / 3)


def test_the_joint_covariance_is_carpenters() -> None:
    """Unequal covariances: before as own, after given before as in the reference."""
    rng = np.random.default_rng(1)
    a, r = (np.cov(rng.normal(size=(4, 20))) for _ in range(2))
    own, reference = Profile(np.zeros(4), a), Profile(np.ones(4), r)
    joint = expected(own, reference, 1, "jump_to_reference", False)
    assert joint.cov[:2, :2] == pytest.approx(a[:2, :2])
    assert np.linalg.eigvalsh(joint.cov).min() > 0 and joint.cov == pytest.approx(joint.cov.T)
    y = np.array([[0.5, -0.3, 0, 0]])
    late = np.array([2, 3])
    assert given(y, late, joint).cov == pytest.approx(given(y, late, reference).cov)
    slope = r[2:, :2] @ np.linalg.inv(r[:2, :2])
    assert given(y, late, joint).mean == pytest.approx(1 + y[:, :2] @ slope.T)
    same = expected(own, Profile(np.ones(4), a), 1, "jump_to_reference", False)
    assert same.cov == pytest.approx(a)


def study(n: int, seed: int, lost: float = 0.4) -> tuple[Floats, Codes]:
    """Three times, two groups of n, the intervention's change larger; dropout in both."""
    rng = np.random.default_rng(seed)
    arm = np.repeat([0, 1], n)
    y = 10 + rng.normal(0, 2, (2 * n, 1)) + rng.normal(0, 2, (2 * n, 3))
    y += np.outer(1 + arm, [0.0, 1, 2]) + arm[:, None]
    gone = rng.random(2 * n) < lost
    y[gone, 2] = np.nan
    y[gone & (rng.random(2 * n) < 0.4), 1] = np.nan
    return y, arm


def mean_change(arm: Codes) -> LinearEstimate:
    """The same difference as a regression."""
    n = len(arm)
    x = np.column_stack([np.ones(n), arm])
    return LinearEstimate(x, np.array([0.0, 1.0]), np.arange(n), np.ones(n), first=0, last=2)


def change_compared(sets: Floats, arm: Codes) -> tuple[Floats, Floats]:
    """Difference in mean change to the last time, unequal variances."""
    change = sets[:, :, -1] - sets[:, :, 0]
    parts = [change[:, arm == group] for group in (1, 0)]
    variance = sum(part.var(axis=1, ddof=1) / part.shape[1] for part in parts)
    return parts[0].mean(axis=1) - parts[1].mean(axis=1), np.asarray(variance)


def test_complete_answers_are_welchs_test() -> None:
    """No gaps: conditional means change nothing, and the jackknife is the variances of change."""
    y, arm = study(40, 1, lost=0)
    made = conditional_mean(y, arm, "jump_to_reference", mean_change(arm))
    q, u = change_compared(y[None], arm)
    assert made.estimate == pytest.approx(q[0], rel=1e-12)
    # leaving one of 80 out against one of 40: 79/80 for 39/40, and the means' mean
    assert made.std_error == pytest.approx(np.sqrt(u[0]), rel=0.02)
    pooled = bayesian(y, arm, "jump_to_reference", 78, m=4, seed=1)
    assert not isinstance(pooled, str)
    assert [pooled.estimate[0], pooled.total[0]] == pytest.approx([q[0], u[0]], rel=1e-13)


def test_everybody_of_the_intervention_lost_at_the_end_changes_as_the_control() -> None:
    """But for what their baseline says: jump to reference has an effect of the share that stayed.

    Covariances alike and baselines alike: the effect is (1 - share) × that of those who stayed.
    """
    n = 400
    y, arm = study(n, 2, lost=0)
    rng = np.random.default_rng(3)
    gone = (arm == 1) & (rng.random(2 * n) < 0.5)
    y[gone, 1:] = np.nan
    jump = conditional_mean(y[::8], arm[::8], "jump_to_reference", mean_change(arm[::8]))
    assert jump.n == 100
    profiles = [likeliest(y[arm == group]) for group in (0, 1)]
    own = filled(y[arm == 1], profiles[1], profiles[0], "jump_to_reference")
    lost = own[gone[arm == 1]]
    # people lost at random have their group's mean baseline, but for sampling
    off = lost[:, 0].mean() - profiles[1].mean[0]
    slope = profiles[0].cov[2, 0] / profiles[0].cov[0, 0]
    control = profiles[0].mean[2] - profiles[0].mean[0]
    moved = (lost[:, 2] - lost[:, 0]).mean()
    assert moved == pytest.approx(control + (slope - 1) * off, rel=1e-9)


def test_strategies_are_in_order_and_both_ways_agree() -> None:
    """Gains at the intervention: at random above copied increments above jump to reference."""
    y, arm = study(60, 4)
    strategies: tuple[Strategy, ...] = (
        "missing_at_random", "copy_increments", "jump_to_reference", "copy_reference",
    )  # fmt: skip
    means, drawn = {}, {}
    for strategy in strategies:
        means[strategy] = conditional_mean(y, arm, strategy, mean_change(arm))
        made = bayesian(y, arm, strategy, 118, m=100, seed=5)
        assert not isinstance(made, str) and made.reasons == ("",)
        drawn[strategy] = made
        # posterior means against REML: four Monte Carlo errors, and a tenth of an SE between them
        limit = 4 * made.monte_carlo[0] + 0.1 * made.std_error[0]
        assert made.estimate[0] == pytest.approx(means[strategy].estimate, abs=limit)
    assert means["missing_at_random"].estimate > means["copy_increments"].estimate
    assert means["copy_increments"].estimate > means["jump_to_reference"].estimate
    # information-anchored against repeated studies: the same at random, larger with a reference
    ratio = {name: drawn[name].std_error[0] / means[name].std_error for name in strategies}
    assert ratio["missing_at_random"] == pytest.approx(1, abs=0.1)
    assert ratio["jump_to_reference"] > 1.15


def test_posterior_profiles_of_complete_answers() -> None:
    """Student's t for means, inverse Wishart for covariances: means and variances of draws."""
    rng = np.random.default_rng(6)
    y, m = rng.normal(3, 2, (25, 2)) @ np.array([[1, 0.5], [0, 1]]), 20_000
    streams = tuple(np.random.default_rng(i) for i in range(m))
    made = drawn_profiles(y, streams)
    assert not isinstance(made, str)
    mean, cov = y.mean(axis=0), np.cov(y.T) * 24
    expected_cov = cov / (24 - 2 - 1)  # mean of an inverse Wishart on 24 df
    assert made.cov.mean(axis=0) == pytest.approx(expected_cov, rel=0.02)
    spread = expected_cov / 25
    assert np.abs(made.mean.mean(axis=0) - mean).max() < 4 * np.sqrt(spread.max() / m)
    assert np.cov(made.mean.T) == pytest.approx(spread, rel=0.05)  # four errors of a variance


def test_posterior_profiles_do_not_depend_on_how_many_are_drawn_at_once() -> None:
    y, arm = study(30, 7)

    def drawn(numbers: range) -> Profile:
        streams = tuple(np.random.default_rng([1, i]) for i in numbers)
        made = drawn_profiles(y[arm == 1], streams, rounds=5)
        assert not isinstance(made, str)
        return made

    whole, part = drawn(range(5)), drawn(range(2, 3))
    assert np.array_equal(whole.mean[2], part.mean[0])
    assert np.array_equal(whole.cov[2], part.cov[0])


def test_profiles_that_there_are_not() -> None:
    streams = (np.random.default_rng(1),)
    y, _ = study(10, 8)
    few = drawn_profiles(y[:4], streams)
    assert few == "too few people for means and covariances of 3 times"
    gone = y.copy()
    gone[3:, 2] = np.nan
    assert isinstance(drawn_profiles(gone, streams), str)
    same = y.copy()
    same[:, 0] = 1.0
    assert drawn_profiles(same, streams) == "all answers at one of the times are the same"
    arm = np.repeat([0, 1], 10)
    made = bayesian(gone, arm, "copy_reference", 18, m=3, seed=1)
    assert isinstance(made, str)
