"""Models that are pooled over imputed sets, beside those that take the answers there are."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cesp_analysis.models.one_in_cell import with_one_in_cell
from cesp_analysis.models.results import Fit
from cesp_analysis.models.rows import as_asked

if TYPE_CHECKING:
    import pandas as pd

IMPUTATION = "imputation"
"""Where diagnostics of an outcome say what imputing cost each of its estimates."""
POOLING = "cesp_analysis.missing.pooled_fit"
"""The module that pools, which only imputed models load."""


def fitted_to(kind: Any, panel: "pd.DataFrame", imputed: Sequence[Path] | None) -> Fit:
    """The kind's fit to the panel; of an imputed model to each of the sets, and pooled."""
    if kind.missing_data is None:
        return with_one_in_cell(as_asked(kind, kind.fit(panel)), kind, panel)
    pooling: Any = import_module(POOLING)  # by name: it is an input of imputed models alone
    pooled: Fit = pooling.pooled_fit(kind, panel, pooling.read_sets(imputed, kind.context.sets))
    return pooled
