"""How far an answer moves when those who are lost differ: shifts by site, reference-based analysis.

The reference-based estimate is made twice. Conditional means with the jackknife (Wolbers et al.
2022, Pharm Stat 21:1246-57) say what the estimate would vary by in repeated studies. Bayesian
imputation with Rubin's rules holds as much information as missing at random would
(information-anchored: Cro, Carpenter & Kenward 2019, JRSS A 182:623-45), and its variance is the
larger one. Neither is wrong; a report says which it prints.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from cesp_analysis.missing.chains import normals
from cesp_analysis.missing.imputed import Imputations
from cesp_analysis.missing.normal_profiles import drawn_profiles, likeliest
from cesp_analysis.missing.pooling import Pooled, pool
from cesp_analysis.missing.reference_based import Profile, Strategy, filled
from cesp_analysis.models.cluster_sums import Codes, Floats

Analysis = Callable[[Floats, Codes], tuple[Floats, Floats]]
"""Sets (m, n, columns), groups (n,) → estimates (m,) and squared standard errors (m,)."""


@dataclass(frozen=True)
class Grid:
    """Pooled estimates (a, b): the first group's shifts down, the second's across."""

    shifts: tuple[Floats, Floats]
    estimate: Floats
    lower: Floats
    upper: Floats
    p_value: Floats


def shifted(imputations: Imputations, column: str, by: Floats) -> Imputations:
    """The same sets with by (n,) added to what was imputed in a column; answers stay."""
    cells = tuple(
        replace(one, values=one.values + by[one.rows]) if one.column == column else one
        for one in imputations.cells
    )
    return replace(imputations, cells=cells)


def filled_with(imputations: Imputations, column: str, value: Floats) -> Imputations:
    """The same sets with value (n,) in the place of what was imputed in a column.

    For the worst and best case of a yes or no, by site; all sets are then alike in it.
    """
    cells = tuple(
        replace(one, values=np.broadcast_to(value[one.rows], one.values.shape))
        if one.column == column
        else one
        for one in imputations.cells
    )
    return replace(imputations, cells=cells)


def tipping_grid(
    imputations: Imputations,
    column: str,
    codes: Codes,
    shifts: tuple[Floats, Floats],
    analysis: Analysis,
    df_complete: float,
    level: float = 0.95,
) -> Grid:
    """The pooled estimate under every pair of shifts of what groups 0 and 1 (codes (n,)) miss."""
    size = (len(shifts[0]), len(shifts[1]))
    found = np.empty((4, *size))
    for a, b in np.ndindex(size):
        by = np.where(codes == 0, shifts[0][a], np.where(codes == 1, shifts[1][b], 0.0))
        made = shifted(imputations, column, by)
        sets = np.stack([made.completed(number) for number in range(made.m)])
        pooled = pool(*analysis(sets, codes), df_complete)
        low, high = pooled.interval(level)
        found[:, a, b] = pooled.estimate[0], low[0], high[0], pooled.p_value()[0]
    return Grid(shifts, *found)


@dataclass(frozen=True)
class Jackknifed:
    """An estimate and its jackknife standard error, leaving out each of n people."""

    estimate: float
    std_error: float
    n: int


def conditional_mean(
    y: Floats, arm: Codes, strategy: Strategy, analysis: Analysis, change: bool = True
) -> Jackknifed:
    """Answers y (n, t), gaps at conditional means; arm (n,): 1 the intervention, 0 the reference.

    People of the reference are missing at random. The analysis' own errors are not used: they take
    means for answers. Raises as fit_mmrm does, also when a person is left out.
    """
    whole = _profiles(y, arm)
    estimate = _estimate(y, arm, whole, strategy, analysis, change)
    left = np.empty(len(y))
    for i in range(len(y)):
        less, groups = np.delete(y, i, axis=0), np.delete(arm, i)
        own = int(arm[i])
        profiles = [likeliest(less[groups == g]) if g == own else whole[g] for g in (0, 1)]
        left[i] = _estimate(less, groups, profiles, strategy, analysis, change)
    n = len(y)
    spread = float(np.sum((left - left.mean()) ** 2))
    return Jackknifed(estimate, float(np.sqrt((n - 1) / n * spread)), n)


def bayesian(
    y: Floats,
    arm: Codes,
    strategy: Strategy,
    analysis: Analysis,
    df_complete: float,
    m: int,
    seed: int,
    change: bool = True,
) -> Pooled | str:
    """The same by m imputed sets and Rubin's rules; or why there are none."""
    found = []
    noise = np.empty((m, *y.shape))
    for group in (0, 1):
        seeds = [np.random.SeedSequence(seed, spawn_key=(group, i)) for i in range(m)]
        streams = tuple(np.random.default_rng(one) for one in seeds)
        profile = drawn_profiles(y[arm == group], streams)
        if isinstance(profile, str):
            return profile
        found.append(profile)
        noise[:, arm == group] = normals(streams, int((arm == group).sum()), y.shape[1])
    sets = _filled(y, arm, found, strategy, change, noise)
    return pool(*analysis(sets, arm), df_complete)


def _profiles(y: Floats, arm: Codes) -> list[Profile]:
    return [likeliest(y[arm == group]) for group in (0, 1)]


def _filled(
    y: Floats,
    arm: Codes,
    profiles: list[Profile],
    strategy: Strategy,
    change: bool,
    noise: Floats | None,
) -> Floats:
    """Answers (..., n, t) of both groups."""
    reference, own = profiles
    full = np.empty((*own.mean.shape[:-1], *y.shape))
    hows: tuple[Strategy, Strategy] = ("missing_at_random", strategy)
    for group, how in enumerate(hows):
        rows = arm == group
        part = None if noise is None else noise[..., rows, :]
        full[..., rows, :] = filled(y[rows], profiles[group], reference, how, change, part)
    return full


def _estimate(
    y: Floats,
    arm: Codes,
    profiles: list[Profile],
    strategy: Strategy,
    analysis: Analysis,
    change: bool,
) -> float:
    sets = _filled(y, arm, profiles, strategy, change, None)
    return float(analysis(sets[None], arm)[0][0])
