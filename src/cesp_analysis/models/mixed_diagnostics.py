"""Every quantity of a mixed model's fit, by name."""

from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.models.frame import Frame
from cesp_analysis.models.mixed_design import residual_classes
from cesp_analysis.models.mixed_random import LEVEL_AND_SLOPE, SLOPE, variance_names
from cesp_analysis.models.mixed_words import partial
from cesp_analysis.models.nested import NestedFit
from cesp_analysis.models.nested_df import adjusted_cov

if TYPE_CHECKING:
    from cesp_analysis.models.mixed import Mixed
    from cesp_analysis.models.mixed_design import MixedDesign


def diagnostics_of(
    spec: "Mixed", fit: NestedFit, design: "MixedDesign", frame: Frame
) -> dict[str, Any]:
    """Every quantity of the fit, by name."""
    errors = np.sqrt(np.diag(fit.cov))
    names = variance_names(spec)
    variances = dict(zip(names, map(float, fit.variances), strict=True))
    classes = residual_classes(spec, frame)[1]
    residual = dict(zip(classes, map(float, fit.residual_variances), strict=True))
    parameters = len(design.names) + len(variances) + len(residual)
    adjusted = {}
    if spec.rule() == "kenward_roger":
        small = np.sqrt(np.diag(adjusted_cov(fit, spec.information)))
        adjusted = {"adjusted_std_error": dict(zip(design.names, map(float, small), strict=True))}
    return {
        "coefficient": dict(zip(design.names, map(float, fit.coef), strict=True)),
        "std_error": dict(zip(design.names, map(float, errors), strict=True)),
        **adjusted,
        "variance": {name: v for name, v in variances.items() if name != LEVEL_AND_SLOPE}
        | {_named("residual", c): value for c, value in residual.items()},
        **_summaries(variances, residual, frame),
        "criterion": float(fit.criterion),
        "log_likelihood": float(fit.log_likelihood),
        "aic": float(-2 * fit.log_likelihood + 2 * parameters),
        "bic": float(-2 * fit.log_likelihood + np.log(fit.n_obs) * parameters),
        "n_obs": int(fit.n_obs),
        "n_groups": {level: frame.count(level) for level in spec.random},
        "at_boundary": dict(zip(names, map(bool, fit.at_boundary), strict=True)),
        "method": fit.method,
    }


def _summaries(
    variances: dict[str, float], residual: dict[str, float], frame: Frame
) -> dict[str, Any]:
    """Shares of the variance; with slopes, where they change in time, the correlation instead."""
    if SLOPE not in variances:
        return {"share_of_variance": _shares(variances, residual, frame)}
    if LEVEL_AND_SLOPE not in variances:
        return {}
    size = np.sqrt(variances["person"] * variances[SLOPE])
    both = variances[LEVEL_AND_SLOPE]
    correlation = {"person, person_slope": float(both / size)} if size > 0 else {}
    return {"covariance": {"person, person_slope": both}, "correlation": correlation}


def _shares(
    variances: dict[str, float], residual: dict[str, float], frame: Frame
) -> dict[str, float]:
    """Each level's share of the variance where it has an effect, for each residual variance."""
    shares: dict[str, float] = {}
    for name, rest in residual.items():
        here = {
            level: value
            for level, value in variances.items()
            if not (name == "control" and partial(level, frame))
        }
        total = sum(here.values()) + rest
        shares |= {_named(level, name): value / total for level, value in here.items()}
    return shares


def _named(what: str, of: str) -> str:
    return f"{what}[{of}]" if of else what
