"""Days that a study file names."""

from collections.abc import Iterator
from datetime import date


def ordered(place: str, first: tuple[str, str], last: tuple[str, str]) -> Iterator[str]:
    """Two days as YYYY-MM-DD, the first not after the last."""
    wrong = [(name, day) for name, day in (first, last) if not is_day(day)]
    for name, day in wrong:
        yield f"{place}.{name}: write a day as YYYY-MM-DD, not '{day}'"
    if not wrong and first[1] > last[1]:
        yield f"{place}: {first[0]} ({first[1]}) is after {last[0]} ({last[1]}); exchange them"


def is_day(text: str) -> bool:
    """Whether a text is a day as YYYY-MM-DD."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
