"""The step `changes`: the observed mean change of people since the first time, before any model."""

from pathlib import Path

import pandas as pd

from cesp_analysis import contracts
from cesp_analysis.describe.groups import by_group
from cesp_analysis.describe.means import mean_values
from cesp_analysis.schemas import Means, Panel

_KEYS = ["outcome", "unit"]


def changes(panel: Path, ci_level: float, out: Path) -> None:
    """Mean, SD and t interval of the change of those who answered both times, by site (or arm)."""
    contracts.write(observed_changes(contracts.read(panel, Panel), ci_level), out, Means)


def observed_changes(panel: pd.DataFrame, ci_level: float) -> pd.DataFrame:
    """The Means table of changes: a row an outcome, group and time after the first, for outcomes
    that are measured at the first.

    The t interval of a mean change is that of the paired t-test.
    """
    people = by_group(panel[panel["level"] == "person"])
    if people.empty:
        return pd.DataFrame(columns=list(Means.columns()))
    first = people["time"].cat.remove_unused_categories().cat.categories[0]
    before = people.loc[people["time"] == first, [*_KEYS, "value"]]
    later = people[people["time"] != first].merge(
        before.rename(columns={"value": "before"}), on=_KEYS, validate="many_to_one"
    )
    later["value"] -= later["before"]
    return mean_values(later, ci_level, f"observed change since {first}; paired t on n - 1 df")
