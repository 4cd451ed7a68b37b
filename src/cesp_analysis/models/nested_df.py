"""Degrees of freedom and standard errors that know the variances are estimated.

Satterthwaite (1946) as Kuznetsova, Brockhoff & Christensen (2017), J Stat Softw 82(13): observed
information. Kenward & Roger (1997), Biometrics 53:983-97, as Halekoh & Højsgaard (2014), J Stat
Softw 59(9): expected information; SAS's ddfm=kr has the observed one in the same formulas.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from cesp_analysis.arrays import Floats
from cesp_analysis.models.joint import kenward_roger_scale
from cesp_analysis.models.nested import NestedFit, NestedFits
from cesp_analysis.models.nested_information import Information, must_be_known
from cesp_analysis.models.nested_profile import times

Which = Literal["expected", "observed"]
Rule = Literal["kenward_roger", "satterthwaite"]


@dataclass(frozen=True)
class WaldTest:
    """Of q contrasts at once: scaling × F has an F distribution with q and df."""

    f: float
    scaling: float
    df_num: int
    df: float


def judged(fit: NestedFit, contrast: Floats, rule: Rule, which: Which) -> tuple[float, float]:
    """Standard error and df of one contrast (k,); Kenward & Roger's rule adjusts the error too."""
    if rule == "satterthwaite":
        return float(np.sqrt(contrast @ fit.cov @ contrast)), satterthwaite_df(fit, contrast)
    variance = contrast @ adjusted_cov(fit, which) @ contrast
    return float(np.sqrt(variance)), kenward_roger_df(fit, contrast, which)


def satterthwaite_df(fit: NestedFit, contrast: Floats) -> float:
    """Degrees of freedom of contrast'coef, for a contrast (k,) in x's columns.

    A variance at zero is taken as known to be zero (as lmerTest does): see `at_boundary`.
    """
    return _df(fit, contrast, "observed")


def adjusted_cov(fit: NestedFit, which: Which = "expected") -> Floats:
    """Kenward & Roger's covariance (k, k) of the coefficients in x's columns.

    Their eq. 3: what the estimated variances add to it, and the bias of the plain one, are in it.
    Made once a fit.
    """
    if which not in fit.memory:
        spread = must_be_known(_spread(fit.information, fit.method, which))
        cov = fit.to_basis.T @ _adjusted(fit.information, spread) @ fit.to_basis
        fit.memory[which] = np.asarray((cov + cov.T) / 2 * fit.residual_variance, dtype=float)
    return fit.memory[which]


def kenward_roger_df(fit: NestedFit, contrast: Floats, which: Which = "expected") -> float:
    """Degrees of freedom of one contrast (k,): 2/A1 of Kenward & Roger, whose scaling is then 1.

    A variance at zero keeps its part (as in pbkrtest): that it is estimated counts.
    """
    return _df(fit, contrast, which)


def kenward_roger(fit: NestedFit, contrasts: Floats, which: Which = "expected") -> WaldTest:
    """Kenward & Roger's test that q contrasts (q, k) in x's columns are all zero."""
    rows = np.atleast_2d(np.asarray(contrasts, dtype=float))
    own, q = fit.information, len(rows)
    leads = rows @ fit.to_basis.T
    sides = leads @ own.inverse
    theta = np.linalg.inv(leads @ sides.T)
    parts = np.einsum("ij,vjk->vik", theta, sides @ own.slopes @ sides.T)
    spread = must_be_known(_spread(own, fit.method, which))
    traces = np.trace(parts, axis1=1, axis2=2)
    a1 = float(traces @ spread @ traces)
    a2 = float(np.einsum("vw,vij,wji->", spread, parts, parts))
    estimates = rows @ fit.coef
    cov = rows @ adjusted_cov(fit, which) @ rows.T
    f = float(estimates @ np.linalg.solve(cov, estimates)) / q
    scaling, df = kenward_roger_scale(a1, a2, q)
    return WaldTest(f, scaling, q, df)


def judged_many(
    fits: NestedFits, contrast: Floats, rule: Rule, which: Which
) -> tuple[Floats, Floats]:
    """Standard errors (r,) and df (r,) of one contrast (k,) in r fits; NaN where unknown."""
    own, lead = fits.information, fits.to_basis @ np.asarray(contrast, dtype=float)
    spread = _spread(own, fits.method, "observed" if rule == "satterthwaite" else which)
    inner = own.inverse if rule == "satterthwaite" else _adjusted(own, spread)
    variance = (inner @ lead) @ lead * fits.residual_variances[:, 0]
    return np.sqrt(variance), _df_of(own, spread, lead)


def _df(fit: NestedFit, contrast: Floats, which: Which) -> float:
    spread = must_be_known(_spread(fit.information, fit.method, which))
    lead = fit.to_basis @ np.asarray(contrast, dtype=float)
    return float(_df_of(fit.information, spread, lead))


def _df_of(own: Information, spread: Floats, lead: Floats) -> Floats:
    """Twice the squared variance of a contrast over the variance of that estimated variance."""
    side = (own.inverse @ lead)[..., None, :]
    slopes = (times(own.slopes, side) * side).sum(-1)
    known = (own.variances * slopes).sum(-1)  # the variance: of degree one in the variances
    return np.asarray(2 * known**2 / (times(spread, slopes) * slopes).sum(-1), dtype=float)


def _adjusted(own: Information, spread: Floats) -> Floats:
    """Kenward & Roger's covariance (…, k, k) in the basis, over the first residual variance."""
    turned = own.slopes @ own.inverse[..., None, :, :]
    pairs = turned[..., :, None, :, :] @ own.slopes[..., None, :, :, :]
    middle = np.einsum("...vw,...vwij->...ij", spread, own.curves / 2 - pairs)
    added = own.inverse @ (middle + np.swapaxes(middle, -1, -2)) @ own.inverse
    return np.asarray(own.inverse + added, dtype=float)


def _spread(own: Information, method: str, which: Which) -> Floats:
    """Covariance (…, v, v) of the variances, in units of the squared first residual variance.

    By observed information a variance at zero is known (lmerTest and SAS leave it out); by expected
    information it is estimated like the others.
    """
    if which == "expected" and method == "ML":
        raise ValueError("Kenward-Roger's adjustment is defined for REML")
    return own.by_expected if which == "expected" else own.by_observed
