"""Mixed models for repeated measures (Mallinckrodt et al. 2008): fit by REML or ML."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.least_squares import ROUNDING, least_squares
from cesp_analysis.models.mmrm_covariance import VARIANCE_A_TIME, Structure, pairs_needed
from cesp_analysis.models.mmrm_optimum import (
    NotConverged,
    NotIdentified,
    Optimum,
    optimum,
)
from cesp_analysis.models.mmrm_sums import PatternSums, pattern_sums
from cesp_analysis.models.refusals import NotEstimable

Method = Literal["REML", "ML"]


class NeverTogether(Exception):
    """Nobody answered at both of these times (their positions), which the structure needs."""

    def __init__(self, pairs: list[tuple[int, int]]) -> None:
        self.pairs = pairs
        super().__init__(f"no person has rows at both of any of the times {pairs}")


@dataclass(frozen=True)
class MmrmFit:
    """A fitted model of k columns, t times and r covariance parameters, in the outcome's unit.

    coef (k,); cov (k, k): inverse of X'V⁻¹X, not adjusted; covariance (t, t) of one's answers;
    criterion: -2 log_likelihood (with log|X'V⁻¹X| for REML, as SAS and lme4 have it); decrement:
    what another Newton step would lower it by; root (k, k), size: how x's columns and the outcome's
    unit become those of `found` and `sums`, in which each time may have a unit of its own.
    """

    coef: Floats
    cov: Floats
    covariance: Floats
    criterion: float
    log_likelihood: float
    structure: Structure
    method: Method
    n_obs: int
    n_people: int
    n_parameters: int
    iterations: int
    decrement: float
    gradient_norm: float
    root: Floats
    size: float
    sums: PatternSums
    found: Optimum


def fit_mmrm(
    y: Floats,
    x: Floats,
    person: Codes,
    time: Codes,
    structure: Structure = "unstructured",
    method: Method = "REML",
) -> MmrmFit:
    """Fit y (n,) on x (n, k); time (n,) 0..t-1, each with rows, at most one row a person and time.

    Raises NotEstimable (nothing varies, too few rows), Collinear, NeverTogether, NotIdentified,
    NotConverged, ValueError (missing values, a time twice).
    """
    times = int(np.max(time)) + 1
    if times == 1:
        structure = "unstructured"  # one variance, whatever the structure
    units = _units(np.asarray(y, dtype=float), time, structure)
    ols = least_squares(y / units[time], x / units[time][:, None])
    size = float(np.sqrt(np.mean(ols.residuals**2)))
    if size <= ROUNDING * ols.outcome_size:
        raise NotEstimable("nothing varies beyond what the model explains")
    sums = pattern_sums(np.column_stack([ols.basis, ols.residuals / size]), person, time, times)
    _seen_together(sums, structure)
    reml = method == "REML"
    found = optimum(sums, structure, _moments(sums), reml)
    point = found.point
    to_columns = np.linalg.inv(ols.root)
    criterion = point.value + 2 * np.log(size) * (sums.n - len(ols.coef) * reml)
    criterion += 2 * float(np.log(units[time]).sum())
    if reml:
        criterion += 2 * float(np.linalg.slogdet(ols.root)[1])
    return MmrmFit(
        coef=ols.coef + size * to_columns @ point.coef,
        cov=size**2 * to_columns @ point.inverse @ to_columns.T,
        covariance=size**2 * point.covariance.matrix * np.outer(units, units),
        criterion=float(criterion),
        log_likelihood=float(-criterion / 2),
        structure=structure,
        method=method,
        n_obs=sums.n,
        n_people=int(sums.people.sum()),
        n_parameters=len(point.parameters),
        iterations=found.iterations,
        decrement=found.decrement,
        gradient_norm=float(np.linalg.norm(found.curvature.slope)),
        root=ols.root,
        size=size,
        sums=sums,
        found=found,
    )


def _units(y: Floats, time: Codes, structure: Structure) -> Floats:
    """What one time's answers (t,) are measured in: their own spread, if the structure allows it.

    A slip of the key at one time would else cost all digits of the others' covariance.
    """
    times = int(np.max(time)) + 1
    if structure not in VARIANCE_A_TIME or not np.isfinite(y).all():
        return np.ones(times)
    spread = np.array([np.std(y[time == t]) for t in range(times)])
    return np.where(spread > ROUNDING * np.abs(y).max(), spread, spread.max() or 1.0)


def _seen_together(sums: PatternSums, structure: Structure) -> None:
    together = np.einsum("gst,g->st", sums.both, sums.people)
    for pairs in pairs_needed(structure, len(together)):
        if not any(together[pair] > 0 for pair in pairs):
            raise NeverTogether(pairs)


def _moments(sums: PatternSums) -> Floats:
    """Mean products (t, t) of least squares' residuals over those who answered both times."""
    last = np.zeros((sums.columns, sums.columns))
    last[-1, -1] = 1.0
    together = np.einsum("gst,g->st", sums.both, sums.people)
    moments = sums.by_pattern(last).sum(axis=0) / np.maximum(together, 1)
    spread = np.diag(moments)
    bound = 0.95 * np.sqrt(np.outer(spread, spread))
    return np.asarray(np.clip(moments, -bound, bound) * (1 - np.eye(len(spread))) + np.diag(spread))


__all__ = [
    "MmrmFit",
    "NeverTogether",
    "NotConverged",
    "NotIdentified",
    "fit_mmrm",
]
