"""Deaths that are known to have happened, but not when: a place in the follow-up for each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cesp_analysis.arrays import Bools
from cesp_analysis.economics.lived import died_of
from cesp_analysis.missing.after_events import dates_of
from cesp_analysis.numbers import counted


@dataclass(frozen=True)
class Placed:
    """events: Events, of whose undated deaths each has a time since the person's start, or, of who
    was seen at the last time, is left out; said: what must be known of that."""

    events: pd.DataFrame
    said: tuple[str, ...] = ()


def placed_deaths(
    events: pd.DataFrame,
    deaths: Sequence[str],
    units: "pd.Index[str]",
    times: Mapping[str, float],
    visits: pd.DataFrame,
    days: float,
    answered: Callable[[], Bools],
) -> Placed:
    """A death without a day lies in the middle between the person's last record (a dated visit that
    counts, or an answer) and the next time; without a record, between the first two times.

    deaths: events that are one; times: name → place in the study's unit of so many days; visits:
    Visits; answered: of whom something is known at which time (n, t), asked where it matters.
    """
    at = np.array(list(times.values()))
    places = tuple((name, place, place) for name, place in times.items())
    dates = dates_of(units, places, visits, events, tuple(deaths))
    came = np.zeros(len(units), dtype=bool)
    for name in deaths:
        came |= ~np.isinf(dates.days[name])
    unknown = came & np.isnan(died_of(dates, deaths, days))
    if not unknown.any():
        return Placed(events)
    seen = np.isfinite(dates.visits) | answered()
    last = np.where(seen, np.arange(len(at)), -1).max(axis=1)
    lived = unknown & (last == len(at) - 1)
    here = np.maximum(last, 0)
    since_first = (dates.visits - dates.visits[:, :1]) / days + at[0]
    begin = since_first[np.arange(len(units)), here]
    begin = np.where(np.isnan(begin), at[here], begin)
    stop = np.maximum(at[np.minimum(here + 1, len(at) - 1)], begin)
    middle = pd.Series((begin + stop) / 2, index=units)
    unit, own = events["unit"].astype("str"), events["event"].isin(list(deaths))
    to_place = own & unit.isin(units[unknown & ~lived])
    elapsed = events["elapsed"].mask(to_place, unit.map(middle).astype(float))
    kept = ~(own & unit.isin(units[lived]))
    said = tuple(_said(int((unknown & ~lived).sum()), int(lived.sum())))
    return Placed(events.assign(elapsed=elapsed)[kept], said)


def _said(placed: int, lived: int) -> list[str]:
    of = "the day of death of {} is not known: "
    found = []
    if placed:
        found.append(
            of.format(counted(placed, "person", "people"))
            + "taken to be the middle of the time after their last record"
        )
    if lived:
        found.append(
            of.format(counted(lived, "person", "people"))
            + "seen at the last time, they count as living until the end"
        )
    return found
