"""Where the records of a file seem to end: notes and rows of totals stand below them."""

import re
from collections.abc import Sequence
from statistics import median

from cesp_analysis.declared.file_forms import Header

_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?")
TOTAL = re.compile(
    r"((grand|sub|overall|column)[ -]?)?(totals?|sums?|summe|gesamt\w*|insgesamt|all|mean|average"
    r"|mittelwert)\s*[:.]?", re.I
)  # fmt: skip
"""What the first cell of a row of totals says."""


def filled(row: Sequence[str]) -> list[int]:
    """The places of the cells that hold something."""
    return [place for place, cell in enumerate(row) if cell.strip()]


def usually_filled(rows: Sequence[Sequence[str]]) -> float:
    """How many cells of a row are usually filled."""
    return median([len(filled(row)) for row in rows if filled(row)] or [0])


def _last(rows: Sequence[Sequence[str]], starts: Sequence[int]) -> int | None:
    """The line of the last record, if nothing but notes in one cell, and rows that say that they
    hold totals, stand below it.

    One word may be an id whose record is blank otherwise; a number may be a total.
    """
    usual = usually_filled(rows)
    if usual < 3:
        return None
    last = max((at for at, row in enumerate(rows) if len(filled(row)) >= usual / 2), default=0)
    foot = [(at, filled(row)) for at, row in enumerate(rows) if at > last and filled(row)]
    below = [(at, places) for at, places in foot if not _says_total(rows[at], rows[:at])]
    notes = {at: rows[at][places[0]].strip() for at, places in below}
    if not notes or max(len(places) for _, places in below) > 1:
        return None
    for at, note in notes.items():
        if len(note.split()) > 1:
            return starts[last]
        last = at
    return None


def end_of_records(
    rows: Sequence[Sequence[str]], header: Header, starts: Sequence[int]
) -> tuple[int | None, tuple[int, ...]]:
    """The line of the last record, if notes or totals stand below it; the lines of totals."""
    last = _last(rows, starts)
    top = header.skip + header.rows
    end = len(rows) if last is None else list(starts).index(last) + 1
    while end > top and not filled(rows[end - 1]):
        end -= 1
    first, sure = end, end
    while first - 1 > top + 1 and (kind := _total(rows[first - 1], rows[top : first - 1])):
        first -= 1
        sure = first if kind == "sure" else sure
    if sure < end:
        last = starts[sure - 1]
    return last, tuple(starts[at] for at in range(first, end))


def _total(row: Sequence[str], above: Sequence[Sequence[str]]) -> str:
    """'sure' if a row says that it holds totals or adds up what stands above it; 'perhaps' if it
    has numbers and alone no id; '' if it looks like a record."""
    places = filled(row)
    numbers = [place for place in places if _NUMBER.fullmatch(row[place].strip())]
    others = [other for other in above if filled(other)]
    if not numbers or len(others) < 2:
        return ""
    first = row[places[0]].strip()
    often = sum(len(other) > places[0] and other[places[0]].strip() == first for other in others)
    if TOTAL.fullmatch(first) and not often:
        return "sure"
    if row[0].strip() or sum(bool(other and other[0].strip()) for other in others) < len(others):
        return ""
    return "sure" if any(_adds_up(row, others, place) for place in numbers) else "perhaps"


def _says_total(row: Sequence[str], above: Sequence[Sequence[str]]) -> bool:
    """Whether a row begins with a word for totals, before numbers."""
    return bool(TOTAL.fullmatch(row[filled(row)[0]].strip())) and _total(row, above) == "sure"


def _adds_up(row: Sequence[str], above: Sequence[Sequence[str]], place: int) -> bool:
    cells = [other[place].strip() for other in above if len(other) > place]
    values = [float(c.replace(",", ".")) for c in cells if _NUMBER.fullmatch(c)]
    total = float(row[place].strip().replace(",", "."))
    return len(values) > 1 and abs(sum(values) - total) < 1e-6 * max(1.0, abs(total))
