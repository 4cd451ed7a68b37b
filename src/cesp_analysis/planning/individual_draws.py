"""Trials of people served by link workers, drawn as strata of squares or a row a link worker."""

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.planning.individual_trials import IndividualTrial
from cesp_analysis.planning.strata import Strata, grouped, only_strata, wishart

LEAST = 0.02
"""Smallest ratio that a descent starts from."""


def drawn_alike(trial: IndividualTrial, rng: np.random.Generator, count: int) -> Strata:
    """Draw `count` trials whose caseloads are alike, without the effect."""
    df = _dimensions(trial)
    worker = trial.caseload * trial.of_worker * np.array([[0.0, 0.0], [0.0, 1.0]])
    covariances = (trial.of_person, trial.of_person + worker, trial.of_control)
    scatter = np.zeros((count, 4, 3, 3))
    for at, covariance in enumerate(covariances):
        scatter[:, at, 1:, 1:] = wishart(rng, covariance, np.full(count, df[at]))
    rows = _differences(trial, rng, count)
    scatter[:, 3] = np.swapaxes(rows, 1, 2) @ rows
    return of_scatters(trial, scatter)


def of_scatters(trial: IndividualTrial, scatter: Floats) -> Strata:
    """Strata of trials with caseloads alike, from sums of squares (r, 4, 3, 3) of [arm, baseline,
    outcome]: within link workers; between them within locations, times people; of controls within
    locations; of the arms' differences of means, one a location."""
    w, m, n = trial.workers, trial.caseload, trial.controls
    made = np.array(
        [
            trial.made(1, 0, 0, 0),
            trial.made(1, m, 0, 0),
            trial.made(0, 0, 0, 1),
            trial.made(1 / (m * w), 1 / w, 1, 1 / n),
        ]
    )
    df = _dimensions(trial)
    own = scatter[:, :, trial.columns][..., trial.columns]
    return only_strata(made, df[None], own, trial.shape, _roots(trial, own, df, float(m)))


def _dimensions(trial: IndividualTrial) -> Floats:
    """Of the four strata."""
    places, w = trial.locations, trial.workers
    each = (w * (trial.caseload - 1), w - 1, trial.controls - 1, 1)
    return places * np.array(each, dtype=float)


def _differences(trial: IndividualTrial, rng: np.random.Generator, count: int) -> Floats:
    """Intervention less control by location (count, locations, 3): arm 1, baseline, outcome."""
    w, m, n = trial.workers, trial.caseload, trial.controls
    shape = (count, trial.locations)
    served = _pairs(rng, trial.of_person / (m * w), shape)
    served[..., 1] += rng.standard_normal(shape) * (trial.of_worker / w + trial.effect_sd**2) ** 0.5
    found = np.ones((*shape, 3))
    found[..., 1:] = served - _pairs(rng, trial.of_control / n, shape)
    return found


def _pairs(rng: np.random.Generator, covariance: Floats, shape: tuple[int, ...]) -> Floats:
    """Normal pairs (*shape, 2)."""
    return np.asarray(rng.standard_normal((*shape, 2)) @ np.linalg.cholesky(covariance).T)


def drawn_unequal(trial: IndividualTrial, rng: np.random.Generator, count: int) -> Strata:
    """Draw `count` trials by link worker: caseloads that differ, people who are lost."""
    served = answering(trial, rng, (count, trial.locations * trial.workers), trial.caseload)
    alone = answering(trial, rng, (count, trial.locations), trial.controls, 0.0)
    rows = np.concatenate(
        [
            _rows(trial, rng, served, trial.of_person, trial.of_worker, True),
            _rows(trial, rng, alone, trial.of_control, 0.0, False),
        ],
        axis=1,
    )
    if trial.effect_sd > 0:
        effect = trial.effect_sd * rng.standard_normal((count, trial.locations))
        rows[:, : served.shape[1], -1] += np.repeat(effect, trial.workers, axis=1)
    df = [np.maximum(one - 1, 0).sum(1) for one in (served, alone)]
    scatter = np.zeros((count, 2, 3, 3))
    for at, covariance in enumerate((trial.of_person, trial.of_control)):
        scatter[:, at, 1:, 1:] = wishart(rng, covariance, df[at])
    return of_rows(trial, rows, (served, alone), scatter)


