"""How the choices of a specification are called, in the figure and in the report's table."""

from typing import Any

from cesp_analysis.declared.analysis_sets import set_label
from cesp_analysis.declared.wording import Wording


def choices_of(row: dict[str, Any], words: Wording) -> tuple[tuple[str, str], ...]:
    """Axis → choice of one row of specification_curve.csv."""
    return (
        ("model", words.models[row["model"]].label),
        ("covariates", adjusted(row)),
        ("analysis set", set_label(row["analysis_set"], row["level"])),
    )


def adjusted(row: dict[str, Any]) -> str:
    """'Covariates: none'; the choice as config.yaml calls it."""
    covariates = row["adjusted_for"] if isinstance(row["adjusted_for"], str) else ""
    name = row["covariates"]
    if name == "own":
        return "Covariates: the model's own"
    return f"Covariates: {name}" if covariates or name == "none" else f"Covariates: none ({name})"
