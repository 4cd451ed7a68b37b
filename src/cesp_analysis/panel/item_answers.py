"""The answers to instruments' items, from the records of files."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.declared.base import Frozen
from cesp_analysis.instruments.types import Instrument
from cesp_analysis.schemas import Records

Answers = Mapping[tuple[str, str], pd.DataFrame]
"""(level, instrument) → unit, time, date and the instrument's items, one row a questionnaire."""


class AnswersFile(Frozen):
    """A file with items: whose answers, of which instruments, whether each has a row of its own."""

    level: str
    instruments: tuple[str, ...]
    long_format: bool = False


def answers_of(
    records: Path, files: Mapping[str, AnswersFile], known: Mapping[str, Instrument]
) -> Answers:
    """The items of every instrument, by whose answers they are, with their dates."""
    parts: dict[tuple[str, str], list[pd.DataFrame]] = {}
    for name, file in files.items():
        columns = {i: [f"{i}.{item.code}" for item in known[i].items] for i in file.instruments}
        wanted = [column for own in columns.values() for column in own]
        table = contracts.read(records / f"{name}.parquet", Records, beyond=wanted, coded=["unit"])
        for instrument, own in columns.items():
            part = _questionnaires(table, own, file)
            parts.setdefault((file.level, instrument), []).append(part)
    return {
        key: pd.concat([part.astype({"unit": "str", "time": "str"}) for part in own])
        for key, own in parts.items()
    }


def _questionnaires(table: pd.DataFrame, columns: list[str], file: AnswersFile) -> pd.DataFrame:
    """unit, time, date and items, one row a unit and time."""
    timed = table[table["time"].notna()]
    keys, whole = ["unit", "time"], ["unit", "time", "date", *columns]
    if not file.long_format:
        return timed[whole]
    grouped = timed.groupby(keys, observed=True, sort=False)[["date", *columns]]
    return grouped.first().reset_index()[whole]
