"""How alike people answer twice: intraclass correlations, errors of measurement, their limits.

Sources: de Vet, Terwee, Knol & Bouter (2006), J Clin Epidemiol 59:1033-9, for the standard errors
of measurement; Bland & Altman (1999), Stat Methods Med Res 8:135-60, for the limits of agreement;
Carkeet (2015), Optom Vis Sci 92:e71-80, for their intervals.
"""

from dataclasses import dataclass
from math import isfinite, sqrt

import numpy as np

from cesp_analysis.alike import all_alike
from cesp_analysis.measurement.intraclass import Intraclass, MeanSquares, intraclass, mean_squares
from cesp_analysis.measurement.quantity import (
    LEVEL,
    Quantity,
    chi_squared_quantile,
    complete,
    without,
)
from cesp_analysis.models.student import t_interval

Z = 1.96
"""As the sources of MDC95 and of the limits of agreement have it, to two decimals."""
ALIKE = "nobody's answer differed from one occasion to the next: no error was seen"
NONE_SEEN = f"{ALIKE}, so the smallest detectable change is not known"
SHIFT_ALONE = "everybody's answers differ by the same shift: SEM and MDC95 have no interval"
LIMITS_ALIKE = "everybody's answers differ by the same: limits of agreement have no interval"
TWO_PEOPLE = "at least 3 people with both answers are needed"


@dataclass(frozen=True)
class Limits:
    """Limits of agreement of two occasions, second less first, in the outcome's unit.

    bias: mean difference; sd: of the differences; low, high: bias -+ 1.96 sd, each with its
    interval.
    """

    bias: Quantity
    sd: float | None
    low: Quantity
    high: Quantity


@dataclass(frozen=True)
class Retest:
    """What n people who answered at the same occasions say of the error of one answer.

    sem_agreement holds the shift between occasions, sem_consistency does not. mdc_person: the
    smallest change of one person beyond that error (95%); mdc_group: of the mean of a group as
    large as this one. All from sem_agreement. limits: None unless there are two occasions.
    """

    n: int
    occasions: int
    mean_squares: MeanSquares | None
    icc: Intraclass
    sem_agreement: Quantity
    sem_consistency: Quantity
    mdc_person: Quantity
    mdc_group: Quantity
    limits: Limits | None

    def mdc_of(self, people: int) -> Quantity:
        """The smallest detectable change of the mean of so many people."""
        return self.mdc_person.through(lambda mdc: mdc / sqrt(people))


def retest(answers: np.ndarray, level: float = LEVEL) -> Retest:
    """Of complete answers (n, occasions), occasions in their order."""
    answers = complete(answers, 2)
    n, k = answers.shape
    squares = mean_squares(answers) if n > 2 and k > 1 else None
    agreement, consistency = _errors(squares, level)
    mdc = detectable(agreement)
    limits = limits_of_agreement(answers[:, 0], answers[:, 1], level) if k == 2 else None
    return Retest(
        n, k, squares, intraclass(squares, level), agreement, consistency,
        mdc, mdc.through(lambda one: one / sqrt(n)), limits,
    )  # fmt: skip


def detectable(sem: Quantity) -> Quantity:
    """MDC95 of one person: 1.96 √2 SEM; none where no error was seen, which is not none."""
    if sem.value == 0:
        return without(NONE_SEEN)
    return sem.through(lambda own: Z * sqrt(2) * own)


def _errors(squares: MeanSquares | None, level: float) -> tuple[Quantity, Quantity]:
    """The standard errors of measurement of agreement and of consistency."""
    if squares is None:
        return without(TWO_PEOPLE), without(TWO_PEOPLE)
    error, df = squares.error, squares.df_error
    with_shift = error + (squares.occasions - error) / squares.n
    own = Quantity(error, method="√MSE, chi-squared interval")
    whole = Quantity(
        with_shift,
        method="√(MSE + (MSC − MSE)/n), occasions fixed, Satterthwaite's chi-squared interval",
    )
    return _root(whole, squares.df_agreement, level), _root(own, df, level)


def _root(variance: Quantity, df: float, level: float) -> Quantity:
    """The root of a variance on df degrees of freedom, with its interval."""
    value = variance.value or 0.0
    if value <= 0:
        return Quantity(0.0, method=variance.method, reason=ALIKE)
    if not isfinite(df):
        return Quantity(sqrt(value), method=variance.method, reason=SHIFT_ALONE)
    tail = (1 - level) / 2
    low = value * df / chi_squared_quantile(1 - tail, df)
    high = value * df / chi_squared_quantile(tail, df)
    return Quantity(value, low, high, variance.method).through(sqrt)


def limits_of_agreement(first: np.ndarray, second: np.ndarray, level: float = LEVEL) -> Limits:
    """Bland and Altman's limits of second less first (n,); exact intervals of normal changes."""
    from scipy.special import nctdtrit  # type: ignore[import-untyped, unused-ignore]

    tails = (1 - level) / 2, (1 + level) / 2
    change = complete(second) - complete(first)
    n = len(change)
    if n < 3:
        none = without(TWO_PEOPLE)
        return Limits(none, None, none, none)
    bias, sd = float(change.mean()), float(change.std(ddof=1))
    if all_alike(change):
        same = Quantity(bias, reason=LIMITS_ALIKE)
        return Limits(same, 0.0, same, same)
    ends = t_interval(bias, sd / sqrt(n), n - 1, level)
    mean = Quantity(bias, *ends, "mean difference, t interval")
    inner, outer = (float(nctdtrit(n - 1, Z * sqrt(n), p)) * sd / sqrt(n) for p in tails)
    how = "bias ∓ 1.96 SD, noncentral t interval"
    low = Quantity(bias - Z * sd, bias - outer, bias - inner, how)
    return Limits(mean, sd, low, Quantity(bias + Z * sd, bias + inner, bias + outer, how))
