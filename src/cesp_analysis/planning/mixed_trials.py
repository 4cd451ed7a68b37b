"""Simulated trials fitted by a mixed model, all at once, by the engine of models/nested.

REML, zeros and valleys by the rules of models/nested_optimum.py; Satterthwaite's and Kenward &
Roger's df by models/nested_df.py.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.models.nested import finished
from cesp_analysis.models.nested_df import judged_many
from cesp_analysis.models.nested_optima import optima
from cesp_analysis.models.nested_profile import OwnSums, profiles_at

Rule = Literal["kenward_roger", "satterthwaite", "z"]


@dataclass(frozen=True)
class Fitted:
    """Of r trials: estimate less the true effect, std_error, df (infinite for z); variances (r, v):
    of the effects, innermost first, 0 at the boundary, then the residual ones; failed (r,): no
    optimum was verified, or a standard error is not known (all NaN)."""

    estimate: Floats
    std_error: Floats
    df: Floats
    variances: Floats
    failed: NDArray[np.bool_]


def fitted(sums: OwnSums, lead: Floats, rule: Rule) -> Fitted:
    """Fit the trials by REML and judge lead'coefficients, lead (k,).

    z: the model's error taken as known, which with few locations rejects too often.
    """
    r, k = len(sums.n), len(lead)
    ratios, without = optima(sums, True)
    if without:
        fine = np.setdiff1d(np.arange(r), list(without))
        return _spread(fitted(sums.some(fine), lead, rule), fine, r)
    profile = profiles_at(sums, ratios, True, order=2)
    fits = finished(sums, ratios, profile, "REML", np.ones(r), np.zeros((r, k)), np.eye(k))
    own: Literal["kenward_roger", "satterthwaite"] = (
        "kenward_roger" if rule == "kenward_roger" else "satterthwaite"
    )
    with np.errstate(invalid="ignore"):
        error, df = judged_many(fits, lead, own, "expected")
    if rule == "z":
        error, df = np.sqrt(fits.cov @ lead @ lead), np.full(r, np.inf)
    variances = np.concatenate([fits.variances, fits.residual_variances], axis=1)
    return Fitted(fits.coef @ lead, error, df, variances, ~(np.isfinite(error) & (df > 0)))


def only_of(fine: NDArray[np.bool_], sums: OwnSums, lead: Floats, rule: Rule) -> Fitted:
    """Fit the trials that are fine (r,); the others have failed."""
    if fine.all():
        return fitted(sums, lead, rule)
    at = np.flatnonzero(fine)
    return _spread(fitted(sums.some(at), lead, rule), at, len(fine))


def _spread(own: Fitted, at: NDArray[np.intp], r: int) -> Fitted:
    """The fits at their places among r; the others have failed."""

    def put(part: Floats) -> Floats:
        found = np.full((r, *part.shape[1:]), np.nan)
        found[at] = part
        return found

    failed = np.ones(r, dtype=bool)
    failed[at] = own.failed
    estimate, error, df = put(own.estimate), put(own.std_error), put(own.df)
    return Fitted(estimate, error, df, put(own.variances), failed)
