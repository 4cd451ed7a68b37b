"""Which answers of people lie after an intercurrent event, and what becomes of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.arrays import Bools, Codes, Floats
from cesp_analysis.declared.handling import HandledEvent, Handling
from cesp_analysis.panel.came_by import came_by

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Dates:
    """Of n people and t times. positions, due (t,): in the study's unit since each one's start,
    when a time is and until when its answer counts; visits
    (n, t): the day of a time's record, NaN if it is not known; days, elapsed: event → (n,) the day,
    and the time since the start; NaN if that is not known, infinite if it did not happen."""

    positions: Floats
    due: Floats
    visits: Floats
    days: dict[str, Floats]
    elapsed: dict[str, Floats]


@dataclass(frozen=True)
class After:
    """Of an outcome's answers (n, t): event (n, t) that decides, by its number in `names`, -1 for
    none; gone: nothing counts or is imputed; again: set aside and imputed; value: what counts
    instead, NaN for nothing."""

    names: tuple[str, ...]
    event: Codes
    gone: Bools
    again: Bools
    value: Floats

    @property
    def any(self) -> Bools:
        """Where an event changes what counts."""
        return np.asarray(self.event >= 0)


def dates_of(
    people: "pd.Index[Any]",
    times: "tuple[tuple[str, float, float], ...]",
    visits: "pd.DataFrame",
    events: "pd.DataFrame",
    names: tuple[str, ...],
) -> Dates:
    """Dates of the people, in the order given; times: name, position and until when an answer
    counts; visits: Visits; events: Events; names: of the events."""
    import pandas as pd

    place = {name: at for at, (name, _, _) in enumerate(times)}
    dated = np.full((len(people), len(times)), np.nan)
    kept = visits[(visits["status"] == "kept") & visits["time"].isin(list(place))]
    row = people.get_indexer(pd.Index(kept["unit"].astype("str")))
    column = kept["time"].astype("str").map(place).to_numpy(dtype=int)
    day, found = _days(kept["date"]), row >= 0
    order = np.argsort(-day[found], kind="stable")  # the earliest record of a time stays
    dated[row[found][order], column[found][order]] = day[found][order]
    days: dict[str, Floats] = {}
    elapsed: dict[str, Floats] = {}
    for name in names:
        own = events[events["event"] == name]
        at = people.get_indexer(pd.Index(own["unit"].astype("str")))
        for into, values in ((days, _days(own["date"])), (elapsed, own["elapsed"].to_numpy(float))):
            when = np.full(len(people), np.inf)
            when[at[at >= 0]] = values[at >= 0]
            into[name] = when
    positions, due = (np.array([one[at] for one in times]) for at in (1, 2))
    return Dates(positions, due, dated, days, elapsed)


def _days(dates: "pd.Series[Any]") -> Floats:
    """Days since 1970 of dates as text; NaN for blank."""
    known = dates.notna().to_numpy()
    days = np.full(len(dates), np.nan)
    text = dates[known].astype("str").to_numpy(dtype="datetime64[D]")
    days[known] = text.astype(np.int64)
    return days


def after_events(handling: Handling, dates: Dates, answered: Bools, analysed: bool) -> After:
    """What events make of an outcome's answers; answered (n, t): whether there is one.

    analysed: whether the handling's models analyse it; else a composite value is none of its own,
    and its event is dealt with as is usual. Of two events that end follow-up the first one counts.
    """
    names = tuple(handling.events)
    event = np.full(answered.shape, -1)
    since = np.full(answered.shape, np.inf)
    ends = np.zeros(answered.shape, dtype=bool)
    for number, (name, how) in enumerate(handling.events.items()):
        strategy = _strategy(how, analysed)
        if strategy == "treatment_policy":
            continue
        late = _after(how, dates, name, answered)
        day = dates.days[name]
        when = np.where(np.isnan(day), np.finfo(float).max, day)
        final = strategy in ("while_on_treatment", "composite")
        first = late & (np.broadcast_to(when[:, None], since.shape) < since)
        taken = (first | (late & ~ends)) if final else (late & ~ends & first)
        event[taken] = number
        since[taken] = np.broadcast_to(when[:, None], since.shape)[taken]
        ends |= taken & final
    strategies = [_strategy(how, analysed) for how in handling.events.values()] + [""]
    values = [how.value if analysed else None for how in handling.events.values()] + [None]
    again = np.array([one == "hypothetical" for one in strategies])[event]
    value = np.array([np.nan if one is None else one for one in values])[event]
    return After(names, event, (event >= 0) & ~again, again, np.where(again, np.nan, value))


def _strategy(how: HandledEvent, analysed: bool) -> str:
    if how.strategy == "composite" and not analysed:
        return "while_on_treatment" if how.kind == "death" else "treatment_policy"
    return how.strategy


def _after(how: HandledEvent, dates: Dates, name: str, answered: Bools) -> Bools:
    """Which answers (n, t) lie after an event: given ones by the day of their record, missing ones
    by when they were due (see came_by). Where no day is known, given ones as their time's position
    has it; but the dead give none."""
    day, since = dates.days[name][:, None], dates.elapsed[name][:, None]
    with np.errstate(invalid="ignore"):  # of undated records and events
        by_place = dates.positions > since
        by_day = dates.visits > day
    placed = by_place if how.kind != "death" else np.zeros_like(by_place)
    given = np.where(np.isnan(dates.visits) | np.isnan(day), placed, by_day)
    gaps = came_by(dates.elapsed[name], dates.due, answered & ~given)
    return np.asarray(np.where(answered, given, gaps))
