"""The step `changes`: the observed mean change of people since the first time, before any model."""

from pathlib import Path

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.describe.means import mean_values
from cesp_analysis.describe.since_first import since_first
from cesp_analysis.describe.tables import SubsetsTable
from cesp_analysis.models.tables import Means
from cesp_analysis.panel.groups import by_group
from cesp_analysis.schemas import Panel


def changes(
    panel: Path,
    ci_level: float,
    out: Path,
    spec: str = "",
    records: Path | None = None,
    subsets: Path | None = None,
    fidelity: Path | None = None,
    dose: Path | None = None,
) -> None:
    """Mean, SD and t interval of the change of those who answered both times, by site (or arm).

    `subsets`: where the table of the intervention arm's subsets goes, if the study declares some;
    `fidelity`, `dose`: what people got, where subsets are made of it.
    """
    table = contracts.read(panel, Panel)
    contracts.write(observed_changes(table, ci_level), out, Means)
    if subsets is not None and records is not None:
        from cesp_analysis.describe.subsets import SubsetsSpec, described  # few studies have any

        how = SubsetsSpec.model_validate_json(spec)
        contracts.write(
            described(table, how, records, ci_level, fidelity, dose), subsets, SubsetsTable
        )


def observed_changes(panel: pd.DataFrame, ci_level: float) -> pd.DataFrame:
    """The Means table of changes: a row an outcome, group and time after the first, for outcomes
    that are measured at the first.

    The t interval of a mean change is that of the paired t-test.
    """
    people = by_group(panel[panel["level"] == "person"])
    if people.empty:
        return pd.DataFrame(columns=list(Means.columns()))
    first, later = since_first(people)
    return mean_values(later, ci_level, f"observed change since {first}; paired t on n - 1 df")
