"""Notes of several lines that a stray quotation mark ends early: their other lines become records.

P1,"He said "no
and left",5 is read as P1 with two fields and as a record called 'and left"'. It is one cell where

- the first cell of a record is not quoted and ends with a mark, which no program writes;
- an earlier record ends with a quoted cell, and none between them has all fields; and
- the fields of both, with the cell that they share counted once, are those of the header.
"""

import re
from collections.abc import Iterator

import numpy as np

from cesp_analysis.declared.file_forms import Written
from cesp_analysis.errors import CespError
from cesp_analysis.intake.such import such
from cesp_analysis.intake.text_lines import lines_of

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
    mark = re.escape(file.separator)
    ending = re.compile(rf'[^"{mark}\r\n]+"(?={mark}|[\r\n]|\Z)')
    last = np.inf if file.last_line is None else file.last_line - above
    text = list(lines_of(body))
    starts, fields = records
    ends = [
        k
        for k, line in enumerate(starts.tolist())
        if line <= min(last, len(text)) and ending.match(text[line - 1])
    ]
    places = [
        (int(starts[j]) + above, int(starts[k]) + above)
        for k in ends
        for j in _opening(k, starts, fields, text, header, mark)
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


def _opening(
    k: int, starts: np.ndarray, fields: np.ndarray, text: list[str], header: int, mark: str
) -> Iterator[int]:
    """The record whose last cell goes on to the first cell of record k, if there is one."""
    quoted = re.compile(rf'(?:\A|{mark})"(?:[^"]|"")*"[^{mark}\r\n]*[\r\n]*\Z')
    for j in range(k - 1, -1, -1):
        own = "".join(text[int(starts[j]) - 1 : int(starts[j + 1]) - 1])
        if fields[j] + fields[k] - 1 == header and quoted.search(own):
            yield j
            return
        if fields[j] >= header:
            return
