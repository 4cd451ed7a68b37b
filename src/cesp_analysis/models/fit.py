"""The step `fit`: one model of the study, fitted to the panel."""

from pathlib import Path

from cesp_analysis import contracts
from cesp_analysis.few_sites.prior import read_prior
from cesp_analysis.few_sites.shocks import augmented
from cesp_analysis.models.kinds import read_model
from cesp_analysis.models.results import estimates_table
from cesp_analysis.schemas import Estimates, Means, Panel


def fit(
    model: str,
    spec: str,
    panel: Path,
    estimates: Path,
    means: Path,
    diagnostics: Path,
    prior: list[Path] | None = None,
) -> None:
    """Fit one model of the study to the panel and print its estimates.

    `prior`: the study's own file of how large shocks to a site may be.
    """
    from cesp_analysis.models.show import printed

    table, asked = contracts.read(panel, Panel), read_model(spec)
    fitted = asked.fit(table)
    known = read_prior(prior[0] if prior else None)
    rows = augmented(fitted.estimates, asked, table, known)
    contracts.write(estimates_table(rows), estimates, Estimates)
    contracts.write(fitted.means_table(), means, Means)
    contracts.write_json({model: fitted.diagnostics}, diagnostics)
    print(printed(estimates))
