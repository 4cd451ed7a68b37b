"""Trials of a layout as rows of people, and what planning/wedge_* makes of the same rows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.models.nested import NestedFit, NestedFits
from cesp_analysis.models.nested_many import fit_nested_many
from cesp_analysis.models.over_time import Effects, by_time, fit_over_times, intercepts
from cesp_analysis.planning.wedge_draws import Means
from cesp_analysis.planning.wedge_trials import Wedge

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rows:
    """y (r, n) of rows (n,) with their location, person (codes) and period; x (n, p)."""

    y: Floats
    x: Floats
    location: NDArray[np.intp]
    person: NDArray[np.intp]
    period: NDArray[np.intp]
    leaves: NDArray[np.bool_]


def rows_of(
    trial: Wedge,
    rng: np.random.Generator,
    r: int,
    sizes: NDArray[np.intp],
    leavers: NDArray[np.intp],
) -> Rows:
    """r outcomes of a trial; sizes (l, t): people, or who stay; leavers (l,): of cohorts."""
    found = []
    person = 0
    place = np.cumsum(trial.seen, axis=1) - 1
    for location, sequence in enumerate(trial.sequence):
        early = trial.seen[sequence] & (place[sequence] < trial.layout.loses_from)
        if trial.cohort:
            for number in range(sizes[location, 0] + leavers[location]):
                leaves = number >= sizes[location, 0]
                periods = np.flatnonzero(early if leaves else trial.seen[sequence])
                found += [(location, person, period, leaves) for period in periods]
                person += 1
        else:
            for period in np.flatnonzero(trial.seen[sequence]):
                for _ in range(sizes[location, period]):
                    found.append((location, person, period, False))
                    person += 1
    location, persons, period, leaves = (np.array(part) for part in zip(*found, strict=True))
    t = trial.layout.periods
    effects = rng.multivariate_normal(np.zeros(t), trial.of_locations, (r, trial.k))
    errors = rng.multivariate_normal(np.zeros(t), trial.of_people, (r, person))
    y = effects[:, location, period] + errors[:, persons, period]
    x = trial.x[trial.sequence[location], period]
    return Rows(y, x, location, persons, period, leaves.astype(bool))


def means_of(trial: Wedge, rows: Rows) -> Means:
    """The cells' means and sums of squares, computed row by row."""
    t, groups = trial.layout.periods, 1 + int(rows.leaves.any())
    cells = [(period, group) for group in range(groups) for period in range(t)
             if (rows.period[rows.leaves == bool(group)] == period).any()]  # fmt: skip
    r = len(rows.y)
    means, people = np.zeros((r, trial.k, len(cells))), np.zeros((1, trial.k, len(cells)))
    for location in range(trial.k):
        for at, (period, group) in enumerate(cells):
            own = (
                (rows.location == location) & (rows.period == period) & (rows.leaves == bool(group))
            )
            people[0, location, at] = own.sum()
            if own.any():
                means[:, location, at] = rows.y[:, own].mean(1)
    period, group = np.array(cells).T
    return Means(means, people, period, group, _within(trial, rows))


def _within(trial: Wedge, rows: Rows) -> tuple[Floats, Floats, Floats]:
    """Sums of squares about means of location, period and whether people leave."""
    cell = (rows.location * trial.layout.periods + rows.period) * 2 + rows.leaves
    rest = rows.y.copy()
    for code in np.unique(cell):
        rest[:, cell == code] -= rest[:, cell == code].mean(1, keepdims=True)
    if not trial.cohort:
        df = rest.shape[1] - len(np.unique(cell))
        return (rest**2).sum(1)[:, None], np.array([[float(df)]]), np.zeros(1)
    often = np.bincount(rows.person)
    times = often[rows.person]
    squares, dfs, answers = [], [], []
    for count in np.unique(often):
        own = times == count
        sums = np.zeros((len(rest), len(often)))
        np.add.at(sums.T, rows.person[own], rest[:, own].T)
        shared = (sums**2).sum(1) / count
        groups = {(a, b) for a, b in zip(rows.location[own], rows.leaves[own], strict=True)}
        df = (often == count).sum() - len(groups)
        squares += [shared, (rest[:, own] ** 2).sum(1) - shared]
        dfs += [df, df * (count - 1)]
        answers += [count, 0]
    return np.stack(squares, 1), np.array([dfs], dtype=float), np.array(answers, dtype=float)


def nested_fits(trial: Wedge, rows: Rows) -> NestedFits:
    """Cross-sections by the nested engine, all outcomes."""
    cell = rows.location * trial.layout.periods + rows.period
    groups = [cell, rows.location] if "period" in trial.level else [rows.location]
    return fit_nested_many(rows.y, rows.x, groups)


def over_time_fit(trial: Wedge, rows: Rows, number: int) -> NestedFit:
    """One outcome of a cohort by the engine of effects over time."""
    t = trial.layout.periods
    location = (
        by_time(rows.location, t, True)
        if "period" in trial.level
        else Effects(rows.location, np.ones((t, 1)), np.ones((1, 1, 1)))
    )
    levels = [intercepts(rows.person, t), location]
    return fit_over_times(rows.y[number], rows.x, levels, rows.period)
