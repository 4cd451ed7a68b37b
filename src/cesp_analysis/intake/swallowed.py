"""Records that a stray quotation mark swallowed: a CSV cell that holds whole lines of the file.

A mark at the beginning of a cell opens a quoted one, which goes on to the next mark: the end of its
record, the records below and the beginning of the last become one cell, and nothing looks wrong.
A note of several lines looks the same, so a cell that spans lines is one of these alone where

- text follows its closing mark before the next separator: no program writes a cell so;
- a whole line within it looks like a record; or
- its record up to the end of the first line has as many fields as a record, and what follows from
  its last line on looks like one.

A line looks like a record if it has exactly as many fields (as the header, or as most records);
if none begins with a blank where the column's other cells do not; and if either

- its first cell is formed like the first cell of records (P3 like P12: runs of letters and of
  digits count as one), and at least one of its cells is a word that its column has in another
  record, or has digits and is formed like another cell of the column; or
- it has an id where records have theirs, in whatever column: cells with digits, all different, of
  one form; its is as long as one of them.

Where no record is left undamaged, the record around the cell says how cells are formed. The blank
is what parts prose from records of two or three columns: after a comma there stands a space.
'bread, cheese' is a note's line; 'P3,south' is not.
"""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

import numpy as np

from cesp_analysis.declared.file_forms import Written
from cesp_analysis.errors import CespError
from cesp_analysis.intake.such import such
from cesp_analysis.intake.text_lines import LINE_END, count_lines, lines_of

_SHOWN = 20  # places that have a line each; more of them are counted
_SAMPLE = 10_000  # records by which a line is judged
_REMEDY = (
    "a stray mark swallows records: export the file again with each mark within text written twice"
    ' (""), or without the stray one'
)


@dataclass(frozen=True)
class _Cell:
    """A quoted cell that spans lines: the first and last of these; what stands in its marks;
    its record's cells before and after it; what follows its closing mark."""

    first: int
    last: int
    inside: str
    before: list[str]
    after: list[str]
    rest: str


@dataclass
class _Usual:
    """What stands in each column of records on one line: its words, their forms, and whether any
    begins with a blank; n: how many records these are."""

    words: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    forms: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    blanks: set[int] = field(default_factory=set)
    n: int = 0

    def add(self, record: Sequence[str]) -> None:
        """Note one record."""
        self.n += 1
        for place, cell in enumerate(record):
            self.words[place].add(cell)
            self.forms[place].add(_form(cell))
            if cell[:1].isspace():
                self.blanks.add(place)

    @cached_property
    def ids(self) -> dict[int, set[str]]:
        """Columns of ids → how long their runs of letters and digits are."""
        return {
            at: {_lengths(word) for word in words}
            for at, words in self.words.items()
            if len(words) == self.n > 1 and len(self.forms[at]) == 1 and _has_digits(*words)
        }

    def has_id(self, line: Sequence[str], first: int, last: int) -> bool:
        """Whether a line has an id in its place, of the columns `first` to before `last`."""
        return not self._odd_blank(line) and any(
            first <= at < min(last, len(line)) and _lengths(line[at]) in known
            for at, known in self.ids.items()
        )

    def alike(self, line: Sequence[str], *around: Sequence[str]) -> bool:
        """Whether a line looks like a record; around: the beginning of the record around it and,
        if need be, its end."""
        if self._odd_blank(line):
            return False
        own = {0: {_form(around[0][0])}}
        if not self.n:
            known = [record for record in around if len(record) == len(line)]
            own |= {at: {_form(one[at]) for one in known} for at in range(len(line)) if known}
        if _form(line[0]) not in self.forms[0] | own[0]:
            return False
        return any(
            cell.strip()
            and (
                cell in self.words[at]
                or ("9" in _form(cell) and _form(cell) in self.forms[at] | own.get(at, set()))
            )
            for at, cell in enumerate(line)
        )

    def _odd_blank(self, line: Sequence[str]) -> bool:
        return any(cell[:1].isspace() and at not in self.blanks for at, cell in enumerate(line))


