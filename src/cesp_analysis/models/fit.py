"""The step `fit`: one model of the study, fitted to the panel."""

from pathlib import Path

from cesp_analysis import contracts
from cesp_analysis.models.kinds import read_model
from cesp_analysis.models.rows import as_asked
from cesp_analysis.schemas import Estimates, Means, Panel


def fit(
    model: str, spec: str, panel: Path, estimates: Path, means: Path, diagnostics: Path
) -> None:
    """Fit one model of the study to the panel and print its estimates."""
    from cesp_analysis.models.show import printed

    kind = read_model(spec)
    fitted = as_asked(kind, kind.fit(contracts.read(panel, Panel)))
    contracts.write(fitted.table(), estimates, Estimates)
    contracts.write(fitted.means_table(), means, Means)
    contracts.write_json({model: fitted.diagnostics}, diagnostics)
    print(printed(estimates))
