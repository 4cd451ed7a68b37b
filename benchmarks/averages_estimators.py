"""Every kind that averages later times, asked of the same two sites: see `averages_simulation`."""

from collections.abc import Callable

import numpy as np
from two_sites_estimators import LOST, WORKERS, Found

from cesp_analysis.models import cluster_sums as by
from cesp_analysis.models.least_squares import least_squares
from cesp_analysis.models.mmrm_engine import fit_mmrm
from cesp_analysis.models.mmrm_small_sample import small_sample

BATCH = 250
WITHIN = np.array([[1.0, 0.5, 0.5], [0.5, 1.0, 0.6], [0.5, 0.6, 1.0]])
"""Covariance (3, 3) of a person's answers within a site; link workers' part is in it."""

Study = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Answers of a batch (r, rows), arm (rows,), person (rows,), time (rows,): 0, 1, 2."""


def panel(people: int, worker_sd: float, rng: np.random.Generator) -> Study:
    """The same people three times; half of those who are lost are lost before the first later time.

    Who is lost and who meets whom is shared by the studies of a batch.
    """
    n = 2 * people
    arm = np.repeat([0.0, 1.0], people)
    own = WITHIN - worker_sd**2 * np.outer([0, 1, 1], [0, 1, 1])
    y = rng.normal(size=(BATCH, n, 3)) @ np.linalg.cholesky(own).T
    y[:, :, 1:] += _shared(arm, worker_sd, rng)[:, :, None]
    last = np.full(n, 2)
    for one in (0, 1):  # exactly the share in each site
        lost = rng.choice(np.flatnonzero(arm == one), round(LOST * people), replace=False)
        last[lost] = 1
        last[lost[: len(lost) // 2]] = 0
    person, at = np.nonzero(last[:, None] >= np.arange(3))
    return y[:, person, at], arm[person], person, at


def cross_sections(people: int, worker_sd: float, rng: np.random.Generator) -> Study:
    """Other people each time, so many fewer of them later; link workers stay."""
    n = people - round(LOST * people)
    sizes = [people, people, n, n, n, n]
    arm = np.repeat([0.0, 1.0, 0.0, 1.0, 0.0, 1.0], sizes)
    at = np.repeat([0, 0, 1, 1, 2, 2], sizes)
    later = at > 0
    y = rng.normal(size=(BATCH, len(arm)))
    y[:, later] *= np.sqrt(1 - worker_sd**2)
    y[:, later] += _shared(arm[later], worker_sd, rng)
    return y, arm, np.arange(len(arm)), at


def _shared(arm: np.ndarray, sd: float, rng: np.random.Generator) -> np.ndarray:
    """What link workers add (r, n); those without one vary as much, each alone."""
    worker = rng.integers(0, WORKERS, len(arm))
    common = sd * rng.normal(size=(BATCH, WORKERS))[:, worker]
    return np.where(arm == 1, common, sd * rng.normal(size=(BATCH, len(arm))))


def _cells(arm: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Columns (rows, 4): later times, and arm × later time."""
    later = (at[:, None] == [1, 2]).astype(float)
    return np.hstack([later, arm[:, None] * later])


def unit_effects(s: Study) -> Found:
    """Kind did, design unit_effects, CR2 by person: the engine's sums, which all studies share."""
    y, arm, person, at = s
    again = np.bincount(person)[person] > 1
    order = np.argsort(person[again], kind="stable")
    y, x = y[:, again][:, order], _cells(arm, at)[again][order]
    codes = np.unique(person[again][order], return_inverse=True)[1]
    fit = least_squares(y[0], x, None, codes)
    direction = np.linalg.solve(fit.root.T, np.array([0.0, 0.0, 0.5, 0.5]))
    sums = by.cluster_sums(fit.basis, fit.residuals, fit.weights, codes)
    adjust = by.adjustments(sums)
    df = by.expected_share_and_df(sums, adjust, direction)[1]
    starts = np.flatnonzero(np.diff(codes, prepend=-1))
    within = y - (np.add.reduceat(y, starts, axis=1) / np.bincount(codes))[:, codes]
    left = within - (within @ fit.basis) @ fit.basis.T
    turned = direction + np.einsum("gij,gki,k->gj", adjust, sums.gram, direction)
    scores = np.add.reduceat(left * np.sum(fit.basis * turned[codes], axis=1), starts, axis=1)
    error = np.sqrt(np.sum(scores**2, axis=1))
    estimate = within @ (fit.basis @ direction)
    return estimate, error, np.full(len(y), df), np.ones(len(y))


def by_cross_sections(s: Study) -> Found:
    """Kind did, design cross_sections: HC2 with Welch's df, of six means."""
    y, arm, _, at = s
    estimate, variance, spread = np.zeros((3, len(y)))
    for cell in range(6):
        own = y[:, (at == cell // 2) & (arm == cell % 2)]
        share = (2 * (cell % 2) - 1) * (-1.0 if cell < 2 else 0.5)
        part = share**2 * own.var(axis=1, ddof=1) / own.shape[1]
        estimate += share * own.mean(axis=1)
        variance += part
        spread += part**2 / (own.shape[1] - 1)
    return estimate, np.sqrt(variance), variance**2 / spread, np.ones(len(y))


def repeated_measures(s: Study) -> Found:
    """Kind mmrm, unstructured, Kenward–Roger, changes from baseline."""
    y, arm, person, at = s
    x = np.column_stack([np.ones(len(at)), arm, _cells(arm, at)])
    contrast, rows = np.array([0.0, 0.0, 0.0, 0.0, 0.5, 0.5]), []
    for own in y:
        fit = fit_mmrm(own, x, person, at, "unstructured")
        way = small_sample(fit, "kenward_roger", "expected")
        rows.append((float(contrast @ fit.coef), way.std_error(contrast), way.df(contrast), 1.0))
    return _found(rows)


def at_equal_baseline(s: Study) -> Found:
    """Kind mmrm with baseline: covariate, whose slope is another one at each time."""
    y, arm, person, at = s
    later, rows = at > 0, []
    who, second = person[later], (at[later] == 2).astype(float)
    first = np.flatnonzero(at == 0)[who]  # everybody answered then, in the order of their numbers
    contrast, slope = np.array([0, 0, 1, 0.5, 0, 0]), np.array([0, 0, 0, 0, 1, 0.5])
    for own in y:
        columns = (np.ones(len(who)), arm[later], own[first])
        x = np.column_stack([part for one in columns for part in (one, one * second)])
        fit = fit_mmrm(own[later], x, who, at[later] - 1, "unstructured")
        way = small_sample(fit, "kenward_roger", "expected")
        taken = float(slope @ fit.coef)
        rows.append((float(contrast @ fit.coef), way.std_error(contrast), way.df(contrast), taken))
    return _found(rows)


def _found(rows: list[tuple[float, float, float, float]]) -> Found:
    estimate, error, df, slope = np.array(rows).T
    return estimate, error, df, slope


Draw = Callable[[int, float, np.random.Generator], Study]
Way = Callable[[Study], Found]
WAYS: dict[str, tuple[Draw, Way]] = {
    "did, unit effects": (panel, unit_effects),
    "did, cross-sections": (cross_sections, by_cross_sections),
    "mmrm": (panel, repeated_measures),
    "mmrm, baseline a covariate": (panel, at_equal_baseline),
}
