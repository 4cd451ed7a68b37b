"""People's follow-up: from their start to the last time, or to their death or withdrawal."""

from datetime import date
from typing import NamedTuple

import pandas as pd

from cesp_analysis.declared.follow_up import DAYS_IN
from cesp_analysis.feasibility.spec import RatesSpec

DAYS_A_MONTH = DAYS_IN["months"]


class Followed(NamedTuple):
    """A person's first day (None: not known) and months of follow-up; undated: it ended, nobody
    knows when, and the months are those to the last time or another end."""

    start: date | None
    months: float
    undated: bool = False

    def holds(self, day: str) -> bool | None:
        """Whether a day (YYYY-MM-DD; blank: not known) lies in it; None: that is not known."""
        if not day or self.start is None:
            return None
        passed = (date.fromisoformat(day) - self.start).days / DAYS_A_MONTH
        return 0 <= passed <= self.months


def followed(how: RatesSpec, register: pd.DataFrame, events: pd.DataFrame) -> dict[str, Followed]:
    """Person → start and months of follow-up; `register`: records of who takes part, `events`:
    Events."""
    gone: dict[str, float] = {}
    ends = events["event"].isin(how.ends)
    ending, undated = (
        events["elapsed"].where(ends),
        set(events.loc[ends & events["date"].isna(), "unit"]),
    )
    for unit, elapsed in zip(events["unit"], ending, strict=True):
        if elapsed == elapsed:
            gone[unit] = min(gone.get(unit, elapsed), elapsed)
    found = dict[str, Followed]()
    own = register.drop_duplicates("unit")
    for unit, start in zip(own["unit"], own[how.since], strict=True):
        left = gone.get(unit, float("inf")) * how.days_a_unit / DAYS_A_MONTH
        known = isinstance(start, str)
        months = max(0.0, min(how.last, left)) if known else 0.0
        found[unit] = Followed(
            date.fromisoformat(start) if known else None, months, unit in undated
        )
    return found
