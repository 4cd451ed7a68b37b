"""Which column says when a row was collected, by what it holds: whatever its name."""

import re
from collections.abc import Sequence

from cesp_analysis.new_study.moments import EVENT, moment_meant
from cesp_analysis.new_study.tables import Column, Table

_MANY = 30  # different moments beyond which a column names none
_FILLED = 0.95  # of the rows: a time that is often absent parts no rows
_TWICE = 0.1  # of the rows that may repeat an id and time: a run asks which of them counts
_CALLED = re.compile(
    r"^((study|assessment|follow_?up|visit|survey|data)_)?"
    r"(time(_?points?)?|tp|t|waves?|visits?|events?|periods?|rounds?|occasions?|phases?|sessions?"
    r"|sweeps?|assessments?|measurements?|follow_?ups?|fu|months?|mths?|weeks?|wks?|years?|yrs?"
    r"|days?|stages?)"
    r"(_(no|nr|num|number|name|code|point|since_\w+|after_\w+|from_\w+))?$"
)
"""Names of columns whose plain numbers are times; numbers of any other may be answers."""
_KINDS = ("text", "category", "whole number")


def occasions_in(table: Table, ids: Sequence[str]) -> str | None:
    """The column that says at which of several times each row was collected: few words of times
    (baseline, T1, six months), and no id twice at one of them, though each id has several rows; or
    one that is called a time, where all rows are of one.

    `ids`: columns that are ids by their name; where there are none, any column may be.
    """
    if EVENT in table.columns:  # REDCap says itself
        return None
    for column in table.columns.values():
        words = _words_of_times(column, table)
        if words == "one":
            return column.name
        if words and any(
            _parts(table, column, table.columns[name], words == "numbers")
            for name in (ids or table.columns)
        ):
            return column.name
    return None


def _words_of_times(column: Column, table: Table) -> str:
    """'words' or 'numbers' if a column's few answers are all times so written; 'one' where it is
    called a time and says the same one throughout; else ''."""
    found = column.found
    if found.kind not in _KINDS or len(found.answers) < _FILLED * table.records:
        return ""
    words = [*map(str, found.answers.unique())]
    labels = [column.codes.get(word) or word for word in words]
    if len(words) == 1 and _CALLED.match(column.slug):
        return "one" if moment_meant(labels[0]) else ""
    if not 1 < len(words) <= min(_MANY, table.records / 2):
        return ""
    plain = [label for label in labels if re.fullmatch(r"\d{1,4}", label)]
    if plain and not _CALLED.match(column.slug):
        return ""
    moments = {m.name for label in labels if label not in plain and (m := moment_meant(label))}
    if len(moments) < 2 and not plain:  # two spellings of one time part nothing
        return ""
    said = all(moment_meant(label) for label in labels if label not in plain)
    return ("numbers" if plain else "words") if said else ""


def _parts(table: Table, time: Column, unit: Column, strictly: bool) -> bool:
    """Whether ids have several rows, and next to none twice at one time; of numbers, none at all.

    In rows whose order is by chance no id would meet each number once.
    """
    import pandas as pd

    if unit.name == time.name or unit.found.kind not in _KINDS:
        return False
    keys = pd.DataFrame({"unit": unit.found.answers, "time": time.found.answers}).dropna()
    if len(keys) < _FILLED * table.records or keys["unit"].nunique() >= _FILLED * len(keys):
        return False
    again = int(keys.duplicated().sum())
    return again <= (0 if strictly else _TWICE * len(keys))
