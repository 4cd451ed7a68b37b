"""Rounds of draws: each column in turn from its model given all others, of all chains at once."""

from collections.abc import Callable, Iterator

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.missing.categorical import logistic, ordered
from cesp_analysis.missing.chains import Chains
from cesp_analysis.missing.linear import given_by, norm, pmm
from cesp_analysis.missing.matched_parts import by_parts, only_of
from cesp_analysis.missing.nominal import nominal
from cesp_analysis.missing.target import Target
from cesp_analysis.missing.two_level import two_level

Draw = Callable[[Chains, Target, Floats, Floats], Floats]
DRAWS: dict[str, Draw] = {
    "norm": norm,
    "pmm": pmm,
    "logistic": logistic,
    "ordered": ordered,
    "nominal": nominal,
    "two_level": two_level,
}


def rounds(chains: Chains, times: int) -> Iterator[tuple[Target, Floats]]:
    """Each target, so many times, with what was drawn of it (b, gaps), in the column's unit."""
    for _ in range(times):
        for one in chains.targets:
            block, known = chains.opened(one)
            raw = _draws(chains, one, block, known)
            chains.put(one, raw, block, known)
            yield one, raw


def _draws(chains: Chains, one: Target, block: Floats, known: Floats) -> Floats:
    """Of a column; of people who lack what determines it as well, from the others' columns."""
    if one.lacking_parts:
        return by_parts(chains, one)
    raw = _draw(chains, one, block, known)
    for places, fewer in one.apart:
        where = places if places.ndim == 2 else (slice(None), places)
        with only_of(chains, one, places):
            raw[where] = _draw(chains, fewer, block, known)[where]
    return raw


def _draw(chains: Chains, one: Target, block: Floats, known: Floats) -> Floats:
    if len(one.values) == 1:
        return given_by(chains, one, np.zeros(block.shape[:2], dtype=int))
    return DRAWS[str(one.column.method)](chains, one, block, known)
