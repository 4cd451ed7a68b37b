"""Linear mixed models whose random effects differ between times, by ML or REML.

A slope of time for each person, and neighbourhoods that are other ones at each time (people crossed
with neighbourhood × time), exact and in one pass over the rows. Criteria, degrees of freedom and
Kenward-Roger's adjustment are those of models/nested.py; sums: over_time_sums.py.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.models.nested import Method, NestedFit, one_fit, prepared
from cesp_analysis.models.nested_optimum import optimum, starts
from cesp_analysis.models.nested_sums import NotIdentified
from cesp_analysis.models.over_time_sums import Effects, TimeSums, time_sums
from cesp_analysis.models.over_time_within import FixedSites, within_sites
from cesp_analysis.models.slopes import correlated_optimum, known_spread, unscaled


def intercepts(codes: NDArray[np.integer], times: int) -> Effects:
    """One effect for each group, the same at all times."""
    return Effects(codes, np.ones((times, 1)), np.ones((1, 1, 1)))


def by_time(codes: NDArray[np.integer], times: int, lasting: bool) -> Effects:
    """An effect for each group at each time and, if `lasting`, one that all its times share.

    Ratios in this order.
    """
    parts = [np.eye(times), *([np.ones((times, times))] if lasting else [])]
    return Effects(codes, np.eye(times), np.array(parts))


def slopes(codes: NDArray[np.integer], positions: Floats, correlated: bool) -> Effects:
    """A level and a slope over positions (t,) for each group.

    Ratios: level, slope; or level, covariance, slope.
    """
    basis = np.column_stack([np.ones(len(positions)), positions])
    level, slope = np.diag([1.0, 0.0]), np.diag([0.0, 1.0])
    both = [np.array([[0.0, 1.0], [1.0, 0.0]])] if correlated else []
    return Effects(codes, basis, np.array([level, *both, slope]))


def fit_over_times(
    y: Floats,
    x: Floats,
    levels: Sequence[Effects],
    time: NDArray[np.integer],
    method: Method = "REML",
    classes: NDArray[np.integer] | None = None,
    weight: Floats | None = None,
    sites: FixedSites | None = None,
) -> NestedFit:
    """Fit y (n,) on x (n, k) with the random effects of `levels`, innermost first.

    time (n,): 0.. which of the times; sites: columns of x with which the same is found in less
    time; others as in `fit_nested`. `variances` of the fit: one for
    each part of each level, in the unit of its basis; with a level, covariance and slope
    (`slopes`) the covariance may be negative, and all three are `at_boundary` where their
    correlation is at -1 or 1 or one is zero. Raises what `fit_nested` raises.
    """
    rest = []

    def summed(columns: list[Floats], cross: Floats) -> TimeSums:
        rest.append(columns[-1])
        return time_sums(columns, levels, time, classes, weight, cross)

    ready = prepared(y, x, weight, summed)
    reml, inner = method == "REML", levels[0]
    if len(inner.parts) < 3:
        smaller = None
        if reml and sites is not None:
            own, roots = [*x.T, *rest], starts(ready.sums)
            smaller = within_sites(own, levels, time, classes, weight, sites, roots)
        return one_fit(ready, *optimum(ready.sums, reml, smaller), method)
    scaled, scale = _standard(inner, time)
    sums = replace(ready.sums, bases=(scaled.basis, *ready.sums.bases[1:]))
    ratios, profile, edge = correlated_optimum(sums, reml)
    spread = partial(known_spread, edge=edge)
    fit = one_fit(replace(ready, sums=sums), ratios, profile, method, spread)
    return unscaled(fit, scale, edge)


def _standard(inner: Effects, time: NDArray[np.integer]) -> tuple[Effects, Floats]:
    """The same effects of a slope at mean 0 and standard deviation 1, and what maps them back."""
    positions = inner.basis[:, 1]
    mean, size = float(positions[time].mean()), float(positions[time].std())
    if size == 0:
        raise NotIdentified(0)
    basis = np.column_stack([np.ones(len(positions)), (positions - mean) / size])
    return replace(inner, basis=basis), np.array([[1.0, -mean / size], [0.0, 1 / size]])
