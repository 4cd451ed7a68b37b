"""Predictive mean matching: who is near, of all chains at once.

Source: van Buuren (2018), Flexible Imputation of Missing Data, algorithm 3.3.
"""

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.chance import Streams, uniforms
from cesp_analysis.missing.gathered import gathered

TIES = 1e10
"""Predictions are compared in parts of an SD: what differs by less is rounding."""
BITS = 58
"""Bits of a whole number that hold a prediction and a place; distances need the rest."""
FAR = np.int64(1) << 61
"""Where nobody is: farther than any prediction from any other."""


def matched(
    answered: Floats,
    asked: Floats,
    donors: int | Codes,
    streams: Streams,
    sizes: Codes | None = None,
) -> Codes:
    """Places in `answered` (b, n) of one of the nearest `donors` of each of `asked` (b, k).

    Among those predicted alike each is as likely as another; of some as far below as others above,
    those below are nearer. donors: of all chains, or (b,), no more than there are; sizes (b,): how
    many a chain asks, the first of its k; answered is infinite where nobody is.
    """
    donors = np.broadcast_to(donors, len(streams))
    counts = np.broadcast_to(asked.shape[1] if sizes is None else sizes, len(streams)).tolist()
    near, order, wanted = _in_order(answered, asked)
    picks = uniforms(streams, asked.shape[1], counts)
    chosen = _nearest(near, wanted, donors) + (picks * donors[:, None]).astype(int)
    alike = ((near[:, 1:] == near[:, :-1]) & (near[:, 1:] < FAR)).any(axis=1)
    if alike.any():
        ties = np.flatnonzero(alike)
        own, values = near[ties], gathered(near, chosen)[ties]
        low, those = _places(own, values, "left"), ties.tolist()
        luck = uniforms([streams[i] for i in those], asked.shape[1], [counts[i] for i in those])
        many = _places(own, values, "right") - low
        chosen[ties] = low + np.floor(many * luck).astype(int)
    return gathered(order, chosen)


def _in_order(answered: Floats, asked: Floats) -> tuple[Codes, Codes, Codes]:
    """Predictions (b, n) as whole numbers in order, their places, and those asked for (b, k).

    Number and place are sorted as one, so that those alike are in the order of their places. Where
    predictions are so large that both have no room, a unit is a larger part of an SD.
    """
    n = answered.shape[1]
    bits = n.bit_length()
    there = np.isfinite(answered)
    most = np.maximum(
        np.abs(answered).max(axis=1, where=there, initial=0.0),
        np.abs(asked).max(axis=1, initial=0.0),
    )
    room = 2.0 ** (BITS - bits)
    unit = np.minimum(TIES, room / np.maximum(most, 1.0))[:, None]
    whole = np.rint(np.where(there, answered, 0.0) * unit).astype(np.int64)
    whole[~there] = int(2 * room)
    both = np.sort((whole << bits) | np.arange(n), axis=1)
    near, order = both >> bits, both & ((1 << bits) - 1)
    near[near > room] = FAR
    return near, order, np.rint(asked * unit).astype(np.int64)


def _places(near: Codes, wanted: Codes, side: str) -> Codes:
    """Where (b, k) numbers would stand in each chain's own, which are in order (b, n)."""
    found = np.empty(wanted.shape, dtype=np.int64)
    for row, own, one in zip(found, near, wanted, strict=True):
        row[:] = own.searchsorted(one, side)
    return found


def _nearest(near: Codes, asked: Codes, donors: Codes) -> Codes:
    """The first (b, k) of the nearest `donors` (b,), which are neighbours in order (b, n).

    Of as many on the left as on the right, each on the right that is nearer than its mate on the
    left moves the window by one.
    """
    most = int(donors.max())
    ends = np.full((len(near), most), FAR)
    padded = np.concatenate([-ends, near, ends], axis=1)
    start = _places(near, asked, "left")
    step = np.arange(most)[:, None, None]
    left = gathered(padded, start + (most - donors)[:, None] + step)
    right = gathered(padded, start + most + step)
    moved = ((asked - left > right - asked) & (step < donors[:, None])).sum(axis=0)
    return np.asarray(start + moved - donors[:, None])
