"""Random numbers of chains, each of a stream of its own."""

from collections.abc import Callable
from typing import Any

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
    return _each(streams, one, np.random.Generator.standard_normal)


def uniforms_each(streams: Streams, one: Target) -> Floats:
    """A uniform draw on [0, 1) for each gap of each chain (chains, gaps), 0 beyond its own."""
    return _each(streams, one, np.random.Generator.random)


def _each(streams: Streams, one: Target, draw: Callable[..., Any]) -> Floats:
    """A draw for each gap of each chain (chains, gaps), 0 beyond its own."""
    made = np.zeros((len(streams), one.gaps.shape[-1]))
    sizes = one.lacking(len(streams)).tolist()
    for row, stream, size in zip(made, streams, sizes, strict=True):
        draw(stream, out=row[:size])
    return made


def chi_squares(streams: Streams, df: Codes) -> Floats:
    """Chi-squared draws (chains,), df (chains,)."""
    return np.array([s.chisquare(own) for s, own in zip(streams, df.tolist(), strict=True)])
