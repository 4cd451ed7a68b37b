"""One group's effect at one time, from the changes (or answers) of the two sides compared.

Each estimator of Sant'Anna & Zhao (2020, J Econometrics 219:101-22) is a sum of weighted means: of
answers less what regressions of the untreated predict, with the untreated weighted by the odds of
a logistic propensity or not. So one function makes the estimate and each record's part in it, for
all of them: outcome regression (Heckman et al. 1997), weighting (Abadie 2005, normalised), doubly
robust. They are `reg_did_panel`, `std_ipw_did_panel`, `drdid_panel` and their `_rc` twins of R's
DRDID, which `att_gt` of R's did takes (Callaway & Sant'Anna 2021, J Econometrics 225:200-30).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.models.balancing import Weighting, weigh
from cesp_analysis.models.linear_parts import LinearParts, together_of
from cesp_analysis.models.overlap import refuse_dependent
from cesp_analysis.models.refusals import NotEstimable

Adjustment = Literal["doubly_robust", "regression", "weighting"]
Rows = NDArray[np.bool_]


@dataclass(frozen=True)
class Sides:
    """Who is compared: n records. y (n,): people's changes, or answers at two times; treated (n,);
    after (n,): those of the later time, None if y are changes; x (n, p); sampling (n,): weights."""

    y: Floats
    treated: Rows
    after: Rows | None
    x: Floats
    sampling: Floats


@dataclass(frozen=True)
class Effect:
    """The effect on the treated and each record's part in it: estimate - truth = sum of pull (n,),
    to first order; parts: the pull as what it is of the outcome."""

    estimate: float
    pull: Floats
    parts: LinearParts


@dataclass(frozen=True)
class _Mean:
    """A weighted mean that the estimate has a part of.

    sign; rows (n,): whose mean; answers: whether y is in it; less: regression → factor with which
    what it predicts is added; by_odds: weighted by the propensity's odds.
    """

    sign: float
    rows: Rows
    less: Mapping[str, float]
    answers: bool = True
    by_odds: bool = False


@dataclass(frozen=True)
class _Regression:
    """coef (k,); lean (n, k): how far each record pulls them; made (n, k): how its y does."""

    coef: Floats
    lean: Floats
    made: Floats


def effect_of(sides: Sides, adjustment: Adjustment) -> Effect:
    """The effect on the treated; without covariates all adjustments are the plain difference.

    Raises NotEstimable (Collinear, Parted) with positions of covariates where there is none.
    """
    way = adjustment if sides.x.shape[1] else "regression"
    refuse_dependent(sides.x)
    if way == "regression":
        weight, slope, lean = sides.sampling, None, None
        spread = sides.x.std(axis=0)
        z = np.column_stack([np.ones(len(sides.y)), (sides.x - sides.x.mean(axis=0)) / spread])
    else:
        found: Weighting = weigh(sides.x, sides.treated, "att", sides.sampling)
        weight, slope, lean, z = found.weight, found.slope, found.lean, found.z
    means, cells = (_of_changes if sides.after is None else _of_answers)(sides, way)
    fitted = {name: _regression(sides, z, rows) for name, rows in cells.items()}
    estimate, pull = 0.0, np.zeros(len(sides.y))
    parts = []
    for one in means:
        value = sides.y * one.answers
        for name, factor in one.less.items():
            value = value + factor * (z @ fitted[name].coef)
        w = np.where(one.rows, weight if one.by_odds else sides.sampling, 0.0)
        total = float(w.sum())
        mean = float(w @ value) / total
        part = w * (value - mean)
        for name, factor in one.less.items():
            part = part + fitted[name].lean @ (factor * (w @ z))
        if one.by_odds and slope is not None and lean is not None:
            part = part + lean @ ((value - mean)[one.rows] @ slope[one.rows])
        estimate += one.sign * mean
        pull += one.sign * part / total
        held = None if not one.by_odds or slope is None else slope * one.rows[:, None] / total
        parts.append(_parts(one, w / total, z, fitted, None if held is None else (lean, held)))
    return Effect(estimate, pull, together_of(parts, [one.sign for one in means]))


def _parts(
    one: _Mean,
    lead: Floats,
    z: Floats,
    fitted: Mapping[str, _Regression],
    odds: tuple[Floats | None, Floats] | None,
) -> LinearParts:
    """A mean's parts; lead (n,): its weights, of sum 1; odds: a propensity's lean and slope (n, k),
    the latter of the mean's records alone, over their weight."""
    own = reach = lead * one.answers
    left, right = [], []
    lean, slope = odds or (None, np.zeros_like(z))
    for name, factor in one.less.items():
        made = fitted[name].made
        moved = made @ (factor * (lead @ z))
        reach, own = reach + moved, own + moved
        left.append((factor * lead - moved)[:, None] * z)
        if lean is not None:
            left[-1] = left[-1] + factor * lean @ (slope.T @ z)
        right.append(made)
    of_mean = lead
    if lean is not None:
        of_mean = of_mean + lean @ slope.sum(axis=0)
        left.append(lean)
        right.append(slope * one.answers)
    left.append(-of_mean[:, None])
    right.append(reach[:, None])
    return LinearParts(reach, own, np.hstack(left), np.hstack(right))


