"""Notes of several lines that a stray quotation mark ends early: their other lines become records.

P1,"He said "no
and left",5 is read as P1 with two fields and as a record called 'and left"'. It is one cell where

- the first cell of a record is not quoted and ends with a mark, which no program writes;
- an earlier record ends with a quoted cell, and none between them has all fields;
- the fields of both, with the cell that they share counted once, are those of the header; and
- text follows the quoted cell's mark, or no digit stands before the other: "ok" is a whole cell,
  and 6" may be inches.
"""

import re
from collections.abc import Iterator

import numpy as np

from cesp_analysis.declared.file_forms import Written
from cesp_analysis.errors import CespError
from cesp_analysis.intake.such import such
from cesp_analysis.intake.text_lines import lines_of

_INCHES = re.compile(r'\d\s*"\Z')
_SHOWN = 20  # places that have a line each; more of them are counted
_REMEDY = (
    "a stray mark ends a cell early: export the file again with each mark within text written twice"
    ' (""), or without the stray one'
)


def check_ended_early(
    body: str, above: int, records: tuple[np.ndarray, np.ndarray], header: int, file: Written
) -> None:
    """Raises CespError with a line for each cell that seems to go on in records below its own.

    body: the text below the names, of which `above` lines stand above it; records: of each one
    the line of body on which it begins, from 1, and its fields, (n,); header: how many names.
    """
    if header < 2 or '"' not in body:
        return
    last = np.inf if file.last_line is None else file.last_line - above
    places = [
        (first + above, line + above) for first, line in _broken(body, records, header, file, last)
    ]
    if not places:
        return
    told = [
        f"{file.path}: line {first}: a quoted cell ends within its text, and line {line}, whose"
        f" first cell ends with a mark that nothing opens, seems to be its end; {_REMEDY}"
        for first, line in places
    ]
    if more := [first for first, _ in places[_SHOWN:]]:
        further = such(more, "cells") or f" (line {more[0]})"
        told[_SHOWN:] = [f"{file.path}: further cells seem to end early{further}; {_REMEDY}"]
    raise CespError(told)


def _broken(
    body: str, records: tuple[np.ndarray, np.ndarray], header: int, file: Written, last: float
) -> Iterator[tuple[int, int]]:
    """The lines of body on which a cell that ends early begins and goes on; each record is looked
    at once, against the last that could be opened since one that has all fields."""
    mark = re.escape(file.separator)
    ending = re.compile(rf'[^"{mark}\r\n]+"(?={mark}|[\r\n]|\Z)')
    text = list(lines_of(body))
    starts, fields = (part.tolist() for part in records)
    ends = {
        line: found[0]
        for line in starts
        if line <= min(last, len(text)) and (found := ending.match(text[line - 1]))
    }
    final = max(ends, default=0)
    opened: dict[tuple[int, bool], int] = {}  # fields, closed whole → line of the last such record
    for line, below, n in zip(starts, [*starts[1:], len(text) + 1], fields, strict=True):
        if line > final:
            return
        if line in ends:
            inches = bool(_INCHES.search(ends[line]))
            kinds = [(header + 1 - n, whole) for whole in (False, True) if not (whole and inches)]
            if above := [opened[kind] for kind in kinds if kind in opened]:
                yield max(above), line
        if n >= header:
            opened.clear()
        closed = _closed("".join(text[line - 1 : below - 1]), mark)
        if closed is not None:
            opened[n, closed] = line


def _closed(record: str, mark: str) -> bool | None:
    """Whether a record's last cell, a quoted one, ends with its mark; None: it is not quoted."""
    found = re.search(rf'(?:\A|{mark})"(?:[^"]|"")*"([^{mark}\r\n]*)[\r\n]*\Z', record)
    return None if found is None else not found[1].strip()
