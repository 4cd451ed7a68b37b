"""Files in long format: one answer a row, the question's name in a column of its own."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from cesp_analysis.attributes import shared
from cesp_analysis.cells import POINTED
from cesp_analysis.clean.columns import stripped
from cesp_analysis.declared.columns import ItemCodes, questions_of
from cesp_analysis.declared.files import RawFile


def spread(raw: pd.DataFrame, file: RawFile, items: ItemCodes) -> pd.DataFrame:
    """The rows as they are, with a column for each declared question that occurs.

    It holds the answer in the question's own rows and is blank in the others, so that every record
    keeps its line.
    """
    long = file.long_format
    if long is None or not {long.question, long.answer} <= set(raw.columns):
        return raw
    asked = stripped(raw[long.question])
    there = set(asked) - set(raw.columns)
    names = [name for name in questions_of(file, items) if name in there]
    answers = raw[long.answer].astype("str")
    columns = {name: answers.where(asked == name, "") for name in names}
    table = pd.concat([raw, pd.DataFrame(columns, index=raw.index)], axis=1)
    missing = raw.attrs.get("user_missing", {})
    codes = dict.fromkeys(names, missing.get(long.answer, ()))
    known = raw.attrs | {"user_missing": missing | codes}
    if at := raw.attrs.get(POINTED, {}).get(long.answer):
        known[POINTED] = raw.attrs[POINTED] | dict.fromkeys(names, at)
    table.attrs = shared(known)
    return table


def of_others(raw: pd.DataFrame, file: RawFile, items: ItemCodes) -> "pd.Series[Any]":
    """Rows of questions that this entry does not declare: another may read them."""
    if file.long_format is None:
        return pd.Series(False, index=raw.index)
    return ~stripped(raw[file.long_format.question]).isin(questions_of(file, items))


def clashes(raw: pd.DataFrame, name: str, file: RawFile, items: ItemCodes) -> Iterator[str]:
    """One line for each question that is called like a column of the file."""
    long = file.long_format
    if long is None or long.question not in raw:
        return
    asked = set(stripped(raw[long.question]))
    own = set(raw.columns) & asked & set(questions_of(file, items))
    for question in sorted(own):
        yield (
            f"{file.path}: '{question}' is a column, and a question in column '{long.question}';"
            f" rename one of them before it gets here (config.yaml: files.{name}.long_format)"
        )
