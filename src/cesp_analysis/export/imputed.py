"""An imputed model for other programs: its rows in each imputed set, its pooled estimates.

`check.R` fits the model to each set and pools by lines of its own (`pooled.R`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.export.kinds import lines_of
from cesp_analysis.export.script import Part
from cesp_analysis.export.tables import estimates_table, labels_of, rows_table
from cesp_analysis.missing.pooled_rows import pooled_rows
from cesp_analysis.missing.pooling import pool
from cesp_analysis.missing.sets import Completing, Sets
from cesp_analysis.models.results import Fit

if TYPE_CHECKING:
    import pandas as pd

SET = "number of the imputed set"


@dataclass(frozen=True)
class Exported:
    """What leaves of an imputed model. fit: its pooled rows, with the first set's equations; rows:
    of all sets, one after the other; parts: of each set, its equations and their R lines."""

    fit: Fit
    rows: "pd.DataFrame"
    labels: dict[str, str]
    estimates: "pd.DataFrame"
    parts: tuple[tuple[Part, ...], ...]


def exported(spec: Any, panel: "pd.DataFrame", sets: Sets) -> Exported:
    """The model in every set."""
    import pandas as pd

    ready = Completing.of(panel, spec, sets)
    fits = [spec.fit(ready.panel(number)) for number in range(ready.m)]
    tables = [rows_table(spec, fit.checks) for fit in fits]
    for number, table in enumerate(tables, start=1):
        table.insert(0, "set", number)
    fit = Fit(tuple(one.row for one in pooled_rows(fits)), checks=fits[0].checks)
    labels = {"set": SET} | labels_of(spec, [check for one in fits for check in one.checks])
    estimates = estimates_table(fit)
    estimates["std_error_plain"] = _plain_errors(fits, list(estimates["estimate_id"]))
    parts = tuple(tuple((check, lines_of(spec, check)) for check in one.checks) for one in fits)
    return Exported(fit, pd.concat(tables, ignore_index=True), labels, estimates, parts)


def _plain_errors(fits: Sequence[Fit], names: Sequence[str]) -> list[float]:
    """Pooled standard errors without Kenward and Roger's adjustment; NaN where there is none."""
    found = []
    tables = [estimates_table(fit).set_index("estimate_id") for fit in fits]
    for name in names:
        own = [table.loc[name, ["estimate", "std_error_plain"]] for table in tables]
        numbers = np.array(own, dtype=float)
        known = bool(np.isfinite(numbers).all())
        pooled = pool(numbers[:, 0], numbers[:, 1] ** 2) if known else None
        found.append(float(pooled.std_error[0]) if pooled else float("nan"))
    return found
