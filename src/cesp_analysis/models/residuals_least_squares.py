"""Residuals, leverage and influence in least squares: closed forms, also by person and cluster.

Sources: Cook & Weisberg (1982), Residuals and Influence in Regression, ch. 2 and 3; R's hatvalues,
rstudent and cooks.distance have the same definitions.
"""

from typing import Any

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.basis_rows import BasisRows, basis_rows
from cesp_analysis.models.check import Check
from cesp_analysis.models.deletion import LEFT, without_blocks, without_rows
from cesp_analysis.models.examined import Examined, LeftOut, condition_number, units_of
from cesp_analysis.models.least_squares import ROWS, LeastSquares
from cesp_analysis.models.lost_variance import constant_within
from cesp_analysis.models.student import f_p_value


def uncorrelated(check: Check) -> Examined:
    """Of a least-squares fit; with absorbed unit effects, as if each unit had a column."""
    fit = check.engine
    if not isinstance(fit, LeastSquares):
        raise ValueError("this equation was not fitted by least squares")
    leverage = leverage_of(fit)
    found = [_left_out(check, fit, level) for level in dict.fromkeys(["person", check.cluster])]
    return Examined(
        fitted=fit.outcome - fit.residuals,
        residual=fit.residuals,
        standardised=studentised(fit, leverage),
        leverage=leverage,
        conditional=None,
        left_out=tuple(left for left in found if left),
        known=_known(check, fit),
    )


def leverage_of(fit: LeastSquares) -> Floats:
    """Diagonal (n,) of the hat matrix of all columns, absorbed ones among them."""
    rows = basis_rows(fit)
    step = ROWS if isinstance(rows, BasisRows) else fit.n_obs
    parts = (rows[start : start + step] for start in range(0, fit.n_obs, step))
    leverage: Floats = np.concatenate([np.einsum("ij,ij->i", own, own) for own in parts])
    if fit.units is not None:
        leverage += fit.weights / np.bincount(fit.units, fit.weights)[fit.units]
    return leverage


def studentised(fit: LeastSquares, leverage: Floats) -> Floats:
    """Residuals (n,) over their standard errors, each from the other rows; NaN where h is 1."""
    own = fit.residuals * np.sqrt(fit.weights)
    gone = 1 - leverage
    df = fit.n_obs - fit.n_parameters
    safe = gone > LEFT
    part = np.divide(own**2, gone, out=np.full(len(own), np.nan), where=safe)
    rest = (df * fit.residual_variance - part) / max(df - 1, 1)
    known = safe & (rest > 0) & (df > 1)
    scale = np.sqrt(np.where(known, rest * gone, 1.0))
    return np.where(known, own / scale, np.nan)


def _left_out(check: Check, fit: LeastSquares, level: str) -> LeftOut | None:
    """Without each unit of a level; None where that has no closed form or nothing to compare."""
    units = units_of(check, level) if level else None
    if units is None or (units[1] < 0).any():
        return None
    codes, which = units
    if fit.units is not None and not constant_within(which, fit.units):
        return None
    return without_units(fit, level, codes, which, fit.residual_variance)


def without_units(
    fit: LeastSquares, level: str, codes: Codes, which: Codes, variance: float
) -> LeftOut:
    """Without each of the units that rows (n,) belong to, which (n,) into codes (g,); variance: of
    a residual, which Cook's distance is measured in."""
    own = fit.residuals * np.sqrt(fit.weights)
    if fit.units is None and len(codes) == fit.n_obs:
        turned = np.empty_like(fit.basis)
        turned[which] = without_rows(fit.basis, own, leverage_of(fit))
    else:
        rows = basis_rows(fit)
        turned = without_blocks(rows, rows, own, which)
    cook = np.einsum("ij,ij->i", turned, turned) / (turned.shape[1] * variance)
    change = np.asarray(np.linalg.solve(fit.root, turned.T).T, dtype=float)
    return LeftOut(level, codes, change, cook)


def _known(check: Check, fit: LeastSquares) -> dict[str, Any]:
    known: dict[str, Any] = {
        "condition_number": condition_number(fit.root.T @ fit.root),
        "n_parameters": fit.n_parameters,
        "standardised": "studentised: by the error of a fit without the record",
    }
    if added := check.covariate_columns():
        known["covariates"] = added_columns(fit, added)
    return known


def added_columns(fit: LeastSquares, columns: list[int]) -> dict[str, Any]:
    """The F test that the columns' coefficients are all zero, errors independent and alike."""
    rest = np.delete(np.arange(len(fit.coef)), columns)
    q, _ = np.linalg.qr(fit.root[:, [*rest, *columns]])
    outcome = fit.root @ fit.coef  # of the outcome, what the columns explain, in the basis
    explained = q[:, len(rest) :].T @ outcome
    df = fit.n_obs - fit.n_parameters
    f = float(explained @ explained) / len(columns) / fit.residual_variance
    return {
        "f": f,
        "df_num": len(columns),
        "df": df,
        "p_value": f_p_value(f, len(columns), df),
        "method": "F test of least squares, errors independent and of equal variance",
    }
