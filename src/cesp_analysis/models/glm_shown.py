"""What a generalised linear model's sandwich would show were all records' variances the same.

The working model has the variance that the family gives each fitted mean. Where one record carries
an arm's weight at a time, the fitted mean is that record's answer: of a binary one 0 or 1, of a
count of none 0, and the working model takes its variance to be none, so that neither the shown
share nor the degrees of freedom by the working model know of it. Outcomes of equal variance do.
"""

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.glm_engine import GlmFit
from cesp_analysis.models.linear_parts import LinearParts


def shown_alike(fit: GlmFit, gradient: Floats, codes: Codes) -> float:
    """Of the variance of what has this gradient (k,), for clusters 0..g-1 (n,), without factors."""
    white, root = fit.whitened, np.sqrt(fit.whitened.weights)
    lead = root * (white.basis @ np.linalg.solve(white.root.T, gradient)) / fit.spread
    parts = LinearParts(
        lead,
        lead,
        -(lead * fit.spread / root)[:, None] * white.basis,
        (root / fit.spread)[:, None] * white.basis,
    )
    return float(parts.squares(codes).sum()) / parts.variance
