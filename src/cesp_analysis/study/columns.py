"""Which raw columns a file's entry reads, and what each of them is to the study."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cesp_analysis.study.base import Frozen
from cesp_analysis.study.files import RawFile


class ItemRange(Frozen):
    """An item's lowest and highest code; the column of an optional item may be absent."""

    low: float
    high: float
    optional: bool = False


Items = dict[str, dict[str, ItemRange]]
"""Instrument → item code → range."""


ItemCodes = Mapping[str, Iterable[str]]
"""Instrument → its items' codes."""


def questions_of(file: RawFile, items: ItemCodes) -> list[str]:
    """What config declares of a file besides its own columns: each a column, or in long format a
    question."""
    names = [entry.column or name for name, entry in file.variables.items()]
    for instrument, pattern in file.instruments.items():
        names += [pattern.format(item=item) for item in items[instrument]]
    return [file.raw_name(name) for name in names]


def columns_of(file: RawFile, items: Items, optional_too: bool = True) -> dict[str, str]:
    """Every raw column that config declares for a file → the place that declares it."""
    declared = dict.fromkeys((*file.rows, *file.left_out), "rows")
    declared |= {file.unit: "unit"} if file.unit else {}
    if file.long_format is not None:
        declared |= {file.long_format.question: "question", file.long_format.answer: "answer"}
    for part in ("time", "site", "arm", "neighbourhood", "link_worker", "weight", "date"):
        source = getattr(file, part)
        if source is not None and source.column is not None:
            declared[source.column] = part
    for name, entry in file.variables.items():
        for column in (entry.columns or {"": entry.column or name}).values():
            declared[file.raw_name(column)] = f"variables.{name}"
    for instrument, pattern in file.instruments.items():
        for item, asked in items[instrument].items():
            if asked.optional and not optional_too:
                continue
            declared[file.raw_name(pattern.format(item=item))] = f"instruments.{instrument}"
    return declared


REDCAP = ("redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance")
"""Columns that say which form of a REDCap project a row belongs to."""


@dataclass(frozen=True)
class Private:
    """What of a raw file's columns leaves the raw folder: ids as pseudonyms, `kept` as they are.

    named: 'rows.COLUMN' or 'left_out.COLUMN' → ids that config names, in its order; answers: of
    a file in long format the columns of question and answer, and the questions whose answers are
    kept. Of everything else processed tables know only which cells are blank.
    """

    ids: tuple[str, ...]
    kept: tuple[str, ...]
    named: dict[str, tuple[str, ...]]
    answers: tuple[str, str, tuple[str, ...]] | None = None


def private_columns(file: RawFile, items: Items) -> Private:
    """Ids and the names of link workers are pseudonymised; free text and what is not declared stay.

    A link worker's name that config translates (`values:`) is the study's own word already.
    """
    worker = file.link_worker
    ids = [file.unit] if file.unit else []
    ids += [file.raw_name(v.column or name) for name, v in file.variables.items() if v.type == "id"]
    if worker is not None and worker.column and not worker.values:
        ids.append(worker.column)
    texts = {
        file.raw_name(column)
        for name, entry in file.variables.items()
        if entry.type == "text"
        for column in (entry.columns or {"": entry.column or name}).values()
    }
    kept = [column for column in columns_of(file, items) if column not in {*ids, *texts}]
    kept += REDCAP if file.redcap else ()
    named = {
        f"{part}.{column}": values
        for part in ("rows", "left_out")
        for column, values in getattr(file, part).items()
        if column in ids
    }
    long = file.long_format
    questions = tuple(name for name in questions_of(file, items) if name not in texts)
    answers = (long.question, long.answer, questions) if long else None
    return Private(tuple(ids), tuple(kept), named, answers)
