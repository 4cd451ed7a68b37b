"""Whether two regressions have one design: then one factorisation does for both."""

from dataclasses import replace

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.models.least_squares import (
    LeastSquares,
    refuse_constant,
    sum_of_squares,
    within_units,
)


def same_design(fit: LeastSquares, y: Floats) -> LeastSquares:
    """The fit of other outcomes y (n_obs,) of the rows that took part, by the same design.

    Raises NotEstimable where nothing varies.
    """
    root_w = np.sqrt(fit.weights)
    column = np.asarray(y, dtype=np.float64)[:, None]
    own = within_units(column, fit.weights, fit.units)[:, 0] * root_w
    refuse_constant(own / root_w, y, fit.units)
    coef = np.asarray(np.linalg.solve(fit.root, fit.basis.T @ own), dtype=np.float64)
    residual = own - fit.x @ coef
    whole = sum_of_squares(y, fit.weights, fit.basis.T @ root_w, fit.units)
    return replace(
        fit,
        coef=coef,
        residuals=residual / root_w,
        kept=np.ones(fit.n_obs, dtype=bool),
        outcome=y,
        r_squared=1 - float(residual @ residual) / whole,
        residual_variance=float(residual @ residual) / (fit.n_obs - fit.n_parameters),
        outcome_size=float(np.max(np.abs(y))),
        factor=fit.basis,
    )
