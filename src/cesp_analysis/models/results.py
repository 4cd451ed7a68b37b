"""What a fitted model says: estimates, means, diagnostics. Frozen, in the outcome's unit."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Literal

from cesp_analysis.declared.analysis_sets import ALL_RECRUITED
from cesp_analysis.models.link_worker_words import INDEPENDENT
from cesp_analysis.models.two_sites import CAUTIONS

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.models.check import Check

ODDS_TEST = "score test of proportional odds"
"""How a warning begins that says whether the test doubts them: one of each row, either way."""
Status = Literal["estimated", "refused", "not_estimable"]
Scale = Literal["own", "log", "logit"]
"""On which an interval is made, estimate ∓ t × SE: the estimate's own, its logarithm's, its
logit's. Pooling of imputed sets goes by it; no table has it."""


@dataclass(frozen=True)
class Estimate:
    """One row of estimates.csv; see schemas.Estimates for each field. None is blank."""

    estimate_id: str
    study: str
    model: str
    kind: str
    level: str
    outcome: str
    time: str | None
    estimand: str
    contrast: str
    unit: str
    ci_level: float
    analysis_set: str = ALL_RECRUITED
    missing_data: str = "complete records"
    status: Status = "estimated"
    reason: str | None = None
    estimate: float | None = None
    std_error: float | None = None
    df: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    ci_low_joint: float | None = None
    ci_high_joint: float | None = None
    ci_low_shock: float | None = None
    ci_high_shock: float | None = None
    shock_prior: str | None = None
    baseline_slope: float | None = None
    p_value: float | None = None
    n_obs: int | None = None
    n_units: int | None = None
    n_clusters: int | None = None
    cluster_level: str | None = None
    n_sites_treated: int | None = None
    n_sites_control: int | None = None
    method: str | None = None
    warnings: tuple[str, ...] = ()
    scale: Scale = "own"

    def refused(self, reason: str) -> "Estimate":
        """The same row without an estimate: asking for it was a mistake of design."""
        return self._without("refused", reason)

    def not_estimable(self, reason: str) -> "Estimate":
        """The same row without an estimate: these data do not hold the answer."""
        return self._without("not_estimable", reason)

    def _without(self, status: Status, reason: str) -> "Estimate":
        """Neither numbers nor what is said of an interval."""
        said = [one for one in self.warnings if one not in CAUTIONS]
        said = [one for one in said if not one.startswith(INDEPENDENT)]
        return replace(self, status=status, reason=reason, warnings=tuple(said), **_NO_ESTIMATE)


_RECORDS = ("n_obs", "n_units", "n_sites_treated", "n_sites_control")
"""Which records stand behind a row: it says so without an estimate too."""
_NO_ESTIMATE: dict[str, Any] = {
    one.name: None
    for one in fields(Estimate)
    if one.default is None and one.name not in ("reason", *_RECORDS)
}
"""What a row without an estimate leaves blank: all that is blank before there is one."""


@dataclass(frozen=True)
class Mean:
    """One predicted mean; see schemas.Means. model_time: '' where one model is of all times;
    std_error, df and ends: None where it is one person's answer, as reason says."""

    model: str
    level: str
    outcome: str
    group: str
    arm: str
    time: str
    mean: float
    std_error: float | None
    df: float | None
    ci_low: float | None
    ci_high: float | None
    n: int
    method: str
    sd: float | None = None
    model_time: str = ""
    reason: str = ""
    scale: Scale = "own"


@dataclass(frozen=True)
class Fit:
    """A fitted model: one estimate an outcome and time, its means, what else it knows.

    diagnostics: outcome → quantity → number or text; nested by '/' in published comparisons.
    checks: each fitted equation with its rows, for residuals and exports; none: the kind has none.
    """

    estimates: tuple[Estimate, ...]
    means: tuple[Mean, ...] = ()
    diagnostics: dict[str, Any] = field(default_factory=dict)
    checks: "tuple[Check, ...]" = ()

    def table(self) -> "pd.DataFrame":
        """The estimates as the Estimates table."""
        return estimates_table(self.estimates)

    def means_table(self) -> "pd.DataFrame":
        """The predicted means as the Means table."""
        import pandas as pd

        from cesp_analysis.models.tables import Means

        frame = pd.DataFrame([asdict(mean) for mean in self.means], columns=list(Means.columns()))
        return frame.astype({"n": "int64"})


def of_all(fits: Mapping[str, Fit]) -> Fit:
    """A model of several outcomes: outcome → its fit, whose diagnostics are of it alone."""
    return Fit(
        tuple(row for one in fits.values() for row in one.estimates),
        tuple(mean for one in fits.values() for mean in one.means),
        {outcome: one.diagnostics for outcome, one in fits.items()},
        tuple(check for one in fits.values() for check in one.checks),
    )


def estimates_table(estimates: tuple[Estimate, ...]) -> "pd.DataFrame":
    """Estimates as a table with the columns of schemas.Estimates."""
    import pandas as pd

    from cesp_analysis.schemas import Estimates

    rows = [asdict(row) | {"warnings": " | ".join(row.warnings)} for row in estimates]
    return pd.DataFrame(rows, columns=list(Estimates.columns()))
