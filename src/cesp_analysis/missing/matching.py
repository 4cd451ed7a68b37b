"""Predictive mean matching: who is near, of all chains at once.

Source: van Buuren (2018), Flexible Imputation of Missing Data, algorithm 3.3.
"""

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.missing.chains import Streams
from cesp_analysis.missing.gathered import gathered

TIES = 10
"""Decimals (of an SD) to which predictions are compared: what differs later is rounding."""


def matched(
    answered: Floats,
    asked: Floats,
    donors: int | Codes,
    streams: Streams,
    sizes: Codes | None = None,
) -> Codes:
    """Places in `answered` (b, n) of one of the nearest `donors` of each of `asked` (b, k).

    Among equally near ones each is as likely as another. donors: of all chains, or (b,); sizes
    (b,): how many a chain asks, the first of its k; answered is infinite where nobody is.
    """
    answered, asked = np.round(answered, TIES), np.round(asked, TIES)
    donors = np.broadcast_to(donors, len(streams))
    counts = np.broadcast_to(asked.shape[1] if sizes is None else sizes, len(streams)).tolist()
    order = np.argsort(answered, axis=1)
    near = gathered(answered, order)
    picks = np.zeros(asked.shape, dtype=int)
    for row, stream, own, size in zip(picks, streams, donors.tolist(), counts, strict=True):
        row[:size] = stream.integers(own, size=size)
    chosen = _nearest(near, asked, donors) + picks
    new = near[:, 1:] != near[:, :-1]
    ties = np.flatnonzero((~new & (near[:, 1:] < np.inf)).any(axis=1))
    if len(ties):
        first, last = _runs(new[ties])
        order[ties] = _in_order(order[ties], first)
        low = gathered(first, chosen[ties])
        alike = gathered(last, chosen[ties]) + 1 - low
        luck = np.zeros(low.shape)
        for row, i in zip(luck, ties.tolist(), strict=True):
            streams[i].random(out=row[: counts[i]])
        chosen[ties] = low + np.floor(alike * luck).astype(int)
    return gathered(order, chosen)


def _nearest(near: Floats, asked: Floats, donors: Codes) -> Codes:
    """The first (b, k) of the nearest `donors` (b,), which are neighbours in order (b, n).

    Of as many on the left as on the right, each on the right that is nearer than its mate on the
    left moves the window by one.
    """
    most = int(donors.max())
    ends = np.full((len(near), most), np.inf)
    padded = np.concatenate([-ends, near, ends], axis=1)
    start = np.stack([own.searchsorted(one) for own, one in zip(near, asked, strict=True)])
    step = np.arange(most)[:, None, None]
    left = gathered(padded, start + (most - donors)[:, None] + step)
    right = gathered(padded, start + most + step)
    moved = ((asked - left > right - asked) & (step < donors[:, None])).sum(axis=0)
    return np.asarray(start + moved - donors[:, None])


def _runs(new: np.ndarray) -> tuple[Codes, Codes]:
    """First and last place (b, n) of those alike, from where a place differs from that before it
    (b, n - 1)."""
    places = np.arange(new.shape[1] + 1)
    first = np.zeros((len(new), len(places)), dtype=int)
    first[:, 1:] = np.where(new, places[1:], 0)
    last = np.full((len(new), len(places)), len(places) - 1)
    last[:, :-1] = np.where(new, places[:-1], len(places) - 1)
    return (
        np.maximum.accumulate(first, axis=1),
        np.minimum.accumulate(last[:, ::-1], axis=1)[:, ::-1],
    )


def _in_order(order: Codes, first: Codes) -> Codes:
    """The same order (b, n), those alike by their place in the table."""
    n = order.shape[1]
    return np.asarray(np.sort(first * n + order, axis=1) - first * n)
