"""Pooling of imputed bootstrap samples: closed forms, bootImpute in R, coverage in simulations."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cesp_analysis.missing.boot_impute import impute_resampled
from cesp_analysis.missing.boot_pooled import (
    NOT_BETWEEN,
    BootPooled,
    NotPooled,
    boot_pool,
    estimates_of,
)
from cesp_analysis.missing.recipe import Column, Method, Recipe
from gap_tables import correlated, recipe_of

R: dict[str, Any] = json.loads(Path("tests/reference/boot_impute.json").read_text())
D = np.genfromtxt("tests/reference/imputation.csv", delimiter=",", skip_header=1)[:, 1:5]
JOINT = 3.5
"""Monte Carlo errors within which six numbers, twice, lie but once in 350 runs."""


def pooled(estimates: np.ndarray) -> BootPooled:
    found = boot_pool(estimates)
    assert isinstance(found, BootPooled)
    return found


def layout(samples: int, m: int, k: int = 1, seed: int = 1) -> np.ndarray:
    """Estimates (B, M, k) with variances 2 and 1 between and within samples, correlated."""
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(samples, 1, 1)) * np.sqrt(1.5)
    own = rng.normal(size=(samples, 1, k)) * np.sqrt(0.5)
    return np.asarray(10 + common + own + rng.normal(size=(samples, m, k)))


def test_nothing_missing_is_the_bootstrap() -> None:
    """No imputations: V = (1 + 1/B) times the variance of the samples' estimates, df = B - 1."""
    y = correlated(50, 2, 0.0)
    rows = np.random.default_rng(1).integers(50, size=(300, 50))
    made = impute_resampled(y, recipe_of((None, "norm")), rows, 2, 1)
    found = estimates_of(made, lambda sets, _: sets.mean(axis=2))
    means = y[rows].mean(axis=1)
    assert not found.failed and np.array_equal(found.values[:, 0], found.values[:, 1])
    assert found.values[:, 0] == pytest.approx(means, rel=1e-14)
    whole = pooled(found.values)
    assert whole.estimate == pytest.approx(means.mean(axis=0), rel=1e-13)
    assert whole.covariance == pytest.approx((1 + 1 / 300) * np.cov(means.T), rel=1e-10)
    assert whole.df == pytest.approx([299, 299]) and (whole.within == 0).all()
    assert whole.notes == ()


def test_two_layouts_are_as_r_has_them() -> None:
    """bootImputeAnalyse of bootImpute, also where samples differ by less than imputations."""
    for own, noted in zip(R["fixed"], (True, False), strict=True):
        found = pooled(np.array(own["values"]))
        assert found.estimate == pytest.approx(own["estimate"], rel=1e-12)
        assert found.covariance[0] == pytest.approx(own["variance"], rel=1e-12)
        assert found.df == pytest.approx(own["df"], rel=1e-12)
        low, high = found.interval(0.95)
        assert [low[0], high[0]] == pytest.approx(own["interval"], rel=1e-9)
        assert (NOT_BETWEEN in found.notes) == noted


def rows_of_r() -> np.ndarray:
    """The samples of boot_impute.R: its congruential generator."""
    state, found = 2021, np.zeros(R["samples"] * len(D), dtype=int)
    for j in range(len(found)):
        state = (16807 * state) % 2147483647
        found[j] = state % len(D)
    return found.reshape(R["samples"], len(D))


