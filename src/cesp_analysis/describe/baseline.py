"""The step `baseline`: who was in the study, by site, and how far the arms differ; no tests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.arms import ARMS
from cesp_analysis.columns import Row
from cesp_analysis.describe.standardised_difference import (
    Difference,
    mean,
    of_categories,
    of_numbers,
    quantile,
    variance,
)
from cesp_analysis.describe.tables import Baseline
from cesp_analysis.models.analysis_sets import FLAG
from cesp_analysis.models.hidden import fewer, hidden, said
from cesp_analysis.numbers import NOT_SHOWN
from cesp_analysis.panel.groups import by_group
from cesp_analysis.schemas import MARGIN, Panel

WOULD_TELL = f"{NOT_SHOWN}: with the other numbers it would tell of what few have"
SUMMARIES = ("mean", "sd", "q1", "median", "q3", "count", "share")
FEWEST = 2  # one person shows no spread


def baseline(panel: Path, out: Path, minimum: int = 10) -> None:
    """Covariates, and outcomes at the first time, of people and of the first wave, by group.

    Of respondents twice: as they answered, and by their weights where these differ; of what fewer
    than `minimum` of them have, no number.
    """
    table = by_group(contracts.read(panel, Panel))
    apart = {*Panel.columns(), FLAG}  # who was contaminated is known after baseline only
    extra = [str(c) for c in table if c not in apart and not str(c).startswith(MARGIN)]
    rows = [
        row
        for level, part in table.groupby("level", observed=True)
        for row in _level(str(level), part, [name for name in extra if name != "group"], minimum)
    ]
    contracts.write(pd.DataFrame(rows, columns=list(Baseline.columns())), out, Baseline)


def _level(level: str, part: pd.DataFrame, extra: list[str], minimum: int) -> Iterator[Row]:
    first = part["time"].cat.remove_unused_categories().cat.categories[0]
    part = part[part["time"] == first]
    weighings = ["no", "yes"] if level == "respondent" and _uneven(part) else ["no"]
    units = part.drop_duplicates("unit")
    least = max(minimum, FEWEST) if level == "respondent" else 0
    for weighted in weighings:
        for name in extra:
            if units[name].notna().any():
                yield from variable_rows(level, name, units, name, weighted, least)
        for outcome, own in part.groupby("outcome", observed=True):
            yield from variable_rows(level, str(outcome), own, "value", weighted, least)


def _uneven(part: pd.DataFrame) -> bool:
    weights = part["weight"].dropna()
    return bool(len(weights) and weights.max() > weights.min())


def variable_rows(
    level: str, variable: str, units: pd.DataFrame, column: str, weighted: str, least: int = 0
) -> Iterator[Row]:
    """The rows of a variable, one a group (and category): n, missing, summaries; the difference
    between the arms, of all who have a value, is the same in each of them. Nothing is told of
    fewer than `least`, nor what would tell of them."""
    values = units[column]
    weights = units["weight"].fillna(0.0) if weighted == "yes" else pd.Series(1.0, units.index)
    known = values.notna() & (weights > 0)
    apart = _difference(values[known], weights[known], units.loc[known, "arm"])
    rows: list[Row] = []
    for group, own in units.groupby("group", observed=True):
        common: Row = {
            "level": level,
            "variable": variable,
            "group": str(group),
            "weighted": weighted,
            "n": int(known[own.index].sum()),
            "n_missing": int((~known[own.index]).sum()),
            "difference": apart.value,
            "reason": apart.reason or None,
        }
        here = own.index[known[own.index]]
        found = _summaries(values[here], weights[here].to_numpy(), weighted == "yes")
        for numbers, few in zip(found, _too_few(own, column, least), strict=True):
            told = dict.fromkeys(SUMMARIES) | {"reason": few} if few else {}
            rows.append(common | numbers | told)
    if any(str(row["reason"]).startswith(NOT_SHOWN) for row in rows):
        for row in rows:  # of all categories, and of both arms
            row["difference"] = None
            row["reason"] = row["reason"] or WOULD_TELL
    yield from rows


def _too_few(own: pd.DataFrame, column: str, least: int) -> list[str]:
    """Why each row of a group is not shown, '' where it is: the same as they answered and by
    weights, whichever has fewer."""
    values = own[column]
    counted = [values[own["weight"].fillna(0.0) > 0], values] if least else [values]
    if values.dtype != "category":
        return [fewer(least, "answers") if any(0 < n.count() < least for n in counted) else ""]
    names = [str(word) for word in values.cat.categories]
    n = [np.bincount(v.cat.codes[v.notna()], minlength=len(names)) for v in counted]
    gone = np.any([hidden(one, least, names) for one in n], axis=0)
    return said(gone, n[0], least, "respondents")


def _summaries(
    values: "pd.Series[Any]", weights: "np.ndarray[Any, Any]", weighted: bool
) -> Iterator[Row]:
    """One for numbers; one a category."""
    if values.dtype == "category":
        shares = _shares(values, weights)
        for category, share in zip(values.cat.categories, shares, strict=True):
            yield {
                "category": category,
                "count": float((values == category).sum()),
                "share": share,
            }
        return
    numbers = values.to_numpy(dtype=float)
    quarters = (0.25, 0.5, 0.75)
    if weighted:
        quartiles = [quantile(numbers, weights, share) for share in quarters]
    else:
        quartiles = [float(q) for q in values.astype("float64").quantile(list(quarters))]
    found = {"mean": mean(numbers, weights), "sd": float(np.sqrt(variance(numbers, weights)))}
    yield found | dict(zip(("q1", "median", "q3"), quartiles, strict=True))


def _shares(values: "pd.Series[Any]", weights: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """The share of each category, (k,); NaN of nobody."""
    codes = values.cat.codes.to_numpy()
    sums = np.bincount(codes, weights, minlength=len(values.cat.categories))
    return sums / sums.sum() if sums.sum() > 0 else np.full(len(sums), np.nan)


def _difference(
    values: "pd.Series[Any]", weights: "pd.Series[float]", arm: "pd.Series[Any]"
) -> Difference:
    """Intervention less control; of categories their distance. Empty where there is one arm."""
    here = [(arm == name).to_numpy() for name in ARMS]
    if not set(ARMS) <= set(arm.cat.categories):
        return Difference(np.nan)
    parts = [(values[own], weights[own].to_numpy()) for own in here]
    if values.dtype == "category":
        return of_categories(*(_shares(own, weight) for own, weight in parts))
    numbers = [own.to_numpy(dtype=float) for own, _ in parts]
    return of_numbers(*numbers, *(weight for _, weight in parts))
