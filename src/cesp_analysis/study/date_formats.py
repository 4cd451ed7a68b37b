"""Which formats of one list read a cell as different days: the first would decide, unseen."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from itertools import combinations

from cesp_analysis.cells import NEAR, SERIALS, all_digits

_DAYS = (
    date(2018, 12, 8), date(2012, 9, 22), date(2011, 11, 19), date(2012, 1, 14), date(2018, 3, 31),
)  # fmt: skip
"""Fewest days that show each pair which any day of 2000 to 2030 shows, of orders and separators."""
_SERIALS = range(36_526, 47_848, 37)  # days of 2000 to 2030, as spreadsheets count them


def read_differently(formats: Sequence[str]) -> Iterator[tuple[str, str, str, date, date]]:
    """Pairs of formats that read one cell as different days: both, such a cell, its two days.

    Each must be a format by itself. Tried are cells that either of them writes: a few days, and of
    a spreadsheet's numbers those of 2000 to 2030, also behind the zero of a date of six digits.
    """
    for one, other in combinations(dict.fromkeys(formats), 2):
        for cell in (*_written(one), *_written(other)):
            first, second = _read(cell, one), _read(cell, other)
            if first is not None and second is not None and first != second:
                yield one, other, cell, first, second
                break


def _written(format_: str) -> list[str]:
    """Days as a format writes them."""
    if format_ in SERIALS:
        return [f"{zero}{number}" for zero in ("", "0") for number in _SERIALS]
    return [day.strftime(format_) for day in _DAYS]


def _read(cell: str, format_: str) -> date | None:
    """The day that a format reads in a cell, as `cells.dates_in` does where another format of its
    list fits, too: none of a year that is not near; None where it fits none."""
    if format_ in SERIALS:
        known = cell.isdigit() and int(cell) in range(_SERIALS.start, _SERIALS.stop)
        start = date.fromisoformat(SERIALS[format_])
        return start + timedelta(days=int(cell)) if known else None
    if (whole := all_digits(format_)) and not re.fullmatch(whole, cell, re.IGNORECASE):
        return None
    with suppress(ValueError):
        day = datetime.strptime(cell, format_).date()
        return day if NEAR[0] <= day.year <= NEAR[1] else None
    return None
