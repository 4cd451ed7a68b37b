"""Logistic and proportional-odds models of all chains at once.

Prior: slopes of standardised predictors are N(0, 2.5²), so that what separates the answers has a
finite slope; levels (constant, thresholds) are flat, so that rare answers stay rare. (mice adds
weighted records instead, as many in each category, which pulls rare ones towards equal shares:
White, Daniel & Royston 2010.) Draws are from normal approximations at modes: slopes, then levels
given them; thresholds by their first and the logs of their gaps, which keeps their order. mice's
polr draws no parameters at all.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cesp_analysis.missing.chains import Chains, Streams, normals, picked, uniforms
from cesp_analysis.missing.plan import Target
from cesp_analysis.models.cluster_sums import Codes, Floats
from cesp_analysis.models.glm_families import expit

PRECISION = 1 / 2.5**2
STEPS = 50
CLOSE = 1e-6
"""Newton's decrement at which a step is the last: a thousandth of the draw's spread, squared."""
HALVINGS = 30
Curved = tuple[Floats, Floats]
"""Gradient (b, q) and information (b, q, q) of a log posterior."""


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


def drawn(start: Floats, model: "Model", streams: Streams, levels: int) -> tuple[Floats, Floats]:
    """Mode (b, q) and a draw (b, q): slopes at first, then levels given them.

    Given the slopes the levels' mode makes the expected number in each category that which was
    seen. The normal approximation of both at once does not: many uncertain slopes would make rare
    answers less rare.
    """
    found, information = mode(start, model.value, model.curved)
    new = found + _noise(information, normals(streams, found.shape[1]))
    new[:, :levels] = found[:, :levels]
    fixed = np.arange(found.shape[1]) >= levels

    def given_slopes(theta: Floats) -> Curved:
        gradient, around = model.curved(theta)
        around[:, fixed], around[:, :, fixed] = 0.0, 0.0
        around[:, fixed, fixed] = 1.0
        return np.where(fixed, 0.0, gradient), around

    new, around = mode(new, model.value, given_slopes)
    gaps = np.diff(new[:, :levels], axis=1)
    turn = np.zeros((len(new), levels, levels))
    turn[:, :, 0] = 1.0
    for k in range(1, levels):
        turn[:, k:, k] = gaps[:, [k - 1]]
    own = turn.transpose(0, 2, 1) @ np.ascontiguousarray(around[:, :levels, :levels]) @ turn
    move = _noise(own, normals(streams, levels))
    first = new[:, [0]] + move[:, [0]]
    steps = np.cumsum(gaps * np.exp(move[:, 1:]), axis=1)
    new[:, :levels] = np.concatenate([first, first + steps], axis=1)
    return found, new


def _noise(information: Floats, noise: Floats) -> Floats:
    """Noise (b, q) of unit variance with the inverse information as covariance."""
    root = np.linalg.cholesky(information)
    return np.asarray(np.linalg.solve(root.transpose(0, 2, 1), noise[:, :, None])[:, :, 0])


@dataclass(frozen=True)
class Model:
    """A log posterior of b chains: its values, its gradients and informations."""

    value: Callable[[Floats], Floats]
    curved: Callable[[Floats], Curved]


def logistic(chains: Chains, one: Target, block: Floats, known: Floats) -> Floats:
    """Draws (b, gaps) of one of two values."""
    x = picked(np.take(chains.z, one.known, axis=1), one.predictors)
    y = (one.raw == one.values[-1]).astype(float)
    prior = np.full(x.shape[2], PRECISION)
    prior[0] = 0.0

    def value(beta: Floats) -> Floats:
        eta = (x @ beta[:, :, None])[:, :, 0]
        fit = y * eta - np.logaddexp(0.0, eta)
        return np.asarray(fit.sum(axis=1) - (prior * beta**2).sum(axis=1) / 2)

    def curved(beta: Floats) -> Curved:
        p = expit((x @ beta[:, :, None])[:, :, 0])
        gradient = (x.transpose(0, 2, 1) @ (y - p)[:, :, None])[:, :, 0] - prior * beta
        root = x * np.sqrt(p * (1 - p))[:, :, None]
        return gradient, root.transpose(0, 2, 1) @ root + np.diag(prior)

    start = np.zeros((len(x), len(prior)))
    start[:, 0] = np.log(y.mean() / (1 - y.mean()))
    (start,) = chains.memory.get(one.at, (start,))
    found, beta = drawn(start, Model(value, curved), chains.streams, 1)
    chains.memory[one.at] = (found,)
    p = expit((block @ chains.wide(beta, one.predictors))[:, :, 0])
    draw = uniforms(chains.streams, len(one.gaps)) < p
    return np.asarray(np.where(draw, one.values[-1], one.values[0]))


def ordered(chains: Chains, one: Target, block: Floats, known: Floats) -> Floats:
    """Draws (b, gaps) of one of the ordered values that somebody gave."""
    slopes = one.predictors[1:]
    x = picked(np.take(chains.z, one.known, axis=1), slopes)
    code = np.searchsorted(one.values, one.raw)
    cuts = len(one.values) - 1
    prior = np.concatenate([np.zeros(cuts), np.full(len(slopes), PRECISION)])

    def value(theta: Floats) -> Floats:
        own = _below(theta, x, cuts)
        each = np.arange(len(code))
        p = own[:, each, code + 1] - own[:, each, code]
        with np.errstate(divide="ignore", invalid="ignore"):  # thresholds out of order: NaN, worse
            fit = np.log(p).sum(axis=1)
        return np.asarray(fit - (prior * theta**2).sum(axis=1) / 2)

    def curved(theta: Floats) -> Curved:
        gradient, information = _score_and_information(theta, x, code, cuts)
        return gradient - prior * theta, information + np.diag(prior)

    share = np.cumsum(np.bincount(code))[:-1] / len(code)
    first = np.concatenate([np.log(share / (1 - share)), np.zeros(len(slopes))])
    (start,) = chains.memory.get(one.at, (np.tile(first, (len(x), 1)),))
    found, theta = drawn(start, Model(value, curved), chains.streams, cuts)
    chains.memory[one.at] = (found,)
    at_most = _below(theta, picked(block, slopes), cuts)[:, :, 1:-1]
    above = uniforms(chains.streams, len(one.gaps))[:, :, None] >= at_most
    return np.asarray(one.values[above.sum(axis=2)])


def _below(theta: Floats, x: Floats, cuts: int) -> Floats:
    """P(Y <= value k), with 0 and 1 at the ends: (b, n, cuts + 2)."""
    eta = theta[:, None, :cuts] - x @ theta[:, cuts:, None]
    ends = np.ones((*eta.shape[:2], 1))
    return np.concatenate([0 * ends, expit(eta), ends], axis=2)


def _score_and_information(theta: Floats, x: Floats, code: Codes, cuts: int) -> Curved:
    """Of the log-likelihood: see models/cumulative_logit.py, here with an axis of chains."""
    below = _below(theta, x, cuts)
    slope = below * (1 - below)
    p = np.maximum(np.diff(below, axis=2), np.finfo(float).tiny)
    shift, own = -np.diff(slope, axis=2), slope[:, :, 1:-1]
    error, ratio = (np.eye(cuts + 1)[code] - p) / p, shift / p
    turned = x.transpose(0, 2, 1)
    at_cuts = (own * (error[:, :, :-1] - error[:, :, 1:])).sum(axis=1)
    at_slopes = (turned @ (error * shift).sum(axis=2)[:, :, None])[:, :, 0]
    q, each = theta.shape[1], np.arange(cuts)
    information = np.zeros((len(theta), q, q))
    information[:, each, each] = (own * (own / p[:, :, :-1] + own / p[:, :, 1:])).sum(axis=1)
    beside = -(own[:, :, :-1] * (own[:, :, 1:] / p[:, :, 1:-1])).sum(axis=1)
    information[:, each[:-1], each[1:]] = information[:, each[1:], each[:-1]] = beside
    across = turned @ (own * (ratio[:, :, :-1] - ratio[:, :, 1:]))
    information[:, cuts:, :cuts], information[:, :cuts, cuts:] = across, across.transpose(0, 2, 1)
    weighted = x * (ratio * shift).sum(axis=2)[:, :, None]
    information[:, cuts:, cuts:] = turned @ weighted
    return np.concatenate([at_cuts, at_slopes], axis=1), information
