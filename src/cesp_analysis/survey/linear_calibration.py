"""Linear calibration: the least change of base weights, by chi-squared distance, to meet margins.

Deville & Särndal (1992, J Am Stat Assoc 87:376-382), case 1, the weights of the generalised
regression estimator: w = d (1 + x'λ), in one step. Some may be below 0.
"""

import numpy as np

from cesp_analysis.survey.cells import Cells
from cesp_analysis.survey.raking import Factors

SINGULAR = 1e-10
"""Relative size at which a direction of the cross-products counts as none: margins that say one
thing twice. Their totals are met or missed, which `miss` says."""


def calibrated(cells: Cells, base: np.ndarray, population: float) -> Factors:
    """Calibrate base weights (r, cells) linearly to a population; many replicates at once."""
    x = cells.indicators
    scaled = base * (population / base.sum(axis=1, keepdims=True))
    cross = np.matmul(x.T, scaled[:, :, None] * x)
    lacking = cells.wanted(base, population) - scaled @ x
    inverse = np.linalg.pinv(cross, rcond=SINGULAR, hermitian=True)
    slope = np.einsum("rpq,rq->rp", inverse, lacking)
    rest = lacking - np.einsum("rpq,rq->rp", cross, slope)  # what rounding left
    slope += np.einsum("rpq,rq->rp", inverse, rest)
    factor = (1 + slope @ x.T) * (population / base.sum(axis=1, keepdims=True))
    return Factors(factor, 1, cells.miss(base, base * factor, population))
