"""Change of people of the intervention arm by what they got: exploratory, no causal effect."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cesp_analysis.columns import Row
from cesp_analysis.declared.delivery import DoseResponse
from cesp_analysis.models.least_squares import least_squares
from cesp_analysis.models.refusals import Collinear, NotEstimable
from cesp_analysis.models.sandwich import infer
from cesp_analysis.models.student import t_interval

PER = {"contacts": (1.0, "contact"), "minutes": (60.0, "hour"), "fidelity": (0.1, "0.1 fidelity")}
"""Dose → by what it is divided, and what one step of the slope then is."""
NOTHING, BASELINE = "nothing", "the outcome at baseline"
FEWEST = 10
SAME = "everybody got the same: there is no slope"


def responses(
    panel: pd.DataFrame,
    got: pd.DataFrame,
    how: DoseResponse,
    times: tuple[str, ...],
    level: float,
) -> list[Row]:
    """Rows of DoseResponseTable: each outcome and later time by contacts, minutes, fidelity."""
    own = panel[(panel["level"] == "person") & panel["unit"].isin(got["unit"])]
    doses = [name for name in PER if got[name].notna().any()]
    found = []
    for outcome in how.outcomes:
        wide = own[own["outcome"] == outcome].assign(
            unit=lambda rows: rows["unit"].astype("object"),
            time=lambda rows: rows["time"].astype("object"),
        )
        wide = wide.pivot(index="unit", columns="time", values="value")
        for time in how.times or times[1:]:
            if time not in wide or times[0] not in wide:
                continue
            pair = wide[[times[0], time]].reindex(got["unit"]).to_numpy(dtype=float)
            for dose in doses:
                amount = got[dose].to_numpy(dtype=float) / PER[dose][0]
                key = {"dose": dose, "outcome": outcome, "time": time, "ci_level": level}
                found += [key | row | {"per": PER[dose][1]} for row in slopes(pair, amount, level)]
    return found


def slopes(pair: np.ndarray, amount: np.ndarray, level: float) -> Iterator[Row]:
    """The slope of change on dose, alone and with the outcome at baseline held.

    pair (n, 2): baseline and later; amount (n,). Least squares, HC2, Bell and McCaffrey's df.
    """
    known = ~np.isnan(np.column_stack([pair, amount])).any(axis=1)
    before, after, x = pair[known, 0], pair[known, 1], amount[known]
    one = np.ones(len(x))
    designs = {NOTHING: np.column_stack([one, x]), BASELINE: np.column_stack([one, x, before])}
    for adjusted, design in designs.items():
        row: Row = {"adjusted": adjusted, "n": len(x), "status": "not_estimable"}
        if len(x) < FEWEST:
            yield row | {"reason": f"fewer than {FEWEST} people with both answers and the dose"}
        elif np.ptp(x) == 0:
            yield row | {"reason": SAME}
        else:
            yield row | _slope(after - before, design, level)


def _slope(change: np.ndarray, design: np.ndarray, level: float) -> Row:
    contrast = np.zeros(design.shape[1])
    contrast[1] = 1.0
    try:
        found = infer(least_squares(change, design), contrast, "HC2")
    except Collinear:
        return {"reason": "everybody had the same outcome at baseline, or the dose follows from it"}
    except NotEstimable as error:
        return {"reason": str(error)}
    low, high = t_interval(found.estimate, found.std_error, found.df, level)
    return {
        "status": "exploratory",
        "estimate": found.estimate,
        "std_error": found.std_error,
        "df": found.df,
        "ci_low": low,
        "ci_high": high,
        "method": f"least squares of change, {found.method}; intervention arm alone",
    }
