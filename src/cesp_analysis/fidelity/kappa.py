"""Cohen's kappa of two raters, plain and weighted, where people may be rated more than once.

Sources: Cohen (1960), Educ Psychol Meas 20:37-46, and (1968), Psychol Bull 70:213-20, for kappa and
its weights; Scott (1955), Public Opin Q 19:321-5, where raters are interchangeable; Fleiss, Cohen &
Everitt (1969), Psychol Bull 72:323-7, for the standard error, of which the one here is the
linearised form: with everybody rated once they are the same but for the factor n / (n - 1).
"""

from dataclasses import dataclass
from math import exp, sqrt
from typing import Literal

import numpy as np

from cesp_analysis.measurement.quantity import LEVEL, Quantity, without
from cesp_analysis.measurement.two_raters import disagreement
from cesp_analysis.models.student import t_quantile

Weights = Literal["none", "linear", "quadratic"]
FEWEST = 3
"""People below whom a standard error between people says nothing."""
TOO_FEW = "fewer than 3 people have two ratings to compare"
ONE_CATEGORY = "both raters used one category, the same: agreement beyond chance is 0 / 0"
PERFECT = "perfect agreement: no error to make an interval of"


@dataclass(frozen=True)
class Kappa:
    """Agreement beyond chance of n pairs of ratings of `people` people.

    value: kappa with its interval; std_error: linearised, None where there is none;
    observed, expected: (weighted) shares of agreement.
    """

    value: Quantity
    std_error: float | None
    observed: float
    expected: float
    n: int
    people: int


def agreement_weights(categories: int, weights: Weights) -> np.ndarray:
    """How far two categories agree, (k, k): 1 on the diagonal; 0 at the ends if weighted."""
    apart = np.abs(np.subtract.outer(np.arange(categories), np.arange(categories)))
    if weights == "none" or categories == 1:
        return np.asarray(apart == 0, dtype=float)
    relative = apart / (categories - 1)
    return np.asarray(1 - (relative if weights == "linear" else relative**2))


def kappa(
    first: np.ndarray,
    second: np.ndarray,
    categories: int,
    people: np.ndarray,
    weights: Weights = "none",
    interchangeable: bool = False,
    level: float = LEVEL,
) -> Kappa:
    """Of ratings (n,), codes 0 to categories - 1, of people (n,).

    interchangeable: it does not matter who of a pair stands first, as where several raters share
    the work; chance agreement then comes from all ratings together. The interval is Student's t
    with people - 1 df on the scale of log(1 - kappa), on which kappa stays below 1, its standard
    error there that of the jackknife over people: of 15 to 25 people it holds the truth as often as
    it says, which the linearised one does not (docs/validation.md).
    """
    n, who = len(first), np.unique(people, return_inverse=True)[1]
    count = int(who.max()) + 1 if n else 0
    if count < FEWEST:
        return Kappa(without(TOO_FEW), None, np.nan, np.nan, n, count)
    agree = agreement_weights(categories, weights)
    one, two = _margins(first, second, categories, interchangeable)
    observed, expected = float(agree[first, second].mean()), float(one @ agree @ two)
    if expected >= 1 - 1e-12:
        return Kappa(without(ONE_CATEGORY), None, observed, expected, n, count)
    value = (observed - expected) / (1 - expected)
    method = _method(weights, interchangeable)
    if observed >= 1 - 1e-12:
        perfect = Quantity(1.0, method=method, reason=PERFECT)
        return Kappa(perfect, None, observed, expected, n, count)
    chance = (agree @ two)[first] + (agree @ one)[second]
    own = (agree[first, second] - observed) * (1 - expected)
    influence = (own - (1 - observed) * (chance - 2 * expected)) / (1 - expected) ** 2
    sums = np.bincount(who, influence) / n
    error = sqrt(count / (count - 1) * float(sums @ sums))
    if error <= 1e-12:
        flat = Quantity(value, method=method, reason=_flat(first, second))
        return Kappa(flat, None, observed, expected, n, count)
    left = _without_one(first, second, who, agree, interchangeable)
    low, high, how = _limits(value, error, left, level)
    interval = Quantity(value, low, high, f"{method}; {how}")
    return Kappa(interval, error, observed, expected, n, count)


def _without_one(
    first: np.ndarray, second: np.ndarray, who: np.ndarray, agree: np.ndarray, either: bool
) -> np.ndarray:
    """Disagreement over what chance gives, 1 - kappa, without one person after the other."""
    people, k = int(who.max()) + 1, len(agree)
    tables = np.zeros((people, k * k))
    np.add.at(tables, (who, first * k + second), 1.0)
    shares = (tables.sum(axis=0) - tables).reshape(people, k, k)
    shares /= shares.sum(axis=(1, 2))[:, None, None]
    if either:
        shares = (shares + shares.transpose(0, 2, 1)) / 2
    apart, by_chance = disagreement(shares, 1 - agree)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(apart / by_chance)


def _margins(
    first: np.ndarray, second: np.ndarray, categories: int, interchangeable: bool
) -> tuple[np.ndarray, np.ndarray]:
    """How often each of the two used each category, as shares; the same if interchangeable."""
    one = np.bincount(first, minlength=categories) / len(first)
    two = np.bincount(second, minlength=categories) / len(second)
    both = (one + two) / 2
    return (both, both) if interchangeable else (one, two)


def _flat(first: np.ndarray, second: np.ndarray) -> str:
    """Why kappa has no error: a rater who gives everyone the same agrees by chance alone."""
    if len(set(first.tolist())) == 1 or len(set(second.tolist())) == 1:
        return "one of the raters used one category alone: kappa is 0, whatever they agree on"
    return "ratings of all people are as far apart: no error to make an interval of"


def _limits(value: float, error: float, left: np.ndarray, level: float) -> tuple[float, float, str]:
    """Both limits from the jackknife of log(1 - kappa), or where it is not finite linearised."""
    people, how = len(left), "jackknife over people, t on the log of 1 − kappa"
    if np.isfinite(left).all() and left.min() > 0:
        log = np.log(left)
        scale = sqrt((people - 1) / people * float(((log - log.mean()) ** 2).sum()))
    else:
        scale, how = error / (1 - value), "linearised, t on the log of 1 − kappa"
    half = t_quantile(0.5 + level / 2, people - 1) * scale
    return 1 - (1 - value) * exp(half), 1 - (1 - value) * exp(-half), how


def _method(weights: Weights, interchangeable: bool) -> str:
    name = "Scott's" if interchangeable else "Cohen's"
    return f"{name} kappa" if weights == "none" else f"{name} kappa, {weights} weights"
