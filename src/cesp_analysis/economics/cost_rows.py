"""Use and costs by arm and time: of each service, and of each perspective."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.arms import ARMS
from cesp_analysis.arrays import Floats
from cesp_analysis.economics.cube import Cube
from cesp_analysis.economics.tables import CostTable
from cesp_analysis.economics.words import FOLLOW_UP


def described(
    made: Cube,
    arms: np.ndarray,
    perspectives: Mapping[str, Sequence[str]],
    said: Mapping[str, Sequence[str]],
    factors: Floats,
) -> pd.DataFrame:
    """CostTable of everybody; said: service → what was left out, beside its first row; factors
    (t,): of discount, of each time."""
    rows = []
    dead = ~made.begun[:, :, None]
    uncounted = np.isnan(made.amount).all(axis=(0, 1))  # what a site shares: of the dead neither
    present = np.where(dead, 0.0, made.cost)
    amounts = np.where(dead & ~uncounted, 0.0, made.amount)
    present = present * factors[:, None]
    for at, name in enumerate(made.names):
        cost, amount = present[:, :, at], amounts[:, :, at]
        own = list(_of("service", name, made, arms, cost, amount, factors))
        own[0]["warnings"] = " | ".join(said.get(name, ())) or None
        rows += own
    for name, sectors in perspectives.items():
        within = [at for at, sector in enumerate(made.sectors) if sector in sectors]
        total = present[:, :, within].sum(axis=2)
        unknown = np.full(total.shape, np.nan)
        rows += list(_of("perspective", name, made, arms, total, unknown, factors))
    return pd.DataFrame(rows, columns=list(CostTable.columns()))


def _of(
    of: str,
    name: str,
    made: Cube,
    arms: np.ndarray,
    cost: Floats,
    amount: Floats,
    factors: Floats,
) -> Iterator[dict[str, Any]]:
    """Each arm at each time, and over all later ones."""
    for arm in ARMS:
        own = arms == arm
        for at, time in enumerate(made.times):
            row = _row(of, name, arm, time, cost[own, at], amount[own, at])
            yield row | {"discount_factor": factors[at]}
        later = cost[own, 1:].sum(axis=1)
        yield _row(of, name, arm, FOLLOW_UP, later, amount[own, 1:].sum(axis=1))


def _row(of: str, name: str, arm: str, time: str, cost: Floats, amount: Floats) -> dict[str, Any]:
    """cost, amount (n,): amounts of a perspective, and of what a site shares, are not known.

    With any: of a service an amount, whatever its price; where there are no amounts a cost, on
    whose people alone the sum of £ rests (disclosure/tables_economics.py).
    """
    there = np.isfinite(cost)
    known, some = cost[there], np.where(np.isfinite(amount), amount, cost)[there] > 0
    row: dict[str, Any] = {"of": of, "name": name, "arm": arm, "time": time, "people": len(cost)}
    row |= {"n": len(known), "users": int(some.sum()), "warnings": None}
    if len(known):
        row |= {"mean": known.mean(), "median": np.median(known), "highest": known.max()}
        row["sd"] = known.std(ddof=1) if len(known) > 1 else np.nan
    quantities = amount[np.isfinite(amount)]
    return row | {"amount": quantities.mean() if len(quantities) else np.nan}
