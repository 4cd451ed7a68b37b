"""Between what the imputed values of an evaluation lie, and which of them cannot be."""

from collections.abc import Iterator

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.economics.frame import QALYS, UTILITY, Frame, Range, is_cost
from cesp_analysis.economics.words import column_in_words
from cesp_analysis.missing.imputed import Imputations
from cesp_analysis.numbers import listed

OF_SETS = "counted in the sets of multiple imputation, not in bootstrap samples"


def spans(made: Imputations) -> dict[str, tuple[float, float]]:
    """Column → the lowest and the highest of its imputed values over all sets, in its unit; columns
    of which nothing was imputed are not in it."""
    return {
        one.column: (float(one.values.min()), float(one.values.max()))
        for one in made.cells
        if one.values.size
    }


def impossible(frame: Frame, made: Imputations) -> Iterator[str]:
    """How many imputed utilities and QALYs lie beyond what the value set has, by column with their
    span; nothing where none does. `made`: Rubin's sets, which is said."""
    found = []
    for cells in made.cells:
        variable = frame.equations.about[cells.column].variable
        wrong = beyond(cells.values, possible(frame, variable))
        if number := int(wrong.sum()):
            low, high = (f"{one:.4g}" for one in (cells.values.min(), cells.values.max()))
            what = column_in_words(cells.column)
            found.append(f"{number:,} of {cells.values.size:,} of {what} ({low} to {high})")
    if found:
        yield (
            "values imputed by norm that cannot be (beyond the value set's range), of"
            f" {made.m} sets ({OF_SETS}): {listed(found)}; economics.missing.method: pmm imputes"
            " none"
        )


def possible(frame: Frame, variable: str) -> Range:
    """The lowest and the highest value that a variable of the table can have, None where that is
    not known: QALYs are utilities for as long as the follow-up, no cost is below nothing."""
    low, high = frame.utility_range
    if variable == UTILITY:
        return low, high
    if variable == QALYS:
        years = frame.years
        return None if low is None else low * years, None if high is None else high * years
    return (0.0, None) if is_cost(variable) else (None, None)


def beyond(values: Floats, ends: Range) -> np.ndarray:
    """Which values lie below the lowest or above the highest that there can be."""
    low, high = ends
    below = False if low is None else values < low
    above = False if high is None else values > high
    return np.broadcast_to(np.asarray(below | above), values.shape)
