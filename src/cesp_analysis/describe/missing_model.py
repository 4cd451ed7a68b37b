"""A logistic model of who has no answer, told as average differences in probability; no tests.

A number's difference is by one SD, half below and half above each person's value, a category's
against the reference; each person's other values stay, and the differences are averaged. Intervals
by the delta method from the inverse information, the people's values taken as given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from cesp_analysis.arrays import Floats
from cesp_analysis.describe.answering import NOT_IN
from cesp_analysis.describe.missing_compared import Compared
from cesp_analysis.models.glm_engine import GlmFit, fit_glm
from cesp_analysis.models.glm_families import FAMILIES
from cesp_analysis.models.refusals import Collinear, NotEstimable
from cesp_analysis.models.separation import Separated
from cesp_analysis.numbers import counted, listed

EVENTS = 5
"""Of the rarer kind (answered or not) for each coefficient: with 5 to 9 problems are uncommon
(Vittinghoff and McCulloch 2007, Am J Epidemiol 165:710-718)."""
ALIKE = "the same for everybody in the model"
Average = tuple[float, float, float]
"""A difference in probability and its interval."""


@dataclass(frozen=True)
class Modelled:
    """A model of who has no answer: n people, events without; by position in what was compared the
    average differences, or why there is none."""

    n: int
    events: int
    averages: dict[int, Average]
    reasons: dict[int, str]


def modelled(gone: NDArray[np.bool_], columns: Sequence[Compared], ci_level: float) -> Modelled:
    """gone (people,): without an answer. People who lack a value of what enters are left out, and
    those of a category of whom all answered or nobody, whose coefficient has no finite value: the
    others' are what they are in the limit."""
    reasons = {at: NOT_IN for at, own in enumerate(columns) if not own.enters}
    entering = [at for at, own in enumerate(columns) if own.enters]
    known = np.ones(len(gone), dtype=bool)
    for at in entering:
        known &= ~np.isnan(columns[at].values)
    if not _fault(int(known.sum()), int(gone[known].sum()), 1):
        told, known = _set_aside(gone, columns, entering, known)
        reasons |= told
    kept = [at for at in entering if known.any() and np.ptp(columns[at].values[known]) > 0]
    reasons |= {at: reasons.get(at, ALIKE) for at in entering if at not in kept}
    kept, repeated = _once(columns, kept, known)
    reasons |= repeated
    y = gone[known].astype(float)
    n, events = len(y), int(y.sum())
    fault = _fault(n, events, len(kept))
    if fault or not kept:
        return Modelled(n, events, {}, reasons | dict.fromkeys(kept, fault))
    own = [columns[at] for at in kept]
    x = np.column_stack([np.ones(n), *(one.values[known] for one in own)])
    try:
        fit = fit_glm(FAMILIES["binomial"], y, x)
    except NotEstimable as error:
        return Modelled(n, events, {}, reasons | dict.fromkeys(kept, _why(error, own)))
    averages = dict(zip(kept, averaged(fit, x, own, ci_level), strict=True))
    return Modelled(n, events, averages, reasons)


def _set_aside(
    gone: NDArray[np.bool_],
    columns: Sequence[Compared],
    entering: Sequence[int],
    known: NDArray[np.bool_],
) -> tuple[dict[int, str], NDArray[np.bool_]]:
    """Categories of whom all answered or nobody, with the reason; who of `known` (n,) is left."""
    told: dict[int, str] = {}
    for at in entering:
        here = known & (columns[at].values == 1)
        if columns[at].share and 0 < here.sum() < known.sum() and len(set(gone[here])) == 1:
            who, what = int(here.sum()), "none" if gone[here].any() else "all"
            told[at] = (
                f"separation: of {counted(who, 'person', 'people')} with {columns[at].label} {what}"
                " answered; no finite coefficient, and they are not in the model"
            )
            known = known & ~here
    return told, known


def _once(
    columns: Sequence[Compared], kept: Sequence[int], known: NDArray[np.bool_]
) -> tuple[list[int], dict[int, str]]:
    """Those that repeat none before them (an outcome at the first time may be a covariate too),
    and why the others are not in the model."""
    found: list[int] = []
    reasons: dict[int, str] = {}
    for at in kept:
        own = columns[at].values[known]
        same = [k for k in found if np.array_equal(columns[k].values[known], own)]
        if same:
            reasons[at] = f"it is {columns[same[0]].label}, which is in the model"
        else:
            found.append(at)
    return found, reasons


def _fault(n: int, events: int, columns: int) -> str:
    """Why there is no model, in words; blank: there is one."""
    if n == 0:
        return "nobody has a value of everything in the model"
    if events in (0, n):
        return f"of {n} people in the model {'all' if events == 0 else 'none'} answered"
    fewest = min(events, n - events)
    if fewest < EVENTS * columns:
        kind = "without" if events == fewest else "with"
        return (
            f"{fewest} people {kind} an answer of {n} in the model, where"
            f" {counted(columns, 'coefficient asks', 'coefficients ask')} for {EVENTS * columns}"
        )
    return ""


def _why(error: NotEstimable, own: Sequence[Compared]) -> str:
    """In words that name what the model has."""
    if isinstance(error, Separated):
        named = listed([own[at - 1].label for at in error.columns if at > 0])
        return f"separation: {named} tell some people with an answer from those without exactly"
    if isinstance(error, Collinear):
        named = listed([own[at - 1].label for at in error.columns if at > 0])
        return f"{named} can be computed from what else is in the model"
    return str(error)


def averaged(fit: GlmFit, x: Floats, own: Sequence[Compared], ci_level: float) -> list[Average]:
    """The average difference in probability by each column of x (n, 1 + len(own))."""
    covariance = fit.whitened.bread
    reach = NormalDist().inv_cdf((1 + ci_level) / 2)
    found = []
    for at, one in enumerate(own, start=1):
        low, high = x.copy(), x.copy()
        if one.share:  # against the reference: the other categories of the same are not there
            same = [k for k, o in enumerate(own, start=1) if o.variable == one.variable]
            low[:, same] = high[:, same] = 0.0
            high[:, at] = 1.0
        else:
            step = x[:, at].std(ddof=1)
            low[:, at] -= step / 2
            high[:, at] += step / 2
        (p0, g0), (p1, g1) = _mean(fit, low), _mean(fit, high)
        slope = g1 - g0
        half = reach * float(np.sqrt(slope @ covariance @ slope))
        found.append((p1 - p0, p1 - p0 - half, p1 - p0 + half))
    return found


def _mean(fit: GlmFit, x: Floats) -> tuple[float, Floats]:
    """The mean probability of rows x (n, k), and its derivatives (k,)."""
    eta = x @ fit.coef
    return float(fit.family.mean(eta).mean()), np.asarray(fit.family.slope(eta) @ x) / len(x)
