"""One rung of the ladder: what one way of dealing with few sites says of one estimate."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from cesp_analysis.few_sites.draws import DrawTest
from cesp_analysis.models.results import Estimate
from cesp_analysis.models.student import t_interval, t_p_value

if TYPE_CHECKING:
    import pandas as pd

Status = Literal["estimated", "refused", "not_estimable", "not_available"]


@dataclass(frozen=True)
class Rung:
    """One row of ladder.csv; see schemas.Ladder for each field. None is blank."""

    rung_id: str
    estimate_id: str
    model: str
    level: str
    outcome: str
    role: str
    time: str | None
    rung: str
    unit: str
    ci_level: float
    status: Status = "estimated"
    reason: str | None = None
    cluster_level: str | None = None
    estimate: float | None = None
    std_error: float | None = None
    df: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    p_value: float | None = None
    smallest_p: float | None = None
    draws: int | None = None
    n_clusters_treated: int | None = None
    n_clusters_control: int | None = None
    shock: float | None = None
    shock_in_sd: float | None = None
    shock_in_prior: float | None = None
    method: str | None = None
    warnings: tuple[str, ...] = ()

    def without(self, reason: str, status: Status = "not_estimable") -> "Rung":
        """The same rung without an answer, and why."""
        return replace(self, status=status, reason=reason)

    def by_t(self, estimate: float, std_error: float, df: float, method: str) -> "Rung":
        """The rung with its interval and p-value from Student's t."""
        low, high = t_interval(estimate, std_error, df, self.ci_level)
        p = t_p_value(estimate, std_error, df)
        return replace(
            self, estimate=estimate, std_error=std_error, df=df, ci_low=low, ci_high=high,
            p_value=p, method=method,
        )  # fmt: skip

    def by_draws(self, found: DrawTest) -> "Rung":
        """The rung with the p-value of draws, the smallest they can give, and their interval."""
        row = replace(
            self, estimate=found.estimate, ci_low=found.low, ci_high=found.high,
            p_value=found.p_value, smallest_p=found.smallest_p, draws=found.draws,
            n_clusters_treated=found.clusters[0], n_clusters_control=found.clusters[1],
            method=found.method,
        )  # fmt: skip
        if found.available(self.ci_level):
            return row
        alpha = f"{100 * (1 - self.ci_level):.3g}%"
        arms = f"{found.clusters[0]} against {found.clusters[1]}"
        return row.without(
            f"not available at {alpha}: with {arms} clusters the smallest p-value it can give is"
            f" {found.smallest_p:.3g}",
            "not_available",
        )


def empty(row: Estimate, role: str, name: str) -> Rung:
    """The rung `name` of an estimate, still without an answer."""
    return Rung(
        rung_id=f"{row.estimate_id}/{name}",
        estimate_id=row.estimate_id,
        model=row.model,
        level=row.level,
        outcome=row.outcome,
        role=role,
        time=row.time,
        rung=name,
        unit=row.unit,
        ci_level=row.ci_level,
    )


def ladder_table(rungs: list[Rung]) -> "pd.DataFrame":
    """Rungs as a table with the columns of schemas.Ladder."""
    import pandas as pd

    from cesp_analysis.few_sites.tables import Ladder

    rows = [vars(rung) | {"warnings": " | ".join(rung.warnings)} for rung in rungs]
    return pd.DataFrame(rows, columns=list(Ladder.columns()))
