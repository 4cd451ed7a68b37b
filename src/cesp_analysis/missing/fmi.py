"""The step `fmi`: how much of each imputed estimate the missing answers take."""

from pathlib import Path
from typing import Any

from cesp_analysis import contracts
from cesp_analysis.missing.tables import Fmi
from cesp_analysis.models.imputed import IMPUTATION
from cesp_analysis.whole_files import read_json


def fmi(diagnostics: list[Path], out: Path) -> None:
    """Collect what the imputed models' diagnostics say of pooling, a row an estimate."""
    import pandas as pd

    rows = [row for path in diagnostics for row in _rows(read_json(path))]
    contracts.write(pd.DataFrame(rows, columns=list(Fmi.columns())), out, Fmi)


def _rows(known: dict[str, Any]) -> list[dict[str, Any]]:
    """A model's rows, in the order of its estimates."""
    found = [
        {"estimate_id": estimate_id, "model": model, "outcome": outcome} | cost
        for model, outcomes in known.items()
        for outcome, own in outcomes.items()
        for estimate_id, cost in own.get(IMPUTATION, {}).items()
    ]
    return sorted(found, key=lambda row: int(row["row"]))
