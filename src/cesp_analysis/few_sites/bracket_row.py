"""One row of the bracket: an estimator, of an outcome at a time, of an analysis set."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cesp_analysis.few_sites.bracket_words import Estimator

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Row:
    """One row of bracket.csv; see schemas.Bracket for each field. None is blank."""

    level: str
    outcome: str
    role: str
    time: str
    analysis_set: str
    unit: str
    ci_level: float
    estimator: Estimator = "bracket"
    status: str = "estimated"
    reason: str | None = None
    assumption: str | None = None
    estimate: float | None = None
    std_error: float | None = None
    df: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    place: str | None = None
    baseline_gap: float | None = None
    baseline_sd: float | None = None
    gap_in_sd: float | None = None
    slope: float | None = None
    difference: float | None = None
    common_mean: float | None = None
    holds: str | None = None
    threat: str | None = None
    n_obs: int | None = None
    n_intervention: int | None = None
    n_control: int | None = None
    n_clusters: int | None = None
    cluster_level: str | None = None
    method: str | None = None
    warnings: tuple[str, ...] = ()

    def without(self, reason: str, status: str = "not_estimable") -> "Row":
        """The same row without an estimate, and why."""
        return replace(self, status=status, reason=reason)


def bracket_table(rows: list[Row]) -> "pd.DataFrame":
    """Rows as a table with the columns of schemas.Bracket."""
    import pandas as pd

    from cesp_analysis.few_sites.tables import Bracket

    cells = [vars(row) | {"warnings": " | ".join(row.warnings)} for row in rows]
    return pd.DataFrame(cells, columns=list(Bracket.columns()))