def _of_changes(sides: Sides, way: Adjustment) -> tuple[Sequence[_Mean], Mapping[str, Rows]]:
    """The means of each adjustment, and the regressions that they need: name → rows."""
    treated, other = sides.treated, ~sides.treated
    if way == "weighting":
        return [_Mean(1, treated, {}), _Mean(-1, other, {}, by_odds=True)], {}
    less = {"other": -1.0}
    means = [_Mean(1, treated, less)]
    if way == "doubly_robust":
        means.append(_Mean(-1, other, less, by_odds=True))
    return means, {"other": other}


def _of_answers(sides: Sides, way: Adjustment) -> tuple[Sequence[_Mean], Mapping[str, Rows]]:
    """The same of different people at two times; doubly robust: locally efficient."""
    after = np.zeros(len(sides.y), bool) if sides.after is None else sides.after
    treated = sides.treated
    cells = {
        "treated_after": treated & after,
        "treated_before": treated & ~after,
        "other_after": ~treated & after,
        "other_before": ~treated & ~after,
    }
    if way == "weighting":
        means = [
            _Mean(sign, cells[name], {}, by_odds=name.startswith("other"))
            for name, sign in zip(cells, (1, -1, -1, 1), strict=True)
        ]
        return means, {}
    others = {name: rows for name, rows in cells.items() if name.startswith("other")}
    if way == "regression":
        drift = {"other_after": -1.0, "other_before": 1.0}
        plain = [_Mean(1, cells["treated_after"], {}), _Mean(-1, cells["treated_before"], {})]
        return [*plain, _Mean(1, treated, drift, answers=False)], others
    means = []
    for when, sign in (("after", 1.0), ("before", -1.0)):
        less = {f"other_{when}": -1.0}
        gap = less | {f"treated_{when}": 1.0}
        means += [
            _Mean(sign, cells[f"treated_{when}"], less),
            _Mean(-sign, cells[f"other_{when}"], less, by_odds=True),
            _Mean(sign, treated, gap, answers=False),
            _Mean(-sign, cells[f"treated_{when}"], gap, answers=False),
        ]
    return means, cells


def _regression(sides: Sides, z: Floats, rows: Rows) -> _Regression:
    """Least squares of the answers of some rows on z (n, k)."""
    n, k = int(rows.sum()), z.shape[1]
    if n <= k and k > 1:
        raise NotEstimable(
            f"{n} records of one side are too few for {k} coefficients; name fewer covariates"
        )
    own = z[rows] * sides.sampling[rows, None]
    if k > 1:
        refuse_dependent(z[rows, 1:])
    inverse = np.linalg.inv(own.T @ z[rows])
    coef = inverse @ (own.T @ sides.y[rows])
    lean, made = np.zeros_like(z), np.zeros_like(z)
    lean[rows] = own * (sides.y[rows] - z[rows] @ coef)[:, None] @ inverse
    made[rows] = own @ inverse
    return _Regression(coef, lean, made)
