"""What is said of a model for repeated measures: method, warnings, faults, diagnostics."""

from typing import TYPE_CHECKING, Any

import numpy as np

from cesp_analysis.models.baseline import BASELINE, STARTED_ALIKE
from cesp_analysis.models.check import Check, Repeated, cluster_of
from cesp_analysis.models.did_design import SITES_FIXED
from cesp_analysis.models.joint import ONLY_KENWARD_ROGER, as_diagnostic
from cesp_analysis.models.mmrm_covariance import BY_LAG
from cesp_analysis.models.mmrm_design import by_time
from cesp_analysis.models.mmrm_engine import NeverTogether, NotConverged, NotIdentified
from cesp_analysis.models.refusals import Collinear
from cesp_analysis.models.results import Estimate
from cesp_analysis.models.rows import inferred
from cesp_analysis.models.sandwich import Inference

if TYPE_CHECKING:
    from cesp_analysis.declared.design import Moment
    from cesp_analysis.models.mmrm import Mmrm
    from cesp_analysis.models.mmrm_design import Entering, MmrmDesign
    from cesp_analysis.models.mmrm_engine import MmrmFit
    from cesp_analysis.models.mmrm_small_sample import SmallSample

WORTH_SAYING = 1.03
"""Joint over conditional standard error from which a row says so: an interval of 95% then holds
94.3%."""
_WORDS = {
    "unstructured": "unstructured",
    "compound_symmetry": "compound symmetry",
    "heterogeneous_compound_symmetry": "heterogeneous compound symmetry",
    "ar1": "AR(1)",
    "heterogeneous_ar1": "heterogeneous AR(1)",
    "toeplitz": "Toeplitz",
    "heterogeneous_toeplitz": "heterogeneous Toeplitz",
}


def method_of(spec: "Mmrm", design: "MmrmDesign", fit: "MmrmFit") -> str:
    """Estimator, covariance, criterion and degrees of freedom in words."""
    sites = "" if "arm" in design.apart else SITES_FIXED
    alike = ", one baseline mean for both arms" if spec.constrained_baseline else ""
    named = [BASELINE] if spec.baseline == "covariate" else []
    words = [
        f"{name.strip('()')}{' × time' if by_time(spec, name) else ''}"
        for name in (*named, *spec.covariates)
    ]
    adjusted = f", adjusted for {', '.join(words)}" if words else ""
    df = "Satterthwaite df (observed information)"
    if spec.df == "kenward_roger":
        df = f"Kenward–Roger SE and df ({spec.information_used()} information)"
    if spec.errors == "joint":
        df += ", errors joint with the covariance (observed information)"
    one = len(fit.covariance) == 1
    covariance = "one time" if one else f"{_WORDS[spec.structure]} covariance"
    within = f"{covariance}{sites}{alike}{adjusted}"
    return f"mixed model for repeated measures ({within}), {spec.method}; {df}"


def warnings_of(spec: "Mmrm", rows: "Entering", absent: set[str]) -> tuple[str, ...]:
    """Sentences on times that do not enter, on unequal steps of time, and on the estimand."""
    said = [
        f"{moment.label} does not enter: an arm holds nobody there"
        for moment in spec.moments()
        if moment.name in absent
    ]
    steps = np.diff([moment.position for moment in rows.moments])
    if spec.structure in BY_LAG and len(steps) > 1 and not np.allclose(steps, steps[0]):
        said.append(
            f"the times are not equally far apart, but {_WORDS[spec.structure]} correlations go by"
            " their order alone; structure: unstructured takes no such distance"
        )
    if spec.baseline == "covariate" and not spec.context.chance_made_alike():
        said.append(STARTED_ALIKE)
    return tuple(said)


def moved_by_loss(found: "SmallSample", contrast: "np.ndarray") -> tuple[str, ...]:
    """What must be said where conditional errors are too small: who is lost was not chance."""
    ratio = found.joint_ratio(contrast)
    if found.errors == "joint" or ratio < WORTH_SAYING:
        return ()
    return (
        "who was lost depends on earlier answers, and the standard error takes the covariance of"
        f" the times as known: by their joint information it is {100 * (ratio - 1):.0f}% larger;"
        " errors: joint",
    )


