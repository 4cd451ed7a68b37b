"""Bayesian linear regression of all chains at once, and predictive mean matching.

Prior: flat in the coefficients and in log sigma, with a ridge of 1e-5 of the predictors' (centred)
variance, as mice.norm's ridge, which there holds the uncentred squares and the constant as well.
Sources: Rubin (1987), pp. 166-7; Little (1988), J Bus Econ Stat 6:287-96; van Buuren (2018),
algorithms 3.1 and 3.3; R package mice (type-1 matching: answers at the estimate, gaps at the draw).
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.chains import Chains, picked
from cesp_analysis.missing.chance import Streams, chi_squares, normals, normals_each
from cesp_analysis.missing.gathered import gathered
from cesp_analysis.missing.matching import matched
from cesp_analysis.missing.parts_now import all_parts
from cesp_analysis.missing.target import Target
from cesp_analysis.missing.triangular import solved_transposed

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
    return by_groups(chains, one.levels, chains.known_sums, one.answers(len(chains.streams)))


def by_groups(chains: Chains, levels: Codes, sums: Floats, n: Codes) -> Grouped:
    """Of sums (b, J, P) of those who answered, n (b,), by all groups: those of some groups."""
    assert chains.levels is not None
    own = np.take(sums, levels, axis=1)
    ridge = RIDGE * n[:, None] * chains.levels.scale[levels] ** 2
    return Grouped(own, own[:, :, 0] + ridge)


def drawn(known: Floats, one: Target, streams: Streams, groups: Grouped | None = None) -> Drawn:
    """A draw from the posterior, from the moments (b, P, P) of those who answered."""
    at = np.append(one.predictors, one.at)
    if groups is not None:
        groups = Grouped(picked(groups.sums, at), groups.squares)
    return drawn_last(known[:, at[:, None], at], one.answers(len(streams)), streams, groups)


def drawn_last(moments: Floats, n: Codes, streams: Streams, groups: Grouped | None) -> Drawn:
    """A draw of the model of the last column given the others, of which the constant is the first.

    moments (b, k + 1, k + 1) of those who answered, n (b,), are written on; groups: sums of the
    same columns. Indicators of exclusive groups have no products with each other: their
    coefficients are eliminated one by one, which leaves the least squares within groups (Frisch &
    Waugh 1933), and are drawn given those of the predictors. Estimate and law of the draw are those
    of all columns.
    """
    k = moments.shape[1] - 1
    levels = 0 if groups is None else groups.squares.shape[1]
    inner = np.arange(1, k)
    moments[:, inner, inner] += RIDGE * n[:, None]
    moments[:, k, k] += 1e-12 * n  # rounding of the last pivot of what is predicted perfectly
    if groups is not None:
        scaled = groups.sums / groups.squares[:, :, None]
        moments -= scaled.transpose(0, 2, 1) @ groups.sums
    root = np.asarray(np.linalg.cholesky(moments), dtype=np.float64)
    own = root[:, k, :k]
    sigma = root[:, k, k] / np.sqrt(chi_squares(streams, np.maximum(n - k - levels, 1)))
    noise = sigma[:, None] * normals(streams, k)
    sides = np.stack([own, own + noise], axis=-1)
    found = solved_transposed(root[:, :k, :k], sides)
    if groups is not None:
        sums = groups.sums
        means = (sums[:, :, [k]] - sums[:, :, :k] @ found) / groups.squares[:, :, None]
        spread = sigma[:, None] / np.sqrt(groups.squares)
        means[:, :, 1] += spread * normals(streams, levels)
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
