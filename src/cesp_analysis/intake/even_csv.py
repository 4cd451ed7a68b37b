"""CSV text whose lines are its records, with equally many fields: read all at once.

Most exports are so: quotation marks stand around whole fields or nowhere, and no cell holds a line
end. Nothing is left to interpret then; text that is otherwise is left to the reader that walks
record by record.
"""

import codecs
import csv
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

_BLOCK = 2**22
"""Bytes that are read together: two threads share a million rows well."""


def even_records(text: bytes, above: int, header: int, separator: str) -> pd.DataFrame | None:
    """The records of text in UTF-8 below the lines above, as categories, columns by position; None
    if it is not even, narrower than the header's number of fields, or no UTF-8."""
    if text.startswith(codecs.BOM_UTF8) or not separator.isascii():
        return None  # the reader would take the mark off, and splits at single bytes
    plain = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text
    if b'"' in plain and not _quotes_fields(plain, separator):
        return None
    width = _fields_of_line(plain, above, separator)
    if width < max(header, 2):
        return None
    names = [str(i) for i in range(width)]
    try:
        table = pa.csv.read_csv(
            pa.BufferReader(plain),
            pa.csv.ReadOptions(column_names=names, skip_rows=above, block_size=_BLOCK),
            pa.csv.ParseOptions(
                delimiter=separator,
                quote_char='"' if b'"' in plain else False,
                ignore_empty_lines=False,
            ),
            pa.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.dictionary(pa.int32(), pa.large_string())),
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:  # a line with more or fewer fields, or bytes that are no UTF-8
        return None
    pieces = table.columns[::-1]
    del table
    columns = {}
    for i in range(width):  # one at a time: the pieces of a column go when it is whole
        columns[i] = _categories(pieces.pop())
    frame = pd.DataFrame(columns, copy=False)
    return None if _holds_blank_line(frame) else frame


def _quotes_fields(text: bytes, separator: str) -> bool:
    """Whether quotation marks stand around whole fields alone, twice where a cell holds one, and
    around no line end.

    Of marks counted from 0 an even one opens a field or is the second of two; an odd one closes
    it or is the first of two.
    """
    cells = np.frombuffer(text, dtype=np.uint8)
    marks = np.flatnonzero(cells == ord('"'))
    if len(marks) % 2:
        return False
    ends = np.array([ord(separator), ord("\n"), ord('"')], dtype=np.uint8)
    opening, closing = marks[::2], marks[1::2]
    before = cells[opening[opening > 0] - 1]
    after = cells[closing[closing < len(cells) - 1] + 1]
    if not (np.isin(before, ends).all() and np.isin(after, ends).all()):
        return False
    lines = np.flatnonzero(cells == ord("\n"))
    return not bool((np.searchsorted(marks, lines) % 2).any())


def _fields_of_line(text: bytes, above: int, separator: str) -> int:
    """How many fields the line below the lines above has; 0 if there is none."""
    start = 0
    for _ in range(above):
        start = text.find(b"\n", start) + 1
        if not start:
            return 0
    end = text.find(b"\n", start)
    line = text[start : end if end >= 0 else len(text)].decode(errors="replace")
    return len(next(csv.reader([line], delimiter=separator), []))


def _categories(cells: pa.ChunkedArray) -> "pd.Series[Any]":
    """A column's cells, with codes as short as they can be."""
    whole = cells.unify_dictionaries().combine_chunks()
    whole = whole if isinstance(whole, pa.DictionaryArray) else whole.chunk(0)
    words = pd.Index(whole.dictionary, dtype="str")
    codes = whole.indices.to_numpy().astype(np.min_scalar_type(-len(words) - 1))
    values = pd.Categorical.from_codes(codes, categories=words, validate=False)
    return pd.Series(values, copy=False)


def _holds_blank_line(frame: pd.DataFrame) -> bool:
    """Whether a row holds nothing: it may be a blank line, to which the reader gave fields."""
    blank = np.flatnonzero(frame[0] == "")
    for name in frame:
        if not blank.size:
            return False
        blank = blank[(frame[name].iloc[blank] == "").to_numpy()]
    return bool(blank.size)
