"""Differences of weighted means, with the uncertainty of the weights in their influence.

Hajek means: weights are divided by their sum. The pull of a record on a mean m of weights w(theta)
is w (y - m) / sum w, and the derivative of m by theta times the record's pull on theta (stacked
estimating equations: Stefanski & Boos 2002, American Statistician 56:29-38; Lunceford & Davidian
2004, Stat Med 23:2937-60, for propensities).
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.balancing import Way, Weighting, weigh
from cesp_analysis.models.influence import Influence
from cesp_analysis.models.linear_parts import LinearParts, together_of
from cesp_analysis.models.overlap import DependentIn, OutOfReach, Parted
from cesp_analysis.models.refusals import Collinear


@dataclass(frozen=True)
class WeightedMean:
    """A weighted mean of some of n records: pull (n,), lead (n,) and weight (n,), 0 elsewhere;
    parts: the pull as what it is of the outcome."""

    mean: float
    pull: Floats
    lead: Floats
    weight: Floats
    parts: LinearParts


@dataclass(frozen=True)
class Weighted:
    """An estimate's influence, and the weight (n,) that each record had in it.

    fitted (n,): what the means or regressions give each record; modelled (s,): whether those of a
    stratum are a regression on the influence's z.
    """

    influence: Influence
    weight: Floats
    fitted: Floats
    modelled: tuple[bool, ...]


def weighted_change(y: Floats, arm: Floats, x: Floats, way: Way, sampling: Floats) -> Weighted:
    """Difference of the arms' weighted means of y (n,), such as people's changes.

    arm (n,) 1 intervention; x (n, p) covariates without constant; sampling (n,) weights.
    """
    treated = arm == 1
    weighting = weigh(x, treated, way, sampling)
    one, other = (_mean(y, group, weighting) for group in (treated, ~treated))
    influence = Influence(
        estimate=one.mean - other.mean,
        pull=one.pull - other.pull,
        lead=one.lead + other.lead,
        strata=(~treated).astype(np.intp),
        regressed=(False, way == "entropy"),
        z=weighting.z,
        size=float(np.abs(y).max()),
        parts=together_of([one.parts, other.parts], (1.0, -1.0)),
    )
    fitted = np.where(treated, one.mean, other.mean)
    return Weighted(influence, weighting.weight, fitted, (False, False))


def weighted_cross_sections(
    y: Floats, arm: Floats, after: Floats, x: Floats, way: Way, sampling: Floats
) -> Weighted:
    """Difference in differences of four weighted means: each of three groups of records is made
    like the fourth, the intervention arm at the reference time (Stuart et al. 2014, Health Serv
    Outcomes Res Methodol 14:166-82), so that who answers may change from time to time.

    after (n,) 1 at the later time; way: entropy or att.
    """
    cells = strata_of(arm, after)  # 0 is the target
    target = cells == 0
    means = [_plain_mean(y, target, sampling)]
    for cell in (1, 2, 3):
        rows = target | (cells == cell)
        try:
            weighting = weigh(x[rows], target[rows], way, sampling[rows])
        except Collinear as error:
            raise DependentIn(cell, error.columns) from None
        except (Parted, OutOfReach) as error:
            error.cell = cell
            raise
        means.append(_embedded(_mean(y[rows], ~target[rows], weighting), rows))
    signs = (-1.0, 1.0, 1.0, -1.0)
    influence = Influence(
        estimate=float(sum(sign * one.mean for sign, one in zip(signs, means, strict=True))),
        pull=np.asarray(sum(sign * one.pull for sign, one in zip(signs, means, strict=True))),
        lead=np.asarray(sum(one.lead for one in means)),
        strata=cells,
        regressed=(False, *[way == "entropy"] * 3),
        z=np.column_stack([np.ones(len(y)), (x - x.mean(axis=0)) / x.std(axis=0)]),
        size=float(np.abs(y).max()),
        parts=together_of([one.parts for one in means], signs),
    )
    weight = np.asarray(sum(one.weight for one in means))
    fitted = np.array([one.mean for one in means])[cells]
    return Weighted(influence, weight, fitted, (False,) * 4)


def _mean(y: Floats, group: np.ndarray, weighting: Weighting) -> WeightedMean:
    """The weighted mean of one of the two groups of a weighting."""
    weight = np.where(group, weighting.weight, 0.0)
    total = float(weight.sum())
    mean = float(weight @ y) / total
    lead = weight / total
    slope = weighting.slope * group[:, None]
    moved = slope.T @ (y - mean) / total
    pull = lead * (y - mean) + weighting.lean @ moved
    of_mean = lead + weighting.lean @ (slope.sum(axis=0) / total)
    parts = LinearParts(
        lead,
        lead,
        np.column_stack([-of_mean, weighting.lean]),
        np.column_stack([lead, slope / total]),
    )
    return WeightedMean(mean, pull, lead, weight, parts)


def _plain_mean(y: Floats, group: np.ndarray, sampling: Floats) -> WeightedMean:
    weight = np.where(group, sampling, 0.0)
    lead = weight / weight.sum()
    mean = float(lead @ y)
    parts = LinearParts(lead, lead, -lead[:, None], lead[:, None])
    return WeightedMean(mean, lead * (y - mean), lead, weight, parts)


def _embedded(own: WeightedMean, rows: np.ndarray) -> WeightedMean:
    """A mean of some rows as one of all."""

    def spread(values: Floats) -> Floats:
        full = np.zeros(len(rows))
        full[rows] = values
        return full

    pull, lead, weight = (spread(one) for one in (own.pull, own.lead, own.weight))
    return WeightedMean(own.mean, pull, lead, weight, own.parts.placed(rows))


def strata_of(arm: Floats, after: Floats) -> Codes:
    """Arm and time as one code: intervention before, after, control before, after."""
    return (2 * (1 - arm) + after).astype(np.intp)
