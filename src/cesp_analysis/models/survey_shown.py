"""What a linearised standard error is expected to show of an estimate's variance.

Errors independent, of equal variance; the weights' margins, which take some of them away, aside.
A residual is smaller than its error: of a respondent, or a neighbourhood, that carries most of the
weight of an arm and wave by nearly all of it, and the design's df do not make up for that.
"""

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.models.linear_parts import expected, sums_of
from cesp_analysis.models.survey_design import Sample
from cesp_analysis.models.survey_drawn import Regressed


def shown_of(parts: tuple[Regressed, ...], contrasts: tuple[Floats, ...], sample: Sample) -> float:
    """Of the sum of contrasts (k,), each of its own regression of respondents of its own.

    Strata with one sampling unit, for which a choice was made, are left out of both variances.
    """
    units, strata = len(sample.stratum_of), len(sample.units_in)
    several = sample.units_in > 1
    seen = true = 0.0
    for one, contrast in zip(parts, contrasts, strict=True):
        fit, psu = one.fitted.fit, sample.psu[one.at]
        # a coefficient's pull: bread x'w (y - x coef), of which x stands here times the root of w
        lead = np.sqrt(fit.weights) * (fit.x @ (fit.bread @ contrast))
        spread = fit.bread @ ((fit.x * fit.weights[:, None]).T @ fit.x) @ fit.bread
        root = np.sqrt(fit.weights)
        sums = [
            sums_of(psu, values, units)
            for values in (
                lead**2,
                (lead * root)[:, None] * fit.x,
                -(lead / root)[:, None] * fit.x,
            )
        ]
        sums[1] = sums[1] @ fit.bread
        squares = expected(*sums, spread)
        together = [sums_of(sample.stratum_of, one, strata) for one in sums]
        about = expected(*together, spread) / sample.units_in
        scale = sample.units_in[several] / (sample.units_in[several] - 1)
        within = sums_of(sample.stratum_of, squares, strata) - about
        seen += float(np.sum(scale * within[several]))
        true += float(np.sum(sums_of(sample.stratum_of, sums[0], strata)[several]))
    return seen / true if true > 0 else 1.0
