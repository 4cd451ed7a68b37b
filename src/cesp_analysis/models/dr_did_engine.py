"""Doubly robust difference in differences (Sant'Anna & Zhao 2020, J Econometrics 219:101-22).

The improved estimators: the propensity by inverse-probability tilting (`balancing`), the control
arm's regression by least squares weighted with its odds. To first order the estimation of neither
enters the influence, whichever of the two is wrong (their theorems 2 and 3). As `drdid_imp_panel`
and `drdid_imp_rc` of R's DRDID, but for the trimming of propensities above .995, which would change
what is estimated in silence: weights that explode are warned of instead.
"""

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.models.balancing import weigh
from cesp_analysis.models.influence import Influence
from cesp_analysis.models.linear_parts import LinearParts, together_of
from cesp_analysis.models.overlap import DependentIn, refuse_dependent
from cesp_analysis.models.refusals import Collinear, NotEstimable
from cesp_analysis.models.weighted_means import Weighted, strata_of


def dr_panel(y: Floats, arm: Floats, x: Floats, sampling: Floats) -> Weighted:
    """The effect on the treated: y (n,) people's changes; arm (n,); x (n, p); sampling (n,)."""
    treated = arm == 1
    weighting = weigh(x, treated, "entropy", sampling)
    weight, z = weighting.weight, weighting.z
    without = z @ _coefficients(y[~treated], z[~treated], weight[~treated])
    residual = y - without
    share = np.where(treated, weight, 0.0) / weight[treated].sum()
    other = np.where(treated, 0.0, weight) / weight[~treated].sum()
    estimate = float((share - other) @ residual)
    influence = Influence(
        estimate=estimate,
        pull=share * (residual - float(share @ residual)) - other * residual,
        lead=share + other,
        strata=(~treated).astype(np.intp),
        regressed=(False, True),
        z=z,
        size=float(np.abs(y).max()),
        parts=_parts_of_changes(share, other, z, _lean(z, np.where(treated, 0.0, weight))),
    )
    return Weighted(influence, weight, without + estimate * treated, (False, True))


def dr_cross_sections(
    y: Floats, arm: Floats, after: Floats, x: Floats, sampling: Floats
) -> Weighted:
    """The same from records of different people at two times, locally efficient (their eq. 3.4).

    A regression in each of the four cells, the control arm's weighted by the odds of the
    propensity; the difference in differences of their predictions, averaged over the intervention
    arm's records of BOTH times. It takes for granted that who is in the arms does not change.
    """
    treated = arm == 1
    weighting = weigh(x, treated, "entropy", sampling)
    weight, z, cells = weighting.weight, weighting.z, strata_of(arm, after)
    pull, lead = np.zeros(len(y)), np.zeros(len(y))
    predicted = np.zeros((4, len(y)))
    signs = (-1.0, 1.0, 1.0, -1.0)
    for cell, sign in enumerate(signs):
        rows = cells == cell
        _refuse_dependent_in(cell, z[rows, 1:])
        predicted[cell] = z @ _coefficients(y[rows], z[rows], weight[rows])
        lead[rows] = weight[rows] / weight[rows].sum()
        pull[rows] = sign * lead[rows] * (y[rows] - predicted[cell, rows])
    effect = np.asarray(signs) @ predicted
    share = np.where(treated, weight, 0.0) / weight[treated].sum()
    estimate = float(share @ effect)
    influence = Influence(
        estimate=estimate,
        pull=pull + share * (effect - estimate),
        lead=lead,
        strata=cells,
        regressed=(True,) * 4,
        z=z,
        size=float(np.abs(y).max()),
        parts=together_of(
            [
                _parts_of_cell(share, z, np.where(cells == cell, weight, 0.0))
                for cell in range(len(signs))
            ],
            signs,
        ),
    )
    return Weighted(influence, weight, predicted[cells, np.arange(len(y))], (True,) * 4)


def _coefficients(y: Floats, z: Floats, weight: Floats) -> Floats:
    scaled = z * weight[:, None]
    return np.asarray(np.linalg.solve(scaled.T @ z, scaled.T @ y))


def _lean(z: Floats, weight: Floats) -> Floats:
    """How the outcomes (n,) make the coefficients (k,) of a regression by weight (n,): (n, k)."""
    scaled = z * weight[:, None]
    return np.asarray(np.linalg.solve(scaled.T @ z, scaled.T).T)


def _parts_of_changes(share: Floats, other: Floats, z: Floats, lean: Floats) -> LinearParts:
    """share * (r - share'r) - other * r of residuals r = y - z lean'y."""
    own = share - other
    left = np.outer(share, share @ z) - own[:, None] * z
    return LinearParts(
        own - lean @ (z.T @ own),
        own,
        np.column_stack([left, -share]),
        np.column_stack([lean, share]),
    )


def _parts_of_cell(share: Floats, z: Floats, weight: Floats) -> LinearParts:
    """Of the prediction z lean'y of one cell's regression by weight, averaged over share."""
    lean, lead, mean = _lean(z, weight), weight / weight.sum(), share @ z
    left = share[:, None] * (z - mean) - lead[:, None] * z
    return LinearParts(lean @ mean, lead, left, lean)


def _refuse_dependent_in(cell: int, x: Floats) -> None:
    if len(x) <= x.shape[1] + 1:
        raise NotEstimable(
            f"{len(x)} records in one arm and time are too few for {x.shape[1] + 1} coefficients"
        )
    try:
        refuse_dependent(x)
    except Collinear as error:
        raise DependentIn(cell, error.columns) from None
