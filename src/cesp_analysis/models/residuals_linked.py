"""Residuals, leverage and influence in models with a link: `glm` and `ordinal`.

Without a unit: one step of Fisher scoring from the solution of all (Pregibon 1981, Annals of
Statistics 9:705-24), which is least squares of the whitened rows without it; of the estimate its
derivative times that step, and exactly what changes because others are averaged over. R's
hatvalues, rstandard and cooks.distance of a glm have the same definitions. Of ordered categories:
probability-scale residuals (Li & Shepherd 2012, Biometrika 99:473-80).
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.arrays import Codes, Floats
from cesp_analysis.models.check import Check, Linked
from cesp_analysis.models.deletion import LEFT
from cesp_analysis.models.examined import Examined, LeftOut, condition_number, units_of
from cesp_analysis.models.glm_engine import GlmFit
from cesp_analysis.models.residuals_least_squares import leverage_of, without_units
from cesp_analysis.models.standardised import Cell

if TYPE_CHECKING:
    from cesp_analysis.models.cumulative_logit import CumulativeLogit

_LEFT_OUT = "one unit at a time, by one step of Fisher scoring, not to convergence"


def linked(check: Check) -> Examined:
    """Of a generalised linear model, or of a cumulative logit."""
    engine = check.engine
    if not isinstance(engine, Linked):
        raise ValueError("this equation has no link")
    fit = engine.fitted.fit
    whitened = fit.whitened
    leverage = leverage_of(whitened).reshape(len(check.y), -1).sum(axis=1)
    if isinstance(fit, GlmFit):
        fitted, standardised = fit.mean, _pearson_residuals(fit, leverage)
        variance = _dispersion(fit)
        words = "Pearson residuals over their standard error (dispersion, leverage)"
    else:
        fitted, standardised = fit.probability @ fit.categories, _probability_scale(check, fit)
        variance = 1.0
        words = "probability-scale residuals over the standard deviation that the model gives them"
    found = [_left_out(check, engine, level, variance) for level in _levels(check)]
    return Examined(
        fitted=fitted,
        residual=check.y - fitted,
        standardised=standardised,
        leverage=leverage,
        conditional=None,
        left_out=tuple(left for left in found if left),
        known=_known(engine, words),
        normal=False,
    )


def _levels(check: Check) -> list[str]:
    return [level for level in dict.fromkeys(["person", check.cluster]) if level]


def _known(engine: Linked, words: str) -> dict[str, Any]:
    root = engine.fitted.fit.whitened.root
    return {
        "condition_number": condition_number(root.T @ root),
        "n_parameters": root.shape[1],
        "standardised": words,
        "left_out": _LEFT_OUT,
    }


def _dispersion(fit: GlmFit) -> float:
    """Of the whitened residuals; a logit's is 1, as of any 0/1 outcome."""
    return 1.0 if fit.family.logit else fit.whitened.residual_variance


def _pearson_residuals(fit: GlmFit, leverage: Floats) -> Floats:
    """As R's rstandard of type pearson: of mean 0 wherever the means are right, which deviance
    residuals of 0/1 outcomes are not; NaN for a record that determines a coefficient alone."""
    own = fit.whitened.residuals * np.sqrt(fit.whitened.weights)
    gone = 1 - leverage
    scale = np.sqrt(np.where(gone > LEFT, _dispersion(fit) * gone, 1.0))
    return np.where(gone > LEFT, own / scale, np.nan)


def _probability_scale(check: Check, fit: "CumulativeLogit") -> Floats:
    """P(Y < y) - P(Y > y) over its standard deviation, the root of (1 - sum of p^3) / 3."""
    p = fit.probability
    at = np.searchsorted(fit.categories, check.y)
    upto = np.cumsum(p, axis=1)[np.arange(len(p)), at]
    own = 2 * upto - p[np.arange(len(p)), at] - 1
    return np.asarray(own / np.sqrt((1 - np.sum(p**3, axis=1)) / 3))


def _left_out(check: Check, engine: Linked, level: str, variance: float) -> LeftOut | None:
    units = units_of(check, level)
    if units is None or (units[1] < 0).any():
        return None
    codes, which = units
    fit, repeats = engine.fitted.fit.whitened, engine.fitted.repeats
    found = without_units(fit, level, codes, np.repeat(which, repeats), variance)
    further = _averaged_over(engine, which, len(codes))
    return LeftOut(level, codes, found.change, found.cook, further=further)


def _averaged_over(engine: Linked, which: Codes, groups: int) -> Floats:
    """Change (g,) of the main estimate, coefficients held, as each unit leaves the population whose
    covariates are averaged over, and the arm whose sites are."""
    fitted = engine.fitted
    frame, standard = fitted.design.frame, fitted.standard
    weight = frame.weight
    change = np.zeros(groups)
    for arm, sign in ((1.0, 1.0), (0.0, -1.0)):
        effect, of_site = _changes(engine, arm)  # (m,), and site → (m,)
        inside = standard.which >= 0
        own = effect[standard.which[inside]]
        change += sign * _without(own, weight[inside], which[inside], groups)
        if of_site:
            here = frame.arm == arm
            level = {site: float(standard.share @ value) for site, value in of_site.items()}
            sites = np.array([level[int(code)] for code in frame.codes["site"][here]])
            change += sign * _without(sites, weight[here], which[here], groups)
    return change


def _without(value: Floats, weight: Floats, which: Codes, groups: int) -> Floats:
    """Change (g,) of the weighted mean of value (n,) without each unit; NaN without any left."""
    total = float(weight.sum())
    mean = float(weight @ value) / total
    lost = np.bincount(which, weight, groups)
    pull = np.bincount(which, weight * (value - mean), groups)
    rest = total - lost
    safe = rest > LEFT * total
    return np.where(safe, -pull / np.where(safe, rest, 1.0), np.nan)


def _changes(engine: Linked, arm: float) -> tuple[Floats, dict[int, Floats]]:
    """Predicted change (m,) to the main time of an arm's people with each of the covariates; and
    the same of its sites, where those have effects of their own."""
    fitted = engine.fitted
    design = fitted.design
    own = design.frame.arm == arm
    if not design.sites:
        return _change_at(engine, arm, -1), {}
    codes, which = np.unique(design.frame.codes["site"][own], return_inverse=True)
    share = np.bincount(which, weights=design.frame.weight[own])
    parts = {int(site): _change_at(engine, arm, int(site)) for site in codes}
    return share / share.sum() @ np.stack(list(parts.values())), parts


def _change_at(engine: Linked, arm: float, site: int) -> Floats:
    first = engine.fitted.design.index[0]
    return _quantity(engine, arm, site, engine.time) - _quantity(engine, arm, site, first)


def _quantity(engine: Linked, arm: float, site: int, time: int) -> Floats:
    """The main question's quantity (m,) for each of the different covariates."""
    fitted = engine.fitted
    value, _ = fitted.predict(fitted.design.at(arm, site, time, fitted.standard.covariates))
    found = fitted.read(engine.question, Cell(value.T, np.zeros((value.shape[1], 0))))
    return np.asarray(found.value[0])
