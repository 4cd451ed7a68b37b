"""Each item of a candidate by site and time: answers, extremes, correlation with the rest."""

from collections.abc import Iterator

import numpy as np

from cesp_analysis.columns import Row
from cesp_analysis.measurement.candidate import Candidate
from cesp_analysis.measurement.directions import rest_correlations

FEW = 3
"""Fewer complete answers have no correlation."""


def item_rows(own: Candidate) -> Iterator[Row]:
    """Rows of Items: at each time, all sites together, then each site."""
    if own.answers is None or own.entering is None or own.returned is None:
        return
    for time in own.moments:
        at = (own.time == time) & own.returned
        if not at.any():
            continue
        for group in ("", *own.groups):
            here = at & (own.group == group) if group else at
            yield from _cell(own, own.answers[here], own.entering[here], group, time)


def _cell(
    own: Candidate, answers: np.ndarray, entering: np.ndarray, group: str, time: str
) -> Iterator[Row]:
    complete = entering[~np.isnan(entering).any(axis=1)]
    rest, reason = _rest(complete)
    instrument = own.instrument.name if own.instrument else ""
    for column, item in enumerate(own.items):
        given = answers[:, column]
        known = given[~np.isnan(given)]
        n, asked = len(known), len(given)
        value = None if rest is None or np.isnan(rest[column]) else float(rest[column])
        yield {
            "outcome": own.name,
            "item": f"{instrument}.{item.code}",
            "label": item.label or None,
            "site": group or None,
            "time": time,
            "records": asked,
            "n": n,
            "missing": 1 - n / asked if asked else None,
            "mean": float(known.mean()) if n else None,
            "sd": float(known.std(ddof=1)) if n > 1 else None,
            "categories": len(np.unique(known)),
            "lowest": item.low,
            "highest": item.high,
            "floor": float((known == item.low).mean()) if n else None,
            "ceiling": float((known == item.high).mean()) if n else None,
            "rest_n": len(complete),
            "rest_correlation": value,
            "reason": None if value is not None else reason or _alike(complete[:, column]),
        }


def _rest(complete: np.ndarray) -> tuple[np.ndarray | None, str]:
    """The correlation of each item with the sum of the others (k,), or why there is none."""
    n, k = complete.shape
    if k < 2:
        return None, "a scale of one item has no rest"
    if n < FEW:
        return None, f"{n} complete answers: at least {FEW} are needed"
    return rest_correlations(complete), ""


def _alike(column: np.ndarray) -> str:
    if np.ptp(column) == 0:
        return "everybody gave the same answer"
    return "the sum of the other items is the same for everybody"
