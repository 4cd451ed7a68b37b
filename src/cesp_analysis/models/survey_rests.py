"""On how many neighbourhoods a linearised interval rests: df by which the variance is known.

Neighbourhoods − strata count all of them alike. Where one arm has few beside the other's many, or
one neighbourhood most of an arm's respondents, most of the variance is of these, and is known by
their number. The standard error's square is a quadratic form in the errors, so that with errors of
equal variance, alike by ALIKE within a neighbourhood and wave, its expectation and its df by
Satterthwaite are known from the design and the weights alone (as Bell & McCaffrey 2002, Survey
Methodology 28:169-81); the weights' margins aside.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arms import ARM_CODES
from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.link_worker_words import ICC
from cesp_analysis.models.results import Estimate
from cesp_analysis.models.student import t_quantile
from cesp_analysis.models.survey_design import Sample
from cesp_analysis.models.survey_drawn import Regressed
from cesp_analysis.models.survey_shown import Moments, moments_of
from cesp_analysis.numbers import fixed

ALIKE = ICC
"""How errors of one neighbourhood and wave are correlated: an example, no estimate. Intervals by
these df held 95% and more where they are not, or by 0.2 (docs/validation.md)."""
WHOLE = 0.995
"""Of the variance: what prints as all of it."""
MOST = 0.6
"""Of strata's variances: the part of their largest neighbourhoods that is not yet most of it."""
ONE_DIGIT = 9.95
"""Degrees of freedom below which one decimal is told."""
MANY = 200
"""As good as so many equal neighbourhoods, none of which is most of its stratum, rest on enough df:
of surveys of hundreds of sites the matrices, which take as long as the fit, are not made."""
WIDER = 1.05
"""How many times as wide an interval by these df is from which on a row says so."""


@dataclass(frozen=True)
class Rests:
    """df: of the variance, by Satterthwaite; shown: how much of it the standard error is expected
    to show; parts (p,): of each sampling unit in the estimate's variance; arm (p,): of each unit,
    -1 of those without a record here."""

    df: float
    shown: float
    parts: Floats
    arm: Codes

    def half(self, std_error: float, level: float) -> float:
        """Half of the interval by these df, of the whole variance."""
        error = std_error / float(np.sqrt(min(self.shown, 1.0)))
        return t_quantile(0.5 + level / 2, self.df) * error

    def carried(self) -> str:
        """Which neighbourhoods more than half of the variance is of, in words."""
        order = np.argsort(-self.parts, kind="stable")
        share = np.cumsum(self.parts[order]) / self.parts.sum()
        most = order[: int(np.searchsorted(share, 0.5, side="right")) + 1]
        told = []
        for arm, code in ARM_CODES:
            own, n = int((self.arm[most] == code).sum()), int((self.arm == code).sum())
            if own:
                whole = own == len(most) and 2 * own > n
                few = "the" if whole else f"{own} of the"
                told.append(f"{few} {n} neighbourhoods of the {arm} arm")
        return " and ".join(told)


def rests_of(
    parts: tuple[Regressed, ...], contrasts: tuple[Floats, ...], sample: Sample
) -> Rests | None:
    """What the standard error of a sum of contrasts (k,) rests on, each of its own regression;
    None where neighbourhoods are no sampling units, or as good as MANY.

    Strata with one sampling unit, for which a choice was made, are left out.
    """
    if sample.unit != "neighbourhood" or _many(parts, contrasts, sample):
        return None
    several = sample.units_in[sample.stratum_of] > 1
    arm = np.full(len(several), -1, dtype=np.intp)
    own = [moments_of(*each, sample, ALIKE) for each in zip(parts, contrasts, strict=True)]
    for one in parts:
        arm[sample.psu[one.at]] = one.rows.arm
    norm = np.where(several, sum(each.norm for each in own), 0.0)
    seen, products = _traces(own, norm, sample)
    if not (products > 0 and seen > 0):
        return None
    return Rests(seen**2 / products, seen / float(norm.sum()), norm, arm)


def _many(parts: tuple[Regressed, ...], contrasts: tuple[Floats, ...], sample: Sample) -> bool:
    """Whether the variance is of MANY units, and none is most of its stratum, even if answers of a
    unit were all alike."""
    if len(sample.stratum_of) < MANY:
        return False
    leads = np.zeros(len(sample.stratum_of))
    for one, contrast in zip(parts, contrasts, strict=True):
        fit = one.fitted.fit
        lead = np.abs(np.sqrt(fit.weights) * (fit.x @ (fit.bread @ contrast)))
        leads += np.bincount(sample.psu[one.at], lead, len(leads))
    squares, largest = leads**2, np.zeros(len(sample.units_in))
    np.maximum.at(largest, sample.stratum_of, squares)
    whole = float(squares.sum())
    return bool(whole**2 >= MANY * np.sum(squares**2) and largest.sum() <= MOST * whole)


def _traces(own: list[Moments], norm: Floats, sample: Sample) -> tuple[float, float]:
    """tr(AC) and tr(ACAC): C the totals' covariance (p, p), A what makes the standard error's
    square of them. C is a diagonal and a few columns: no matrix of units by units is formed."""
    strata, n = sample.stratum_of, sample.units_in
    scale = np.where(n > 1, n / np.maximum(n - 1, 1), 0.0)
    u = np.hstack([side for one in own for side in (one.crossed, one.left)])
    link, at = np.zeros((u.shape[1], u.shape[1])), 0
    for one in own:
        k = len(one.gram)
        first, second = slice(at, at + k), slice(at + k, at + 2 * k)
        link[first, second] = link[second, first] = np.eye(k)
        link[second, second] = one.gram
        at += 2 * k
    means = np.column_stack([np.bincount(strata, column) for column in u.T]) / n[:, None]
    apart = (u - means[strata]) * scale[strata][:, None]
    total, squares = np.bincount(strata, norm), np.bincount(strata, norm**2)
    low = link @ (u.T @ apart)
    seen = float(np.sum(scale * total * (1 - 1 / n)) + np.trace(low))
    alone = float(np.sum(scale**2 * (squares - 2 * squares / n + (total / n) ** 2)))
    mixed = float(np.sum(link * (apart.T @ (apart * norm[:, None]))))
    return seen, alone + 2 * mixed + float(np.sum(low * low.T))


def rests_in_words(rests: Rests | None, row: Estimate, decimals: int) -> str:
    """A sentence where an interval by the df of the variance is wider than the row's by more than
    one part in twenty; '' elsewhere."""
    if rests is None or row.estimate is None or row.df is None or not row.std_error:
        return ""
    half = rests.half(row.std_error, row.ci_level)
    if not half > WIDER * t_quantile(0.5 + row.ci_level / 2, row.df) * row.std_error:
        return ""
    low, high = (fixed(row.estimate + side * half, decimals) for side in (-1, 1))
    told = []
    if rests.df < row.df:
        about = f"{rests.df:.1f}" if rests.df < ONE_DIGIT else f"{rests.df:.0f}"
        told.append(f"rests on about {about} degrees of freedom, not {row.df:.0f}")
    if rests.shown < WHOLE:
        told.append(f"is expected to show {rests.shown:.0%} of the variance")
    return (
        f"more than half of this estimate's variance is of {rests.carried()}, so that its standard"
        f" error {' and '.join(told)} (answers taken as alike within neighbourhoods: an intraclass"
        f" correlation of {ALIKE}); by these the interval is {low} to {high}, and that of this row"
        " is too narrow"
    )
