"""Trials of any layout drawn as their locations' means and the sums of squares about them: exact.

A location's effects in its periods and its people's errors are normal; the scatter of people about
their location's means is Wishart, drawn once for all locations measured in the same periods by
Bartlett's decomposition (1933).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Bools, Floats
from cesp_analysis.planning.cells import Cells, units
from cesp_analysis.planning.cross_sections import CrossSections
from cesp_analysis.planning.strata import wishart
from cesp_analysis.planning.wedge_trials import Wedge

LEAST = 0.02
"""Smallest ratio that a descent starts from."""


@dataclass(frozen=True)
class Means:
    """Of r trials: means (r, l, d) of locations' cells, 0 where there is nobody; people (1 or r, l,
    d) in them; period (d,) of a cell, group (d,): who stay 0, who leave 1 (a cohort's); within:
    sums of squares (r, w), df (1 or r, w), answers of a person that each is a mean of (w,)."""

    means: Floats
    people: Floats
    period: NDArray[np.intp]
    group: NDArray[np.intp]
    within: tuple[Floats, Floats, Floats]


def drawn_means(trial: Wedge, rng: np.random.Generator, count: int) -> Means:
    """Draw `count` trials without the effect: estimates move with it, one for one."""
    asked, stay = sizes_of(trial, rng, count)
    if trial.cohort:
        return _cohort(trial, rng, count, asked, stay)
    periods = np.arange(trial.layout.periods)
    people = np.where(trial.seen[trial.sequence], stay, 0.0)
    means = _of_locations(trial, rng, count)
    noise = rng.standard_normal(means.shape)
    noise /= np.sqrt(np.maximum(people, 1.0))
    variance = float(trial.of_people[0, 0])
    means += noise * np.sqrt(variance)
    means *= people > 0
    df = np.maximum(people - 1, 0.0).sum((1, 2))[:, None]
    squares = 2 * variance * rng.standard_gamma(np.broadcast_to(df / 2, (count, 1)))
    within = squares, df, np.zeros(1)
    return Means(means, people, periods, np.zeros_like(periods), within)


def sums_of(trial: Wedge, own: Means) -> Cells | CrossSections:
    """What the mixed model needs of drawn trials, whose locations may differ."""
    if trial.cohort:
        return cells_of(trial, own)
    squares, df, _ = own.within
    x, periods = trial.x[trial.sequence], "period" in trial.level
    roots = _roots(trial, own)
    return CrossSections(own.people, x, own.means, squares[:, 0], df[:, 0], periods, roots)


def cells_of(trial: Wedge, own: Means) -> Cells:
    """The same for any sampling, at some more cost."""
    cells = np.stack([own.period, own.group])
    group = trial.sequence if len(own.people) == 1 and trial.alike else np.arange(trial.k)
    count, sums, products = units(own.means, group)
    first = np.unique(group, return_index=True)[1]
    there = {
        "person": cells[1][:, None] == cells[1],
        "period": cells[0][:, None] == cells[0],
        "location": np.ones((cells.shape[1],) * 2, dtype=bool),
    }
    alike = np.array([there[name] for name in trial.level], dtype=float)
    x = trial.x[trial.sequence[first]][:, own.period]
    people = own.people[:, first]
    roots = _roots(trial, own)
    return Cells(count, people, alike, trial.cohort, x, sums, products, own.within, roots)


def sizes_of(trial: Wedge, rng: np.random.Generator, count: int) -> tuple[Floats, Floats]:
    """People asked (1 or r, l, 1); who answer: by period (1 or r, l, t), of a cohort who stay."""
    if trial.size_cv > 0:
        shape = trial.size_cv**-2
        asked = rng.standard_gamma(shape, (count, trial.k, 1)) * (
            float(np.mean(trial.people)) / shape
        )
        asked = np.maximum(np.rint(asked), 2.0)
    else:
        asked = np.broadcast_to(np.asarray(trial.people, dtype=float), trial.k)[
            None, :, None
        ].copy()
    if trial.cohort:
        if trial.retention == 1:
            return asked, asked
        whole = np.broadcast_to(asked, (count, trial.k, 1)).astype(int)
        return asked, rng.binomial(whole, trial.retention).astype(float)
    late = _place(trial) >= trial.layout.loses_from
    if trial.retention == 1 or not late.any():
        return asked, np.broadcast_to(asked, (*asked.shape[:2], trial.layout.periods))
    shape_of = (count, trial.k, trial.layout.periods)
    whole = np.broadcast_to(asked, shape_of)
    answer = rng.binomial(whole.astype(int), trial.retention)
    return asked, np.where(late[trial.sequence], answer, whole).astype(float)


def _place(trial: Wedge) -> NDArray[np.intp]:
    """Each period's place (sequences, periods) among those in which a sequence is measured."""
    return np.asarray(np.cumsum(trial.seen, axis=1) - 1, dtype=np.intp)


def _of_locations(trial: Wedge, rng: np.random.Generator, count: int) -> Floats:
    """Locations' effects (r, l, periods)."""
    drawn = rng.standard_normal((count, trial.k, trial.layout.periods))
    return np.asarray(drawn @ root_of(trial.of_locations), dtype=float)


def root_of(covariance: Floats) -> Floats:
    """The symmetric root of a covariance, which may be singular."""
    values, ways = np.linalg.eigh(covariance)
    return np.asarray((ways * np.sqrt(np.maximum(values, 0))) @ ways.T, dtype=float)


def _cohort(
    trial: Wedge, rng: np.random.Generator, count: int, asked: Floats, stay: Floats
) -> Means:
    """Cells of who stay in all periods, then of who leave in those before `loses_from`."""
    effects = _of_locations(trial, rng, count)
    root = root_of(trial.of_people)

    def means(group: Group) -> Floats:
        error = rng.standard_normal(effects.shape) @ root
        return np.asarray(effects + error / np.sqrt(np.maximum(group.people, 1.0)))

    def squares(group: Group, own: Bools, at: NDArray[np.intp]) -> tuple[Floats, Floats]:
        df = np.maximum(group.people[:, own, 0] - 1, 0.0).sum(1)
        scatter = wishart(rng, trial.of_people[np.ix_(at, at)], np.broadcast_to(df, count))
        return scatter.sum((1, 2)) / len(at), np.asarray(np.einsum("rtt->r", scatter))

    return of_groups(groups_of(trial, asked, stay), means, squares)


@dataclass(frozen=True)
class Group:
    """Who stay (0) or leave (1) of a cohort: when they answer, there (l, t); how many, people (1 or
    r, l, 1)."""

    number: int
    there: Bools
    people: Floats


def groups_of(trial: Wedge, asked: Floats, stay: Floats) -> list[Group]:
    """The groups of a cohort."""
    seen = trial.seen[trial.sequence]
    early = seen & (_place(trial) < trial.layout.loses_from)[trial.sequence]
    found = [Group(0, seen, stay)]
    if trial.retention < 1 and early.any():
        found.append(Group(1, early, asked - stay))
    return found


def of_groups(
    groups: list[Group],
    means: Callable[[Group], Floats],
    squares: Callable[[Group, Bools, NDArray[np.intp]], tuple[Floats, Floats]],
) -> Means:
    """A cohort's cells. means: a group's (r, l, t); squares: of locations `own` (l,) of a group,
    seen in the periods `at`, about their cells' means: of people's means times how often they
    answer, and in all (r,) each."""
    parts, sizes, periods, of_group = [], [], [], []
    for group in groups:
        own = np.where(group.there, group.people, 0.0)
        kept = np.flatnonzero(group.there.any(0))
        parts.append((means(group) * (own > 0))[..., kept])
        sizes.append(own[..., kept])
        periods.append(kept)
        of_group.append(np.full(len(kept), group.number))
    within = _within(groups, squares)
    found, people = (np.concatenate(one, axis=-1) for one in (parts, sizes))
    return Means(found, people, np.concatenate(periods), np.concatenate(of_group), within)


def _within(
    groups: list[Group],
    squares_of: Callable[[Group, Bools, NDArray[np.intp]], tuple[Floats, Floats]],
) -> tuple[Floats, Floats, Floats]:
    """Sums of squares of people about their location's means, by how often they were measured."""
    squares, dfs, answers = [], [], []
    for group in groups:
        for seen in np.unique(group.there, axis=0):
            at, own = np.flatnonzero(seen), (group.there == seen).all(1)
            if not len(at):
                continue
            df = np.maximum(group.people[:, own, 0] - 1, 0.0).sum(1)
            shared, whole = squares_of(group, own, at)
            squares += [shared, whole - shared]
            dfs += [df, df * (len(at) - 1)]
            answers += [len(at), 0]
    kept = [at for at, df in enumerate(dfs) if df.any()]
    chosen = ([part[at] for at in kept] for part in (squares, dfs))
    found, df = (np.stack(part, axis=-1) for part in chosen)
    return found, df, np.array([answers[at] for at in kept], dtype=float)


def _roots(trial: Wedge, own: Means) -> Floats:
    """Where to start: the means' scatter beyond what people explain, most of it the location's."""
    squares, df, answers = own.within
    total = (squares * (answers == 0)).sum(1) / (df * (answers == 0)).sum(1)
    found = np.empty((len(squares), len(trial.level)))
    for column, name in enumerate(trial.level):
        if name == "person":
            first = int(np.argmax(answers))
            mean = squares[:, first] / np.maximum(df[:, first], 1) / total
            found[:, column] = np.maximum((mean - 1) / answers[first], LEAST)
    there = own.people > 0
    cells = there.sum((1, 2))
    spread = (own.means**2).sum((1, 2)) / cells / total
    noise = np.where(there, 1 / np.maximum(own.people, 1), 0).sum((1, 2)) / cells
    if trial.cohort:
        noise = noise * (1 + found[:, 0])
    beyond = np.maximum(spread - noise, LEAST * noise)
    place = len(trial.level) - 1
    found[:, place] = 0.8 * beyond
    if "period" in trial.level:
        found[:, place - 1] = 0.2 * beyond
    return np.sqrt(found)
