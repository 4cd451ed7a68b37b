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


def shown_alike(fit: GlmFit, gradient: Floats, codes: Codes) -> tuple[float, float]:
    """Of the variance of what has this gradient (k,), were all records' the same: how much clusters
    0..g-1 (n,) show of it without factors; and which part of it the working model takes it to be,
    that of records being the mean of those fitted."""
    white, root = fit.whitened, np.sqrt(fit.whitened.weights)
    taken = root * (white.basis @ np.linalg.solve(white.root.T, gradient))
    lead = taken / fit.spread
    parts = LinearParts(
        lead,
        lead,
        -(lead * fit.spread / root)[:, None] * white.basis,
        (root / fit.spread)[:, None] * white.basis,
    )
    alike = parts.variance * float(np.mean(fit.spread**2))
    shown = float(parts.squares(codes).sum()) / parts.variance
    return shown, float(taken @ taken) / alike
