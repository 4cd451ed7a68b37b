"""Bayesian linear regression of all chains at once, and predictive mean matching.

Prior: flat in the coefficients and in log sigma, with a ridge of 1e-5 of the predictors' (centred)
variance, as mice.norm's ridge, which there holds the uncentred squares and the constant as well.
Sources: Rubin (1987), pp. 166-7; Little (1988), J Bus Econ Stat 6:287-96; van Buuren (2018),
algorithms 3.1 and 3.3; R package mice (type-1 matching: answers at the estimate, gaps at the draw).
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.chains import (
    Chains,
    Streams,
    chi_squares,
    normals,
    normals_each,
    picked,
)
from cesp_analysis.missing.gathered import gathered
from cesp_analysis.missing.matching import matched
from cesp_analysis.missing.parts_now import all_parts
from cesp_analysis.missing.target import Target

RIDGE = 1e-5


@dataclass(frozen=True)
class Drawn:
    """Estimate and draw of coefficients (b, k + L), of predictors, then of exclusive groups; draw
    of sigma (b,), all in SDs."""

    coef: Floats
    beta: Floats
    sigma: Floats


@dataclass(frozen=True)
class Grouped:
    """Sums (b, L, P) of those who answered, by the exclusive groups of a model, and squares (b, L)
    of the groups' indicators with their ridge."""

    sums: Floats
    squares: Floats


def grouped(chains: Chains, one: Target) -> Grouped | None:
    """By the groups of a model, of the target that was opened last; None if it has none."""
    if chains.levels is None or not len(one.levels):
        return None
    sums = np.take(chains.known_sums, one.levels, axis=1)
    ridge = RIDGE * one.answers(len(sums))[:, None] * chains.levels.scale[one.levels] ** 2
    return Grouped(sums, sums[:, :, 0] + ridge)


def drawn(known: Floats, one: Target, streams: Streams, groups: Grouped | None = None) -> Drawn:
    """A draw from the posterior, from the moments (b, P, P) of those who answered.

    Indicators of exclusive groups have no products with each other: their coefficients are
    eliminated one by one, which leaves the least squares within groups (Frisch & Waugh 1933), and
    are drawn given those of the predictors. Estimate and law of the draw are those of all columns.
    """
    at = np.append(one.predictors, one.at)
    k, n = len(one.predictors), one.answers(len(streams))
    moments = known[:, at[:, None], at]
    inner = np.arange(1, k)
    moments[:, inner, inner] += RIDGE * n[:, None]
    moments[:, k, k] += 1e-12 * n  # rounding of the last pivot of what is predicted perfectly
    if groups is not None:
        sums = picked(groups.sums, at)
        moments -= (sums / groups.squares[:, :, None]).transpose(0, 2, 1) @ sums
    root = np.linalg.cholesky(moments)
    own = root[:, k, :k]
    df = np.maximum(n - k - len(one.levels), 1)
    sigma = root[:, k, k] / np.sqrt(chi_squares(streams, df))
    noise = sigma[:, None] * normals(streams, k)
    sides = np.stack([own, own + noise], axis=-1)
    found = np.linalg.solve(root[:, :k, :k].transpose(0, 2, 1), sides)
    if groups is not None:
        means = (sums[:, :, [k]] - sums[:, :, :k] @ found) / groups.squares[:, :, None]
        spread = sigma[:, None] / np.sqrt(groups.squares)
        means[:, :, 1] += spread * normals(streams, len(one.levels))
        found = np.concatenate([found, means], axis=1)
    return Drawn(found[:, :, 0], found[:, :, 1], sigma)


def norm(chains: Chains, one: Target, block: Floats, known: Floats) -> Floats:
    """Draws (b, gaps) from the predictive distribution, in the column's unit."""
    found = drawn(known, one, chains.streams, grouped(chains, one))
    mean = chains.predicted(one, block, one.gaps, found.beta)
    z = mean + found.sigma[:, None] * normals_each(chains.streams, one)
    return chains.unstandard(z, one.at)


def pmm(chains: Chains, one: Target, block: Floats, known: Floats) -> Floats:
    """Answers (b, gaps) of people whose prediction is near: one of the nearest `donors`."""
    found = drawn(known, one, chains.streams, grouped(chains, one))
    everybody = np.arange(chains.z.shape[1])
    fitted = chains.predicted(one, chains.z, everybody, found.coef)
    shared = one.known.ndim == 1
    at_estimate = fitted[:, one.known] if shared else gathered(fitted, one.known)
    if one.given is not None:
        at_estimate = np.where(one.given, at_estimate, np.inf)
    at_draw = chains.predicted(one, block, one.gaps, found.beta)
    b = len(chains.streams)
    donors = np.minimum(one.column.donors, one.answers(b))
    places = matched(at_estimate, at_draw, donors, chains.streams, one.lacking(b))
    return given_by(chains, one, places)


def given_by(chains: Chains, one: Target, places: Codes) -> Floats:
    """The answers of donors, at places (b, gaps) among those who answered; of a total in parts
    chains keep those of the donors."""
    if (parts := chains.plan.in_parts.get(one.column.name)) is not None:
        known = np.broadcast_to(one.known, (len(places), one.known.shape[-1]))
        rows = np.broadcast_to(one.gaps, (len(places), one.gaps.shape[-1]))
        given = parts.known[chains.whose(gathered(known, places))]
        all_parts(chains, one.column.name).put_all(rows, given)
    return chains.answers(one, places)
