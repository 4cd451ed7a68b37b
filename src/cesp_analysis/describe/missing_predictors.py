"""How those without an answer differ from those with one: differences and one model a time."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cesp_analysis.arrays import Bools, Floats
from cesp_analysis.columns import Row
from cesp_analysis.describe.answering import ANSWERED, DIED
from cesp_analysis.describe.differing import apart
from cesp_analysis.describe.missing_asked import MissingSpec
from cesp_analysis.describe.missing_compared import Compared, compared
from cesp_analysis.describe.missing_model import Modelled, modelled
from cesp_analysis.describe.missing_patterns import Places

NOT_MODELLED = "models are of primary outcomes"


def predictor_rows(
    table: pd.DataFrame, places: Sequence[Places], how: MissingSpec
) -> Iterator[Row]:
    """Rows of MissingPredictors: each outcome of people at each of its times."""
    if not places:
        return
    first = how.times[0].name
    before, outcomes = compared(table, places[0].units, first, how)
    for own in places:
        for at, moment in enumerate(own.times):
            words = own.words[:, at]
            columns = before if moment.name == first else [*before, *outcomes]
            for row in _at(words, columns, how.outcomes[own.outcome].primary, how.ci_level):
                yield {"outcome": own.outcome, "time": moment.name, **row}


def _at(
    words: "NDArray[np.object_]", columns: Sequence[Compared], primary: bool, ci_level: float
) -> Iterator[Row]:
    """One row a column: the difference, and what the model says of it."""
    alive = words != DIED
    gone, there = alive & (words != ANSWERED), words == ANSWERED
    living = [replace(own, values=own.values[alive]) for own in columns]
    model = modelled(gone[alive], living, ci_level) if primary else None
    for at, own in enumerate(columns):
        yield {
            "variable": own.variable,
            "category": own.category or None,
            "scale": "share" if own.share else "number",
            "died": int((~alive).sum()),
            **_side("answered", own.values[there], own.share),
            **_side("unanswered", own.values[gone], own.share),
            **_difference(own, gone, there, ci_level),
            **(_averages(model, at) if model else {"model_reason": NOT_MODELLED}),
        }


def _side(name: str, values: Floats, share: bool) -> Row:
    known = values[~np.isnan(values)]
    n = len(known)
    return {
        name: n,
        f"{name}_mean": float(known.mean()) if n else None,
        f"{name}_sd": float(known.std(ddof=1)) if n > 1 and not share else None,
    }


def _difference(own: Compared, gone: Bools, there: Bools, ci_level: float) -> Row:
    one, other = (values[~np.isnan(values)] for values in (own.values[gone], own.values[there]))
    found = apart(one, other, own.share, ci_level)
    return {
        "difference": found.value,
        "difference_low": found.low,
        "difference_high": found.high,
        "difference_reason": found.reason or None,
    }


def _averages(model: Modelled, at: int) -> Row:
    value, low, high = model.averages.get(at, (None, None, None))
    return {
        "model_n": model.n,
        "model_events": model.events,
        "average": value,
        "average_low": low,
        "average_high": high,
        "model_reason": model.reasons.get(at),
    }
