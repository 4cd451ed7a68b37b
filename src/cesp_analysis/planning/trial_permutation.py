"""Permutation of locations: which had the intervention, relabelled, for many trials at once.

The statistic is the difference of the arms' unweighted means of locations; with a baseline, of what
the locations' baseline means leave of them (Gail, Mark, Carroll, Green & Pee 1996, Stat Med
15:1069-92), so that relabelling is exact when the effect is none. Ties count as extreme. As
few_sites/relabel.py does for one study.
"""

from dataclasses import replace
from functools import lru_cache
from itertools import combinations
from math import comb, floor

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Bools, Floats
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.planning.trial_draws import ByLocation

ALL = 5_000
"""Arrangements that are all used: 7 of 14 are 3,432."""
DRAWS = 1_999
"""Random arrangements above that, the same for the trials of a block; with the trial's own."""
_TIE = 1e-10


def smallest_p(controls: int, intervention: int) -> float:
    """The least p that relabelling can give."""
    every = comb(controls + intervention, controls)
    if every > ALL:
        return 1 / (DRAWS + 1)
    return (2 if controls == intervention else 1) / every


def attained(controls: int, intervention: int, level: float) -> float:
    """How often relabelling rejects what is true: as many arrangements as 1 - level holds."""
    least = smallest_p(controls, intervention)
    return floor((1 - level) / least + 1e-9) * least


def must_be_able(controls: int, intervention: int, level: float) -> None:
    """Raises NotEstimable where no arrangement is rare enough to reject."""
    least = smallest_p(controls, intervention)
    if least > 1 - level + 1e-12:
        raise NotEstimable(
            f"permutation of {controls} and {intervention} locations has no p below {least:.3f}"
        )


def permuted(
    own: ByLocation, effect: float, level: float, rng: np.random.Generator
) -> tuple[Floats, Bools, Bools]:
    """Estimate less the effect (r,); whether no effect is rejected; whether the true one is not.

    Locations in which nobody answers are left out; NaN where an arm has no other, or all are too
    few for a t.
    """
    there = np.broadcast_to(own.size > 0, own.y.shape)
    if there.all():
        return _of_whole(own, effect, level, rng)
    kept = np.stack([there[: own.controls].sum(0), there[own.controls :].sum(0)])
    error = np.full(kept.shape[1], np.nan)
    rejects, keeps = np.zeros((2, len(error)), dtype=bool)
    enough = kept.all(0) & (kept.sum(0) > 2 + own.adjusted)
    for arms in np.unique(kept[:, enough], axis=1).T:
        at = np.flatnonzero((kept == arms[:, None]).all(0))
        some = _without_empty(own, there, at, arms[0])
        error[at], rejects[at], keeps[at] = _of_whole(some, effect, level, rng)
    return error, rejects, keeps


def _without_empty(
    own: ByLocation, there: Bools, at: NDArray[np.intp], controls: int
) -> ByLocation:
    """The trials at these places, which have as many locations in which somebody answers."""
    which = there[:, at].T

    def of(part: Floats) -> Floats:
        return np.broadcast_to(part, there.shape)[:, at].T[which].reshape(len(at), -1).T

    return replace(own, size=of(own.size), x=of(own.x), y=of(own.y), controls=int(controls))


def _of_whole(
    own: ByLocation, effect: float, level: float, rng: np.random.Generator
) -> tuple[Floats, Bools, Bools]:
    k, controls = own.y.shape[0], own.controls
    labels = _contrasts(k, controls, rng)
    treated = np.zeros(k)
    treated[controls:] = 1.0
    true = _left(own, own.y)
    null = _left(own, own.y + effect * treated[:, None]) if effect else true
    contrast = treated / (k - controls) - (1 - treated) / controls
    error = (
        contrast @ true / (contrast @ _left(own, np.broadcast_to(treated[:, None], own.y.shape)))
    )
    alpha = 1 - level
    keeps = _p(labels, contrast, true, k, controls) > alpha + 1e-12
    rejects = ~keeps if not effect else _p(labels, contrast, null, k, controls) <= alpha + 1e-12
    return np.asarray(error), rejects, keeps


def _left(own: ByLocation, values: Floats) -> Floats:
    """Values (k, r) less their mean and what the baseline's means tell of them."""
    found = values - values.mean(0)
    if own.adjusted:
        x = own.x - own.x.mean(0)
        found = found - x * (np.einsum("kr,kr->r", x, found) / np.einsum("kr,kr->r", x, x))
    return np.asarray(found)


def _p(labels: Floats, contrast: Floats, values: Floats, k: int, controls: int) -> Floats:
    """p (r,) of values (k, r)."""
    seen = np.abs(contrast @ values)
    limit = seen - _TIE * (seen + np.abs(values).max(0))
    extreme = np.zeros(values.shape[1])
    for first in range(0, len(labels), 256):  # as much as stays in a core's cache
        extreme += (np.abs(labels[first : first + 256] @ values) >= limit).sum(0)
    if comb(k, controls) <= ALL:
        return np.asarray(extreme / len(labels))
    return np.asarray((extreme + 1) / (len(labels) + 1))


def _contrasts(k: int, controls: int, rng: np.random.Generator) -> Floats:
    """Arrangements (b, k): what each location counts in the difference of means."""
    if comb(k, controls) <= ALL:
        return _every(k, controls)
    labels = np.zeros((DRAWS, k))
    labels[:, controls:] = 1.0
    return _shares(rng.permuted(labels, axis=1), k, controls)


@lru_cache(maxsize=4)
def _every(k: int, controls: int) -> Floats:
    labels = np.zeros((comb(k, controls), k))
    picks = np.array(list(combinations(range(k), k - controls)))
    labels[np.arange(len(picks))[:, None], picks] = 1.0
    return _shares(labels, k, controls)


def _shares(labels: Floats, k: int, controls: int) -> Floats:
    return np.asarray(labels / (k - controls) - (1 - labels) / controls)
