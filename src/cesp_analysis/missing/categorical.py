"""Logistic and proportional-odds models of all chains at once.

Prior: slopes of standardised predictors are N(0, 2.5²), so that what separates the answers has a
finite slope; levels (constant, thresholds) are flat, so that rare answers stay rare. (mice adds
weighted records instead, as many in each category, which pulls rare ones towards equal shares:
White, Daniel & Royston 2010. mice's polr draws no parameters at all.)
"""

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.chains import Chains
from cesp_analysis.missing.chance import uniforms_each
from cesp_analysis.missing.modes import Curved, Model, drawn
from cesp_analysis.missing.target import Target
from cesp_analysis.models.glm_families import expit

PRECISION = 1 / 2.5**2
SMALLEST = 1e-150
"""Least probability of a category in ratios, whose squares must be finite."""
FLAT = 1e-9
"""Added to the information, so that a step is finite where the likelihood is flat in rounding."""


def logistic(chains: Chains, one: Target, block: Floats, known: Floats) -> Floats:
    """Draws (b, gaps) of one of two values."""
    # rows of zeros count for nothing below
    x = chains.design(one, chains.rows(one.known), one.known, one.predictors)
    y = (one.raw == one.values[-1]).astype(float)
    prior = PRECISION * chains.spread(one, one.predictors) ** 2
    prior[0] = 0.0

    def value(beta: Floats) -> Floats:
        eta = (x @ beta[:, :, None])[:, :, 0]
        fit = y * eta - np.logaddexp(0.0, eta)
        return np.asarray(fit.sum(axis=1) - (prior * beta**2).sum(axis=1) / 2)

    def curved(beta: Floats) -> Curved:
        p = expit((x @ beta[:, :, None])[:, :, 0])
        gradient = (x.transpose(0, 2, 1) @ (y - p)[:, :, None])[:, :, 0] - prior * beta
        root = x * np.sqrt(p * (1 - p))[:, :, None]
        return gradient, root.transpose(0, 2, 1) @ root + np.diag(prior + FLAT)

    first = np.zeros((len(x), len(prior)))
    share = y.sum(axis=-1) / one.answers(len(x))
    first[:, 0] = np.log(share / (1 - share))
    (start,) = chains.memory.get(one.memory, (first,))
    found, beta = drawn(start, first, Model(value, curved), chains.streams, 1)
    chains.memory[one.memory] = (found,)
    p = expit(chains.predicted(one, block, one.gaps, beta))
    draw = uniforms_each(chains.streams, one) < p
    return np.asarray(np.where(draw, one.values[-1], one.values[0]))


def ordered(chains: Chains, one: Target, block: Floats, known: Floats) -> Floats:
    """Draws (b, gaps) of one of the ordered values that somebody gave."""
    slopes = one.predictors[1:]
    x = chains.design(one, chains.rows(one.known), one.known, slopes)
    code, there = np.searchsorted(one.values, one.raw), one.given
    cuts = len(one.values) - 1
    prior = np.concatenate([np.zeros(cuts), PRECISION * chains.spread(one, slopes) ** 2])

    def value(theta: Floats) -> Floats:
        below, above = _tails(theta, x, cuts)
        low, high = (at_code(own, code) for own in (below, above))
        p = np.where(low < high, at_code(below, code + 1) - low, high - at_code(above, code + 1))
        with np.errstate(divide="ignore", invalid="ignore"):  # thresholds out of order: NaN, worse
            each = np.log(p)
        fit = each.sum(axis=1) if there is None else np.where(there, each, 0.0).sum(axis=1)
        return np.asarray(fit - (prior * theta**2).sum(axis=1) / 2)

    def curved(theta: Floats) -> Curved:
        gradient, information = _score_and_information(theta, x, code, cuts, there)
        return gradient - prior * theta, information + np.diag(prior + FLAT)

    at_most = np.cumsum(counts(code, cuts + 1, one, len(x)), axis=1)[:, :-1]
    share = at_most / one.answers(len(x))[:, None]
    first = np.zeros((len(x), len(prior)))
    first[:, :cuts] = np.log(share / (1 - share))
    (start,) = chains.memory.get(one.memory, (first,))
    found, theta = drawn(start, first, Model(value, curved), chains.streams, cuts)
    chains.memory[one.memory] = (found,)
    below = _tails(theta, chains.design(one, block, one.gaps, slopes), cuts)[0][:, :, 1:-1]
    above = uniforms_each(chains.streams, one)[:, :, None] >= below
    return np.asarray(one.values[above.sum(axis=2)])


def at_code(values: Floats, code: Codes) -> Floats:
    """Of values (b, n, c) that of each one's category, (n,) or (b, n): (b, n)."""
    if code.ndim == 1:
        return np.asarray(values[:, np.arange(len(code)), code])
    return np.take_along_axis(values, code[:, :, None], axis=2)[:, :, 0]


def counts(code: Codes, categories: int, one: Target, chains: int) -> Codes:
    """How many of each chain answered each category (b, c)."""
    is_it = np.atleast_2d(code)[:, :, None] == np.arange(categories)
    if one.given is not None:
        is_it &= (one.given > 0)[:, :, None]
    return np.broadcast_to(is_it.sum(axis=1), (chains, categories))


def _tails(theta: Floats, x: Floats, cuts: int) -> tuple[Floats, Floats]:
    """P(Y <= value k) and P(Y > value k), with 0 and 1 at the ends: (b, n, cuts + 2).

    Both are exact where small: a difference of one of them is a category's probability.
    """
    eta = theta[:, None, :cuts] - x @ theta[:, cuts:, None]
    ones = np.ones((*eta.shape[:2], 1))
    small = np.exp(-np.abs(eta))
    near, far = 1 / (1 + small), small / (1 + small)
    below, above = np.where(eta >= 0, near, far), np.where(eta >= 0, far, near)
    return (
        np.concatenate([0 * ones, below, ones], axis=2),
        np.concatenate([ones, above, 0 * ones], axis=2),
    )


def _score_and_information(
    theta: Floats, x: Floats, code: Codes, cuts: int, there: Floats | None = None
) -> Curved:
    """Of the log-likelihood: see models/cumulative_logit.py, here with an axis of chains.

    there (b, n): 0 for rows that are nobody's, of which x is 0 too.
    """
    below, above = _tails(theta, x, cuts)
    slope = below * above
    low = (below < above)[:, :, :-1]
    p = np.where(low, np.diff(below, axis=2), -np.diff(above, axis=2))
    p = np.maximum(p, SMALLEST)
    shift, own = -np.diff(slope, axis=2), slope[:, :, 1:-1]
    own = own if there is None else own * there[:, :, None]
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
