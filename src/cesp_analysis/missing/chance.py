"""Random numbers of chains, each of a stream of its own."""

from collections.abc import Sequence

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.target import Target

Streams = tuple[np.random.Generator, ...]
"""One stream of random numbers for each chain, which draws from no other."""


def normals(streams: Streams, *shape: int) -> Floats:
    """Standard normal draws (chains, *shape)."""
    made = np.empty((len(streams), *shape))
    for row, stream in zip(made, streams, strict=True):
        stream.standard_normal(out=row)
    return made


def normals_each(streams: Streams, one: Target) -> Floats:
    """A standard normal draw for each gap of each chain (chains, gaps), 0 beyond its own."""
    if one.filled is None:
        return normals(streams, one.gaps.shape[-1])
    made = np.zeros((len(streams), one.gaps.shape[-1]))
    sizes = one.lacking(len(streams)).tolist()
    for row, stream, size in zip(made, streams, sizes, strict=True):
        stream.standard_normal(out=row[:size])
    return made


def uniforms_each(streams: Streams, one: Target) -> Floats:
    """A uniform draw on [0, 1) for each gap of each chain (chains, gaps), 0 beyond its own."""
    return uniforms(streams, one.gaps.shape[-1], one.lacking(len(streams)).tolist())


def uniforms(streams: Sequence[np.random.Generator], most: int, counts: Sequence[int]) -> Floats:
    """Uniform draws on [0, 1) (chains, most), of each chain as many as it counts, then 0.

    Whole numbers below m are made of them, too: a call for them costs several times as much.
    """
    made = np.zeros((len(counts), most))
    for row, stream, size in zip(made, streams, counts, strict=True):
        stream.random(out=row[:size])
    return made


def chi_squares(streams: Streams, df: Codes) -> Floats:
    """Chi-squared draws (chains,), df (chains,)."""
    return np.array([s.chisquare(own) for s, own in zip(streams, df.tolist(), strict=True)])
