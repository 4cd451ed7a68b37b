"""Bayesian linear regression of all chains at once, and predictive mean matching.

Prior: flat in the coefficients and in log sigma, with a ridge of 1e-5 of the predictors' (centred)
variance, as mice.norm's ridge, which there holds the uncentred squares and the constant as well.
Sources: Rubin (1987), pp. 166-7; Little (1988), J Bus Econ Stat 6:287-96; van Buuren (2018),
algorithms 3.1 and 3.3; R package mice (type-1 matching: answers at the estimate, gaps at the draw).
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.missing.chains import Chains, Streams, chi_squares, normals
from cesp_analysis.missing.target import Target
from cesp_analysis.models.cluster_sums import Codes, Floats

RIDGE = 1e-5
TIES = 10
"""Decimals (of an SD) to which predictions are compared: what differs later is rounding."""


@dataclass(frozen=True)
class Drawn:
    """Estimate and draw of coefficients (b, k), draw of sigma (b,), all in SDs."""

    coef: Floats
    beta: Floats
    sigma: Floats


def drawn(known: Floats, one: Target, streams: Streams) -> Drawn:
    """A draw from the posterior, from the moments (b, P, P) of those who answered."""
    at = np.append(one.predictors, one.at)
    k, n = len(one.predictors), len(one.known)
    moments = known[:, at[:, None], at]
    inner = np.arange(1, k)
    moments[:, inner, inner] += RIDGE * n
    moments[:, k, k] += 1e-12 * n  # rounding of the last pivot of what is predicted perfectly
    root = np.linalg.cholesky(moments)
    own = root[:, k, :k]
    sigma = root[:, k, k] / np.sqrt(chi_squares(streams, max(n - k, 1)))
    noise = sigma[:, None] * normals(streams, k)
    sides = np.stack([own, own + noise], axis=-1)
    found = np.linalg.solve(root[:, :k, :k].transpose(0, 2, 1), sides)
    return Drawn(found[:, :, 0], found[:, :, 1], sigma)


def norm(chains: Chains, one: Target, block: Floats, known: Floats) -> Floats:
    """Draws (b, gaps) from the predictive distribution, in the column's unit."""
    found = drawn(known, one, chains.streams)
    mean = (block @ chains.wide(found.beta, one.predictors))[:, :, 0]
    z = mean + found.sigma[:, None] * normals(chains.streams, len(one.gaps))
    return chains.unstandard(z, one.at)


def pmm(chains: Chains, one: Target, block: Floats, known: Floats) -> Floats:
    """Answers (b, gaps) of people whose prediction is near: one of the nearest `donors`."""
    found = drawn(known, one, chains.streams)
    at_estimate = (chains.z @ chains.wide(found.coef, one.predictors))[:, one.known, 0]
    at_draw = (block @ chains.wide(found.beta, one.predictors))[:, :, 0]
    donors = min(one.column.donors, len(one.known))
    return np.asarray(one.raw[matched(at_estimate, at_draw, donors, chains.streams)])


def matched(answered: Floats, asked: Floats, donors: int, streams: Streams) -> Codes:
    """Places in `answered` (b, n) of one of the nearest `donors` of each of `asked` (b, k).

    Among equally near ones each is as likely as another.
    """
    answered, asked = np.round(answered, TIES), np.round(asked, TIES)
    order = np.argsort(answered, axis=1, kind="stable")
    near = np.take_along_axis(answered, order, axis=1)
    ends = np.full((len(near), donors), np.inf)
    padded = np.concatenate([-ends, near, ends], axis=1)
    start = np.stack([own.searchsorted(one) for own, one in zip(near, asked, strict=True)])
    # the nearest are neighbours in order: each on the right that is nearer than its mate on the
    # left moves the window by one
    moved = np.zeros_like(start)
    for s in range(donors):
        left = np.take_along_axis(padded, start + s, axis=1)
        right = np.take_along_axis(padded, start + s + donors, axis=1)
        moved += asked - left > right - asked
    picks = np.stack([stream.integers(donors, size=asked.shape[1]) for stream in streams])
    chosen = start + moved - donors + picks
    for i in np.flatnonzero((near[:, 1:] == near[:, :-1]).any(axis=1)):
        chosen[i] = _among_ties(near[i], chosen[i], streams[i])
    return np.take_along_axis(order, chosen, axis=1)


def _among_ties(near: Floats, chosen: Codes, stream: np.random.Generator) -> Codes:
    """Any of those whose prediction is that of the chosen one."""
    first = np.searchsorted(near, near[chosen])
    alike = np.searchsorted(near, near[chosen], side="right") - first
    return np.asarray(first + np.floor(alike * stream.random(len(chosen))).astype(int))
