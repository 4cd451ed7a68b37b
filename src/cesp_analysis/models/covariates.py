"""Covariates of a model's records as columns, and what is said of records without them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.declared.outcomes import Covariate
from cesp_analysis.models.spec import Context, ModelSpec

if TYPE_CHECKING:
    import pandas as pd


def covariates_of(
    rows: "pd.DataFrame", spec: ModelSpec
) -> tuple[np.ndarray, tuple[str, ...], np.ndarray, tuple[str, ...]]:
    """Columns (n, p), their names, which rows are complete, and what is said of the others."""
    columns: list[np.ndarray] = []
    names: list[str] = []
    left_out: list[str] = []
    complete = np.ones(len(rows), dtype=bool)
    for name in spec.covariates:
        covariate = spec.context.covariates[name]
        blank = rows[name].isna().to_numpy()
        if blank.any():
            left_out += _left_out(rows, blank, covariate, spec.context)
        complete &= ~blank
        part, labels = coded(rows[name], name, covariate.reference)
        if not part or (np.ptp(part[0][complete]) == 0 if complete.any() else False):
            left_out.append(f"{covariate.label} is the same for everybody and adjusts nothing")
        if covariate.post_baseline_reason and covariate.measured:
            when = next(m.label for m in spec.context.times if m.name == covariate.measured)
            left_out.append(
                f"{covariate.label} is measured at {when}, after baseline: if the intervention"
                " changes it, adjusting takes part of the effect away; declared reason:"
                f" {covariate.post_baseline_reason}"
            )
        columns += part
        names += labels
    matrix = np.column_stack(columns) if columns else np.zeros((len(rows), 0))
    return matrix, tuple(names), complete, tuple(left_out)


def _left_out(
    rows: "pd.DataFrame", blank: np.ndarray, covariate: Covariate, context: Context
) -> Iterator[str]:
    """Who has no value of a covariate: whole sites (or arms) by name, and how many others."""
    column = "site" if context.sites else "arm"
    labels = {one.name: one.label for one in context.sites} or context.arms
    whole = bool(blank.all())  # of everybody: no site is apart from the others
    for name, label in labels.items():
        here = (rows[column] == name).to_numpy()
        if not whole and here.any() and blank[here].all():
            blank = blank & ~here
            yield (
                f"{covariate.label} is missing for all of {label}"
                f" ({_units(rows, here)}), so that nobody there enters; leave it out of covariates"
            )
    if blank.any():
        yield f"{_units(rows, blank)} without a value of {covariate.label} left out"


def _units(rows: "pd.DataFrame", chosen: np.ndarray) -> str:
    units = rows.loc[chosen, "unit"].nunique()
    return f"{units} unit{'' if units == 1 else 's'}"


def coded(
    values: "pd.Series[Any]", name: str, reference: str | None
) -> tuple[list[np.ndarray], list[str]]:
    """A number as itself; a category as one 0/1 column a level other than the reference (by default
    the first that occurs), named name[level]."""
    if values.dtype != "category":
        return [values.to_numpy(dtype=float)], [name]
    levels = [level for level in values.cat.categories if (values == level).any()]
    first = levels[0] if levels else ""
    left_out = reference if reference in levels else first
    others = [level for level in levels if level != left_out]
    columns = [(values == level).to_numpy().astype(float) for level in others]
    return columns, [f"{name}[{level}]" for level in others]