def of_rows(
    trial: IndividualTrial, rows: Floats, people: tuple[Floats, Floats], scatter: Floats
) -> Strata:
    """Strata of trials from rows (r, u, locations + 3): [locations, arm, baseline, outcome], means
    of link workers' people and then of locations' controls; people (r, u) of either; scatter
    (r, 2, 3, 3) about these means of either."""
    df = np.stack([np.maximum(one - 1, 0).sum(1) for one in people], axis=1)
    size = np.concatenate(people, axis=1)
    none = size == 0
    df[:, 0] -= none.sum(1)  # rows that stand for nobody are no answers
    made = np.array([trial.made(1, 0, 0, 0), trial.made(0, 0, 0, 1)])
    start = _roots(trial, scatter, df, float(trial.caseload))
    q, dummies = rows.shape[-1], trial.locations
    kept = [*range(dummies), *(dummies + at for at in trial.columns)]
    whole = np.zeros((len(rows), 2, q, q))
    whole[..., dummies:, dummies:] = scatter
    made_rows = _made_rows(trial, size, people[0].shape[1])
    own = np.where(none[..., None], 0.0, rows)[..., kept]
    found = Strata(made, df, whole[..., kept, :][..., kept], made_rows, own, trial.shape, start)
    return grouped(found, dummies, 1) if trial.shape[0] > 1 else found


def answering(
    trial: IndividualTrial,
    rng: np.random.Generator,
    shape: tuple[int, int],
    people: int,
    cv: float | None = None,
) -> Floats:
    """How many people answer."""
    cv = trial.caseload_cv if cv is None else cv
    asked = np.full(shape, float(people))
    if cv > 0:
        asked = np.maximum(np.rint(rng.standard_gamma(cv**-2, shape) * people * cv**2), 1.0)
    return rng.binomial(asked.astype(int), trial.retention).astype(float)


def _rows(
    trial: IndividualTrial,
    rng: np.random.Generator,
    people: Floats,
    covariance: Floats,
    between: float,
    arm: bool,
) -> Floats:
    """Means of link workers' people or locations' controls: location, arm, baseline, outcome."""
    pairs = _pairs(rng, covariance, people.shape) / np.sqrt(np.maximum(people, 1))[..., None]
    pairs[..., 1] += rng.standard_normal(people.shape) * between**0.5
    r, units = people.shape
    places = np.repeat(np.eye(trial.locations), units // trial.locations, axis=0)
    arms = np.full((r, units, 1), float(arm))
    return np.concatenate([np.broadcast_to(places, (r, *places.shape)), arms, pairs], axis=2)


def _made_rows(trial: IndividualTrial, people: Floats, served: int) -> Floats:
    """What each row's variance is made of (r, u, 1 + v); of nobody: 1."""
    over = np.where(people > 0, 1 / np.maximum(people, 1), 0.0)
    found = np.zeros((*people.shape, sum(trial.shape)))
    found[:, :served, 0] = over[:, :served]
    found[:, :served, 1] = people[:, :served] > 0
    found[:, served:, -1 if trial.by_arm else 0] = over[:, served:]
    found[..., 0] += people == 0
    return found


def _roots(trial: IndividualTrial, scatter: Floats, df: Floats, people: float) -> Floats:
    """Where to start: mean squares of strata (r, i), the first of them within link workers."""
    mean = scatter[:, :, -1, -1] / np.maximum(df, 1)
    found = np.full((len(scatter), sum(trial.shape) - 1), 0.05)
    if scatter.shape[1] > 2:
        found[:, 0] = np.maximum(mean[:, 1] / mean[:, 0] - 1, LEAST) / people
    if trial.by_arm:
        alone = mean[:, -2 if scatter.shape[1] > 2 else -1]
        told = (mean[:, 0] > 0) & (alone > 0)
        found[:, -1] = np.where(told, alone, 1.0) / np.where(told, mean[:, 0], 1.0)
    return np.asarray(np.sqrt(found))
