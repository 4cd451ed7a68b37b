"""The step `baseline`: who was in the study, by site."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.describe.groups import by_group
from cesp_analysis.models.analysis_sets import FLAG
from cesp_analysis.schemas import MARGIN, Baseline, Panel


def baseline(panel: Path, out: Path) -> None:
    """Covariates, and outcomes at the first time, of people and of the first wave, by group."""
    table = by_group(contracts.read(panel, Panel))
    apart = {*Panel.columns(), FLAG}  # who was contaminated is known after baseline only
    extra = [str(c) for c in table if c not in apart and not str(c).startswith(MARGIN)]
    rows = [
        row
        for level, part in table.groupby("level", observed=True)
        for row in _level(str(level), part, extra)
    ]
    contracts.write(pd.DataFrame(rows, columns=list(Baseline.columns())), out, Baseline)


def _level(level: str, part: pd.DataFrame, extra: list[str]) -> Iterator[dict[str, Any]]:
    first = part["time"].cat.remove_unused_categories().cat.categories[0]
    part = part[part["time"] == first]
    units = part.drop_duplicates("unit")
    for name in extra:
        if name != "group" and units[name].notna().any():
            for group, values in units.groupby("group", observed=True)[name]:
                yield from _described(level, name, str(group), values)
    for outcome, values_of in part.groupby("outcome", observed=True):
        for group, values in values_of.groupby("group", observed=True)["value"]:
            yield from _described(level, str(outcome), str(group), values)


def _described(
    level: str, variable: str, group: str, values: "pd.Series[Any]"
) -> Iterator[dict[str, Any]]:
    common = {
        "level": level,
        "variable": variable,
        "group": group,
        "n": int(values.notna().sum()),
        "n_missing": int(values.isna().sum()),
    }
    if values.dtype == "category":
        for category in values.cat.categories:
            yield common | {"category": category, "count": float((values == category).sum())}
    else:
        yield common | {"mean": float(values.mean()), "sd": float(values.std())}
