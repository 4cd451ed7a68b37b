"""Which answers of people lie after an intercurrent event, and what becomes of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from cesp_analysis.models.cluster_sums import Codes, Floats
from cesp_analysis.study.handling import HandledEvent, Handling

if TYPE_CHECKING:
    import pandas as pd

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Dates:
    """Of n people and t times, in the study's unit of time since each one's start.

    positions (t,); visits (n, t): when the record of a time is dated, NaN if there is none; events:
    name → (n,) when it happened, NaN if that is not known, infinite if it did not; last (n,): the
    last time (its number) at which anything was answered, -1 for never.
    """

    positions: Floats
    visits: Floats
    events: dict[str, Floats]
    last: Codes


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
    times: "tuple[tuple[str, float], ...]",
    answered: Bools,
    visits: "pd.DataFrame",
    events: "pd.DataFrame",
    names: tuple[str, ...],
) -> Dates:
    """Dates of the people, in the order given; times: name and position; answered (n, t): whether
    anything was; visits: Visits; events: Events."""
    import pandas as pd

    place = {name: at for at, (name, _) in enumerate(times)}
    dated = np.full((len(people), len(times)), np.nan)
    kept = visits[(visits["status"] == "kept") & visits["time"].isin(list(place))]
    row = people.get_indexer(pd.Index(kept["unit"].astype("str")))
    column = kept["time"].astype("str").map(place).to_numpy(dtype=int)
    found = row >= 0
    values = kept["elapsed"].to_numpy(dtype=float)
    order = np.argsort(-values[found], kind="stable")  # the earliest record of a time stays
    dated[row[found][order], column[found][order]] = values[found][order]
    happened = {}
    for name in names:
        own = events[events["event"] == name]
        at = people.get_indexer(pd.Index(own["unit"].astype("str")))
        when = np.full(len(people), np.inf)
        when[at[at >= 0]] = own["elapsed"].to_numpy(dtype=float)[at >= 0]
        happened[name] = when
    last = np.where(answered.any(axis=1), len(times) - 1 - answered[:, ::-1].argmax(axis=1), -1)
    positions = np.array([position for _, position in times])
    return Dates(positions, dated, happened, last)


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
        late = _after(how, dates, dates.events[name], answered)
        when = np.where(np.isnan(dates.events[name]), np.finfo(float).max, dates.events[name])
        final = strategy in ("while_on_treatment", "composite")
        first = late & (np.broadcast_to(when[:, None], since.shape) < since)
        taken = (first | (late & ~ends)) if final else (late & ~ends & first)
        event[taken] = number
        since[taken] = np.broadcast_to(when[:, None], since.shape)[taken]
        ends |= taken & final
    strategies = [_strategy(how, analysed) for how in handling.events.values()] + [""]
    values = [how.value for how in handling.events.values()] + [None]
    again = np.array([one == "hypothetical" for one in strategies])[event]
    value = np.array([np.nan if one is None else one for one in values])[event]
    return After(names, event, (event >= 0) & ~again, again, np.where(again, np.nan, value))


def _strategy(how: HandledEvent, analysed: bool) -> str:
    if how.strategy == "composite" and not analysed:
        return "while_on_treatment" if how.kind == "death" else "treatment_policy"
    return how.strategy


def _after(how: HandledEvent, dates: Dates, when: Floats, answered: Bools) -> Bools:
    """Which answers (n, t) lie after an event: by the record's date; a missing one by the time's
    position; where the event is not dated, all after the last answer. The dead give none: what was
    answered after a death counts as after it only where its record is dated so."""
    known = when[:, None]
    number = np.arange(answered.shape[1])
    with np.errstate(invalid="ignore"):  # of undated records and events
        by_place = dates.positions > known
        by_date = np.where(np.isnan(dates.visits), by_place, dates.visits > known)
    if how.kind == "death":
        by_date = np.where(np.isnan(dates.visits), False, by_date)
    late = np.where(answered, by_date, by_place)
    return np.asarray(np.where(np.isnan(known), number > dates.last[:, None], late))