def fault_words(error: Exception, rows: "Entering", names: tuple[str, ...]) -> str:
    """Why a model has no estimate, for an analyst."""
    labels = [moment.label for moment in rows.moments]
    if isinstance(error, Collinear):
        tied = [names[index] for index in error.columns]
        remedy = "write baseline: outcome" if tied[0].startswith(BASELINE) else "leave it out"
        return (
            f"{', '.join(tied)}: can be computed from the other columns of the model, so its effect"
            f" cannot be told from theirs; {remedy}"
        )
    if isinstance(error, NeverTogether):
        first, second = (labels[index] for index in error.pairs[0])
        more = " (nor at any two times as far apart)" if len(error.pairs) > 1 else ""
        return (
            f"nobody answered at both {first} and {second}{more}, so how answers at these times go"
            " together is unknown: leave one of them out of times, or choose a structure with fewer"
            " parameters"
        )
    if isinstance(error, NotConverged):
        return f"the likelihood has no maximum that could be verified: {error}"
    if isinstance(error, NotIdentified) and error.time is not None:
        return f"nothing varies at {labels[error.time]} beyond what the model explains there"
    people = rows.frame.count("person")
    return (
        f"the answers of {people} people do not tell how {len(labels)} times vary together (the"
        " covariance would be singular): choose a structure with fewer parameters, or fewer times"
    )


def check_of(
    outcome: str,
    fit: "MmrmFit",
    design: "MmrmDesign",
    rows: "Entering",
    contrasts: dict[str, np.ndarray],
) -> Check:
    """The fitted equation with its rows, for residuals and exports."""
    return Check(
        place=(outcome,),
        y=rows.frame.y,
        x=design.x,
        names=design.names,
        frame=rows.frame,
        contrasts=contrasts,
        cluster=cluster_of(rows.frame, None),
        engine=Repeated(fit, rows.frame.codes["person"], rows.time),
        baseline=rows.baseline,
    )


def diagnostics_of(
    spec: "Mmrm", fit: "MmrmFit", found: "SmallSample", design: "MmrmDesign", rows: "Entering"
) -> dict[str, Any]:
    """Every quantity of the fit, by name."""
    names = [moment.name for moment in rows.moments]
    spread = np.sqrt(np.diag(fit.covariance))
    correlation = fit.covariance / np.outer(spread, spread)
    seen = fit.sums.seen.astype(int)
    patterns = ["".join("x" if one else "-" for one in row) for row in seen]
    parameters = len(design.names) + fit.n_parameters
    return {
        "coefficient": dict(zip(design.names, map(float, fit.coef), strict=True)),
        "std_error": dict(
            zip(design.names, map(found.std_error, np.eye(len(design.names))), strict=True)
        ),
        "std_error_unadjusted": dict(
            zip(design.names, map(float, np.sqrt(np.diag(fit.cov))), strict=True)
        ),
        "residual_sd": dict(zip(names, map(float, spread), strict=True)),
        "covariance": _by_time(fit.covariance, names),
        "correlation": _by_time(correlation, names),
        "criterion": float(fit.criterion),
        "log_likelihood": float(fit.log_likelihood),
        "aic": float(fit.criterion + 2 * parameters),
        "bic": float(fit.criterion + np.log(fit.n_obs) * parameters),
        "gradient_norm": float(fit.gradient_norm),
        "newton_decrement": float(fit.decrement),
        "iterations": int(fit.iterations),
        "n_obs": int(fit.n_obs),
        "n_people": int(fit.n_people),
        "n_covariance_parameters": int(fit.n_parameters),
        "people_by_times_answered": dict(zip(patterns, map(int, fit.sums.people), strict=True)),
        "structure": fit.structure,
        "method": fit.method,
        "df": spec.df,
        "information": spec.information_used(),
        "errors": spec.errors,
    }


def joint_of(
    spec: "Mmrm",
    fit: "MmrmFit",
    found: "SmallSample",
    design: "MmrmDesign",
    times: "list[Moment]",
) -> dict[str, Any]:
    """Whether the effects at all later times are zero, by Kenward and Roger's F."""
    if len(times) < 2:
        return {}
    change = spec.baseline == "outcome"
    contrasts = np.stack([design.contrast(time, change) for time in times])
    if spec.df != "kenward_roger":
        return as_diagnostic(ONLY_KENWARD_ROGER)
    if spec.errors == "joint":
        return as_diagnostic("Kenward and Roger's joint test takes errors: conditional")
    return as_diagnostic(found.joint_test(contrasts, fit.coef))


def _by_time(matrix: np.ndarray, names: list[str]) -> dict[str, dict[str, float]]:
    return {
        name: dict(zip(names, map(float, row), strict=True))
        for name, row in zip(names, matrix, strict=True)
    }


def estimated(
    spec: "Mmrm",
    row: Estimate,
    fit: "MmrmFit",
    small: "SmallSample",
    design: "MmrmDesign",
    contrast: np.ndarray,
) -> Estimate:
    """The row with what the model says of a contrast of its coefficients."""
    found = Inference(
        estimate=float(np.dot(contrast, fit.coef)),
        std_error=small.std_error(contrast),
        df=small.df(contrast),
        method="",
        n_clusters=None,
    )
    return inferred(row, found, method_of(spec, design, fit), fit.n_people, spec.level)
