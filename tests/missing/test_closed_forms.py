"""Monotone normal data: what imputing tends to is known (Anderson 1957; Little & Rubin, ch. 7)."""

from dataclasses import dataclass

import numpy as np
import pytest

from cesp_analysis.arrays import Floats
from cesp_analysis.missing.chained import Groups, impute
from cesp_analysis.missing.pooling import Pooled, pool
from gap_tables import recipe_of

ERRORS = 4.0
"""Monte Carlo errors that a comparison may be off: once in 16,000."""


def monotone(n: int, r: int, seed: int) -> tuple[Floats, Floats]:
    """x (n,), and y, of which the first r are there: those with low x, more or less."""
    rng = np.random.default_rng(seed)
    x = rng.normal(5, 2, n)
    y = 1 + 0.7 * x + rng.normal(0, 1.5, n)
    order = np.argsort(x + rng.normal(0, 3, n))
    x, y = x[order], y[order]
    y[r:] = np.nan
    return x, y


@dataclass(frozen=True)
class Limit:
    """Of y's mean as m grows: estimate, variances between and within, and Little & Rubin's."""

    estimate: float
    between: float
    within: float
    large_sample: float

    @property
    def total(self) -> float:
        """Rubin's variance."""
        return self.between + self.within


def limit(x: Floats, y: Floats) -> Limit:
    """The factored likelihood's mean, mean(y) + b (mean(x) over all - mean(x) over who answered).

    Imputing draws s² = RSS / chi²(r - 2), of mean v = RSS / (r - 4), b given s², and answers given
    both. Those are sums of normal numbers, so that moments of completed tables are exact; the
    variance of the mean in large samples is Little & Rubin's (2nd ed., 7.14)
    s² (1/r + rho² / n(1 - rho²) + (mean(x) over r - mean(x) over n)² / r s_xx).
    """
    n, seen = len(x), np.isfinite(y)
    r, lost = int(seen.sum()), int((~seen).sum())
    design = np.column_stack([np.ones(n), x])
    known, gone, answers = design[seen], design[~seen], y[seen]
    inverse = np.linalg.inv(known.T @ known)
    coef = inverse @ known.T @ answers
    rest = float(((answers - known @ coef) ** 2).sum())
    v = rest / (r - 4)
    at = gone.mean(axis=0)
    estimate = answers.mean() + coef[1] * (x.mean() - x[seen].mean())
    between = (lost / n) ** 2 * v * (at @ inverse @ at + 1 / lost)
    leverage = np.einsum("ij,jk,ik->i", gone, inverse, gone)
    squares = (answers**2).sum() + ((gone @ coef) ** 2 + v * (leverage + 1)).sum()
    within = (squares - n * (estimate**2 + between)) / (n * (n - 1))
    s2, s_xx = rest / r, x[seen].var()
    rho2 = coef[1] ** 2 * x.var() / (coef[1] ** 2 * x.var() + s2)
    off = x[seen].mean() - x.mean()
    large = s2 * (1 / r + rho2 / (n * (1 - rho2)) + off**2 / (r * s_xx))
    return Limit(float(estimate), float(between), float(within), float(large))


def pooled_mean(x: Floats, y: Floats, m: int) -> tuple[Pooled, float]:
    """y's mean pooled over m sets, and the Monte Carlo error of its variance within."""
    made = impute(np.column_stack([x, y]), recipe_of((None, "norm")), m, seed=3)
    assert made.monotone == ("",)
    values = made.cells[0].values
    known, n = y[np.isfinite(y)], len(y)
    total = known.sum() + values.sum(axis=1)
    squares = (known**2).sum() + (values**2).sum(axis=1)
    u = (squares - total**2 / n) / (n * (n - 1))
    return pool(total / n, u), float(u.std() / np.sqrt(m))


@pytest.mark.parametrize(("n", "r"), [(30, 16), (100, 55), (200, 170)])
def test_a_mean_tends_to_the_factored_likelihoods(n: int, r: int) -> None:
    """Estimate and both variances, at the study's sizes, within Monte Carlo errors."""
    x, y = monotone(n, r, seed=n)
    m = 10_000
    made, error = pooled_mean(x, y, m)
    there = limit(x, y)
    assert abs(made.estimate[0] - there.estimate) < ERRORS * np.sqrt(there.between / m)
    # draws are t on r - 2 df, of kurtosis 3 + 6 / (r - 6): errors of a variance
    kurtosis = 3 + 6 / (r - 6)
    wide = there.between * np.sqrt((kurtosis - 1) / m)
    assert abs(made.between[0] - there.between) < ERRORS * wide
    assert abs(made.within[0] - there.within) < ERRORS * error
    assert abs(made.total[0] - there.total) < ERRORS * np.hypot(wide, error)


def test_complete_cases_are_not_what_it_tends_to() -> None:
    """Who answered had low x: their mean is off by many of the errors above."""
    x, y = monotone(100, 55, seed=100)
    there = limit(x, y)
    assert abs(np.nanmean(y) - there.estimate) > 20 * ERRORS * np.sqrt(there.between / 10_000)


def test_rubins_variance_tends_to_little_and_rubins() -> None:
    """The drawn variance has r - 4 for r, a mean n - 1 for n: they are off by a few parts in r."""
    ratios = []
    for r in (100, 1_000, 10_000):
        x, y = monotone(2 * r, r, seed=r)
        there = limit(x, y)
        ratios.append(r * abs(there.total / there.large_sample - 1))
    assert max(ratios) < 10
    m, r = 2_000, 2_000
    x, y = monotone(2 * r, r, seed=1)
    made, error = pooled_mean(x, y, m)
    there = limit(x, y)
    wide = np.hypot(there.between * np.sqrt(2 / m), error)
    assert abs(made.total[0] - there.large_sample) < ERRORS * wide + 10 / r * there.large_sample


def test_a_difference_in_change_tends_to_the_difference_of_two_factored_likelihoods() -> None:
    """Two arms apart, as a study has them: variances of change add up, Anderson's in each arm.

    A change is y - x: what is imputed of it has the between-variance of y's mean.
    """
    m, arms = 10_000, [monotone(60, 40, seed=5), monotone(60, 30, seed=6)]
    x, y = (np.concatenate(parts) for parts in zip(*arms, strict=True))
    site = np.repeat([0, 1], 60)
    groups = Groups(site, ("control", "intervention"))
    made = impute(np.column_stack([x, y]), recipe_of((None, "norm")), m, seed=7, groups=groups)
    sets = np.stack([made.completed(i)[:, 1] - x for i in range(m)])
    q = sets[:, site == 1].mean(axis=1) - sets[:, site == 0].mean(axis=1)
    u = sum(sets[:, site == s].var(axis=1, ddof=1) / 60 for s in (0, 1))
    pooled = pool(q, np.asarray(u))
    there = [limit(*arm) for arm in arms]
    between = there[0].between + there[1].between
    estimate = there[1].estimate - there[0].estimate - (x[site == 1].mean() - x[site == 0].mean())
    assert abs(pooled.estimate[0] - estimate) < ERRORS * np.sqrt(between / m)
    # t on 28 and 38 df: kurtosis 3.3 at most
    assert abs(pooled.between[0] - between) < ERRORS * between * np.sqrt(2.3 / m)
