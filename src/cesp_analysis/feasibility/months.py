"""Months of the calendar between two days, both of which count."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Month:
    """One calendar month, as far as it lies in a period: its first and last day in it, and which
    part of the month that is."""

    first: date
    last: date
    part: float

    @property
    def name(self) -> str:
        """YYYY-MM."""
        return f"{self.first:%Y-%m}"


def months_in(first: date, last: date) -> list[Month]:
    """The calendar months of a period, in order; none if it ends before it begins."""
    found = []
    while first <= last:
        days = monthrange(first.year, first.month)[1]
        end = min(last, first.replace(day=days))
        found.append(Month(first, end, ((end - first).days + 1) / days))
        first = end + timedelta(days=1)
    return found


def length(first: date, last: date) -> float:
    """How many months a period has: whole ones by the calendar, of others the part of their days.

    2023-01-01 to 2023-06-30 is 6.
    """
    return sum(month.part for month in months_in(first, last))


def day_after(start: date, months: float) -> date | None:
    """The day on which so many months after `start` have passed; None beyond the year 2200."""
    if not months < 12 * (2200 - start.year):
        return None
    day = start + timedelta(days=1)
    left = months
    while True:
        days = monthrange(day.year, day.month)[1]
        rest = (days - day.day + 1) / days
        if left <= rest:
            return day + timedelta(days=max(0, round(left * days) - 1))
        left -= rest
        day = day.replace(day=days) + timedelta(days=1)
