"""How a table is laid out on paper: its columns' widths, its type size, its page's direction.

The first of these in which no number and no word has to break is taken: upright at 8.5 points,
upright at 7.5, across the page at 8.5, at 7.5, at 6.5. In a table that is wider still words break
anywhere, so that nothing runs off the page.
"""

from dataclasses import dataclass
from itertools import groupby
from math import ceil
from typing import Any

from cesp_analysis.report.texts import ems, interval_parts, words

UPRIGHT, ACROSS = 482.0, 729.0
"""What stands between the margins of an A4 page, in points."""
PADDING = 7.0  # of a cell, left and right together, in points
BOLD = 1.08  # how much wider bold type is
LONGEST_WORD = 22.0  # ems: a longer one breaks, whatever the room
PROSE, STUB = 9.0, 13.0  # ems that a column of prose and row headers have at least, if they need it
UNDER = 30.0  # ems of a line of small print under a row header, if there is room
SIZES = ((False, 8.5), (False, 7.5), (True, 8.5), (True, 7.5), (True, 6.5))
"""(across the page, type size in points), in the order in which they are tried."""
CAPTION = 70.0  # points of a caption, a row of spanners and a group's head
TOGETHER = 230.0  # points: a table that is estimated to be lower does not break over pages


@dataclass(frozen=True)
class Needs:
    """What a column needs, in ems: so that no word breaks, and so that no line does."""

    least: float
    most: float


@dataclass(frozen=True)
class Layout:
    """A table on paper. `widths`: of row headers and columns, in points; `whole`: no word breaks;
    `together`: low enough to stand on one page; `start`: points that its caption, heads and first
    rows need, so that they stand on one page."""

    across: bool
    size: float
    widths: tuple[float, ...]
    whole: bool
    together: bool
    start: float


def laid_out(table: dict[str, Any], stretch: float = 1.0) -> Layout:
    """The layout of a table in its JSON form; `stretch`: how broad the face is (1: narrow)."""
    wanted = _needs(table)
    for across, size in SIZES:
        room = (ACROSS if across else UPRIGHT) - PADDING * len(wanted)
        em = size * stretch
        if found := _shared(wanted, room / em):
            return _of(table, across, size, [width * em for width in found], True)
    together = sum(one.least for one in wanted)  # ems; room, em: those of the last size
    squeezed = [one.least / together * room for one in wanted]
    return _of(table, across, size, squeezed, False)


def header_rows(columns: list[dict[str, str]]) -> list[tuple[str, int]]:
    """(title, columns) above the columns: neighbours of one spanner joined; () if none has one."""
    joined: list[tuple[str, int]] = []
    for spanner, of in groupby(columns, key=lambda column: column["spanner"]):
        here = len(list(of))
        joined += [(spanner, here)] if spanner else [("", 1)] * here
    return joined if any(title for title, _ in joined) else []


def _of(
    table: dict[str, Any], across: bool, size: float, inner: list[float], whole: bool
) -> Layout:
    lines = [
        max(ceil(ems(text) * size / width) for text, width in zip(cells, inner, strict=True))
        for cells in _texts(table)
    ]
    height, start = (1.3 * size * sum(some) + 6 * len(some) for some in (lines, lines[:3]))
    widths = tuple(round(width + PADDING, 2) for width in inner)
    start = min(start + CAPTION, TOGETHER)
    return Layout(across, size, widths, whole, height < TOGETHER, round(start, 1))


def _texts(table: dict[str, Any]) -> list[list[str]]:
    """The texts of each row, the heads' first."""
    heads = [table["stub"], *(column["header"] for column in table["columns"])]
    rows = (row for group in table["groups"] for row in group["rows"])
    return [heads, *([f"{row['stub']} {row['under']}", *row["cells"]] for row in rows)]


def _needs(table: dict[str, Any]) -> list[Needs]:
    rows = [row for group in table["groups"] for row in group["rows"]]
    stubs = [f"{row['stub']} {row['marks']}".strip() for row in rows]
    stub = _of_column(table["stub"], stubs, "left", STUB)
    under = [row["under"] for row in rows if row["under"]]
    words_of_it = max(map(_longest, under), default=0.0)
    lines_of_it = min(max(map(ems, under), default=0.0), UNDER)
    found = [Needs(max(stub.least, words_of_it), max(stub.most, words_of_it, lines_of_it))]
    for at, column in enumerate(table["columns"]):
        texts = [row["cells"][at] for row in rows]
        found.append(_of_column(column["header"], texts, column["align"], PROSE))
    at = 1
    for title, over in header_rows(table["columns"]):
        lacking = _longest(title) * BOLD - sum(one.least for one in found[at : at + over])
        if lacking > 0:
            found[at : at + over] = [
                Needs(one.least + lacking / over, max(one.most, one.least + lacking / over))
                for one in found[at : at + over]
            ]
        at += over
    return found


def _of_column(header: str, texts: list[str], align: str, prose: float) -> Needs:
    most = max([ems(text) for text in texts] + [0.0])
    if align == "right":
        least = most
    elif align == "left":
        least = max([_longest(text) for text in texts] + [min(most, prose)])
    else:
        parts = [part for text in texts for part in interval_parts(text)]
        unbroken = [ems(part) if whole else _longest(part) for part, whole in parts]
        least = max([*unbroken, min(most, prose * 0.8 if align == "phrase" else 0.0)])
    least = max(min(least, LONGEST_WORD), _longest(header) * BOLD)
    return Needs(least, max(most, least, min(ems(header) * BOLD, 8.0)))


def _longest(text: str) -> float:
    """The widest word of a text, in ems."""
    return min(max([ems(word) for word in words(text)] + [0.0]), LONGEST_WORD)


def _shared(wanted: list[Needs], room: float) -> list[float]:
    """Ems of each column: what it needs, and its share of what is left; [] if there is no room."""
    least, most = sum(one.least for one in wanted), sum(one.most for one in wanted)
    if least > room:
        return []
    share = min(1.0, (room - least) / (most - least)) if most > least else 0.0
    return [max(one.least + share * (one.most - one.least), 1.0) for one in wanted]
