"""The step `missing`: where values are missing."""

from pathlib import Path

from cesp_analysis import contracts
from cesp_analysis.describe.groups import by_group
from cesp_analysis.schemas import Missing, Panel


def missing(panel: Path, out: Path) -> None:
    """Count expected and missing values by outcome, site (or arm) and time."""
    table = by_group(contracts.read(panel, Panel))
    keys = ["level", "outcome", "group", "time"]
    grouped = table.groupby(keys, observed=True, sort=True)["value"]
    counts = grouped.agg(n_expected="size", n_answered="count").reset_index()
    counts["n_missing"] = counts["n_expected"] - counts["n_answered"]
    contracts.write(counts.drop(columns="n_answered"), out, Missing)
