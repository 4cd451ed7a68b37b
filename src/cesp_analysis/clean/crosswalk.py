"""Answers that one file codes in another way, in the study's codes."""

from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.cells import as_numbers, numbers_in
from cesp_analysis.clean.columns import categories, misread, stripped
from cesp_analysis.clean.problems import ProblemList
from cesp_analysis.distinct import Distinct


def recoded(
    raw: "pd.Series[Any]",
    lines: np.ndarray,
    problems: ProblemList,
    *,
    values: dict[str, str],
    missing: tuple[str, ...],
    decimal: str,
    item: str = "",
) -> "pd.Series[Any]":
    """Raw codes → the study's numbers; a code that is not among `values` is missing and listed.

    Codes are compared as numbers too, so that '1' covers '1.0'. item: see `columns.numbers`.
    """
    cells = Distinct.of(raw)
    words = stripped(cells.words)
    written = numbers_in(words, decimal)
    code_of = {number: code for key, code in values.items() for number in as_numbers([key])}
    by_number = {
        word: code_of[number]
        for word, number in zip(words, written, strict=True)
        if number in code_of
    }
    unsaid = list(words[written.isin(as_numbers(list(missing)))])
    codes = categories(raw, lines, problems, values=by_number | values, missing=[*missing, *unsaid])
    asked = cells.where((words != "") & ~words.isin([*missing, *unsaid]))
    misread(problems, raw, asked, asked & codes.isna().to_numpy(), item=item)
    return codes.astype("float64")


def turned(values: "pd.Series[Any]", ends: tuple[float, float]) -> "pd.Series[Any]":
    """The same scale the other way round: its lowest code becomes its highest."""
    return ends[0] + ends[1] - values
