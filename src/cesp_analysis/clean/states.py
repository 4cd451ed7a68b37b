"""Columns of states: the answers to all items of an instrument as one word, a digit an item."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.cells import as_numbers, numbers_in
from cesp_analysis.clean.columns import misread, note
from cesp_analysis.clean.problems import ProblemList
from cesp_analysis.distinct import Distinct


def digits(
    raw: "pd.Series[Any]",
    lines: np.ndarray,
    problems: ProblemList,
    *,
    ranges: Sequence[tuple[float, float]],
    missing: Sequence[str],
    decimal: str = ".",
) -> list["pd.Series[Any]"]:
    """The digits of each state, one float64 column an item; `ranges`: lowest and highest of each.

    A state may be a number (11221, 11221.0) or text. One with another count of digits has no
    answers (which is lost is not known) and is listed; a digit out of its range is listed and
    missing, as from a column of its own, and so is one that is a declared code of no answer, which
    is not listed.
    """
    cells = Distinct.of(raw)
    text = cells.words.fillna("").str.strip()
    plain = text.str.replace(rf"[{decimal}]0*$", "", regex=True)
    none = text.isin(list(missing)) | numbers_in(text, decimal).isin(as_numbers(missing))
    asked = (text != "") & ~none
    whole = asked & plain.str.fullmatch(rf"[0-9]{{{len(ranges)}}}")
    note(problems, "not_a_state", raw, lines, cells.where(asked & ~whole))
    misread(problems, raw, cells.where(asked), cells.where(asked & ~whole))
    found, beyond = [], np.zeros(len(text), dtype=bool)
    for place, (low, high) in enumerate(ranges):
        digit = plain.str[place].where(whole)
        level = pd.to_numeric(digit).astype("float64")
        outside = ((level < low) | (level > high)) & ~digit.isin(list(missing))
        beyond |= outside.to_numpy(dtype=bool)
        found.append(cells.spread(level.where((level >= low) & (level <= high))))
    note(problems, "out_of_range", raw, lines, cells.where(pd.Series(beyond)))
    return found
