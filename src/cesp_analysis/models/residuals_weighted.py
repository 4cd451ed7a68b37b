"""Residuals and influence where records are weighted to be alike: `weighted_did` and `dr_did`.

Residuals are those of the weighted means, or of the weighted regressions (`Weighted.modelled`).
Without a unit the estimate changes by minus its pull, the empirical influence function that the
standard error is made of, estimated weights in it, divided by what is left of the weight of the
unit's group: exact for means of weights that are held (Hampel 1974, JASA 69:383-93).
"""

from typing import Any

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.models.check import Balanced, Check
from cesp_analysis.models.deletion import LEFT
from cesp_analysis.models.examined import Examined, LeftOut, condition_number, units_of
from cesp_analysis.models.influence import SEEN, Influence, variance_left


def weighted(check: Check) -> Examined:
    """Of weighted means, or of regressions weighted to be doubly robust."""
    engine = check.engine
    if not isinstance(engine, Balanced):
        raise ValueError("this equation is of records that are not weighted to be alike")
    own, influence = engine.weighted, engine.weighted.influence
    residual = check.y - own.fitted
    leverage, scale = np.zeros(len(residual)), np.zeros(len(residual))
    for stratum, modelled in enumerate(own.modelled):
        rows = influence.strata == stratum
        z = influence.z[rows] if modelled else np.ones((int(rows.sum()), 1))
        lead = influence.lead[rows]
        bread = np.linalg.inv(z.T @ (z * lead[:, None]))
        leverage[rows] = lead * np.einsum("ij,jk,ik->i", z, bread, z)
        left = variance_left(lead, z)
        variance = float(lead @ residual[rows] ** 2 / (lead @ left))
        scale[rows] = np.sqrt(np.where(left > SEEN, variance * left, np.nan))
    alone = leverage > 1 - SEEN
    found = [_left_out(check, influence, level, alone) for level in _levels(check)]
    return Examined(
        fitted=own.fitted,
        residual=residual,
        standardised=np.divide(residual, scale, out=np.full(len(scale), np.nan), where=scale > 0),
        leverage=leverage,
        conditional=None,
        left_out=tuple(left for left in found if left),
        known={
            "condition_number": condition_number(influence.z.T @ influence.z),
            "standardised": "over their standard error, errors in a group varying alike",
            "left_out": "one unit at a time, by the influence function of the standard error",
            "cook": "squared change of the estimate over its squared large-sample standard error",
            "largest_weight": _largest_weights(check, engine),
        },
    )


def _levels(check: Check) -> list[str]:
    return [level for level in dict.fromkeys(["person", check.cluster]) if level]


def _left_out(check: Check, influence: Influence, level: str, alone: np.ndarray) -> LeftOut | None:
    """NaN without a unit that holds all the weight of a group, or alone determines a coefficient
    with one of its records (alone (n,): which do)."""
    units = units_of(check, level)
    if units is None or (units[1] < 0).any():
        return None
    codes, which = units
    change: Floats = np.zeros(len(codes))
    for stratum in range(len(influence.regressed)):
        rows = influence.strata == stratum
        pull = np.bincount(which[rows], influence.pull[rows], len(codes))
        left = 1 - np.bincount(which[rows], influence.lead[rows], len(codes))
        change -= np.divide(pull, left, out=np.full(len(codes), np.nan), where=left > LEFT)
    change[which[alone]] = np.nan
    cook = (change / influence.large_sample_error) ** 2
    return LeftOut(level, codes, change[:, None], cook)


def _largest_weights(check: Check, engine: Balanced) -> dict[str, Any]:
    """Group → the largest share of its weight that one record has, and whose it is."""
    influence = engine.weighted.influence
    people = check.frame.names["person"]
    found = {}
    for stratum, name in enumerate(engine.groups):
        share = np.where(influence.strata == stratum, influence.lead, -1.0)
        at = int(np.argmax(share))
        unit = people[check.frame.codes["person"][at]]
        found[name] = {"value": float(share[at]), "unit": unit}
    return found
