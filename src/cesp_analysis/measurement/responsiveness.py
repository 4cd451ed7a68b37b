"""How large a change is beside the spread of the scores: ES, SRM, Guyatt's ratio, correlation.

None of them says that a change matters: they are of these people and what happened to them.

Sources: Kazis, Anderson & Meenan (1989), Med Care 27:S178-89 (effect size); Liang, Fossel & Larson
(1990), Med Care 28:632-42 (standardised response mean); Guyatt, Walter & Norman (1987), J Chronic
Dis 40:171-8; intervals: resampling.py, and Fisher's z for the correlation.
"""

from dataclasses import dataclass
from math import atanh, sqrt, tanh

import numpy as np

from cesp_analysis.alike import all_alike
from cesp_analysis.measurement.quantity import (
    LEVEL,
    Quantity,
    chi_squared_quantile,
    complete,
    normal_quantile,
    without,
)
from cesp_analysis.measurement.resampling import (
    DRAWS,
    FEWEST,
    bca_limits,
    drawn_of,
    resampled_means,
    sorted_rows,
)
from cesp_analysis.models.effect_sizes import noncentral_limits
from cesp_analysis.models.student import t_interval

FEW = "at least 3 people with both answers are needed"
LARGEST = 100.0
"""SRM beyond which the noncentral t takes its time, and nobody needs an interval."""
NOTHING = 1e-12
"""Of a draw's variance, where that of all is 1: rounding."""


@dataclass(frozen=True)
class Responsiveness:
    """Of n people who answered before and after; change is after less before.

    mean_change in the outcome's unit; effect_size: over the SD before; srm: over the SD of changes;
    guyatt: over the SD of changes of n_stable people who did not change; correlation: of before and
    after.
    """

    n: int
    n_stable: int
    mean_change: Quantity
    effect_size: Quantity
    srm: Quantity
    guyatt: Quantity
    correlation: Quantity


def responsiveness(
    before: np.ndarray,
    after: np.ndarray,
    stable_change: np.ndarray | None = None,
    seed: int = 1,
    draws: int = DRAWS,
    level: float = LEVEL,
) -> Responsiveness:
    """Of complete answers before and after (n,), and changes of stable people (m,), if known."""
    before, after = complete(before), complete(after)
    stable = np.zeros(0) if stable_change is None else complete(stable_change)
    change = after - before
    n, m = len(change), len(stable)
    mean = mean_change(change, level)
    srm = response_mean(change, level)
    size = effect_size(before, after, seed, draws, level)
    guyatt = guyatt_ratio(change, stable, seed, draws, level)
    return Responsiveness(n, m, mean, size, srm, guyatt, correlation(before, after, level))


def mean_change(change: np.ndarray, level: float = LEVEL) -> Quantity:
    """The mean of changes (n,), with its t interval."""
    n = len(change)
    if n < 3:
        return without(FEW)
    value, sd = float(change.mean()), float(change.std(ddof=1))
    if all_alike(change):
        return Quantity(value, reason="everybody changed by the same: no interval")
    low, high = t_interval(value, sd / sqrt(n), n - 1, level)
    return Quantity(value, low, high, "mean change, t interval")


def response_mean(change: np.ndarray, level: float = LEVEL) -> Quantity:
    """SRM: mean over SD of changes (n,); interval of the noncentral t, exact if they are normal."""
    n = len(change)
    if n < 3:
        return without(FEW)
    sd = float(change.std(ddof=1))
    if all_alike(change):
        return without("everybody changed by the same: the SD of changes is 0")
    value = float(change.mean()) / sd
    if abs(value) > LARGEST:
        return Quantity(value, reason="everybody changed by almost the same: no interval")
    low, high = (limit / sqrt(n) for limit in noncentral_limits(value * sqrt(n), n - 1, level))
    return Quantity(value, low, high, "mean change / SD of changes, noncentral t interval")


def effect_size(
    before: np.ndarray, after: np.ndarray, seed: int, draws: int = DRAWS, level: float = LEVEL
) -> Quantity:
    """ES: mean change over the SD before, (n,) each."""
    if len(before) < 3:
        return without(FEW)
    if all_alike(before):
        return without("all answers before are the same: their SD is 0")
    centre, scale = before.mean(), before.std()
    rows = np.column_stack([(before - centre) / scale, (after - before) / scale])
    base, change = sorted_rows(rows).T
    drawn = resampled_means(np.column_stack([change, base, base**2]), draws, seed)
    made = _ratio(drawn[:, 0], drawn[:, 1], drawn[:, 2], len(base))
    mean, value = float(change.mean()), float(change.mean() / base.std(ddof=1))
    influence = change - mean - mean * (base**2 - 1) / 2  # base has variance 1
    method = "mean change / SD before"
    return _bootstrapped(value, made, influence, (len(base),), method, level)


