"""The step `fmi`: how much of each imputed estimate the missing answers take."""

from pathlib import Path

from cesp_analysis import contracts
from cesp_analysis.missing.tables import Fmi
from cesp_analysis.models.imputed import IMPUTATION


def fmi(diagnostics: list[Path], out: Path) -> None:
    """Collect what the imputed models' diagnostics say of pooling, a row an estimate."""
    import pandas as pd

    rows = []
    for path in diagnostics:
        for model, outcomes in contracts.read_json(path).items():
            for outcome, known in outcomes.items():
                for estimate_id, cost in known.get(IMPUTATION, {}).items():
                    key = {"estimate_id": estimate_id, "model": model, "outcome": outcome}
                    rows.append(key | cost)
    contracts.write(pd.DataFrame(rows, columns=list(Fmi.columns())), out, Fmi)
