"""Which records hold an answer at all: one that holds none stands in no other's way."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from cesp_analysis.clean.columns import stripped
from cesp_analysis.declared.columns import Items, columns_of
from cesp_analysis.declared.files import RawFile, Variable
from cesp_analysis.distinct import Distinct

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
    codes = ["", *(entry.missing if entry else ()), *codes_of_no_answer(raw, column, file)]
    return [*codes, _UNTICKED] if column in raw.attrs.get("checkboxes", {}) else codes


def codes_of_no_answer(raw: pd.DataFrame, column: str, file: RawFile) -> tuple[str, ...]:
    """Those declared for the file, and those of the column that the file itself declares: of a
    range, the words that occur."""
    codes = []
    for low, high in raw.attrs.get("user_missing", {}).get(column, ()):
        if low == high:
            codes.append(low)
        else:
            cells = Distinct.of(raw[column]).words
            values = pd.to_numeric(cells, errors="coerce")
            codes += list(cells[values.between(float(low), float(high))])
    own = [code for code in codes if code not in file.answers]
    return tuple(dict.fromkeys((*file.missing, *own)))


def boxes_of(raw: pd.DataFrame, file: RawFile) -> frozenset[str]:
    """The variables that are boxes to be ticked."""
    known = raw.attrs.get("checkboxes", {})
    return frozenset(
        name
        for name, entry in file.variables.items()
        if not entry.columns and file.asked(name).asked and file.variable_column(name) in known
    )


def answered(records: pd.DataFrame, file: RawFile, boxes: Collection[str]) -> np.ndarray:
    """Which cleaned records hold a value of a declared question, (n,); all, if none is declared.

    boxes: variables of which a value that means 'not ticked' says nothing, as in `without_answer`.
    """
    asked = [name for name, entry in file.variables.items() if entry.type != "id"]
    names = map(str, records.columns)
    asked += [name for name in names if name.partition(".")[0] in file.instruments]
    if not asked:
        return np.ones(len(records), dtype=bool)
    plain = [name for name in asked if name not in boxes]
    found = np.array(records[plain].notna().any(axis=1), dtype=bool)
    for name in boxes:
        empty = {"0.0", _UNTICKED, (file.variables[name].values or {}).get(_UNTICKED)}
        said = records[name].notna() & ~records[name].astype("str").isin(list(empty))
        found |= said.to_numpy(dtype=bool)
    return found
