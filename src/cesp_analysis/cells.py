"""How a raw cell's text is read as a number or a date, and what stands for what stays behind.

Intake asks it to know what is nobody's words, cleaning to type the cell: they must agree.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

MASK = "(in the raw file)"
"""What stands for words: free text, a column that is not declared, a value that is not."""
MASKED_DATE = "(in the raw file: a date)"
"""What stands for a date outside the study's period, which may be somebody's date of birth."""
MASKED_NUMBER = "(in the raw file: a number)"
"""What stands for a long number that is no declared answer: of a phone, a record, a card."""
MASKS = (MASK, MASKED_DATE, MASKED_NUMBER)


def numbers_in(text: "pd.Series[Any]", decimal: str) -> "pd.Series[Any]":
    """Text as numbers; NaN where it is none, infinite where it says so."""
    import pandas as pd

    return pd.to_numeric(_pointed(text, decimal), errors="coerce").astype("float64")


def _pointed(text: "pd.Series[Any]", decimal: str) -> "pd.Series[Any]":
    """Numbers with a decimal point. Where the comma is declared, a point may not stand: 1.000 may
    be a thousand. ('.,': the cells of a sheet, whose numbers have points and whose text commas.)
    """
    if decimal == ",":
        return text.str.translate(str.maketrans(",.", ".,"))
    return text.str.replace(",", ".", regex=False) if decimal == ".," else text


def as_numbers(codes: Sequence[str]) -> list[float]:
    """The numbers among declared codes, so that '-9' covers '-9.0'."""
    import pandas as pd

    parsed = pd.to_numeric(pd.Series(list(codes), dtype="str"), errors="coerce")
    return [float(value) for value in parsed.dropna()]


def dates_in(text: "pd.Series[Any]", formats: Sequence[str]) -> "pd.Series[Any]":
    """Text as dates in the first format that fits, by default YYYY-MM-DD; NaT where none does."""
    import pandas as pd

    parsed = pd.Series(pd.NaT, index=text.index, dtype="datetime64[us]")
    for written in formats or ("%Y-%m-%d",):
        found = pd.to_datetime(text, format=written, errors="coerce").astype("datetime64[us]")
        parsed = parsed.where(parsed.notna(), found)
    return parsed


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
