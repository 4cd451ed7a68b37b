"""Many replicates of one mixed model at once: outcomes on one design, or clusters drawn anew.

For the bootstrap, imputation, simulated trials and planning: the same answers as `fit_nested` gives
one at a time, in a few microseconds each instead of milliseconds. Sums are made of a slice of the
replicates at a time, so that memory is bounded; optima: nested_optima.py.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.models.nested import (
    Method,
    NestedFits,
    ZeroResidualVariance,
    finished,
)
from cesp_analysis.models.nested_columns import bordered, orthonormal, usable
from cesp_analysis.models.nested_information import Information
from cesp_analysis.models.nested_optima import optima
from cesp_analysis.models.nested_profile import profiles_at
from cesp_analysis.models.nested_replicates import Replicates
from cesp_analysis.models.nested_sums import NestedSums, nested_sums

_NUMBERS = 4_000_000  # how many numbers the sums of one slice of replicates may hold
_OF_INFORMATION = ("variances", "inverse", "slopes", "curves", "observed", "expected")
_TIED = 1e-10  # smallest eigenvalue of the drawn columns' correlations that tells them apart


def fit_nested_many(
    y: Floats,
    x: Floats,
    groups: Sequence[NDArray[np.integer]],
    method: Method = "REML",
    classes: NDArray[np.integer] | None = None,
    weight: Floats | None = None,
    drawn: Floats | None = None,
) -> NestedFits:
    """Fit each outcome of y (r, n), or y (n,) with each line of drawn, as `fit_nested` would.

    drawn (r, g): how often each outermost group (by its code 0..g-1) counts, 0 for never: a group
    drawn twice is two groups, as in a cluster bootstrap. Other arguments: see `fit_nested`. A
    replicate without an optimum is NaN and its reason is in `failed`. Raises what `fit_nested`
    raises of the design.
    """
    y = np.atleast_2d(np.asarray(y, dtype=float))
    count = len(y) if drawn is None else len(drawn)
    if drawn is not None:
        _right_draw(drawn, groups, len(y))
    x, gram = usable(x, weight, y)
    given = x
    x, to_basis, root = orthonormal(x, gram)
    start = to_basis.T @ (x.T @ y.T)
    rest = y - (x @ (to_basis @ start)).T
    size = np.sqrt((rest**2).mean(1))
    flat = size <= 1e-12 * (np.sqrt((y**2).mean(1)) + np.finfo(float).tiny)
    rest /= np.where(flat, 1.0, size)[:, None]
    gram = gram if x is given else np.eye(x.shape[1])
    cross = bordered(gram, x, rest[0])
    one = nested_sums([*x.T, rest[0]], groups, classes, weight, cross, False).mapped(to_basis)
    design = Replicates(one, x @ to_basis, groups, classes, weight)
    parts, failed = list[NestedFits](), dict[int, Exception]()
    step = max(1, _NUMBERS // (one.a[0].size * (1 + sum(one.shape)) + 200))
    for first in range(0, count, step):
        at = np.arange(first, min(first + step, count))
        own = np.zeros(len(at), dtype=np.intp) if len(y) == 1 else at
        sums = design.sums(rest[at if len(y) > 1 else [0]], None if drawn is None else drawn[at])
        part = _fitted(sums, method, size[own], start.T[own], root, flat[own])
        failed |= {first + place: error for place, error in part.failed.items()}
        parts.append(part)
    return _together(parts, failed)


def _right_draw(drawn: Floats, groups: Sequence[NDArray[np.integer]], outcomes: int) -> None:
    if not groups or (groups[-1] < 0).any():
        raise ValueError("drawn needs an outermost group for each row")
    if drawn.shape[1] <= int(groups[-1].max()) or (drawn < 0).any():
        raise ValueError("drawn needs a column for each outermost group, 0 or more in each")
    if outcomes not in (1, len(drawn)):
        raise ValueError(f"{outcomes} outcomes do not go with {len(drawn)} draws")


def _fitted(
    sums: NestedSums,
    method: Method,
    size: Floats,
    start: Floats,
    root: Floats,
    flat: NDArray[np.bool_],
) -> NestedFits:
    """The fits of one slice; NaN where there is none."""
    r, reml = len(sums.n), method == "REML"
    failed: dict[int, Exception] = {
        int(at): ZeroResidualVariance("the outcome is a combination of the columns of x")
        for at in np.flatnonzero(flat)
    }
    for at in np.flatnonzero(_tied(sums) & ~flat):
        failed[int(at)] = ValueError("the groups drawn cannot tell the columns of x apart")
    fine = np.setdiff1d(np.arange(r), list(failed))
    ratios, without = optima(sums.some(fine), reml)
    failed |= {int(fine[at]): error for at, error in without.items()}
    fine = np.delete(fine, list(without))
    ratios, sums = np.delete(ratios, list(without), axis=0), sums.some(fine)
    profile = profiles_at(sums, ratios, reml, order=2)
    fits = finished(sums, ratios, profile, method, size[fine], start[fine], root)
    return replace(_at(fits, fine, r), failed=failed)


def _tied(sums: NestedSums) -> NDArray[np.bool_]:
    """In which replicates the columns of x cannot be told apart."""
    k = sums.cross.shape[-1] - 1
    gram = sums.cross[..., :k, :k].sum(1)
    scale = np.sqrt(np.einsum("rii->ri", gram))
    none = (scale == 0).any(1) | (sums.n <= k)
    scale = np.where(none[:, None], 1.0, scale)
    alike = gram / (scale[:, :, None] * scale[:, None, :])
    return np.asarray(none | (np.linalg.eigvalsh(alike)[:, 0] < _TIED))


def _changed(fits: NestedFits, of: Callable[[Floats], Floats]) -> NestedFits:
    """The fits with a function applied to every array that has an axis of replicates."""
    own = fits.information
    return replace(
        fits,
        coef=of(fits.coef),
        cov=of(fits.cov),
        variances=of(fits.variances),
        residual_variances=of(fits.residual_variances),
        criterion=of(fits.criterion),
        information=Information(**{name: of(getattr(own, name)) for name in _OF_INFORMATION}),
    )


def _at(fits: NestedFits, places: NDArray[np.intp], r: int) -> NestedFits:
    """The fits at their places among r, the others NaN."""
    if len(places) == r:
        return fits

    def spread(part: Floats) -> Floats:
        found = np.full((r, *part.shape[1:]), np.nan)
        found[places] = part
        return found

    n_obs, zero = np.zeros(r, dtype=np.intp), np.zeros((r, fits.at_boundary.shape[1]), dtype=bool)
    n_obs[places], zero[places] = fits.n_obs, fits.at_boundary
    return replace(_changed(fits, spread), n_obs=n_obs, at_boundary=zero)


def _arrays(fits: NestedFits) -> list[Floats]:
    """Every array that has an axis of replicates, in the order of `_changed`."""
    found = list[Floats]()

    def listed(part: Floats) -> Floats:
        found.append(part)
        return part

    _changed(fits, listed)
    return found


def _together(parts: list[NestedFits], failed: dict[int, Exception]) -> NestedFits:
    """Slices one after the other."""
    if len(parts) == 1:
        return replace(parts[0], failed=failed)
    columns = iter([np.concatenate(slices) for slices in zip(*map(_arrays, parts), strict=True)])
    return replace(
        _changed(parts[0], lambda _: next(columns)),
        n_obs=np.concatenate([part.n_obs for part in parts]),
        at_boundary=np.concatenate([part.at_boundary for part in parts]),
        failed=failed,
    )
