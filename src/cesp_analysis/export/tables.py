"""The rows that a model is fitted to, and its estimates, as tables for other programs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.export.names import valid_names
from cesp_analysis.export.sampled import SAMPLE_LABELS, estimates_of, with_sample
from cesp_analysis.models.check import Check, Nested, Repeated

if TYPE_CHECKING:
    import pandas as pd

    from cesp_analysis.models.results import Fit

LABELS = {
    "equation": "which fitted equation the row belongs to: outcome, or outcome/time",
    "unit": "person or respondent (a pseudonym, unless the study says otherwise)",
    "site": "site",
    "neighbourhood": "neighbourhood within the site",
    "link_worker": "link worker",
    "arm": "1 intervention, 0 control",
    "time": "time or wave",
    "position": "time's position on the study's axis",
    "baseline": "value at the reference time, where it is adjusted for",
    "weight": "weight: scaled to mean 1 in the equation; in a mixed model a precision as it is",
    "exposure": "for how long, or how much, the record was observed",
    "y": "the outcome, or its change since the reference time",
}


def rows_table(spec: Any, checks: Sequence[Check]) -> "pd.DataFrame":
    """Every row of every equation, in the order that the model has them."""
    import pandas as pd

    parts = [with_sample(spec, check, pd.DataFrame(_columns(spec, check))) for check in checks]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(LABELS))
    empty = [name for name in table if name not in ("equation", "unit") and _blank(table[name])]
    return table.drop(columns=empty)


def _blank(column: "pd.Series[Any]") -> bool:
    return bool((column.isna() | (column.astype("str") == "")).all())


def _columns(spec: Any, check: Check) -> dict[str, Any]:
    frame, moments = check.frame, spec.moments()
    names = [moment.name for moment in moments]
    once = check.of_change or (check.baseline is not None and len(check.place) > 1)
    at = np.full(frame.n, names.index(check.place[1])) if once else frame.time
    weights = check.engine.weights
    columns: dict[str, Any] = {"equation": check.name, "unit": _named(check, "person")}
    columns |= {level: _named(check, level) for level in ("site", "neighbourhood", "link_worker")}
    columns |= {
        "arm": frame.arm.astype(int),
        "time": np.array(names, dtype=object)[at],
        "position": np.array([moment.position for moment in moments])[at],
        "baseline": np.nan if check.baseline is None else check.baseline,
        "weight": weights if spec.weighted and weights is not None else np.nan,
        "exposure": np.nan if check.exposure is None else check.exposure,
        "y": check.y,
    }
    valid = valid_names(frame.covariate_names)
    return columns | {
        valid[name]: frame.covariates[:, index] for index, name in enumerate(frame.covariate_names)
    }


def _named(check: Check, level: str) -> np.ndarray:
    names = np.array([*check.frame.names[level], ""], dtype=object)
    return np.asarray(names[check.frame.codes[level]])


def labels_of(spec: Any, checks: Sequence[Check]) -> dict[str, str]:
    """Column → what it holds."""
    found = LABELS | SAMPLE_LABELS
    for check in checks:
        for name, valid in valid_names(check.frame.covariate_names).items():
            base, bracket, category = name.partition("[")
            label = spec.context.covariates[base].label if base in spec.context.covariates else name
            found[valid] = f"{label}: {category[:-1]}" if bracket else label
    return found


def estimates_table(fit: "Fit") -> "pd.DataFrame":
    """The model's estimates, each with its equation and its standard error without adjustment."""
    import pandas as pd

    of = {name: check for check in fit.checks for name in estimates_of(check)}
    wanted = ("estimate_id", "outcome", "time", "status", "reason", "estimate", "std_error", "df",
              "ci_low", "ci_high", "ci_level", "n_obs", "n_units", "n_clusters", "unit", "contrast",
              "method")  # fmt: skip
    lines = []
    for row in fit.estimates:
        check = of.get(row.estimate_id)
        own = {name: getattr(row, name) for name in wanted}
        plain = None if check is None else _plain_error(check, row.estimate_id)
        lines.append({"equation": check.name if check else ""} | own | {"std_error_plain": plain})
    return pd.DataFrame(lines, columns=["equation", *wanted, "std_error_plain"])


def _plain_error(check: Check, estimate: str) -> float | None:
    """Without Kenward and Roger's adjustment, where there could be one."""
    if isinstance(check.engine, Nested | Repeated):
        contrast = check.contrasts[estimate]
        return float(np.sqrt(contrast @ check.engine.fit.cov @ contrast))
    return None
