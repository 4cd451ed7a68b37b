"""Intraclass correlation of pairs of ratings, where people may be rated more than once.

Everybody once: the exact or approximate F intervals of measurement/intraclass.py. Otherwise the
jackknife over people, whose ratings at several occasions are then no independent pairs (Miller
1974, Biometrika 61:1-15), on Fisher's scale.
"""

from math import atanh, sqrt, tanh
from typing import Literal

import numpy as np

from cesp_analysis.measurement.intraclass import intraclass, mean_squares
from cesp_analysis.measurement.quantity import LEVEL, Quantity, without
from cesp_analysis.models.student import t_quantile

Form = Literal["one_way", "agreement"]
NAMES: dict[Form, str] = {"one_way": "ICC(1)", "agreement": "ICC(A,1)"}
FEWEST = 3
TOO_FEW = "fewer than 3 people have two ratings to compare"


def pair_icc(
    first: np.ndarray,
    second: np.ndarray,
    people: np.ndarray,
    form: Form,
    level: float = LEVEL,
) -> Quantity:
    """Of ratings (n,) of people (n,) by two raters.

    one_way: pairs are of any raters (ICC(1)); agreement: all first ones are of one rater, all
    second of another, and a shift between them is disagreement (ICC(A,1)).
    """
    who = np.unique(people, return_inverse=True)[1]
    count = int(who.max()) + 1 if len(who) else 0
    if count < FEWEST:
        return without(TOO_FEW)
    both = np.column_stack([first, second]).astype(float)
    exact = getattr(intraclass(mean_squares(both), level), form)
    if count == len(who) or exact.value is None or exact.low is None:
        return Quantity(exact.value, exact.low, exact.high, exact.method, exact.reason)
    return _jackknifed(both - both.mean(), who, exact.value, form, level)


def _jackknifed(
    both: np.ndarray, who: np.ndarray, value: float, form: Form, level: float
) -> Quantity:
    """The interval from leaving out one person after the other."""
    x, y = both.T
    parts = np.column_stack([np.ones(len(x)), x, y, x * x, y * y, x * y])
    by_person = np.array([np.bincount(who, part) for part in parts.T]).T
    left = _from_sums(by_person.sum(axis=0) - by_person, form)
    n, method = len(left), f"{NAMES[form]}, jackknife over people on Fisher's scale"
    if not np.isfinite(left).all() or np.abs(left).max() >= 1:
        reason = "without one of the people nothing varies: no interval"
        return Quantity(value, method=method, reason=reason)
    scale = np.arctanh(left)
    error = sqrt((n - 1) / n * float(((scale - scale.mean()) ** 2).sum()))
    half = t_quantile(0.5 + level / 2, n - 1) * error if error > 0 else 0.0
    middle = atanh(value)
    return Quantity(value, tanh(middle - half), tanh(middle + half), method)


def _from_sums(sums: np.ndarray, form: Form) -> np.ndarray:
    """The correlation from sums (m, 6) of 1, x, y, x², y², xy of pairs."""
    n, x, y, xx, yy, xy = sums.T
    with np.errstate(divide="ignore", invalid="ignore"):
        of_x, of_y, of_both = xx - x * x / n, yy - y * y / n, xy - x * y / n
        people = (of_x + of_y + 2 * of_both) / 2 / (n - 1)
        error_sum = (of_x + of_y - 2 * of_both) / 2
        raters = (x - y) ** 2 / (2 * n)
        if form == "one_way":
            within = (raters + error_sum) / n
            return np.asarray((people - within) / (people + within))
        error = error_sum / (n - 1)
        return np.asarray((people - error) / (people + error + 2 / n * (raters - error)))
