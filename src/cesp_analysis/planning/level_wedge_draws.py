"""Trials of shares and counts of any layout, drawn as the means and squares of their cells: exact
for the mixed model, which needs no more of people's answers."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Bools, Floats
from cesp_analysis.planning.level_people import (
    counted_once,
    counts,
    over,
    rates_alike,
    yes_or_no,
)
from cesp_analysis.planning.level_rates import gammas, share_at
from cesp_analysis.planning.level_wedges import LevelWedge
from cesp_analysis.planning.wedge_draws import Group, Means, groups_of, of_groups, root_of, sizes_of


def drawn_levels(trial: LevelWedge, rng: np.random.Generator, count: int) -> Means:
    """Draw `count` trials; means less those of their laws, as those of `drawn_means`."""
    frame = trial.frame
    asked, stay = sizes_of(frame, rng, count)
    true = true_of(trial, rng, count)
    if frame.cohort:
        own = _followed(trial, rng, true, asked, stay)
    else:
        own = _others(trial, rng, true, np.where(frame.seen[frame.sequence], stay, 0.0))
    known = trial.control + trial.treats[:, own.period] * trial.effect
    return replace(own, means=own.means - np.where(own.people > 0, known, 0.0))


def true_of(trial: LevelWedge, rng: np.random.Generator, count: int) -> Floats:
    """True shares, or mean counts, of locations (r, l, periods)."""
    frame, treats = trial.frame, trial.treats
    shape = (count, frame.k, frame.layout.periods)
    if trial.kind == "count":
        own = gammas(rng, trial.location_cv, trial.cac, trial.decays, shape)
        return np.asarray(own * (trial.control + treats * trial.effect))
    place = rng.standard_normal(shape) @ root_of(trial.places)
    found = share_at(place, trial.control, frame.icc)
    at = treats > 0
    if trial.effect and at.any():
        found[:, at] = share_at(place[:, at], trial.treated, frame.icc)
    return found


def _others(trial: LevelWedge, rng: np.random.Generator, true: Floats, people: Floats) -> Means:
    """Cells in each of which others answer."""
    size = np.broadcast_to(people, true.shape)
    if trial.kind == "binary":
        means = over(rng.binomial(size.astype(np.int64), true), size)
        squares = size * means * (1 - means)
    else:
        means, squares = counted_once(rng, size, true, trial.person_cv)
    df = np.maximum(people - 1, 0.0).sum((1, 2))[:, None]
    within = squares.sum((1, 2))[:, None], df, np.zeros(1)
    periods = np.arange(true.shape[-1])
    return Means(means, people, periods, np.zeros_like(periods), within)


def _followed(
    trial: LevelWedge, rng: np.random.Generator, true: Floats, asked: Floats, stay: Floats
) -> Means:
    """Cells of the same people, those who stay the first of a location."""
    most = int(asked.max(initial=0))
    if trial.kind == "binary":
        each = yes_or_no(rng, true, most, trial.answers)
    else:
        alike = rates_alike(trial.frame.iac, trial.most_alike)
        each = counts(rng, true, most, trial.person_cv, alike, trial.decays)
    number = np.arange(most)
    theirs = [number < stay, (number >= stay) & (number < asked)]

    def means(group: Group) -> Floats:
        total = np.einsum("rlmt,rlm->rlt", each, _wide(theirs[group.number], each))
        return np.asarray(total / np.maximum(group.people, 1.0))

    def squares(group: Group, own: Bools, at: NDArray[np.intp]) -> tuple[Floats, Floats]:
        some = each[:, own][..., at]
        rest = some - means(group)[:, own][:, :, None, at]
        rest *= _wide(theirs[group.number], each)[:, own, :, None]
        return (rest.sum(-1) ** 2).sum((1, 2)) / len(at), (rest * rest).sum((1, 2, 3))

    return of_groups(groups_of(trial.frame, asked, stay), means, squares)


def _wide(own: Bools, each: Floats) -> Floats:
    return np.broadcast_to(own, each.shape[:-1]).astype(float)
