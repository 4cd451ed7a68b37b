"""Questions that one wave seems to ask the other way round.

A question is held against the others of its group (the items of its instrument; instruments and
single questions against each other). The others are weighed as the other waves say they go
together, so that what a wave itself says by chance does not choose its own yardstick; in those
waves the question's correlation with this composite has a sign. A wave whose correlation has the
other one is named, if both lie more than FAR standard errors (1/sqrt(n - 3), Fisher) from zero:
where a question goes with nothing, there is no sign to turn, and nothing is said.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cesp_analysis.arrays import Floats

FAR = 4.0
"""Standard errors of a correlation beyond which its sign counts; docs/validation.md has how often
that is right and wrong."""


@dataclass(frozen=True)
class Wave:
    """How questions go together in one wave: correlations (k, k), answers to both (k, k)."""

    r: Floats
    n: Floats


@dataclass(frozen=True)
class Turned:
    """Question `which` of wave `wave`: its correlation there, and in the waves that agree."""

    wave: int
    which: int
    here: float
    elsewhere: float
    alone: bool
    """Two questions, or two waves with a sign: which of them is turned cannot be known."""


def together(answers: Floats, place: npt.NDArray[np.int64]) -> Wave:
    """Correlations of columns of answers (n, k) within places (n,), over the pairs that are there.

    Neighbours answer alike, so places' means vary more than the sampling error of n answers says:
    they are taken out, and each costs an answer. 0 where a column does not vary.
    """
    place = np.unique(place, return_inverse=True)[1]  # -1: of no site, a place like any
    known = np.isfinite(answers)
    held = known.astype(np.float64)
    filled = np.where(known, answers, 0.0)
    centred = np.empty_like(filled)
    spent = np.empty(answers.shape[1])
    for j in range(answers.shape[1]):
        count = np.bincount(place, held[:, j])
        mean = np.bincount(place, filled[:, j]) / np.maximum(count, 1)
        centred[:, j] = np.where(known[:, j], filled[:, j] - mean[place], 0.0)
        spent[j] = np.count_nonzero(count)
    n = held.T @ held - np.maximum(spent[:, None], spent)
    square = (centred**2).T @ held
    scale = np.sqrt(square * square.T)
    enough = (n > 3) & (scale > 1e-9 * (filled**2).sum(axis=0))  # rounding: it does not vary
    return Wave(np.where(enough, centred.T @ centred / np.where(enough, scale, 1.0), 0.0), n)


def turned(waves: Sequence[Wave]) -> Iterator[Turned]:
    """Every question that a wave seems to have turned, the clearest first within a wave."""
    k = len(waves[0].r) if waves else 0
    if k < 2 or len(waves) < 2:
        return
    left = list(waves)
    for w in range(len(waves)) if len(waves) > 2 else (1,):  # of two, the later is named
        for _ in range(k):  # one turned question pulls at the others: turn it back and look again
            found = [each for j in range(k) if (each := _at_odds(left, w, j)) is not None]
            if not found:
                break
            first = max(found, key=lambda each: abs(each.here))
            yield first
            left[w] = _back(left[w], first.which)


def _back(wave: Wave, j: int) -> Wave:
    sign = np.ones(len(wave.r))
    sign[j] = -1.0
    return Wave(wave.r * sign[:, None] * sign, wave.n)


def _at_odds(waves: Sequence[Wave], w: int, j: int) -> Turned | None:
    rest = np.arange(len(waves[w].r)) != j
    others = [wave for v, wave in enumerate(waves) if v != w]
    yardstick = _yardstick(np.array([wave.r[j, rest] for wave in others]))
    seen = [_clear(wave, j, rest, yardstick) for wave in others]
    signs = [np.sign(r) for r, _ in seen if r]
    if not sum(signs):
        return None  # no wave is clear, or as many say one thing as the other
    usual = np.sign(sum(signs))
    here, _ = _clear(waves[w], j, rest, yardstick)
    if here * usual >= 0:
        return None
    agreeing = [(r, n) for r, n in seen if r * usual > 0]
    mean = sum(r * n for r, n in agreeing) / sum(n for _, n in agreeing)
    alone = len(rest) == 2 or len(agreeing) == 1
    return Turned(w, j, float(here * usual), float(mean * usual), alone)


def _yardstick(r: Floats) -> Floats:
    """Weights of the other questions: their common pattern over waves, whatever its sign."""
    _, _, patterns = np.linalg.svd(r, full_matrices=False)
    return np.asarray(patterns[0])


def _clear(wave: Wave, j: int, rest: Any, yardstick: Floats) -> tuple[float, float]:
    """Correlation of question j with the composite, 0 if it is not clear; how many answered."""
    variance = yardstick @ wave.r[np.ix_(rest, rest)] @ yardstick
    n = float(np.median(wave.n[j, rest]))
    if variance <= 1e-12 or n <= 3:
        return 0.0, n
    r = float(np.clip(wave.r[j, rest] @ yardstick / np.sqrt(variance), -1.0, 1.0))
    return (r, n) if abs(r) * np.sqrt(n - 3) > FAR else (0.0, n)
