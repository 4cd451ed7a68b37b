"""What those with and without an answer are compared in: site, covariates, first outcomes."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cesp_analysis.arrays import Floats
from cesp_analysis.declared.design import MOST_SITES
from cesp_analysis.describe.missing_asked import MissingSpec
from cesp_analysis.models.covariates import coded


@dataclass(frozen=True)
class Compared:
    """One column (people,), NaN where not known; label: in sentences; enters: the model has it.

    share: of 0 and 1; then `category` is what 1 is, blank for an outcome of 0 and 1.
    """

    variable: str
    category: str
    label: str
    values: Floats
    share: bool
    enters: bool


def compared(
    table: pd.DataFrame, units: "pd.Index[str]", first: str, how: MissingSpec
) -> tuple[list[Compared], list[Compared]]:
    """What is known before anybody answers; outcomes at the first time."""
    people = table[table["level"] == "person"]
    rows = people.drop_duplicates("unit").set_index("unit").reindex(units)
    before = [*_groups(rows, how), *_covariates(rows, how)]
    answers = people[(people["time"] == first) & people["value"].notna()]
    return before, list(_outcomes(answers, units, how))


def _groups(rows: pd.DataFrame, how: MissingSpec) -> Iterator[Compared]:
    """Each site (or arm) but the first; of many sites the arms."""
    column, labels = rows["group"], how.groups
    name = "arm" if bool(rows["site"].isna().all()) else "site"
    there = set(column.dropna().unique())
    if name == "site" and len(there) > MOST_SITES:
        name, column, labels = "arm", rows["arm"], how.arms
        there = set(column.dropna().unique())
    levels = [str(level) for level in column.cat.categories if level in there]
    for level in levels[1:]:
        values: Floats = (column == level).to_numpy().astype(np.float64)
        yield Compared(name, level, labels.get(level, level), values, True, True)


def _covariates(rows: pd.DataFrame, how: MissingSpec) -> Iterator[Compared]:
    for name, covariate in how.covariates.items():
        columns, names = coded(rows[name], name, covariate.reference)
        blank = rows[name].isna().to_numpy()
        for column, own in zip(columns, names, strict=True):
            # a category may hold brackets itself: name[Other [specify]]
            category = own.removeprefix(name).removeprefix("[").removesuffix("]")
            label = covariate.label + (f": {category}" if category else "")
            values = np.where(blank, np.nan, column)
            share = bool(category) or _of_0_and_1(values)
            yield Compared(name, category, label, values, share, True)


def _outcomes(
    answers: pd.DataFrame, units: "pd.Index[str]", how: MissingSpec
) -> Iterator[Compared]:
    for name, outcome in how.of_people().items():
        own = answers[answers["outcome"] == name]
        found = pd.Series(own["value"].to_numpy(dtype=float), index=own["unit"].astype("str"))
        values = found.reindex(units.astype("str")).to_numpy()
        yield Compared(name, "", outcome.label, values, _of_0_and_1(values), outcome.primary)


def _of_0_and_1(values: Floats) -> bool:
    known = values[~np.isnan(values)]
    return bool(len(known)) and bool(np.isin(known, (0.0, 1.0)).all())
