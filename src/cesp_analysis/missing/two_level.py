"""A linear model with a random intercept of the cluster, by Gibbs sampling, all chains at once.

y = x'b + u_cluster + e with one residual variance. Priors: b and log sigma flat (ridge as in
linear.py); the random intercept's SD half-Cauchy with the scale of one SD of y, which few clusters
cannot make improper (Gelman 2006, Bayesian Anal 1:515-33; as a mixture of inverse gammas: Wand et
al. 2011, Bayesian Anal 6:847-900). b is drawn with u integrated out, so that sweeps mix well.
Compare mice's 2l.pan and R's jomo, whose priors of the variances are inverse Wishart.
"""

from dataclasses import dataclass

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.chains import Chains, picked
from cesp_analysis.missing.chance import Streams, normals, normals_each
from cesp_analysis.missing.grouped import Clusters
from cesp_analysis.missing.linear import RIDGE, norm
from cesp_analysis.missing.target import Target

SWEEPS = 5
FIRST = 20
"""Sweeps where the column is visited for the first time, and is visited again."""
ALONE = 100
"""Sweeps where it is visited once (monotone)."""


@dataclass(frozen=True)
class Sums:
    """Moments of those who answered: xx (b, k, k), xy (b, k), yy, and sums by cluster.

    sx (b, J, k), sy (b, J), size (J,) or (b, J); n people (b,).
    """

    xx: Floats
    xy: Floats
    yy: Floats
    sx: Floats
    sy: Floats
    size: Floats
    n: Codes


def two_level(chains: Chains, one: Target, block: Floats, known: Floats) -> Floats:
    """Draws (b, gaps); who has no cluster has no random intercept."""
    if chains.clusters is None:  # where there are no two
        return norm(chains, one, block, known)
    clusters = chains.clusters
    sums = _sums(chains, one, known, clusters)
    b = len(chains.streams)
    start = (np.full(b, 0.8), np.full(b, 0.2), np.ones(b))  # variances of e and u, and a mixing one
    first = one.memory not in chains.memory
    state = chains.memory.get(one.memory, start)
    sweeps = SWEEPS if not first else ALONE if chains.plan.monotone else FIRST
    random = _random(sums, sweeps, chains.streams)
    for number in range(sweeps):
        beta, u, state = _sweep(sums, state, *(own[:, number] for own in random))
    chains.memory[one.memory] = state
    intercepts, codes = np.concatenate([u, np.zeros((b, 1))], axis=1), clusters.at(one.gaps)
    own = intercepts[:, codes] if codes.ndim == 1 else np.take_along_axis(intercepts, codes, axis=1)
    mean = chains.predicted(one, block, one.gaps, beta) + own
    noise = np.sqrt(state[0])[:, None] * normals_each(chains.streams, one)
    return chains.unstandard(mean + noise, one.at)


def _sums(chains: Chains, one: Target, known: Floats, clusters: Clusters) -> Sums:
    at, n = one.predictors, one.answers(len(known))
    codes = clusters.at(one.known)[..., None, :]
    member = (np.arange(clusters.number)[:, None] == codes).astype(float)
    rows = chains.rows(one.known)
    by = member @ rows
    xx, xy, sx = (
        np.ascontiguousarray(known[:, at[:, None], at]),
        known[:, at, one.at],
        picked(by, at),
    )
    if len(one.levels):
        x = chains.design(one, rows, one.known, at)
        xx, xy = x.transpose(0, 2, 1) @ x, (x.transpose(0, 2, 1) @ rows[:, :, [one.at]])[:, :, 0]
        sx = member @ x
    inner = np.arange(1, xx.shape[1])
    xx[:, inner, inner] += RIDGE * n[:, None] * chains.spread(one, at)[1:] ** 2
    return Sums(
        xx=xx,
        xy=np.ascontiguousarray(xy),
        yy=known[:, one.at, one.at],
        sx=sx,
        sy=by[:, :, one.at],
        size=member.sum(axis=-1),
        n=n,
    )


def _random(sums: Sums, sweeps: int, streams: Streams) -> tuple[Floats, ...]:
    """All random numbers of one visit, (b, sweeps, …): asked for sweep by sweep, the calls cost
    more than the algebra."""
    k, j = sums.xy.shape[1], sums.size.shape[-1]
    degrees = (sums.n.tolist(), [j + 1] * len(streams), [2] * len(streams))
    squares = (
        np.stack([s.chisquare(df, size=sweeps) for s, df in zip(streams, own, strict=True)])
        for own in degrees
    )
    return normals(streams, sweeps, k), normals(streams, sweeps, j), *squares


def _sweep(
    sums: Sums,
    state: tuple[Floats, ...],
    of_beta: Floats,
    of_u: Floats,
    of_error: Floats,
    of_between: Floats,
    of_mixing: Floats,
) -> tuple[Floats, Floats, tuple[Floats, ...]]:
    """One round of draws: coefficients, intercepts (b, J), variances; of_…: their random numbers,
    standard normal or chi-squared."""
    error, between, mixing = state
    ratio = (between / error)[:, None]
    shrink = ratio / (1 + sums.size * ratio)
    weighted = sums.sx * shrink[:, :, None]
    a = sums.xx - weighted.transpose(0, 2, 1) @ sums.sx
    g = sums.xy - (weighted.transpose(0, 2, 1) @ sums.sy[:, :, None])[:, :, 0]
    # with a = LL', the draw a^-1 g + L'^-1 z is a^-1 (g + L z): one solution of equations
    noise = np.linalg.cholesky(a) @ of_beta[:, :, None]
    beta = np.linalg.solve(a, g[:, :, None] + np.sqrt(error)[:, None, None] * noise)
    off = sums.sy - (sums.sx @ beta)[:, :, 0]
    u = shrink * off + np.sqrt(error[:, None] * shrink) * of_u
    fit = (sums.xx @ beta)[:, :, 0] - 2 * sums.xy
    rest = sums.yy + (beta[:, :, 0] * fit).sum(axis=1)
    rest = rest + (u * (sums.size * u - 2 * off)).sum(axis=1)
    error = np.maximum(rest, 1e-12 * sums.n) / of_error
    spread = (u**2).sum(axis=1) + 2 / mixing
    between = spread / of_between
    mixing = 2 * (1 / between + 1.0) / of_mixing
    return np.asarray(beta[:, :, 0]), u, (error, between, mixing)
