"""The multinomial logit of all chains at once: categories in no order.

log P(category c) / P(first) = level_c + x'slopes_c. Prior as in categorical.py: slopes of
standardised predictors are N(0, 2.5²), levels are flat. (mice's polyreg draws no parameters of its
own but adds records; nnet's weight decay there is no prior of this scale.)
Source: Agresti (2013), Categorical Data Analysis, 8.1.
"""

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.categorical import FLAT, PRECISION, at_code, counts
from cesp_analysis.missing.chains import Chains
from cesp_analysis.missing.chance import uniforms_each
from cesp_analysis.missing.modes import Curved, Model, drawn
from cesp_analysis.missing.target import Target


def nominal(chains: Chains, one: Target, block: Floats, known: Floats) -> Floats:
    """Draws (b, gaps) of one of the values that somebody gave."""
    slopes, others = one.predictors[1:], len(one.values) - 1
    x = chains.design(one, chains.rows(one.known), one.known, slopes)
    code, there = np.searchsorted(one.values, one.raw), one.given
    held = np.tile(PRECISION * chains.spread(one, slopes) ** 2, others)
    prior = np.concatenate([np.zeros(others), held])

    def value(theta: Floats) -> Floats:
        eta = _against_first(theta, x, others)
        fit = at_code(eta, code) - _log_sum(eta)
        fit = fit if there is None else fit * there
        return np.asarray(fit.sum(axis=1) - (prior * theta**2).sum(axis=1) / 2)

    def curved(theta: Floats) -> Curved:
        gradient, information = score_and_information(theta, x, code, others, there)
        return gradient - prior * theta, information + np.diag(prior + FLAT)

    share = counts(code, others + 1, one, len(x)) / one.answers(len(x))[:, None]
    first = np.zeros((len(x), len(prior)))
    first[:, :others] = np.log(share[:, 1:] / share[:, [0]])
    (start,) = chains.memory.get(one.memory, (first,))
    found, theta = drawn(start, first, Model(value, curved), chains.streams, others, ordered=False)
    chains.memory[one.memory] = (found,)
    p = _shares(_against_first(theta, chains.design(one, block, one.gaps, slopes), others))
    at_most = np.cumsum(p, axis=2)[:, :, :-1]
    above = uniforms_each(chains.streams, one)[:, :, None] >= at_most
    return np.asarray(one.values[above.sum(axis=2)])


def _against_first(theta: Floats, x: Floats, others: int) -> Floats:
    """Log odds against the first category, of which it is 0: (b, n, others + 1)."""
    slopes = theta[:, others:].reshape(len(theta), others, x.shape[2])
    eta = theta[:, None, :others] + x @ slopes.transpose(0, 2, 1)
    return np.concatenate([np.zeros((*eta.shape[:2], 1)), eta], axis=2)


def _log_sum(eta: Floats) -> Floats:
    top = eta.max(axis=2)
    return np.asarray(top + np.log(np.exp(eta - top[:, :, None]).sum(axis=2)))


def _shares(eta: Floats) -> Floats:
    return np.asarray(np.exp(eta - _log_sum(eta)[:, :, None]))


def score_and_information(
    theta: Floats, x: Floats, code: Codes, others: int, there: Floats | None = None
) -> Curved:
    """Of the log-likelihood; theta (b, q): levels, then the slopes of each other category; there
    (b, n): 0 for rows that are nobody's, of which x is 0 too."""
    b, k = len(x), x.shape[2]
    p = _shares(_against_first(theta, x, others))[:, :, 1:]
    is_it = np.eye(others + 1)[code][..., 1:]
    if there is not None:
        p, is_it = p * there[:, :, None], is_it * there[:, :, None]
    error = is_it - p
    turned = x.transpose(0, 2, 1)
    at_slopes = (turned @ error).transpose(0, 2, 1).reshape(b, others * k)
    information = np.zeros((b, theta.shape[1], theta.shape[1]))
    for c in range(others):
        for d in range(c, others):
            weight = p[:, :, c] * ((c == d) - p[:, :, d])
            weighted = x * weight[:, :, None]
            rows, columns = (slice(others + e * k, others + (e + 1) * k) for e in (c, d))
            both, ends = turned @ weighted, weighted.sum(axis=1)
            information[:, c, d] = information[:, d, c] = weight.sum(axis=1)
            information[:, rows, columns] = information[:, columns, rows] = both
            information[:, c, columns] = information[:, columns, c] = ends
            information[:, d, rows] = information[:, rows, d] = ends
    return np.concatenate([error.sum(axis=1), at_slopes], axis=1), information