def guyatt_ratio(
    change: np.ndarray,
    stable: np.ndarray,
    seed: int,
    draws: int = DRAWS,
    level: float = LEVEL,
) -> Quantity:
    """Guyatt's ratio: mean change (n,) over the SD of changes of stable people (m,).

    Other people, drawn apart. An important difference in place of the mean: `guyatt_important`.
    """
    if len(change) < 3:
        return without(FEW)
    if len(stable) < 3:
        return without(f"{len(stable)} stable people with both answers: at least 3 are needed")
    if all_alike(stable):
        return without("no stable person's answer differed by another's: the SD is 0")
    scale = stable.std()
    change, centred = np.sort(change) / scale, np.sort(stable - stable.mean()) / scale
    one, other = np.random.SeedSequence(seed).generate_state(2)
    top = resampled_means(change[:, None], draws, int(one))[:, 0]
    below = resampled_means(np.column_stack([centred, centred**2]), draws, int(other))
    made = _ratio(top, below[:, 0], below[:, 1], len(stable))
    mean, value = float(change.mean()), float(change.mean() / centred.std(ddof=1))
    parts = (change - mean) / len(change), -mean * (centred**2 - 1) / 2 / len(stable)
    influence = np.concatenate(parts)
    method = "mean change / SD of changes of stable people"
    people = len(change), len(stable)
    return _bootstrapped(value, made, influence, people, method, level)


def guyatt_important(important: float, stable: np.ndarray, level: float = LEVEL) -> Quantity:
    """Guyatt's ratio of an important difference, which is known, over the SD of changes (m,)."""
    m, sd = len(stable), float(complete(stable).std(ddof=1)) if len(stable) > 1 else 0.0
    if m < 3:
        return without(f"{m} stable people with both answers: at least 3 are needed")
    if all_alike(stable):
        return without("no stable person's answer differed by another's: the SD is 0")
    tail, value = (1 - level) / 2, important / sd
    ends = [value * sqrt(chi_squared_quantile(p, m - 1) / (m - 1)) for p in (tail, 1 - tail)]
    method = "important difference / SD of changes of stable people, chi-squared interval"
    return Quantity(value, min(ends), max(ends), method)


def correlation(before: np.ndarray, after: np.ndarray, level: float = LEVEL) -> Quantity:
    """Pearson's correlation of answers before and after (n,), with Fisher's interval."""
    n = len(before)
    if n < 4:
        return without("at least 4 people with both answers are needed")
    one, two = before - before.mean(), after - after.mean()
    scale = sqrt(float(one @ one) * float(two @ two))
    if all_alike(before) or all_alike(after):
        return without("all answers before, or all after, are the same")
    value = min(1.0, max(-1.0, float(one @ two) / scale))
    if 1 - abs(value) < np.finfo(float).eps * n:
        return Quantity(value, reason="answers before and after lie on one line: no interval")
    half = normal_quantile(0.5 + level / 2) / sqrt(n - 3)
    low, high = tanh(atanh(value) - half), tanh(atanh(value) + half)
    return Quantity(value, low, high, "Pearson, Fisher's z interval")


def _ratio(top: np.ndarray, mean: np.ndarray, square: np.ndarray, n: int) -> np.ndarray:
    """Means over SDs of draws, where the SD of all is 1; NaN where the draw does not vary."""
    variance = (square - mean**2) * n / (n - 1)
    none = np.full(len(top), np.nan)
    sd = np.sqrt(np.maximum(variance, 0))
    return np.asarray(np.divide(top, sd, out=none, where=variance > NOTHING))


def _bootstrapped(
    value: float,
    made: np.ndarray,
    influence: np.ndarray,
    people: tuple[int, ...],
    method: str,
    level: float,
) -> Quantity:
    """With the interval of ratios in draws of so many people of each sample."""
    if min(people) < FEWEST:
        reason = f"{min(people)} people: no bootstrap interval from fewer than {FEWEST}"
        return Quantity(value, method=method, reason=reason)
    known = made[np.isfinite(made)]
    if len(known) < 0.95 * len(made):
        reason = "in more than one draw of twenty nothing varied: no interval"
        return Quantity(value, method=method, reason=reason)
    low, high = bca_limits(value, known, influence, level)
    how = f"BCa bootstrap of {drawn_of(*people)}, {len(known):,} draws"
    return Quantity(value, low, high, f"{method}, {how}")
