"""Weighted means of a domain with their design-based intervals.

Mean: sum of w y over sum of w, linearised (linear.py), Student's t. Proportion: the interval is
that of its log odds, brought back, so that it stays within 0 and 1 (R's svyciprop, method logit).
Where nobody or everybody said so the design shows no variance: Clopper and Pearson's interval with
Kish's effective number of respondents, as the US National Center for Health Statistics has it for
such proportions (Parker et al. 2017, Vital Health Stat 2(175)).
"""

from dataclasses import dataclass
from math import exp, log

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.models.refusals import NotEstimable
from cesp_analysis.models.student import t_quantile
from cesp_analysis.models.survey_design import Sample
from cesp_analysis.models.survey_linear import Linearised, linearised

NOTHING = 1e-20
"""A variance below this part of that of a random sample is rounding: sums of zeros in 1e-16."""
LOGIT = "interval of the log odds"
EXACT = (
    "nobody or everybody: Clopper-Pearson on Kish's effective number, which does not know the"
    " neighbourhoods"
)


@dataclass(frozen=True)
class Pulled:
    """k weighted means (k,) of a domain's n answers, and how each record pulls them (n, k)."""

    estimate: Floats
    influence: Floats
    n: int
    inside: np.ndarray


@dataclass(frozen=True)
class Interval:
    """What the sampling design says of one estimate; None: nothing, see reason."""

    std_error: float | None = None
    low: float | None = None
    high: float | None = None
    how: str = ""
    reason: str = ""


def pulled(columns: Floats, weight: Floats, inside: np.ndarray) -> Pulled | None:
    """Weighted means of columns (n, k) among the records inside (n,) that have an answer; None
    without any."""
    at = np.flatnonzero(inside)
    at = at[~np.isnan(columns[at]).any(axis=1)]
    if not len(at):
        return None
    own, counted = columns[at], weight[at]
    estimate = counted @ own / counted.sum()
    influence, answered = np.zeros(columns.shape), np.zeros(len(columns), dtype=bool)
    influence[at] = counted[:, None] * (own - estimate) / counted.sum()
    answered[at] = True
    return Pulled(estimate, influence, len(at), answered)


def spread(influence: Floats, sample: Sample, inside: np.ndarray) -> Linearised | str:
    """The covariance of the estimates, or why there is none."""
    try:
        return linearised(influence, sample, inside)
    except NotEstimable as why:
        said = str(why)
        return said if said.startswith("no interval") else f"no interval: {said}"


def t_interval(estimate: float, variance: float, df: int, level: float, plain: float) -> Interval:
    """Of a mean or a difference; plain: its variance in a random sample of as many."""
    if not variance > NOTHING * plain:
        return Interval(reason="no interval: the sampling units do not differ")
    error = float(np.sqrt(variance))
    half = t_quantile(0.5 + level / 2, df) * error
    return Interval(error, estimate - half, estimate + half, "Student's t")


def proportion_interval(share: float, variance: float, df: int, level: float, n: float) -> Interval:
    """Of a proportion; n: Kish's effective number of respondents."""
    if share <= 0 or share >= 1:
        return _at_the_end(share, level, n)
    spreads = share * (1 - share)
    if not variance > NOTHING * spreads / n:
        return Interval(reason="no interval: the sampling units do not differ")
    error = float(np.sqrt(variance))
    middle, half = log(share / (1 - share)), t_quantile(0.5 + level / 2, df) * error / spreads
    return Interval(error, _logistic(middle - half), _logistic(middle + half), LOGIT)


def _logistic(x: float) -> float:
    return 1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))


def _at_the_end(share: float, level: float, n: float) -> Interval:
    far = ((1 - level) / 2) ** (1 / n)
    low, high = (0.0, 1 - far) if share <= 0 else (far, 1.0)
    return Interval(None, low, high, EXACT)


def kish_n(weight: Floats) -> float:
    """Kish's effective number of respondents: (sum of w)² over the sum of w²."""
    return float(weight.sum() ** 2 / (weight**2).sum())


def at_random(column: Floats, weight: Floats) -> float:
    """The variance of the mean of as many answers (n,) drawn at random with replacement."""
    n = len(column)
    if n < 2:
        return float("nan")
    mean = float(weight @ column / weight.sum())
    return float(weight @ (column - mean) ** 2 / weight.sum() * n / (n - 1) / n)