def analysed(sets: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Three means and three slopes of sets (s, m, n, 4)."""
    x, y1, y2, y3 = np.moveaxis(sets, 3, 0)
    design = np.stack([np.ones_like(x), y1, y2, x], axis=-1)
    gram, cross = (np.einsum("smnk,smn...->smk...", design, own) for own in (design, y3))
    means = np.stack([one.mean(axis=2) for one in (y1, y2, y3)], axis=-1)
    return np.concatenate([means, np.linalg.solve(gram, cross[..., None])[..., 1:, 0]], axis=-1)


@pytest.mark.parametrize("method", ["norm", "pmm"])
def test_samples_imputed_by_mice_give_the_same(method: Method) -> None:
    """The same samples: means differ by imputing's part alone; variances by theirs."""
    there = {name: np.array(own) for name, own in R[method].items()}
    rows, b, m = rows_of_r(), R["samples"], R["m"]
    assert rows[0, :10].tolist() == R["first_rows"]
    recipe = Recipe((Column("x"), *(Column(name, method) for name in ("y1", "y2", "y3"))))
    found = estimates_of(impute_resampled(D, recipe, rows, m, seed=1), analysed)
    own = pooled(found.values)
    error = np.sqrt((own.within + there["msw"]) / (b * m))
    off = (own.estimate - there["estimate"]) / error
    assert not found.failed and np.abs(off).max() < JOINT
    msw = np.log(own.within / there["msw"]) / np.sqrt(4 / (b * (m - 1)))
    assert np.abs(msw).max() < JOINT  # a mean square on f df has a relative error of sqrt(2 / f)
    # samples are shared: the part between them is alike, but for imputing's part of its square
    ratio = np.log(np.diag(own.covariance) / there["variance"])
    assert np.abs(ratio).max() < JOINT * 2 / np.sqrt(b)
    assert own.df == pytest.approx(there["df"], rel=0.35)
    print(method, "difference in errors", off.round(1), "variances", np.exp(ratio).round(2))


def test_the_covariance_gives_the_variance_of_a_combination() -> None:
    """c'estimates pooled = c'(covariance)c, whatever c; the diagonal is each quantity's."""
    q = layout(40, 3, 2)
    whole = pooled(q)
    for c in ([1.0, 0.0], [0.0, 1.0], [2.0, -1.0], [20_000.0, -1.0]):
        alone = pooled(q @ np.array(c))
        assert alone.estimate[0] == pytest.approx(whole.estimate @ c, rel=1e-12)
        assert alone.covariance[0, 0] == pytest.approx(c @ whole.covariance @ c, rel=1e-9)


def test_a_covariance_between_samples_that_is_none_is_made_one() -> None:
    """Two quantities that differ in nothing but imputing: a correlation beyond 1 becomes 1."""
    rng = np.random.default_rng(4)
    common, noise = rng.normal(size=(30, 1)), rng.normal(size=(30, 2)) * 1.2
    q = np.stack([common + noise, common - noise], axis=-1)
    whole = pooled(q)
    between = whole.covariance - np.diag(whole.within) / 60  # noise has a correlation of -1
    assert np.linalg.eigvalsh(whole.covariance).min() > 0 and between.shape == (2, 2)
    for j in (0, 1):
        alone = pooled(q[:, :, j])
        assert alone.covariance[0, 0] == pytest.approx(whole.covariance[j, j], rel=1e-12)


def test_variances_are_unbiased_in_the_layout_they_are_of() -> None:
    """2,000 layouts of 20 samples: the mean V is the variance of the mean in that of the population
    (2 between samples, which is what a study varies by) plus the Monte Carlo part."""
    found = [pooled(layout(20, 2, seed=i)) for i in range(2_000)]
    v = np.array([one.covariance[0, 0] for one in found])
    assert v.mean() == pytest.approx((1 + 1 / 20) * 2 + 1 / 40, rel=4 * v.std() / v.mean() / 44)
    means = np.array([one.estimate[0] for one in found])
    error = np.mean([one.monte_carlo[0] ** 2 for one in found])
    assert error == pytest.approx(means.var(), rel=0.15)


def test_failed_samples_are_left_out_and_said() -> None:
    q = layout(300, 2)
    q[7, 1], q[100:120] = np.nan, np.inf
    whole = pooled(q)
    kept = np.delete(q, [7, *range(100, 120)], axis=0)
    assert (whole.samples, whole.failed) == (279, 21)
    assert whole.covariance == pytest.approx(pooled(kept).covariance, rel=1e-12)
    assert "21 of 300 bootstrap samples failed" in whole.notes[0]
    few = boot_pool(np.full((3, 2), np.nan))
    assert isinstance(few, NotPooled) and few.reason.startswith("0 bootstrap samples")
    one = boot_pool(q[:, :1])
    assert isinstance(one, NotPooled) and "one imputation" in one.reason
