"""The SD for planning a trial, with an upper limit that is rarely too small.

Source: Browne (1995), Stat Med 14:1933-40: plan with the upper limit of a one-sided interval of the
pilot's SD, at 80%, so that four of five trials are large enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from cesp_analysis.alike import all_alike
from cesp_analysis.measurement.quantity import chi_squared_quantile, complete

BROWNE = 0.80


@dataclass(frozen=True)
class Spread:
    """An SD on df degrees of freedom from n people in so many groups, in the outcome's unit.

    upper: one-sided limit of confidence `level`. reason: why there is no SD.
    """

    sd: float | None
    upper: float | None
    df: int
    n: int
    groups: int
    level: float
    reason: str | None = None


def browne_factor(df: int, level: float = BROWNE) -> float:
    """What an SD on df degrees of freedom is multiplied by for its upper limit."""
    return sqrt(df / chi_squared_quantile(1 - level, df))


def spread(groups: Sequence[np.ndarray], level: float = BROWNE) -> Spread:
    """The SD within groups, pooled, with its upper limit; one group: its SD. Empty ones drop out.

    Groups are what the trial will compare (the sites), each an array (n_g,) of complete values.
    """
    own = [complete(group) for group in groups if len(group)]
    n = sum(len(group) for group in own)
    df = n - len(own)
    if df < 1:
        return Spread(None, None, max(df, 0), n, len(own), level, "no group has two values")
    squares = sum(float(((group - group.mean()) ** 2).sum()) for group in own)
    if all(all_alike(group) for group in own):
        return Spread(None, None, df, n, len(own), level, "all values are the same")
    sd = sqrt(squares / df)
    return Spread(sd, sd * browne_factor(df, level), df, n, len(own), level)
