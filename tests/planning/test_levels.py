"""Shares and counts: the SD that a trial's two arms have follows from the control arm's level."""

import numpy as np
import pytest
from scipy import stats

from cesp_analysis.declared.trial_designs import TrialDesign
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning.answers import answer
from cesp_analysis.planning.known import Told
from cesp_analysis.planning.level_draws import counted
from cesp_analysis.planning.levels import Level, impossible, level_of, possible, sd_of
from cesp_analysis.planning.task_trials import of_level
from cesp_analysis.planning.trial_people import CountTrial
from planned import model, scenario

DRAWS = 20_000


def rng() -> np.random.Generator:
    return np.random.default_rng(13)


def test_a_share_is_jeffreys_beta() -> None:
    made = level_of(np.repeat([1.0, 0.0], [19, 63]), "binary", DRAWS, rng())
    assert made.dispersion is None and made.mean.draws is not None and made.mean.n == 82
    law = stats.beta(19.5, 63.5)
    # 0.0115: the 1e-3 point of Kolmogorov's statistic with 20,000 draws is 0.0138
    assert stats.kstest(made.mean.draws, law.cdf).statistic < 0.0138
    assert "19 of 82" in made.mean.method


def test_a_difference_of_proportions_is_donner_and_klars() -> None:
    """clusterPower's help: .1 against .2, 10 people, ICC .1: more than 37 locations an arm by the
    normal, and .198922 found with 38."""

    def found(locations: int, change: float) -> float:
        sd = float(sd_of(np.array([0.1]), change, None)[0])
        one = scenario(locations=locations, people=10, icc=0.1, effect=change, sd=sd)
        return float(answer(model(), one, "none").power[0])

    assert found(76, 0.098922) == pytest.approx(0.8, abs=1e-4)
    assert found(74, 0.1) < 0.8 <= found(76, 0.1)


def test_counts_of_hayes_and_bennett() -> None:
    """clusterPower's help: .1 against .2 events, k .1, 10 people: more than 24 locations an arm;
    they count one less and the normal."""
    sd = float(sd_of(np.array([0.1]), 0.1, np.ones(1))[0])  # of people: Poisson
    between = 0.01 * (0.01 + 0.04) / 2
    total = sd**2 + between
    own = {"people": 10, "effect": 0.1, "sd": total**0.5, "icc": between / total}
    power = [
        float(answer(model(), scenario(locations=2 * (k - 1), **own), "none").power[0])
        for k in (24, 25)
    ]
    assert power[0] < 0.8 <= power[1]


def test_counts_are_as_spread_in_repeated_studies_as_the_draws_say() -> None:
    """Of 400 made studies of 80 negative binomial counts the middle 90% of draws hold the mean."""
    source, holds = rng(), 0
    for _ in range(400):
        counts = source.negative_binomial(1.5, 1.5 / 6.5, 80).astype(float)  # mean 5
        drawn = level_of(counts, "count", 400, source).mean.draws
        assert drawn is not None
        low, high = np.quantile(drawn, (0.05, 0.95))
        holds += low < 5 < high
    # binomial SE 1.5%; a bootstrap of 80 skewed values holds a little less than it says
    assert 0.84 < holds / 400 < 0.94


def test_dispersion_is_the_variance_over_the_mean() -> None:
    counts = rng().poisson(4, 4_000).astype(float)
    made = level_of(counts, "count", 500, rng())
    assert made.dispersion is not None
    assert made.dispersion.mean() == pytest.approx(counts.var(ddof=1) / counts.mean(), rel=5e-3)
    assert sd_of(np.array([4.0]), -1.0, np.array([1.0]))[0] == pytest.approx(np.sqrt(3.5))


def test_what_cannot_be_is_replaced_and_where_it_is_much_refused() -> None:
    mean = np.array([*np.linspace(0.1, 0.3, 39), 0.04])
    level, sd = possible(Level(Told(mean, 40)), -0.05, "binary")
    assert level.mean.draws is not None and sd.draws is not None
    assert level.mean.draws[:39] == pytest.approx(mean[:39]) and level.mean.draws[39] > 0.05
    assert np.isfinite(sd.draws).all() and sd.draws[39] == sd.draws[0]
    wrong = int((mean <= 0.05).sum())
    assert level.mean.method.startswith(f"{wrong:,} of {len(mean):,} draws replaced") and wrong > 0
    assert "replaced" not in possible(Level(Told(mean, 40)), 0.05, "binary")[0].mean.method
    assert not impossible(mean, -0.05, "binary")
    assert "cannot be in 28% of draws" in impossible(mean, -0.15, "binary")
    share, count = np.full(9, 0.9), np.full(9, 1.4)
    assert impossible(share, 0.2, "binary") and not impossible(share - 0.2, 0.2, "binary")
    assert impossible(count, -1.5, "count") and not impossible(count, 1.5, "count")


def test_nobody_and_no_events_have_reasons() -> None:
    for kind in ("binary", "count"):
        empty = level_of(np.empty(0), kind, 10, rng())
        assert empty.mean.draws is None and empty.mean.reason == (
            "nobody of the control arm has a last value"
        )
    none = level_of(np.zeros(30), "count", 10, rng())
    assert none.mean.draws is None and "has any" in str(none.mean.reason)


POST = TrialDesign(label="Post", kind="parallel_post", locations=(2000,), people=(20,))
COUNTS = {"control": 5.0, "sd": 5.5, "icc": 0.06, "retention": 1.0, "size_cv": 0.0}


def test_counts_that_are_drawn_are_as_spread_as_is_known() -> None:
    """Means of 20 people of 2,000 locations with one rate: icc sd² between, the rest within."""
    made = of_level("count", POST, COUNTS, (2000, 20), 0.0)
    assert isinstance(made, CountTrial)
    means = counted(made, rng(), 50).y
    expected = COUNTS["sd"] ** 2 * (0.06 + 0.94 / 20)
    # SE of 100,000 locations' variance, their law skewed (kurtosis below 5): 0.7%
    assert means.var() == pytest.approx(expected, rel=0.03)
    assert means.mean() == pytest.approx(5, abs=4 * np.sqrt(expected / 1e5))


def test_what_cannot_be_drawn_says_why() -> None:
    with pytest.raises(NotEstimable, match="less than chance alone"):
        of_level("count", POST, COUNTS | {"sd": 2.0}, (40, 20), 0.0)
