"""How a raw cell's text is read as a number or a date, and what stands for what stays behind.

Intake asks it to know what is nobody's words, cleaning to type the cell: they must agree.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

MASK = "(in the raw file)"
"""What stands for words: free text, a column that is not declared, a value that is not."""
MASKED_DATE = "(in the raw file: a date)"
"""What stands for a date outside the study's period, which may be somebody's date of birth."""
MASKED_NUMBER = "(in the raw file: a number)"
"""What stands for a long number that is no declared answer: of a phone, a record, a card."""
MASKED_ORDER = "(in the raw file: a date in another order)"
"""What stands for a date whose day and month stand the other way round than declared."""
MASKED_SERIAL = "(in the raw file: a day's serial number)"
"""What stands for a number where a date should be, as a spreadsheet counts days."""
MASKS = (MASK, MASKED_DATE, MASKED_NUMBER, MASKED_ORDER, MASKED_SERIAL)
POINTED = "pointed"
"""In `attrs` of a Raw table whose decimal mark is the comma: column → lines whose cell is text with
a point, not a number, where a number has a point too."""
AS_TEXT = " (text)"
"""What is added to such a cell where numbers are read: it is none, and listed so."""
SERIALS = {"excel": "1899-12-30", "excel_1904": "1904-01-01"}
"""How a spreadsheet counts days: the format's name in config.yaml → day 0 (ECMA-376, 18.17.4)."""
_FIRST = {"excel": 61, "excel_1904": 0}
"""Before 1 March 1900 Excel counts a day that never was: such a number is no date here."""
_LIKELY = (10_000, 80_000)
"""Serial numbers from 1927 to 2119: what a study's dates may be."""


NEAR = (1800, 2199)
"""Years that a study's dates may have, of birth as well; another is a slip, or another format's."""
_WIDTHS = {"d": 2, "m": 2, "y": 2, "Y": 4, "j": 3, "H": 2, "I": 2, "M": 2, "S": 2}
"""Parts of a date that are written in digits → how many, with their leading zeros."""
_PIECES = re.compile(
    rf"(?P<row>(?:%[{''.join(_WIDTHS)}]){{2,}})|%(?P<part>.)|(?P<space>\s+)|.", re.S
)
_OF_A_DAY = re.compile("%[dmyYj]")


def numbers_in(text: "pd.Series[Any]", decimal: str) -> "pd.Series[Any]":
    """Text as numbers; NaN where it is none, infinite where it says so."""
    import pandas as pd

    return pd.to_numeric(_pointed(text, decimal), errors="coerce").astype("float64")


def _pointed(text: "pd.Series[Any]", decimal: str) -> "pd.Series[Any]":
    """Numbers with a decimal point. Where the comma is declared, a point may not stand: 1.000 may
    be a thousand. ('.,': the cells of a sheet, whose numbers have points and whose text commas;
    text with a point carries a mark, see `as_numbers_of`.)
    """
    if decimal == ",":
        return text.str.translate(str.maketrans(",.", ".,"))
    return text.str.replace(",", ".", regex=False) if decimal == ".," else text


def as_numbers_of(raw: "pd.DataFrame", column: str, codes: Sequence[str] = ()) -> "pd.Series[Any]":
    """A Raw table's column as numbers are read from it: where the comma is the decimal mark, text
    with a point is marked, and so is none, unless it is one of the declared `codes`."""
    import numpy as np

    cells: pd.Series[Any] = raw[column]
    at = raw.attrs.get(POINTED, {}).get(column)
    if not at:
        return cells
    words = cells.astype("str")
    marked = np.isin(raw["line"].to_numpy(), at) & ~words.isin([*codes, *MASKS])
    return words.mask(marked, words + AS_TEXT) if marked.any() else cells


def as_numbers(codes: Sequence[str]) -> list[float]:
    """The numbers among declared codes, so that '-9' covers '-9.0'."""
    import pandas as pd

    parsed = pd.to_numeric(pd.Series(list(codes), dtype="str"), errors="coerce")
    return [float(value) for value in parsed.dropna()]


