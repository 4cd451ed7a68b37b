"""What a linearised standard error is expected to show of an estimate's variance.

Errors independent, of equal variance; the weights' margins, which take some of them away, aside.
A residual is smaller than its error: of a respondent, or a neighbourhood, that carries most of the
weight of an arm and wave by nearly all of it, and the design's df do not make up for that.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.models.linear_parts import expected, sums_of
from cesp_analysis.models.survey_design import Sample
from cesp_analysis.models.survey_drawn import Regressed


@dataclass(frozen=True)
class Moments:
    """Of p sampling units' totals of a contrast, by the model's residuals: with errors of variance
    1 their covariance is diag(norm) + crossed left' + left crossed' + left gram left'.

    norm (p,): of the units' own errors, whose sum is the estimate's variance; left (p, k): what of
    the k coefficients' error each total takes off; crossed (p, k), gram (k, k): of that error.
    """

    norm: Floats
    crossed: Floats
    left: Floats
    gram: Floats


def moments_of(one: Regressed, contrast: Floats, sample: Sample, alike: float = 0.0) -> Moments:
    """What totals of a contrast (k,) vary by; alike: the correlation of errors that share a
    sampling unit and a wave.

    A record's part of a contrast is its lead times y - x coef, of which coef is bread x'w y.
    """
    fit, psu, units = one.fitted.fit, sample.psu[one.at], len(sample.stratum_of)
    root = np.sqrt(fit.weights)  # fit.x holds each row times it
    lead, weighed = root * (fit.x @ (fit.bread @ contrast)), root[:, None] * fit.x
    left = sums_of(psu, -(lead / root)[:, None] * fit.x, units)
    sums = [(1 - alike, psu, lead, weighed)]
    if alike:
        times = int(one.rows.time.max()) + 1
        shared, code = np.unique(psu * times + one.rows.time, return_inverse=True)
        sums.append((alike, shared // times, sums_of(code, lead), sums_of(code, weighed)))
    return Moments(
        np.asarray(sum(part * sums_of(unit, own**2, units) for part, unit, own, _ in sums)),
        np.asarray(
            sum(part * sums_of(unit, own[:, None] * x, units) for part, unit, own, x in sums)
            @ fit.bread
        ),
        left,
        np.asarray(fit.bread @ sum(part * (x.T @ x) for part, _, _, x in sums) @ fit.bread),
    )


def shown_of(parts: tuple[Regressed, ...], contrasts: tuple[Floats, ...], sample: Sample) -> float:
    """Of the sum of contrasts (k,), each of its own regression of respondents of its own.

    Strata with one sampling unit, for which a choice was made, are left out of both variances.
    """
    several = sample.units_in > 1
    seen = true = 0.0
    for one, contrast in zip(parts, contrasts, strict=True):
        expected_of, variance_of = _of_strata(moments_of(one, contrast, sample), sample)
        seen += float(expected_of[several].sum())
        true += float(variance_of[several].sum())
    return seen / true if true > 0 else 1.0


def _of_strata(own: Moments, sample: Sample) -> tuple[Floats, Floats]:
    """Each stratum's part (h,) in the squared standard error, as expected, and the variance."""
    strata = sample.stratum_of
    each = sums_of(strata, expected(own.norm, own.crossed, own.left, own.gram))
    norm, crossed, left = (sums_of(strata, each) for each in (own.norm, own.crossed, own.left))
    about = expected(norm, crossed, left, own.gram) / sample.units_in
    scale = sample.units_in / np.maximum(sample.units_in - 1, 1)
    return scale * (each - about), norm
