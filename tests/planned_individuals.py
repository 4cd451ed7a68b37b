"""Trials of people and link workers as rows, and what planning/individual_* makes of such rows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.planning.individual_draws import of_rows, of_scatters
from cesp_analysis.planning.individual_trials import IndividualTrial
from cesp_analysis.planning.strata import Strata

Floats = NDArray[np.float64]
ALIKE, OF_EACH = [6] * 12, [15] * 4
VARY, SOME = [4, 7, 3, 9, 5, 2, 8, 6, 4, 10, 3, 6], [12, 18, 9, 15]


@dataclass(frozen=True)
class People:
    """One trial: rows (n,) by location j, worker w, from 1, 0 of controls; v (n, 3) arm, x, y."""

    j: NDArray[np.intp]
    w: NDArray[np.intp]
    v: Floats


def people_of(
    sizes: list[int],
    controls: list[int],
    workers: int,
    spread: float,
    wide: float = 0.0,
    far: float = 0.0,
) -> People:
    """The rows of tests/reference/planning_individuals.R."""
    units = [(u // workers + 1, u % workers + 1, n) for u, n in enumerate(sizes)]
    units += [(at + 1, 0, n) for at, n in enumerate(controls)]
    rows = [(j, w, i + 1) for j, w, n in units for i in range(n)]
    j, w, i = np.array(rows).T
    arm = (w > 0).astype(float)
    sin = np.sin
    x = 50 + 4 * sin(1.7 * j) + 9 * sin(2.3 * i + 0.9 * w + 1.3 * j)
    y = 20 + 0.5 * x + 3 * arm + 2 * sin(2 * j) + far * sin(2 * j + 1) * arm
    y += spread * sin(2.9 * w + 1.1 * j) * arm
    y += (7 + wide * arm) * sin(1.3 * i * i + 2.1 * w + 0.7 * j)
    return People(j, w, np.column_stack([arm, x, y]))


def strata_alike(trial: IndividualTrial, own: People) -> Strata:
    """The four sums of squares, row by row."""
    places = range(1, trial.locations + 1)
    scatter = np.zeros((1, 4, 3, 3))
    for j in places:
        served, alone = (own.v[(own.j == j) & part] for part in (own.w > 0, own.w == 0))
        means = [own.v[(own.j == j) & (own.w == w)].mean(0) for w in range(1, trial.workers + 1)]
        for w, mean in enumerate(means, 1):
            scatter[0, 0] += squares(own.v[(own.j == j) & (own.w == w)] - mean)
            scatter[0, 1] += trial.caseload * squares(mean - served.mean(0))
        scatter[0, 2] += squares(alone - alone.mean(0))
        scatter[0, 3] += squares(served.mean(0) - alone.mean(0))
    return of_scatters(trial, scatter)


def strata_by_worker(trial: IndividualTrial, own: People) -> Strata:
    """A row each link worker and each location's controls, and the squares about them."""
    units = [(j + 1, w + 1) for j in range(trial.locations) for w in range(trial.workers)]
    units += [(j + 1, 0) for j in range(trial.locations)]
    rows, people, scatter = [], [], np.zeros((1, 2, 3, 3))
    for j, w in units:
        values = own.v[(own.j == j) & (own.w == w)]
        mean = values.mean(0)
        rows.append(np.concatenate([np.eye(trial.locations)[j - 1], mean]))
        people.append(float(len(values)))
        scatter[0, int(w == 0)] += squares(values - mean)
    served = trial.locations * trial.workers
    size = np.array([people])
    return of_rows(trial, np.array([rows]), (size[:, :served], size[:, served:]), scatter)


def squares(values: Floats) -> Floats:
    """Sums of products (3, 3) of rows, or of one row."""
    values = np.atleast_2d(values)
    return values.T @ values
