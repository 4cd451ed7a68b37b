"""Variables made from others: expressions, days between dates, recodings, cut points, cases."""

from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis.clean.evaluate import evaluated
from cesp_analysis.declared.derived import Case, Derived, sources_of


def derived(frame: pd.DataFrame, name: str, how: Derived) -> "pd.Series[Any]":
    """One derived variable, from the variables in `frame`, in config's order.

    Expressions are missing where a part that decides them is (clean/evaluate.py).
    """
    if how.expression is not None:
        return evaluated(frame, how.expression).rename(name)
    if how.known is not None:
        return frame[how.known].notna().astype("float64").rename(name)
    if how.cases is not None:
        return in_cases(frame, how.cases).rename(name)
    if how.days_between is not None:
        first, last = (pd.to_datetime(frame[name]) for name in how.days_between)
        return (last - first).dt.days.astype("float64").rename(name)
    values = frame[str(how.source)]
    if how.values is not None:
        recoded = _as_words(values).map(how.values)
        return recoded.astype("float64" if how.to_numbers() else "str").rename(name)
    cuts = how.cuts or ()
    edges = [-np.inf, *cuts, np.inf]
    groups = pd.cut(values, edges, right=False, labels=list(how.labels or ()))
    return groups.astype("str").where(values.notna()).rename(name)


def complete(frame: pd.DataFrame, how: Derived) -> "pd.Series[bool]":
    """The rows in which everything is known that a derived variable is made from.

    Cases are none of them: a row in which no case holds is missing because config says so.
    """
    if how.cases is not None:
        return pd.Series(False, index=frame.index)
    return frame[sources_of(how)].notna().all(axis=1)


def in_cases(frame: pd.DataFrame, cases: tuple[Case, ...]) -> "pd.Series[Any]":
    """The value of the first case that holds in each row; missing once a condition is."""
    result = pd.Series(np.nan, index=frame.index)
    left = pd.Series(True, index=frame.index)
    for case in cases:
        holds = evaluated(frame, case.where) if case.where else left.astype("float64")
        value = case.value
        found = evaluated(frame, value) if isinstance(value, str) else value
        result = result.mask(left & (holds == 1.0), found)
        left &= holds == 0.0
    return result


def _as_words(values: "pd.Series[Any]") -> "pd.Series[Any]":
    if values.dtype != "float64":
        return values
    whole = values.dropna()
    words = whole.map(lambda value: str(int(value)) if value == int(value) else repr(value))
    return words.reindex(values.index)
