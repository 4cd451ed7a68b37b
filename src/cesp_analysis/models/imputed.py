"""Models that are pooled over imputed sets, beside those that take the answers there are."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cesp_analysis.models.results import Fit

if TYPE_CHECKING:
    import pandas as pd

IMPUTATION = "imputation"
"""Where diagnostics of an outcome say what imputing cost each of its estimates."""
POOLING = "cesp_analysis.missing.pooled_fit"
"""The module that pools, which only imputed models load."""


def fitted_to(kind: Any, panel: "pd.DataFrame", imputed: Sequence[Path] | None) -> Fit:
    """The kind's fit to the panel; of an imputed model to each of the sets, and pooled."""
    if kind.missing_data is None:
        fitted: Fit = kind.fit(panel)
        return fitted
    pooling: Any = import_module(POOLING)  # by name: it is an input of imputed models alone
    pooled: Fit = pooling.pooled_fit(kind, panel, pooling.read_sets(imputed, kind.context.sets))
    return pooled
