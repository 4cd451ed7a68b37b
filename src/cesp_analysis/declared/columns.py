"""Which raw columns a file's entry reads, and what each of them is to the study."""

from collections.abc import Iterable, Mapping

from cesp_analysis.declared.base import Frozen
from cesp_analysis.declared.files import RawFile
from cesp_analysis.declared.instruments import StateColumn


class ItemRange(Frozen):
    """An item's lowest and highest code; the column of an optional item may be absent."""

    low: float
    high: float
    optional: bool = False


Items = dict[str, dict[str, ItemRange]]
"""Instrument → item code → range."""


PARTS = (
    "time", "site", "arm", "neighbourhood", "link_worker", "weight", "date", "mode", "version",
)  # fmt: skip
"""What a row says besides its answers: each a column or a constant."""

ItemCodes = Mapping[str, Iterable[str]]
"""Instrument → its items' codes."""


def questions_of(file: RawFile, items: ItemCodes) -> list[str]:
    """What config declares of a file besides its own columns: each a column, or in long format a
    question."""
    names = [column for name in file.variables for column in file.variable_columns(name)]
    for instrument in file.instruments:
        names += [
            file.item_column(instrument, item)
            for item in items[instrument]
            if file.asked(f"{instrument}.{item}").asked
        ]
    return list(dict.fromkeys(names))


def columns_of(file: RawFile, items: Items, optional_too: bool = True) -> dict[str, str]:
    """Every raw column that config declares for a file → the place that declares it."""
    declared = dict.fromkeys((*file.rows, *file.left_out), "rows")
    declared |= {file.unit: "unit"} if file.unit else {}
    if file.long_format is not None:
        declared |= {file.long_format.question: "question", file.long_format.answer: "answer"}
    for part in PARTS:
        source = getattr(file, part)
        if source is not None and source.column is not None:
            declared[source.column] = part
    for name in file.variables:
        for column in file.variable_columns(name):
            declared[column] = f"variables.{name}"
    for instrument in file.instruments:
        for item, asked in items[instrument].items():
            if file.lacks_item(instrument, item, asked.optional):
                continue
            how = file.instruments[instrument]
            named = isinstance(how, StateColumn) and item in how.columns
            absent = asked.optional and not optional_too and not named
            if not absent and file.asked(f"{instrument}.{item}").asked:
                declared[file.item_column(instrument, item)] = f"instruments.{instrument}"
    return declared


class Needed(Frozen):
    """The columns that a raw file must have: column → the place of its entry that asks for it.

    question, answer: of a file in long format, the columns that hold an answer's question and the
    answer itself; there a question counts as a column. respondents: it holds answers of theirs, and
    may have a crosswalk.
    """

    columns: dict[str, str]
    question: str | None = None
    answer: str | None = None
    respondents: bool = False


def needed_columns(file: RawFile, items: Items) -> Needed:
    """What an entry asks of its raw file."""
    long = file.long_format
    columns = columns_of(file, items, optional_too=False)
    for question, how in file.crosswalk.items():
        if how.column is not None and how.column in columns:
            columns[how.column] = f"crosswalk.{question}.column"
    return Needed(
        columns=columns,
        question=long.question if long else None,
        answer=long.answer if long else None,
        respondents=file.level == "respondent",
    )


REDCAP = ("redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance")
"""Columns that say which form of a REDCap project a row belongs to."""
