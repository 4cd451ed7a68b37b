"""Cells as days, in the ways in which they seem to be written."""

from typing import Any, TypeAlias

import pandas as pd

from cesp_analysis.cells import as_serials, dates_in

SERIAL = "excel"
"""And the format of numbers that stand among them: a spreadsheet's cells that are not shown as
dates."""
Answers: TypeAlias = "pd.Series[Any]"


def days_of(answers: Answers, formats: tuple[str, ...]) -> Answers:
    """The days that cells say in the first of the formats that fits each."""
    days = parsed(answers, formats[0])
    for how in formats[1:]:
        days = days.fillna(parsed(answers, how))
    return days


def parsed(answers: Answers, how: str) -> Answers:
    """The days that cells say in one format; none where they do not fit it."""
    if how == SERIAL:
        return dates_in(answers.where(as_serials(answers), ""), [SERIAL])
    return pd.to_datetime(answers, format=how, errors="coerce")
