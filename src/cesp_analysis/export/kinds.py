"""The R lines of each model kind: one entry a kind; a kind without one says so in the script."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from cesp_analysis.export.lines import Lines, NoEquivalent
from cesp_analysis.models.check import Check

R_LINES: dict[str, str] = {
    "did": "cesp_analysis.export.least_squares:lines",
    "ancova": "cesp_analysis.export.least_squares:lines",
    "mixed": "cesp_analysis.export.mixed:lines",
    "mmrm": "cesp_analysis.export.mmrm:lines",
    "survey": "cesp_analysis.export.survey:lines",
    "glm": "cesp_analysis.export.standardised:glm_lines",
    "ordinal": "cesp_analysis.export.standardised:ordinal_lines",
    "weighted_did": "cesp_analysis.export.weighted:lines",
    "dr_did": "cesp_analysis.export.weighted:lines",
}
"""Kind → module and function of (spec, check)."""


def lines_of(spec: Any, check: Check) -> Lines | NoEquivalent:
    """The R lines that fit one equation of a model."""
    if spec.kind not in R_LINES:
        return NoEquivalent(f"no R script is written for models of kind {spec.kind}")
    module, name = R_LINES[spec.kind].split(":")
    made: Callable[[Any, Check], Lines | NoEquivalent] = getattr(import_module(module), name)
    return made(spec, check)
