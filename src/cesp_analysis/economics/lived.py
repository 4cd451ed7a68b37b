"""Until when people lived: what begins after a death costs nothing and is of no utility."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cesp_analysis.arrays import Bools, Floats
from cesp_analysis.declared.follow_up import DAYS_IN
from cesp_analysis.missing.after_events import Dates, dates_of

YEAR = DAYS_IN["years"]
EPOCH = float((pd.Timestamp(2000, 1, 1) - pd.Timestamp(1970, 1, 1)).days)
"""Days from those of Dates to those of contacts (fidelity/people.py)."""


@dataclass(frozen=True)
class Lived:
    """Of n people: begun (n, t), whether they lived when the time before each began; died (n,): the
    day of the death (as contacts have days), NaN of the living and where no day is known."""

    begun: Bools
    died: Floats


def lived_of(
    units: "pd.Index[str]",
    positions: Sequence[float],
    days: float,
    deaths: Sequence[str],
    visits: pd.DataFrame,
    events: pd.DataFrame,
    times: Sequence[str],
) -> Lived:
    """positions (t,): of times, in the study's unit of so many days; deaths: events that are one;
    visits: Visits; events: Events."""
    places = [(name, at, at) for name, at in zip(times, positions, strict=True)]
    dates = dates_of(units, tuple(places), visits, events, tuple(deaths))
    years = (np.array(positions) - positions[0]) * days / YEAR
    end = ends(died_of(dates, deaths, days))
    begins = np.append(-np.inf, years[:-1])
    day = np.full(len(units), np.inf)
    for name in deaths:
        day = np.fmin(day, dates.days[name])
    return Lived(end[:, None] > begins, np.where(np.isinf(day), np.nan, day - EPOCH))


def died_of(dates: Dates, deaths: Iterable[str], days: float) -> Floats:
    """Years (n,) from the first answers (else from the person's start) to a death, NaN: alive."""
    found = np.full(len(dates.visits), np.nan)
    for name in deaths:
        by_day = (dates.days[name] - dates.visits[:, 0]) / YEAR
        by_start = (dates.elapsed[name] - dates.positions[0]) * days / YEAR
        years = np.where(np.isfinite(by_day), by_day, by_start)
        found = np.where(np.isfinite(years), np.fmin(found, years), found)
    return found


def ends(died: Floats) -> Floats:
    """Until when people lived (n,), years: infinite for the living, 0 at the earliest."""
    return np.where(np.isnan(died), np.inf, np.maximum(died, 0.0))
