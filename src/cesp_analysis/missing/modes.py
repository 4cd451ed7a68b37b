"""Draws from log posteriors of categories, by normal approximations at their modes, chain by chain.

Slopes are drawn first, then levels (a constant, thresholds) given them; thresholds by their first
and the logs of their gaps, which keeps their order.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.missing.chance import Streams, normals
from cesp_analysis.missing.triangular import solved_transposed

STEPS = 50
CLOSE = 1e-6
"""Newton's decrement at which a step is the last: a thousandth of the draw's spread, squared."""
HALVINGS = 30
Curved = tuple[Floats, Floats]
"""Gradient (b, q) and information (b, q, q) of a log posterior."""


@dataclass(frozen=True)
class Model:
    """A log posterior of b chains: its values, its gradients and informations."""

    value: Callable[[Floats], Floats]
    curved: Callable[[Floats], Curved]


def mode(
    start: Floats, value: Callable[[Floats], Floats], curved: Callable[[Floats], Curved]
) -> tuple[Floats, Floats]:
    """Modes (b, q) and informations there (b, q, q) of b concave log posteriors, by Newton.

    A chain that has arrived does not move again, whatever the others need. The information is that
    of before the last step.
    """
    at, best = start, value(start)
    moving = np.ones(len(start), dtype=bool)
    information = np.zeros((*start.shape, start.shape[1]))
    for _ in range(STEPS):
        gradient, own = curved(at)
        information[moving] = own[moving]
        step = np.linalg.solve(own, gradient[:, :, None])[:, :, 0]
        step = np.where(moving[:, None], step, 0.0)
        decrement = (gradient * step).sum(axis=1)
        new = value(at + step)
        for _ in range(HALVINGS):
            worse = ~(new >= best - 1e-9 * (1 + np.abs(best)))  # 1e-9: rounding of the sum
            if not worse.any():
                break
            step = np.where(worse[:, None], step / 2, step)
            new = value(at + step)
        at, best = at + step, new
        moving &= decrement > CLOSE
        if not moving.any():
            break
    return at, information


def drawn(
    start: Floats,
    first: Floats,
    model: Model,
    streams: Streams,
    levels: int,
    ordered: bool = True,
) -> tuple[Floats, Floats]:
    """Mode (b, q) from `start`, or `first` where that is beyond rounding; and a draw (b, q).

    ordered: the levels are thresholds, whose order drawing keeps.

    Given the slopes the levels' mode makes the expected number in each category that which was
    seen. The normal approximation of both at once does not: many uncertain slopes would make rare
    answers less rare. The levels' spread is that at the joint mode: where drawn slopes tell all
    answers apart the conditional one is endless.
    """
    start = _within(start, first, model)
    found, information = mode(start, model.value, model.curved)
    new = found + _noise(information, normals(streams, found.shape[1]))
    new[:, :levels] = found[:, :levels]
    fixed = np.arange(found.shape[1]) >= levels

    def given_slopes(theta: Floats) -> Curved:
        gradient, around = model.curved(theta)
        around[:, fixed], around[:, :, fixed] = 0.0, 0.0
        around[:, fixed, fixed] = 1.0
        return np.where(fixed, 0.0, gradient), around

    new = mode(_within(new, found, model), model.value, given_slopes)[0]
    own = np.ascontiguousarray(information[:, :levels, :levels])
    if ordered:
        new[:, :levels] = _levels(found[:, :levels], new[:, :levels], own, streams)
    else:
        new[:, :levels] += _noise(own, normals(streams, levels))
    return found, new


def _within(theta: Floats, other: Floats, model: Model) -> Floats:
    """theta, or `other` for chains in which it has a likelihood of 0 in the computer's numbers."""
    return np.where(np.isfinite(model.value(theta))[:, None], theta, other)


def _levels(at: Floats, centre: Floats, information: Floats, streams: Streams) -> Floats:
    """Levels (b, c) around their centre; `at`, where the information (b, c, c) holds."""
    cuts = at.shape[1]
    turn = np.zeros_like(information)
    turn[:, :, 0] = 1.0
    gaps = np.diff(at, axis=1)
    for k in range(1, cuts):
        turn[:, k:, k] = gaps[:, [k - 1]]
    move = _noise(turn.transpose(0, 2, 1) @ information @ turn, normals(streams, cuts))
    first = centre[:, [0]] + move[:, [0]]
    steps = np.cumsum(np.diff(centre, axis=1) * np.exp(move[:, 1:]), axis=1)
    return np.concatenate([first, first + steps], axis=1)


def _noise(information: Floats, noise: Floats) -> Floats:
    """Noise (b, q) of unit variance with the inverse information as covariance."""
    root = np.asarray(np.linalg.cholesky(information), dtype=np.float64)
    return solved_transposed(root, noise[:, :, None])[:, :, 0]
