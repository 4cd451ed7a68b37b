"""Kenward & Roger's rule for trials whose locations differ in size, by the engine of mixed models.

The sums of a trial are Z'V⁻¹Z, Z = [control, intervention, baseline, outcome], with derivatives in
the ratio of variances: what models/nested_information.py makes an information matrix of.
"""

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.models.jets import Jet
from cesp_analysis.models.nested import NestedFits
from cesp_analysis.models.nested_absorbed import Absorbed
from cesp_analysis.models.nested_df import judged_many
from cesp_analysis.models.nested_information import information_of
from cesp_analysis.models.nested_profile import Profile
from cesp_analysis.planning.trial_level import Level, Parts


def kenward_roger(parts: Parts, at: Level, ratio: Floats) -> tuple[Floats, Floats]:
    """Adjusted standard errors and df (r,) at the optimum, by expected information."""
    columns = (0, 1, 2, 3) if parts.adjusted else (0, 1, 3)
    matrix = _matrix(at)[..., columns, :][..., columns]
    size = at.rest[0] / parts.nu  # per unit of residual variance: df of NaN are left to the caller
    fits = _fits(parts, matrix, at, ratio)
    contrast = np.array([-1.0, 1.0, 0.0][: len(columns) - 1])
    unit, df = judged_many(fits, contrast, "kenward_roger", "expected")
    return unit * np.sqrt(size), df


def _matrix(at: Level) -> Floats:
    """Z'V⁻¹Z with its first and second derivative in the ratio (3, r, 4, 4)."""
    found = np.zeros((3, len(at.beta), 4, 4))
    for order in range(3):
        for arm in (0, 1):
            found[order, :, arm, arm] = at.t[arm][order]
            found[order, :, arm, 2] = found[order, :, 2, arm] = at.x[arm][order]
            found[order, :, arm, 3] = found[order, :, 3, arm] = at.y[arm][order]
        for (row, column), own in zip(((2, 2), (2, 3), (3, 3)), at.raw, strict=True):
            found[order, :, row, column] = found[order, :, column, row] = own[order]
    return found


def _fits(parts: Parts, matrix: Floats, at: Level, ratio: Floats) -> NestedFits:
    """The fits as the engine has them, in units of the residual variance."""
    k = matrix.shape[-1] - 1
    inverse: Floats = np.linalg.inv(matrix[0, :, :k, :k]).astype(float)
    coef = (inverse @ matrix[0, :, :k, k:])[..., 0]
    t = at.t
    logdet = np.stack([np.zeros_like(ratio), t[0][0] + t[1][0], t[0][1] + t[1][1]])
    absorbed = Absorbed(Jet(matrix, 1), Jet(logdet, 1))
    none = np.zeros((len(ratio), 1))
    profile = Profile(at.slope, at.slope[:, None], parts.nu, coef, inverse, at.rest[0], absorbed)
    return NestedFits(
        coef=coef,
        cov=inverse,
        variances=ratio[:, None],
        residual_variances=none + 1,
        criterion=at.slope,
        n_obs=parts.people.astype(np.intp),
        at_boundary=ratio[:, None] == 0,
        method="REML",
        to_basis=np.eye(k),
        information=information_of(profile, ratio[:, None], True),
    )