def dates_in(text: "pd.Series[Any]", formats: Sequence[str]) -> "pd.Series[Any]":
    """Text as dates in the first format that fits, by default YYYY-MM-DD; NaT where none does. One
    that makes it a day of a year that is not near gives way to one that does not.

    The formats excel and excel_1904 read numbers, as spreadsheets count days.
    """
    import pandas as pd

    near = far = pd.Series(pd.NaT, index=text.index, dtype="datetime64[us]")
    for written in formats or ("%Y-%m-%d",):
        if written in SERIALS:
            found = _days_counted(text, written)
        else:
            whole = all_digits(written)
            may = text if whole is None else text.where(text.str.fullmatch(whole, case=False), "")
            found = pd.to_datetime(may, format=written, errors="coerce").astype("datetime64[us]")
        near = near.where(near.notna(), found.where(found.dt.year.between(*NEAR)))
        far = far.where(far.notna(), found)
    return near.where(near.notna(), far)


@lru_cache(maxsize=256)
def all_digits(written: str) -> str | None:
    """What a cell must match, whole and in whatever case, of a format whose parts stand in a row
    without separators; None: none do.

    Only with all their digits is it known where a part ends. 1112024 of %d%m%Y may be 1 November
    2024, whose zero a spreadsheet dropped, or 11 January; 050311 is no day of the year 503.
    """
    pieces = list(_PIECES.finditer(written))
    if not any(piece["row"] and _OF_A_DAY.search(piece["row"]) for piece in pieces):
        return None
    return "".join(_piece(piece) for piece in pieces)


def _piece(piece: re.Match[str]) -> str:
    """What a piece of a format stands for: parts in a row for all their digits."""
    if (row := piece["row"]) and _OF_A_DAY.search(row):
        return rf"\d{{{sum(_WIDTHS[part] for part in row[1::2])}}}"
    if row or piece["part"] not in (None, "%"):
        return ".*?"
    return r"\s+" if piece["space"] else re.escape(piece[0][-1])


def _days_counted(text: "pd.Series[Any]", written: str) -> "pd.Series[Any]":
    """Serial numbers as dates; a part of a day is its time, which is left out."""
    import pandas as pd

    days = pd.to_numeric(text, errors="coerce").astype("float64") // 1
    last = (pd.Timestamp("9999-12-31") - pd.Timestamp(SERIALS[written])).days
    days = days.where((days >= _FIRST[written]) & (days <= last))
    counted = pd.to_timedelta(days, unit="D").astype("timedelta64[us]")
    return (pd.Timestamp(SERIALS[written]).as_unit("us") + counted).astype("datetime64[us]")


def in_other_order(text: "pd.Series[Any]", formats: Sequence[str]) -> "pd.Series[Any]":
    """Which of the words that fit no declared format are a date if day and month change places,
    such as 01/13/2024 under %d/%m/%Y: those that fit may then be misread as well.

    Years that stand first are followed by the month; 2024-13-05 is a slip.
    """
    import pandas as pd

    turned = {"%d": "%m", "%m": "%d"}
    others = [
        re.sub("%[dm]", lambda found: turned[found[0]], written)
        for written in formats
        if "%d" in written and "%m" in written and not written.lower().startswith("%y")
    ]
    if not others:
        return pd.Series(False, index=text.index)
    return dates_in(text, others).notna()


def as_serials(text: "pd.Series[Any]", formats: Sequence[str] = ()) -> "pd.Series[Any]":
    """Which words are numbers such as a spreadsheet's days have; none that a zero before it makes
    a date of one of `formats` whose parts stand in a row: 41124 under %d%m%y lacks its first."""
    import pandas as pd

    likely = pd.to_numeric(text, errors="coerce").between(*_LIKELY)
    if in_a_row := [written for written in formats if all_digits(written)]:
        likely &= dates_in("0" + text.astype("str"), in_a_row).isna()
    return likely


def outside(dates: "pd.Series[Any]", period: tuple[str, str] | None) -> "pd.Series[bool]":
    """Which dates lie outside the study's period; none if it has none."""
    import pandas as pd

    if period is None:
        return pd.Series(False, index=dates.index)
    first, last = (pd.Timestamp(day) for day in period)
    return dates.notna() & ((dates < first) | (dates > last))


def respellings(words: "pd.Series[Any]") -> list[str]:
    """The words that differ from a more frequent one (of as frequent ones, an earlier one) in
    capitals and spaces alone."""
    counts = words.value_counts(sort=False).sort_values(ascending=False, kind="stable")
    known = counts.index.to_series().astype("str")
    known = known[(known.str.strip() != "") & (counts.to_numpy() > 0)]
    plain = known.str.casefold().str.split().str.join(" ")
    return [str(word) for word in known[plain.duplicated()]]
