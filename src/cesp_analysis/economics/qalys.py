"""QALYs as the integral of each person's utilities: what each utility counts in it.

Between two answers utility is a straight line (trapezoids), at the dates of the answers; after the
last one it stays as it was until the end of follow-up; towards a death it falls to 0 in a straight
line from the last answer before, and stays there. What lies beyond the first year is discounted by
whole years (NICE, PMG36, 2022, section 4.5). Sources: Manca, Hawkins & Sculpher 2005, Health Econ
14:487-96; Glick et al. 2014, Economic Evaluation in Clinical Trials, ch. 4.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.economics.lived import ends
from cesp_analysis.numbers import counted


def utility_weights(
    at: Floats, planned: Sequence[float], died: Floats, horizon: float, discount: float
) -> Floats:
    """Weights (n, t): a person's QALYs until the horizon are the sum of weight × utility.

    at (n, t): years since the start at which each utility was given, NaN where it was not: then it
    stands for its planned place (t,), or at that of an answer beside it which was later or earlier
    than this; the first is 0. died (n,): years, NaN for the living. The weight of a time after a
    death is 0.
    """
    place = _placed(at, np.asarray(planned, dtype=float))
    end = ends(died)
    found = np.zeros(place.shape)
    for k in range(place.shape[1] - 1):
        start, stop = place[:, k], place[:, k + 1]
        here = _falling(start, np.minimum(stop, end), horizon, discount)
        found[:, k] += np.where(end > start, here, 0.0)
        found[:, k + 1] += np.where(end > stop, _rising(start, stop, horizon, discount), 0.0)
    last = place[:, -1]
    stays = _level(last, np.full(len(last), horizon), horizon, discount)
    falls = _falling(last, np.where(np.isinf(end), last, end), horizon, discount)
    found[:, -1] += np.where(np.isinf(end), stays, np.where(end > last, falls, 0.0))
    return found


def after_death(weights: Floats, utility: Floats, died: Floats) -> Iterator[str]:
    """What is said of utilities (n, t) that are known and count nothing, since their people had
    died by then; weights (n, t): see utility_weights; died (n,): NaN of the living."""
    gone = np.isfinite(utility) & (weights == 0) & np.isfinite(died)[:, None]
    if n := int(gone.sum()):
        yield (
            f"utilities of {counted(n, 'answer')} dated no earlier than the person's death (without"
            " a date: of a time that is not) are not used: one of the two dates is probably wrong;"
            " see after_death in data_problems.csv and correct it (data/raw/CORRECTIONS.yaml)"
        )


def _placed(at: Floats, planned: Floats) -> Floats:
    """Where each utility stands (n, t), in order, so that no time counts twice."""
    known = np.where(np.isnan(at), -np.inf, at)
    known[:, 0] = 0.0
    before = np.maximum.accumulate(known, axis=1)
    after = np.minimum.accumulate(np.where(np.isinf(known), np.inf, known)[:, ::-1], axis=1)
    return np.where(np.isinf(known), np.clip(planned, before, after[:, ::-1]), known)


def duration(horizon: float, discount: float) -> float:
    """Discounted years until the horizon: the QALYs of a utility of 1."""
    return float(_level(np.zeros(1), np.full(1, horizon), horizon, discount)[0])


def cost_weights(planned: Sequence[float], discount: float) -> Floats:
    """Weights (t,) of the costs before each time, spread evenly over the time between; the first,
    from before the study, counts 0."""
    return np.asarray(lived_weights(planned, discount, np.array([np.inf]))[0])


def lived_weights(planned: Sequence[float], discount: float, end: Floats) -> Floats:
    """The same (n, t) of people who lived until `end` (n,), infinite for the living."""
    place = np.asarray(planned, dtype=float) - planned[0]
    found = np.zeros((len(end), len(place)))
    for k, (start, stop) in enumerate(pairwise(place), start=1):
        lived = _level(np.full(len(end), start), np.minimum(stop, end), stop, discount)
        found[:, k] = lived / (stop - start)
    return found


def _pieces(horizon: float) -> Iterator[tuple[float, float, int]]:
    """Years of follow-up: from, to, how often it is discounted."""
    year = 0
    while year < horizon:
        yield float(year), min(year + 1.0, horizon), year
        year += 1


def _level(start: Floats, stop: Floats, horizon: float, discount: float) -> Floats:
    """Discounted length of [start, stop] within the horizon."""
    found = np.zeros(len(start))
    for a, b, year in _pieces(horizon):
        length = np.clip(np.minimum(stop, b) - np.maximum(start, a), 0.0, None)
        found += length / (1 + discount) ** year
    return found


def _rising(start: Floats, stop: Floats, horizon: float, discount: float) -> Floats:
    """Discounted integral over [start, stop] of a line from 0 to 1, within the horizon."""
    length = stop - start
    found = np.zeros(len(start))
    for a, b, year in _pieces(horizon):
        low, high = np.maximum(start, a), np.minimum(stop, b)
        inside = np.clip(high - low, 0.0, None)
        middle = ((low + high) / 2 - start) / np.where(length > 0, length, 1.0)
        found += np.where(length > 0, inside * middle, 0.0) / (1 + discount) ** year
    return found


def _falling(start: Floats, stop: Floats, horizon: float, discount: float) -> Floats:
    """The same of a line from 1 to 0."""
    return _level(start, stop, horizon, discount) - _rising(start, stop, horizon, discount)


def of_periods(values: Floats, years: Sequence[float], discount: float, died: Floats) -> Floats:
    """The discounted sum (n,) of £ (n, t) before each time, of those that began before a death."""
    begun = ends(died)[:, None] > np.append(np.inf, years[:-1])
    return np.asarray(np.where(begun, values * cost_weights(years, discount), 0.0).sum(axis=1))


def of_the_lived(died: Floats, horizon: float, gaps: np.ndarray) -> Floats:
    """What a total of the follow-up counts (n,): of the dead of whom it is imputed, as of people
    who lived, the share of it that they lived."""
    share = np.clip(np.where(np.isnan(died), horizon, died) / horizon, 0.0, 1.0)
    return np.where(gaps, share, 1.0)
