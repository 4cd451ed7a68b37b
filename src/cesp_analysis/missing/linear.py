"""Bayesian linear regression of all chains at once, and predictive mean matching.

Prior: flat in the coefficients and in log sigma, with a ridge of 1e-5 of the predictors' (centred)
variance, as mice.norm's ridge, which there holds the uncentred squares and the constant as well.
Sources: Rubin (1987), pp. 166-7; Little (1988), J Bus Econ Stat 6:287-96; van Buuren (2018),
algorithms 3.1 and 3.3; R package mice (type-1 matching: answers at the estimate, gaps at the draw).
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.missing.chains import (
    Chains,
    Streams,
    chi_squares,
    normals,
    normals_each,
)
from cesp_analysis.missing.gathered import gathered
from cesp_analysis.missing.matching import matched
from cesp_analysis.missing.target import Target
from cesp_analysis.models.cluster_sums import Floats

RIDGE = 1e-5


@dataclass(frozen=True)
class Drawn:
    """Estimate and draw of coefficients (b, k), draw of sigma (b,), all in SDs."""

    coef: Floats
    beta: Floats
    sigma: Floats


def drawn(known: Floats, one: Target, streams: Streams) -> Drawn:
    """A draw from the posterior, from the moments (b, P, P) of those who answered."""
    at = np.append(one.predictors, one.at)
    k, n = len(one.predictors), one.answers(len(streams))
    moments = known[:, at[:, None], at]
    inner = np.arange(1, k)
    moments[:, inner, inner] += RIDGE * n[:, None]
    moments[:, k, k] += 1e-12 * n  # rounding of the last pivot of what is predicted perfectly
    root = np.linalg.cholesky(moments)
    own = root[:, k, :k]
    sigma = root[:, k, k] / np.sqrt(chi_squares(streams, np.maximum(n - k, 1)))
    noise = sigma[:, None] * normals(streams, k)
    sides = np.stack([own, own + noise], axis=-1)
    found = np.linalg.solve(root[:, :k, :k].transpose(0, 2, 1), sides)
    return Drawn(found[:, :, 0], found[:, :, 1], sigma)


def norm(chains: Chains, one: Target, block: Floats, known: Floats) -> Floats:
    """Draws (b, gaps) from the predictive distribution, in the column's unit."""
    found = drawn(known, one, chains.streams)
    mean = (block @ chains.wide(found.beta, one.predictors))[:, :, 0]
    z = mean + found.sigma[:, None] * normals_each(chains.streams, one)
    return chains.unstandard(z, one.at)


def pmm(chains: Chains, one: Target, block: Floats, known: Floats) -> Floats:
    """Answers (b, gaps) of people whose prediction is near: one of the nearest `donors`."""
    found = drawn(known, one, chains.streams)
    fitted = (chains.z @ chains.wide(found.coef, one.predictors))[:, :, 0]
    shared = one.known.ndim == 1
    at_estimate = fitted[:, one.known] if shared else gathered(fitted, one.known)
    if one.given is not None:
        at_estimate = np.where(one.given, at_estimate, np.inf)
    at_draw = (block @ chains.wide(found.beta, one.predictors))[:, :, 0]
    b = len(chains.streams)
    donors = np.minimum(one.column.donors, one.answers(b))
    places = matched(at_estimate, at_draw, donors, chains.streams, one.lacking(b))
    return chains.answers(one, places)
