"""Trials whose locations are all measured alike, as strata: between locations, within, people.

Over the residual variance, of m people a location and period and T periods: between locations
1/m + T p/m + b + T a (p of a person, b of a location's period, a of a location), within them
1/m + b, between people 1 + T p, and 1 for what is left of answers. Treated lies partly between and
partly within locations (Yates 1940's recovery of information between blocks); periods within.
"""

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.planning.strata import Strata, drawn, only_strata
from cesp_analysis.planning.wedge_trials import Wedge

LEAST = 0.02
"""Smallest ratio that a descent starts from."""


def drawn_strata(trial: Wedge, rng: np.random.Generator, count: int) -> Strata:
    """Draw `count` trials; exact for block-exchangeable correlation and locations alike."""
    made, df, lever = made_of(trial)
    location, person = trial.of_locations, trial.of_people
    shared = float(person[0, 1]) if trial.cohort else 0.0
    constant = float(location[0, -1]) if trial.repeated else float(location[0, 0])
    of_all = {
        "residual": float(person[0, 0]) - shared,
        "person": shared,
        "period": float(location[0, 0]) - constant,
        "location": constant,
    }
    every = _made(trial, ("person", "period", "location"))
    variance = every @ np.array(
        [of_all[name] for name in ("residual", "person", "period", "location")]
    )
    scatter = drawn(rng, count, variance, df, lever)
    return with_roots(trial, made, df, scatter)


def of_means(trial: Wedge, means: Floats, squares: Floats) -> Strata:
    """The strata of locations' means (r, l, periods) and sums of squares (r, w) about them.

    squares: between people (in a cohort; of their means over periods, times periods), then what is
    left of answers.
    """
    made, df, lever = made_of(trial)
    x = treated(trial)
    scatter = np.zeros((len(means), len(df), 2, 2))
    scatter[:, :-2, 1, 1] = squares[:, ::-1]
    periods = means.shape[-1]
    for at, (own_x, own_y) in enumerate(
        zip(_parts(trial, x[None]), _parts(trial, means), strict=True)
    ):
        scatter[:, at - 2, 0, 0] = lever[at - 2]
        across = np.einsum("lt,rlt->r", own_x[0], own_y)
        scatter[:, at - 2, 0, 1] = scatter[:, at - 2, 1, 0] = across
        scatter[:, at - 2, 1, 1] = np.einsum("rlt,rlt->r", own_y, own_y)
    if periods == 1:
        scatter[:, -2] = 0.0
    return with_roots(trial, made, df, scatter)


def with_roots(trial: Wedge, made: Floats, df: Floats, scatter: Floats) -> Strata:
    """Strata that start from the variances that their mean squares stand for."""
    lever = scatter[:, :, 0, 0]
    left = scatter[:, :, 1, 1] - np.where(
        lever > 0, scatter[:, :, 0, 1] ** 2 / np.where(lever > 0, lever, 1.0), 0.0
    )
    mean = left / np.maximum(df - (lever > 0), 1)
    ratios = mean / mean[:, :1] - made[:, 0]
    found = np.zeros((len(scatter), made.shape[1] - 1))
    names = trial.level
    for name, stratum in zip(("person", "period", "location"), _stratum_of(trial), strict=True):
        if name in names:
            column = names.index(name)
            rest = ratios[:, stratum] - found @ made[stratum, 1:]
            least = LEAST / made[stratum, 1 + column]
            found[:, column] = np.maximum(
                rest / made[stratum, 1 + column], least * made[stratum, 0]
            )
    return only_strata(made, df[None], scatter, (len(names), 1), np.sqrt(found))


def _stratum_of(trial: Wedge) -> tuple[int, int, int]:
    """Where a person's, a location-period's and a location's variance is seen."""
    last = 3 if trial.cohort else 2
    return 1, last - 1, last


def made_of(trial: Wedge) -> tuple[Floats, Floats, Floats]:
    """What each stratum's variance is made of, its dimensions, and treated's squares in it.

    Strata: what is left, people (cohort), within locations, between them.
    """
    people, periods, k = float(np.mean(trial.people)), trial.layout.periods, trial.k
    x = treated(trial)[None]
    within, between = (np.where(q > 1e-9, q, 0.0) for q in (np.sum(p**2) for p in _parts(trial, x)))
    arms = trial.layout.sequences if trial.analysis == "change" else 1
    persons = k * (people - 1)
    first = [persons * (periods - 1), persons] if trial.cohort else [persons * periods]
    df = np.array([*first, (k - 1) * (periods - 1), k - arms])
    lever = np.array([*([0.0] * len(first)), within, between])
    return _made(trial, trial.level), df, lever


def _made(trial: Wedge, names: tuple[str, ...]) -> Floats:
    people, periods = float(np.mean(trial.people)), trial.layout.periods
    rows = [{}, {"person": periods}] if trial.cohort else [{}]
    found = [[1.0, *(row.get(name, 0.0) for name in names)] for row in rows]
    within = {"period": 1.0}
    between = {
        "person": periods / people if trial.cohort else 0.0,
        "period": 1.0,
        "location": periods,
    }
    found += [[1 / people, *(row.get(name, 0.0) for name in names)] for row in (within, between)]
    return np.array(found, dtype=float)


def treated(trial: Wedge) -> Floats:
    """Who is treated when (l, periods)."""
    return np.asarray(trial.layout.treated[trial.sequence])


def _parts(trial: Wedge, values: Floats) -> tuple[Floats, Floats]:
    """Values (r, l, periods) within and between locations, less periods (and arms: `change`)."""
    mean = values.mean(2, keepdims=True)
    within = values - mean
    within = within - within.mean(1, keepdims=True)
    if trial.analysis == "change":
        centre = np.empty_like(mean)
        for own in range(trial.layout.sequences):
            at = trial.sequence == own
            centre[:, at] = mean[:, at].mean(1, keepdims=True)
    else:
        centre = mean.mean(1, keepdims=True)
    return within, np.broadcast_to(mean - centre, values.shape)
