"""How far other samples would move what is said: closed forms, R, and drawing again and again."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from cesp_analysis.economics.bootstrap_intervals import percentile
from cesp_analysis.economics.decision import above_zero
from cesp_analysis.economics.monte_carlo import (
    but_one,
    jackknife,
    of_percentiles,
    of_pooled,
    of_probability,
)
from cesp_analysis.missing.boot_pooled import BootPooled, boot_pool
from cesp_analysis.models.student import t_interval

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "boot_monte_carlo.json").read_text(encoding="utf-8")
)
DF, LEVEL, SAMPLES = 9.0, 0.95, 300


def drawn(rng: np.random.Generator, samples: int = SAMPLES) -> np.ndarray:
    """Samples (B, 2) that differ by 300, in each imputations by 150, about 100; skewed."""
    between = 300 * (rng.gamma(4.0, 1.0, (samples, 1)) - 4) / 2
    return 100 + between + 150 * rng.standard_normal((samples, 2))


def pooled(values: np.ndarray) -> BootPooled:
    found = boot_pool(values)
    assert isinstance(found, BootPooled)
    return found


def test_they_are_r_s() -> None:
    values, known = np.array(REFERENCE["values"]), REFERENCE["jackknife"]
    estimate, ends = of_pooled(values, REFERENCE["df"], LEVEL)
    assert but_one(values)[1] == pytest.approx(REFERENCE["se_left"], rel=1e-12)
    assert estimate == pytest.approx(known["estimate"], rel=1e-10)
    assert ends == pytest.approx(max(known["low"], known["high"]), rel=1e-10)
    (chance,) = of_probability(values[:, :, None], REFERENCE["df"])
    assert chance == pytest.approx(known["probability"], rel=1e-10)


@pytest.mark.parametrize("between", [1.0, 0.0])  # at 0 samples differ by less than imputations
def test_each_sample_left_out_is_the_pooling_of_the_others(between: float) -> None:
    values = np.random.default_rng(4).standard_normal((12, 3))
    values = values - (1 - between) * values.mean(axis=1, keepdims=True)
    estimate, error = but_one(values)
    for at in range(len(values)):
        other = pooled(np.delete(values, at, axis=0))
        assert estimate[at] == pytest.approx(other.estimate[0], abs=1e-12)
        assert error[at] == pytest.approx(other.std_error[0], rel=1e-10)


def test_of_a_mean_it_is_the_mean_s_own_error() -> None:
    values = drawn(np.random.default_rng(1))
    assert of_pooled(values, DF, LEVEL)[0] == pytest.approx(pooled(values).monte_carlo[0])


def test_of_normal_samples_an_end_s_error_has_a_closed_form() -> None:
    """Mean and variance of a normal sample are independent; the variance of SE is SE² / (2 df)."""
    values = 100 + 300 * np.random.default_rng(2).standard_normal((40_000, 1)).repeat(2, axis=1)
    found = pooled(values)
    estimate, ends = of_pooled(values, DF, LEVEL)
    error, half = found.std_error[0], t_interval(0.0, 1.0, DF, LEVEL)[1]
    assert ends == pytest.approx(np.hypot(estimate, half * error / np.sqrt(2 * 40_000)), rel=0.02)


def test_drawing_again_moves_what_is_said_by_so_much() -> None:
    rng = np.random.default_rng(3)
    said, told = [], []
    for _ in range(1_500):
        values = drawn(rng)
        found = pooled(values)
        at, error = found.estimate[0], found.std_error[0]
        said.append([at, *t_interval(at, error, DF, LEVEL), float(above_zero(at, error, DF))])
        told.append([*of_pooled(values, DF, LEVEL), of_probability(values[:, :, None], DF)[0]])
    estimate, low, high, chance = np.std(said, axis=0)
    expected = estimate, max(low, high), chance
    # An SD of 1,500 has an error of 2%; jackknives of 300 samples vary about their mean.
    assert np.mean(told, axis=0) == pytest.approx(expected, rel=0.06)


def test_ends_of_percentiles_move_by_so_much_too() -> None:
    rng = np.random.default_rng(5)
    ends, told = [], []
    for _ in range(800):
        draws = rng.standard_normal(1_000)
        found = percentile(draws)
        ends.append([found.low, found.high])
        told.append(of_percentiles(draws, LEVEL))
    closed = np.sqrt(0.025 * 0.975 / 1_000) / norm.pdf(norm.ppf(0.025))
    assert np.std(ends, axis=0) == pytest.approx([closed, closed], rel=0.1)
    assert np.mean(told) == pytest.approx(closed, rel=0.25)  # the larger of two that vary by 30%
    draws[:5] = np.nan
    assert np.isfinite(of_percentiles(draws, LEVEL))


def test_too_few_samples_have_none() -> None:
    values = np.ones((2, 2))
    assert of_pooled(values, DF, LEVEL) == (None, None)
    assert np.isnan(of_probability(values[:, :, None], DF)).all()
    assert jackknife(np.zeros(4)) == 0
