"""Which records hold an answer at all: one that holds none stands in no other's way."""

from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.clean.columns import stripped
from cesp_analysis.study.columns import Items, columns_of
from cesp_analysis.study.files import RawFile, Variable

_UNTICKED = "0"


def without_answer(raw: pd.DataFrame, file: RawFile, items: Items) -> np.ndarray:
    """Which raw records hold no answer in any declared column, (n,): blank cells, codes of no
    answer and boxes that are not ticked say nothing. None if no question is declared."""
    asked = [
        (column, place.partition(".")[2])
        for column, place in columns_of(file, items).items()
        if place.startswith(("variables.", "instruments.")) and column in raw
    ]
    silent = np.full(len(raw), bool(asked))
    for column, name in asked:
        entry = file.variables.get(name)
        if entry is None or entry.type != "id":
            silent &= stripped(raw[column]).isin(_no_answer(raw, column, file, entry)).to_numpy()
    return silent


def _no_answer(raw: pd.DataFrame, column: str, file: RawFile, entry: Variable | None) -> list[str]:
    """What may stand in a cell without being an answer."""
    codes = ["", *file.missing, *(entry.missing if entry else ())]
    declared: Any = raw.attrs.get("user_missing", {}).get(column, ())
    codes += [low for low, high in declared if low == high and low not in file.answers]
    return [*codes, _UNTICKED] if column in raw.attrs.get("checkboxes", {}) else codes


def answered(records: pd.DataFrame, file: RawFile) -> np.ndarray:
    """Which cleaned records hold a value of a declared question, (n,); all, if none is declared."""
    asked = [name for name, entry in file.variables.items() if entry.type != "id"]
    names = map(str, records.columns)
    asked += [name for name in names if name.partition(".")[0] in file.instruments]
    if not asked:
        return np.ones(len(records), dtype=bool)
    found: np.ndarray = records[asked].notna().any(axis=1).to_numpy(dtype=bool)
    return found
