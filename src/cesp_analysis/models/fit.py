"""The step `fit`: one model of the study, fitted to the panel."""

from pathlib import Path
from typing import Any

from cesp_analysis import contracts
from cesp_analysis.given import hold
from cesp_analysis.models.analysis_sets import ACCOUNT, accounted
from cesp_analysis.models.imputed import fitted_to
from cesp_analysis.models.kinds import read_model
from cesp_analysis.models.prior import read_prior
from cesp_analysis.models.results import Fit, estimates_table
from cesp_analysis.models.shocks import augmented
from cesp_analysis.models.survey_obeyed import with_design
from cesp_analysis.models.tables import Influence, Means, Residuals
from cesp_analysis.schemas import Estimates, Panel
from cesp_analysis.whole_files import write_json


def fit(
    model: str,
    spec: str,
    panel: Path,
    estimates: Path,
    means: Path,
    diagnostics: Path,
    residuals: Path,
    influence: Path,
    imputed: list[Path] | None = None,
    prior: list[Path] | None = None,
    checksums: str = "",
) -> None:
    """Fit one model of the study to the panel and print its estimates.

    `imputed`: the files of imputed sets, of a model that is pooled over them; `prior`: the study's
    own file of how large shocks to a site may be; `checksums`: its own.
    """
    hold(checksums)
    from cesp_analysis.models.alone import with_alone
    from cesp_analysis.models.residuals import examined, influence_table, residual_table
    from cesp_analysis.models.show import printed

    table, kind = contracts.read(panel, Panel), read_model(spec)
    fitted = with_design(fitted_to(kind, table, imputed), kind, table)
    found = [(check, examined(check)) for check in fitted.checks]
    classical = getattr(kind, "covariance", "") == "classical"
    fitted = with_alone(fitted, ((check, one.leverage) for check, one in found), classical)
    sizes = read_prior(prior[0] if prior else None)
    rows = augmented(fitted.estimates, kind, table, sizes)
    contracts.write(estimates_table(rows), estimates, Estimates)
    contracts.write(fitted.means_table(), means, Means)
    contracts.write(residual_table(found), residuals, Residuals)
    contracts.write(influence_table(found, _sizes(fitted)), influence, Influence)
    known = _all_diagnostics(fitted, found)
    for outcome in kind.outcomes:
        known.setdefault(outcome, {})[ACCOUNT] = accounted(table, kind, outcome)
    write_json({model: known}, diagnostics)
    print(printed(estimates))


def _sizes(fitted: Fit) -> dict[str, tuple[float, float]]:
    """estimate_id → estimate and standard error, where there are both; of an equation that is of
    other records than the row (a pooled one's) its own."""
    found = {row.estimate_id: (row.estimate, row.std_error) for row in fitted.estimates}
    for check in fitted.checks:
        if "estimate" in check.known:
            found[check.main] = check.known["estimate"], check.known["std_error"]
    return {
        name: (estimate, error)
        for name, (estimate, error) in found.items()
        if estimate is not None and error is not None
    }


def _all_diagnostics(fitted: Fit, found: list[Any]) -> dict[str, Any]:
    """What the kind knows of its fit, and what its residuals say, equation by equation."""
    from cesp_analysis.models.residuals import diagnostics_of

    sizes = _sizes(fitted)
    known = {outcome: dict(own) for outcome, own in fitted.diagnostics.items()}
    for check, one in found:
        at = known.setdefault(check.place[0], {})
        for part in check.place[1:]:
            at[part] = at = dict(at.get(part, {}))
        at |= diagnostics_of(check, one, sizes.get(check.main, (0.0, None))[1])
    return known