def check_swallowed(
    text: str, starts: np.ndarray, fields: np.ndarray, header: int, file: Written
) -> None:
    """Raises CespError with a line for each cell that seems to hold records.

    text: from the line of names on; starts (n,): the lines on which its records begin, the rows of
    names as one; fields: how many each record has; header: how many names there are.
    """
    if '"' not in text or not starts.size:
        return
    ends = np.append(starts[1:], starts[0] + count_lines(text))
    spanning = np.flatnonzero(ends - starts > 1)
    if not spanning.size:
        return
    widths = {header, *(width for width, _ in Counter(fields.tolist()).most_common(1))} - {0, 1}
    known: list[_Usual] = []
    last = file.last_line or ends[-1]
    places = [
        (cell.first, f"a cell that opens here ends in line {cell.last}{said}")
        for cell in _cells(text, starts, ends, spanning, file.separator)
        if cell.first <= last
        if (said := _said(cell, widths, file.separator, known, (text, starts, ends)))
    ]
    if not places:
        return
    told = [f"{file.path}: line {line}: {said}; {_REMEDY}" for line, said in places]
    if more := [line for line, _ in places[_SHOWN:]]:
        further = such(more, "cells") or f" (line {more[0]})"
        told[_SHOWN:] = [f"{file.path}: further cells seem to hold records{further}; {_REMEDY}"]
    raise CespError(told)


def _said(
    cell: _Cell,
    widths: set[int],
    separator: str,
    known: list[_Usual],
    source: tuple[str, np.ndarray, np.ndarray],
) -> str:
    """What a cell holds that belongs to other records; '' if it may be a note.

    known: the usual records, once they were asked for.
    """
    first, *within, last = (part.split(separator) for part in LINE_END.split(cell.inside))
    opening, closing = cell.before + first, last + cell.after
    whole = [(at, line) for at, line in enumerate(within, cell.first + 1) if len(line) in widths]
    both = len(opening) in widths and len(closing) in widths
    if not known and (whole or both):
        known.append(_usual(*source, separator))
    lines = [
        at
        for at, line in whole
        if known[0].alike(line, opening, closing) or known[0].has_id(line, 0, len(line))
    ]
    if lines:
        more = such(lines, "lines")
        return f" and holds line {lines[0]}, which looks like a record{more}"
    if cell.rest.strip():
        return ", where text follows its closing mark"
    ids_within = both and (
        known[0].has_id(opening, len(cell.before) + 1, len(opening))
        or known[0].has_id(closing, 0, len(last) - 1)
    )
    if ids_within or (both and known[0].alike(closing, opening)):
        return " and looks like the end of one record and the beginning of another"
    return ""


def _form(cell: str) -> str:
    """How a cell is formed: runs of digits as 9, runs of letters as a."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", cell))


def _lengths(cell: str) -> str:
    """How a cell is formed, digit by digit and letter by letter."""
    return re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", cell))


def _has_digits(*cells: str) -> bool:
    return all(any(sign.isdigit() for sign in cell) for cell in cells)


def _usual(text: str, starts: np.ndarray, ends: np.ndarray, separator: str) -> _Usual:
    """The records on one line below the names."""
    found, alone = _Usual(), set(starts[1:][(ends - starts)[1:] == 1][:_SAMPLE].tolist())
    lines = (line for at, line in enumerate(lines_of(text), int(starts[0])) if at in alone)
    for record in csv.reader(islice(lines, len(alone)), delimiter=separator):
        found.add(record)
    return found


def _cells(
    text: str, starts: np.ndarray, ends: np.ndarray, spanning: np.ndarray, separator: str
) -> Iterator[_Cell]:
    """The cells that span lines, of the records that do."""
    mark = re.escape(separator)
    form = re.compile(rf'(?:"([^"]*+(?:""[^"]*+)*+)")?([^{mark}\r\n]*)({mark}|\r\n|[\r\n]|\Z)')
    lines, at = lines_of(text), int(starts[0])
    for start, end in zip(starts[spanning].tolist(), ends[spanning].tolist(), strict=True):
        region = list(islice(lines, start - at, end - at))
        at = end
        yield from _cells_of("".join(region), start, separator, form)


def _cells_of(
    region: str, line: int, separator: str, cell_form: re.Pattern[str]
) -> Iterator[_Cell]:
    """The cells that span lines, of records that begin on a line. Cells are parted as the reader
    parts them: a mark opens a quoted cell at its beginning alone."""
    record, places = list[str](), list[tuple[int, int, int, str, str]]()
    start = 0
    while start < len(region):
        found = cell_form.match(region, start)
        if found is None or (found[1] is None and region[start] == '"'):
            return  # never closed: told where it is read
        inside, rest, end = found[1] or "", found[2], found[3]
        over = len(LINE_END.findall(inside)) if inside else 0
        if over:
            places.append((len(record), line, line + over, inside, rest))
        record.append(inside.replace('""', '"') + rest)
        line += over + (end != separator)
        start = found.end()
        if end != separator:
            for at, first, last, cell, behind in places:
                yield _Cell(first, last, cell, record[:at], record[at + 1 :], behind)
            record, places = [], []
