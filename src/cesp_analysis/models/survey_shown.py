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
    several = sample.units_in > 1
    seen = true = 0.0
    for one, contrast in zip(parts, contrasts, strict=True):
        expected_of, variance_of = _of_strata(one, contrast, sample)
        seen += float(expected_of[several].sum())
        true += float(variance_of[several].sum())
    return seen / true if true > 0 else 1.0


def _of_strata(one: Regressed, contrast: Floats, sample: Sample) -> tuple[Floats, Floats]:
    """Each stratum's part (h,) in the expected square of the standard error, and in the variance.

    A record's part of a contrast is its lead times y - x coef, of which coef is bread x'w y.
    """
    fit, psu, units = one.fitted.fit, sample.psu[one.at], len(sample.stratum_of)
    root = np.sqrt(fit.weights)  # fit.x holds each row times it
    lead = root * (fit.x @ (fit.bread @ contrast))
    gram = fit.bread @ ((fit.x * fit.weights[:, None]).T @ fit.x) @ fit.bread
    norm = sums_of(psu, lead**2, units)
    crossed = sums_of(psu, (lead * root)[:, None] * fit.x, units) @ fit.bread
    left = sums_of(psu, -(lead / root)[:, None] * fit.x, units)
    strata = sample.stratum_of
    each = sums_of(strata, expected(norm, crossed, left, gram))
    held = [sums_of(strata, values) for values in (norm, crossed, left)]
    about = expected(held[0], held[1], held[2], gram) / sample.units_in
    scale = sample.units_in / np.maximum(sample.units_in - 1, 1)
    return scale * (each - about), held[0]
