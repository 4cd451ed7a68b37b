"""Residuals of a fitted equation, and what it would say without each person or cluster."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.models.check import Balanced, Check, Linked
from cesp_analysis.models.examined import Examined, LeftOut
from cesp_analysis.models.least_squares import LeastSquares
from cesp_analysis.models.residuals_correlated import correlated
from cesp_analysis.models.residuals_least_squares import uncorrelated
from cesp_analysis.models.residuals_linked import linked
from cesp_analysis.models.residuals_weighted import weighted

if TYPE_CHECKING:
    import pandas as pd


def examined(check: Check) -> Examined:
    """Residuals, leverage and influence of one fitted equation."""
    if isinstance(check.engine, LeastSquares):
        return uncorrelated(check)
    if isinstance(check.engine, Linked):
        return linked(check)
    return weighted(check) if isinstance(check.engine, Balanced) else correlated(check)


def diagnostics_of(check: Check, found: Examined, error: float | None) -> dict[str, Any]:
    """Numbers for diagnostics.json; error: standard error of the main estimate, or None."""
    known: dict[str, Any] = {
        "largest_leverage": _largest(check, found.leverage),
        "largest_residual": _largest(check, found.standardised),
        "main_estimate": check.main,
        **found.known,
        **check.known,
    }
    for left in found.left_out:
        known[f"without_one_{left.level}"] = _most_influential(check, left, error)
    return {"residuals": known}


def _largest(check: Check, values: Floats) -> dict[str, Any]:
    size = np.abs(values)
    if np.isnan(size).all():
        return {}
    at = int(np.nanargmax(size))
    person = check.frame.names["person"][check.frame.codes["person"][at]]
    return {"value": float(values[at]), "unit": person}


def _most_influential(check: Check, left: LeftOut, error: float | None) -> dict[str, Any]:
    """Who has the largest Cook's distance, and who changes the main estimate most."""
    names = check.frame.names[left.level]
    change = left.of_main(check)
    lost = int(np.isnan(change).sum())
    known: dict[str, Any] = {"units": len(left.codes), "not_determined": lost}
    if lost == len(left.codes):
        return known
    most, far = int(np.nanargmax(np.abs(change))), int(np.nanargmax(left.cook))
    known |= {
        "cook": {"value": float(left.cook[far]), "unit": names[left.codes[far]]},
        "change": {"value": float(change[most]), "unit": names[left.codes[most]]},
    }
    known["smallest_change"] = float(np.nanmin(change))
    known["largest_change"] = float(np.nanmax(change))
    if error:
        known["change"]["in_std_errors"] = float(change[most]) / error
    return known


def residual_table(checks: Iterable[tuple[Check, Examined]]) -> "pd.DataFrame":
    """Rows of schemas.Residuals."""
    import pandas as pd

    from cesp_analysis.models.tables import Residuals

    parts = []
    for check, found in checks:
        frame = check.frame
        names = pd.Index(list(frame.names["person"]))
        nothing = np.full(frame.n, np.nan)
        parts.append(
            pd.DataFrame(
                {
                    "equation": check.name,
                    "outcome": check.place[0],
                    "unit": pd.Categorical.from_codes(frame.codes["person"], names),
                    "arm": np.where(frame.arm > 0, "intervention", "control"),
                    "fitted": found.fitted,
                    "residual": found.residual,
                    "standardised": found.standardised,
                    "conditional": nothing if found.conditional is None else found.conditional,
                    "leverage": found.leverage,
                    "expected": "normal" if found.normal else "centred",
                }
            )
        )
    empty = pd.DataFrame(columns=list(Residuals.columns()))
    return pd.concat(parts, ignore_index=True) if parts else empty


def influence_table(
    checks: Iterable[tuple[Check, Examined]], estimates: dict[str, tuple[float, float]]
) -> "pd.DataFrame":
    """Rows of schemas.Influence; estimates: estimate_id → estimate and its standard error."""
    import pandas as pd

    from cesp_analysis.models.tables import Influence

    parts = []
    for check, found in checks:
        estimate, error = estimates.get(check.main, (np.nan, np.nan))
        for left in found.left_out:
            names = np.asarray(check.frame.names[left.level], dtype=object)
            nothing = np.full(len(left.codes), np.nan)
            parts.append(
                pd.DataFrame(
                    {
                        "equation": check.name,
                        "outcome": check.place[0],
                        "estimate_id": check.main,
                        "level": left.level,
                        "unit": names[left.codes],
                        "cook": left.cook,
                        "change": left.of_main(check),
                        "estimate": estimate,
                        "std_error": error,
                        "effect": nothing if left.effect is None else left.effect,
                    }
                )
            )
    empty = pd.DataFrame(columns=list(Influence.columns()))
    return pd.concat(parts, ignore_index=True) if parts else empty
